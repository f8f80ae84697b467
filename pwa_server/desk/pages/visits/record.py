"""One record as the review page shows it: what it says now, what was corrected, what was asked and answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sync import events
from sync.conditions import asked, required
from sync.visit_fields import PATHS, VISIT_FIELDS, value_at

from ...models.office_and_cases import Checklist, Review, VisitVersion
from ...queries.access import visible_record
from ...queries.cases import staff_name
from ..layout.session import me
from ..layout.words import Words
from .diff import Piece, pieces

NOTES = tuple(path.removeprefix("notes.") for path in PATHS if path.startswith("notes."))
RISKS, LIVING = events.RISK_KEYS, events.LIVING_KEYS  # the grids of the page, row by row
# What a question can be tied to: the paths of EVENTS.md, so that the phone opens the right box.
FIELDS = tuple(one.path for one in VISIT_FIELDS if one.ask)
KINDS = {one.path: one.kind for one in VISIT_FIELDS}


@dataclass
class Note:
    name: str
    path: str
    text: str
    pieces: list[Piece]
    corrected: bool
    asked: Any = None  # the open question
    answered: list[Any] = field(default_factory=list)  # [(review, answering version)]
    hidden: bool = False


@dataclass
class Answer:
    must: bool
    text: str
    answer: str
    urgent: bool


def shown_body(version: Any, visit: Any) -> dict[str, Any] | None:
    """The parts of a version this person may see."""
    return visible_record(me(), version.body, visit.case, visit.staff)


def visible(body: dict[str, Any], visit: Any) -> dict[str, Any]:
    return visible_record(me(), body, visit.case, visit.staff) or {}


def notes(visit: Any, current: Any, versions: list[Any], reviews: list[Review]) -> list[Note]:
    body = shown_body(current, visit) or {}
    before = next((row for row in versions if row.id == current.replaces), None)
    old = (shown_body(before, visit) or {}).get("notes", {}) if before else None
    by_id = {row.id: row for row in versions}
    found = []
    for name in NOTES:
        text, path = body.get("notes", {}).get(name), f"notes.{name}"
        note = Note(name, path, text or "", [], False, hidden=text is None)
        was = old.get(name, "") if old is not None else note.text
        note.corrected = was != note.text
        note.pieces = pieces(was or "", note.text)
        for review in reviews:
            if review.field == path and review.status == "returned":
                note.asked = review
            if review.field == path and review.status == "answered":
                note.answered.append((review, by_id.get(review.answered_by)))
        found.append(note)
    return found


def other_changes(
    current: Any, versions: list[Any], visit: Any, words: Words, members: dict[str, str]
) -> list[dict[str, Any]]:
    """What the correction changed outside the four boxes, in words, old beside new."""
    before = next((row for row in versions if row.id == current.replaces), None)
    if before is None:
        return []
    old, new = shown_body(before, visit) or {}, shown_body(current, visit) or {}
    changes = []
    for path in PATHS:
        if path.startswith("notes."):
            continue
        a, b = (in_words(path, value_at(body, path), words, members) for body in (old, new))
        if a != b:
            changes.append({"label": words.t(f"desk.field.{path}"), "pieces": pieces(a, b)})
    return changes


def corrections(
    versions: list[Any], visit: Any, words: Words, members: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Of every correction, what it changed against the version it replaced, word by word."""
    by_id = {one.id: one for one in versions}
    corrections: dict[str, list[dict[str, Any]]] = {}
    for one in versions:
        before = by_id.get(one.replaces or "")
        if before is None:
            continue
        old, new = ((shown_body(which, visit) or {}).get("notes", {}) for which in (before, one))
        corrections[one.id] = [
            {"label": words.t(f"note.{name}"), "pieces": pieces(old.get(name) or "", new.get(name) or "")}
            for name in NOTES
            if (old.get(name) or "") != (new.get(name) or "")
        ] + other_changes(one, versions, visit, words, members)
    return corrections


def rows(
    body: dict[str, Any], words: Words, members: dict[str, str], paths: tuple[str, ...] = PATHS
) -> list[tuple[str, str]]:
    """A record field by field, by its name, in words; what says nothing is left out."""
    rows = []
    for path in paths:
        value = value_at(body, path)
        text = in_words(path, value, words, members)
        if value not in (None, "", [], {}) and text != words.t("desk.none"):
            rows.append((words.t(f"desk.field.{path}"), text))
    return rows


def printed(body: dict[str, Any], words: Words, members: dict[str, str]) -> list[tuple[str, str]]:
    """What stands on paper beside the notes."""
    paths = (one.path for one in VISIT_FIELDS if one.print and not one.path.startswith("notes."))
    return rows(body, words, members, tuple(paths))


def in_words(path: str, value: Any, words: Words, members: dict[str, str]) -> str:
    """A part of the body as a person would say it."""
    if value in (None, "", [], {}):
        return words.t("desk.none")
    return TELLERS[KINDS[path]](path, value, words, members) or words.t("desk.none")


def _code(path: str, value: Any, words: Words, _: dict[str, str]) -> str:
    return words.term(path, value)


def _number(path: str, value: Any, words: Words, _: dict[str, str]) -> str:
    return (
        f"{value:+d}　{words.term(path, value)}"
        if path == "reaction"
        else f"{value}　{words.term(path, value)}"
    )


