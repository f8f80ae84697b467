"""What is worth a second look on a record, as tags. A tag is words; its colour only repeats them."""

from dataclasses import dataclass
from typing import Any

from flask import g
from peewee import fn

from sync.conditions import required

from ...core.tables import among, tuples
from ...models.office_and_cases import Checklist, Visit, VisitFlag, VisitVersion

WITH_CHECKLIST = ("visit", "accompaniment")
FELL_THROUGH = "cancelled_by_household"


@dataclass(frozen=True)
class Tag:
    text: str
    tone: str = ""
    shape: bool = False
    code: str = ""  # what it says, whatever the language


def highlights(visits: list[Any]) -> dict[str, list[Tag]]:
    """Tags by visit id."""
    ids = [visit.id for visit in visits]
    current = [visit.current_version for visit in visits]
    bodies = {row.visit: row.body for row in VisitVersion.select().where(among(VisitVersion.id, current))}
    counted = VisitVersion.select(VisitVersion.visit, fn.COUNT(VisitVersion.id)).where(
        among(VisitVersion.visit, ids)
    )
    sizes = dict(tuples(counted.group_by(VisitVersion.visit)))
    marked = VisitFlag.select(VisitFlag.visit).where(
        among(VisitFlag.visit, ids) & VisitFlag.settled_at.is_null()
    )
    flagged = {row.visit for row in marked}
    lists, fell = checklists(), fallen_through(visits)
    return {
        visit.id: tags_of(
            visit, bodies.get(visit.id, {}), sizes.get(visit.id, 1), visit.id in flagged, lists, fell
        )
        for visit in visits
    }


def checklists() -> dict[tuple[str, int], list[dict[str, Any]]]:
    """The items of each published checklist."""
    return {(row.id, row.version): row.body["items"] for row in Checklist.select()}


def unanswered(
    visit: Any, body: dict[str, Any], lists: dict[tuple[str, int], list[dict[str, Any]]]
) -> int | None:
    """How many ★ items that were asked of its checklist are open; None: a visit to the house without one."""
    given = body.get("checklist")
    if not given:
        return None if visit.channel in WITH_CHECKLIST else 0
    answers = given.get("answers", {})
    items = lists.get((given["id"], given["version"]), [])
    return sum(not answers.get(one) for one in required(items, answers))


def tags_of(
    visit: Any,
    body: dict[str, Any],
    versions: int,
    flagged: bool,
    lists: dict[tuple[str, int], list[dict[str, Any]]],
    fell: dict[str, list[str]],
) -> list[Tag]:
    words, tags = g.words, []
    if visit.urgent:
        tags.append(Tag(words.t("risk.value.urgent"), "urgent"))
        if body.get("riskCall"):
            tags.append(Tag(words.t("desk.tag.handed_over"), "ok"))
    for risk, value in body.get("risk", {}).items():
        if value == "concern":
            tags.append(Tag(words.t("desk.tag.concern", risk=words.term("risk", risk)), "wait"))
    if visit.conflict:
        tags.append(Tag(words.t("desk.tag.two_values"), "wait"))
    if visit.review_status == "answered":
        tags.append(Tag(words.t("desk.tag.answered"), "now"))
    if flagged:
        tags.append(Tag(words.t("desk.tag.flagged"), "open", code="flagged"))
    if versions > 1:
        tags.append(Tag(words.t("desk.tag.corrected", count=versions - 1)))
    left = unanswered(visit, body, lists)
    if left is None:
        tags.append(Tag(words.t("desk.tag.no_checklist"), code="no_checklist"))
    elif left:
        tags.append(Tag(words.t("desk.tag.unanswered", count=left), code="unanswered"))
    if visit.after_hand_over:
        tags.append(Tag(words.t("desk.tag.after_hand_over")))
    if visit.by_hand:
        tags.append(Tag(words.t("desk.tag.by_hand")))
    if visit.outcome == FELL_THROUGH:
        count = sum(at <= visit.occurred_at for at in fell[visit.case])
        tags.append(Tag(words.t("desk.tag.fell_through", count=count)))
    return tags


def fallen_through(visits: list[Any]) -> dict[str, list[str]]:
    """When appointments of these households fell through, by case: the family may be the one who needs help."""
    cases = list({visit.case for visit in visits if visit.outcome == FELL_THROUGH})
    found: dict[str, list[str]] = {case: [] for case in cases}
    when = Visit.select(Visit.case, Visit.occurred_at).where(
        among(Visit.case, cases) & (Visit.outcome == FELL_THROUGH)
    )
    for case, at in tuples(when):
        found[case].append(at)
    return found


def needs_one_by_one(visit: Any) -> bool:
    """Urgent, worrying and two-valued records are approved one by one."""
    return one_by_one(highlights([visit])[visit.id])


def one_by_one(tags: list[Tag]) -> bool:
    return any(tag.tone in ("urgent", "wait") for tag in tags)
