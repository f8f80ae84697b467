"""Times on the wire (SPEC 1.6) and in the tables: whole seconds since 1970."""

from collections.abc import Callable
from datetime import UTC, datetime

from sync.encoding import is_time
from sync.errors import SyncError

Clock = Callable[[], float]


def written(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: object) -> int:
    """Seconds since 1970; `malformed` for anything but RFC 3339 in UTC."""
    if not isinstance(text, str) or not is_time(text):
        raise SyncError("malformed", "not a time like 2026-04-01T09:00:00Z")
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
