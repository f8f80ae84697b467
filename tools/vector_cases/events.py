"""Events as phones write them, and as no phone of ours would (EVENTS.md)."""

from __future__ import annotations

import copy
from typing import Any

from sync.encoding import b64u
from sync.visit_fields import ADDED
from tools.vector_cases.ground import TIME, Case, Cases, case, seeded

Json = dict[str, Any]
EVENT: Json = {
    "id": b64u(seeded("event", 16)),
    "type": "visit.logged",
    "v": 1,
    "at": TIME,
    "case": "demo-002",
    "saw": 3,
    "body": {},
}
VISIT: Json = {
    "occurredAt": TIME,
    "channel": "visit",
    "planned": "as_planned",
    "outcome": "voice_through_door",
    "metWith": [],
    "alone": True,
    "staff": ["s1"],
    "topics": ["\u91ce\u7403"],
    "interests": [],
    "reaction": -1,
    "stage": None,
    "stageEvent": "",
    "notes": {"fact": "", "quote": "", "thirdParty": "", "view": ""},
    "living": {"mail": "attention"},
    "risk": {"self_harm": "none"},
    "riskCall": None,
    "left": {"what": "", "taken": ""},
    "hook": "",
    "reflection": "",
    "promises": [],
    "checklist": None,
    "photos": [],
}
HANDOVER: Json = {
    "handover": "h1",
    "to": "住宅課",
    "person": "",
    "receiver": None,
    "ground": "consent",
    "law": None,
    "reason": "",
    "told": ["needs", "health"],
    "contact": "",
    "text": "手すりのこと",
    "answerBy": "2026-12-07",
}
FOLLOWED: Json = {
    "match": "m1",
    "side": "person",
    "period": "week",
    "on": "2026-11-24",
    "did": "inside",
    "felt": "again",
    "next": "same",
    "nextOn": "2026-12-01",
    "personWords": "「また来れる」",
    "hostWords": "",
}
FULL: Json = VISIT | {
    "endedAt": TIME,
    "place": "through_door",
    "next": {"with": "person", "mayCome": "not_refused"},
    "risk": {"self_harm": "urgent"},
    "riskCall": {"to": "119", "at": TIME, "result": ""},
    "promises": [{"id": "p1", "text": "\u6b21\u306f\u6708\u66dc", "due": "2026-11-30", "to": ""}],
    "checklist": {
        "id": "door",
        "version": 2,
        "answers": {"a1": {"c": "none", "b": "na", "t": "", "n": -3, "d": "2026-11-23"}},
    },
    "photos": [
        {
            "blob": b64u(seeded("blob")),
            "key": b64u(seeded("key")),
            "size": 1_114_112,
            "type": "image/jpeg",
            "width": 1600,
            "height": 1200,
            "note": "",
        }
    ],
    **{one.path: one.codes[-1] if one.kind == "code" else "\u72ac" for one in ADDED},
}


def cases() -> Cases:
    yield from _frames()
    yield from _visits()
    yield from _others()
    yield from _bounds()
    yield from _nearness()


def _frames() -> Cases:
    def one(name: str, expect: str = "malformed", **changes: Any) -> Case:
        event = {name: value for name, value in (EVENT | changes).items() if value != "absent"}
        return case("event", name, expect, event=event)

    yield one("good", "accept")
    yield one("of no case", "accept", case=None)
    yield one("an unknown type is well formed", "accept", type="tea.drunk", v=9)
    yield one("id of 15 bytes", id=b64u(bytes(15)))
    yield one("no id", id="absent")
    yield one("type without a dot", type="visit")
    yield one("type in capitals", type="Visit.Logged")
    yield one("version nought", v=0)
    yield one("version is true", v=True)
    yield one("at no time", at="yesterday")
    yield one("case is a number", case=2)
    yield one("case with a slash", case="../2")
    yield one("saw below nought", saw=-1)
    yield one("written in 1999", at="1999-12-31T23:59:59Z")
    yield one("written in 2101", at="2101-01-01T00:00:00Z")
    yield one("written in the year 1", at="0001-01-01T00:00:00Z")
    yield one("version of seven digits", v=1_000_000)
    yield one("saw of thirteen digits", saw=10**12)
    yield one("body is a list", body=[])
    yield one("no body", body="absent")
    yield case("event", "a text", "malformed", event="visit")


