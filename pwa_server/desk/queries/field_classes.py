"""Which class of data each stored field belongs to (domain.md 7.2): one map for rows, search and tests.

Every column of the read model stands here. "" is no content of a household: ids, moments, states, counts, names
of staff. A text or value somebody wrote has the class whose cell in `access.TABLE` decides who reads it. Parts of
a visit's body stand in `access.VISIT_PARTS`.
"""

from typing import Any

from ..core.tables import Row
from ..models.alike import AlikeKey
from ..models.community import Notice
from ..models.conferences import (
    AgendaItem,
    AgendaWording,
    ConferenceKind,
    Decision,
    InformationRequest,
    Material,
    Meeting,
    Minutes,
    Seat,
)
from ..models.consultations import COLUMNS, Consultation, TriageDecision, words_in
from ..models.figures import ChecklistDraft, ChecklistRetired, Disclosure, MonthClosed
from ..models.handovers import Handover
from ..models.imports import Import, ImportedRow
from ..models.issues import CommunityIssue, IssueEvidence, IssueProposal, IssueStep, IssueTalk
from ..models.learnings import Learning, LearningAside, LearningTried
from ..models.office_and_cases import (
    READ_MODEL,
    Assignment,
    Begun,
    CaseDocument,
    CaseFile,
    CaseMerge,
    CaseName,
    Checklist,
    Comment,
    Conference,
    Consent,
    CoverAsked,
    DeviceRow,
    FieldOrigin,
    FollowUp,
    Member,
    Number,
    Office,
    OfficeOption,
    Outing,
    OwnQuiet,
    Parentage,
    Photo,
    PromiseMade,
    Review,
    SafetyFlag,
    Staff,
    Tie,
    TwoValues,
    Undone,
    Union,
    Visit,
    VisitFlag,
    VisitRead,
    VisitVersion,
    Watchers,
)
from ..models.opportunities import HostContact, Opportunity
from ..models.organisations import Contract, Organisation, Transfer
from ..models.participation import CODED_LINES, Match, MatchEntry, MatchPaper, ParticipationProfile
from ..models.plans import Ball, BallNote, CaseClosing, Monitoring, PlanStep, PlanVersion
from ..models.referrals import Referral
from ..models.requests import PersonRequest, RequestPart
from ..models.resources import Resource
from ..models.trust import AccessGrant, AccountChange, Incident, IncidentReport, StaffProposal
from ..models.years import Disposal, DisposedCase, Hold
from .plan_fields import CLOSING, MONITORING, PLAN, Fields, words_by_class

# A body that holds parts of several classes: `access.visible_record` and `shown.without` look inside.
MIXED = "mixed"


def _told(plain: str, **classes: str) -> dict[str, str]:
    """`plain`: the columns without content, by name. Then fields by class."""
    return dict.fromkeys(plain.split(), "") | {
        name: data_class for data_class, names in classes.items() for name in names.split()
    }


