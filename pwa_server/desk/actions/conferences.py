"""Conferences: their kinds, planning, members, what is on the table, and what came of it.

Every act asks `conferences.tie` first: for whoever has no seat the answer is that of a meeting that never was.
"""

from datetime import datetime, time
from typing import Any

from sync.bounds import is_line, is_plausible_date, is_text

from ..core.clock import JAPAN, stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.conferences import (
    OF_AN_ITEM,
    AgendaItem,
    AgendaWording,
    Decision,
    InformationRequest,
    Material,
    Seat,
)
from ..models.office_and_cases import CaseFile, Office, Staff
from ..projections.append_and_apply import new_id
from ..projections.conferences import PLAN, members_of
from ..queries.access import Actor, is_assigned, may
from ..queries.conferences import GATES, Tie, agenda_of, can_sit, cases_of, kinds, lacks_consent, tie
from ..queries.gates import pass_gate
from ..queries.owners import FOLLOWUP_HOLDERS, can_hold
from ..queries.plans import current
from .act import act
from .plans import write_plan

TOPICS = (
    "secrecy",
    "sharing",
    "sorting",
    "roles",
    "plan",
    "evaluation",
    "resources",
    "other",
)
MOST_CASES = 100
LINES = ("begins", "ends", "place", "convenor", "chair")
DUE_AT = time(9)  # a follow-up of a decision stands in the morning of its day


def may_set_kinds(actor: Actor) -> bool:
    """Those who set the office's other tables of its work, too."""
    return may(actor, "change", "checklists")


def set_kind(desk: Desk, actor: Actor, kind: str | None, fields: dict[str, Any]) -> str:
    """A kind of the office's own, or the whole of a known one written anew. Meetings planned before keep their gate."""
    if not may_set_kinds(actor):
        raise DeskError("not_allowed")
    known = {one.id for one in kinds()}
    if kind is not None and kind not in known:
        raise DeskError("not_found")
    if fields["gate"] not in GATES or not fields["name"].strip():
        raise DeskError("empty")
    id_ = kind or new_id()
    act(desk, actor, "conference_kind.set", {"kind": id_, **fields})
    return id_


def plan(desk: Desk, actor: Actor, kind: str, fields: dict[str, Any], cases: list[str]) -> str:
    """Plan a meeting about these cases. Whoever plans it has a seat. Returns its id.

    `fields`: the fields of PLAN; `closes` may be "" (the end of its day). Raises DeskError: malformed, not_found,
    consent_missing.
    """
    chosen = next((one for one in kinds() if one.id == kind and one.active), None)
    if not may(actor, "change", "core"):
        raise DeskError("not_allowed")
    if chosen is None or not can_sit(actor, chosen.gate):
        raise DeskError("malformed", "kind")
    meeting = new_id()
    body = _checked(
        {name: fields.get(name) or "" for name in PLAN} | {"recorder": fields.get("recorder") or None}
    )
    with desk.write():
        planned = {"conference": meeting, "kind": chosen.id, "gate": chosen.gate, **body}
        act(desk, actor, "conference.planned", planned)
        for case in dict.fromkeys(cases):
            _take_up(desk, actor, meeting, chosen.gate, case)
        person = Staff.get_by_id(actor.id)
        _seat(desk, actor, meeting, actor.id, _seat_of(person, "", ""))
        recorder = body["recorder"]
        if recorder and recorder != actor.id:
            _seat(desk, actor, meeting, recorder, _seat_of(_sitter(recorder, chosen.gate), "", ""))
    return meeting


def change(desk: Desk, actor: Actor, meeting: str, changes: dict[str, Any]) -> None:
    """Only what the person changed is written, so two people may change two things."""
    found = _manages(actor, meeting)
    if found.meeting.status != "planned":
        raise DeskError("meeting_over")
    before = {name: getattr(found.meeting, name) for name in PLAN}
    after = _checked(before | changes)
    fields = {name: after[name] for name in changes if after[name] != before[name]}
    if fields.get("recorder"):
        seated = Seat.select().where(
            (Seat.meeting == meeting) & (Seat.staff == fields["recorder"]) & Seat.seated
        )
        if not seated.exists():
            raise DeskError("no_seat")
    if fields:
        act(desk, actor, "conference.changed", {"conference": meeting, "changes": fields})


