"""The read model: what the pages and the phones' documents are made from.

Every table here is built from the log by `apply` and thrown away by `rebuild`. Keys are event ids or ids
inside events; nothing here may be written by anything but `apply`. What depends on today is not stored.
The mail and the machine's own state are in `machine.py`; both sets of tables can be imported from here.
"""

from peewee import BooleanField, CompositeKey, IntegerField, TextField

from ..core.tables import JsonField, Row
from .alike import ALIKE_TABLES
from .annotations import Comment, OfficeOption, VisitFlag
from .community import COMMUNITY_TABLES
from .conferences import CONFERENCE_TABLES
from .consultations import CONSULTATION_TABLES
from .cover import CoverAsked
from .field import Begun, CaseName, Outing, OwnQuiet, Undone, Watchers
from .figures import FIGURE_TABLES
from .handovers import HANDOVER_TABLES
from .households import CaseDocument, CaseMerge, Consent, FieldOrigin, Tie, TwoValues, Union
from .imports import IMPORT_TABLES
from .issues import ISSUE_TABLES
from .learnings import LEARNING_TABLES
from .opportunities import OPPORTUNITY_TABLES
from .organisations import ORGANISATION_TABLES
from .participation import PARTICIPATION_TABLES
from .plans import PLAN_TABLES
from .referrals import REFERRAL_TABLES
from .requests import REQUEST_TABLES
from .resources import RESOURCE_TABLES
from .system import (
    MACHINE_TABLES,
    AccessView,
    Account,
    BackupRun,
    BlobFile,
    CaseKey,
    DeviceNote,
    DocumentFile,
    DownChain,
    DownEnvelope,
    Enrolment,
    FirstHalf,
    FirstPassword,
    Held,
    LogEntry,
    OfficeKey,
    Passkey,
    PhoneStatement,
    PhotoDigest,
    Received,
    SearchEntry,
    Sent,
    Session,
    SignInPause,
    State,
    UpPosition,
)
from .trust import PEOPLE_TABLES
from .visits import Review, Visit, VisitRead, VisitVersion
from .years import YEAR_TABLES

__all__ = [
    "MACHINE_TABLES",
    "READ_MODEL",
    "AccessView",
    "Account",
    "Assignment",
    "BackupRun",
    "Begun",
    "BlobFile",
    "CaseDocument",
    "CaseFile",
    "CaseKey",
    "CaseMerge",
    "CaseName",
    "Checklist",
    "Comment",
    "Conference",
    "Consent",
    "CoverAsked",
    "DeviceNote",
    "DeviceRow",
    "DocumentFile",
    "DownChain",
    "DownEnvelope",
    "Enrolment",
    "FieldOrigin",
    "FirstHalf",
    "FirstPassword",
    "FollowUp",
    "Held",
    "LogEntry",
    "Member",
    "Number",
    "Office",
    "OfficeKey",
    "OfficeOption",
    "Outing",
    "OwnQuiet",
    "Parentage",
    "Passkey",
    "PhoneStatement",
    "Photo",
    "PhotoDigest",
    "PromiseMade",
    "Received",
    "Review",
    "SafetyFlag",
    "SearchEntry",
    "Sent",
    "Session",
    "SignInPause",
    "Staff",
    "State",
    "Tie",
    "TwoValues",
    "Undone",
    "Union",
    "UpPosition",
    "Visit",
    "VisitFlag",
    "VisitRead",
    "VisitVersion",
    "Watchers",
]


class Office(Row):
    id = TextField(primary_key=True)  # the id of its office.created event
    name = TextField()
    lead = TextField()
    sample = BooleanField()


class Staff(Row):
    id = TextField(primary_key=True)
    name = TextField()
    kana = TextField()
    role = TextField()
    email = TextField()
    active = BooleanField()
    organisation = TextField(default="")  # "": the office's own
    walled = BooleanField(default=False)  # of an organisation that stands behind a wall (`queries/access`)


class CaseFile(Row):
    id = TextField(primary_key=True)
    no = TextField()
    title = TextField()
    kana = TextField()
    summary = TextField()
    index_member = TextField(null=True)
    consent = TextField()
    triage_decision = TextField()  # existing_network | needs_conference | undecided
    triage_reason = TextField()
    triage_assumed = BooleanField()
    triage_review_on = TextField(null=True)  # DATE on which the decision is looked at again
    conference_kind = TextField(null=True)  # support | multi_agency
    conference_status = TextField(null=True)  # planned | held
    opened_on = TextField()
    referral_org = TextField()
    status = TextField()  # active | closed | merged
    merged_into = TextField(null=True)
    sample = BooleanField()
    organisation = TextField(default="", index=True)  # whom it is entrusted to; "": the office's own
    preferences = TextField()
    worked = JsonField()
    avoid = JsonField()
    issues = JsonField()
    household = JsonField()  # as case.opened wrote it
    intake = JsonField()
    rev = IntegerField()  # log position of the last event that touched the case

    class Meta:
        indexes = (  # lists and their sizes read no household
            (("status", "no", "id"), False),
            (("status", "triage_decision", "conference_status", "no"), False),
        )


