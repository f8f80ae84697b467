"""How bytes, names, numbers and times are spelled (SPEC 1). One value has one spelling, or it is refused."""

import base64
import hashlib
import re

from sync.errors import SyncError

NONE = "-"  # stands where there is no id yet

_B64U = re.compile(r"[A-Za-z0-9_-]*")
_INT = re.compile(r"0|[1-9][0-9]{0,14}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,6})?Z")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

MAX_INT = 999_999_999_999_999


def b64u(data: bytes) -> str:
    """base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: object, length: int | None = None) -> bytes:
    """The bytes of a b64u text; `malformed` for padding, other alphabets, non-zero trailing bits or length."""
    if not isinstance(text, str) or _B64U.fullmatch(text) is None or len(text) % 4 == 1:
        raise SyncError("malformed", "not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise SyncError("malformed", "base64url with trailing bits")
    if length is not None and len(data) != length:
        raise SyncError("malformed", f"expected {length} bytes, got {len(data)}")
    return data


def tag(name: str) -> bytes:
    """What every hash, MAC and signature begins with, so that none passes for another (SPEC 1.2)."""
    return b"sotto/1 " + name.encode("ascii") + b"\n"


def sha256(*parts: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def name_of(public_key: bytes) -> str:
    """The name of a public key, 43 characters. Whoever changes the key changes the name (SPEC 1.5)."""
    return b64u(sha256(tag("name"), public_key))


def blob_id(sealed: bytes) -> str:
    """The id of a sealed photo (SPEC 6.6)."""
    return b64u(sha256(sealed))


def is_name(text: object) -> bool:
    """Is this 32 bytes in b64u? Names, envelope ids and blob ids all look so."""
    try:
        unb64u(text, 32)
    except SyncError:
        return False
    return True


def parse_int(text: str) -> int:
    """`0` or up to 15 ASCII digits without a leading zero (SPEC 1.6). `"٣".isdigit()` is true: hence the regex."""
    if _INT.fullmatch(text) is None:
        raise SyncError("malformed", "not an integer")
    return int(text)


def is_int(value: object) -> bool:
    """Is this JSON value a whole number from 0 to 15 digits? `true` is not a number here."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INT


def is_date(value: object) -> bool:
    """`YYYY-MM-DD`, a day that exists."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return False
    year, month, day = (int(part) for part in match.groups())
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + leap


def is_time(value: object) -> bool:
    """RFC 3339 in UTC with `Z`, up to microseconds, no leap second (SPEC 1.6)."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None or not is_date(match[1]):
        return False
    return int(match[2]) <= 23 and int(match[3]) <= 59 and int(match[4]) <= 59