def take_up(desk: Desk, actor: Actor, meeting: str, case: str) -> None:
    found = _open_meeting(actor, meeting)
    if case not in {one.id for one in cases_of(meeting)}:
        _take_up(desk, actor, meeting, found.meeting.gate, case)


def take_off(desk: Desk, actor: Actor, meeting: str, case: str) -> None:
    _open_meeting(actor, meeting)
    if case in {one.id for one in cases_of(meeting)}:
        act(desk, actor, "conference.case_set", {"conference": meeting, "taken": False}, case)


def cancel(desk: Desk, actor: Actor, meeting: str, reason: str) -> None:
    _open_meeting(actor, meeting)
    if not reason.strip():
        raise DeskError("empty")
    act(desk, actor, "conference.cancelled", {"conference": meeting, "reason": reason})


def hold(desk: Desk, actor: Actor, meeting: str, on: str, attended: list[str]) -> None:
    """It was held: by the one gate, for every case on its table; `attended`: members who were there."""
    found = _manages(actor, meeting)
    if found.meeting.status == "held":
        raise DeskError("meeting_over")
    today = desk.clock().astimezone(JAPAN).date().isoformat()
    if not is_plausible_date(on) or on > today:
        raise DeskError("day_missing")
    here = {seat.member: seat for seat in Seat.select().where((Seat.meeting == meeting) & Seat.seated)}
    there = [one for one in dict.fromkeys(attended) if one in here]
    cases = cases_of(meeting)
    if not cases:
        raise DeskError("table_empty")
    if not there:
        raise DeskError("members_missing")
    if any(here[one].acknowledged_on is None for one in there):
        raise DeskError(
            "secrecy_missing", here[next(o for o in there if here[o].acknowledged_on is None)].name
        )
    for case in cases:
        staff = {here[one].staff for one in there}
        present = [one for one in members_of(meeting, case.id) if one["staff"] in staff]
        pass_gate(f"hold_{GATES[found.meeting.gate][1]}", case.id, desk.today(), members=present)
    act(desk, actor, "conference.held", {"conference": meeting, "on": on, "attended": there})


def seat_member(
    desk: Desk,
    actor: Actor,
    meeting: str,
    staff: str | None,
    name: str,
    organisation: str,
    capacity: str,
    cases: list[str],
) -> str:
    """Give a seat to somebody of this desk, or to somebody without an account by name. Returns the member's id."""
    found = _open_meeting(actor, meeting)
    here = {one.id for one in cases_of(meeting)}
    chosen = [one for one in dict.fromkeys(cases) if one in here]
    chosen = [] if set(chosen) == here else chosen
    if staff:
        body = _seat_of(_sitter(staff, found.meeting.gate), organisation, capacity)
    elif name.strip():
        body = {"staff": None, "name": name, "organisation": organisation, "capacity": capacity}
    else:
        raise DeskError("empty")
    member = staff or new_id()
    _seat(desk, actor, meeting, member, body | {"cases": chosen})
    return member


def unseat(desk: Desk, actor: Actor, meeting: str, member: str) -> None:
    found = _open_meeting(actor, meeting)
    seat = _seat_row(found, member)
    body = {name: getattr(seat, name) for name in ("staff", "name", "organisation", "capacity", "cases")}
    _seat(desk, actor, meeting, member, body, seated=False)


def acknowledge(desk: Desk, actor: Actor, meeting: str) -> None:
    """The person themselves, on the screen."""
    found = _tie(actor, meeting)
    if found.seat is None:
        raise DeskError("not_found")
    if found.seat.acknowledged_on is None:
        _acknowledged(desk, actor, meeting, found.seat.member, "screen", None)


def note_paper(desk: Desk, actor: Actor, meeting: str, member: str, on: str) -> None:
    """Somebody else's, on paper: the event keeps who noted it and when."""
    found = _manages(actor, meeting)
    seat = _seat_row(found, member)
    today = desk.clock().astimezone(JAPAN).date().isoformat()
    if not is_plausible_date(on) or on > today:
        raise DeskError("day_missing")
    if seat.acknowledged_on is None:
        _acknowledged(desk, actor, meeting, member, "paper", on)


