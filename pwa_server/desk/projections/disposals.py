"""Events of the years: holds set and lifted; disposals proposed, refused, carried out.

What was destroyed is not in the log any more, so a replay never makes its rows; this takes away those that are there.
"""

from collections.abc import Callable
from typing import Any

from ..core.tables import among
from ..log.event_log import Logged, of_types
from ..models.alike import AlikeKey
from ..models.community import Notice
from ..models.conferences import (
    AgendaItem,
    AgendaWording,
    Decision,
    InformationRequest,
    Material,
    Meeting,
    Minutes,
    Seat,
)
from ..models.consultations import Consultation
from ..models.imports import ImportedRow
from ..models.office_and_cases import CaseMerge, Outing
from ..models.referrals import Referral
from ..models.years import CARRIED_OUT, PROPOSED, REFUSED, Disposal, DisposedCase, Hold
from . import bulk, outings
from .merges import read_again, redirected

OF_A_MEETING: tuple[Any, ...] = (
    Seat,
    AgendaItem,
    AgendaWording,
    Material,
    InformationRequest,
    Minutes,
    Decision,
)
OUT_AND_BACK = {"worker.departed": outings.departed, "worker.back": outings.came_back}


def hold_set(event: Logged) -> None:
    values = {"lifted_by": None, "lifted_at": None, "lifted_reason": ""}
    Hold.put(
        id=event.id,
        case=event.case,
        reason=(event.body or {})["reason"],
        by=event.by,
        at=event.at,
        **values,
    )


def hold_lifted(event: Logged) -> None:
    body = event.body or {}
    Hold.update(lifted_by=event.by, lifted_at=event.at, lifted_reason=body["reason"]).where(
        (Hold.id == body["hold"]) & (Hold.case == event.case) & Hold.lifted_at.is_null()
    ).execute()


def proposed(event: Logged) -> None:
    body = event.body or {}
    Disposal.put(
        id=body["disposal"],
        by=event.by,
        at=event.at,
        ground=body["ground"],
        subjects=body["subjects"],
        state=PROPOSED,
        decided_by=None,
        decided_at=None,
        gone={},
        until=None,
    )


def refused(event: Logged) -> None:
    """By the second person, or taken back by the first."""
    Disposal.update(state=REFUSED, decided_by=event.by, decided_at=event.at).where(
        (Disposal.id == (event.body or {})["disposal"]) & (Disposal.state == PROPOSED)
    ).execute()


def carried_out(event: Logged, apply: Callable[[Logged], None]) -> None:
    body = event.body or {}
    keys, things = body["keys"], body["things"]
    bulk.catch_up()
    out = [row.id for row in Outing.select(Outing.id).where(among(Outing.case, keys))]
    # While the whole log is replayed what was destroyed was never applied: nothing else has to be read again.
    read_again({*keys, *([] if bulk.is_open() else body["touched"])}, event.position, apply)
    for person in out:
        for one in of_types(tuple(OUT_AND_BACK), person, event.position):
            if one.body is not None:
                OUT_AND_BACK[one.type](redirected(one))
    _forget(keys, things)
    DisposedCase.put_many({"id": key, "disposal": body["disposal"]} for key in keys)
    values = {"gone": body["gone"], "until": body["until"]}
    Disposal.update(state=CARRIED_OUT, decided_by=event.by, decided_at=event.at, **values).where(
        Disposal.id == body["disposal"]
    ).execute()


def _forget(keys: list[str], things: list[str]) -> None:
    """Rows that are of no case by name: of a consultation, of a notice, of a meeting whose households are all gone."""
    Referral.delete().where(among(Referral.id, keys)).execute()
    Consultation.delete().where(among(Consultation.id, keys) | among(Consultation.into, keys)).execute()
    Notice.delete().where(among(Notice.id, things)).execute()
    Meeting.delete().where(among(Meeting.id, things)).execute()
    for table in OF_A_MEETING:
        table.delete().where(among(table.meeting, things)).execute()
    CaseMerge.delete().where(among(CaseMerge.source, keys) | among(CaseMerge.target, keys)).execute()
    ImportedRow.delete().where(among(ImportedRow.opened, keys)).execute()
    AlikeKey.delete().where(among(AlikeKey.thing, [*keys, *things])).execute()
    bulk.forget(keys)


APPLIERS = {
    ("hold.set", 1): hold_set,
    ("hold.lifted", 1): hold_lifted,
    ("disposal.proposed", 1): proposed,
    ("disposal.refused", 1): refused,
}
