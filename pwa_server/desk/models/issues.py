"""地域課題: issues of the area, from noticed to reviewed, told without anybody who could be known by them."""

from peewee import BooleanField, IntegerField, TextField

from ..core.tables import JsonField, Row
from .consultations import SOURCE_DOMAINS
from .free_texts import FreeText

STATES = ("noticed", "shared", "discussed", "worked_on", "reviewed")
ANSWERS = ("taken", "tried", "not_now")
# Who noticed it: the fields of an intake's sources, so that both are counted alike.
NOTICED_BY = SOURCE_DOMAINS


FIELDS: tuple[FreeText, ...] = (
    FreeText("title", 80, needed=True),
    FreeText("what", 2000, needed=True),
    FreeText("whom", 200),
    FreeText("impact", 1000),
    FreeText("noticed_by", 200),
    FreeText("have", 1000),
    FreeText("lack", 1000),
)


class CommunityIssue(Row):
    id = TextField(primary_key=True)
    title = TextField()
    districts = JsonField()  # names of the office's own table; none is the whole area
    whom = TextField()
    what = TextField()
    impact = TextField()
    noticed_by = TextField()
    have = TextField()
    lack = TextField()
    state = TextField()  # one of STATES
    until = TextField(null=True)  # DATE until which it is worked on
    begun_by = TextField()
    by = TextField()
    at = TextField()


class IssueStep(Row):
    """From one state to another: when, and in words."""

    id = TextField(primary_key=True)  # event id
    issue = TextField(index=True)
    state = TextField()
    on = TextField()
    until = TextField(null=True)
    words = TextField()
    by = TextField()
    at = TextField()
    position = IntegerField()


class IssueProposal(Row):
    id = TextField(primary_key=True)
    issue = TextField(index=True)
    text = TextField()
    by = TextField()
    at = TextField()
    result = TextField(null=True)  # one of ANSWERS
    words = TextField()
    answered_by = TextField(null=True)
    answered_at = TextField(null=True)


class IssueTalk(Row):
    """Where it was or will be talked about: a conference of the office, or a council outside."""

    id = TextField(primary_key=True)  # event id
    issue = TextField(index=True)
    council = TextField()
    on = TextField()
    words = TextField()
    by = TextField()
    at = TextField()


class IssueEvidence(Row):
    """A household in which somebody saw the issue. Read only as counts (queries/issues.py), and on the case itself."""

    id = TextField(primary_key=True)  # case and issue
    case = TextField(index=True)
    issue = TextField(index=True)
    district = TextField()
    noticed = TextField()  # one of NOTICED_BY
    given = BooleanField()
    by = TextField()
    at = TextField(index=True)


ISSUE_TABLES: tuple[type[Row], ...] = (CommunityIssue, IssueStep, IssueProposal, IssueTalk, IssueEvidence)
