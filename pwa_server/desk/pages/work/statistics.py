"""統計・報告: a month by the day things happened, closed and then still; the table of domain 9.1.

Two files: the city hands in every figure as it is (`file_report`); what leaves the city hides small groups (`export`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from ...actions.figures import close_month
from ...core.errors import DeskError
from ...models.key_values import get_state, set_state
from ...models.years import DisposedCase
from ...queries import figures
from ...queries.access import demand, may
from ...queries.access_log import note_view
from ...queries.cases import CLASSES
from ...queries.excel import MEDIA_TYPE, Cell, Sheet, file_name, workbook
from ...queries.figure_sources import BREAKDOWNS, REPORT, Figure
from ...queries.small_cells import SMALLEST_GROUP, Shown, hide_small, with_sums
from ..layout.forms import Form, Id, sent
from ..layout.lookups import books
from ..layout.page import changes, say
from ..layout.session import fresh_proof, me, the_desk

pages = Blueprint("statistics", __name__)
KINDS = ("multi_agency", "support", "none")
GROUPS = ((0, 1), (2, 2), (3, 3), (4, 4), (5, 7))
MONTHS_SHOWN = 4


@dataclass(frozen=True)
class Asked:
    """A month, up to a day of it: its last one, today where it is not over, or the one that was asked for."""

    month: str
    until: date
    partly: bool  # an earlier day was asked for: then it is no closed month


@pages.get("/statistics")
def page() -> Any:
    if not may(me(), "see", "statistics"):
        raise DeskError("not_allowed")
    chosen = asked()
    return render_template(
        "desk/statistics.html",
        table=triage_table(chosen.until),
        report=report(chosen),
        pills=pills(chosen.month),
        spread=spread(),
        groups=REPORT,
        smallest=SMALLEST_GROUP,
        today=g.words.today,
        may_close=changes("statistics"),
        may_export=changes("exports"),
        may_file=changes("filings"),
        **books(),
    )


def asked() -> Asked:
    """Of the address: `on`, a day, or `month`, or this month. Anything else is a page that is not there."""
    today, on = g.words.today, request.args.get("on", "")
    try:
        day = date.fromisoformat(on) if on else None
        month = on[:7] if day else request.args.get("month") or today.strftime("%Y-%m")
        span = figures.month_span(month)
    except ValueError:
        raise DeskError("not_found") from None
    if span.first > today or span.first.year < 2000 or (day and day > today):
        raise DeskError("not_found")
    last = min(span.after - timedelta(days=1), today)
    return Asked(month, day or last, bool(day and day < last))


def pills(chosen: str) -> list[dict[str, Any]]:
    """The last months, the earliest first; and the chosen one where it is older."""
    first, names = g.words.today.replace(day=1), []
    for _ in range(MONTHS_SHOWN):
        names.append(first.strftime("%Y-%m"))
        first = before(first)
    shown = sorted({*names, chosen})
    return [
        {"month": name, "closed": figures.closed(name) is not None, "here": name == chosen} for name in shown
    ]


def before(first: date) -> date:
    return date(first.year - (first.month == 1), 12 if first.month == 1 else first.month - 1, 1)


def report(asked_for: Asked) -> dict[str, Any]:
    """The month beside the two before it, what came after its closing, and the fiscal year up to it."""
    month, span = asked_for.month, figures.month_span(asked_for.month)
    earlier = [before(before(span.first)), before(span.first)]
    names = [day.strftime("%Y-%m") for day in earlier] + [month]
    closing = None if asked_for.partly else figures.closed(month)
    late = figures.late(month, closing.at) if closing else []
    ends = asked_for.until + timedelta(days=1) if asked_for.partly else span.after
    year = figures.Span(figures.fiscal_year(span.first).first, ends)
    here = figures.told(figures.Span(span.first, ends)) if asked_for.partly else of_month(month)
    return {
        "month": month,
        "names": names,
        "cells": [*(of_month(name) for name in names[:-1]), here],
        "closing": closing,
        "late": [one for one in late if may_name(one)],
        "late_count": len(late),
        "late_figures": figures.changed_since(closing) if closing else dict.fromkeys(figures.ROWS, 0),
        "year": figures.told(year),
        "over": span.after <= g.words.today,
        "year_first": year.first,
        "until": asked_for.until,
        "partly": asked_for.partly,
        "broken_down": broken_down(figures.Span(span.first, ends), year),
        "filed": get_state(f"filed {month}"),
        "undated": figures.held_without_a_day(),
        "disposed": DisposedCase.select().exists(),
    }


def broken_down(month: figures.Span, year: figures.Span) -> dict[str, list[tuple[str, str, int, int]]]:
    """Name → (code, key of its words, in the month, in the year), as it stands now; [] where nobody recorded any."""
    found: dict[str, list[tuple[str, str, int, int]]] = {}
    for name, (_, _, words) in BREAKDOWNS.items():
        whole, part = figures.broken_down(name, year), figures.broken_down(name, month) or {}
        found[name] = [(code, words, part.get(code, 0), number) for code, number in (whole or {}).items()]
    return found


def may_name(late: figures.Late) -> bool:
    """Whether this person may read which record it is; how many there are stands beside it for all."""
    return late.case is None or may(me(), "see", "core", late.case)


def of_month(month: str) -> dict[str, int | None]:
    """As it was closed, or as it stands now: so does a figure that nobody counted yet when the month was closed."""
    closing = figures.closed(month)
    now = figures.told(figures.month_span(month))
    return now if closing is None else now | closing.figures


def triage_table(day: date) -> dict[str, Any]:
    """Cases by class and kind of their conference at the end of a day. The letters are worked out, never stored."""
    found = figures.triage() if day >= g.words.today else figures.triage_on(day)
    cells = {letter: {**found[letter], "total": sum(found[letter].values())} for letter in CLASSES}
    names = ("total", *KINDS)
    return {
        "cells": cells,
        "sum": {name: sum(cells[one][name] for one in CLASSES) for name in names},
        "undecided": sum(found[""].values()),
    }


def spread() -> dict[str, Any]:
    """How many persons stand where, in groups that give nobody away."""
    stages, rows, words = figures.spread(), [], g.words
    for low, high in GROUPS:
        number = sum(stages[low : high + 1])
        names = words.t("desk.comma").join(words.term("stage", one) for one in range(low, high + 1))
        span = str(low) if low == high else f"{low}–{high}"
        label = words.t("desk.statistics.stages", range=span, names=names)
        rows.append({"label": label, "count": number if number >= SMALLEST_GROUP else None})
    return {"rows": rows, "people": sum(stages), "most": max([row["count"] or 0 for row in rows] or [0])}


class Closing(Form):
    month: Id = ""


@pages.post("/statistics/close")
@fresh_proof
def close() -> Any:
    """From now on this month's figures stay; what arrives later has its own list."""
    month = sent(Closing).month
    try:
        close_month(the_desk(), me(), month)
    except DeskError as error:
        if error.code != "month_not_over":
            raise
        say("desk.error.month_not_over", tone="wrong")
    else:
        say("desk.said.month_closed")
    return redirect(url_for("statistics.page", month=month))