def _body(name: str, type_: str, body: Any, expect: str = "accept", v: int = 1) -> Case:
    return case("body", f"{type_} {v}: {name}", expect, type=type_, v=v, body=body)


def _visits() -> Cases:
    yield _body("the least", "visit.logged", VISIT)
    yield _body("everything", "visit.logged", FULL)
    yield _body("unknown members are kept", "visit.logged", VISIT | {"weather": "rain"})
    yield _body("an unknown version", "visit.logged", VISIT, "unknown_event", 2)
    wrong: dict[str, Json] = {
        "channel unknown": {"channel": "telepathy"},
        "outcome missing": {"outcome": ...},
        "reaction four": {"reaction": 4},
        "reaction is true": {"reaction": True},
        "stage eight": {"stage": 8},
        "stage is a text": {"stage": "3"},
        "time without zone": {"occurredAt": "2026-11-23T10:00:00"},
        "place is null": {"place": None},
        "a note box missing": {"notes": {"fact": "", "quote": "", "view": ""}},
        "a living value unknown": {"living": {"mail": "fine"}},
        "urgent and nobody called": {"risk": {"abuse": "urgent"}},
        "risk call half": {"riskCall": {"to": "119"}},
        "a text too long": {"hook": "\u3042" * 20_001},
        "a text too long by surrogates": {"hook": "\U0001f338" * 10_001},
        "too many topics": {"topics": [""] * 201},
        "alone is a number": {"alone": 1},
        "staff is a text": {"staff": "s1"},
        "promise due on no day": {"promises": [{"id": "p", "text": "", "due": "2026-02-30", "to": ""}]},
        "an answer's item with a space": {"checklist": {"id": "c", "version": 1, "answers": {"a b": {}}}},
        "an answer neither yes nor no": {
            "checklist": {"id": "c", "version": 1, "answers": {"a": {"b": "maybe"}}}
        },
        "photo not a JPEG": {"photos": [FULL["photos"][0] | {"type": "image/png"}]},
        "photo key too short": {"photos": [FULL["photos"][0] | {"key": "AAAA"}]},
        "photo too large": {"photos": [FULL["photos"][0] | {"size": 1_114_113}]},
        "photos missing": {"photos": ...},
    }
    for name, change in wrong.items():
        body = {key: value for key, value in (copy.deepcopy(VISIT) | change).items() if value is not ...}
        yield _body(name, "visit.logged", body, "malformed")
    yield _body("the longest text", "visit.logged", VISIT | {"hook": "\u3042" * 20_000})


