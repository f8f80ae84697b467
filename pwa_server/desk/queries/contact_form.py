"""What was written in the form of a contact, as the body of a visit, and what is wrong with it by field.

The form is the phone's (`sync/visit_fields.json`), with its rules of what is needed (`static/js/visit/required.js`). A
form is a map of input names to texts, or to lists of texts where an input may stand more than once: `filled` makes it
of a body, `typed` of what was sent, and a field was changed when the two differ, whatever was never shown.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from sync import events
from sync.bounds import is_plausible_date
from sync.visit_fields import VISIT_FIELDS, VisitField, value_at

from ..projections.append_and_apply import new_id
from .form_times import day_and_clock, typed_time

Typed = dict[str, Any]

# The fields in the order of the page. A test holds them and ELSEWHERE to the table.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("when", ("channel", "occurredAt", "endedAt", "planned", "outcome", "place", "staff", "metWith")),
    ("notes", ("notes.fact", "notes.quote", "notes.thirdParty", "notes.view", "topics", "interests")),
    ("how", ("reaction", "stage", "stageEvent", "living", "risk", "riskCall")),
    ("next", ("left", "hook", "next", "promises")),
    ("own", ("reflection",)),
)
# `alone` follows from who was there, `byHand` from where it is written; photos are taken with the phone, papers are
# kept with the case; a checklist is for whoever stands at a door.
ELSEWHERE = ("alone", "byHand", "photos", "checklist")
FORM = {one.path: one for one in VISIT_FIELDS if one.path not in ELSEWHERE}

# As `static/js/visit/outcomes.js` has them; a test holds the two equal.
REMOTE_CHANNELS = frozenset(
    ("phone", "sms", "letter", "fax", "left_note", "via_family", "online", "agency_call", "conference")
)
REMOTE_OUTCOMES = ("reached", "not_reached", "note_taken")
REACTED = frozenset(("met_person", "voice_through_door", "reached", "note_taken"))
SOMEBODY = frozenset(("met_person", "voice_through_door", "met_family_only", "stopped_for_safety", "reached"))
AT_PLACE = tuple(one for one in events.OUTCOMES if one not in REMOTE_OUTCOMES)

NOT_JUDGED = "none"  # of a stage: somebody looked, and could not say
MOST_PROMISES = 20
SPARE = 3  # empty rows for promises under those there are


class Form(Protocol):
    """What a browser sent."""

    def get(self, name: str, default: str) -> str: ...

    def getlist(self, name: str) -> list[str]: ...


def implied_reaction(outcome: str) -> int | None:
    """What follows from nobody being met."""
    if outcome == "refused_at_door":
        return -1
    return 0 if outcome.startswith(("not_", "cancelled_")) else None


def inputs(field: VisitField) -> tuple[str, ...]:
    """The names of a field's inputs."""
    path = field.path
    if field.kind == "grid":
        return tuple(f"{path}.{key}" for key in events.codes_of(field.codes))
    return tuple(f"{path}.{part}" for part in PARTS.get(field.kind, ())) or (path,)


PARTS = {
    "time": ("on", "at"),
    "call": ("to", "on", "at", "result"),
    "left": ("what", "taken"),
    "next": ("with", "mayCome"),
    "promises": ("id", "text", "due", "to"),
}
MANY = frozenset(("staff", "members", "promises"))


def typed(form: Form, paths: Iterable[str]) -> Typed:
    """The form as it was sent."""
    found: Typed = {}
    for field in (FORM[path] for path in paths):
        for name in inputs(field):
            many = field.kind in MANY
            found[name] = [_clean(one) for one in form.getlist(name)] if many else _clean(form.get(name, ""))
    return found


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def blank(author: str, now: str) -> Typed:
    """A form nobody has written in: when is now, who was there is whoever writes, nothing else is answered."""
    found: Typed = {name: [] if one.kind in MANY else "" for one in FORM.values() for name in inputs(one)}
    on, at = day_and_clock(now)
    return found | {"staff": [author], "occurredAt.on": on, "occurredAt.at": at, "planned": "unplanned"}


def filled(body: dict[str, Any]) -> Typed:
    """The form as it stands in a record."""
    found: Typed = {}
    for field in FORM.values():
        value = value_at(body, field.path)
        found |= dict(zip(inputs(field), WRITERS.get(field.kind, _write_text)(field, value), strict=True))
    return found


