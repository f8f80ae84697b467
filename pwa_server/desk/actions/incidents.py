"""A lost phone: stopped, told to erase itself, and counted, in one act (domain.md 2.3)."""

from datetime import date
from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import among
from ..exchange.roster import told_by_phone
from ..models.office_and_cases import BlobFile, DeviceRow, Member, Photo, Sent, Staff, Visit
from ..models.trust import Incident
from ..queries import watched
from ..queries.access import Actor, demand
from ..queries.incidents import HOW, MOST_DAYS, OPTION, REPORTS, TOLD, USUAL
from .act import act
from .devices import order_wipe

KINDS = ("lost", "stolen", "other")
# The nine items of the report, in the order of the form.
ITEMS = ("summary", "data", "people", "cause", "secondary", "response", "publication", "prevention", "other")
LONGEST_ITEM = 4000


def report_lost(
    desk: Desk,
    actor: Actor,
    device: str,
    kind: str,
    noticed_at: str,
    items: dict[str, str],
    facts: dict[str, Any],
) -> str:
    """Revoke the phone, order the wipe and keep the draft. Returns the incident's id. A worker may report their own."""
    row = _device(device)
    demand(actor, "change", "incidents", author=row.staff)
    if kind not in KINDS:
        raise DeskError("malformed", "kind")
    body = {
        "device": device,
        "staff": row.staff,
        "kind": kind,
        "noticedAt": noticed_at,
        "facts": facts,
        "items": _fitting(items),
    }
    with desk.write():
        if row.status != "wiped":
            order_wipe(desk, actor, device, kind)
        return act(desk, actor, "incident.reported", body).id


def write_report(desk: Desk, actor: Actor, incident: str, items: dict[str, str]) -> None:
    """The nine items as a person has written them by now."""
    row = Incident.get_or_none(Incident.id == incident)
    if row is None:
        raise DeskError("not_found", incident)
    demand(actor, "change", "incidents", author=row.staff)
    act(desk, actor, "incident.written", {"incident": incident, "items": _fitting(items)})


def tell(desk: Desk, actor: Actor, incident: str, report: str, how: str, on: date, why: str) -> None:
    """A report was made on a day, or it was decided that none is needed, which takes a reason.

    Raises DeskError: not_found, malformed, reason_missing.
    """
    demand(actor, "change", "incidents")
    if Incident.get_or_none(Incident.id == incident) is None:
        raise DeskError("not_found", incident)
    if report not in REPORTS or report in TOLD or how not in HOW or on > desk.today():
        raise DeskError("malformed", "report")
    if how == "not_needed" and not why.strip():
        raise DeskError("reason_missing")
    body = {"incident": incident, "report": report, "how": how, "on": on.isoformat(), "why": why.strip()}
    act(desk, actor, "incident.told", body)


def set_days(desk: Desk, actor: Actor, days: dict[str, int]) -> None:
    """Until each report. Raises DeskError malformed."""
    demand(actor, "change", "incidents")
    if days.keys() != USUAL.keys() or not all(1 <= one <= MOST_DAYS for one in days.values()):
        raise DeskError("malformed", "days")
    value = {name: str(one) for name, one in days.items()}
    act(desk, actor, "office.option_set", {"name": OPTION, "value": value})


def what_was_on(device: str) -> dict[str, Any]:
    """Counted from what was sent to this phone and is not known to be gone; before anything is stopped."""
    row, what_was_on = _device(device), told_by_phone(device)
    paths = [sent.path for sent in Sent.select(Sent.path).where(Sent.device == device)]
    cases = sorted(path.removeprefix("case/") for path in paths if path.startswith("case/"))
    people = Member.select().where(among(Member.case, cases)).count()
    owner = Staff.get_or_none(Staff.id == row.staff)
    named = watched.may_be_on_phone(owner, what_was_on.get("heard_at")) if owner else []
    return {
        "label": row.label,
        "cases": sorted({*cases, *named}),
        "people": int(people) + len(named),
        "photos": photos_still_on(device),
        "records": sum(path.startswith("record/") for path in paths),
        "heardAt": what_was_on.get("heard_at"),
        "unsent": what_was_on.get("unsent"),
        "app": what_was_on.get("app", ""),
    }


def photos_still_on(device: str) -> int:
    """Photos this phone took that are in no backup yet: it keeps them. Those of records it has not sent are unknown."""
    taken = Photo.select(Photo.blob).join(Visit, on=(Photo.visit == Visit.id)).where(Visit.device == device)
    safe = BlobFile.select(BlobFile.id).where(BlobFile.safe)
    return int(taken.where(Photo.blob.not_in(safe)).distinct().count())


def _fitting(items: dict[str, str]) -> dict[str, str]:
    return {name: str(items.get(name, "")).strip()[:LONGEST_ITEM] for name in ITEMS}


def _device(device: str) -> Any:
    row = DeviceRow.get_or_none(DeviceRow.id == device)
    if row is None:
        raise DeskError("not_found", device)
    return row