def set_agenda(
    desk: Desk,
    actor: Actor,
    meeting: str,
    case: str | None,
    fields: dict[str, str],
    item: str | None = None,
    saw: str = "",
) -> str:
    """One more item, or another wording, time or household of one there is. `saw`: the wording that was looked at.

    Raises DeskError: not_found, meeting_over, empty, agenda_changed.
    """
    _writes(actor, meeting, case)
    if fields["topic"] not in TOPICS or not (fields["text"].strip() or fields["topic"] != "other"):
        raise DeskError("empty")
    if item is None:
        return _set_item(desk, actor, meeting, case, {"item": new_id(), "removed": False, **fields})
    before = _item(actor, meeting, item, saw)
    body = {"item": item, "removed": False, "place": before.position, **fields}
    if case != before.case or any(getattr(before, name) != value for name, value in fields.items()):
        _set_item(desk, actor, meeting, case, body)
    return item


def remove_agenda(desk: Desk, actor: Actor, meeting: str, item: str, saw: str) -> None:
    """Off the agenda; its wordings stay. Raises what `set_agenda` raises."""
    before = _item(actor, meeting, item, saw)
    _set_item(desk, actor, meeting, before.case, _as_it_is(before) | {"removed": True})


def move_agenda(desk: Desk, actor: Actor, meeting: str, item: str, saw: str, up: bool) -> None:
    """It changes places, and the times of day, with the one before it or behind it. At the end it stays."""
    moved = _item(actor, meeting, item, saw)
    shown = agenda_of(_tie(actor, meeting))
    place = [one.id for one in shown].index(item) + (-1 if up else 1)
    if not 0 <= place < len(shown):
        return
    other = shown[place]
    _writes(actor, meeting, other.case)
    with desk.write():
        for one, where in ((moved, other), (other, moved)):
            body = _as_it_is(one) | {"place": where.position, "begins": where.begins}
            _set_item(desk, actor, meeting, one.case, body)


def _item(actor: Actor, meeting: str, item: str, saw: str) -> Any:
    row = AgendaItem.get_or_none(
        (AgendaItem.id == item) & (AgendaItem.meeting == meeting) & ~AgendaItem.removed
    )
    _writes(actor, meeting, None if row is None else row.case)
    if row is None:
        raise DeskError("not_found")
    last = AgendaWording.select().where(AgendaWording.item == item).order_by(AgendaWording.position.desc())
    if last.get().id != saw:
        raise DeskError("agenda_changed")
    return row


def _as_it_is(row: Any) -> dict[str, Any]:
    return {"item": row.id, "place": row.position} | {name: getattr(row, name) for name in OF_AN_ITEM}


def _set_item(desk: Desk, actor: Actor, meeting: str, case: str | None, body: dict[str, Any]) -> str:
    act(desk, actor, "conference.agenda_set", {"conference": meeting, **body}, case)
    return str(body["item"])


def add_material(desk: Desk, actor: Actor, meeting: str, case: str | None, title: str, text: str) -> str:
    _writes(actor, meeting, case)
    if not title.strip() or not text.strip():
        raise DeskError("empty")
    material = new_id()
    act(
        desk,
        actor,
        "conference.material_added",
        {"conference": meeting, "material": material, "title": title, "text": text},
        case,
    )
    return material


def remove_material(desk: Desk, actor: Actor, meeting: str, material: str) -> None:
    row = Material.get_or_none((Material.id == material) & (Material.meeting == meeting))
    _writes(actor, meeting, None if row is None else row.case)
    if row is None:
        raise DeskError("not_found")
    act(desk, actor, "conference.material_removed", {"material": material}, row.case)


def ask_for(
    desk: Desk, actor: Actor, meeting: str, case: str | None, to: str, what: str, due: str | None
) -> str:
    _writes(actor, meeting, case)
    if not to.strip() or not what.strip():
        raise DeskError("empty")
    request = new_id()
    body = {"conference": meeting, "request": request, "to": to, "what": what, "due": due}
    act(desk, actor, "conference.asked", body, case)
    return request


