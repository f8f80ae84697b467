"""A case begun on a phone: somebody met who has no case yet. Merged later like any two records (`apply_merge`).

It is opened and assigned as the desk would open and assign it, by what the phone told.
"""

from dataclasses import replace
from typing import Any

from ..core.clock import day_in_japan, plain
from ..log.event_log import Logged
from ..models.office_and_cases import Begun, CaseFile, CaseName
from . import bulk
from .cases import case_assigned, case_opened
from .without_a_case import is_one

NAMES = ("case.begun", "case.opened", "case.changed")


def case_begun(event: Logged) -> None:
    """One person of whom hardly anything is known, assigned to whoever began it."""
    body, case = event.body or {}, event.case or ""
    Begun.put(
        id=event.id, case=case, by=event.by, at=plain(event.at), title=body["title"], known=body["known"]
    )
    known = CaseFile.get_or_none(CaseFile.id == case)
    if known is None or is_one(known):  # else the desk opened it already
        opened = {
            "no": number_of(case),
            "title": body["title"],
            "household": {"members": members_of(event)},
        }
        case_opened(replace(event, body=opened))
    case_assigned(replace(event, body={"staff": event.by, "from": day_in_japan(event.at).isoformat()}))


def number_of(case: str) -> str:
    """What a case goes by that a phone began."""
    return f"P-{case[:4].upper()}"


def members_of(event: Logged) -> list[dict[str, Any]]:
    """The people an opening names."""
    body = event.body or {}
    if event.type == "case.opened":
        return list(body.get("household", {}).get("members", []))
    return [
        {
            "id": f"{event.case} person",
            "label": body["title"],
            "role": "unknown",
            "roleCertainty": "unknown",
            "sex": "unknown",
            "ageBand": "unknown",
            "labels": [],
            "index": True,
            "inHousehold": True,
        }
    ]


def note_name(event: Logged, case: str | None) -> None:
    """Keep the name this event gives, under the record it counts to."""
    body = event.body or {}
    values = body.get("changes", {}) if event.type == "case.changed" else body
    no, title, kana = (str(values.get(name) or "") for name in ("no", "title", "kana"))
    if event.type == "case.begun":
        no = number_of(event.case or "")
    if title or kana or values.get("no"):
        bulk.put(CaseName, id=event.id, case=case, no=no, title=title, kana=kana, position=event.position)
