"""Shapes of the events that travel up (EVENTS.md). A stranger's phone may send anything: check before applying.

Unknown members are kept and ignored; an unknown type or version is `unknown_event`, held until an update.
The detail of `malformed` names the member, never what stood in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from sync.bounds import (
    DAY,
    HOUR,
    MAX_LIST,
    MAX_PIXELS,
    MAX_REV,
    MAX_STORAGE_BYTES,
    MAX_VERSION,
    YEAR,
    is_count,
    is_life_date,
    is_line,
    is_near,
    is_plausible_amount,
    is_plausible_date,
    is_plausible_span,
    is_plausible_time,
    is_text,
)
from sync.encoding import is_date, is_time, unb64u
from sync.errors import SyncError
from sync.limits import MAX_APP, MAX_BLOB_BYTES
from sync.visit_fields import ADDED

CHANNELS = (
    "visit",
    "accompaniment",
    "outside",
    "phone",
    "sms",
    "letter",
    "fax",
    "left_note",
    "via_family",
    "office_visit",
    "online",
    "agency_call",
    "conference",
)
OUTCOMES = (
    "met_person",
    "voice_through_door",
    "met_family_only",
    "not_met_left_note",
    "not_met_no_trace",
    "refused_at_door",
    "cancelled_by_household",
    "cancelled_by_worker",
    "stopped_for_safety",
    "note_taken",
    "reached",
    "not_reached",
)
PLANNED = ("as_planned", "unplanned", "postponed", "cancelled")
PLACES = (
    "room",
    "living_room",
    "entrance",
    "through_door",
    "car",
    "outdoors",
    "shop",
    "gathering_place",
    "other",
)
REACTIONS = (-1, 0, 1, 2, 3)
STAGES = (0, 1, 2, 3, 4, 5, 6, 7)
LIVING_KEYS = ("meals", "sleep", "hygiene", "rooms", "mail", "utilities", "health", "family")
LIVING_VALUES = ("good", "attention", "danger", "unknown")
RISK_KEYS = (
    "self_harm",
    "harm_to_others",
    "abuse",
    "self_neglect",
    "sudden_illness",
    "fire_housing",
    "exploitation",
    "danger_to_worker",
)
RISK_VALUES = ("none", "concern", "urgent")
NEXT_WITH = ("person", "family", "us", "none")
MAY_COME = ("agreed", "not_refused", "refused", "unknown")
TAKEN = ("taken", "left", "unknown", "")
FOLLOWUP_KINDS = ("visit", "phone", "letter", "accompaniment", "other")
ROLES = ("worker", "supervisor", "administrator")
PERMISSIONS = ("granted", "denied", "default", "unsupported")
YES_NO = ("yes", "no", "na")
CONSENT_ANSWERS = ("yes", "no", "later")
CONSENT_WAYS = ("on_screen", "spoken", "signed")
NAMED = ("yes", "ask", "no")
GROUNDS = ("consent", "unnamed", "law")
LAWS = (
    "child_abuse",
    "disability_abuse",
    "elder_abuse",
    "domestic_violence",
    "emergency_protection",
    "mental_health",
    "life_in_danger",
)
# What was seen on a day somebody took part, or said when one side was asked (domain.md 1.8).
MATCH_PERIODS = ("visit", "week", "month", "quarter")
MATCH_ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "person": {
        "did": ("inside", "door", "not_today"),
        "felt": ("again", "thinking", "not_now", "not_asked"),
        "next": ("same", "apart", "elsewhere"),
    },
    "host": {
        "did": ("going_well", "unsure", "not_reached"),
        "felt": ("go_on", "talk_first", "not_now", "not_asked"),
        "next": ("same", "adjust", "rest"),
    },
}
TOLD = ("household", "address", "needs", "health", "contacts", "plan")

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CLOCK = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])?")
_TYPE = re.compile(r"[a-z_]{1,32}\.[a-z_]{1,32}")

Check = Callable[[Any, str], None]
_bounded: ContextVar[bool] = ContextVar("bounded", default=True)


def check_event(event: Any) -> None:
    """The frame of an EVENT (SPEC 3.6). Its body is `check_body`'s, so that an unknown one can be held by id."""
    _FRAME(event, "event")
    if event["v"] < 1:
        raise SyncError("malformed", "event.v")
    if not isinstance(event.get("body"), dict):
        raise SyncError("malformed", "event.body")


