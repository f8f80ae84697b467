"""Reads a checklist out of an XLSForm workbook. What does not fit is named by sheet, row and column, nothing guessed.

The file may be anything: its size is bounded before it is opened, and what it unpacks to as well; and it is read in a
process of its own (confined.py), never in the desk's.
Groups named before, during, after give the phase, other groups a heading; `X_t`, `X_n`, `X_d` after question X add a
part to it. A column, type or setting is kept, or it is named: there is no third way (`KEPT`, `OURS`).
"""

import io
import re
from dataclasses import dataclass
from typing import Any

from sync.encoding import is_date
from sync.errors import SyncError
from sync.events import YES_NO

from ..core.errors import DeskError
from ..core.spreadsheets import check_workbook
from ..queries.checklist_rules import (
    IDS,
    LONGEST_CHOICE,
    LONGEST_INTRO,
    LONGEST_TEXT,
    MOST_CHOICES,
    MOST_ITEMS,
    NUMBER,
    PHASES,
    both,
    condition_fault,
    faults_of,
)

LARGEST_FILE = 900_000
MOST_UNPACKED, MOST_MEMBERS, MOST_ROWS = 20_000_000, 300, 2000
MOST_ELEMENTS = 200_000
ADDED = re.compile(r"(.+)_([tnd])")
YES = ("yes", "true", "true()", "1")
NO = ("", "no", "false", "false()", "0")
# The words a phone shows for yes and no by itself; a list with others, or with more, keeps its own as choices.
PLAIN_WORDS = {"yes": {"はい", "yes"}, "no": {"いいえ", "no"}, "na": {"あてはまらない", "does not apply"}}
JAPANESE = re.compile(r"\((?:ja|jp|jpn)\)|japanese|日本語|^(?:ja|jp|jpn)$")
ENGLISH = re.compile(r"\((?:en|eng)\)|english|英語|^(?:en|eng)$")
# How a column is spelled otherwise.
SPELLED = {
    "bind::relevant": "relevant",
    "relevance": "relevant",
    "bind::required": "required",
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "readonly": "read_only",
    "bind::readonly": "read_only",
    "bind::constraint": "constraint",
    "bind::calculate": "calculation",
    "list name": "list_name",
    "set_form_title": "form_title",
    "title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
}
TRANSLATED = ("label", "hint", "form_title", "intro")
KEPT = {
    "survey": ("type", "name", "label", "hint", "relevant", "required", "default", "read_only", "disabled"),
    "choices": ("list_name", "name", "label", "urgent"),
    "settings": ("form_title", "intro", "default_language"),
}
# What XLSForm notes of a form and of itself, in whose place we have our own; a reader is told that it was left out.
OURS = {"settings": ("form_id", "version")}

Problem = tuple[str, int, str, dict[str, Any]]  # sheet, row, key of its text, slots


@dataclass(frozen=True)
class Column:
    """`head`: as it is spelled in the sheet. `lang`: ja, en, "" for no language, or another language's name."""

    head: str
    name: str
    lang: str


