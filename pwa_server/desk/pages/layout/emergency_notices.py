"""Who is told that a case was opened in an emergency, and how many of those wait."""

from ...models.trust import AccessGrant
from ...queries.access import may
from .session import me


def notices() -> bool:
    """Supervisors and chiefs are told (domain.md 7.2)."""
    return me().role in ("supervisor", "chief") and may(me(), "see", "access_log")


def unnoticed() -> int:
    """How many wait for somebody to take note; for the rail."""
    if not notices():
        return 0
    rows = AccessGrant.select().where(AccessGrant.noticed_by.is_null() & (AccessGrant.staff != me().id))
    return int(rows.count())
