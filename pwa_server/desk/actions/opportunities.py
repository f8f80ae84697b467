"""Places to take part in: written, looked at again; what was talked over with their hosts."""

from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.opportunities import (
    FIELDS,
    HOW,
    KINDS,
    LEAST_LOAD,
    LOADS,
    MOST_LOAD,
    SHORTEST,
    STATES,
    HostContact,
    Opportunity,
)
from ..projections.append_and_apply import new_id
from ..projections.opportunities import CAMEL
from ..queries.access import Actor, demand
from .act import act


def write(desk: Desk, actor: Actor, values: dict[str, Any], opportunity: str | None = None) -> str:
    """A new place, or the whole of a known one written anew. Raises not_found, malformed.

    `values`: the texts of `FIELDS`, `contact`, `kind`, `district`, `state`, the `LOADS`, `shortest`, `alone`,
    `anonymous`, `verified_until`.
    """
    demand(actor, "change", "opportunities")
    if values["kind"] not in KINDS or values["state"] not in STATES or not values["name"].strip():
        raise DeskError("malformed")
    if any(values[name] not in (None, *range(LEAST_LOAD, MOST_LOAD + 1)) for name in LOADS):
        raise DeskError("malformed", "load")
    if values["shortest"] not in (None, *SHORTEST):
        raise DeskError("malformed", "shortest")
    id_ = str(row_of(opportunity).id) if opportunity else new_id()
    body = {CAMEL.get(one.name, one.name): values[one.name] for one in FIELDS}
    plain = ("kind", "district", "state", "shortest", "alone", "anonymous", "contact", *LOADS)
    body |= {name: values[name] for name in plain} | {"verifiedUntil": values["verified_until"]}
    act(desk, actor, "opportunity.written", {"opportunity": id_, **body})
    return id_


def check(desk: Desk, actor: Actor, opportunity: str, until: str) -> None:
    """Somebody asked the host, and it is still so, until that day."""
    demand(actor, "change", "opportunities")
    row_of(opportunity)
    if until < desk.today().isoformat():
        raise DeskError("malformed", "until")
    act(desk, actor, "opportunity.checked", {"opportunity": opportunity, "until": until})


def note_contact(desk: Desk, actor: Actor, opportunity: str, on: str, how: str, words: str) -> str:
    """One talk with a host. Raises not_found, malformed, empty."""
    demand(actor, "change", "host_contacts")
    row_of(opportunity)
    if how not in HOW:
        raise DeskError("malformed", "how")
    if not words.strip():
        raise DeskError("empty", "words")
    contact = new_id()
    body = {"contact": contact, "opportunity": opportunity, "on": on, "how": how, "words": words.strip()}
    act(desk, actor, "host.contacted", body)
    return contact


def undo_contact(desk: Desk, actor: Actor, contact: str) -> str:
    """What was noted by mistake. Returns the place it was of."""
    demand(actor, "change", "host_contacts")
    row = HostContact.get_or_none((HostContact.id == contact) & ~HostContact.undone)
    if row is None:
        raise DeskError("not_found", contact[:40])
    act(desk, actor, "host.contact_undone", {"contact": contact})
    return str(row.opportunity)


def row_of(opportunity: str) -> Any:
    row = Opportunity.get_or_none(Opportunity.id == opportunity)
    if row is None:
        raise DeskError("not_found", opportunity[:40])
    return row
