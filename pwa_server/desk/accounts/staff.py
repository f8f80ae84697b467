"""Accounts: passwords (`passwords`), one-time codes (TOTP, RFC 6238), passkeys, sessions.

The person is `Staff` in the read model; how they sign in is machine state and never in the log. This file
holds what is stored and verified; pages and flask-login are elsewhere. Nothing here says whether an address
is known: every refusal is `sign_in_refused` and takes the time of a true check, and the pause after five failures
counts for whatever address was typed.
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

from ..core.clock import read_stamp, stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.office_and_cases import Account, FirstPassword, Office, Passkey, Session, SignInPause, Staff
from .passwords import NOBODYS, check_password, hash_password, is_old, new_password, refuse_weak
from .passwords import SHORTEST as SHORTEST_PASSWORD

__all__ = ["SHORTEST_PASSWORD", "check_password", "hash_password", "new_password"]

TOTP_STEP = 30
FAILURES_BEFORE_PAUSE = 5
PAUSE = timedelta(minutes=15)
SESSION_IDLE = timedelta(minutes=20)
SESSION_LONGEST = timedelta(hours=12)
STEP_UP_LASTS = timedelta(minutes=10)
FIRST_PASSWORD_LASTS = timedelta(hours=24)
COUNTED_FOR = timedelta(days=1)  # failures with an address nobody tried again


@dataclass(frozen=True)
class SignIn:
    """A password that was right: what is still missing before a session."""

    staff: str
    needs_totp: bool
    must_enrol_totp: bool
    must_change: bool
    epoch: int


def make_account(
    desk: Desk, staff: str, email: str, password: str, *, totp_required: bool = True, must_change: bool = True
) -> None:
    """Let a person sign in, or begin anew with a first password, good for a day. Sessions, one-time code and passkeys
    of before end.

    Raises DeskError: password_short, email_taken.
    """
    hashed = hash_password(password)
    make_account_from_hash(desk, staff, email, hashed, totp_required=totp_required, must_change=must_change)


def make_account_from_hash(
    desk: Desk, staff: str, email: str, hashed: str, *, totp_required: bool, must_change: bool
) -> None:
    """The same, of a password that is hashed already (`hash_password`). Raises DeskError: email_taken."""
    email = _plain(email)
    before = Account.get_or_none(Account.staff == staff)
    if Account.select().where((Account.email == email) & (Account.staff != staff)).exists():
        raise DeskError("email_taken", email)
    with desk.write():
        Account.put(
            staff=staff,
            email=email,
            password=hashed,
            totp_secret=None,
            totp_confirmed=False,
            totp_last_step=0,
            totp_required=totp_required,
            must_change=must_change,
            failures=0,
            locked_until=None,
            epoch=0 if before is None else before.epoch + 1,
        )
        Passkey.delete().where(Passkey.staff == staff).execute()
        _forget_failures(desk, email)
        if must_change:
            FirstPassword.put(staff=staff, until=stamp(desk.clock() + FIRST_PASSWORD_LASTS))


def sign_in(desk: Desk, email: str, password: str) -> SignIn:
    """Check a password. Raises DeskError: sign_in_refused, sign_in_paused, first_password_old."""
    email = _plain(email)
    pause = _count_failure(desk, email)  # before the check: of many at once only five are tried
    account = Account.get_or_none(Account.email == email)
    # Asked for either way: neither the answer nor its time tells a known address from an unknown one.
    person = Staff.get_or_none((Staff.id == ("" if account is None else account.staff)) & Staff.active)
    phc = NOBODYS if account is None or person is None else account.password or NOBODYS
    if not check_password(phc, password) or account is None:
        raise DeskError("sign_in_refused")
    if account.must_change:
        _refuse_old_first_password(desk, account.staff)
    if account.totp_confirmed:
        _take_back_one(desk, email, pause)  # the count ends with the code
    else:
        _forget_failures(desk, email)
    if is_old(phc):
        _hash_anew(desk, account, password)
    return SignIn(
        account.staff,
        bool(account.totp_confirmed),
        bool(account.totp_required and not account.totp_confirmed),
        bool(account.must_change),
        int(account.epoch),
    )


def _refuse_old_first_password(desk: Desk, staff: str) -> None:
    row = FirstPassword.get_or_none(FirstPassword.staff == staff)
    if row is None:  # given out by a program that set no end: its day begins now
        with desk.write():
            FirstPassword.put(staff=staff, until=stamp(desk.clock() + FIRST_PASSWORD_LASTS))
    elif desk.clock() > read_stamp(row.until):
        raise DeskError("first_password_old")


def _hash_anew(desk: Desk, account: Any, password: str) -> None:
    phc = hash_password(password)
    with desk.write():
        same = (Account.staff == account.staff) & (Account.password == account.password)
        Account.update(password=phc).where(same).execute()


def change_password(desk: Desk, staff: str, password: str) -> None:
    """Set a password the person chose, and end their other sessions.

    Raises DeskError: password_short, password_long, password_common, password_breached.
    """
    person, office = Staff.get_by_id(staff), Office.get_or_none()
    about = [person.name, person.kana, Account.get_by_id(staff).email, office.name if office else ""]
    refuse_weak(password, about, desk.config.breached_passwords)
    phc = hash_password(password)
    with desk.write():
        Account.update(password=phc, must_change=False, epoch=Account.epoch + 1).where(
            Account.staff == staff
        ).execute()
        FirstPassword.delete().where(FirstPassword.staff == staff).execute()


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
    """Accept a code once, one step early or late, and none of a step older than one that was used.

    Raises DeskError: sign_in_refused, sign_in_paused.
    """
    code = code.replace(" ", "")
    with desk.write():
        account = Account.get(Account.staff == staff)
        _refuse_while_paused(desk, account.email)
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
            Account.update(totp_last_step=good[-1], totp_confirmed=True).where(
                Account.staff == staff
            ).execute()
            _forget_failures(desk, account.email)
            return
        _count_failure(desk, account.email)
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
    too_old = (
        now - read_stamp(session.made_at) > SESSION_LONGEST
        or now - read_stamp(session.seen_at) > SESSION_IDLE
    )
    if too_old or account is None or person is None or account.epoch != session.epoch:
        end_session(desk, secret)
        return None
    if now - read_stamp(session.seen_at) > timedelta(minutes=1):
        with desk.write():
            Session.update(seen_at=stamp(now)).where(Session.id == session.id).execute()
    return session


def end_session(desk: Desk, secret: str) -> None:
    """Sign out."""
    with desk.write():
        Session.delete().where(Session.id == _hidden(secret)).execute()


def sessions_of(desk: Desk, staff: str, secret: str) -> list[dict[str, Any]]:
    """A person's running sessions, the latest used first: `id` (of the row), `made_at`, `seen_at`, `how`, `this`."""
    account = Account.get_by_id(staff)
    begun = stamp(desk.clock() - SESSION_LONGEST)
    used = stamp(desk.clock() - SESSION_IDLE)
    rows = Session.select().where((Session.staff == staff) & (Session.epoch == account.epoch))
    rows = rows.where((Session.made_at >= begun) & (Session.seen_at >= used)).order_by(Session.seen_at.desc())
    return [
        {
            "id": row.id,
            "made_at": row.made_at,
            "seen_at": row.seen_at,
            "how": row.how,
            "this": row.id == _hidden(secret),
        }
        for row in rows
    ]


