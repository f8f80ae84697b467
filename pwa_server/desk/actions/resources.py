"""The register of what the area has: written, checked, ended, and the table of districts it is sorted by."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.resources import DISTRICTS_OPTION, KINDS, VISIBILITIES, Resource
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand
from .act import act

MOST_DISTRICTS = 60
LONGEST_DISTRICT = 20


def write(
    desk: Desk, actor: Actor, fields: dict[str, str], choices: dict[str, str], resource: str | None = None
) -> str:
    """`fields`: the texts of `models.resources.FIELDS`; `choices`: kind, district, visibility."""
    demand(actor, "change", "opportunities")
    if choices["kind"] not in KINDS or choices["visibility"] not in VISIBILITIES:
        raise DeskError("malformed")
    id_ = str(row_of(resource).id) if resource else new_id()
    spelled = {"whoMayCome" if name == "who_may_come" else name: text for name, text in fields.items()}
    act(desk, actor, "resource.written", {"resource": id_, **choices, **spelled})
    return id_


def check(desk: Desk, actor: Actor, resource: str, on: str) -> None:
    """Somebody asked, and it is still so."""
    demand(actor, "change", "opportunities")
    row_of(resource)
    act(desk, actor, "resource.checked", {"resource": resource, "on": on})


def end(desk: Desk, actor: Actor, resource: str, reason: str) -> None:
    demand(actor, "change", "opportunities")
    row_of(resource)
    if not reason:
        raise DeskError("empty")
    act(desk, actor, "resource.ended", {"resource": resource, "reason": reason})


def set_districts(desk: Desk, actor: Actor, names: list[str]) -> None:
    demand(actor, "change", "opportunities")
    known = list(dict.fromkeys(name.strip()[:LONGEST_DISTRICT] for name in names if name.strip()))
    act(desk, actor, "office.option_set", {"name": DISTRICTS_OPTION, "value": known[:MOST_DISTRICTS]})


def row_of(resource: str) -> Any:
    row = Resource.get_or_none((Resource.id == resource) & Resource.ended.is_null())
    if row is None:
        raise DeskError("not_found", resource[:40])
    return row