def _bounds() -> Cases:
    """Each kind of number, date and text at its bound, and one beyond."""

    def both(
        name: str, good: list[Json], bad: list[Json], type_: str = "visit.logged", base: Json = VISIT
    ) -> Cases:
        for place, change in enumerate(good):
            yield _body(f"{name}: the bound {place}", type_, base | change)
        for place, change in enumerate(bad):
            yield _body(f"{name}: beyond {place}", type_, base | change, "malformed")

    def answer(**given: Any) -> Json:
        return {"checklist": {"id": "c", "version": 1, "answers": {"a": given}}}

    first, last = "2000-01-01T00:00:00Z", "2100-12-31T23:59:59.999999Z"
    early, late = "1999-12-31T23:59:59.999999Z", "2101-01-01T00:00:00Z"
    yield from both(
        "begun",
        [{"occurredAt": first}, {"occurredAt": last}],
        [{"occurredAt": early}, {"occurredAt": late}, {"occurredAt": "0001-01-01T00:00:00Z"}],
    )
    yield from both(
        "ended",
        [{"endedAt": TIME}, {"endedAt": "2026-11-30T10:00:00.5Z"}],
        [{"endedAt": "2026-11-23T09:59:59.9Z"}, {"endedAt": "2026-11-30T10:00:01Z"}],
        base=VISIT | {"occurredAt": "2026-11-23T10:00:00Z"},
    )
    call = {"to": "119", "at": TIME, "result": ""}
    yield from both("called", [{"riskCall": call | {"at": last}}], [{"riskCall": call | {"at": late}}])
    promise = {"id": "p", "text": "", "due": None, "to": ""}
    yield from both(
        "promised",
        [{"promises": [promise | {"due": day, "text": "x" * 2000}]} for day in ("2000-01-01", "2100-12-31")],
        [
            {"promises": [promise | change]}
            for change in (
                {"due": "1999-12-31"},
                {"due": "2101-01-01"},
                {"text": "x" * 2001},
                {"to": "x" * 2001},
            )
        ],
    )
    yield from both(
        "answered",
        [answer(d="1900-01-01"), answer(d="2100-12-31"), answer(n=-999_999_999), answer(t="x" * 20_000)],
        [answer(d="1899-12-31"), answer(d="9999-12-31"), answer(n=10**9), answer(n=10**14)],
    )
    yield from both(
        "listed",
        [{"topics": ["x" * 2000]}, {"interests": [""] * 200}],
        [{"topics": ["x" * 2001]}, {"interests": [""] * 201}, {"metWith": ["m"] * 201}],
    )
    followup = {"followup": "f1", "at": TIME, "kind": "visit", "with": "us", "note": "", "remind": True}
    yield from both(
        "planned",
        [{"at": first}, {"at": last}],
        [{"at": "0002-12-08T11:30:00Z"}, {"at": early}, {"at": late}, {"at": "9999-12-31T23:59:59Z"}],
        "followup.scheduled",
        followup,
    )
    begun = {"title": "", "known": {"name": "", "age": "", "place": "", "through": ""}}
    yield from both("begun with", [{"title": "x" * 2000}], [{"title": "x" * 2001}], "case.begun", begun)
    noted = {"app": "1", "notifications": "default", "storage": {"used": 1, "quota": 2}, "persisted": False}
    yield from both(
        "noted",
        [{"app": "1" * 64}, {"storage": {"used": 0, "quota": 10**14 - 1}}],
        [{"app": "1" * 65}, {"storage": {"used": 0, "quota": 10**14}}],
        "device.noted",
        noted,
    )
    yield from both(
        "covered",
        [{"on": "2000-01-01"}],
        [{"on": "1999-12-31"}, {"on": "0001-01-01"}],
        "cover.asked",
        {"staff": "s1", "to": None, "on": "2026-02-28", "note": ""},
    )
    yield from both(
        "quiet", [], [{"from": "20:30"}, {"until": "08:00"}], "reminders.quieted", {"from": "", "until": ""}
    )


def _nearness() -> Cases:
    """What an event names, against the moment it says it was written."""
    at = "2026-11-23T10:00:00Z"
    followup = {"followup": "f1", "kind": "visit", "with": "us", "note": "", "remind": True}
    asked = {"staff": "s1", "to": None, "note": ""}
    told: list[tuple[str, Json, str, Json]] = [
        (
            "visit.logged",
            VISIT | {"occurredAt": "2026-12-24T10:00:00Z"},
            "occurredAt",
            {"occurredAt": "2026-12-24T10:00:01Z"},
        ),
        (
            "followup.scheduled",
            followup | {"at": "2025-11-22T10:00:00Z"},
            "at",
            {"at": "2025-11-22T09:59:59Z"},
        ),
        (
            "followup.moved",
            {"followup": "f1", "at": "2036-11-30T10:00:00Z"},
            "at",
            {"at": "2036-11-30T10:00:01Z"},
        ),
        ("case.viewed", {"at": "2026-11-22T10:00:00.9Z"}, "at", {"at": "2026-11-22T09:59:59.9Z"}),
        (
            "worker.departed",
            {"until": "2026-11-24T11:00:00Z", "watched": True},
            "until",
            {"until": "2026-11-24T11:00:01Z"},
        ),
        ("cover.asked", asked | {"on": "2027-11-24"}, "on", {"on": "2027-11-25"}),
    ]
    for type_, body, field, far in told:
        yield case(
            "body", f"{type_} 1: as near as may be {field}", "accept", type=type_, v=1, body=body, at=at
        )
        yield case(
            "body", f"{type_} 1: too far {field}", "malformed", type=type_, v=1, body=body | far, at=at
        )