def note_answer(desk: Desk, actor: Actor, meeting: str, request: str, came: str, on: str) -> None:
    row = InformationRequest.get_or_none(
        (InformationRequest.id == request) & (InformationRequest.meeting == meeting)
    )
    _writes(actor, meeting, None if row is None else row.case)
    if row is None:
        raise DeskError("not_found")
    if not came.strip():
        raise DeskError("empty")
    act(desk, actor, "conference.answered", {"request": request, "came": came, "on": on}, row.case)


def write_minutes(
    desk: Desk, actor: Actor, meeting: str, case: str | None, text: str, replaces: list[str]
) -> None:
    """`replaces`: the wordings that stood on the page this was written from."""
    found = _writes(actor, meeting, case)
    if not found.reads_minutes:
        raise DeskError("not_found")
    if not is_text(text):
        raise DeskError("malformed", "text")
    body = {"conference": meeting, "text": text, "replaces": replaces}
    act(desk, actor, "conference.minuted", body, case)


def decide(
    desk: Desk,
    actor: Actor,
    meeting: str,
    case: str,
    what: str,
    why: str,
    staff: str | None,
    member: str,
    until: str | None,
) -> str:
    """What, who, until. For whoever has the case, a row with a day becomes their follow-up, without the context.

    Whoever has not the case reads what and until on their own list, and not whose household it is. No plan action is
    made of it: before the person consents nothing else leaves the conference.
    """
    found = _writes(actor, meeting, case)
    if not what.strip() or not (staff or member.strip()):
        raise DeskError("empty")
    if staff and not can_hold(Staff.get_or_none(Staff.id == staff), tuple(GIVEN_TO)):
        raise DeskError("cannot_hold", staff)
    if until is not None and not is_plausible_date(until):
        raise DeskError("day_missing")
    agreed = not lacks_consent("consent", case, desk.today())
    decision, followup = new_id(), None
    person: Any = Staff.get_or_none(Staff.id == staff) if staff else None
    if until and can_hold(person, FOLLOWUP_HOLDERS) and is_assigned(person.id, case):
        followup = new_id()
    with desk.write():
        body = {
            "conference": found.meeting.id,
            "decision": decision,
            "what": what,
            "why": why,
            "staff": staff,
            "member": member,
            "until": until,
            "followup": followup,
            "agreed": agreed,
        }
        act(desk, actor, "conference.decided", body, case)
        if followup and until:
            at = stamp(datetime.combine(datetime.fromisoformat(until), DUE_AT, JAPAN))
            fields = {
                "followup": followup,
                "at": at,
                "kind": "other",
                "with": "us",
                "note": what,
                "remind": True,
            }
            act(desk, actor, "followup.scheduled", fields, case)
            if staff != actor.id:
                act(desk, actor, "followup.assigned", {"followup": followup, "staff": staff}, case)
    return decision


GIVEN_TO = (
    "worker",
    "supervisor",
    "coordinator",
    "agency",
    "commissioner",
    "participation",
    "community",
    "chief",
)


def take_back(desk: Desk, actor: Actor, meeting: str, decision: str) -> None:
    """The row is taken back; a follow-up that came of it is cancelled with it."""
    row = Decision.get_or_none((Decision.id == decision) & (Decision.meeting == meeting))
    _writes(actor, meeting, None if row is None else row.case)
    if row is None or row.removed:
        raise DeskError("not_found")
    with desk.write():
        act(desk, actor, "conference.decision_removed", {"decision": decision}, row.case)
        if row.followup:
            body = {"followup": row.followup, "reason": ""}
            act(desk, actor, "followup.cancelled", body, row.case)


def carry(desk: Desk, actor: Actor, meeting: str, decision: str, goal: int) -> None:
    """After the person consented: the row becomes an action of their plan, without its context.

    Raises DeskError: consent_missing, no_plan, malformed (no such goal, or no day), and what writing a plan asks.
    """
    row = Decision.get_or_none((Decision.id == decision) & (Decision.meeting == meeting))
    _writes(actor, meeting, None if row is None else row.case)
    if row is None or row.removed or row.carried:
        raise DeskError("not_found")
    pass_gate("meet_multi_agency", row.case, desk.today())
    plan_now = current(row.case)
    if plan_now is None:
        raise DeskError("no_plan")
    if row.until is None or not 1 <= goal <= len(plan_now.content["goals"]):
        raise DeskError("malformed", "goal")
    content = dict(plan_now.content)
    content["actions"] = [*content["actions"], _action_of(row, goal)]
    with desk.write():
        version = write_plan(desk, actor, row.case, content, row.what, saw=plan_now.id)
        act(desk, actor, "conference.decision_carried", {"decision": decision, "version": version}, row.case)


