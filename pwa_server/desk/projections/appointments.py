"""Whether a follow-up is open, done or given up, worked out from all that was said of it.

Done beats cancelled beats open, in any order of arrival; but a visit that was taken back, or that belongs to another
household, closes nothing: nobody went there, so the follow-up it had closed is open again.
"""

import json
from typing import Any

from ..core.tables import among
from ..models.office_and_cases import FollowUp


def settle_followup(row: Any) -> None:
    """Set the row's state from `done_by`, `undone` and `cancelled_reason`."""
    stands = [visit for visit in row.done_by if visit not in row.undone]
    state = "done" if stands else "open" if row.cancelled_reason is None else "cancelled"
    if state == "open" and row.undone and _stood_up_anew(row):
        state = "done"
    if state != row.state:
        FollowUp.update(state=state).where(FollowUp.id == row.id).execute()


def reopen(visits: list[str]) -> None:
    """These visits are in no list any more: what they alone had closed is open again.

    Asked once for all of them: no index finds a visit within `done_by`.
    """
    gone = set(visits)
    for row in list(FollowUp.select().where(among(FollowUp.id, _closed_by(visits)))):
        row.undone = sorted({*row.undone, *gone.intersection(row.done_by)})
        FollowUp.update(undone=row.undone).where(FollowUp.id == row.id).execute()
        settle_followup(row)


def _closed_by(visits: list[str]) -> list[str]:
    rows = FollowUp._meta.database.execute_sql(
        "select distinct followup.id from followup, json_each(followup.done_by) as closed "
        "where closed.value in (select value from json_each(?)) order by followup.id",
        (json.dumps(visits),),
    )
    return [id_ for (id_,) in rows.fetchall()]


def settle_alike(row: Any) -> None:
    """A follow-up was planned: one that a taken back visit reopened at the same time need not stand beside it."""
    for other in list(_alike(row)):
        if other.undone:
            settle_followup(other)


def _stood_up_anew(row: Any) -> bool:
    """A phone that takes a record back may plan the follow-up again itself, under another id."""
    return bool(_alike(row).exists())


def _alike(row: Any) -> Any:
    same = (FollowUp.case == row.case) & (FollowUp.staff == row.staff) & (FollowUp.at == row.at)
    return FollowUp.select().where(
        same & (FollowUp.kind == row.kind) & FollowUp.known & (FollowUp.id != row.id)
    )
