"""Passwords: what is refused, how they are hashed (Argon2id, RFC 9106), and how many are checked at once.

One lane, because OpenSSL's pool of threads, which several lanes share, waits for itself for ever when two passwords
are checked at the same time. Hashes made with four lanes are still read, one at a time, and made anew at the next
sign-in (`is_old`).
"""

import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from zxcvbn import zxcvbn

from ..core.errors import DeskError

# RFC 9106 §4, second recommended option (64 MiB, three passes) on one lane.
ARGON2_LENGTH, ARGON2_PASSES, ARGON2_LANES, ARGON2_KIB = 32, 3, 1, 64 * 1024
PARAMETERS = f"$argon2id$v=19$m={ARGON2_KIB},t={ARGON2_PASSES},p={ARGON2_LANES}$"
CHECKED_AT_ONCE = 2  # 128 MiB at most, however many people come in at nine
SHORTEST = 12
LONGEST = 400
# The whole of zxcvbn's scale: 10^10 guesses and more.
STRONG = 4
LONGEST_JUDGED = 72  # zxcvbn reads no more; what is longer is judged by its beginning
# What people of such an office think of first. The office's and the person's own names come besides.
CONTEXT = (
    *(
        "sotto",
        "password",
        "welfare",
        "fukushi",
        "soudan",
        "sodan",
        "shien",
        "hikikomori",
        "houmon",
        "outreach",
    ),
    *("center", "sento", "yakusho", "shiyakusho", "kanri", "office", "jimusho"),
    *("そっと", "パスワード", "福祉", "相談", "支援", "ひきこもり", "引きこもり", "訪問", "センター"),
    *("市役所", "管理", "事務所"),
)
# Nobody's: checked where an address is unknown, so that a refusal takes as long as a wrong password.
NOBODYS = PARAMETERS + "c290dG8gbm9ib2R5IHNhbA$" + "A" * 43

_gate = threading.BoundedSemaphore(CHECKED_AT_ONCE)
_several_lanes = threading.Lock()


def new_password() -> str:
    """A password to hand over once: 80 bits as four groups of letters and digits without look-alikes."""
    return f"{half_password()}-{half_password()}"


def half_password() -> str:
    """Half of one, where two people hand it over: alone it opens nothing."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(2))


def hash_password(password: str) -> str:
    """A PHC string. Raises DeskError password_short."""
    if len(password) < SHORTEST:
        raise DeskError("password_short", str(SHORTEST))
    argon = Argon2id(
        salt=secrets.token_bytes(16),
        length=ARGON2_LENGTH,
        iterations=ARGON2_PASSES,
        lanes=ARGON2_LANES,
        memory_cost=ARGON2_KIB,
    )
    with _gate:
        return argon.derive_phc_encoded(password.encode())


def check_password(phc: str, password: str) -> bool:
    """Whether the password is the one behind the PHC string."""
    if len(password) > LONGEST:
        phc = NOBODYS
    with _gate:
        if not is_old(phc):
            return _fits(phc, password)
        with _several_lanes:
            return _fits(phc, password)


def is_old(phc: str) -> bool:
    """Whether it was made with other parameters than ours: to be made anew when the password is next given."""
    return not phc.startswith(PARAMETERS)


def refuse_weak(password: str, about: Iterable[str], breached: Path | None) -> None:
    """For a password a person chose. `about`: names of the person and the office. Raises DeskError: password_short,
    password_common (too easily guessed, by a list of common words, names and these), password_breached.
    """
    if len(password) < SHORTEST:
        raise DeskError("password_short", str(SHORTEST))
    if len(password) > LONGEST:
        raise DeskError("password_long", str(LONGEST))
    near = {part for text in about for part in (text, *re.split(r"[\s@._　-]+", text)) if len(part) > 1}
    judged = zxcvbn(password[:LONGEST_JUDGED], user_inputs=[*CONTEXT, *sorted(near)])
    if judged["score"] < STRONG:
        raise DeskError("password_common")
    if breached is not None and is_listed(password, breached):
        raise DeskError("password_breached")


def is_listed(password: str, file: Path) -> bool:
    """Whether the SHA-1 of the password stands in a sorted list of them (as Pwned Passwords are handed out: a line is
    40 hexadecimal digits, perhaps a colon and a count). Looked up by halves: such a list has 40 GB.
    """
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, os.SEEK_END)
        while low < high:  # `low` begins a line; the line that holds the middle is looked at
            begin = _begin_of_line(lines, (low + high) // 2, low)
            lines.seek(begin)
            line = lines.readline()
            found = line[:40].upper()
            if found == wanted:
                return True
            if found < wanted:
                low = begin + len(line)
            else:
                high = begin
    return False


def _begin_of_line(lines: IO[bytes], middle: int, low: int) -> int:
    read = 100  # more than a line
    begin = max(low, middle - read)
    lines.seek(begin)
    before = lines.read(middle - begin)
    found = before.rfind(b"\n")
    return begin + found + 1 if found >= 0 else begin


def _fits(phc: str, password: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), phc)
    except InvalidKey:
        return False
    return True
