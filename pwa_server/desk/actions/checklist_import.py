"""Reads a checklist out of an XLSForm workbook. Whatever does not fit is named by sheet and row; nothing is guessed.

The file may be anything: its size is bounded before it is opened, and what it unpacks to as well; and it is read in a
process of its own (confined.py), never in the desk's.
Groups named before, during, after give the phase; `X_t`, `X_n`, `X_d` after question X add a part to it.
"""

import io
import re
import zipfile
from typing import Any

from ..core.errors import DeskError
from ..queries.checklist_rules import IDS, LONGEST_INTRO, MOST_CHOICES, MOST_ITEMS, PHASES, both, faults_of

LARGEST_FILE = 900_000
MOST_UNPACKED, MOST_MEMBERS, MOST_ROWS = 20_000_000, 300, 2000
KINDS = {"text": "t", "integer": "n", "date": "d", "acknowledge": "b"}
LEFT_OUT = {
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "audit",
}  # what ODK notes of itself; we have our own
YES_NO = {"yes", "no", "na"}
ADDED = re.compile(r"(.+)_([tnd])")

Problem = tuple[str, int, str, dict[str, Any]]  # sheet, row, key of its text, slots


class Import:
    """One workbook being read: items so far, and what is wrong with it."""

    def __init__(
        self, survey: list[dict[str, Any]], choices: list[dict[str, Any]], settings: dict[str, Any]
    ) -> None:
        self.survey, self.settings = survey, settings
        self.problems: list[Problem] = []
        self.items: list[dict[str, Any]] = []
        self.groups: list[str] = []
        self.lists = self._lists(choices)

    def wrong(self, sheet: str, row: int, key: str, **slots: Any) -> None:
        self.problems.append((sheet, row, key, slots))

    def _lists(self, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for number, row in enumerate(rows, start=2):
            name, id_ = _plain(row.get("list_name") or row.get("list name")), _plain(row.get("name"))
            if not row:
                continue
            label = _label(row)
            if not name or not IDS.fullmatch(id_) or not label["ja"]:
                self.wrong("choices", number, "choice_row")
            elif len(found.setdefault(name, [])) >= MOST_CHOICES:
                self.wrong("choices", number, "choices_many", most=MOST_CHOICES)
            else:
                urgent = {"urgent": True} if _plain(row.get("urgent")).lower() in ("yes", "true", "1") else {}
                found[name].append({"id": id_, **label, **urgent})
        return found

    def read(self) -> dict[str, Any]:
        for number, row in enumerate(self.survey, start=2):
            if row:
                self._row(number, row)
        title = self.settings.get("form_title", "")
        body = {
            "title": both(title, self.settings.get("form_title::English (en)") or title),
            "intro": both(
                self.settings.get("intro"), self.settings.get("intro::English (en)"), LONGEST_INTRO
            ),
            "items": self.items,
        }
        if not self.problems:
            for key, slots in faults_of(body):
                self.wrong("survey", slots.pop("n", 1) + 1, key, **slots)
        return body

    def _row(self, number: int, row: dict[str, Any]) -> None:
        kind, _, list_name = _plain(row.get("type")).partition(" ")
        kind = kind.replace("-", "_").lower()
        if kind in ("begin_group", "begin") and list_name in ("", "group"):
            self.groups.append(_plain(row.get("name")).lower())
        elif kind in ("end_group", "end") and (kind == "end_group" or list_name == "group"):
            if self.groups:
                self.groups.pop()
        elif kind in LEFT_OUT and not list_name:
            return
        else:
            self._question(number, row, kind, list_name.strip())

    def _question(self, number: int, row: dict[str, Any], kind: str, list_name: str) -> None:
        id_, label = _plain(row.get("name")), _label(row)
        for column in (
            "relevant",
            "constraint",
            "calculation",
            "choice_filter",
            "repeat_count",
            "appearance",
        ):
            if row.get(column):
                self.wrong("survey", number, "column", column=column)
        part = self._part(number, kind, list_name)
        if not part:
            return
        added = ADDED.fullmatch(id_)
        if added and self.items and self.items[-1]["id"] == added[1] and part == added[2]:
            self.items[-1]["parts"].append(part)
            return
        if not IDS.fullmatch(id_):
            self.wrong("survey", number, "name", name=id_[:40])
        if not label["ja"]:
            self.wrong("survey", number, "label")
        if len(self.items) >= MOST_ITEMS:
            self.wrong("survey", number, "many_items", most=MOST_ITEMS)
            return
        must = _plain(row.get("required")).lower() in ("yes", "true", "true()", "1")
        item: dict[str, Any] = {
            "id": id_,
            "phase": self._phase(),
            "must": must,
            "parts": [part],
            "text": label,
        }
        if part == "c":
            item["choices"] = self.lists[list_name]
        self.items.append(item)

    def _part(self, number: int, kind: str, list_name: str) -> str:
        if kind == "select_one":
            if list_name not in self.lists:
                self.wrong("survey", number, "list", name=list_name[:40])
                return ""
            ids = {one["id"] for one in self.lists[list_name]}
            return "b" if {"yes", "no"} <= ids <= YES_NO else "c"
        if kind not in KINDS:
            self.wrong("survey", number, "type", type=kind[:40] or "–")
        return KINDS.get(kind, "")

    def _phase(self) -> str:
        return next((name for name in reversed(self.groups) if name in PHASES), "during")


def read_workbook(content: bytes) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The checklist, or None and what is wrong, by sheet and row. Raises DeskError file_too_big, file_unreadable."""
    _check_file(content)
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import get_xlsform

    try:
        told = get_xlsform(io.BytesIO(content), ".xlsx")
        survey, choices = list(told.survey or []), list(told.choices or [])
    except PyXFormError as error:
        raise DeskError("file_unreadable", str(error)[:200]) from None
    except MemoryError:  # the bounds of the process that reads it
        raise
    except Exception as error:  # noqa: BLE001 - a crafted workbook may break the reader anywhere
        raise DeskError("file_unreadable", type(error).__name__) from None
    if not survey or len(survey) > MOST_ROWS or len(choices) > MOST_ROWS:
        return None, [("survey", 1, "no_survey", {})]
    settings = (told.settings or [{}])[0]
    reading = Import(survey, choices, {key: str(value) for key, value in settings.items()})
    body = reading.read()
    return (None if reading.problems else body), sorted(reading.problems, key=lambda one: (one[0], one[1]))


def _check_file(content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise DeskError("file_too_big")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            members = parts.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DeskError("file_unreadable", "not a workbook") from None
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_UNPACKED:
        raise DeskError("file_too_big")


def _plain(value: object) -> str:
    return " ".join(str(value or "").split())


def _label(row: dict[str, Any]) -> dict[str, str]:
    """`label`, `label::Japanese (ja)`, `label::English (en)` in any spelling of the languages."""
    found = {"ja": "", "en": ""}
    for column, value in row.items():
        head, _, language = str(column).partition("::")
        if head.strip().lower() != "label":
            continue
        spelled = language.lower()
        lang = "en" if "(en)" in spelled or "english" in spelled else "ja"
        found[lang] = found[lang] or _plain(value)
    return both(found["ja"], found["en"])
