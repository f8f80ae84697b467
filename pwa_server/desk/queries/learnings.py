"""What was learned: found by situation and by words, and offered on cases whose situation is alike.

Where a case stands is worked out from what was recorded, each word only for whoever may see what it came from. How
alike two situations are is never a number: two words in common are enough, and which ones is said.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from sync.folding import fold, words_of

from ..models.consultations import Consultation
from ..models.learnings import CODES, FIELDS, SITUATIONS, Learning, LearningAside, LearningTried
from ..models.office_and_cases import Member, Parentage, Union, Visit
from . import free_texts
from .access import Actor, may

IN_COMMON = 2  # words of a situation
MOST_OFFERED = 3
LOOKED_AT = 6  # contacts, the latest
FALLEN_THROUGH = 2  # of those
BROKEN_OFF_DAYS = 60
CHILD_AGES, ADULT_CHILD_AGES = ("child", "10s"), ("30s", "40s", "50s", "60s")
FELL_THROUGH = ("cancelled_by_household", "refused")
TROUBLES = {
    "withdrawal_school": "withdrawn",
    "income": "money",
    "rent_loan": "money",
    "taxes_utilities": "money",
    "debt": "money",
    "food": "money",
    "housing": "home",
    "health_disability": "illness",
    "care": "care",
    "violence_abuse": "violence",
}


SITUATION: Any = (Annotated[list[Literal[CODES]], Field(min_length=1)], ...)  # type: ignore[valid-type]


def read(entries: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """(what an event carries, {field: "missing" | "too_long" | "wrong"})."""
    return free_texts.read(FIELDS, entries, situation=SITUATION)


def texts_of(entries: dict[str, Any]) -> list[str]:
    return [str(entries.get(one.name, "")) for one in FIELDS]


def listed(actor: Actor, situation: list[str], words: str = "") -> list[Any]:
    """Learnings told with every one of these codes that hold every word, the newest first.

    What waits for a second reader is for those who may be one, and for whoever wrote it.
    """
    rows = Learning.select().where(Learning.state != "withdrawn").order_by(Learning.at.desc(), Learning.id)
    wanted = words_of(words)
    return [row for row in rows if _seen(actor, row) and _holds(row, situation, wanted)]


def _seen(actor: Actor, row: Any) -> bool:
    return row.state == "read" or row.by == actor.id or may(actor, "change", "learnings")


def _holds(row: Any, situation: list[str], wanted: list[str]) -> bool:
    if not set(situation) <= set(row.situation):
        return False
    text = fold("\n".join(getattr(row, one.name) for one in FIELDS)) if wanted else ""
    return all(word in text for word in wanted)


def sizes(rows: list[Any]) -> dict[str, int]:
    """code -> how many of these are told with it; codes nobody used are left out."""
    found = {code: sum(code in row.situation for row in rows) for code in CODES}
    return {code: size for code, size in found.items() if size}


def tried(learning: str) -> list[Any]:
    rows = LearningTried.select().where(LearningTried.learning == learning)
    return list(rows.order_by(LearningTried.position.desc()))


def offered(actor: Actor, case: str, today: date) -> list[tuple[Any, list[str]]]:
    """[(learning, codes in common)] for this case, those with the most in common first; none that was set aside."""
    if not may(actor, "see", "learnings"):
        return []
    here = situation_of(actor, case, today)
    if len(here) < IN_COMMON:
        return []
    aside = {row.learning for row in LearningAside.select().where(LearningAside.case == case)}
    found = []
    for row in Learning.select().where(Learning.state == "read").order_by(Learning.at.desc(), Learning.id):
        common = [code for code in CODES if code in here and code in row.situation]
        if len(common) >= IN_COMMON and row.id not in aside:
            found.append((row, common))
    return sorted(found, key=lambda one: -len(one[1]))[:MOST_OFFERED]


def situation_of(actor: Actor, case: str, today: date) -> set[str]:
    """The words a case's situation can be told with, as far as this person may know of it."""
    found: set[str] = set()
    if may(actor, "see", "identity", case):
        found |= _household(case)
    if may(actor, "see", "health", case):
        found |= _troubles(case)
    if may(actor, "see", "visit_facts", case):
        found |= _road(case, today)
    return found


def _household(case: str) -> set[str]:
    here = {
        row.id: row
        for row in Member.select().where(
            (Member.case == case) & Member.in_household & ~Member.deceased & Member.merged_into.is_null()
        )
    }
    ages = {row.age_band for row in here.values()}
    found = {"alone"} if len(here) == 1 else set()
    if ages & set(CHILD_AGES):
        found.add("with_children")
    for row in Parentage.select().where(Parentage.case == case):
        child = here.get(row.child)
        if child and row.parent in here and child.age_band in ADULT_CHILD_AGES:
            found.add("parent_and_adult_child")
    pairs = Union.select().where(Union.case == case)
    if len(here) == 2 and any(row.a in here and row.b in here for row in pairs):
        found.add("couple")
    return found


def _troubles(case: str) -> set[str]:
    rows = Consultation.select().where(Consultation.into == case)
    topics = {topic for row in rows for topic in row.told_health.get("topics") or []}
    return {TROUBLES[topic] for topic in topics if topic in TROUBLES}


def _road(case: str, today: date) -> set[str]:
    """Where the way to the person stands, and what happened on it lately."""
    rows = Visit.select().where(Visit.case == case).order_by(Visit.occurred_at.desc(), Visit.id.desc())
    last = list(rows.limit(LOOKED_AT))
    if not last:
        return set()
    found = set()
    stage = next((row.stage for row in last if row.stage is not None), None)
    if stage is not None:
        found.add("before_meeting" if stage < 4 else "first_meetings" if stage == 4 else "underway")
        if stage >= 6:
            found.add("taking_part")
    if sum(row.outcome in FELL_THROUGH for row in last) >= FALLEN_THROUGH:
        found.add("promises_fall_through")
    if (today - date.fromisoformat(last[0].occurred_at[:10])).days > BROKEN_OFF_DAYS:
        found.add("support_broke_off")
    return found


__all__ = ["SITUATIONS", "listed", "offered", "read", "situation_of", "sizes", "texts_of", "tried"]