def _others() -> Cases:
    corrected = {
        "visit": "v1",
        "replaces": "e1",
        "changed": ["notes.fact"],
        "record": VISIT,
        "answers": None,
        "comment": "",
    }
    good: list[tuple[str, Json]] = [
        ("visit.corrected", corrected),
        (
            "followup.scheduled",
            {"followup": "f1", "at": TIME, "kind": "visit", "with": "us", "note": "", "remind": True},
        ),
        ("followup.done", {"followup": "f1", "visit": None}),
        ("followup.cancelled", {"followup": "f1", "reason": ""}),
        ("followup.moved", {"followup": "f1", "at": TIME}),
        ("promise.kept", {"promise": "p1"}),
        ("case.viewed", {"at": TIME}),
        ("case.begun", {"title": "", "known": {"name": "", "age": "", "place": "", "through": ""}}),
        ("cover.asked", {"staff": "s1", "to": None, "on": "2026-02-28", "note": ""}),
        ("notice.given", {"notice": "n1", "who": "", "place": "", "noticed": "", "named": "no"}),
        ("notice.withdrawn", {"notice": "n1"}),
        ("consent.answered", {"answer": "later", "about": "", "how": "spoken", "comment": ""}),
        ("handover.sent", HANDOVER),
        ("handover.withdrawn", {"handover": "h1", "reason": ""}),
        ("match.followed", FOLLOWED),
        ("worker.departed", {"until": TIME, "watched": True}),
        ("reminders.quieted", {"from": "20:30", "until": "08:00"}),
        ("watchers.named", {"staff": ["s1", "s2"]}),
        ("visit.withdrawn", {"visit": "v1", "reason": ""}),
        ("visit.misfiled", {"visit": "v1", "to": "c2", "as": "v2", "comment": ""}),
        (
            "device.noted",
            {"app": "1", "notifications": "default", "storage": {"used": 1, "quota": 2}, "persisted": False},
        ),
    ]
    for type_, body in good:
        yield _body("good", type_, body)
        first = next(iter(body))
        yield _body(f"without {first}", type_, {k: v for k, v in body.items() if k != first}, "malformed")
        yield _body("a list", type_, [body], "malformed")
    urgent = corrected | {"record": VISIT | {"risk": {"abuse": "urgent"}}}
    yield _body("urgent and nobody called", "visit.corrected", urgent, "malformed")
    for name, clock in (("an hour that is none", "24:00"), ("a line after the time", "20:00\n")):
        yield _body(name, "reminders.quieted", {"from": clock, "until": ""}, "malformed")
    yield _body("none of one's own", "reminders.quieted", {"from": "", "until": ""})
    told = {"notice": "n1", "who": "", "place": "", "noticed": "", "named": "perhaps"}
    yield _body("neither named nor not", "notice.given", told, "malformed")
    yield _body("by a law", "handover.sent", HANDOVER | {"ground": "law", "law": "elder_abuse"})
    for name, odd in (
        ("side", "family"),
        ("period", "year"),
        ("did", "failed"),
        ("felt", "smiled"),
        ("next", "none_such"),
        ("nextOn", "soon"),
    ):
        yield _body(f"an odd {name} of a match", "match.followed", FOLLOWED | {name: odd}, "malformed")
    for name, odd in (
        ("ground", "because"),
        ("law", "none_such"),
        ("told", ["gossip"]),
        ("answerBy", "soon"),
    ):
        yield _body(f"an odd {name}", "handover.sent", HANDOVER | {name: odd}, "malformed")
    asked = {"answer": "maybe", "about": "", "how": "spoken", "comment": ""}
    yield _body("an answer nobody gives", "consent.answered", asked, "malformed")
    noted = {"app": "1", "notifications": "default", "storage": {"used": 1, "quota": 2}, "persisted": False}
    yield _body("with its clock", "device.noted", noted | {"clock": {"phone": TIME, "relay": TIME}})
    yield _body("half a clock", "device.noted", noted | {"clock": {"phone": TIME}}, "malformed")
    yield _body("good", "worker.back", {})
    yield _body("to nobody yet", "visit.misfiled", {"visit": "v1", "to": None, "as": None, "comment": ""})
    yield _body("of staff alone", "visit.approved", {"visit": "v1"}, "unknown_event")
    yield _body("of the future", "tea.drunk", {}, "unknown_event")
    yield _body("a name every object inherits", "constructor", {}, "unknown_event")
