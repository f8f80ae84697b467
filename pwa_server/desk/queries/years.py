"""How long each kind of record is kept, what is due, and what stands in the way.

Years count from the first of April after the fiscal year in which a record ended (domain.md 2.6).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from ..core.clock import day_in_japan
from ..core.tables import among, tuples
from ..log.event_log import is_disposed
from ..models.community import Notice
from ..models.consultations import Consultation
from ..models.office_and_cases import CaseFile, Held, OfficeOption, Received, Undone, VisitVersion
from ..models.plans import CaseClosing
from ..models.years import KINDS, OPTION, PROPOSED, Disposal, Hold
from . import requests
from .disposing import keys_of

APRIL = 4
# Envelopes of phones whose content nobody has decided about.
UNDECIDED = ("new", "waiting", "fork", "for_review")


@dataclass(frozen=True)
class Due:
    """A record that has ended. `due`: the first day on which it may go."""

    kind: str
    id: str
    no: str
    title: str
    ended: date
    due: date

    @property
    def key(self) -> str:
        return f"{self.kind} {self.id}"


def years() -> dict[str, int]:
    """Years by kind, as the office has them."""
    row = OfficeOption.get_or_none(OfficeOption.id == OPTION)
    kept = row.value if row is not None and isinstance(row.value, dict) else {}
    found = {}
    for kind in KINDS:
        if kind.years is not None:
            text = kept.get(kind.name)
            found[kind.name] = int(text) if isinstance(text, str) and text.isdecimal() else kind.years
    return found


def fiscal_year(day: date) -> int:
    """The year in which the fiscal year of this day began."""
    return day.year if day.month >= APRIL else day.year - 1


def due_on(ended: date, kept: int) -> date:
    """The first day after `kept` years, which begin with the April after the fiscal year of `ended`."""
    return date(min(fiscal_year(ended) + 1 + kept, date.max.year), APRIL, 1)


def ended_records() -> list[Due]:
    """Everything that has ended and is not gone, what is due first at the top."""
    kept = years()
    found = [*_cases(kept["case"]), *_consultations(kept["consultation"]), *_notices(kept["notice"])]
    found += _requests(kept["request"])
    return sorted(found, key=lambda one: (one.due, one.kind, one.no, one.id))


def due_now(today: date) -> list[Due]:
    return [one for one in ended_records() if one.due <= today]


def _cases(kept: int) -> list[Due]:
    rows = CaseClosing.select(CaseClosing.case, CaseClosing.on).where(CaseClosing.reopened_on.is_null())
    last: dict[str, str] = dict(tuples(rows.order_by(CaseClosing.position)))
    closed = CaseFile.select(CaseFile.id, CaseFile.no, CaseFile.title).where(CaseFile.status == "closed")
    return [
        _due("case", id_, no, title, date.fromisoformat(last[id_]), kept)
        for id_, no, title in tuples(closed)
        if id_ in last and _is_day(last[id_])
    ]


def _consultations(kept: int) -> list[Due]:
    name = fn.json_extract(Consultation.told_contact, "$.name").coerce(
        False
    )  # thousands, and no more of each is read
    rows = Consultation.select(Consultation.id, name, Consultation.ended_at).where(
        (Consultation.state == "ended") & Consultation.into.is_null() & Consultation.ended_at.is_null(False)
    )
    return [
        _due("consultation", id_, "", name or "", day_in_japan(ended), kept)
        for id_, name, ended in tuples(rows)
        if ended
    ]


def _notices(kept: int) -> list[Due]:
    """Answered or taken back; what a consultation began with goes with that."""
    began = Consultation.select(Consultation.notice).where(Consultation.notice.is_null(False))
    rows = Notice.select().where(Notice.id.not_in(began) & (Notice.at != ""))
    return [
        _due("notice", row.id, "", row.place, day_in_japan(row.answered_at or row.at), kept)
        for row in rows
        if row.answered_at or row.withdrawn
    ]


def _requests(kept: int) -> list[Due]:
    """Those about no case that is here; the others go with their case."""
    rows = [
        row for row in requests.answered_requests() if row.case == row.id and _is_day(row.answered_on or "")
    ]
    return [_due("request", row.id, "", "", date.fromisoformat(row.answered_on or ""), kept) for row in rows]


def _due(kind: str, id_: str, no: str, title: str, ended: date, kept: int) -> Due:
    return Due(kind, id_, no, title, ended, due_on(ended, kept))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def why_not(kind: str, id_: str) -> tuple[str, ...]:
    """hold | proposed | held | request | moved: what stands in the way of this record."""
    keys = keys_of([(kind, id_)])
    reasons = {
        "hold": running_holds(keys),
        "proposed": any(
            one["id"] == id_
            for row in Disposal.select().where(Disposal.state == PROPOSED)
            for one in row.subjects
        ),
        "held": is_held(keys),
        "request": requests.waits_for(keys),
        "moved": lends_photos(keys),
    }
    return tuple(name for name, found in reasons.items() if found)


def running_holds(keys: list[str]) -> list[Any]:
    return list(Hold.select().where(among(Hold.case, keys) & Hold.lifted_at.is_null()).order_by(Hold.at))


def is_held(keys: list[str]) -> bool:
    """Whether something that came for these records waits for a person."""
    return bool(Held.select().where(among(Held.case, keys) & (Held.state == "held")).exists())


def undecided_arrivals() -> int:
    """Envelopes that came and that nobody has decided about: any of them may hold a record of any household."""
    return Received.select().where(Received.status.in_(UNDECIDED)).count()


def lends_photos(keys: list[str]) -> bool:
    """A contact that was moved to a household that stays shows the photos of the one that is here."""
    moved = Undone.select(Undone.visit, Undone.moved_to).where(
        among(Undone.case, keys) & Undone.moved_to.is_null(False)
    )
    there = [row.visit for row in moved if row.moved_to not in keys and not is_disposed(row.moved_to)]
    if not there:
        return False
    versions = VisitVersion.select(VisitVersion.body).where(among(VisitVersion.visit, there))
    return any(row.body.get("photos") for row in versions)
