"""One guided act for April or a contractor's end: people, cases and follow-ups move together, or nothing does."""

from ..accounts.staff import end_all_sessions
from ..core.clock import JAPAN
from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.organisations import Organisation, Transfer
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand
from ..queries.transfers import Choice, Plan, still, work_out
from .act import Write, acts


def make(
    desk: Desk, actor: Actor, organisation: str, to: str, choices: list[Choice], note: str, mark: str
) -> str:
    """Do what was looked at. Returns the transfer's id.

    Raises DeskError: malformed, plan_changed when the plan is another than the one with this `mark`, plan_stopped.
    """
    plan = look(desk, actor, organisation, to, choices)
    if not plan.stands:
        raise DeskError("plan_stopped")
    if plan.mark != mark:
        raise DeskError("plan_changed")
    transfer, today = new_id(), desk.clock().astimezone(JAPAN).date().isoformat()
    with acts(desk, actor) as write:
        for one in plan.items:
            _move(write, one, note, today)
        body = {"transfer": transfer, "organisation": organisation, "to": to, "note": note}
        write("transfer.made", {**body, "items": plan.items}, None, new_id())
    _end_sessions(desk, [one["thing"] for one in plan.items if one["kind"] == "person"])
    return transfer


def look(desk: Desk, actor: Actor, organisation: str, to: str, choices: list[Choice]) -> Plan:
    """The same, worked out and not done. Raises DeskError malformed when there is no such place to go."""
    demand(actor, "change", "organisations")
    demand(actor, "change", "core")
    target = Organisation.get_or_none((Organisation.id == to) & Organisation.active)
    if to == organisation or (to and target is None):
        raise DeskError("malformed", "to")
    return work_out(actor, organisation, to, choices, desk.today())


def take_back(desk: Desk, actor: Actor, transfer: str, people: set[str] | None) -> tuple[int, int]:
    """What still stands of it goes back, for these people or for all: (moves taken back, moves changed since)."""
    demand(actor, "change", "organisations")
    demand(actor, "change", "core")
    row = Transfer.get_or_none(Transfer.id == transfer)
    if row is None:
        raise DeskError("not_found", transfer)
    today = desk.clock().astimezone(JAPAN).date().isoformat()
    done = set(row.back)
    wanted = [
        place
        for place, one in enumerate(row.items)
        if str(place) not in done and (people is None or one["person"] in people)
    ]
    standing = still(row, people)
    if standing:
        with acts(desk, actor) as write:
            for _, one in reversed(standing):
                _move(write, one | {"was": one["now"], "now": one["was"]}, row.note, today)
            places = [str(place) for place, _ in standing]
            write("transfer.taken_back", {"transfer": transfer, "items": places}, None, new_id())
        _end_sessions(desk, [one["thing"] for _, one in standing if one["kind"] == "person"])
    return len(standing), len(wanted) - len(standing)


def _move(write: Write, one: dict[str, str], note: str, today: str) -> None:
    kind, thing, case, was, now = (one[name] for name in ("kind", "thing", "case", "was", "now"))
    if kind == "person":
        write("staff.changed", {"staff": thing, "organisation": now}, None, new_id())
    elif kind == "entrusted":
        write("case.entrusted", {"organisation": now}, case, new_id())
    elif kind == "followup":
        write("followup.assigned", {"followup": thing, "staff": now}, case, new_id())
    else:
        if was:
            write("case.unassigned", {"staff": was, "reason": note, "to": now or None}, case, new_id())
        if now:
            body = {"staff": now, "from": today, "note": note, "takenFrom": was or None}
            write("case.assigned", body, case, new_id())


def _end_sessions(desk: Desk, people: list[str]) -> None:
    """Whoever stands behind another wall now signs in again: no page of before stays open."""
    for staff in people:
        end_all_sessions(desk, staff)
