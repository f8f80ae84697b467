"""People of the office, the emergency numbers and the checklists."""

from typing import Any

from ..accounts.staff import end_all_sessions
from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.office_and_cases import Staff
from ..projections.append_and_apply import new_id
from ..queries import account_rules
from ..queries.access import ROLES, Actor, demand
from ..queries.account_rules import ALONE, NO
from .act import act


def add_staff(desk: Desk, actor: Actor, name: str, kana: str, role: str, email: str) -> str:
    """Add a person. Returns their id; `staff.make_account` lets them sign in.

    Where two people decide (`account_rules`), they come in only when a second agrees (`trust.propose`): until then
    they are not active.
    """
    allowed = account_rules.to_add(actor, role)
    if role not in ROLES or allowed == NO:
        raise NotAllowed(f"add {role}")
    staff = new_id()
    fields = {"staff": staff, "name": name, "kana": kana, "role": role, "email": email}
    act(desk, actor, "staff.added", fields if allowed == ALONE else fields | {"active": False})
    return staff


def change_staff(desk: Desk, actor: Actor, staff: str, **changes: Any) -> None:
    """Change name, kana, role, email or active, as far as one person may do that alone."""
    row = staff_row(staff)
    asked = {account_rules.of("rename", actor, row)} if {"name", "kana", "email"} & changes.keys() else set()
    if "role" in changes:
        asked.add(account_rules.of_role(actor, row.role, changes["role"]) if staff != actor.id else NO)
    if "active" in changes:
        asked.add(account_rules.of("add" if changes["active"] else "stop", actor, row))
    if asked != {ALONE}:
        raise NotAllowed("this takes two people")
    act(desk, actor, "staff.changed", {"staff": staff, **changes})
    if changes.get("active") is False or "role" in changes:
        end_all_sessions(desk, staff)


def sign_out(desk: Desk, actor: Actor, staff: str) -> None:
    """End every session of a person."""
    if account_rules.of("sign_out", actor, staff_row(staff)) != ALONE:
        raise NotAllowed("sign out")
    act(desk, actor, "staff.signed_out", {"staff": staff})
    end_all_sessions(desk, staff)


def set_numbers(desk: Desk, actor: Actor, numbers: list[dict[str, Any]]) -> None:
    """The emergency numbers every phone carries: the whole list."""
    demand(actor, "change", "settings")
    act(desk, actor, "numbers.set", {"numbers": numbers})


def set_option(desk: Desk, actor: Actor, name: str, value: Any) -> None:
    """A choice of the office: on_call, quiet_hours, genogram."""
    demand(actor, "change", "people" if name == "on_call" else "settings")
    act(desk, actor, "office.option_set", {"name": name, "value": value})


def publish_checklist(desk: Desk, actor: Actor, checklist: dict[str, Any]) -> None:
    """Publish a version of a checklist."""
    demand(actor, "change", "settings")
    body = {
        "checklist": checklist["id"],
        **{name: checklist[name] for name in ("version", "title", "intro", "items")},
    }
    act(desk, actor, "checklist.published", body)


def staff_row(staff: str) -> Any:
    row = Staff.get_or_none(Staff.id == staff)
    if row is None:
        raise DeskError("not_found", staff)
    return row