def check_body(type_: str, v: int, body: Any, at: str | None = None) -> None:
    """The body of an event of this type and version, as phones write it; `at`: when it says it was written."""
    check = BODIES.get((type_, v))
    if check is None:
        raise SyncError("unknown_event", f"{type_} {v}" if _TYPE.fullmatch(type_) else "")
    check(body, "body")
    if at is not None and type_ in NEAR:
        _check_near(type_, body, at)


def check_shape(type_: str, v: int, body: Any) -> None:
    """The same without bounds: what a log may hold that is older than they are."""
    check = BODIES.get((type_, v))
    if check is None:
        raise SyncError("unknown_event", f"{type_} {v}" if _TYPE.fullmatch(type_) else "")
    token = _bounded.set(False)
    try:
        check(body, "body")
    finally:
        _bounded.reset(token)


def _check_near(type_: str, body: Any, at: str) -> None:
    path, before, after = NEAR[type_]
    value = body
    for step in path.split("."):
        value = value[step]
    if not is_near(value if "T" in value else f"{value}T00:00:00Z", at, before, after):
        _fail(f"body.{path}")


def _fail(where: str) -> None:
    raise SyncError("malformed", where)


def _must(good: Callable[[Any], bool], shape: Callable[[Any], bool]) -> Check:
    """A check out of a predicate; `shape` is what is asked of a log that was written before there were bounds."""

    def check(value: Any, where: str) -> None:
        if not (good if _bounded.get() else shape)(value):
            _fail(where)

    return check


def _id(value: Any, where: str) -> None:
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        _fail(where)


def _event_id(value: Any, where: str) -> None:
    _bytes(16)(value, where)


def _type(value: Any, where: str) -> None:
    if not isinstance(value, str) or _TYPE.fullmatch(value) is None:
        _fail(where)


def _bytes(length: int) -> Check:
    def check(value: Any, where: str) -> None:
        try:
            unb64u(value, length)
        except SyncError:
            _fail(where)

    return check


def _flag(value: Any, where: str) -> None:
    if not isinstance(value, bool):
        _fail(where)


def _clock_or_none(value: Any, where: str) -> None:
    """A time of day, HH:MM, or "" for none."""
    if not isinstance(value, str) or _CLOCK.fullmatch(value) is None:
        _fail(where)


def _between(least: int, most: int) -> Check:
    return _must(lambda value: is_count(value, most) and value >= least, _is_whole)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _one_of(*choices: str | int) -> Check:
    def check(value: Any, where: str) -> None:
        if isinstance(value, bool) or not isinstance(value, (str, int)) or value not in choices:
            _fail(where)

    return check


def _of_a_match(part: str) -> Check:
    """An answer of either side."""
    return _one_of(*(code for side in MATCH_ANSWERS.values() for code in side[part]))


def _or_null(inner: Check) -> Check:
    def check(value: Any, where: str) -> None:
        if value is not None:
            inner(value, where)

    return check


def _list(inner: Check) -> Check:
    def check(value: Any, where: str) -> None:
        if not isinstance(value, list) or (len(value) > MAX_LIST and _bounded.get()):
            _fail(where)
        for entry in value:
            inner(entry, where + "[]")

    return check


def _shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these members; others are let be. An optional member is absent, not null."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            _fail(where)
        for name, inner in required.items():
            if name not in value:
                _fail(f"{where}.{name}")
            inner(value[name], f"{where}.{name}")
        for name, inner in (optional or {}).items():
            if name in value:
                inner(value[name], f"{where}.{name}")

    return check


def _grid(keys: tuple[str, ...], values: tuple[str, ...]) -> Check:
    """Answers by key; a key without an answer is absent. Keys of a newer version are let be."""
    return _shape({}, {key: _one_of(*values) for key in keys})


def _answers(value: Any, where: str) -> None:
    if not isinstance(value, dict) or (len(value) > MAX_LIST and _bounded.get()):
        _fail(where)
    answer = _shape({}, {"c": _id, "b": _one_of(*YES_NO), "t": _text, "n": _amount, "d": _life_date})
    for item, given in value.items():
        _id(item, where)
        answer(given, f"{where}[]")


