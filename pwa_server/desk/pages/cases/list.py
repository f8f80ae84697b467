"""The list of cases, a page of it at a time: everything beside a case is asked for the whole page at once."""

from typing import Any

from flask import g
from peewee import fn

from ...core.tables import among, tuples
from ...models.office_and_cases import Assignment, CaseFile, FollowUp, Visit
from ...queries.access import may, visible_cases
from ...queries.cases import CLASSES, in_class
from ...queries.shown import shown
from ..layout import counts
from ..layout.lookups import people, triage_class
from ..layout.session import me

PAGE = 100


def number(text: str) -> int:
    """A place in a list from an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def within(name: str) -> Any:
    """The query of one list: outreach, quiet, all, A, B, C; closed ones stand in a list of their own."""
    rows = CaseFile.select()
    if not counts.sees_all_cases():
        rows = rows.where(among(CaseFile.id, visible_cases(me())))
    if name == "outreach":
        running = Assignment.select(Assignment.case).where(Assignment.until_at.is_null())
        rows = rows.where(CaseFile.id.in_(running))
    elif name == "quiet":
        rows = rows.where(among(CaseFile.id, list(counts.quiet_since())))
    elif name == "closed":
        return rows.where(CaseFile.status == "closed")
    elif name in CLASSES:
        rows = rows.where(in_class(name))
    return rows.where(CaseFile.status == "active")


def rows_of(query: Any, start: int = 0) -> list[dict[str, Any]]:
    """One page of a query, with what stands beside each case."""
    cases = list(query.order_by(CaseFile.no, CaseFile.id).limit(PAGE).offset(start))
    return beside(cases)


def beside(cases: list[Any]) -> list[dict[str, Any]]:
    """Last contact, stage, who is assigned and what comes next, of these cases."""
    ids, names = [row.id for row in cases], people()
    # SQLite takes the other columns from the row that has the greatest time.
    newest = Visit.select(Visit.case, fn.MAX(Visit.occurred_at), Visit.channel, Visit.outcome)
    last = {row[0]: row for row in tuples(newest.where(among(Visit.case, ids)).group_by(Visit.case))}
    staged = Visit.select(Visit.case, fn.MAX(Visit.occurred_at), Visit.stage).where(
        among(Visit.case, ids) & Visit.stage.is_null(False)
    )
    stages = {row[0]: row[2] for row in tuples(staged.group_by(Visit.case))}
    coming = FollowUp.select(FollowUp.case, fn.MIN(FollowUp.at)).where(
        among(FollowUp.case, ids) & (FollowUp.state == "open") & FollowUp.known
    )
    following = {row[0]: row[1] for row in tuples(coming.group_by(FollowUp.case))}
    tells = {
        name: {row.id for row in cases if may(me(), "see", name, row.id)}
        for name in ("visit_facts", "followups")
    }
    staff: dict[str, list[str]] = {}
    running = Assignment.select().where(among(Assignment.case, ids) & Assignment.until_at.is_null())
    for row in running.order_by(Assignment.from_on, Assignment.id):
        staff.setdefault(row.case, []).append(names.get(row.staff, "?"))
    return [
        {
            "case": shown(me(), row),
            "letter": triage_class(row),
            "staff": staff.get(row.id, []),
            "tells_contacts": row.id in tells["visit_facts"],
            "tells_followups": row.id in tells["followups"],
            **(
                {"last": last.get(row.id), "stage": stages.get(row.id)}
                if row.id in tells["visit_facts"]
                else {"last": None, "stage": None}
            ),
            **(
                {"next": following.get(row.id), "late": days_late(following.get(row.id))}
                if row.id in tells["followups"]
                else {"next": None, "late": 0}
            ),
        }
        for row in cases
    ]


def days_late(at: str | None) -> int:
    return 0 if at is None else max(0, int(g.words.days_since(at)))