FIELDS: dict[type[Row], dict[str, str]] = {
    Office: _told("id name lead sample"),
    Staff: _told("id name kana role email active organisation walled"),
    CaseFile: _told(
        "id index_member status merged_into sample rev intake organisation",
        core="no title consent triage_decision triage_assumed triage_review_on conference_kind conference_status"
        " opened_on referral_org preferences worked avoid",
        identity="kana",
        health="summary issues triage_reason",
        mixed="household",
    ),
    Conference: _told("id case kind status on meeting entered", conference_support="members"),
    Member: _told(
        "id case merged_into position",
        identity="label role role_certainty sex age_band is_index in_household deceased key_person",
        health="labels",
        contact="name reading birth_date address telephone",
    ),
    Parentage: _told("id case", identity="child parent kind certainty"),
    Union: _told("id case", identity="a b kind certainty"),
    Tie: _told("id case", identity="member label other_kind kind direction note certainty"),
    SafetyFlag: _told("id case", safety="kind text source set_on review_on active removed_reason"),
    Assignment: _told("id case staff from_on until_on until_at", core="reason note"),
    Visit: _told(
        "id case device staff received_at current_version review_status after_hand_over by_hand conflict",
        visit_facts="occurred_at channel outcome met planned reaction stage stage_event urgent",
    ),
    VisitVersion: _told(
        "id visit case replaces at by device received_at changed answers settles conflict",
        visit_facts="comment",
        mixed="body sent",
    ),
    Review: _told(
        "id visit version status by at answered_by undone_by undone_at position",
        review="field question passage",
    ),
    VisitRead: _told("id visit staff at"),
    FollowUp: _told(
        "id case staff at_by known done_by undone had",
        followups="at kind with_whom note state remind cancelled_reason",
    ),
    PromiseMade: _told("id case visit current", followups="text due to made_on kept"),
    Photo: _told("id blob visit case key size type width height place", photos="note"),
    Checklist: _told("id version body"),
    Number: _told("id place label_ja label_en tel kind"),
    DeviceRow: _told("id staff status sign seal enrolled_at revoked_at", devices="label revoked_reason"),
    VisitFlag: _told("id visit case by at settled_at settled_by", review="text on comment"),
    Comment: _told("id visit case by at position", review="text"),
    OfficeOption: _told("id value"),
    Consent: _told(
        "id case noted_by position",
        core="purpose recipient to scope scopes method status giver given_by on until withdrawn_on "
        "withdrawn_reason",
    ),
    CaseDocument: _told("id case type size digest by at", visit_facts="title kind name removed_reason"),
    FieldOrigin: _told("id case position by"),
    TwoValues: _told("id case thing field stands_by other_by at decided_by", mixed="stands other"),
    CaseMerge: _told("id source target by at undone", core="reason"),
    AccessGrant: _told("id case staff at until noticed_by noticed_at", access_log="reason"),
    StaffProposal: _told("id staff changes by at open accepted decided_by decided_at"),
    AccountChange: _told("id staff kind more by at"),
    Incident: _told("id device staff kind noticed_at written_by written_at by at", incidents="facts items"),
    IncidentReport: _told("id incident report how by at", incidents="on why"),
    MonthClosed: _told("id month version at by", statistics="figures"),
    Disclosure: _told("id case requester requested_on paragraphs at by", exports="masks"),
    ChecklistDraft: _told("id event at by", checklists="body"),
    ChecklistRetired: _told("id at by"),
    Notice: _told(
        "id by at answered_by answered_at withdrawn", notices="who place noticed named answer thanks"
    ),
    Opportunity: _told(
        "id by at",
        opportunities="name host kind district place times doing pay care room note people people_words noise"
        " noise_words gaze gaze_words talk talk_words shortest alone anonymous state verified_until found_on",
        host_contacts="contact",
    ),
    HostContact: _told("id opportunity undone by at position", host_contacts="on how words"),
    CommunityIssue: _told(
        "id by at begun_by",
        community_issues="title districts whom what impact noticed_by have lack",
        community_steps="state until",
    ),
    IssueStep: _told("id issue by at position", community_steps="state on until words"),
    IssueProposal: _told(
        "id issue by at answered_by answered_at", community_issues="text", community_steps="result words"
    ),
    IssueTalk: _told("id issue by at", community_steps="council on words"),
    IssueEvidence: _told("id case issue given by at", core="district noticed"),
    Resource: _told(
        "id by at",
        opportunities="name kind district times who_may_come trouble contact visibility checked_on ended found_on",
    ),
    Organisation: _told("id name kind active by at", organisations="contact"),
    Contract: _told("id organisation begins ends by at", organisations="title note"),
    Transfer: _told("id organisation to items back by at", organisations="note"),
    Import: _told("id kind by at rows", imports="columns"),
    ImportedRow: _told("id batch number opened visit back"),
    Learning: _told(
        "id version state by at read_by read_at",
        learnings="situation title when did changed failed needed read_note",
    ),
    LearningTried: _told("id learning by at position", learnings="fits words"),
    LearningAside: _told("id case learning by at"),
    ParticipationProfile: _told("id case by at", participation_profile="texts company told limits"),
    Match: _told("id case opportunity by at", matching="fits minds step step_on started days call begun_on"),
    MatchEntry: _told(
        "id case match undone by at position",
        matching="step on minutes side period went felt next next_on why person_words host_words company",
    ),
    MatchPaper: _told("id case match side on by at", matching="lines"),
    PlanVersion: _told("id case plan replaces by at position", plan_content="what", mixed="content"),
    PlanStep: _told("id case version kind by at position", plan="result on", plan_content="note"),
    Monitoring: _told(
        "id case version by at position", plan="on method next next_on", plan_content="items why"
    ),
    BallNote: _told("id case ball kind staff by at position", plan="organisation person what until note"),
    Ball: _told("id case staff state", plan="organisation person what until heard_on heard"),
    CaseClosing: _told(
        "id case by at position reopened_on reopened_by",
        core="on result",
        plan="stays",
        plan_content="changes words untold reopened_reason",
    ),
    Handover: _told(
        "id case by at receiver answered_how answered_on noted_by noted_at withdrawn_at",
        handovers="to person ground law reason told contact text answer_by withdrawn_reason answer answer_why"
        " answered_by",
    ),
    AlikeKey: _told("id kind thing case what", contact="key"),
    CaseName: _told("id case position", core="no title", identity="kana"),
    Consultation: _told(
        "id by at into notice ended_by ended_at rev",
        core="state told_core ending",
        health="told_health ending_note",
        third_party="told_third_party",
        identity="told_identity",
        contact="told_contact",
    ),
    TriageDecision: _told("id case by at position", core="decision kind review_on", health="reason"),
    ConferenceKind: _told("id name convenor gate active"),
    Meeting: _told(
        "id kind gate status on begins ends recorder closes by at held_at",
        conference_support="place convenor chair reason",
    ),
    Seat: _told(
        "id meeting member staff cases seated acknowledged_on acknowledged_how noted_by noted_at attended",
        conference_support="name organisation capacity",
    ),
    AgendaItem: _told("id meeting case begins topic removed position", conference_support="text"),
    AgendaWording: _told(
        "id item meeting case begins topic removed by at position", conference_support="text"
    ),
    Material: _told("id meeting case removed by at", conference_support="title text"),
    InformationRequest: _told("id meeting case due came_on by at", conference_support="to what came"),
    Minutes: _told("id meeting case by at", conference_support="text"),
    Decision: _told(
        "id meeting case staff until followup carried agreed removed by at",
        conference_support="what why named",
    ),
    Begun: _told("id case by at", core="title", identity="known"),
    Undone: _told("id visit case kind moved_to moved_as by device at", visit_facts="reason"),
    Outing: _told("id departed since until case watched back"),
    Referral: _told(
        "id by at taken_by taken_at until asked_by asked_at", referrals="called organisation asked"
    ),
    Hold: _told("id case by at lifted_by lifted_at", disposals="reason lifted_reason"),
    Disposal: _told("id by at ground state decided_by decided_at until", certificates="subjects gone"),
    PersonRequest: _told(
        "id case by at state version decided_by checked_by checked_at answered_by",
        requests="kind requester on words decision decided_on answer check_note answered_on",
    ),
    RequestPart: _told("id request case part seen by at", requests="reason"),
    DisposedCase: _told("id disposal"),
    OwnQuiet: _told("id begins ends told"),
    Watchers: _told("id staff named"),
    CoverAsked: _told("id staff takes on by at state decided_by decided_at cases followups", core="note"),
}

