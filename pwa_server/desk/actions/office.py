"""People of the office, the emergency numbers and the checklists."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.office_and_cases import Staff
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand
from .act import act


def add_staff(desk: Desk, actor: Actor, name: str, kana: str, role: str, email: str) -> str:
    """Add a person. Returns their id; `staff.make_account` lets them sign in.

    An administrator comes in only when a second person agrees (`trust.propose`): until then they are not active.
    """
    demand(actor, "change", "people")
    staff = new_id()
    told = {"staff": staff, "name": name, "kana": kana, "role": role, "email": email}
    act(desk, actor, "staff.added", told if role != "administrator" else told | {"active": False})
    return staff


def change_staff(desk: Desk, actor: Actor, staff: str, **changes: Any) -> None:
    """Change name, kana, role, email or active. Nobody changes their own role."""
    demand(actor, "change", "people")
    staff_row(staff)
    if staff == actor.id and ({"role", "active"} & changes.keys()):
        raise NotAllowed("own role")
    act(desk, actor, "staff.changed", {"staff": staff, **changes})
    if changes.get("active") is False or "role" in changes:
        from ..accounts.staff import end_all_sessions

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
    told = {
        "checklist": checklist["id"],
        **{name: checklist[name] for name in ("version", "title", "intro", "items")},
    }
    act(desk, actor, "checklist.published", told)


def staff_row(staff: str) -> Any:
    row = Staff.get_or_none(Staff.id == staff)
    if row is None:
        raise DeskError("not_found", staff)
    return row
