"""What every page has around it: language, rail with counts, sign of life, the sentence about what happened."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Flask, g, request, url_for
from flask_login import current_user

from pwa_server.dates import local

from ...accounts.page_state import Choice
from ...accounts.staff import SESSION_IDLE
from ...core.clock import read_stamp
from ...exchange.sync_round import status
from ...models.office_and_cases import BackupRun, Office
from ...queries.access import may, sees_all, ties
from ...queries.paper_headings import own_headings
from ...queries.triage import DECISIONS
from . import absent, counts
from .emergency_notices import unnoticed
from .guards import csrf_token, named
from .once import new_mark
from .said import Undo as Undo
from .said import pass_on, said
from .said import say as say
from .session import is_secure, me, the_desk
from .words import Words

LANG_COOKIE = "sotto_lang"
SHEETS = [
    f"css/{name}.css"
    for name in (
        "desk/order",
        "tokens",
        "desk/fallback",
        "desk/base",
        "desk/layout",
        "desk/rail",
        "desk/panel",
        "desk/table",
        "desk/controls",
        "desk/record",
        "desk/plan",
        "desk/figures",
        "desk/gatehouse",
        "desk/print",
        "desk/sheet",
        "desk/intake",
        "desk/taking_part",
        "desk/stacked",
    )
]
SCRIPTS = ["js/desk/desk.js", "js/desk/print.js"]
# what a template may call by its bare name
SPOKEN = ("t", "term", "day", "short", "bare", "middle", "when", "stamp", "clock", "span", "era", "now")
# group, endpoint, key of its text, letter after `g`, class of data one must see, count
RAIL: tuple[tuple[str, tuple[tuple[str, str, str, str, Callable[[], int] | None], ...]], ...] = (
    (
        "daily",
        (
            ("referrals.page", "referrals", "", "referrals", None),
            ("section.page", "section", "", "section", counts.to_decide),
            ("today.page", "today", "h", "core", None),
            ("consultations.page", "consultations", "i", "intake", counts.open_consultations),
            ("review.queue", "review", "r", "review", counts.waiting),
            ("cases.page", "cases", "c", "core", None),
            ("followups.page", "followups", "f", "followups", counts.overdue),
            ("accompanying.page", "accompanying", "b", "plan", None),
            ("handovers.page", "handovers", "", "handovers", counts.handovers),
            ("notices.page", "notices", "", "notices", counts.unanswered),
        ),
    ),
    (
        "advance",
        (
            ("triage.page", "triage", "t", "intake", counts.undecided),
            ("meetings.page", "meetings", "m", "conference_support", None),
            ("taking_part.page", "participation", "", "matching", counts.to_ask),
            ("opportunities.page", "places", "", "opportunities", None),
            ("resources.page", "resources", "", "opportunities", None),
            ("issues.page", "issues", "", "community_issues", None),
            ("learnings.page", "learnings", "", "learnings", None),
        ),
    ),
    (
        "support",
        (
            ("held.page", "held", "", "held", counts.held),
            ("statistics.page", "statistics", "s", "statistics", None),
            ("people.page", "people", "p", "people", counts.phones),
            ("organisations.page", "organisations", "", "organisations", None),
            ("checklists.page", "checklists", "", "checklists", None),
            ("requests.page", "requests", "", "requests", None),
            ("years.page", "years", "", "certificates", None),
            ("imports.page", "imports", "", "imports", None),
            ("leaving.page", "leaving", "", "archives", None),
            ("access_log.page", "access_log", "", "access_log", unnoticed),
            ("security.page", "security", "", "security_log", None),
        ),
    ),
)
RECEIVED_LATE = timedelta(hours=1)
BACKUP_LATE = timedelta(hours=36)


def install(app: Flask) -> None:
    @app.before_request
    def choose_language() -> None:
        given = request.cookies.get(named(LANG_COOKIE, is_secure()))
        g.lang = given if given in ("ja", "en") else the_desk().config.lang
        g.words = Words(g.lang, the_desk().clock())

    app.after_request(pass_on)
    app.jinja_env.globals["new_mark"] = new_mark  # macros are imported without a page's own words

    @app.context_processor
    def around() -> dict[str, Any]:
        words: Words = g.words
        shared = {name: getattr(words, name) for name in SPOKEN} | {
            "lang": g.lang,
            "words": words,
            "now_date": words.today.isoformat(),
            "signed": signed,
            "sees": sees,
            "opens": opens,
            "hides": absent.hides,
            "absent": absent.absent,
            "nothing": absent.nothing,
            "heading": heading,
            "what_seen": what_seen,
            "month_name": lambda name: words.month(date.fromisoformat(f"{name}-01")),
            "is_morning": local(words.now).hour < 11,
            "sheets": SHEETS,
            "scripts": SCRIPTS,
            "said": said(),
            "csrf_token": csrf_token(),
            "office": office(),
            "keys_off": False,
            "dense": False,
            "idle_minutes": int(SESSION_IDLE.total_seconds() // 60),
        }
        if current_user.is_authenticated:
            chosen = choices(me().id)
            shared |= {
                "me": me(),
                "rail": rail(words),
                "life": life(words),
                "key_groups": key_groups(words),
                "keys_off": bool(chosen.get("keys_off")),
                "dense": bool(chosen.get("dense")),
            }
        return shared


def heading(form: str) -> str:
    """What the office calls this form on paper."""
    return own_headings().get(form) or str(g.words.t(f"desk.form.{form}"))


def signed(value: int) -> str:
    """A reaction as people write it: +2, 0, −1."""
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def what_seen(what: str) -> str:
    """An entry of the access log in words, without the id it names."""
    words: Words = g.words
    return words.term("desk.what", what.split(" ", 1)[0])


def choices(staff: str) -> dict[str, Any]:
    row = Choice.get_or_none(Choice.staff == staff)
    return {} if row is None else dict(row.value)


def office() -> Any:
    return Office.get_or_none() or Office(name="", lead="", sample=False)


def rail(words: Words) -> list[dict[str, Any]]:
    """What this person may open: what a role may not is absent, not grey. Administrators see no cases."""
    here = request.endpoint or ""
    groups = []
    for group, entries in RAIL:
        shown = [
            {
                "url": url_for(endpoint),
                "label": words.t(f"desk.nav.{key}"),
                "go": go,
                "here": here.split(".")[0] == endpoint.split(".")[0],
                "count": count() if count else 0,
            }
            for endpoint, key, go, data, count in entries
            if endpoint == "today.page" or opens(data)
        ]
        if shown:
            groups.append({"label": words.t(f"desk.nav.{group}"), "entries": shown})
    return groups


def opens(data_class: str) -> bool:
    """Whether the page of this class opens: the queue is for those who review, figures for those who see all,
    referrals for those who send them, the section's for those who decide."""
    if data_class == "review":
        return changes("review")
    if data_class == "intake":
        return sees_all(me(), "core")
    if data_class == "section":
        return changes("plan_decision")
    if data_class == "referrals":
        return may(me(), "change", "referrals", author=me().id) and not sees_all(me(), "referrals")
    if data_class == "security_log":
        return sees_all(me(), "access_log")
    if data_class == "statistics":
        return may(me(), "see", "statistics")
    return sees(data_class)


