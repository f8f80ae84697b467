"""Events of conferences. That it was held is a fact and beats plan, change and cancelling in whatever order they come.

What is said of a household is an event of that household's (its `case`), so that it is merged and erased with it.
"""

from typing import Any

from ..log.event_log import Logged
from ..models.conferences import (
    OF_AN_ITEM,
    AgendaItem,
    AgendaWording,
    ConferenceKind,
    Decision,
    InformationRequest,
    Material,
    Meeting,
    Minutes,
    Seat,
)
from ..models.office_and_cases import Conference
from . import bulk
from .cases import settle_conference, touch
from .merges import resolve

# Whether a kind is held by law or by consent → what it counts as in the figures and in the access table.
COUNTS_AS = {"law": "support", "consent": "multi_agency"}
OFF = "off"  # the status of a case that was taken off the table
PLAN = ("on", "begins", "ends", "place", "convenor", "chair", "recorder", "closes")


def kind_set(event: Logged) -> None:
    body = event.body or {}
    columns = {name: body[name] for name in ("name", "convenor", "active")}
    ConferenceKind.put(id=body["kind"], gate=_gate(body), **columns)


def _gate(body: dict[str, Any]) -> str:
    """One of the two; whatever else a log holds asks for consent, the stricter."""
    return str(body["gate"]) if body["gate"] in COUNTS_AS else "consent"


def planned(event: Logged) -> None:
    body = event.body or {}
    if Meeting.get_or_none(Meeting.id == body["conference"]) is not None:
        return
    columns = {name: body[name] for name in PLAN}
    Meeting.put(
        id=body["conference"],
        kind=body["kind"],
        gate=_gate(body),
        status="planned",
        reason="",
        held_at=None,
        by=event.by,
        at=event.at,
        **columns,
    )


def changed(event: Logged) -> None:
    body = event.body or {}
    columns = {name: value for name, value in body["changes"].items() if name in PLAN}
    if columns:
        Meeting.update(**columns).where(Meeting.id == body["conference"]).execute()
    _settle(body["conference"], event.position)


def cancelled(event: Logged) -> None:
    body = event.body or {}
    named = (Meeting.id == body["conference"]) & (Meeting.status != "held")
    Meeting.update(status="cancelled", reason=body["reason"]).where(named).execute()
    _settle(body["conference"], event.position)


def held(event: Logged) -> None:
    body = event.body or {}
    Meeting.update(status="held", on=body["on"], held_at=event.received_at).where(
        Meeting.id == body["conference"]
    ).execute()
    here = Seat.meeting == body["conference"]
    Seat.update(attended=False).where(here).execute()
    Seat.update(attended=True).where(here & Seat.member.in_(body["attended"])).execute()
    _settle(body["conference"], event.position)


def case_set(event: Logged) -> None:
    """A case is on the table of this meeting, or no longer."""
    body = event.body or {}
    row = Meeting.get_or_none(Meeting.id == body["conference"])
    if row is not None and event.case:
        _put_case(row, event.case, taken=body["taken"])


def member_set(event: Logged) -> None:
    body = event.body or {}
    id_ = f"{body['conference']} {body['member']}"
    before: Any = Seat.get_or_none(Seat.id == id_)
    same = before is not None and before.staff == body["staff"]
    kept = {
        name: getattr(before, name) if same else None for name in ("acknowledged_on", "noted_by", "noted_at")
    }
    columns = {
        name: body[name]
        for name in ("member", "staff", "name", "organisation", "capacity", "cases", "seated")
    }
    Seat.put(
        id=id_,
        meeting=body["conference"],
        acknowledged_how=before.acknowledged_how if same else "",
        attended=before.attended if same else False,
        **kept,
        **columns,
    )
    _settle(body["conference"], event.position)


def acknowledged(event: Logged) -> None:
    """The first time counts."""
    body = event.body or {}
    seat = (Seat.id == f"{body['conference']} {body['member']}") & Seat.acknowledged_on.is_null()
    Seat.update(
        acknowledged_on=body["on"], acknowledged_how=body["how"], noted_by=event.by, noted_at=event.at
    ).where(seat).execute()
    _settle(body["conference"], event.position)


def agenda_set(event: Logged) -> None:
    body = event.body or {}
    before = AgendaItem.get_or_none(AgendaItem.id == body["item"])
    columns = {name: body[name] for name in OF_AN_ITEM}
    AgendaItem.put(
        id=body["item"],
        meeting=body["conference"],
        case=event.case,
        position=body.get("place", before.position if before else event.position),
        **columns,
    )
    AgendaWording.put(
        id=event.id,
        item=body["item"],
        meeting=body["conference"],
        case=event.case,
        by=event.by,
        at=event.at,
        position=event.position,
        **columns,
    )


