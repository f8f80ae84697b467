"""Accounts: passwords (Argon2id), one-time codes (TOTP, RFC 6238), passkeys, sessions.

The person is `Staff` in the read model; how they sign in is machine state and never in the log. This file
holds what is stored and verified; pages and flask-login are elsewhere. Nothing here says whether an address
is known: every refusal is `sign_in_refused`, and takes the time of a true check.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from ..core.clock import moment, stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.office_and_cases import Account, Session, Staff

# RFC 9106 §4, second recommended option (64 MiB), as a desk serves few people at once.
ARGON2_LENGTH, ARGON2_PASSES, ARGON2_LANES, ARGON2_KIB = 32, 3, 4, 64 * 1024
TOTP_STEP = 30
FAILURES_BEFORE_PAUSE = 5
PAUSE = timedelta(minutes=15)
SESSION_IDLE = timedelta(minutes=20)
SESSION_LONGEST = timedelta(hours=12)
STEP_UP_LASTS = timedelta(minutes=10)
SHORTEST_PASSWORD = 12


@dataclass(frozen=True)
class SignIn:
    """A password that was right: what is still missing before a session."""

    staff: str
    needs_totp: bool
    must_enrol_totp: bool
    must_change: bool


def make_account(
    desk: Desk, staff: str, email: str, password: str, *, totp_required: bool = True, must_change: bool = True
) -> None:
    """Let a person sign in, or begin anew with a first password: sessions and one-time code of before end.

    Raises DeskError: password_short, email_taken.
    """
    email = _plain(email)
    before = Account.get_or_none(Account.staff == staff)
    if Account.select().where((Account.email == email) & (Account.staff != staff)).exists():
        raise DeskError("email_taken", email)
    with desk.write():
        Account.put(
            staff=staff,
            email=email,
            password=hash_password(password),
            totp_secret=None,
            totp_confirmed=False,
            totp_last_step=0,
            totp_required=totp_required,
            must_change=must_change,
            failures=0,
            locked_until=None,
            epoch=0 if before is None else before.epoch + 1,
        )


def new_password() -> str:
    """A password to hand over once: 80 bits as four groups of letters and digits without look-alikes."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def hash_password(password: str) -> str:
    """A PHC string. Raises DeskError password_short."""
    if len(password) < SHORTEST_PASSWORD:
        raise DeskError("password_short", str(SHORTEST_PASSWORD))
    argon = Argon2id(
        salt=secrets.token_bytes(16),
        length=ARGON2_LENGTH,
        iterations=ARGON2_PASSES,
        lanes=ARGON2_LANES,
        memory_cost=ARGON2_KIB,
    )
    return argon.derive_phc_encoded(password.encode())


def check_password(phc: str, password: str) -> bool:
    """Whether the password is the one behind the PHC string."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), phc)
    except InvalidKey:
        return False
    return True


def sign_in(desk: Desk, email: str, password: str) -> SignIn:
    """Check a password. Raises DeskError: sign_in_refused, sign_in_paused."""
    account = Account.get_or_none(Account.email == _plain(email))
    person = None if account is None else Staff.get_or_none((Staff.id == account.staff) & Staff.active)
    if account is None or person is None or not account.password:
        check_password(_nobody(), password)
        raise DeskError("sign_in_refused")
    _refuse_while_paused(desk, account)
    if not check_password(account.password, password):
        _count_failure(desk, account.staff)
        raise DeskError("sign_in_refused")
    if not account.totp_confirmed:  # else the count ends with the code
        _forget_failures(desk, account.staff)
    return SignIn(
        account.staff,
        bool(account.totp_confirmed),
        bool(account.totp_required and not account.totp_confirmed),
        bool(account.must_change),
    )


def change_password(desk: Desk, staff: str, password: str) -> None:
    """Set a new password and end the person's other sessions."""
    phc = hash_password(password)
    with desk.write():
        Account.update(password=phc, must_change=False, epoch=Account.epoch + 1).where(
            Account.staff == staff
        ).execute()


def start_totp(desk: Desk, staff: str) -> str:
    """Make a new secret, unconfirmed until a code of it was typed. Returns it as base32 for the app."""
    secret = secrets.token_bytes(20)
    with desk.write():
        Account.update(totp_secret=secret, totp_confirmed=False, totp_last_step=0).where(
            Account.staff == staff
        ).execute()
    return base64.b32encode(secret).decode()