def sees(data_class: str) -> bool:
    """Whether this page is for this person at all; which records is asked again by the page."""
    return bool(ties(me(), data_class)[0])


def changes(data_class: str, case: str | None = None) -> bool:
    return may(me(), "change", data_class, case)


def life(words: Words) -> dict[str, Any]:
    """When the desk last heard from the relay, and when a backup was last read back."""
    now = the_desk().clock()
    sync = status(the_desk())
    backup = BackupRun.select().where(BackupRun.ok).order_by(BackupRun.at.desc()).first()
    return {
        "received": words.when(sync["at"]) if sync["at"] else words.t("desk.life.never"),
        "received_late": not sync["at"] or now - read_stamp(sync["at"]) > RECEIVED_LATE,
        "backup": words.t("desk.life.read_back", when=words.when(backup.at))
        if backup
        else words.t("desk.life.none_yet"),
        "backup_late": backup is None or now - read_stamp(backup.at) > BACKUP_LATE,
    }


def key_groups(words: Words) -> list[dict[str, Any]]:
    """Every key, for the overlay and for the page of keys."""
    table = {
        "everywhere": [
            (["/"], "find"),
            (["?"], "keys"),
            (["g h"], "today"),
            (["g i"], "consultations"),
            (["g r"], "review"),
            (["g c"], "cases"),
            (["g f"], "followups"),
            (["g p"], "people"),
            (["g s"], "statistics"),
            (["g t"], "triage"),
            (["g m"], "meetings"),
            (["g b"], "accompanying"),
            (["Esc"], "close"),
        ],
        "lists": [(["j", "k"], "move"), (["Enter", "o"], "open"), (["x"], "select"), (["u"], "up")],
        "review": [
            (["a"], "approve"),
            (["r"], "ask"),
            (["f"], "flag"),
            (["e"], "case"),
            (["z"], "undo"),
            (["j", "k"], "next"),
        ],
        "case": [(["c"], "contact"), (["n"], "followup"), (["p"], "print")],
        "triage": [([str(place) for place in range(1, 1 + len(DECISIONS))], "choose")],
    }
    return [
        {
            "label": words.t(f"desk.keys.{group}"),
            "rows": [(keys, words.t(f"desk.keys.{group}.{key}")) for keys, key in rows],
        }
        for group, rows in table.items()
    ]
