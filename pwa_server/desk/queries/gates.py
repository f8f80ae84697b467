"""Acts that tell another body of a household: one function decides, every door asks it (domain.md 2.1, 2.2).

A multi-agency conference, and a case given to somebody outside the entrusted work, need the person's own consent to
sharing, for this recipient and without a bound on what is told. A support conference needs members who acknowledged
secrecy, and no consent; who sits in one may be given the case.
"""

from typing import Any

from ..core.errors import DeskError
from ..models.conferences import Meeting
from ..models.office_and_cases import CaseFile, Conference, Consent, Member, Staff
from .access import is_member

# Roles outside the entrusted work (article 106-4): they learn of a household only with a ground of their own.
OTHER_BODIES = ("agency", "commissioner")
EVERYBODY = ("関係機関", "agencies", "organisations")
MEETING = (*EVERYBODY, "会議", "conference", "meeting")
BOUNDED = ("のみ", "だけ", "に限", "only")
OF_THE_PERSON = ("本人", "後見人", "代理人", "person", "guardian", "representative")


def why_not(
    act: str,
    case: str,
    *,
    members: Any = (),
    to: str | None = None,
    role: str | None = None,
    reason: str = "",
) -> str | None:
    """The code of what is missing, or None: the act may be done.

    `act`: assign, plan, or meet_ or hold_ with support or multi_agency. `role`: one that `to` is about to have.
    `reason`: why a plan is made before the person agreed to one.
    """
    if act in ("meet_support", "meet_multi_agency"):
        return None if act == "meet_support" or consents(case, MEETING) else "consent_missing"
    if act in ("hold_support", "hold_multi_agency"):
        if not any(one.get("staff") and one.get("acknowledgedOn") for one in members):
            return "members_missing"
        return None if act == "hold_support" or consents(case, MEETING) else "consent_missing"
    if act == "plan":
        return None if reason.strip() or consents(case, MEETING) else "plan_reason_missing"
    if act != "assign":
        raise DeskError("malformed", act)
    person = Staff.get_or_none(Staff.id == to)
    if (
        person is None
        or (role or person.role) not in OTHER_BODIES
        or is_member(person.id, case, kind="support")
    ):
        return None
    return None if consents(case, (*EVERYBODY, person.name)) else "consent_for_body_missing"


def pass_gate(
    act: str,
    case: str,
    *,
    members: Any = (),
    to: str | None = None,
    role: str | None = None,
    reason: str = "",
) -> None:
    """Raise DeskError with what is missing and the case's number, unless nothing is."""
    code = why_not(act, case, members=members, to=to, role=role, reason=reason)
    if code is not None:
        row = CaseFile.get_or_none(CaseFile.id == case)
        raise DeskError(code, "" if row is None else row.no)


def consents(case: str, recipients: tuple[str, ...]) -> bool:
    """Whether the person agreed to sharing with one of these, and what stands of it has no bound.

    A case whose consent was only noted when it was opened has no line in the ledger: then that counts.
    """
    row = CaseFile.get_or_none(CaseFile.id == case)
    if row is None or row.consent != "given":
        return False
    lines = list(Consent.select().where((Consent.case == case) & (Consent.purpose == "sharing")))
    return not lines or any(_covers(one, recipients) for one in lines)


def _covers(line: Any, recipients: tuple[str, ...]) -> bool:
    if line.status != "given" or line.withdrawn_on or line.method == "by_family" or not _own(line):
        return False
    if any(word in line.scope.casefold() for word in BOUNDED):
        return False
    told = line.recipient.casefold()
    return not told or any(word.casefold() in told for word in recipients)


def _own(line: Any) -> bool:
    """Whether the person said it: nobody is named, or they, or who stands for them by law."""
    by = line.given_by.casefold().strip()
    if not by or any(word in by for word in OF_THE_PERSON):
        return True
    person = Member.get_or_none((Member.case == line.case) & Member.is_index)
    return person is not None and by == person.label.casefold()


def planned_of(case: str, kind: str) -> Any:
    """The planned conference of this kind, if there is one that has no page of its own (`conferences`)."""
    return Conference.get_or_none(
        (Conference.case == case)
        & (Conference.kind == kind)
        & (Conference.status == "planned")
        & Conference.meeting.not_in(Meeting.select(Meeting.id))
    )
