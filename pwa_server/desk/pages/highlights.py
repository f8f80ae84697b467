"""What is worth a second look on a record, as tags. A tag is words; its colour only repeats them."""

from dataclasses import dataclass
from typing import Any

from flask import g

from ..model import Visit, VisitVersion


@dataclass(frozen=True)
class Tag:
    text: str
    tone: str = ""
    shape: bool = False


def highlights(visits: list[Any]) -> dict[str, list[Tag]]:
    """Tags by visit id."""
    return {visit.id: tags_of(visit) for visit in visits}


def tags_of(visit: Any) -> list[Tag]:
    words = g.words
    versions = list(VisitVersion.select().where(VisitVersion.visit == visit.id))
    body: dict[str, Any] = next((row.body for row in versions if row.id == visit.current_version), {})
    tags = []
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
    if len(versions) > 1:
        tags.append(Tag(words.t("desk.tag.corrected", count=len(versions) - 1)))
    if visit.after_hand_over:
        tags.append(Tag(words.t("desk.tag.after_hand_over")))
    if visit.by_hand:
        tags.append(Tag(words.t("desk.tag.by_hand")))
    if visit.outcome == "cancelled_by_household":
        tags.append(Tag(words.t("desk.tag.fell_through", count=fallen_through(visit))))
    return tags


def fallen_through(visit: Any) -> int:
    """How many appointments of this household fell through up to this one: the family may be the one who needs help."""
    return int(
        Visit.select()
        .where(
            (Visit.case == visit.case)
            & (Visit.outcome == "cancelled_by_household")
            & (Visit.occurred_at <= visit.occurred_at)
        )
        .count()
    )


def needs_one_by_one(visit: Any) -> bool:
    """Urgent, worrying and two-valued records are approved one by one."""
    return any(tag.tone in ("urgent", "wait") for tag in tags_of(visit))
