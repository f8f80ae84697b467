"""Events about a case: its opening, the decision, conferences, safety, who is assigned."""

from typing import Any

from ..core.clock import day_in_japan
from ..log.event_log import Logged
from ..models.consultations import TriageDecision
from ..models.office_and_cases import (
    Assignment,
    CaseFile,
    Conference,
    Member,
    Parentage,
    SafetyFlag,
    Union,
    Visit,
)
from . import bulk

# Who a member is and how they are reached is told after the opening (`member.set`), never by it.
CONTACT_BLANK: dict[str, Any] = {
    "name": "",
    "reading": "",
    "birth_date": None,
    "address": "",
    "telephone": "",
}


def case_opened(event: Logged) -> None:
    body = event.body or {}
    household = body.get("household", {})
    members = household.get("members", [])
    index = next((member["id"] for member in members if member.get("index")), None)
    bulk.no_longer("households", event.case or "")  # it stands as it is told here
    CaseFile.put(
        id=event.case,
        no=body["no"],
        title=body["title"],
        kana=body.get("kana", ""),
        summary=household.get("summary", ""),
        index_member=index,
        consent=body.get("consent", {}).get("status", "unknown"),
        triage_decision="undecided",
        triage_reason="",
        triage_assumed=False,
        triage_review_on=None,
        conference_kind=None,
        conference_status=None,
        opened_on=body.get("intake", {}).get("receivedOn") or day_in_japan(event.at).isoformat(),
        referral_org=body.get("referral", {}).get("agency", ""),
        status="active",
        merged_into=None,
        sample=body.get("sample", False),
        organisation="",
        preferences="",
        worked=[],
        avoid=[],
        issues=body.get("issues", []),
        household=household,
        intake={"intake": body.get("intake", {}), "referral": body.get("referral", {})},
        rev=event.position,
    )
    for member in members:
        bulk.put(
            Member,
            id=member["id"],
            case=event.case,
            label=member["label"],
            role=member.get("role", "unknown"),
            role_certainty=member.get("roleCertainty", ""),
            sex=member.get("sex", "unknown"),
            age_band=member.get("ageBand", "unknown"),
            labels=member.get("labels", []),
            is_index=bool(member.get("index")),
            in_household=member.get("inHousehold", True),
            deceased=bool(member.get("deceased")),
            key_person=bool(member.get("keyPerson")),
            **CONTACT_BLANK,
            merged_into=None,
            position=event.position,
        )
    for line in household.get("parentage", []):
        for parent in line["parents"]:
            bulk.put(
                Parentage,
                id=f"{line['child']} {parent}",
                case=event.case,
                child=line["child"],
                parent=parent,
                kind=line.get("kind", "birth"),
                certainty=line.get("certainty", "unknown"),
            )
    for place, union in enumerate(household.get("unions", [])):
        Union.put(
            id=union.get("union") or f"{event.case} union {place}",
            case=event.case,
            a=union["a"],
            b=union["b"],
            kind=union.get("kind", "unknown"),
            certainty=union.get("certainty", "unknown"),
        )
    settle_conference(event.case)


def triage_decided(event: Logged) -> None:
    body = event.body or {}
    CaseFile.update(
        triage_decision=body["decision"],
        triage_reason=body.get("reason", ""),
        triage_assumed=body.get("assumed", False),
        triage_review_on=body.get("reviewOn"),
        conference_kind=body.get("conferenceKind"),
    ).where(CaseFile.id == event.case).execute()
    bulk.put(
        TriageDecision,
        id=event.id,
        case=event.case,
        decision=body["decision"],
        kind=body.get("conferenceKind"),
        reason=body.get("reason", ""),
        review_on=body.get("reviewOn"),
        by=event.by,
        at=event.at,
        position=event.position,
    )
    settle_conference(event.case)


def conference_set(event: Logged) -> None:
    body = event.body or {}
    Conference.put(
        id=body["conference"],
        case=event.case,
        kind=body["kind"],
        status=body["status"],
        on=body.get("on"),
        meeting=body.get("meeting") or body["conference"],
        entered=event.received_at if body["status"] == "held" else None,
        members=body.get("members", []),
    )
    settle_conference(event.case)


def settle_conference(case: str | None) -> None:
    # A conference that was held stays held, whatever is planned after it (class A, domain.md 1.4).
    if bulk.later("conferences", case or ""):
        return
    rows = list(Conference.select().where(Conference.case == case).order_by(Conference.id))
    standing = [[row for row in rows if row.status == status] for status in ("held", "planned")]
    said = standing[0] or standing[1] or rows
    if said:
        status = said[0].status if any(standing) else None
        CaseFile.update(conference_kind=said[0].kind, conference_status=status).where(
            CaseFile.id == case
        ).execute()


def safety_set(event: Logged) -> None:
    body = event.body or {}
    SafetyFlag.put(
        id=body["flag"],
        case=event.case,
        kind=body["kind"],
        text=body["text"],
        source=body.get("source", ""),
        set_on=body["setOn"],
        review_on=body["reviewOn"],
        active=True,
        removed_reason="",
    )


def safety_removed(event: Logged) -> None:
    body = event.body or {}
    SafetyFlag.update(active=False, removed_reason=body.get("reason", "")).where(
        SafetyFlag.id == body["flag"]
    ).execute()


def case_assigned(event: Logged) -> None:
    body = event.body or {}
    Assignment.put(
        id=event.id,
        case=event.case,
        staff=body["staff"],
        from_on=body["from"],
        until_on=None,
        until_at=None,
        reason="",
        note=body.get("note", ""),
    )
    settle_hand_over(event.case or "")


def case_unassigned(event: Logged) -> None:
    body = event.body or {}
    Assignment.update(
        until_on=day_in_japan(event.at).isoformat(), until_at=event.at, reason=body.get("reason", "")
    ).where(
        (Assignment.case == event.case) & (Assignment.staff == body["staff"]) & Assignment.until_at.is_null()
    ).execute()
    settle_hand_over(event.case or "")


def case_noted(event: Logged) -> None:
    body = event.body or {}
    columns = {name: body[name] for name in ("preferences", "worked", "avoid") if name in body}
    if columns:
        CaseFile.update(**columns).where(CaseFile.id == event.case).execute()


def touch(case: str, position: int) -> None:
    """The case document a phone holds is older than this event."""
    if not bulk.later("cases", case, position):
        CaseFile.update(rev=position).where(CaseFile.id == case).execute()


def touch_many(positions: dict[str, int]) -> None:
    """The same for many cases at once (`rebuild`)."""
    connection = CaseFile._meta.database.connection()
    connection.executemany(
        f'update "{CaseFile._meta.table_name}" set rev = ? where id = ?',  # noqa: S608 - our own names
        [(position, case) for case, position in positions.items()],
    )


def settle_hand_over(case: str) -> None:
    """Mark the visits that reached the office when their writer was no longer assigned."""
    if bulk.later("hand_overs", case):
        return
    assignments = list(Assignment.select().where(Assignment.case == case))
    for visit in Visit.select().where(Visit.case == case):
        late = after_hand_over(visit.device, visit.staff, visit.received_at, assignments)
        if late != visit.after_hand_over:
            Visit.update(after_hand_over=late).where(Visit.id == visit.id).execute()


def after_hand_over(device: str | None, staff: str, received_at: str, assignments: list[Any]) -> bool:
    """Whether this phone's record came when its worker had nothing to do with the case any more."""
    if device is None:
        return False
    theirs = [row for row in assignments if row.staff == staff]
    return not any(row.until_at is None or row.until_at >= received_at for row in theirs)
