"""The read model's rows of what persons ask of their records: disclosure, correction, stop of use (domain.md 2.5)."""

from peewee import IntegerField, TextField

from ..core.tables import Row

KINDS = ("disclosure", "correction", "stop")
ASKERS = ("person", "representative")
DECISIONS = ("granted", "partly", "refused", "none_kept")
RESULTS = ("reads", "asks")
OPTION = "request_days"  # of the office: days until the decision, as text
MOST_DAYS = 30  # 個人情報保護法 83条1項; ordinances may be shorter
RECEIVED, DECIDED, CHECKED, ANSWERED = "received", "decided", "checked", "answered"


class PersonRequest(Row):
    id = TextField(primary_key=True)
    case = TextField(index=True)  # the case it is about; its own id where nothing here is known to be
    kind = TextField()  # one of KINDS
    requester = TextField()  # person | representative
    on = TextField(index=True)  # DATE it was received
    words = TextField()  # what was asked, in words
    by = TextField()
    at = TextField()
    state = TextField(index=True)  # received | decided | checked | answered
    version = TextField(null=True)  # the event of the decision that stands
    decision = TextField(null=True)  # one of DECISIONS
    decided_on = TextField(null=True)
    answer = TextField()  # what the person is told
    decided_by = TextField(null=True)
    checked_by = TextField(null=True)
    checked_at = TextField(null=True)
    check_note = TextField()
    answered_on = TextField(null=True)
    answered_by = TextField(null=True)


class RequestPart(Row):
    """A part of what is kept that somebody has gone through for a request, and whether it is shown."""

    id = TextField(primary_key=True)  # request and part
    request = TextField(index=True)
    case = TextField(index=True)
    part = TextField()  # class of data
    reason = TextField()  # "" is shown; else the number of the law (actions/disclosure.py)
    seen = IntegerField()  # how many entries there were
    by = TextField()
    at = TextField()


REQUEST_TABLES: tuple[type[Row], ...] = (PersonRequest, RequestPart)