def end_own(desk: Desk, staff: str, secret: str, session: str | None) -> None:
    """End one of a person's own sessions by its id, or all but the one of `secret`."""
    ended = Session.staff == staff
    ended &= (Session.id == session) if session else (Session.id != _hidden(secret))
    with desk.write():
        Session.delete().where(ended).execute()


def end_all_sessions(desk: Desk, staff: str) -> None:
    """Sign a person out everywhere."""
    with desk.write():
        Account.update(epoch=Account.epoch + 1).where(Account.staff == staff).execute()


def step_up(desk: Desk, secret: str) -> None:
    """Note that the person proved themselves again just now."""
    with desk.write():
        Session.update(step_up_at=desk.now()).where(Session.id == _hidden(secret)).execute()


def renew_session(desk: Desk, secret: str) -> str:
    """After a fresh proof: the same session under a new secret, which is returned. The old one opens nothing."""
    fresh = secrets.token_urlsafe(32)
    with desk.write():
        Session.update(id=_hidden(fresh), step_up_at=desk.now()).where(
            Session.id == _hidden(secret)
        ).execute()
    return fresh


def is_stepped_up(desk: Desk, session: Any) -> bool:
    """Whether the last proof is young enough for exports, devices and roles."""
    return session.step_up_at is not None and desk.clock() - read_stamp(session.step_up_at) <= STEP_UP_LASTS


def _refuse_while_paused(desk: Desk, email: str) -> None:
    row = SignInPause.get_or_none(SignInPause.id == _unnamed(email))
    if row is not None and row.until is not None and desk.clock() < read_stamp(row.until):
        raise DeskError("sign_in_paused", row.until)


def _count_failure(desk: Desk, email: str) -> str | None:
    """One more failure with this address, whoever's it is. Returns the end of the pause if this one began it.

    Raises DeskError sign_in_paused.
    """
    with desk.write():
        SignInPause.delete().where(SignInPause.at < stamp(desk.clock() - COUNTED_FOR)).execute()
        _refuse_while_paused(desk, email)
        row = SignInPause.get_or_none(SignInPause.id == _unnamed(email))
        failures = 1 if row is None else row.failures + 1
        until = stamp(desk.clock() + PAUSE) if failures % FAILURES_BEFORE_PAUSE == 0 else None
        SignInPause.put(id=_unnamed(email), failures=failures, until=until, at=desk.now())
    return until


def _take_back_one(desk: Desk, email: str, pause: str | None) -> None:
    """What was counted before the check was no failure. Only the pause it began itself ends with it."""
    here = SignInPause.id == _unnamed(email)
    with desk.write():
        SignInPause.update(failures=SignInPause.failures - 1).where(
            here & (SignInPause.failures > 0)
        ).execute()
        if pause is not None:
            SignInPause.update(until=None).where(here & (SignInPause.until == pause)).execute()


def _forget_failures(desk: Desk, email: str) -> None:
    with desk.write():
        SignInPause.delete().where(SignInPause.id == _unnamed(email)).execute()


def _unnamed(email: str) -> str:
    """Under which name failures with an address are counted: what strangers type is not kept readable."""
    return hashlib.sha256(b"sotto sign-in\n" + _plain(email).encode()).hexdigest()


def _hidden(secret: str) -> str:
    return hashlib.sha256(b"sotto session\n" + secret.encode()).hexdigest()


def _plain(email: str) -> str:
    return email.strip().casefold()