# Who wrote a row: for cells that name `own`.
AUTHORS: dict[type[Row], str] = {
    Visit: "staff",
    VisitVersion: "by",
    FollowUp: "staff",
    Notice: "by",
    Handover: "receiver",
    Consultation: "by",
    Referral: "by",
    Undone: "by",
    Incident: "by",
}

# A field two people changed (`TwoValues`), by the name it has there: its class is its column's.
NAMED: dict[str, tuple[type[Row], str]] = {
    "roleCertainty": (Member, "role_certainty"),
    "ageBand": (Member, "age_band"),
    "index": (Member, "is_index"),
    "inHousehold": (Member, "in_household"),
    "keyPerson": (Member, "key_person"),
    "birthDate": (Member, "birth_date"),
}


def class_of_field(thing: str, field: str) -> str:
    """The class of a field of a case ("case") or of a member (its id), by the name an event gives it.

    What is not known goes with health: the narrowest that a household's fields have.
    """
    table, column = (CaseFile, field) if thing == "case" else NAMED.get(field, (Member, field))
    return FIELDS[table].get(column) or "health"


# Columns of a class that hold a code, a day or a yes, and no words of a person.
CODED = frozenset(
    (
        "ground",
        "law",
        "told",
        "answer",
        "answer_by",
        "kind",
        "status",
        "at",
        "on",
        "state",
        "remind",
        "with_whom",
        "set_on",
        "review_on",
        "active",
        "due",
        "made_on",
        "kept",
        "purpose",
        "method",
        "withdrawn_on",
        "consent",
        "triage_decision",
        "triage_assumed",
        "triage_review_on",
        "decision",
        "ending",
        "birth_date",
        "conference_kind",
        "conference_status",
        "opened_on",
        "role",
        "role_certainty",
        "sex",
        "age_band",
        "is_index",
        "in_household",
        "deceased",
        "key_person",
        "other_kind",
        "direction",
        "certainty",
        "member",
        "result",
        "next",
        "next_on",
        "until",
        "heard_on",
        "key",
        "limits",
        "step",
        "step_on",
        "started",
        "begun_on",
        "side",
        "period",
        "went",
        "felt",
    )
)
# The same of columns whose name stands for words elsewhere.
CODED_HERE: dict[type[Row], frozenset[str]] = {
    ParticipationProfile: frozenset(("company",)),
    MatchEntry: frozenset(("why",)),
}


