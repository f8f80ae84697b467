"""記録の持ち出し: all records in one archive of open files, written while it is sent; nothing of it stays here."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, stream_with_context, url_for

from ...log.event_log import head
from ...models.office_and_cases import Held
from ...queries import leaving
from ...queries.access import demand
from ...queries.access_log import note_view
from ...queries.excel import is_formula_like
from ..layout.page import say
from ..layout.session import fresh_proof, me, the_desk

pages = Blueprint("leaving", __name__)
ZIP = "application/zip"
PIECE = 1 << 16
GIVEN_UP = timedelta(minutes=5)  # without a piece taken


@dataclass
class Progress:
    """How far the last archive of a person came: tables and folders written, of all there are."""

    began: str
    done: int
    of: int
    touched: datetime
    ended: str = ""
    broken: bool = False  # whoever took it went away

    def is_running(self, now: datetime) -> bool:
        return not self.ended and not self.broken and now - self.touched < GIVEN_UP


PROGRESS: dict[str, Progress] = {}  # by person; a desk is one process


@pages.get("/records")
def page() -> Any:
    demand(me(), "see", "archives")
    counts = {name: table.select().count() for name, table in leaving.TABLES.items()}
    progress = PROGRESS.get(me().id)
    return render_template(
        "desk/leaving.html",
        counts={name: number for name, number in counts.items() if number},
        all_rows=sum(counts.values()),
        left_out=leaving.LEFT_OUT,
        held=Held.select().count(),
        progress=progress,
        runs=progress is not None and progress.is_running(the_desk().clock()),
    )


@pages.post("/records/export")
@fresh_proof
def export() -> Any:
    """One at a time: each keeps a thread of the desk for as long as somebody takes it."""
    demand(me(), "see", "archives")
    desk = the_desk()
    if any(one.is_running(desk.clock()) for one in PROGRESS.values()):
        say("desk.leaving.busy", tone="wrong")
        return redirect(url_for("leaving.page"))
    note_view(desk, me(), "records")
    began = desk.now()
    answer = Response(stream_with_context(_archive(me(), g.words)), mimetype=ZIP)
    answer.headers["Content-Disposition"] = f'attachment; filename="sotto-records-{began[:10]}.zip"'
    return answer


class _Sink(io.RawIOBase):
    """What a ZIP is written into; what came so far is taken out again."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.waiting += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


def _archive(person: Any, words: Any) -> Iterator[bytes]:
    """The pieces of the archive, and how far it came."""
    desk = the_desk()
    progress = PROGRESS[person.id] = Progress(desk.now(), 0, len(leaving.TABLES) + 2, desk.clock())
    try:
        for piece in _pieces(person, words, progress):
            progress.touched = desk.clock()
            yield piece
        progress.ended = desk.now()
    finally:
        progress.broken = not progress.ended


def _pieces(person: Any, words: Any, progress: Progress) -> Iterator[bytes]:
    """What is said of it at the end is true of what was written."""
    sink, first, counts = _Sink(), head(), dict.fromkeys((*leaving.TABLES, "photos", "documents"), 0)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as book:
        for name, table in leaving.TABLES.items():
            with book.open(f"tables/{name}.csv", "w") as to:
                for line in _csv(person, table):
                    to.write(line.encode())
                    if len(sink.waiting) > PIECE:
                        yield sink.take()
            with book.open(f"tables/{name}.jsonl", "w") as to:
                for line in _jsonl(person, table):
                    counts[name] += 1
                    to.write(line.encode())
                    if len(sink.waiting) > PIECE:
                        yield sink.take()
            progress.done += 1
            yield sink.take()
        for folder, files in (("photos", _photos(person)), ("documents", _documents(person))):
            for name, content in files:
                counts[folder] += 1
                book.writestr(f"{folder}/{name}", content)
                yield sink.take()
            progress.done += 1
        book.writestr("README.txt", _readme(person, words, counts, (first, head()), progress.began))
    yield sink.take()


def _csv(person: Any, table: Any) -> Iterator[str]:
    """For people: UTF-8 with a mark, for Excel. A cell that begins like a formula has an apostrophe before it."""
    names = leaving.columns(table)
    yield "\ufeff" + _line(names)
    for row in leaving.rows_of(person, table):
        yield _line([_cell(row[name]) for name in names])


def _line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return int(value)
    return f"'{value}" if isinstance(value, str) and is_formula_like(value) else value


def _jsonl(person: Any, table: Any) -> Iterator[str]:
    """For programs: one row a line, as it is kept."""
    for row in leaving.rows_of(person, table):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _photos(person: Any) -> Iterator[tuple[str, bytes]]:
    for id_, jpeg in leaving.photos(person):
        yield f"{_safe(id_)}.jpg", jpeg


def _documents(person: Any) -> Iterator[tuple[str, bytes]]:
    for id_, name, content in leaving.documents(person):
        yield f"{_safe(id_)}-{_safe(name)}", content


def _safe(name: str) -> str:
    """A name without a path."""
    return "".join(one if one.isalnum() or one in "-_." else "-" for one in name).lstrip(".")[-100:] or "-"


def _readme(person: Any, words: Any, counts: dict[str, int], heads: tuple[int, int], began: str) -> str:
    why = {reason: words.t(f"desk.leaving.why.{reason}") for reason in leaving.LEFT_OUT}
    lines = [
        words.t("desk.leaving.readme.head", who=person.name, when=words.stamp(began)),
        words.t("desk.leaving.readme.files"),
        words.t("desk.leaving.readme.whole" if heads[0] == heads[1] else "desk.leaving.readme.moved"),
        words.t("desk.leaving.readme.hidden", who=person.name),
        *(f"{number:>9}  {name}" for name, number in counts.items()),
        words.t("desk.leaving.left_out"),
        *(f"- {why[reason]} ({', '.join(names)})" for reason, names in leaving.LEFT_OUT.items()),
        words.t("desk.leaving.whole_way"),
    ]
    return "\ufeff" + "\n".join(lines) + "\n"