def _time(_: str, value: Any, words: Words, __: dict[str, str]) -> str:
    return words.stamp(value)


def _flag(path: str, value: Any, words: Words, _: dict[str, str]) -> str:
    if path == "alone":
        return words.t("desk.alone.yes" if value else "desk.alone.no")
    return words.t("desk.yes" if value else "desk.no")


def _grid(path: str, value: Any, words: Words, _: dict[str, str]) -> str:
    grid = [f"{words.term(path, key)} {words.term(f'{path}.value', grade)}" for key, grade in value.items()]
    return words.t("desk.comma").join(grid)


def _call(_: str, value: Any, words: Words, __: dict[str, str]) -> str:
    at = words.stamp(value["at"]) if value.get("at") else ""
    return "　".join(part for part in (value.get("to"), at, value.get("result")) if part)


def _left(_: str, value: Any, words: Words, __: dict[str, str]) -> str:
    taken = words.term("left", value.get("taken")) if value.get("taken") else ""
    return "　".join(part for part in (value.get("what", ""), taken) if part)


def _promises(_: str, value: Any, words: Words, __: dict[str, str]) -> str:
    promises = [
        f"{one.get('text', '')}（{words.t('desk.until', day=words.short(one['due']))}）"
        if one.get("due")
        else str(one.get("text", ""))
        for one in value
    ]
    return words.t("desk.comma").join(promises)


def _checklist(_: str, value: Any, words: Words, __: dict[str, str]) -> str:
    """Its name, and each answer under the words of what was asked."""
    answered = checklist({"checklist": value}, words) or {}
    lines = [str(answered.get("title", ""))]
    for _, answers in answered.get("phases", []):
        lines += [f"{one.text}　{one.answer}" for one in answers if one.answer]
    lines += [
        f"{key}　{'　'.join(str(part) for part in one.values())}"
        for key, one in answered.get("unknown", {}).items()
    ]
    return "\n".join(lines)


TELLERS: dict[str, Callable[[str, Any, Words, dict[str, str]], str]] = {
    "code": _code,
    "number": _number,
    "time": _time,
    "flag": _flag,
    "grid": _grid,
    "call": _call,
    "left": _left,
    "promises": _promises,
    "checklist": _checklist,
    "text": lambda _, value, __, ___: str(value),
    "texts": lambda _, value, words, __: words.t("desk.comma").join(str(one) for one in value),
    "members": lambda _, value, words, members: words.t("desk.comma").join(
        members.get(one, "?") for one in value
    ),
    "staff": lambda _, value, words, __: words.t("desk.comma").join(staff_name(one) for one in value),
    "next": lambda _, value, words, __: next_in_words(value, words),
    "photos": lambda _, value, words, __: words.t("desk.photos.count", n=len(value)),
}


def next_in_words(value: dict[str, Any] | None, words: Words) -> str:
    if not value:
        return words.t("desk.none")
    parts = [words.term("next.with", value.get("with"))]
    if value.get("mayCome"):
        parts.append(words.term("next.mayCome", value["mayCome"]))
    return "　".join(part for part in parts if part)


def checklist(body: dict[str, Any], words: Words) -> dict[str, Any] | None:
    """The answers beside the words of the version that was answered, phase by phase."""
    given = body.get("checklist")
    if not given:
        return None
    row = Checklist.get_or_none((Checklist.id == given["id"]) & (Checklist.version == given["version"]))
    if row is None:
        return {
            "title": str(given["id"]),
            "version": given["version"],
            "phases": [],
            "unknown": given.get("answers", {}),
        }
    items = {one["id"] for one in row.body["items"]}
    phases: dict[str, list[Answer]] = {}
    answers = given.get("answers", {})
    shown, musts = asked(row.body["items"], answers), required(row.body["items"], answers)
    for one in row.body["items"]:
        answer = answers.get(one["id"])
        if not one["parts"] or (one["id"] not in shown and not answer):
            continue  # words between questions; a question that was not to be asked
        text, urgent = _answer(one, answer, words)
        phases.setdefault(one["phase"], []).append(
            Answer(one["id"] in musts, one["text"][words.lang], text, urgent)
        )
    return {
        "title": row.body["title"][words.lang],
        "version": given["version"],
        "phases": list(phases.items()),
        "unknown": {key: one for key, one in given.get("answers", {}).items() if key not in items},
    }


def _answer(asked: dict[str, Any], answer: dict[str, Any] | None, words: Words) -> tuple[str, bool]:
    if not answer:
        return "", False
    parts, urgent = [], False
    if answer.get("c"):
        chosen = next((one for one in asked.get("choices", []) if one["id"] == answer["c"]), None)
        parts.append(chosen[words.lang] if chosen else str(answer["c"]))
        urgent = bool(chosen and chosen.get("urgent"))
    if answer.get("b"):
        parts.append(words.term("answer", answer["b"]))
    if answer.get("n") is not None:
        parts.append(str(answer["n"]))
    if answer.get("d"):
        parts.append(words.day(answer["d"]))
    if answer.get("t"):
        parts.append(str(answer["t"]))
    return "　".join(parts), urgent


def versions_of(visit: str) -> list[Any]:
    return list(VisitVersion.select().where(VisitVersion.visit == visit).order_by(*VisitVersion.in_order()))