def _action_of(row: Any, goal: int) -> dict[str, Any]:
    person: Any = Staff.get_or_none(Staff.id == row.staff) if row.staff else None
    seat: Any = (
        Seat.get_or_none((Seat.meeting == row.meeting) & (Seat.staff == row.staff)) if row.staff else None
    )
    office: Any = Office.get_or_none()
    name = person.name if person else row.named
    organisation = (seat.organisation if seat else "") or (
        office.lead or office.name if person and office else name
    )
    return {
        "id": "",
        "goal": goal,
        "what": row.what,
        "organisation": organisation,
        "person": name,
        "until": row.until,
        "often": "",
    }


def _tie(actor: Actor, meeting: str) -> Tie:
    found = tie(actor, meeting)
    if found is None:
        raise DeskError("not_found")
    return found


def _manages(actor: Actor, meeting: str) -> Tie:
    found = _tie(actor, meeting)
    if not found.manages:
        raise DeskError("not_found")
    return found


def _open_meeting(actor: Actor, meeting: str) -> Tie:
    found = _manages(actor, meeting)
    if found.meeting.status != "planned":
        raise DeskError("meeting_over")
    return found


def _writes(actor: Actor, meeting: str, case: str | None) -> Tie:
    """Who may write here about this case, while there is something to write."""
    found = _tie(actor, meeting)
    if not found.writes or not found.covers(case):
        raise DeskError("not_found")
    if case is not None and case not in {one.id for one in cases_of(meeting)}:
        raise DeskError("not_found")
    if found.meeting.status == "cancelled":
        raise DeskError("meeting_over")
    return found


def _take_up(desk: Desk, actor: Actor, meeting: str, gate: str, case: str) -> None:
    if CaseFile.get_or_none(CaseFile.id == case) is None:
        raise DeskError("not_found", case)
    if len(cases_of(meeting)) >= MOST_CASES:
        raise DeskError("malformed", "cases")
    pass_gate(f"meet_{GATES[gate][1]}", case, desk.today())
    act(desk, actor, "conference.case_set", {"conference": meeting, "taken": True}, case)


def _seat(
    desk: Desk, actor: Actor, meeting: str, member: str, fields: dict[str, Any], *, seated: bool = True
) -> None:
    body = {"conference": meeting, "member": member, "cases": [], "seated": seated} | fields
    act(desk, actor, "conference.member_set", body)


def _seat_of(person: Any, organisation: str, capacity: str) -> dict[str, Any]:
    return {"staff": person.id, "name": person.name, "organisation": organisation, "capacity": capacity}


def _sitter(staff: str, gate: str) -> Any:
    person = Staff.get_or_none(Staff.id == staff)
    if not can_sit(person, gate):
        raise DeskError("cannot_sit", staff)
    return person


def _seat_row(found: Tie, member: str) -> Any:
    seat = Seat.get_or_none((Seat.meeting == found.meeting.id) & (Seat.member == member) & Seat.seated)
    if seat is None:
        raise DeskError("not_found")
    return seat


def _acknowledged(desk: Desk, actor: Actor, meeting: str, member: str, how: str, on: str | None) -> None:
    today = desk.clock().astimezone(JAPAN).date().isoformat()
    body = {"conference": meeting, "member": member, "how": how, "on": on or today}
    act(desk, actor, "conference.acknowledged", body)


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a plan, each of its shape. Raises DeskError day_missing, malformed."""
    if not is_plausible_date(body["on"]):
        raise DeskError("day_missing")
    if not all(is_line(body[name]) for name in LINES):
        raise DeskError("malformed", "plan")
    for name in ("begins", "ends"):
        if body[name]:
            try:
                time.fromisoformat(body[name])
            except ValueError:
                raise DeskError("malformed", name) from None
    if not body["closes"]:
        end = datetime.combine(datetime.fromisoformat(body["on"]), time(23, 59), JAPAN)
        body["closes"] = stamp(end)
    return body
