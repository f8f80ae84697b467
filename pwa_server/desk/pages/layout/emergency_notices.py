"""Who is told that a case was opened in an emergency, and how many of those wait."""

from typing import Any

from ...models.office_and_cases import Staff
from ...models.trust import AccessGrant
from ...queries.access import may
from .session import me

TOLD = ("supervisor", "chief")


def notices() -> bool:
    """Supervisors and chiefs are told (domain.md 7.2)."""
    return me().role in TOLD and may(me(), "see", "access_log")


def unnoticed() -> int:
    """How many wait for somebody to take note; for the rail."""
    return len(unnoticed_grants())


def unnoticed_grants() -> list[Any]:
    """They stand on the morning page of whoever is told, until somebody takes note."""
    if not notices():
        return []
    rows = AccessGrant.select().where(AccessGrant.noticed_by.is_null() & (AccessGrant.staff != me().id))
    return list(rows.order_by(AccessGrant.at.desc()))


def told() -> bool:
    """Whether there is anybody to be told of what this person opens."""
    others = Staff.select().where(Staff.active & Staff.role.in_(TOLD) & (Staff.id != me().id))
    return bool(others.exists())
