"""One office with a sign of each class of data in every field of that class, and every page of the desk to look for it.

A sign is one rare letter a class: short, so that no drawing or list cuts it. Who may see what is not known here.
"""

import io
import re
import zipfile
from typing import Any

from pwa_server.desk import actions
from pwa_server.desk.actions.act import act
from pwa_server.desk.models.alike import AlikeKey
from pwa_server.desk.models.community import Notice
from pwa_server.desk.models.conferences import (
    AgendaItem,
    AgendaWording,
    Decision,
    InformationRequest,
    Material,
    Meeting,
    Minutes,
    Seat,
)
from pwa_server.desk.models.consultations import COLUMNS, Consultation, TriageDecision
from pwa_server.desk.models.consultations import FIELDS as CONSULTATION_FIELDS
from pwa_server.desk.models.figures import Disclosure
from pwa_server.desk.models.handovers import Handover
from pwa_server.desk.models.imports import Import, ImportedRow
from pwa_server.desk.models.issues import CommunityIssue, IssueEvidence, IssueProposal, IssueStep, IssueTalk
from pwa_server.desk.models.learnings import Learning, LearningAside, LearningTried
from pwa_server.desk.models.office_and_cases import (
    Assignment,
    Begun,
    CaseDocument,
    CaseFile,
    CaseMerge,
    CaseName,
    Comment,
    Conference,
    Consent,
    CoverAsked,
    DeviceRow,
    DocumentFile,
    FollowUp,
    Member,
    Parentage,
    Photo,
    PromiseMade,
    Review,
    SafetyFlag,
    SearchEntry,
    State,
    Tie,
    TwoValues,
    Undone,
    Union,
    Visit,
    VisitFlag,
    VisitVersion,
)
from pwa_server.desk.models.opportunities import HostContact, Opportunity
from pwa_server.desk.models.organisations import Contract, Organisation, Transfer
from pwa_server.desk.models.participation import Match, MatchEntry, MatchPaper, ParticipationProfile
from pwa_server.desk.models.plans import Ball, BallNote, CaseClosing, Monitoring, PlanStep, PlanVersion
from pwa_server.desk.models.referrals import Referral
from pwa_server.desk.models.requests import PersonRequest, RequestPart
from pwa_server.desk.models.resources import Resource
from pwa_server.desk.models.trust import AccessGrant, Incident, IncidentReport
from pwa_server.desk.models.years import Disposal, DisposedCase, Hold
from pwa_server.desk.queries import search
from pwa_server.desk.queries.access import TABLE, VISIT_PARTS
from pwa_server.desk.queries.field_classes import CODED, FIELDS, MIXED
from pwa_server.desk.queries.plan_fields import CLOSING, MONITORING, PLAN

CASE, OTHER_CASE = "demo-050", "demo-051"
LETTERS = (
    "爨麣钃龖齉鸞麤龘鑿鬱鱻靐龗齾鼉鸚籲麌鼇黌龕鬮驫鑾釁躡讖襴纛灕瀰欒攣齇驪靇癵鱹爧黷讟籱鼞齺龥麶鼝饢鸎黰龡齈"
)
assert len(LETTERS) >= len(TABLE), "a new class of data needs a letter of its own"
SIGNS = dict(zip(TABLE, LETTERS, strict=False))
BY = "demo-nishimura"  # who wrote what nobody of the walk wrote