def is_coded(table: type[Row], column: str) -> bool:
    return column in CODED or column in CODED_HERE.get(table, ())


def written(row: Any) -> dict[str, list[str]]:
    """What a row says in words, by class. For the search index."""
    found: dict[str, list[str]] = {}
    is_form = isinstance(row, Monitoring | CaseClosing)
    for name, data_class in FIELDS[type(row)].items():
        if (
            data_class not in ("", MIXED)
            and not is_coded(type(row), name)
            and not (is_form and isinstance(getattr(row, name), list))
        ):
            found.setdefault(data_class, []).extend(_words_in(row, name))
    fields, body = _form_of(row)
    for data_class, words in words_by_class(fields, body).items():
        found.setdefault(data_class, []).extend(words)
    return found


def _words_in(row: Any, name: str) -> list[str]:
    if isinstance(row, Consultation) and name in COLUMNS:
        return words_in(row, name)
    if isinstance(row, MatchPaper):
        return [text for line, text in row.lines.items() if line not in CODED_LINES]
    return _leaves(getattr(row, name))


def _form_of(row: Any) -> tuple[Fields, dict[str, Any]]:
    """What a row keeps as a form of a plan had it: its rows hold codes and ids beside words."""
    if isinstance(row, PlanVersion):
        return PLAN, row.content
    fields = {Monitoring: MONITORING, CaseClosing: CLOSING}.get(type(row), ())
    rows = tuple(one for one in fields if one.kind == "rows")
    return rows, {one.name: getattr(row, one.name) for one in rows}


def _leaves(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    return [leaf for inner in value for leaf in _leaves(inner)] if isinstance(value, list) else []


def unclassified() -> list[str]:
    """Columns of the read model that nobody gave a class, and names that are no column. A test wants none."""
    found = []
    for table in READ_MODEL:
        there = {field.name for field in table._meta.sorted_fields}
        found += [f"{table.__name__}.{name}" for name in sorted(there ^ set(FIELDS.get(table, {})))]
    return found