@pages.post("/statistics/export")
@fresh_proof
def export() -> Any:
    """The year up to this month for whoever is not the city, as Excel: figures alone, small groups of people hidden."""
    demand(me(), "change", "exports")
    return _sent("export", outward_sheet, hidden=True)


@pages.post("/statistics/file")
@fresh_proof
def file_report() -> Any:
    """What the city hands in, whole and exact."""
    demand(me(), "change", "filings")
    desk = the_desk()
    with desk.write():  # for the page; the access log and the security log have it for good
        set_state(f"filed {asked().month}", {"by": me().id, "at": desk.now()})
    return _sent("filing", filed_sheet, hidden=False)


def _sent(what: str, sheet: Callable[[dict[str, Any], Any], Sheet], *, hidden: bool) -> Any:
    chosen, words = asked(), g.words
    note_view(the_desk(), me(), f"{what} {chosen.month}")
    last = figures.month_span(chosen.month).after - timedelta(days=1)
    classes = triage_sheet(min(last, words.today), words, hidden=hidden)
    sheets = [sheet(year_report(chosen.month), words), classes]
    made = workbook(sheets if hidden else [*sheets, breakdown_sheet(chosen.month, words)])
    answer = Response(made, mimetype=MEDIA_TYPE)
    name = file_name(f"sotto-{what}-{chosen.month}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def year_report(month: str) -> dict[str, Any]:
    """The fiscal year month by month up to this one, as closed or as it stands; what came after the closings."""
    span = figures.month_span(month)
    first = figures.fiscal_year(span.first).first
    names = []
    while first <= span.first:
        names.append(first.strftime("%Y-%m"))
        first = figures.next_month(first)
    closings = [one for one in map(figures.closed, names) if one]
    changed = [figures.changed_since(one) for one in closings]
    year = figures.fiscal_year(span.first).first
    return {
        "month": month,
        "names": names,
        "cells": [of_month(name) for name in names],
        "open": [name for name in names if name not in {one.month for one in closings}],
        "changed": {name: sum(one[name] for one in changed) for name in figures.ROWS},
        "year": figures.told(figures.Span(year, span.after)),
        "year_first": year,
    }


def filed_sheet(entries: dict[str, Any], words: Any) -> Sheet:
    """Every figure as it is: the months, what came after they were closed, and the year they add up to."""
    rows = _rows(entries, words, lambda one: _exact(one, entries))
    return _sheet(
        entries, words, rows, words.t("desk.statistics.after_closing"), ["filed_hint", "open_months"]
    )


def outward_sheet(entries: dict[str, Any], words: Any) -> Sheet:
    """Small groups are hidden, and whatever would give them away; the months shown add up to their sum."""
    rows = _rows(entries, words, lambda one: _hidden(one, entries, words))
    return _sheet(
        entries, words, rows, None, ["under_five_hint", "withheld_hint", "outward_hint", "open_months"]
    )


def _exact(one: Figure, entries: dict[str, Any]) -> list[Cell]:
    name = one.name
    return [*(cells[name] for cells in entries["cells"]), entries["changed"][name], entries["year"][name]]


def _hidden(one: Figure, entries: dict[str, Any], words: Any) -> list[Cell]:
    """The months, and their sum; for who is counted once in a year, the year."""
    numbers_told = [cells[one.name] for cells in entries["cells"]]
    numbers = [number or 0 for number in numbers_told]
    total = sum(numbers) if one.adds else entries["year"][one.name]
    line: list[Cell] = [*numbers, total]
    if one.small:
        line = _without_small(line, words)
    if all(number is None for number in numbers_told):
        line[-1] = None
    return [
        None if number is None else cell for number, cell in zip(numbers_told, line, strict=False)
    ] + line[-1:]


def _without_small(line: list[Cell], words: Any) -> list[Cell]:
    """A sum gives a hidden month away, and so does the sum of the next month's copy less that of this one.

    So it is withheld from the first hidden month to the year's end; "under five" stands only where that is so.
    """
    small = words.t("desk.statistics.under_five")
    hidden: list[Cell] = [small if isinstance(one, int) and 0 < one < SMALLEST_GROUP else one for one in line]
    if small in hidden[:-1] and hidden[-1] != small:
        hidden[-1] = words.t("desk.statistics.hidden")
    return hidden


def _rows(entries: dict[str, Any], words: Any, line: Callable[[Figure], list[Cell]]) -> list[list[Cell]]:
    nobody, rows = words.t("desk.statistics.not_recorded"), []
    for group, names in REPORT:
        rows.append([words.t(f"desk.statistics.group.{group}")])
        for one in names:
            cells = [nobody if cell is None else cell for cell in line(one)]
            feeds = words.t(f"desk.statistics.from.{one.name}")
            rows.append([words.t(f"desk.statistics.row.{one.name}"), *cells, feeds])
    return rows


def _sheet(
    entries: dict[str, Any], words: Any, rows: list[list[Cell]], late: str | None, notes: list[str]
) -> Sheet:
    head = [
        words.t("desk.statistics.indicator"),
        *entries["names"],
        *([late] if late else []),
        words.t("desk.statistics.year"),
        words.t("desk.statistics.feeds"),
    ]
    said = {
        "open_months": {
            "months": words.t("desk.comma").join(entries["open"]) or words.t("desk.statistics.none_open")
        }
    }
    lines = [words.t(f"desk.statistics.{name}", **said.get(name, {})) for name in notes]
    if DisposedCase.select().exists():
        lines.append(words.t("desk.statistics.disposed"))
    lines.append(words.t("desk.statistics.year_hint", day=words.day(entries["year_first"])))
    return Sheet(entries["month"], head, rows, "\n".join(lines))


def triage_sheet(day: date, words: Any, *, hidden: bool) -> Sheet:
    table = triage_table(day)["cells"]
    numbers = [[table[letter][kind] for kind in KINDS] for letter in CLASSES]
    shown: Shown = hide_small(numbers) if hidden else [list(row) for row in with_sums(numbers)]
    left_out = words.t("desk.statistics.hidden")
    head = [
        words.t("desk.col.class"),
        *(words.t(f"desk.conference.{kind}") for kind in KINDS[:2]),
        words.t("desk.statistics.no_conference"),
        words.t("desk.statistics.sum"),
    ]
    labels = [*CLASSES, words.t("desk.statistics.sum")]
    rows = [
        [label, *(left_out if one is None else one for one in row)]
        for label, row in zip(labels, shown, strict=True)
    ]
    notes = [words.t("desk.statistics.as_of", day=words.day(day))]
    if hidden:
        notes.append(words.t("desk.statistics.hidden_hint"))
    return Sheet(words.t("desk.statistics.triage"), head, rows, "\n".join(notes))


def breakdown_sheet(month: str, words: Any) -> Sheet:
    """By domain, service and ending: in what the city files alone, for the groups are small."""
    span = figures.month_span(month)
    year = figures.Span(figures.fiscal_year(span.first).first, span.after)
    rows: list[list[Cell]] = []
    for name, entry in broken_down(span, year).items():
        rows.append([words.t(f"desk.statistics.by.{name}")])
        rows += [[code_words(words, group, code), part, whole] for code, group, part, whole in entry]
        if not entry:
            rows.append([words.t("desk.statistics.not_recorded")])
    head = [words.t("desk.statistics.by"), month, words.t("desk.statistics.year")]
    return Sheet(words.t("desk.statistics.by"), head, rows, words.t("desk.statistics.by_hint"))


def code_words(words: Any, group: str, code: str) -> str:
    return str(words.term(group, code) if code else words.t("desk.statistics.no_code"))