class Sheet:
    """Rows by the columns' usual names, whatever their case and spelling."""

    def __init__(self, name: str, rows: list[dict[str, Any]], reading: "Import") -> None:
        self.name, self.rows, self.reading = name, rows, reading
        heads = list(dict.fromkeys(str(head) for row in rows for head in row))
        self.columns = [self._column(head) for head in heads]

    def _column(self, head: str) -> Column:
        plain = " ".join(head.split()).lower()
        if plain in SPELLED:
            return Column(head, SPELLED[plain], "")
        spelled = plain if "::" in plain else plain.replace(":", "::", 1)
        base, _, language = (part.strip() for part in spelled.partition("::"))
        base = SPELLED.get(base, base).replace(" ", "_")
        base = SPELLED.get(base, base)
        if language and base in TRANSLATED:
            return Column(head, base, _language(language) or head.partition(":")[2].strip(": "))
        return Column(head, f"{base}::{language}" if language else base, "")

    def cell(self, row: dict[str, Any], name: str) -> str:
        """What stands in a column without a language."""
        return next(
            (_plain(row[one.head]) for one in self.columns if one.name == name and row.get(one.head)), ""
        )

    def head(self, row: dict[str, Any], name: str) -> str:
        """How a filled column is spelled in the sheet; "" when none is."""
        return next((one.head for one in self.columns if one.name == name and _plain(row.get(one.head))), "")

    def words(self, number: int, row: dict[str, Any], name: str, longest: int) -> dict[str, str]:
        """A text in the two languages. A cut would lose a meaning: one that is too long is named."""
        found = {"ja": "", "en": ""}
        for column in self.columns:
            text = _lines(row.get(column.head))
            if column.name != name or not text:
                continue
            lang = column.lang or self.reading.unsaid_language(name, self)
            if lang not in found:
                self.reading.wrong(self.name, number, "language", column=column.head, language=lang)
            elif len(text) > longest:
                self.reading.wrong(self.name, number, "long", column=column.head, most=longest, n=len(text))
            elif "${" in text:
                self.reading.wrong(self.name, number, "inserted", column=column.head)
            elif found[lang] and found[lang] != text:
                self.reading.wrong(self.name, number, "twice_column", column=column.head)
            else:
                found[lang] = text
        return both(found["ja"], found["en"], longest)

    def check_columns(self, number: int, row: dict[str, Any], kept: tuple[str, ...]) -> None:
        """Name each filled cell of a column that has no place here, and each of two that mean the same."""
        seen: dict[tuple[str, str], str] = {}
        for column in self.columns:
            value = _plain(row.get(column.head))
            if not value:
                continue
            if column.name not in kept:
                self.reading.wrong(self.name, number, "column", column=column.head)
            elif seen.setdefault((column.name, column.lang), value) != value:
                self.reading.wrong(self.name, number, "twice_column", column=column.head)


