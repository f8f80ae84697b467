"""Everything that happened in a case, in one order: contacts, plans, safety, consent, conferences, papers, people."""

from dataclasses import dataclass
from typing import Any

from flask import g, url_for

from ...models.office_and_cases import (
    Assignment,
    CaseDocument,
    CaseMerge,
    Conference,
    Consent,
    FollowUp,
    PromiseMade,
    SafetyFlag,
)
from ...queries.access import may
from ..layout.lookups import people
from ..layout.session import me
from .consents import told_to


@dataclass(frozen=True)
class Moment:
    at: str  # a date or a time
    kind: str
    text: str
    link: str = ""
    who: str = ""


def moments(case: Any, visits: list[Any]) -> list[Moment]:
    """The latest first."""
    found = [
        Moment(one.occurred_at, "contact", _contact(one), url_for("review.page", visit=one.id), one.staff)
        for one in visits
    ]
    for make in (_plans, _safety, _consents, _papers, _people):
        found += make(case.id)
    found.append(Moment(case.opened_on, "opened", case.referral_org))
    names = people()
    moments = [
        Moment(one.at, one.kind, one.text, one.link, names.get(one.who, one.who)) for one in found if one.at
    ]
    return sorted(moments, key=lambda one: one.at, reverse=True)


def _contact(visit: Any) -> str:
    return f"{g.words.term('channel', visit.channel)}　{g.words.term('outcome', visit.outcome)}"


def _plans(case: str) -> list[Moment]:
    words = g.words
    if not may(me(), "see", "followups", case):
        return []
    found = []
    for one in FollowUp.select().where((FollowUp.case == case) & FollowUp.known):
        text = (
            f"{words.term('followup.kind', one.kind)}　{one.note}　{words.t(f'followup.state.{one.state}')}"
        )
        found.append(Moment(one.at, "followup", text, "#follow", one.staff))
    for row in PromiseMade.select().where((PromiseMade.case == case) & PromiseMade.current):
        found.append(Moment(row.made_on, "promise", row.text, "#promises"))
    return found


def _safety(case: str) -> list[Moment]:
    if not may(me(), "see", "safety", case):
        return []
    rows = SafetyFlag.select().where(SafetyFlag.case == case)
    safety = [(one, one.text if one.active else f"{one.text}（{one.removed_reason}）") for one in rows]
    return [Moment(one.set_on, "safety", text, "#s") for one, text in safety]


def _consents(case: str) -> list[Moment]:
    words, found = g.words, []
    for one in Consent.select().where(Consent.case == case):
        purpose = f"{words.term('desk.consent.purpose', one.purpose)}　{told_to(one)}"
        status = words.term("desk.consent", one.status)
        found.append(Moment(one.on, "consent", f"{purpose}　{status}", "#consent", one.noted_by))
        if one.withdrawn_on:
            found.append(
                Moment(one.withdrawn_on, "withdrawn", f"{purpose}　{one.withdrawn_reason}", "#consent")
            )
    for row in Conference.select().where(Conference.case == case):
        if row.on and row.status != "off":
            text = f"{words.t(f'desk.conference.{row.kind}')}　{words.t(f'desk.conference.{row.status}')}"
            found.append(Moment(row.on, "conference", text))
    return found


def _papers(case: str) -> list[Moment]:
    if not may(me(), "see", "visit_facts", case):
        return []
    rows = CaseDocument.select().where(CaseDocument.case == case)
    return [Moment(one.at, "document", one.title, "#papers", one.by) for one in rows]


def _people(case: str) -> list[Moment]:
    found = []
    for one in Assignment.select().where(Assignment.case == case):
        found.append(Moment(one.from_on, "assigned", "", "", one.staff))
        if one.until_on:
            found.append(Moment(one.until_on, "unassigned", one.reason, "", one.staff))
    for row in CaseMerge.select().where((CaseMerge.target == case) | (CaseMerge.source == case)):
        found.append(Moment(row.at, "merged", row.reason, "", row.by))
    return found