def totp_uri(secret: str, email: str, office: str) -> str:
    """The otpauth: address an authenticator app reads."""
    label = quote(f"Sotto {office}:{email}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote('Sotto')}&period={TOTP_STEP}&digits=6"


def check_totp(desk: Desk, staff: str, code: str) -> None:
    """Accept a code once, one step early or late. Raises DeskError: sign_in_refused, sign_in_paused."""
    code = code.replace(" ", "")
    with desk.write():
        account = Account.get(Account.staff == staff)
        _refuse_while_paused(desk, account)
        now = int(desk.clock().timestamp()) // TOTP_STEP
        secret = None if account.totp_secret is None else bytes(account.totp_secret)
        good = [
            step
            for step in (now - 1, now, now + 1)
            if secret is not None
            and step > account.totp_last_step
            and hmac.compare_digest(totp_code(secret, step).encode(), code.encode())
        ]
        if good:
            Account.update(totp_last_step=good[0], totp_confirmed=True, failures=0, locked_until=None).where(
                Account.staff == staff
            ).execute()
            return
        _count_failure(desk, staff)
    raise DeskError("sign_in_refused")


def totp_code(secret: bytes, step: int) -> str:
    """The six digits of one 30-second step (RFC 4226 §5.3, SHA-1 as every authenticator app has it)."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def open_session(desk: Desk, staff: str, how: str) -> str:
    """Begin a session after every check was passed. Returns the secret for the cookie; only its hash is kept."""
    secret, now = secrets.token_urlsafe(32), desk.now()
    with desk.write():
        account = Account.get(Account.staff == staff)
        Session.create(
            id=_hidden(secret),
            staff=staff,
            made_at=now,
            seen_at=now,
            step_up_at=now if how != "password" else None,
            how=how,
            epoch=account.epoch,
        )
    return secret


def read_session(desk: Desk, secret: str) -> Any | None:
    """The running session behind a cookie, or None. Touches it at most once a minute."""
    session = Session.get_or_none(Session.id == _hidden(secret))
    if session is None:
        return None
    account = Account.get_or_none(Account.staff == session.staff)
    person = Staff.get_or_none((Staff.id == session.staff) & Staff.active)
    now = desk.clock()
    too_old = now - moment(session.made_at) > SESSION_LONGEST or now - moment(session.seen_at) > SESSION_IDLE
    if too_old or account is None or person is None or account.epoch != session.epoch:
        end_session(desk, secret)
        return None
    if now - moment(session.seen_at) > timedelta(minutes=1):
        with desk.write():
            Session.update(seen_at=stamp(now)).where(Session.id == session.id).execute()
    return session


def end_session(desk: Desk, secret: str) -> None:
    """Sign out."""
    with desk.write():
        Session.delete().where(Session.id == _hidden(secret)).execute()


def end_all_sessions(desk: Desk, staff: str) -> None:
    """Sign a person out everywhere."""
    with desk.write():
        Account.update(epoch=Account.epoch + 1).where(Account.staff == staff).execute()


def step_up(desk: Desk, secret: str) -> None:
    """Note that the person proved themselves again just now."""
    with desk.write():
        Session.update(step_up_at=desk.now()).where(Session.id == _hidden(secret)).execute()


def is_stepped_up(desk: Desk, session: Any) -> bool:
    """Whether the last proof is young enough for exports, devices and roles."""
    return session.step_up_at is not None and desk.clock() - moment(session.step_up_at) <= STEP_UP_LASTS


def _refuse_while_paused(desk: Desk, account: Any) -> None:
    if account.locked_until is not None and desk.clock() < moment(account.locked_until):
        raise DeskError("sign_in_paused", account.locked_until)


def _count_failure(desk: Desk, staff: str) -> None:
    with desk.write():
        failures = Account.get(Account.staff == staff).failures + 1
        paused = stamp(desk.clock() + PAUSE) if failures % FAILURES_BEFORE_PAUSE == 0 else None
        Account.update(failures=failures, locked_until=paused).where(Account.staff == staff).execute()


def _forget_failures(desk: Desk, staff: str) -> None:
    with desk.write():
        Account.update(failures=0, locked_until=None).where(Account.staff == staff).execute()


def _hidden(secret: str) -> str:
    return hashlib.sha256(b"sotto session\n" + secret.encode()).hexdigest()


def _plain(email: str) -> str:
    return email.strip().casefold()


_NOBODY: list[str] = []


def _nobody() -> str:
    # Checked when the address is unknown, so that a refusal takes as long as a wrong password.
    if not _NOBODY:
        _NOBODY.append(hash_password(secrets.token_urlsafe(16)))
    return _NOBODY[0]
