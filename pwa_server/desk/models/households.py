"""The read model's rows of a household: couples, ties, consent, documents, and what two people told differently."""

from peewee import BooleanField, IntegerField, TextField

from ..core.tables import JsonField, Row


class Union(Row):
    """Two members as a couple (domain.md 4.2)."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    a = TextField()
    b = TextField()
    kind = TextField()  # married | common_law | separated | divorced | unknown
    certainty = TextField()


class Tie(Row):
    """A line of the ecomap: from the household, or one member, to somebody outside."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    member = TextField()  # "" is the household as a whole
    label = TextField()
    other_kind = TextField()  # org | person | place
    kind = TextField()  # strong | normal | weak | stress | broken
    direction = TextField()  # none | out | in | both
    note = TextField()
    certainty = TextField()


# What a line of the ledger says in codes. A recipient is one of these, `staff:` and an id, or `body:` and a name.
AGENCIES, STAFF, BODY, ALL, HOST = "agencies", "staff:", "body:", "all", "host"
RECIPIENTS = (AGENCIES, "conference", "source", HOST, "family")
# What is told of a household, by the data class it lies in.
SCOPE_OF = {
    "identity": "household",
    "contact": "address",
    "core": "needs",
    "health": "health",
    "visit_facts": "contacts",
    "visit_view": "contacts",
    "plan": "plan",
}
PROFILE = "profile"  # what the person said a host may be told, line by line (`models.participation`)
SCOPES = (ALL, *dict.fromkeys(SCOPE_OF.values()), PROFILE)
GIVERS = ("person", "guardian", "representative", "family", "other")
OWN = frozenset({"person", "guardian", "representative"})  # the person's own word, or by law


class Consent(Row):
    """One line of the ledger: for what, to whom, how it was asked, what was answered, and its withdrawal."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    purpose = TextField()
    recipient = TextField()
    to = JsonField()  # codes of recipients; []: only in words, which opens nothing
    scope = TextField()
    scopes = JsonField()  # codes of scopes; []: only in words, which opens nothing
    method = TextField()
    status = TextField()
    giver = TextField()  # one of GIVERS
    given_by = TextField()
    on = TextField()
    until = TextField(null=True)  # the last day it holds
    noted_by = TextField()
    position = IntegerField()
    withdrawn_on = TextField(null=True)
    withdrawn_reason = TextField()


class CaseDocument(Row):
    """A paper of the case. Its bytes are the machine's business: `DocumentFile`."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    title = TextField()
    kind = TextField()
    name = TextField()
    type = TextField()
    size = IntegerField()
    digest = TextField()
    by = TextField()
    at = TextField()
    removed_reason = TextField(null=True)


class FieldOrigin(Row):
    """Which event set a field last, so that a writer who had not seen it is noticed."""

    id = TextField(primary_key=True)  # case + " " + thing + " " + field
    case = TextField(index=True)
    position = IntegerField()
    by = TextField()


class TwoValues(Row):
    """Two people changed one field and neither saw the other's: both stand here until a person decides."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    thing = TextField()  # "case" or a member's id
    field = TextField()
    stands = JsonField()
    stands_by = TextField()
    other = JsonField()
    other_by = TextField()
    at = TextField()
    decided_by = TextField(null=True)


class CaseMerge(Row):
    """Two records of one household shown as one. The log keeps both; undoing it reads them apart again."""

    id = TextField(primary_key=True)
    source = TextField(index=True)
    target = TextField(index=True)
    by = TextField()
    at = TextField()
    reason = TextField()
    undone = BooleanField()