def _write_text(_: VisitField, value: Any) -> list[Any]:
    return [_clean(str(value or ""))]


def _write_number(field: VisitField, value: Any) -> list[Any]:
    if value is None:
        return [NOT_JUDGED if field.path == "stage" else ""]
    return [str(value)]


def _write_promises(_: VisitField, value: Any) -> list[Any]:
    rows = value or []
    return [[_clean(str(row.get(part) or "")) for row in rows] for part in PARTS["promises"]]


WRITERS: dict[str, Callable[[VisitField, Any], list[Any]]] = {
    "time": lambda _, value: list(day_and_clock(value)),
    "number": _write_number,
    "texts": lambda _, value: ["、".join(value or [])],
    "staff": lambda _, value: [list(value or [])],
    "members": lambda _, value: [list(value or [])],
    "grid": lambda field, value: [(value or {}).get(key, "") for key in events.codes_of(field.codes)],
    "call": lambda _, value: [
        (value or {}).get("to", ""),
        *day_and_clock((value or {}).get("at")),
        _clean((value or {}).get("result", "")),
    ],
    "left": lambda _, value: [_clean((value or {}).get("what", "")), (value or {}).get("taken", "")],
    "next": lambda _, value: [(value or {}).get("with", ""), (value or {}).get("mayCome", "")],
    "promises": _write_promises,
}


class Wrong(Exception):
    """Why a field was not taken, as a code: missing, wrong, does_not_fit, future, before."""


