"""A day with a needle in every field: what the office knew before, and whole visits as a phone writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pwa_server.config import Config
from pwa_server.desk import actions
from pwa_server.desk.log.event_log import replay
from pwa_server.desk.models.office_and_cases import Staff
from pwa_server.desk.open_desk import open_desk
from pwa_server.desk.projections.append_and_apply import new_id
from pwa_server.trial import settings

from .needles import Needles

RISK = (
    "self_harm",
    "harm_to_others",
    "abuse",
    "self_neglect",
    "sudden_illness",
    "fire_housing",
    "exploitation",
    "danger_to_worker",
)
TEXT_ANSWERS = {
    "first_visit": ("A1", "A4", "A7", "A8", "A14", "A15", "A16", "A22", "A23"),
    "continuing_visit": ("B1", "B2", "B3", "B7", "B8", "B9", "B14", "B17", "B18"),
    "watch_absent": ("C4", "C6", "C7", "C13"),
}


def open_cases(data: Path, needles: Needles) -> list[str]:
    """Two households, a colleague and the office's numbers, by the same acts as the desk's pages. Titles of
    the cases.
    """
    config = settings(Config(data=data, role="all", trial=True))
    desk = open_desk(config)
    supervisor = Staff.get_by_id("demo-nakagawa")
    titles = [_open_case(desk, supervisor, number, needles) for number in (1, 2)]
    put = needles.for_field
    actions.add_staff(
        desk,
        supervisor,
        put("staff name"),
        put("staff kana"),
        "worker",
        f"{put('staff address', 'ascii')}@sample.invalid",
    )
    administrator = Staff.get_by_id("demo-tanaka")
    numbers = [
        {
            "id": "supervisor",
            "label": {"ja": put("number label ja"), "en": put("number label en")},
            "tel": "077-000-0001",
            "kind": "supervisor",
        }
    ]
    actions.set_numbers(desk, administrator, numbers)
    desk.close()
    return titles


def _open_case(desk: Any, supervisor: Any, number: int, needles: Needles) -> str:
    def put(name: str, script: str | None = None) -> str:
        return needles.for_field(f"case {number}: {name}", script)

    title = put("title", "kanji" if number == 1 else "half_width")
    members = [
        {
            "id": f"canary-{number}-{n}",
            "label": put(f"member {n}"),
            "role": "self" if n == 1 else "other",
            "roleCertainty": "stated",
            "sex": "unknown",
            "ageBand": "unknown",
            "labels": [put(f"member {n} label"), put(f"member {n} second label")],
            "index": n == 1,
            "inHousehold": True,
        }
        for n in range(1, 9)
    ]
    case = actions.open_case(
        desk,
        supervisor,
        {
            "no": f"CANARY-{number}",
            "title": title,
            "kana": put("kana", "hiragana"),
            "sample": True,
            "intake": {"receivedOn": "2026-04-01", "note": put("intake note")},
            "referral": {"agency": put("agency"), "domain": "elderly", "discoveredBy": put("discovered by")},
            "consent": {"status": "not_yet"},
            "household": {
                "summary": put("summary"),
                "note": put("note"),
                "members": members,
                "unions": [],
                "parentage": [],
                "otherParent": "unknown",
                "history": [put("history"), put("older history")],
            },
            "issues": [{"no": n, "text": put(f"issue {n}")} for n in range(1, 4)],
        },
    )
    contact = {name: put(f"contact {name}") for name in ("name", "reading", "address", "telephone")}
    actions.set_member(desk, supervisor, case, f"canary-{number}-1", contact | {"birthDate": "1984-05-06"})
    for kind in ("approach", "health", "dog"):
        actions.set_safety(
            desk, supervisor, case, kind, put(f"safety {kind}"), put(f"safety {kind} source"), "2027-04-01"
        )
    actions.note_case(
        desk, supervisor, case, put("preferences"), [put("worked"), put("worked too")], [put("avoid")]
    )
    actions.decide_triage(desk, supervisor, case, "needs_conference", "support", put("triage reason"))
    actions.schedule_followup(
        desk, supervisor, case, "2026-12-01T01:00:00Z", "visit", "person", put("follow-up note")
    )
    actions.assign(desk, supervisor, case, "demo-kobayashi")
    return title


def whole_visit(needles: Needles, name: str, checklist: str) -> dict[str, Any]:
    """`visit.logged` with a needle in every field that takes text."""

    def put(field: str) -> str:
        return needles.for_field(f"{name}: {field}")

    return {
        "occurredAt": "2026-11-20T01:00:00Z",
        "channel": "visit",
        "planned": "as_planned",
        "outcome": "met_person",
        "metWith": [],
        "alone": True,
        "staff": ["demo-kobayashi"],
        "topics": [put("topic"), put("second topic")],
        "interests": [put("interest")],
        "reaction": 1,
        "stage": 3,
        "stageEvent": put("stage event"),
        "notes": {box: put(f"note {box}") for box in ("fact", "quote", "thirdParty", "view")},
        "living": {"meals": "good"},
        "risk": dict.fromkeys(RISK, "none") | {"self_harm": "urgent"},
        "riskCall": {
            "to": put("risk call to"),
            "at": "2026-11-20T02:00:00Z",
            "result": put("risk call result"),
        },
        "left": {"what": put("left"), "taken": "taken"},
        "hook": put("hook"),
        "reflection": put("reflection"),
        "next": {"with": "person", "mayCome": "agreed"},
        "promises": [{"id": new_id(), "text": put("promise"), "due": None, "to": put("promise to")}],
        "checklist": {
            "id": checklist,
            "version": 1,
            "answers": {item: {"t": put(f"answer {item}")} for item in TEXT_ANSWERS[checklist]},
        },
        "photos": [],
    }


def all_that_the_desk_knows(data: Path) -> str:
    """Every event of the log, opened."""
    desk = open_desk(settings(Config(data=data, role="all", trial=True)))
    told = json.dumps([[logged.case, logged.body] for logged in replay()], ensure_ascii=False)
    desk.close()
    return told


def secrets_of_the_office(data: Path) -> dict[str, bytes]:
    """Every private key at the office: where each may lie is the test's to say."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    config = settings(Config(data=data, role="all", trial=True))
    desk = open_desk(config)
    found: dict[str, bytes] = {
        f"office seal key {id_[:6]}": key.to_bytes() for id_, key in desk.keys.seals.items()
    }
    found["office sign key"] = desk.keys.sign.to_bytes()
    desk.close()
    vapid = load_pem_private_key((data / "trial" / "vapid.pem").read_bytes(), None)
    found["vapid key"] = vapid.private_numbers().private_value.to_bytes(32, "big")  # type: ignore[union-attr]
    for name in ("desk", "backup"):
        found[f"{name} key"] = bytes.fromhex((data / "trial" / f"{name}.key").read_text().strip())
    return found
