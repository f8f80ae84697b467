"""What goes with a record that is disposed of, wherever it lies: counted for the preview, named for the act.

With a case go the records that were joined to it, the consultation it came from and the notice that began with, and
what was written about it under another case by mistake. What a conference has for all of its households goes with the
last of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.tables import among
from ..log.event_log import Logged, in_the_office, of_cases
from ..models.conferences import AgendaItem, AgendaWording, Decision, InformationRequest, Material, Minutes
from ..models.consultations import Consultation
from ..models.office_and_cases import (
    CaseDocument,
    CaseMerge,
    Conference,
    Held,
    LogEntry,
    Member,
    Undone,
    VisitVersion,
)
from ..models.plans import PlanVersion
from ..models.requests import PersonRequest

OF_A_MEETING: tuple[Any, ...] = (AgendaItem, AgendaWording, Material, InformationRequest, Minutes, Decision)


@dataclass(frozen=True)
class Goes:
    """`keys`: cases and consultations whose key is destroyed; `entries`: events elsewhere in the log; `touched`: other
    cases that are read again; `things`: notices and meetings; `gone`: {what: how many}.
    """

    keys: list[str]
    entries: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    things: list[str] = field(default_factory=list)
    gone: dict[str, int] = field(default_factory=dict)


def keys_of(subjects: Iterable[tuple[str, str]]) -> list[str]:
    """(kind, id) → every record that is one with them: joined ones, and the consultations they came from."""
    found, size = {id_ for kind, id_ in subjects if kind != "notice"}, -1
    while size != len(found):
        size = len(found)
        joined = CaseMerge.select(CaseMerge.source).where(
            among(CaseMerge.target, sorted(found)) & ~CaseMerge.undone
        )
        found |= {row.source for row in joined}
        came = Consultation.select(Consultation.id).where(among(Consultation.into, sorted(found)))
        found |= {row.id for row in came}
    return sorted(found)


def what_goes(subjects: Sequence[tuple[str, str]]) -> Goes:
    keys = keys_of(subjects)
    notices = {id_ for kind, id_ in subjects if kind == "notice"}
    began = Consultation.select(Consultation.notice).where(among(Consultation.id, keys))
    notices |= {row.notice for row in began if row.notice}
    meetings = _meetings(keys)
    held = {row.id for row in Held.select(Held.id).where(among(Held.case, keys))}
    entries = _of_notices(notices) + _of_meetings(meetings) + _of_held(held)
    elsewhere, touched = _moved_here(keys)
    entries = sorted({*entries, *elsewhere})
    things = sorted({*notices, *meetings})
    return Goes(keys, entries, touched, things, _counted(keys, entries, notices, meetings, elsewhere))


def _meetings(keys: list[str]) -> set[str]:
    """Those about no household but these."""
    mine = {row.meeting for row in Conference.select(Conference.meeting).where(among(Conference.case, keys))}
    others = Conference.select(Conference.meeting).where(
        among(Conference.meeting, sorted(mine)) & ~among(Conference.case, keys)
    )
    return mine - {row.meeting for row in others}


def _of_notices(notices: set[str]) -> list[str]:
    if not notices:
        return []
    return [one.id for one in in_the_office("notice.") if _told(one).get("notice") in notices]


def _of_meetings(meetings: set[str]) -> list[str]:
    if not meetings:
        return []
    ids = set(meetings)
    for table in OF_A_MEETING:
        rows = table.select(table.id).where(among(table.meeting, sorted(meetings)))
        ids |= {row.id for row in rows}
    return [one.id for one in in_the_office("conference.") if ids & _names_in(one)]


def _of_held(held: set[str]) -> list[str]:
    if not held:
        return []
    return [one.id for one in in_the_office("held.") if _told(one).get("held") in held]


def _moved_here(keys: list[str]) -> tuple[list[str], list[str]]:
    """What was written about these households under another case, before it was moved: its events, and those cases."""
    rows = Undone.select(Undone.visit, Undone.case).where(
        among(Undone.moved_to, keys) & ~among(Undone.case, keys)
    )
    moved = {row.visit: row.case for row in rows}
    if not moved:
        return [], []
    cases = sorted(set(moved.values()))
    top = LogEntry.select(LogEntry.position).order_by(LogEntry.position.desc()).first().position + 1
    entries = [one for one in of_cases(cases, top) if moved.keys() & (_names_in(one) | {one.id})]
    return [one.id for one in entries], cases


def _told(event: Logged) -> dict[str, Any]:
    return event.body or {}


def _names_in(event: Logged) -> set[str]:
    return {value for value in _told(event).values() if isinstance(value, str)}


def _counted(
    keys: list[str], entries: list[str], notices: set[str], meetings: set[str], elsewhere: list[str]
) -> dict[str, int]:
    visits = VisitVersion.select(VisitVersion.visit).where(
        among(VisitVersion.case, keys) | among(VisitVersion.id, elsewhere)
    )
    consultations = Consultation.select().where(among(Consultation.id, keys))
    cases = LogEntry.select(LogEntry.case).where(
        among(LogEntry.case, keys) & LogEntry.type.in_(("case.opened", "case.begun"))
    )
    return {
        "cases": cases.distinct().count(),
        "consultations": consultations.count(),
        "people": Member.select().where(among(Member.case, keys)).count(),
        "contacts": visits.distinct().count(),
        "photos": len(_photos(keys, elsewhere)),
        "papers": CaseDocument.select().where(among(CaseDocument.case, keys)).count(),
        "plans": PlanVersion.select().where(among(PlanVersion.case, keys)).count(),
        "conferences": len(meetings),
        "notices": len(notices),
        "requests": PersonRequest.select().where(among(PersonRequest.case, keys)).count(),
        "events": LogEntry.select().where(among(LogEntry.case, keys) | among(LogEntry.id, entries)).count(),
    }


def _photos(keys: list[str], elsewhere: list[str]) -> set[str]:
    rows = VisitVersion.select(VisitVersion.body).where(
        among(VisitVersion.case, keys) | among(VisitVersion.id, elsewhere)
    )
    return {str(photo.get("blob")) for row in rows for photo in row.body.get("photos", [])}