def read(
    entries: Typed, paths: Iterable[str], now: str, last_stage: int | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """(members by path, {path: code}) of these fields; with nothing wrong the members are whole."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for path in paths:
        try:
            values[path] = READERS[FORM[path].kind](FORM[path], entries)
        except Wrong as why:
            wrong[path] = str(why)
    _fit(values, wrong, now)
    for path, code in needed(values, last_stage).items():
        wrong.setdefault(path, code)
    return values, wrong


def _fit(values: dict[str, Any], wrong: dict[str, str], now: str) -> None:
    """What contradicts itself."""
    began, ended = values.get("occurredAt"), values.get("endedAt")
    if began and began > now:
        wrong["occurredAt"] = "future"
    if began and ended and ended < began:
        wrong["endedAt"] = "before"
    channel, outcome = values.get("channel"), values.get("outcome")
    if channel and outcome and (channel in REMOTE_CHANNELS) != (outcome in REMOTE_OUTCOMES):
        wrong["outcome"] = "does_not_fit"
    if "reaction" in values and values["reaction"] is None and outcome:
        values["reaction"] = implied_reaction(outcome)


def needed(values: dict[str, Any], last_stage: int | None) -> dict[str, str]:
    """What a contact still needs, as on the phone (`visit/required.js`). Only fields that were asked count."""
    outcome = values.get("outcome") or ""
    wanted = {path for path in ("occurredAt", "channel", "outcome", "planned") if not values.get(path)}
    if outcome in SOMEBODY:
        wanted |= {path for path in ("notes.fact", "next") if not values.get(path)}
        if len(values.get("risk") or {}) < len(events.RISK_KEYS):
            wanted.add("risk")
    stage = values.get("stage")
    if outcome in REACTED:
        wanted |= {path for path in ("reaction",) if values.get(path) is None}
        wanted |= {path for path in ("stage",) if stage == ""}
    if isinstance(stage, int) and stage != last_stage and not values.get("stageEvent"):
        wanted.add("stageEvent")
    if "urgent" in (values.get("risk") or {}).values() and not values.get("riskCall"):
        wanted.add("riskCall")
    return dict.fromkeys(sorted(path for path in wanted if path in values), "missing")


def _read_code(field: VisitField, entries: Typed) -> str:
    return _one_of(entries[field.path], events.codes_of(field.codes))


def _one_of(text: str, codes: Iterable[Any]) -> str:
    if text and text not in codes:
        raise Wrong("wrong")
    return text


def _read_time(field: VisitField, entries: Typed) -> str | None:
    on, at = entries[f"{field.path}.on"], entries[f"{field.path}.at"]
    if not on and not at:
        return None
    found = typed_time(on or entries["occurredAt.on"], at)
    if found is None:
        raise Wrong("wrong")
    return found


def _read_number(field: VisitField, entries: Typed) -> int | str | None:
    text = entries[field.path]
    if field.path == "stage" and text in ("", NOT_JUDGED):
        return None if text else ""
    known = {str(one): one for one in events.codes_of(field.codes)}
    return known[_one_of(text, known)] if text else None


def _read_grid(field: VisitField, entries: Typed) -> dict[str, str]:
    values = {key: entries[f"{field.path}.{key}"] for key in events.codes_of(field.codes)}
    return {key: _one_of(one, events.codes_of(field.values)) for key, one in values.items() if one}


def _read_call(field: VisitField, entries: Typed) -> dict[str, str] | None:
    to, on, at, result = (entries[name] for name in inputs(field))
    if not any((to, at, result)):
        return None
    when = typed_time(on or entries["occurredAt.on"], at) if at else None
    if not to or not result or when is None:
        raise Wrong("missing")
    return {"to": to, "at": when, "result": result}


def _read_left(field: VisitField, entries: Typed) -> dict[str, str]:
    what, taken = (entries[name] for name in inputs(field))
    return {"what": what, "taken": _one_of(taken, events.TAKEN)}


def _read_next(field: VisitField, entries: Typed) -> dict[str, str] | None:
    whom, may_come = (entries[name] for name in inputs(field))
    if not whom:
        return None
    told_come = _one_of(may_come, events.MAY_COME) or "unknown"
    return {"with": _one_of(whom, events.NEXT_WITH), "mayCome": told_come}


def _read_promises(_: VisitField, entries: Typed) -> list[dict[str, Any]]:
    rows = zip(*(entries[f"promises.{part}"] for part in PARTS["promises"]), strict=False)
    found = []
    for id_, text, due, to in rows:
        if due and not is_plausible_date(due):
            raise Wrong("wrong")
        if text:
            found.append({"id": id_ or new_id(), "text": text, "due": due or None, "to": to})
        elif due:
            raise Wrong("missing")
    return found


def _read_texts(field: VisitField, entries: Typed) -> list[str]:
    parts = entries[field.path].replace("，", "、").replace(",", "、").replace("\n", "、").split("、")
    return [one.strip() for one in parts if one.strip()]


READERS: dict[str, Callable[[VisitField, Typed], Any]] = {
    "code": _read_code,
    "time": _read_time,
    "number": _read_number,
    "text": lambda field, told: told[field.path],
    "texts": _read_texts,
    "staff": lambda field, told: list(dict.fromkeys(told[field.path])),
    "members": lambda field, told: list(dict.fromkeys(told[field.path])),
    "grid": _read_grid,
    "call": _read_call,
    "left": _read_left,
    "next": _read_next,
    "promises": _read_promises,
}


def changed(before: Typed, after: Typed, paths: Iterable[str]) -> list[str]:
    """Fields of which an input says something else now."""
    return [
        path
        for path in paths
        if any(_worth(before, name) != _worth(after, name) for name in inputs(FORM[path]))
    ]


def _worth(entries: Typed, name: str) -> Any:
    """Empty rows under a list of promises say nothing."""
    value = entries.get(name, "")
    if name.startswith("promises.") and isinstance(value, list):
        texts = entries.get("promises.text", [])
        return [one for one, text in zip(value, texts, strict=False) if text]
    return sorted(value) if isinstance(value, list) else value


def whole(values: dict[str, Any]) -> dict[str, Any]:
    """The body of a new contact: what was asked, and everything else unanswered."""
    body: dict[str, Any] = {
        "metWith": [],
        "alone": len(values.get("staff", [])) < 2,
        "staff": [],
        "topics": [],
        "interests": [],
        "reaction": None,
        "stage": None,
        "stageEvent": "",
        "notes": {"fact": "", "quote": "", "thirdParty": "", "view": ""},
        "living": {},
        "risk": {},
        "riskCall": None,
        "left": {"what": "", "taken": ""},
        "hook": "",
        "reflection": "",
        "promises": [],
        "checklist": None,
        "photos": [],
        "byHand": True,
    }
    return put(body, values)


def put(body: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The body with these members by path; a time or a place that is none is absent, not null."""
    body = {**body, "notes": dict(body["notes"])}
    for path, value in values.items():
        outer, _, inner = path.partition(".")
        if inner:
            body[outer][inner] = value
        elif value in (None, "") and path in events.VISIT_MEMBERS[1]:
            body.pop(path, None)
        else:
            body[path] = None if path == "stage" and value == "" else value
    return body
