"""統計: the table of domain 9.1, and contacts by the day they happened. No totals per worker, groups under 5 hidden."""

from typing import Any

from flask import Blueprint, g, render_template

from ..access import may
from ..faults import DeskError
from ..model import CaseFile, Visit
from ..sign_in import me
from .books import triage_class
from .cases import last_stage
from .words import as_date

pages = Blueprint("statistics", __name__)
KINDS = ("multi_agency", "support")
CLASSES = ("A", "B", "C")
SMALLEST_GROUP = 5
GROUPS = ((0, 1), (2, 2), (3, 3), (4, 4), (5, 7))
CHANNELS = ("visit", "accompaniment", "outside", "phone", "letter", "left_note", "agency_call")


@pages.get("/statistics")
def page() -> Any:
    if not may(me(), "see", "statistics"):
        raise DeskError("not_allowed")
    return render_template("desk/statistics.html", table=triage_table(), months=months(), spread=spread())


def triage_table() -> dict[str, Any]:
    """Cases by class and by the kind of their conference. The letters are worked out, never stored."""
    cells = {letter: {"total": 0, "none": 0, **dict.fromkeys(KINDS, 0)} for letter in CLASSES}
    undecided = 0
    for row in CaseFile.select():
        letter = triage_class(row)
        if not letter:
            undecided += 1
            continue
        cells[letter]["total"] += 1
        kind = row.conference_kind if letter != "C" and row.conference_kind in KINDS else "none"
        cells[letter][kind] += 1
    names = ("total", *KINDS, "none")
    return {
        "cells": cells,
        "sum": {name: sum(cells[one][name] for one in CLASSES) for name in names},
        "undecided": undecided,
    }


def months() -> dict[str, Any]:
    """Contacts by channel in the last six months that have any, by the day they happened."""
    counted: dict[str, dict[str, int]] = {}
    for visit in Visit.select(Visit.occurred_at, Visit.channel, Visit.outcome):
        month = as_date(visit.occurred_at).strftime("%Y-%m")
        cell = counted.setdefault(month, {})
        cell[visit.channel] = cell.get(visit.channel, 0) + 1
        if visit.channel == "visit" and visit.outcome == "met_person":
            cell["met"] = cell.get("met", 0) + 1
    names = sorted(counted)[-6:]
    return {"names": names, "cells": counted, "channels": CHANNELS}


def spread() -> dict[str, Any]:
    """How many persons stand where, in groups that give nobody away."""
    stages = [staged.stage for row in CaseFile.select() if (staged := last_stage(row.id))]
    rows = []
    for low, high in GROUPS:
        count = sum(low <= stage <= high for stage in stages)
        names = g.words.t("desk.comma").join(g.words.term("stage", one) for one in range(low, high + 1))
        span = str(low) if low == high else f"{low}–{high}"
        label = g.words.t("desk.statistics.stages", range=span, names=names)
        rows.append({"label": label, "count": count if count >= SMALLEST_GROUP else None})
    return {"rows": rows, "people": len(stages), "most": max([row["count"] or 0 for row in rows] or [0])}