_text = _must(is_text, _is_text)
_line = _must(is_line, _is_text)
_time = _must(is_plausible_time, is_time)
_any_time = _must(is_time, is_time)
_date = _must(is_plausible_date, is_date)
_life_date = _must(is_life_date, is_date)
_amount = _must(is_plausible_amount, _is_whole)
_bytes_stored = _between(0, MAX_STORAGE_BYTES)

_FRAME = _shape(
    {
        "id": _event_id,
        "type": _type,
        "v": _between(0, MAX_VERSION),
        "at": _time,
        "case": _or_null(_id),
        "saw": _between(0, MAX_REV),
    }
)
_NOTES = _shape({"fact": _text, "quote": _text, "thirdParty": _text, "view": _text})
_PHOTO = _shape(
    {
        "blob": _bytes(32),
        "key": _bytes(32),
        "size": _between(1, MAX_BLOB_BYTES),
        "type": _one_of("image/jpeg"),
        "width": _between(1, MAX_PIXELS),
        "height": _between(1, MAX_PIXELS),
        "note": _line,
    }
)
# What a visit has: members it must have, members it may have.
VISIT_MEMBERS: tuple[Mapping[str, Check], Mapping[str, Check]] = (
    {
        "occurredAt": _time,
        "channel": _one_of(*CHANNELS),
        "planned": _one_of(*PLANNED),
        "outcome": _one_of(*OUTCOMES),
        "metWith": _list(_id),
        "alone": _flag,
        "staff": _list(_id),
        "topics": _list(_line),
        "interests": _list(_line),
        "reaction": _or_null(_one_of(*REACTIONS)),
        "stage": _or_null(_one_of(*STAGES)),
        "stageEvent": _text,
        "notes": _NOTES,
        "living": _grid(LIVING_KEYS, LIVING_VALUES),
        "risk": _grid(RISK_KEYS, RISK_VALUES),
        "riskCall": _or_null(_shape({"to": _line, "at": _time, "result": _text})),
        "left": _shape({"what": _text, "taken": _one_of(*TAKEN)}),
        "hook": _text,
        "reflection": _text,
        "promises": _list(_shape({"id": _id, "text": _line, "due": _or_null(_date), "to": _line})),
        "checklist": _or_null(_shape({"id": _id, "version": _between(0, MAX_VERSION), "answers": _answers})),
        "photos": _list(_PHOTO),
    },
    {
        "endedAt": _time,
        "place": _one_of(*PLACES),
        "next": _shape({"with": _one_of(*NEXT_WITH), "mayCome": _one_of(*MAY_COME)}),
        "byHand": _flag,
        **{one.path: _one_of(*one.codes) if one.kind == "code" else _text for one in ADDED},
    },
)
_VISIT_SHAPE = _shape(*VISIT_MEMBERS)


def codes_of(codes: str | tuple[str, ...]) -> tuple[Any, ...]:
    """The codes of a field of a visit: its own, or those of the enumeration of this name; none for ""."""
    if isinstance(codes, tuple):
        return codes
    return tuple(globals()[codes]) if codes else ()


def _visit(value: Any, where: str) -> None:
    """An urgent sign closes only with a voice hand-over noted (domain.md 3.6). No contact ends before it begins."""
    _VISIT_SHAPE(value, where)
    if not _bounded.get():
        return
    if "endedAt" in value and not is_plausible_span(value["occurredAt"], value["endedAt"]):
        _fail(f"{where}.endedAt")
    if "urgent" in value["risk"].values() and value["riskCall"] is None:
        _fail(f"{where}.riskCall")


def _quiet(value: Any, where: str) -> None:
    """Hours have both ends, or there are none."""
    _shape({"from": _clock_or_none, "until": _clock_or_none})(value, where)
    if _bounded.get() and (value["from"] == "") != (value["until"] == ""):
        _fail(f"{where}.until")