# A row of each table that says something, but for its content. A table that is missing here is a fault of the test.
ROWS: dict[Any, dict[str, Any]] = {
    Handover: {
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "receiver": None,
        "ground": "law",
        "law": "elder_abuse",
        "told": ["needs"],
        "answer_by": "2026-11-10",
        "withdrawn_at": None,
        "answer": "taken",
        "answered_how": "phone",
        "answered_on": "2026-11-05",
        "noted_by": BY,
        "noted_at": "2026-11-05T01:00:00.000Z",
    },
    AlikeKey: {"kind": "case", "thing": CASE, "what": "name", "key": SIGNS["contact"]},
    Member: {
        "role": "parent",
        "role_certainty": "stated",
        "sex": "unknown",
        "age_band": "30s",
        "is_index": True,
        "in_household": True,
        "deceased": False,
        "key_person": False,
        "merged_into": None,
        "position": 1,
    },
    Parentage: {"child": "plant-Member", "parent": "plant-Member-2", "kind": "birth", "certainty": "stated"},
    Union: {"a": "plant-Member", "b": "plant-Member-2", "kind": "married", "certainty": "stated"},
    Tie: {"member": "", "other_kind": "person", "kind": "strong", "direction": "none", "certainty": "stated"},
    SafetyFlag: {"kind": "two_people", "set_on": "2026-11-01", "review_on": "2026-11-25", "active": True},
    Assignment: {"staff": BY, "from_on": "2026-11-01", "until_on": None, "until_at": None},
    FollowUp: {
        "staff": BY,
        "at": "2026-11-20T01:00:00.000Z",
        "had": [],
        "at_by": "x",
        "kind": "visit",
        "with_whom": "us",
        "state": "open",
        "remind": True,
        "known": True,
        "done_by": [],
        "undone": [],
    },
    PromiseMade: {
        "visit": None,
        "due": "2026-12-01",
        "made_on": "2026-11-01",
        "kept": False,
        "current": True,
    },
    Conference: {
        "kind": "support",
        "status": "planned",
        "on": None,
        "meeting": "plant-meeting",
        "members": [],
    },
    Consent: {
        "purpose": "sharing",
        "to": ["agencies"],
        "scopes": ["all"],
        "giver": "person",
        "until": None,
        "method": "oral",
        "status": "given",
        "on": "2026-11-01",
        "noted_by": BY,
        "position": 1,
        "withdrawn_on": None,
    },
    CaseDocument: {
        "kind": "other",
        "type": "application/pdf",
        "size": 4,
        "digest": "0" * 64,
        "by": BY,
        "at": "2026-11-01T01:00:00.000Z",
        "removed_reason": None,
    },
    CaseMerge: {
        "source": "plant-source",
        "target": CASE,
        "by": BY,
        "at": "2026-11-01T01:00:00.000Z",
        "undone": False,
    },
    CaseName: {"position": 1},
    Begun: {"by": BY, "at": "2026-11-01T01:00:00.000Z"},
    Undone: {
        "visit": "plant-none",
        "kind": "withdrawn",
        "moved_to": None,
        "moved_as": None,
        "by": BY,
        "device": None,
        "at": "2026-11-01T01:00:00.000Z",
    },
    TwoValues: {
        "thing": "case",
        "field": "summary",
        "stands_by": BY,
        "other_by": BY,
        "at": "2026-11-01T01:00:00.000Z",
        "decided_by": None,
    },
    AccessGrant: {
        "staff": BY,
        "at": "2026-11-23T01:00:00.000Z",
        "until": "2026-11-24T01:00:00.000Z",
        "noticed_by": None,
        "noticed_at": None,
    },
    DeviceRow: {
        "staff": BY,
        "status": "revoked",
        "sign": "x",
        "seal": "x",
        "enrolled_at": "2026-11-01T01:00:00.000Z",
        "revoked_at": "2026-11-02T01:00:00.000Z",
    },
    Incident: {
        "device": "plant-DeviceRow",
        "staff": BY,
        "kind": "lost",
        "noticed_at": "2026-11-02T01:00:00.000Z",
        "facts": {"cases": [], "people": 1, "lastHeard": None, "unsent": 0, "photos": 0},
        "written_by": BY,
        "written_at": "2026-11-02T01:00:00.000Z",
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    IncidentReport: {
        "incident": "plant-Incident",
        "report": "first",
        "how": "told",
        "on": "2026-11-05",
        "by": BY,
        "at": "2026-11-05T01:00:00.000Z",
    },
    Consultation: {
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "state": "case",
        "into": CASE,
        "notice": None,
        "ending": "other",
        "ended_by": None,
        "ended_at": None,
        "rev": 1,
    },
    Referral: {
        "id": "plant-Consultation",
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "taken_by": BY,
        "taken_at": "2026-11-02T02:00:00.000Z",
        "until": "2026-12-20",
        "asked_by": BY,
        "asked_at": "2026-11-02T02:00:00.000Z",
    },
    TriageDecision: {
        "decision": "undecided",
        "kind": None,
        "review_on": None,
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "position": 1,
    },
    Notice: {
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "named": "no",
        "answer": "known",
        "answered_by": BY,
        "answered_at": "2026-11-02T02:00:00.000Z",
        "withdrawn": False,
    },
    Opportunity: {
        "kind": "salon",
        "district": "",
        **dict.fromkeys(("people", "noise", "gaze", "talk"), 2),
        "shortest": 15,
        "found_on": "2026-11-02",
        "alone": True,
        "anonymous": True,
        "state": "open",
        "verified_until": None,
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    HostContact: {
        "opportunity": "plant-Opportunity",
        "on": "2026-11-02",
        "how": "phone",
        "undone": False,
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "position": 1,
    },
    Import: {"kind": "cases", "by": BY, "at": "2026-11-02T03:00:00.000Z", "rows": 1},
    ImportedRow: {"batch": "plant-none", "number": 2, "opened": "plant-none"},
    Learning: {
        "version": "plant-version",
        "answer": SIGNS["requests"],
        "state": "read",
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "read_by": BY,
        "read_at": "2026-11-02T02:00:00.000Z",
        "situation": ["alone", "money"],
    },
    LearningTried: {
        "issue": ("plant-CommunityIssue",),
        "learning": ("plant-Learning",),
        "by": BY,
        "at": "2026-11-02T03:00:00.000Z",
        "position": 1,
        "fits": True,
    },
    LearningAside: {"learning": "plant-none", "by": BY, "at": "2026-11-02T03:00:00.000Z"},
    CommunityIssue: {
        "state": "noticed",
        "until": None,
        "districts": [],
        "begun_by": BY,
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    IssueStep: {
        "issue": "plant-CommunityIssue",
        "state": "noticed",
        "on": "2026-11-02",
        "until": None,
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "position": 1,
    },
    IssueProposal: {
        "issue": "plant-CommunityIssue",
        "result": "tried",
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "answered_by": BY,
        "answered_at": "2026-11-02T01:00:00.000Z",
    },
    IssueTalk: {
        "issue": "plant-CommunityIssue",
        "on": "2026-11-02",
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    IssueEvidence: {
        "issue": "plant-CommunityIssue",
        "noticed": "elderly",
        "given": True,
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    Resource: {
        "kind": "salon",
        "district": "",
        "visibility": "public",
        "checked_on": "2026-11-02",
        "ended": None,
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    ParticipationProfile: {
        "id": CASE,
        "texts": dict.fromkeys(("likes", "waves"), SIGNS["participation_profile"]),
        "company": "no",
        "told": [],
        "limits": {},
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    Match: {
        "opportunity": "plant-Opportunity",
        "fits": [SIGNS["matching"]],
        "minds": [SIGNS["matching"]],
        "step": "joined",
        "step_on": "2026-11-02",
        "started": "2026-11-02",
        "begun_on": "2026-11-02",
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    MatchEntry: {
        "match": "plant-Match",
        "step": "joined",
        "on": "2026-11-02",
        "minutes": 30,
        "side": None,
        "period": None,
        "went": "",
        "felt": "",
        "next": "",
        "next_on": None,
        "undone": False,
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
        "position": 1,
    },
    MatchPaper: {
        "match": "plant-Match",
        "side": "host",
        "lines": {"days": SIGNS["matching"]},
        "on": "2026-11-02",
        "by": BY,
        "at": "2026-11-02T01:00:00.000Z",
    },
    CoverAsked: {
        "staff": BY,
        "takes": None,
        "on": "2026-11-24",
        "by": BY,
        "at": "2026-11-24T01:00:00.000Z",
        "state": "asked",
        "decided_by": None,
        "decided_at": None,
        "cases": [],
        "followups": [],
    },
}
WRITTEN = {"by": BY, "at": "2026-11-02T01:00:00.000Z", "position": 1}


def filled(fields: Any, more: dict[str, Any]) -> dict[str, Any]:
    """A form of a plan with the sign of its class in every field of words."""
    told: dict[str, Any] = {}
    for one in fields:
        usual = {
            "date": "2026-11-20",
            "number": 1,
            "choice": (one.codes or ("",))[0],
            "codes": list(one.codes),
            "flag": True,
            "id": f"plant-{one.name}",
        }
        if one.kind == "rows":
            told[one.name] = [filled(one.parts, {})]
        else:
            told[one.name] = usual.get(one.kind, SIGNS[one.data_class])
    return told | more


ROWS |= {
    PlanVersion: {"id": "plant-PlanVersion", "plan": "plant-plan", "replaces": None, "content": {}} | WRITTEN,
    PlanStep: {
        "version": "plant-PlanVersion",
        "kind": "decided",
        "result": "decided",
        "on": "2026-11-20",
    }
    | WRITTEN,
    Monitoring: {
        "version": "plant-PlanVersion",
        "on": "2026-11-20",
        "method": "visit",
        "items": filled(MONITORING, {})["items"],
        "next": "go_on",
        "next_on": None,
    }
    | WRITTEN,
    BallNote: {"ball": "plant-Ball", "kind": "heard", "staff": None, "until": None} | WRITTEN,
    Ball: {"staff": None, "until": "2026-11-20", "state": "open", "heard_on": "2026-11-21"},
    CaseClosing: {
        "on": "2026-11-20",
        "result": "other",
        "changes": filled(CLOSING, {})["changes"],
        "stays": filled(CLOSING, {})["stays"],
        "reopened_on": "2026-11-21",
        "reopened_by": BY,
    }
    | WRITTEN,
}
ROWS[PlanVersion]["content"] = filled(PLAN, {})
# A conference by law, without anybody of the walk in it: its content is nobody's here.
ON_DAY = "2026-11-20"
AT = "2026-11-01T01:00:00.000Z"
ROWS |= {
    Meeting: {
        "id": "plant-Meeting",
        "kind": "support",
        "gate": "law",
        "status": "planned",
        "on": "2026-12-20",
        "begins": "14:00",
        "ends": "15:00",
        "recorder": BY,
        "closes": "2026-12-20T08:00:00.000Z",
        "by": BY,
        "at": AT,
    },
    Seat: {
        "meeting": "plant-Meeting",
        "member": BY,
        "staff": BY,
        "cases": [],
        "seated": True,
        "acknowledged_on": "2026-11-01",
        "acknowledged_how": "screen",
        "noted_by": BY,
        "noted_at": AT,
        "attended": False,
    },
    AgendaItem: {
        "meeting": "plant-Meeting",
        "begins": "14:00",
        "topic": "other",
        "removed": False,
        "position": 1,
    },
    AgendaWording: {
        "item": "plant-AgendaItem",
        "meeting": "plant-Meeting",
        "begins": "14:00",
        "topic": "other",
        "removed": False,
        "by": BY,
        "at": AT,
        "position": 1,
    },
    Material: {"meeting": "plant-Meeting", "removed": False, "by": BY, "at": AT},
    InformationRequest: {"meeting": "plant-Meeting", "due": None, "came_on": ON_DAY, "by": BY, "at": AT},
    Minutes: {"meeting": "plant-Meeting", "by": BY, "at": AT},
    Decision: {
        "meeting": "plant-Meeting",
        "member": "",
        "staff": BY,
        "until": "2026-12-30",
        "followup": None,
        "carried": None,
        "agreed": False,
        "removed": False,
        "by": BY,
        "at": AT,
    },
}
ROWS |= {
    Hold: {"by": BY, "at": AT, "lifted_by": None, "lifted_at": None},
    Disposal: {
        "by": BY,
        "at": AT,
        "ground": "retention",
        "subjects": [
            {
                "kind": "case",
                "id": "plant-gone",
                "no": SIGNS["certificates"],
                "ended": "2020-05-01",
                "due": "2026-04-01",
            }
        ],
        "state": "carried_out",
        "decided_by": BY,
        "decided_at": AT,
        "gone": {"cases": 1},
        "until": "2027-01-01",
    },
    PersonRequest: {
        "kind": "disclosure",
        "requester": "person",
        "on": "2026-11-02",
        "by": BY,
        "at": AT,
        "state": "decided",
        "version": "plant-version",
        "answer": SIGNS["requests"],
        "decision": "partly",
        "decided_on": "2026-11-20",
        "decided_by": BY,
        "checked_by": BY,
        "checked_at": AT,
        "answered_on": None,
        "answered_by": None,
    },
    RequestPart: {
        "request": "plant-PersonRequest",
        "part": "health",
        "reason": "78-2",
        "seen": 1,
        "by": BY,
        "at": AT,
    },
    DisposedCase: {"id": "plant-gone", "disposal": "plant-Disposal"},
    Organisation: {"name": "つなぐ会", "kind": "contractor", "active": True, "by": BY, "at": AT},
    Contract: {
        "organisation": "plant-Organisation",
        "begins": "2026-04-01",
        "ends": "2027-03-31",
        "by": BY,
        "at": AT,
    },
    Transfer: {"organisation": "plant-Organisation", "to": "", "items": [], "back": [], "by": BY, "at": AT},
}
# Planted otherwise: with the case, with a visit, or no words of a person.
WITH_OTHERS = {CaseFile, Visit, VisitVersion, Review, Photo, VisitFlag, Comment, Disclosure}
WORDLESS = {"Office", "Staff", "MonthClosed", "ChecklistDraft"}  # figures; the words of questions
AS_JSON = {"labels": list, "worked": list, "avoid": list, "known": dict, "items": dict}


def sign(data_class: str) -> str:
    return SIGNS[data_class]


def content(table: Any) -> dict[str, Any]:
    """Every field of a person's words, with its sign in the shape the field has."""
    told: dict[str, Any] = {}
    for name, data_class in FIELDS[table].items():
        if data_class in ("", MIXED) or name in CODED or name in ROWS.get(table, {}):
            continue
        shape, word = AS_JSON.get(name), sign(data_class)
        if table is Consultation and name in COLUMNS:
            told[name] = answers_of_form(name, word)
            continue
        told[name] = (
            [word]
            if shape is list
            else dict.fromkeys(("name", "age", "place", "through", "summary"), word)
            if shape is dict
            else word
        )
    return told


def answers_of_form(column: str, word: str) -> dict[str, Any]:
    """Every field of the intake form that lies in this column: words where it takes words, else its first code."""
    return {
        one.name: word
        if one.kind in ("text", "long")
        else "2026-11-02"
        if one.kind == "day"
        else one.codes[:1]
        if one.kind == "many"
        else next(iter(one.codes), BY)
        for one in CONSULTATION_FIELDS
        if one.column == column
    }


def plant(office: Any) -> None:
    """Signs everywhere, in one case."""
    for table, plain in ROWS.items():
        row = {"id": f"plant-{table.__name__}", "case": CASE} | plain | content(table)
        row = {name: value for name, value in row.items() if name in FIELDS[table]}
        if table is TwoValues:
            row |= {"stands": sign("health"), "other": sign("health")}
        table.put(**row)
    second = (
        {"id": "plant-Member-2", "case": CASE}
        | ROWS[Member]
        | content(Member)
        | {"is_index": False, "label": "乙"}
    )
    Member.put(**second)
    DocumentFile.put(id="plant-CaseDocument", bytes=b"%PDF")
    case = CaseFile.get_by_id(CASE)
    told = content(CaseFile) | {"no": case.no, "issues": [{"no": 1, "text": sign("health")}]}
    told["household"] = {
        "summary": sign("health"),
        "note": sign("health"),
        "unions": [],
        "parentage": [],
        "members": [
            {
                "id": "plant-Member",
                "label": sign("identity"),
                "role": "parent",
                "roleCertainty": "stated",
                "sex": "unknown",
                "ageBand": "30s",
                "labels": [sign("health")],
                "index": True,
                "inHousehold": True,
            }
        ],
    }
    CaseFile.update(told | {"index_member": "plant-Member"}).where(CaseFile.id == CASE).execute()


def agree(office: Any) -> None:
    """The person agreed that everybody concerned is told: others may be given the case."""
    told = {"purpose": "sharing", "recipient": "", "scope": "", "method": "oral", "status": "given", "givenBy": "",
            "on": "2026-11-01"}  # fmt: skip
    actions.note_consent(office.desk, office.person("nakagawa"), CASE, told)


def body(author: str) -> dict[str, Any]:
    """A contact whose every part carries the sign of its class."""

    def of(part: str) -> str:
        return sign(VISIT_PARTS[part])

    return {
        "occurredAt": "2026-11-23T02:00:00.000Z",
        "endedAt": "2026-11-23T03:00:00.000Z",
        "channel": "visit",
        "planned": "as_planned",
        "outcome": "met_person",
        "metWith": ["plant-Member"],
        "alone": True,
        "staff": [author],
        "topics": [of("topics")],
        "interests": [of("interests")],
        "reaction": 1,
        "stage": 3,
        "stageEvent": of("stageEvent"),
        "notes": {
            "fact": of("notes.fact"),
            "quote": of("notes.quote"),
            "thirdParty": of("notes.thirdParty"),
            "view": of("notes.view"),
        },
        "living": {"meals": "attention"},
        "risk": {"self_harm": "urgent"},
        "riskCall": {"to": of("riskCall"), "at": "2026-11-23T03:00:00.000Z", "result": of("riskCall")},
        "left": {"what": of("left"), "taken": "taken"},
        "hook": of("hook"),
        "reflection": of("reflection"),
        "promises": [{"id": "A" * 22, "text": of("promises"), "due": None, "to": of("promises")}],
        "checklist": {
            "id": "continuing_visit",
            "version": 1,
            "answers": {"B1": {"b": "yes", "t": of("checklist")}},
        },
        "photos": [
            {
                "blob": "A" * 43,
                "key": "A" * 43,
                "size": 9,
                "type": "image/jpeg",
                "width": 9,
                "height": 9,
                "note": of("photos"),
            }
        ],
        "place": "entrance",
        "next": {"with": "person", "mayCome": "agreed"},
        "byHand": True,
    }


def visit_by(office: Any, person: Any) -> str:
    """A contact of this person's, with what stands beside it."""
    visit = act(office.desk, person, "visit.logged", body(person.id), CASE).id
    PromiseMade.update(text=sign("followups"), to=sign("followups")).where(
        PromiseMade.visit == visit
    ).execute()
    beside = {"visit": visit, "case": CASE, "by": BY, "at": "2026-11-23T04:00:00.000Z", "position": 1}
    Comment.put(id=f"c-{visit}", text=sign("review"), **beside)
    VisitFlag.put(
        id=f"f-{visit}",
        visit=visit,
        case=CASE,
        by=BY,
        at=beside["at"],
        text=sign("review"),
        on="2026-11-23",
        settled_at=None,
        settled_by=None,
        comment=sign("review"),
    )
    Review.put(
        id=f"r-{visit}",
        visit=visit,
        version=visit,
        status="returned",
        by=BY,
        at=beside["at"],
        field="notes.fact",
        question=sign("review"),
        passage=None,
        answered_by=None,
        undone_by=None,
        undone_at=None,
        position=1,
    )
    return visit


def index_anew(office: Any) -> None:
    """The search index reads what was planted."""
    SearchEntry.delete().execute()
    State.delete().where(State.name == search.POSITION).execute()
    search.catch_up(office.desk)


# Where every place of an address leads. A page with a place that is not here fails the walk: name it.
PLACES: dict[str, tuple[Any, ...]] = {
    "file": ("plant-Import",),
    "issue": ("plant-CommunityIssue",),
    "disposal": ("plant-Disposal",),
    "opportunity": ("plant-Opportunity",),
    "match": ("plant-Match",),
    "asked": ("plant-PersonRequest",),
    "resource": ("plant-Resource",),
    "organisation": ("plant-Organisation",),
    "contract": ("plant-Contract",),
    "transfer": ("plant-Transfer",),
    "learning": ("plant-Learning",),
    "case": (CASE,),
    "consultation": ("plant-Consultation",),
    "referral": ("plant-Consultation",),
    "consent": ("plant-Consent",),
    "handover": ("plant-Handover",),
    "document": ("plant-CaseDocument",),
    "followup": ("plant-FollowUp",),
    "device": ("plant-DeviceRow",),
    "incident": ("plant-Incident",),
    "person": (BY, "demo-kobayashi"),
    "checklist": ("continuing_visit",),
    "name": (f"household {CASE}",),
    "place": (0,),
    "slot": ("A" * 22,),
    "made": ("plant-Disclosure",),
    "held": ("plant-held",),
    "envelope": ("A" * 43,),
    "ball": ("plant-Ball",),
    "grant": ("plant-AccessGrant",),
    "meeting": ("plant-Meeting",),
    "material": ("plant-Material",),
    "filename": ("css/tokens.css",),
}
# More of one page: what a person opens by a press on it.
VARIANTS = {
    "cases.page": ("?show=all", "?show=quiet", "?show=closed"),
    "consultations.page": ("", "?show=ended", "?show=case"),
    "cases.one": ("", "?time=all"),
    "followups.page": ("?show=overdue", "?view=board", "?view=calendar"),
    "review.queue": ("", "?show=done"),
    "opportunities.page": ("", "?open=plant-Opportunity"),
    "triage.page": ("", f"?case={CASE}"),
    "meetings.page": ("", "?view=calendar&month=2026-12"),
    "people.page": ("", "?show=fleet", "?show=stopped"),
    "access_log.page": ("", f"?case={CASE}"),
}
# Pages without anything of the office.
OUTSIDE = {"static"}


def addresses(app: Any, visits: list[str]) -> list[tuple[str, str]]:
    """(endpoint, address) of every page, from the app's own map."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in rule.methods or rule.endpoint in OUTSIDE or rule.endpoint.startswith("sign_in."):
                continue
            unknown = rule.arguments - set(PLACES) - {"visit"}
            assert not unknown, f"{rule.endpoint}: say in PLACES where {unknown} leads"
            options = [{}]
            for name in sorted(rule.arguments):
                values = visits if name == "visit" else PLACES[name]
                options = [one | {name: value} for one in options for value in values]
            for one in options:
                path = rule.build(one, append_unknown=False)[1]
                found += [(rule.endpoint, path + more) for more in VARIANTS.get(rule.endpoint, ("",))]
    return found


def text_of(answer: Any) -> str:
    """What stands in an answer: a page, a file of a workbook."""
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
            return "\n".join(
                archive.read(name).decode() for name in archive.namelist() if name[:7] == "tables/"
            )
    if answer.mimetype.endswith("sheet"):
        with zipfile.ZipFile(io.BytesIO(answer.get_data())) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    if not answer.mimetype.startswith(("text/", "application/json")):
        return ""
    return without_own_words(answer.get_data(as_text=True))


def without_own_words(page: str) -> str:
    """A page without what is the same for everybody."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
