"""One record as the review page shows it: what it says now, what was corrected, what was asked and answered."""

from dataclasses import dataclass, field
from typing import Any

from ...models.office_and_cases import Checklist, Review, VisitVersion
from ...queries.access import visible_record
from ..layout.session import me
from ..layout.words import Words
from .diff import Piece, pieces

NOTES = ("fact", "quote", "thirdParty", "view")
RISKS = (
    "self_harm",
    "harm_to_others",
    "abuse",
    "self_neglect",
    "sudden_illness",
    "fire_housing",
    "exploitation",
    "danger_to_worker",
)
LIVING = ("meals", "sleep", "hygiene", "rooms", "mail", "utilities", "health", "family")
# What a question can be tied to: the paths of EVENTS.md, so that the phone opens the right box.
FIELDS = (
    "notes.fact",
    "notes.quote",
    "notes.thirdParty",
    "notes.view",
    "outcome",
    "metWith",
    "reaction",
    "stage",
    "risk",
    "living",
    "next",
    "hook",
    "left",
    "checklist",
    "photos",
    "occurredAt",
    "stageEvent",
    "topics",
    "promises",
)


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
    for path in FIELDS:
        if path.startswith("notes."):
            continue
        a, b = in_words(path, old.get(path), words, members), in_words(path, new.get(path), words, members)
        if a != b:
            changes.append({"label": words.t(f"desk.field.{path}"), "pieces": pieces(a, b)})
    return changes


def corrections(
    versions: list[Any], visit: Any, words: Words, members: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Of every correction, what it changed against the version it replaced, word by word."""
    by_id = {one.id: one for one in versions}
    told: dict[str, list[dict[str, Any]]] = {}
    for one in versions:
        before = by_id.get(one.replaces or "")
        if before is None:
            continue
        old, new = ((shown_body(which, visit) or {}).get("notes", {}) for which in (before, one))
        told[one.id] = [
            {"label": words.t(f"note.{name}"), "pieces": pieces(old.get(name) or "", new.get(name) or "")}
            for name in NOTES
            if (old.get(name) or "") != (new.get(name) or "")
        ] + other_changes(one, versions, visit, words, members)
    return told


def rows(body: dict[str, Any], words: Words, members: dict[str, str]) -> list[tuple[str, str]]:
    """A record that is not among the visits yet: every field that says something, by its name, in words."""
    told = []
    for path in FIELDS:
        value = (
            body.get("notes", {}).get(path.removeprefix("notes."))
            if path.startswith("notes.")
            else body.get(path)
        )
        text = in_words(path, value, words, members)
        if value not in (None, "", [], {}) and text != words.t("desk.none"):
            told.append((words.t(f"desk.field.{path}"), text))
    return told


def in_words(path: str, value: Any, words: Words, members: dict[str, str]) -> str:
    """A part of the body as a person would say it."""
    none = words.t("desk.none")
    if value in (None, "", [], {}):
        return none
    if path == "outcome":
        return words.term("outcome", value)
    if path in ("reaction", "stage"):
        return (
            f"{value:+d}　{words.term(path, value)}"
            if path == "reaction"
            else f"{value}　{words.term(path, value)}"
        )
    if path == "metWith":
        return words.t("desk.comma").join(members.get(one, "?") for one in value)
    if path in ("risk", "living"):
        told = [f"{words.term(path, k)} {words.term(f'{path}.value', v)}" for k, v in value.items()]
        return words.t("desk.comma").join(told)
    if path == "next":
        return next_in_words(value, words)
    if path == "left":
        taken = words.term("left", value.get("taken")) if value.get("taken") else ""
        return "　".join(part for part in (value.get("what", ""), taken) if part) or none
    if path == "occurredAt":
        return words.stamp(value)
    if path == "topics":
        return words.t("desk.comma").join(str(one) for one in value)
    if path == "promises":
        return words.t("desk.comma").join(str(one.get("text", "")) for one in value)
    if path == "photos":
        return str(len(value))
    if path == "checklist":
        return f"{value.get('id')} v{value.get('version')}（{len(value.get('answers', {}))}）"
    return str(value)


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
    phases: dict[str, list[Answer]] = {}
    for one in row.body["items"]:
        answer = given.get("answers", {}).get(one["id"])
        text, urgent = _answer(one, answer, words)
        phases.setdefault(one["phase"], []).append(
            Answer(bool(one.get("must")), one["text"][words.lang], text, urgent)
        )
    return {
        "title": row.body["title"][words.lang],
        "version": given["version"],
        "phases": list(phases.items()),
        "unknown": {},
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