class Import:
    """One workbook being read: items so far, what is wrong with it, what was left out because we have our own."""

    def __init__(
        self, survey: list[dict[str, Any]], choices: list[dict[str, Any]], settings: list[dict[str, Any]]
    ) -> None:
        self.problems: list[Problem] = []
        self.without: list[str] = []
        self.items: list[dict[str, Any]] = []
        self.rows: list[int] = []  # of each item
        self.groups: list[tuple[str, str]] = []  # name, condition
        self.settings = Sheet("settings", settings, self)
        self.survey = Sheet("survey", survey, self)
        self.choices = Sheet("choices", choices, self)
        self.default = (
            _language(self.settings.cell(settings[0], "default_language").lower()) if settings else ""
        )
        self.lists = self._lists()

    def wrong(self, sheet: str, row: int, key: str, **slots: Any) -> None:
        problem = (sheet, row, key, slots)
        if problem not in self.problems:
            self.problems.append(problem)

    def unsaid_language(self, name: str, sheet: Sheet) -> str:
        """The language of a column that names none: the form's own; else the one of the two that no column names."""
        if self.default:
            return self.default
        named = {one.lang for one in sheet.columns if one.name == name}
        if "ja" not in named:
            return "ja"
        return "default" if "en" in named else "en"

    def _lists(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        sheet = self.choices
        for number, row in enumerate(sheet.rows, start=2):
            if not row:
                continue
            sheet.check_columns(number, row, KEPT["choices"])
            name, id_ = sheet.cell(row, "list_name"), sheet.cell(row, "name")
            label, urgent = (
                sheet.words(number, row, "label", LONGEST_CHOICE),
                sheet.cell(row, "urgent").lower(),
            )
            if not name or not IDS.fullmatch(id_) or not label["ja"]:
                self.wrong("choices", number, "choice_row")
            elif urgent not in YES + NO:
                self.wrong("choices", number, "yes_or_no", column="urgent")
            elif len(found.setdefault(name, [])) >= MOST_CHOICES:
                self.wrong("choices", number, "choices_many", most=MOST_CHOICES)
            else:
                found[name].append({"id": id_, **label, **({"urgent": True} if urgent in YES else {})})
        return found

    def read(self) -> dict[str, Any]:
        for number, row in enumerate(self.survey.rows, start=2):
            if row and self.survey.cell(row, "disabled").lower() not in YES:
                self._row(number, row)
        body = self._settings() | {"items": self.items}
        self._check_conditions()
        if not self.problems:
            for key, slots in faults_of(body):
                place = slots.pop("n", 1)
                self.wrong(
                    "survey", self.rows[place - 1] if place <= len(self.rows) else 2, key, n=place, **slots
                )
        return body

    def _settings(self) -> dict[str, Any]:
        sheet = self.settings
        row = sheet.rows[0] if sheet.rows else {}
        for number, more in enumerate(sheet.rows[1:], start=3):
            sheet.check_columns(number, more, ())
        sheet.check_columns(2, row, (*KEPT["settings"], *OURS["settings"]))
        self.without += [
            one.head for one in sheet.columns if one.name in OURS["settings"] and row.get(one.head)
        ]
        if sheet.cell(row, "default_language") and not self.default:
            self.wrong(
                "settings",
                2,
                "language",
                column="default_language",
                language=sheet.cell(row, "default_language"),
            )
        return {
            "title": sheet.words(2, row, "form_title", LONGEST_TEXT),
            "intro": sheet.words(2, row, "intro", LONGEST_INTRO),
        }

    def _row(self, number: int, row: dict[str, Any]) -> None:
        body = self.survey.cell(row, "type")
        kind = re.sub(r"^(begin|end)[ _-]+(group|repeat|loop)$", r"\1_\2", body.lower())
        if kind == "begin_group":
            self._begin_group(number, row)
        elif kind == "end_group":
            self.survey.check_columns(number, row, ("type", "name", "label"))
            if not self.groups:
                self.wrong("survey", number, "type", type=body)
            else:
                self.groups.pop()
        elif kind in left_out_types():
            self.without.append(body)
        else:
            self._question(number, row, body)

    def _begin_group(self, number: int, row: dict[str, Any]) -> None:
        self.survey.check_columns(number, row, ("type", "name", "label", "relevant"))
        name = self.survey.cell(row, "name")
        label = self.survey.words(number, row, "label", LONGEST_TEXT)
        self.groups.append((name.lower(), self._condition(number, row, "relevant")))
        if name.lower() not in PHASES and label["ja"]:
            self._add(number, {"id": name, "must": False, "parts": [], "text": label})

    def _question(self, number: int, row: dict[str, Any], fields: str) -> None:
        sheet = self.survey
        sheet.check_columns(number, row, KEPT["survey"])
        part, choices = self._part(number, fields)
        if part is None:
            return
        id_ = sheet.cell(row, "name")
        label = sheet.words(number, row, "label", LONGEST_TEXT)
        if sheet.cell(row, "read_only").lower() not in (NO if part else NO + YES):
            self.wrong("survey", number, "column", column=sheet.head(row, "read_only"))
        if self._is_added(id_, part):
            self._add_part(number, row, part, label)
            return
        item: dict[str, Any] = {"id": id_, "must": False, "parts": [part] if part else [], "text": label}
        hint = sheet.words(number, row, "hint", LONGEST_TEXT)
        if hint["ja"]:
            item["hint"] = hint
        if choices:
            item["choices"] = choices
        if default := sheet.cell(row, "default"):
            item["start"] = {part: self._default(number, default, part, choices)}
        self._required(number, row, item)
        own = self._condition(number, row, "relevant")
        self._add(number, item, own)

    def _required(self, number: int, row: dict[str, Any], item: dict[str, Any]) -> None:
        required = self.survey.cell(row, "required")
        if not required or required.lower() in NO:
            return
        if not item["parts"]:
            self.wrong("survey", number, "column", column=self.survey.head(row, "required"))
        elif required.lower() in YES:
            item["must"] = True
        else:
            item["mustWhen"] = self._condition(number, row, "required")

    def _add(self, number: int, item: dict[str, Any], own: str = "") -> None:
        if not IDS.fullmatch(item["id"]):
            self.wrong("survey", number, "name", name=item["id"][:40])
        if not item["text"]["ja"] and not self.survey.head(self.survey.rows[number - 2], "label"):
            self.wrong("survey", number, "label")
        if len(self.items) >= MOST_ITEMS:
            self.wrong("survey", number, "many_items", most=MOST_ITEMS)
            return
        conditions = [text for text in (*(text for _, text in self.groups), own) if text]
        if conditions:
            item["when"] = (
                conditions[0] if len(conditions) == 1 else " and ".join(f"({text})" for text in conditions)
            )
            if item["must"]:  # a phone that knows no conditions would ask for an answer to what is not asked
                item |= {"must": False, "mustWhen": "true()"}
        self.items.append(
            {"id": item["id"], "phase": self._phase(), **{k: v for k, v in item.items() if k != "id"}}
        )
        self.rows.append(number)

    def _is_added(self, id_: str, part: str) -> bool:
        added = ADDED.fullmatch(id_)
        last = self.items[-1] if self.items else {"id": "", "parts": []}
        return bool(added and last["id"] == added[1] and part == added[2] and part not in last["parts"])

    def _add_part(self, number: int, row: dict[str, Any], part: str, label: dict[str, str]) -> None:
        """Its own words, if it has any, stand as a hint of the question it is a part of."""
        item = self.items[-1]
        item["parts"].append(part)
        for column in ("relevant", "required", "default", "hint"):
            if head := self.survey.head(row, column):
                self.wrong("survey", number, "column", column=head)
        if label["ja"]:
            before = item.get("hint") or {"ja": "", "en": ""}
            item["hint"] = {
                lang: "\n".join(text for text in (before[lang], label[lang]) if text) for lang in ("ja", "en")
            }

    def _condition(self, number: int, row: dict[str, Any], column: str) -> str:
        text = self.survey.cell(row, column)
        if text and (piece := condition_fault(text)):
            self.wrong("survey", number, "condition", column=self.survey.head(row, column), piece=piece)
        return text

    def _check_conditions(self) -> None:
        for item, number in zip(self.items, self.rows, strict=True):
            for name in ("when", "mustWhen"):
                unknown = unknown_names(item.get(name, ""), self.items)
                for one in sorted(unknown):
                    self.wrong("survey", number, "condition_name", name=one)

    def _default(self, number: int, text: str, part: str, choices: list[dict[str, Any]] | None) -> Any:
        fits = {
            "n": NUMBER.fullmatch(text) is not None,
            "d": is_date(text),
            "t": len(text) <= LONGEST_TEXT and "${" not in text and not re.search(r"[A-Za-z]\(", text),
            "b": text in YES_NO,
            "c": text in {one["id"] for one in choices or []},
        }
        if not fits.get(part):
            self.wrong("survey", number, "default", text=text[:40])
            return ""
        return int(text) if part == "n" else text

    def _part(self, number: int, fields: str) -> tuple[str | None, list[dict[str, Any]] | None]:
        """(part, choices); part is "" for a note, None when the type has no place here."""
        kind, _, list_name = fields.rpartition(" ")
        if kind.lower().replace("_", " ") in select_types():
            return self._choice(number, list_name)
        part = plain_types().get(fields.lower())
        if part is None:
            self.wrong("survey", number, "type", type=fields[:40] or "–")
        return part, None

    def _choice(self, number: int, list_name: str) -> tuple[str | None, list[dict[str, Any]] | None]:
        choices = self.lists.get(list_name)
        if choices is None:
            self.wrong("survey", number, "list", name=list_name[:40])
            return None, None
        plain = all(
            one[lang].lower() in PLAIN_WORDS.get(one["id"], ()) and not one.get("urgent")
            for one in choices
            for lang in ("ja", "en")
        )
        if plain and [one["id"] for one in choices] in ([*YES_NO[:2]], [*YES_NO]):
            return "b", None
        return "c", choices

    def _phase(self) -> str:
        return next((name for name, _ in reversed(self.groups) if name in PHASES), "during")


def unknown_names(condition: str, items: list[dict[str, Any]]) -> set[str]:
    """Questions a condition looks at that are none of these, or that hold nothing it could look at."""
    from sync.conditions import names_in, parse

    try:
        names = names_in(parse(condition)) if condition else set()
    except SyncError:
        return set()
    known = {item["id"] for item in items if item["parts"]}
    known |= {f"{item['id']}_{part}" for item in items for part in item["parts"]}
    return names - known


def plain_types() -> dict[str, str]:
    """Every type of XLSForm's that is a text, a whole number, a day, a tick or a note, and nothing more."""
    parts = {"string": "t", "int": "n", "date": "d"}
    found = {}
    for name, definition in question_types().items():
        control, bind = definition.get("control", {}), definition.get("bind", {})
        if (
            control.get("tag") == "input"
            and bind.get("type") in parts
            and not {"constraint", "jr:preload"} & bind.keys()
        ):
            found[name.lower()] = "" if bind.get("readonly") else parts[bind["type"]]
        elif control.get("tag") == "trigger" and "acknowledge" in name:
            found[name.lower()] = "b"
    return {name: part for name, part in found.items() if "external" not in name}


def left_out_types() -> set[str]:
    """What a form notes of the phone and the hour: the record has its own."""
    return {
        name.lower()
        for name, left_out_types in question_types().items()
        if not left_out_types.get("control")
        and ("jr:preload" in left_out_types.get("bind", {}) or name == "audit")
    }


def select_types() -> set[str]:
    """How XLSForm spells "one of a list"."""
    from pyxform import aliases, constants

    return {
        name.lower().replace("_", " ")
        for name, select_types in aliases.select.items()
        if select_types == constants.SELECT_ONE and "file" not in name
    }


def question_types() -> dict[str, dict[str, Any]]:
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    return dict(QUESTION_TYPE_DICT)


def read_workbook(content: bytes) -> tuple[dict[str, Any] | None, list[Problem], list[str]]:
    """(the checklist, or None; what is wrong, by sheet and row; what was left out because we have our own).

    Raises DeskError file_too_big, file_unreadable.
    """
    if len(content) > LARGEST_FILE:
        raise DeskError("file_too_big")
    check_workbook(content, MOST_MEMBERS, MOST_UNPACKED, MOST_ELEMENTS)
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import get_xlsform

    try:
        workbook = get_xlsform(io.BytesIO(content), ".xlsx")
        survey, choices, settings = (
            list(rows or []) for rows in (workbook.survey, workbook.choices, workbook.settings)
        )
        others = [name for name in ("external_choices", "entities", "osm") if getattr(workbook, name)]
    except PyXFormError as error:
        raise DeskError("file_unreadable", str(error)[:200]) from None
    except MemoryError:  # the bounds of the process that reads it
        raise
    except Exception as error:  # noqa: BLE001 - a crafted workbook may break the reader anywhere
        raise DeskError("file_unreadable", type(error).__name__) from None
    if not survey or len(survey) > MOST_ROWS or len(choices) > MOST_ROWS:
        return None, [("survey", 1, "no_survey", {})], []
    reading = Import(survey, choices, settings)
    for name in others:
        reading.wrong(name, 1, "sheet", name=name)
    body = reading.read()
    problems = sorted(reading.problems, key=lambda one: (one[0], one[1]))
    return (None if problems else body), problems, list(dict.fromkeys(reading.without))


def _plain(value: object) -> str:
    return " ".join(str("" if value is None else value).split())


def _lines(value: object) -> str:
    """A longer text, with its paragraphs."""
    return "\n".join(
        line for line in (_plain(one) for one in str("" if value is None else value).splitlines()) if line
    )


def _language(spelled: str) -> str:
    """ja, en, or "" for another one."""
    return "ja" if JAPANESE.search(spelled) else "en" if ENGLISH.search(spelled) else ""