class Conference(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)
    kind = TextField()
    status = TextField()  # planned | held | cancelled | off (taken off the table)
    on = TextField(null=True)
    meeting = TextField(index=True)  # one meeting may be about several cases
    entered = TextField(null=True)  # when it was said to be held
    members = JsonField()  # [{"staff", "acknowledgedOn"}]: who took part, secrecy acknowledged


class Member(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)
    label = TextField()
    role = TextField()
    role_certainty = TextField()
    sex = TextField()
    age_band = TextField()
    labels = JsonField()
    is_index = BooleanField()
    in_household = BooleanField()
    deceased = BooleanField()
    key_person = BooleanField()
    name = TextField()  # who they are and how to reach them: of the class `contact`
    reading = TextField()
    birth_date = TextField(null=True)  # DATE
    address = TextField()
    telephone = TextField()
    merged_into = TextField(null=True)  # another entry of the same person
    position = IntegerField()  # of the event that brought them in: their order on the page


class Parentage(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)
    child = TextField()
    parent = TextField()
    kind = TextField()  # birth | adopted | step | unknown
    certainty = TextField()


class SafetyFlag(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)
    kind = TextField()
    text = TextField()
    source = TextField()
    set_on = TextField()
    review_on = TextField()
    active = BooleanField()
    removed_reason = TextField()


class Assignment(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)
    staff = TextField(index=True)
    from_on = TextField()
    until_on = TextField(null=True)  # date
    until_at = TextField(null=True)  # the moment of the hand-over
    reason = TextField()
    note = TextField()  # what was said when it was handed over


class FollowUp(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)
    staff = TextField(index=True)
    had = JsonField()  # everybody who ever had it, by id: late work counts
    at = TextField(index=True)
    at_by = TextField()  # "time event" of what set `at`: the latest wins in any order of arrival
    kind = TextField()
    with_whom = TextField()
    note = TextField()
    state = TextField()  # open | done | cancelled
    remind = BooleanField()
    known = BooleanField()  # false: only told done, moved or cancelled so far
    done_by = JsonField()  # the visits that closed it; null: done without one
    undone = JsonField()  # of those, what was taken back or moved away
    cancelled_reason = TextField(null=True)


class PromiseMade(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)
    visit = TextField(null=True)
    text = TextField()
    due = TextField(null=True)
    to = TextField()
    made_on = TextField()
    kept = BooleanField()
    current = BooleanField()  # false: a correction took it out, or the visit is not here yet


class Photo(Row):
    """A photo a visit names. Whether its bytes are here is the machine's business: `BlobFile`."""

    id = TextField(primary_key=True)  # visit + " " + blob: one picture may be named twice
    blob = TextField(index=True)
    visit = TextField(index=True)
    case = TextField()
    key = TextField()
    size = IntegerField()
    type = TextField()
    width = IntegerField()
    height = IntegerField()
    note = TextField()
    place = IntegerField()


class Checklist(Row):
    id = TextField()
    version = IntegerField()
    body = JsonField()

    class Meta:
        primary_key = CompositeKey("id", "version")


class Number(Row):
    id = TextField(primary_key=True)
    place = IntegerField()
    label_ja = TextField()
    label_en = TextField()
    tel = TextField()
    kind = TextField()


class DeviceRow(Row):
    id = TextField(primary_key=True)
    staff = TextField(index=True)
    label = TextField()
    status = TextField()  # active | revoked | wiped
    sign = TextField()
    seal = TextField()
    enrolled_at = TextField()
    revoked_at = TextField(null=True)
    revoked_reason = TextField()


READ_MODEL: tuple[type[Row], ...] = (
    Office,
    Staff,
    CaseFile,
    Conference,
    Member,
    Parentage,
    SafetyFlag,
    Assignment,
    Visit,
    VisitVersion,
    Review,
    VisitRead,
    FollowUp,
    PromiseMade,
    Photo,
    Checklist,
    Number,
    DeviceRow,
    VisitFlag,
    Comment,
    OfficeOption,
    Union,
    Tie,
    Consent,
    CaseDocument,
    FieldOrigin,
    TwoValues,
    CaseMerge,
    *PEOPLE_TABLES,
    *FIGURE_TABLES,
    *COMMUNITY_TABLES,
    *IMPORT_TABLES,
    *LEARNING_TABLES,
    *ISSUE_TABLES,
    *RESOURCE_TABLES,
    *OPPORTUNITY_TABLES,
    *PARTICIPATION_TABLES,
    *PLAN_TABLES,
    *CONSULTATION_TABLES,
    *CONFERENCE_TABLES,
    *ALIKE_TABLES,
    *HANDOVER_TABLES,
    *YEAR_TABLES,
    *ORGANISATION_TABLES,
    *REQUEST_TABLES,
    *REFERRAL_TABLES,
    Begun,
    CaseName,
    Undone,
    Outing,
    OwnQuiet,
    Watchers,
    CoverAsked,
)
