"""Two records of one household shown as one, and apart again.

Nothing is moved row by row: what is shown of both is thrown away and read again from the log, in its order, with the
second record's events counted to the first, or no longer. So what came in between finds its place as well.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ..core.errors import DeskError
from ..log.event_log import Logged, of_cases
from ..models.office_and_cases import READ_MODEL, CaseFile, CaseMerge, Member, Review, Visit, VisitRead
from . import bulk
from .households import settle_household

MERGES = ("case.merged", "case.merge_undone")


def resolve(case: str | None) -> str | None:
    """The record under which events of this one count now."""
    seen: set[str | None] = set()
    known = bulk.merges()
    if known is not None and not known:
        return case
    while case is not None and case not in seen:
        seen.add(case)
        target = known.get(case) if known is not None else _target(case)
        if target is None:
            return case
        case = target
    return case


def _target(case: str) -> str | None:
    merge = CaseMerge.get_or_none((CaseMerge.source == case) & ~CaseMerge.undone)
    return None if merge is None else str(merge.target)


def case_merged(event: Logged, apply: Callable[[Logged], None]) -> None:
    body = event.body or {}
    CaseMerge.put(
        id=event.id,
        source=body["source"],
        target=event.case,
        by=event.by,
        at=event.at,
        reason=body.get("reason", ""),
        undone=False,
    )
    known = bulk.merges()
    if known is not None:
        known[body["source"]] = event.case or ""
    read_again({body["source"], event.case or ""}, event.position, apply)


def merge_undone(event: Logged, apply: Callable[[Logged], None]) -> None:
    row = CaseMerge.get_or_none(CaseMerge.id == (event.body or {})["merge"])
    if row is None:
        return
    CaseMerge.update(undone=True).where(CaseMerge.id == row.id).execute()
    (bulk.merges() or {}).pop(row.source, None)
    read_again({row.source, row.target}, event.position, apply)


def read_again(cases: set[str], before: int, apply: Callable[[Logged], None]) -> None:
    """Throw away what is shown of these cases, and read it again from what the log holds of them below a position."""
    bulk.catch_up()
    family = _family(cases)
    bulk.forget_cases(family)
    visits = [row.id for row in Visit.select(Visit.id).where(Visit.case.in_(family))]
    for start in range(0, len(visits), 500):
        some = visits[start : start + 500]
        Review.delete().where(Review.visit.in_(some)).execute()
        VisitRead.delete().where(VisitRead.visit.in_(some)).execute()
    for table in READ_MODEL:
        if "case" in table._meta.fields:
            table.delete().where(table._meta.fields["case"].in_(family)).execute()
    CaseFile.delete().where(CaseFile.id.in_(family)).execute()
    for event in of_cases(family, before):
        if event.type not in MERGES:
            with suppress(DeskError):  # what the log holds and nobody can apply stands with what is held
                apply(event)


def _family(cases: set[str]) -> list[str]:
    """These cases and all that were ever merged with them."""
    found, size = set(cases), 0
    while size != len(found):
        size = len(found)
        for row in CaseMerge.select().where(CaseMerge.source.in_(found) | CaseMerge.target.in_(found)):
            found |= {row.source, row.target}
    return sorted(found)


def redirected(event: Logged) -> Logged:
    """The event under the record it counts to."""
    target = resolve(event.case)
    return event if target == event.case else replace(event, case=target)


def opened_into(source: str, target: str, members: list[dict[str, Any]]) -> None:
    """The second record was opened: it stands as merged, its people live in the first, under letters still free."""
    bulk.catch_up()
    CaseFile.update(status="merged", merged_into=target).where(CaseFile.id == source).execute()
    taken = {row.label for row in Member.select(Member.label).where(Member.case == target)}
    has_index = Member.select().where((Member.case == target) & Member.is_index).exists()
    for one in members:
        label = _free(one["label"], taken)
        taken.add(label)
        columns: dict[str, Any] = {"case": target, "label": label}
        if has_index:
            columns["is_index"] = False
        Member.update(**columns).where(Member.id == one["id"]).execute()
    settle_household(target)


def _free(label: str, taken: set[str]) -> str:
    letters = (chr(ord("A") + n) for n in range(26))
    return label if label not in taken else next((one for one in letters if one not in taken), f"{label}2")
