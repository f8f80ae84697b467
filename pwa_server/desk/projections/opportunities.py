"""Events of places to take part in: written, looked at again; what was talked over with their hosts."""

from typing import Any

from ..core.clock import day_in_japan
from ..log.event_log import Logged
from ..models.opportunities import FIELDS, LOADS, MOST_LOAD, HostContact, Opportunity

CALMEST = MOST_LOAD
OF_BEFORE = ("people", "noise", "talk")  # what `calm` told of
CAMEL = {f"{load}_words": f"{load}Words" for load in LOADS}


def opportunity_set(event: Logged) -> None:
    """As it was written before there were loads: `calm` told how little there was, 1 much … 5 hardly any."""
    body = event.body or {}
    load = CALMEST + 1 - min(max(body["calm"], 1), CALMEST)
    values = {one.name: body.get(one.name, "") for one in FIELDS}
    values |= {name: load if name in OF_BEFORE else None for name in LOADS}
    _put(event, values | {"district": "", "shortest": None, "alone": False, "contact": ""})


def opportunity_written(event: Logged) -> None:
    body = event.body or {}
    values = {one.name: body[CAMEL.get(one.name, one.name)] for one in FIELDS}
    values |= {name: body[name] for name in (*LOADS, "district", "shortest", "alone", "contact")}
    _put(event, values)


def _put(event: Logged, values: dict[str, Any]) -> None:
    """Whole, the last one stands; it was found on the day it was first written."""
    body = event.body or {}
    before = Opportunity.get_or_none(Opportunity.id == body["opportunity"])
    Opportunity.put(
        id=body["opportunity"],
        **values,
        kind=body["kind"],
        anonymous=body["anonymous"],
        state=body["state"],
        verified_until=body["verifiedUntil"],
        found_on=before.found_on if before else day_in_japan(event.at).isoformat(),
        by=event.by,
        at=event.at,
    )


def opportunity_checked(event: Logged) -> None:
    body = event.body or {}
    row = Opportunity.update(verified_until=body["until"], by=event.by, at=event.at)
    row.where(Opportunity.id == body["opportunity"]).execute()


def host_contacted(event: Logged) -> None:
    body = event.body or {}
    before = HostContact.get_or_none(HostContact.id == body["contact"])
    HostContact.put(
        id=body["contact"],
        **{name: body[name] for name in ("opportunity", "on", "how", "words")},
        undone=before is not None and before.undone,
        by=event.by,
        at=event.at,
        position=event.position,
    )


def host_contact_undone(event: Logged) -> None:
    HostContact.update(undone=True).where(HostContact.id == (event.body or {})["contact"]).execute()


APPLIERS = {
    ("opportunity.set", 1): opportunity_set,
    ("opportunity.written", 1): opportunity_written,
    ("opportunity.checked", 1): opportunity_checked,
    ("host.contacted", 1): host_contacted,
    ("host.contact_undone", 1): host_contact_undone,
}
