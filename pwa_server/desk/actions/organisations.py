"""機関・委託先: written down, with their contracts. People move by `trust.change_organisation`."""

from datetime import date

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.organisations import KINDS, Contract, Organisation
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand
from ..queries.organisations import open_cases, people_of
from .act import act


def write(
    desk: Desk, actor: Actor, name: str, kind: str, contact: str, organisation: str = "", active: bool = True
) -> str:
    """A new organisation, or one changed; its kind stays what it was. Returns its id.

    Raises DeskError: empty, malformed, not_found, still_holds while people or open cases are its.
    """
    demand(actor, "change", "organisations")
    if not name.strip():
        raise DeskError("empty", "name")
    known = find(organisation) if organisation else None
    if kind not in KINDS:
        raise DeskError("malformed", "kind")
    if known is not None and not active and (people_of(organisation) or open_cases(organisation).exists()):
        raise DeskError("still_holds", organisation)
    id_ = organisation or new_id()
    body = {
        "organisation": id_,
        "name": name.strip(),
        "kind": kind if known is None else known.kind,
        "contact": contact.strip(),
        "active": active,
    }
    act(desk, actor, "organisation.written", body)
    return id_


def write_contract(
    desk: Desk,
    actor: Actor,
    organisation: str,
    title: str,
    begins: date,
    ends: date,
    note: str,
    contract: str = "",
) -> str:
    """What is entrusted and until when. Raises DeskError: empty, not_found, malformed when it ends before it begins."""
    demand(actor, "change", "organisations")
    find(organisation)
    if contract and Contract.get_or_none((Contract.id == contract) & _of(organisation)) is None:
        raise DeskError("not_found", contract)
    if not title.strip():
        raise DeskError("empty", "title")
    if ends < begins:
        raise DeskError("malformed", "ends")
    id_ = contract or new_id()
    body = {
        "contract": id_,
        "organisation": organisation,
        "title": title.strip(),
        "begins": begins.isoformat(),
        "ends": ends.isoformat(),
        "note": note.strip(),
    }
    act(desk, actor, "contract.written", body)
    return id_


def _of(organisation: str) -> object:
    return Contract.organisation == organisation


def find(organisation: str) -> Organisation:
    row: Organisation | None = Organisation.get_or_none(Organisation.id == organisation)
    if row is None:
        raise DeskError("not_found", organisation)
    return row
