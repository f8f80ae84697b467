"""Legal holds, and disposal by two people: one proposes, another looks at what goes and carries it out (domain.md 2.6).

What is carried out cannot be taken back. The event that says so names nobody served: it is the certificate.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from ..backup.ageing import finish_disposals, gone_by
from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..erasing import erase
from ..log.destroying import chained
from ..log.log_chain import DESTROYS
from ..models.requests import ANSWERED, PersonRequest
from ..models.years import ASKED, KINDS, LEAST_YEARS, MOST_YEARS, OPTION, PROPOSED, YEARS_OVER, Disposal, Hold
from ..projections.append_and_apply import new_id
from ..queries import requests, years
from ..queries.access import Actor, demand
from ..queries.disposing import keys_of, what_goes
from .act import act

LONGEST_REASON = 500
# A number as offices write them: R6-12, 令和6年度第3号. What may be a name in letters does not outlive the case.
NUMBER = re.compile("(?!.*[A-Za-z]{5})[0-9A-Za-z令和平成年度第号/._-]{1,24}")


def set_years(desk: Desk, actor: Actor, numbers: dict[str, int]) -> None:
    """Years by kind, as the office's rules for documents have them. Raises DeskError malformed with the kind."""
    demand(actor, "change", "disposals")
    kept = {}
    for kind in KINDS:
        if kind.years is None:
            continue
        if not LEAST_YEARS <= numbers.get(kind.name, 0) <= MOST_YEARS:
            raise DeskError("malformed", kind.name)
        kept[kind.name] = str(numbers[kind.name])
    act(desk, actor, "office.option_set", {"name": OPTION, "value": kept})


def set_hold(desk: Desk, actor: Actor, case: str, reason: str) -> None:
    """`case`: a case, or a consultation. Raises DeskError reason_missing, already_held."""
    demand(actor, "change", "disposals")
    if not reason.strip():
        raise DeskError("reason_missing")
    if years.running_holds([case]):
        raise DeskError("already_held", case)
    act(desk, actor, "hold.set", {"reason": reason.strip()[:LONGEST_REASON]}, case)


def lift_hold(desk: Desk, actor: Actor, hold: str, reason: str) -> None:
    """Raises DeskError not_found, reason_missing."""
    demand(actor, "change", "disposals")
    row = Hold.get_or_none((Hold.id == hold) & Hold.lifted_at.is_null())
    if row is None:
        raise DeskError("not_found", hold[:40])
    if not reason.strip():
        raise DeskError("reason_missing")
    act(desk, actor, "hold.lifted", {"hold": hold, "reason": reason.strip()[:LONGEST_REASON]}, row.case)


def propose(desk: Desk, actor: Actor, chosen: Sequence[str]) -> str:
    """`chosen`: keys of what is due (`years.Due`). Returns the disposal's id.

    Raises DeskError empty; disposal_blocked where something is not due or stands in the way.
    """
    demand(actor, "change", "disposals")
    found = [one for one in years.due_now(desk.today()) if one.key in set(chosen)]
    if not found:
        raise DeskError("empty")
    if len(found) != len(set(chosen)) or any(years.why_not(one.kind, one.id) for one in found):
        raise DeskError("disposal_blocked")
    subjects = [subject(one, one.due) for one in found]
    id_ = new_id()
    act(desk, actor, "disposal.proposed", {"disposal": id_, "ground": YEARS_OVER, "subjects": subjects})
    return id_


def subject(one: years.Due, due: date) -> dict[str, str]:
    return {
        "kind": one.kind,
        "id": one.id,
        "no": one.no if NUMBER.fullmatch(one.no) else "",
        "ended": one.ended.isoformat(),
        "due": due.isoformat(),
    }


def propose_asked(desk: Desk, actor: Actor, request: str) -> str:
    """Before its years are over: the person asked that their record be used no more, and the office granted it.

    Returns the disposal's id. Raises DeskError not_found, disposal_blocked.
    """
    demand(actor, "change", "disposals")
    row = PersonRequest.get_or_none(PersonRequest.id == request)
    found = None if row is None else asked_for(row)
    if found is None:
        raise DeskError("not_found", request[:40])
    if years.why_not(found.kind, found.id):
        raise DeskError("disposal_blocked")
    id_ = new_id()
    act(
        desk,
        actor,
        "disposal.proposed",
        {"disposal": id_, "ground": ASKED, "subjects": [subject(found, desk.today())]},
    )
    return id_


def asked_for(row: Any) -> years.Due | None:
    """The closed case that may go because its person asked for it; None where nothing was granted, or it goes on."""
    if row.kind != "stop" or row.state != ANSWERED or row.decision != "granted":
        return None
    return next((one for one in years.ended_records() if one.key == f"case {row.case}"), None)


def refuse(desk: Desk, actor: Actor, disposal: str) -> None:
    """By the second person, or taken back by the first."""
    demand(actor, "change", "disposals")
    row = open_one(disposal)
    act(desk, actor, "disposal.refused", {"disposal": row.id})


def carry_out(desk: Desk, actor: Actor, disposal: str) -> None:
    """By another person than who proposed it. It is destroyed when this returns.

    Raises NotAllowed for one's own; DeskError not_found, disposal_blocked (code in the detail).
    """
    demand(actor, "change", "disposals")
    if open_one(disposal).by == actor.id:
        raise NotAllowed("own proposal")
    with desk.write():
        row = open_one(disposal)
        subjects = subjects_of(row)
        found = blocked(desk, row)
        if found:
            raise DeskError("disposal_blocked", found[0])
        goes = what_goes(subjects)
        until = gone_by(desk)
        body = {
            "disposal": row.id,
            "keys": goes.keys,
            "entries": goes.entries,
            "touched": goes.touched,
            "things": goes.things,
            "gone": goes.gone,
            "until": until.isoformat() if until else None,
            "chained": chained(goes.keys, goes.entries),
        }
        erase(desk, goes.keys, goes.entries, goes.things)
        act(desk, actor, DESTROYS, body)
    finish_disposals(desk)


def blocked(desk: Desk, row: Any) -> list[str]:
    """Codes of what stands in the way just now, of a disposal that was proposed: much may have happened since."""
    subjects = subjects_of(row)
    ended = years.ended_records() if row.ground == ASKED else years.due_now(desk.today())
    due = {one.key for one in ended}
    found = [] if all(f"{kind} {id_}" in due for kind, id_ in subjects) else ["not_due"]
    keys = keys_of(subjects)
    if years.running_holds(keys):
        found.append("hold")
    if years.is_held(keys):
        found.append("held")
    if requests.waits_for(keys):
        found.append("request")
    if years.lends_photos(keys):
        found.append("moved")
    if years.undecided_arrivals():
        found.append("arrivals")
    return found


def subjects_of(row: Any) -> list[tuple[str, str]]:
    return [(one["kind"], one["id"]) for one in row.subjects]


def open_one(disposal: str) -> Any:
    row = Disposal.get_or_none((Disposal.id == disposal) & (Disposal.state == PROPOSED))
    if row is None:
        raise DeskError("not_found", disposal[:40])
    return row