def material_added(event: Logged) -> None:
    body = event.body or {}
    Material.put(
        id=body["material"],
        meeting=body["conference"],
        case=event.case,
        title=body["title"],
        text=body["text"],
        removed=False,
        by=event.by,
        at=event.at,
    )


def material_removed(event: Logged) -> None:
    Material.update(removed=True).where(Material.id == (event.body or {})["material"]).execute()


def asked(event: Logged) -> None:
    body = event.body or {}
    columns = {name: body[name] for name in ("to", "what", "due")}
    InformationRequest.put(
        id=body["request"],
        meeting=body["conference"],
        case=event.case,
        came="",
        came_on=None,
        by=event.by,
        at=event.at,
        **columns,
    )


def answered(event: Logged) -> None:
    body = event.body or {}
    InformationRequest.update(came=body["came"], came_on=body["on"]).where(
        InformationRequest.id == body["request"]
    ).execute()


def minuted(event: Logged) -> None:
    """Takes the place of what its writer had before them; another wording stands beside it until somebody decides."""
    body = event.body or {}
    here = (Minutes.meeting == body["conference"]) & (
        Minutes.case.is_null() if event.case is None else Minutes.case == event.case
    )
    Minutes.delete().where(here & Minutes.id.in_(body["replaces"])).execute()
    if not Minutes.select().where(here & (Minutes.text == body["text"])).exists():
        Minutes.put(
            id=event.id,
            meeting=body["conference"],
            case=event.case,
            text=body["text"],
            by=event.by,
            at=event.at,
        )


def decided(event: Logged) -> None:
    body = event.body or {}
    columns = {name: body[name] for name in ("what", "why", "staff", "until", "followup", "agreed")}
    Decision.put(
        id=body["decision"],
        meeting=body["conference"],
        case=event.case or "",
        named=body["member"],
        carried=None,
        removed=False,
        by=event.by,
        at=event.at,
        **columns,
    )


def decision_removed(event: Logged) -> None:
    Decision.update(removed=True).where(Decision.id == (event.body or {})["decision"]).execute()


def decision_carried(event: Logged) -> None:
    body = event.body or {}
    Decision.update(carried=body["version"]).where(Decision.id == body["decision"]).execute()


def _settle(meeting: str, position: int) -> None:
    """What each case's row says of its meeting."""
    for one in list(Conference.select(Conference.case).where(Conference.meeting == meeting)):
        touch(one.case, position)
    if not bulk.later("meetings", meeting):
        settle_meeting(meeting)


def settle_meeting(meeting: str) -> None:
    row = Meeting.get_or_none(Meeting.id == meeting)
    if row is None:
        return
    for one in list(Conference.select().where(Conference.meeting == meeting)):
        _put_case(row, one.case, taken=one.status != OFF)


def _put_case(row: Any, case: str, *, taken: bool) -> None:
    on_the_table = taken and row.status != "cancelled"
    Conference.put(
        id=f"{row.id} {case}",
        case=case,
        kind=COUNTS_AS[row.gate],
        status=row.status if taken else OFF,
        on=row.on,
        meeting=row.id,
        entered=row.held_at,
        members=members_of(row.id, case) if on_the_table else [],
    )
    settle_conference(case)


def members_of(meeting: str, case: str) -> list[dict[str, Any]]:
    """Who sits in it for this case, as `access` asks: [{"staff", "acknowledgedOn"}]."""
    rows = Seat.select().where((Seat.meeting == meeting) & Seat.seated & Seat.staff.is_null(False))
    return [
        {"staff": seat.staff, "acknowledgedOn": seat.acknowledged_on}
        for seat in rows.order_by(Seat.id)
        if not seat.cases or case in {resolve(one) for one in seat.cases}
    ]


APPLIERS = {
    ("conference_kind.set", 1): kind_set,
    ("conference.planned", 1): planned,
    ("conference.changed", 1): changed,
    ("conference.cancelled", 1): cancelled,
    ("conference.held", 1): held,
    ("conference.case_set", 1): case_set,
    ("conference.member_set", 1): member_set,
    ("conference.acknowledged", 1): acknowledged,
    ("conference.agenda_set", 1): agenda_set,
    ("conference.material_added", 1): material_added,
    ("conference.material_removed", 1): material_removed,
    ("conference.asked", 1): asked,
    ("conference.answered", 1): answered,
    ("conference.minuted", 1): minuted,
    ("conference.decided", 1): decided,
    ("conference.decision_removed", 1): decision_removed,
    ("conference.decision_carried", 1): decision_carried,
}
