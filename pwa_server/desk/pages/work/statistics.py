"""統計・報告: a month by the day things happened, closed and then still; the table of domain 9.1."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from ...actions.figures import close_month
from ...core.errors import DeskError
from ...queries import figures
from ...queries.access import demand, may
from ...queries.access_log import note_view
from ...queries.cases import CLASSES
from ...queries.excel import MEDIA_TYPE, Sheet, file_name, workbook
from ...queries.small_cells import SMALLEST_GROUP, hide_small
from ..layout.forms import Form, Id, sent
from ..layout.lookups import books
from ..layout.page import changes, say
from ..layout.session import fresh_proof, me, the_desk

pages = Blueprint("statistics", __name__)
KINDS = ("multi_agency", "support", "none")
GROUPS = ((0, 1), (2, 2), (3, 3), (4, 4), (5, 7))
MONTHS_SHOWN = 4


@pages.get("/statistics")
def page() -> Any:
    if not may(me(), "see", "statistics"):
        raise DeskError("not_allowed")
    month = asked_month()
    return render_template(
        "desk/statistics.html",
        table=triage_table(),
        report=report(month),
        pills=pills(month),
        spread=spread(),
        groups=figures.GROUPS,
        smallest=SMALLEST_GROUP,
        may_close=changes("statistics"),
        may_export=changes("exports"),
        **books(),
    )


def asked_month() -> str:
    """The month of the address, or this one. Anything else is a page that is not there."""
    month = request.args.get("month") or g.words.today.strftime("%Y-%m")
    try:
        span = figures.month_span(month)
    except ValueError:
        raise DeskError("not_found") from None
    if span.first > g.words.today or span.first.year < 2000:
        raise DeskError("not_found")
    return month


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


def report(month: str) -> dict[str, Any]:
    """The month beside the two before it, what came after its closing, and the fiscal year up to it."""
    span = figures.month_span(month)
    earlier = [before(before(span.first)), before(span.first)]
    names = [day.strftime("%Y-%m") for day in earlier] + [month]
    closing = figures.closed(month)
    late = figures.late(month, closing.at) if closing else []
    year = figures.Span(figures.fiscal_year(span.first).first, span.after)
    return {
        "month": month,
        "names": names,
        "cells": [of_month(name) for name in names],
        "closing": closing,
        "late": [row for row in late if may(me(), "see", "core", row.case)],
        "late_count": len(late),
        "late_figures": figures.late_figures(late),
        "year": figures.count(year),
        "over": span.after <= g.words.today,
        "year_first": year.first,
        "undated": figures.held_without_a_day(),
    }


def of_month(month: str) -> dict[str, int]:
    """As it was closed, or as it stands now: so does a figure that nobody counted yet when the month was closed."""
    closing = figures.closed(month)
    now = figures.count(figures.month_span(month))
    return now if closing is None else now | closing.figures


def triage_table() -> dict[str, Any]:
    """Cases by class and by the kind of their conference. The letters are worked out, never stored."""
    found = figures.triage()
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
    """The month for the city, as Excel: figures alone, small groups of people hidden."""
    demand(me(), "change", "exports")
    month, words = asked_month(), g.words
    note_view(the_desk(), me(), "export")
    made = workbook([month_sheet(report(month), words), triage_sheet(words)])
    answer = Response(made, mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(f"sotto-{month}")}"'
    return answer


def month_sheet(entries: dict[str, Any], words: Any) -> Sheet:
    hidden = words.t("desk.statistics.under_five")
    head = [
        words.t("desk.statistics.indicator"),
        *entries["names"],
        words.t("desk.statistics.after_closing"),
        words.t("desk.statistics.year"),
    ]
    rows: list[list[Any]] = []
    for group, names in figures.GROUPS:
        rows.append([words.t(f"desk.statistics.group.{group}")])
        for name in names:
            line = [
                *(cells[name] for cells in entries["cells"]),
                entries["late_figures"][name],
                entries["year"][name],
            ]
            if name in figures.PEOPLE:
                # A year that is the sum of months would give a hidden month away: then it is withheld too, whatever
                # it is; "under five" stands only where that is so.
                line = [hidden if 0 < one < SMALLEST_GROUP else one for one in line]
                if hidden in line[:-1] and line[-1] != hidden:
                    line[-1] = words.t("desk.statistics.hidden")
            rows.append([words.t(f"desk.statistics.row.{name}"), *line])
    note = [words.t("desk.statistics.under_five_hint"), words.t("desk.statistics.withheld_hint")]
    note.append(words.t("desk.statistics.year_hint", day=words.day(entries["year_first"])))
    return Sheet(entries["month"], head, rows, "\n".join(note))


def triage_sheet(words: Any) -> Sheet:
    table = triage_table()["cells"]
    shown = hide_small([[table[letter][kind] for kind in KINDS] for letter in CLASSES])
    hidden = words.t("desk.statistics.hidden")
    head = [
        words.t("desk.col.class"),
        *(words.t(f"desk.conference.{kind}") for kind in KINDS[:2]),
        words.t("desk.statistics.no_conference"),
        words.t("desk.statistics.sum"),
    ]
    labels = [*CLASSES, words.t("desk.statistics.sum")]
    rows = [
        [label, *(hidden if one is None else one for one in row)]
        for label, row in zip(labels, shown, strict=True)
    ]
    return Sheet(words.t("desk.statistics.triage"), head, rows, words.t("desk.statistics.hidden_hint"))