# Type → (field, seconds before, seconds after): how far what an event names may lie from when it was written.
NEAR: Mapping[str, tuple[str, int, int]] = {
    "visit.logged": ("occurredAt", 100 * YEAR, 31 * DAY),
    "visit.corrected": ("record.occurredAt", 100 * YEAR, 31 * DAY),
    "followup.scheduled": ("at", YEAR, 10 * YEAR),
    "followup.moved": ("at", YEAR, 10 * YEAR),
    "case.viewed": ("at", DAY, HOUR),
    "worker.departed": ("until", HOUR, DAY + HOUR),
    "cover.asked": ("on", 31 * DAY, YEAR),
    "handover.sent": ("answerBy", 31 * DAY, YEAR),
    "match.followed": ("on", YEAR, DAY),
}

BODIES: Mapping[tuple[str, int], Check] = {
    ("visit.logged", 1): _visit,
    ("visit.corrected", 1): _shape(
        {
            "visit": _id,
            "replaces": _id,
            "changed": _list(_line),
            "record": _visit,
            "answers": _or_null(_id),
            "comment": _text,
        }
    ),
    ("followup.scheduled", 1): _shape(
        {
            "followup": _id,
            "at": _time,
            "kind": _one_of(*FOLLOWUP_KINDS),
            "with": _one_of(*NEXT_WITH),
            "note": _text,
            "remind": _flag,
        }
    ),
    ("followup.done", 1): _shape({"followup": _id, "visit": _or_null(_id)}),
    ("followup.cancelled", 1): _shape({"followup": _id, "reason": _text}),
    ("followup.moved", 1): _shape({"followup": _id, "at": _time}),
    ("promise.kept", 1): _shape({"promise": _id}),
    ("case.viewed", 1): _shape({"at": _time}),
    ("case.begun", 1): _shape(
        {"title": _line, "known": _shape({"name": _line, "age": _line, "place": _line, "through": _line})}
    ),
    ("consent.answered", 1): _shape(
        {
            "answer": _one_of(*CONSENT_ANSWERS),
            "about": _line,
            "how": _one_of(*CONSENT_WAYS),
            "comment": _text,
        }
    ),
    ("cover.asked", 1): _shape({"staff": _id, "to": _or_null(_id), "on": _date, "note": _text}),
    ("notice.given", 1): _shape(
        {"notice": _id, "who": _line, "place": _line, "noticed": _text, "named": _one_of(*NAMED)}
    ),
    ("notice.withdrawn", 1): _shape({"notice": _id}),
    ("handover.sent", 1): _shape(
        {
            "handover": _id,
            "to": _line,
            "person": _line,
            "receiver": _or_null(_id),
            "ground": _one_of(*GROUNDS),
            "law": _or_null(_one_of(*LAWS)),
            "reason": _text,
            "told": _list(_one_of(*TOLD)),
            "contact": _line,
            "text": _text,
            "answerBy": _date,
        }
    ),
    ("match.followed", 1): _shape(
        {
            "match": _id,
            "side": _one_of(*MATCH_ANSWERS),
            "period": _one_of(*MATCH_PERIODS),
            "on": _date,
            "did": _of_a_match("did"),
            "felt": _of_a_match("felt"),
            "next": _of_a_match("next"),
            "nextOn": _or_null(_date),
            "personWords": _text,
            "hostWords": _text,
        }
    ),
    ("handover.withdrawn", 1): _shape({"handover": _id, "reason": _text}),
    ("visit.withdrawn", 1): _shape({"visit": _id, "reason": _text}),
    ("visit.misfiled", 1): _shape({"visit": _id, "to": _or_null(_id), "as": _or_null(_id), "comment": _text}),
    ("worker.departed", 1): _shape({"until": _time, "watched": _flag}),
    ("worker.back", 1): _shape({}),
    ("reminders.quieted", 1): _quiet,
    ("watchers.named", 1): _shape({"staff": _list(_id)}),
    ("device.noted", 1): _shape(
        {
            "app": _must(lambda value: is_text(value, MAX_APP), _is_text),
            "notifications": _one_of(*PERMISSIONS),
            "storage": _shape({"used": _bytes_stored, "quota": _bytes_stored}),
            "persisted": _flag,
        },
        {"clock": _shape({"phone": _any_time, "relay": _any_time})},
    ),
}
