"""Acts that tell another body of a household: one function decides, every door asks it (domain.md 2.1, 2.2).

A multi-agency conference, and a case given to somebody outside the entrusted work, need the person's own consent to
sharing, for this recipient, as far as what is told, and not over (`TELLS`, `consent.agreed`). A support conference
needs members who acknowledged secrecy, and no consent; who sits in one may be given the case. A hand-over to another
section needs consent to what it tells, a law with its reason, or names nobody (`handover_missing`). A host of a
place to take part in needs consent to participation, and is told only the lines the person said may be told.
"""

from datetime import date
from typing import Any

from sync.events import LAWS

from ..core.errors import DeskError
from ..models.conferences import Meeting
from ..models.handovers import LAW, UNNAMED
from ..models.households import AGENCIES, BODY, HOST, PROFILE, STAFF
from ..models.office_and_cases import CaseFile, Conference, Member, Staff
from ..projections.alike import digits, folded
from .access import is_member
from .consent import Telling, agreed, scopes_of_role

# Roles outside the entrusted work (article 106-4): they learn of a household only with a ground of their own.
OTHER_BODIES = ("agency", "commissioner")
DIGITS = 6  # so many in a row are somebody's number
TO_CONFERENCE = frozenset({AGENCIES, "conference"})
# What each act tells. The scopes of `assign` are those of the role the case is given to.
TELLS = {
    "meet_multi_agency": Telling(
        "sharing", TO_CONFERENCE, frozenset({"household", "needs", "health", "contacts"})
    ),
    "plan": Telling("sharing", TO_CONFERENCE, frozenset({"needs", "plan"})),
}
TELLS["hold_multi_agency"] = TELLS["meet_multi_agency"]
TELLS["print"] = TELLS["meet_multi_agency"]  # the same sheet, in somebody's hand
TELLS["host"] = Telling("participation", frozenset({HOST}), frozenset({PROFILE}))


def why_not(
    act: str,
    case: str,
    today: date,
    *,
    members: Any = (),
    to: str | None = None,
    role: str | None = None,
    reason: str = "",
) -> str | None:
    """The code of what is missing, or None: the act may be done.

    `act`: assign, plan, print, host, or meet_ or hold_ with support or multi_agency. `role`: one that `to` is to have.
    `reason`: why a plan is made before the person agreed to one. `today`: in Japan; a consent ends with its last day.
    """
    if act in ("meet_support", "meet_multi_agency"):
        return None if act == "meet_support" or agreed(case, TELLS[act], today) else "consent_missing"
    if act in ("hold_support", "hold_multi_agency"):
        if not any(one.get("staff") and one.get("acknowledgedOn") for one in members):
            return "members_missing"
        return None if act == "hold_support" or agreed(case, TELLS[act], today) else "consent_missing"
    if act == "plan":
        return None if reason.strip() or agreed(case, TELLS[act], today) else "plan_reason_missing"
    if act in ("print", "host"):
        return None if agreed(case, TELLS[act], today) else f"{act}_consent_missing"
    if act != "assign":
        raise DeskError("malformed", act)
    person = Staff.get_or_none(Staff.id == to)
    if person is None or is_member(person.id, case, kind="support"):
        return None
    why_not = telling_to(person.id, role or person.role)
    return None if why_not is None or agreed(case, why_not, today) else "consent_for_body_missing"


def telling_to(staff: str, role: str) -> Telling | None:
    """What a case given to this person tells; None when they belong to the entrusted work."""
    if role not in OTHER_BODIES:
        return None
    return Telling("sharing", frozenset({AGENCIES, f"{STAFF}{staff}"}), scopes_of_role(role))


def handover_missing(case: str, values: Any, today: date) -> str | None:
    """What a hand-over lacks, or None. `values`: a row of it, or anything with its fields.

    Asked when it is written, and again whenever its receiver looks: a withdrawal closes what was sent before.
    """
    if values.ground == LAW:
        return None if values.law in LAWS and values.reason.strip() else "law_reason_missing"
    if values.ground == UNNAMED:
        names = values.contact or names_somebody(case, f"{values.text}\n{values.reason}")
        return "names_person" if names else None
    wanted = telling_to_body(values.to, values.receiver, frozenset(values.told))
    return None if wanted.scopes and agreed(case, wanted, today) else "consent_for_body_missing"


def telling_to_body(to: str, receiver: str | None, scopes: frozenset[str]) -> Telling:
    """What is told to a section or agency, by its name, or to somebody of it who has an account here."""
    names = {AGENCIES, f"{BODY}{to}", *([f"{STAFF}{receiver}"] if receiver else [])}
    return Telling("sharing", frozenset(names), scopes)


def names_somebody(case: str, text: str) -> bool:
    """Whether a text holds a name, an address or a telephone number of the household."""
    inside, numbers = folded(text), digits(text)
    row = CaseFile.get_or_none(CaseFile.id == case)
    words, telephones = [row.kana] if row else [], []
    for one in Member.select().where(Member.case == case):
        words += [*one.name.split(), *one.reading.split(), one.address]
        telephones.append(digits(one.telephone))
    known = [folded(word) for word in words]
    return any(len(word) > 1 and word in inside for word in known) or any(
        len(one) >= DIGITS and one in numbers for one in telephones
    )


def pass_referral(case: Any, consultation: Any, text: str) -> None:
    """What is asked of whoever referred a household names nobody: they know it by their own name for it.

    Raises DeskError names_person.
    """
    values = consultation.told_contact
    words = [folded(word) for name in ("name", "reading") for word in str(values.get(name) or "").split()]
    number = digits(str(values.get("telephone") or ""))
    inside = any(len(word) > 1 and word in folded(text) for word in words)
    if (
        inside
        or (len(number) >= DIGITS and number in digits(text))
        or (case and names_somebody(case.id, text))
    ):
        raise DeskError("names_person")


def pass_handover(case: str, values: Any, today: date) -> None:
    """Raise DeskError with what it lacks, unless nothing is missing."""
    code = handover_missing(case, values, today)
    if code is not None:
        raise DeskError(code)


def pass_gate(
    act: str,
    case: str,
    today: date,
    *,
    members: Any = (),
    to: str | None = None,
    role: str | None = None,
    reason: str = "",
) -> None:
    """Raise DeskError with what is missing and the case's number, unless nothing is."""
    code = why_not(act, case, today, members=members, to=to, role=role, reason=reason)
    if code is not None:
        row = CaseFile.get_or_none(CaseFile.id == case)
        raise DeskError(code, "" if row is None else row.no)


def planned_of(case: str, kind: str) -> Any:
    """The planned conference of this kind, if there is one that has no page of its own (`conferences`)."""
    return Conference.get_or_none(
        (Conference.case == case)
        & (Conference.kind == kind)
        & (Conference.status == "planned")
        & Conference.meeting.not_in(Meeting.select(Meeting.id))
    )
