"""The read model's tables about trust: emergency access, and changes that need two people."""

from peewee import BooleanField, TextField

from .rows import JsonField, Row


class AccessGrant(Row):
    """Somebody opened a case that is not theirs, with a reason, until a moment at most 24 hours later."""

    id = TextField(primary_key=True)  # event id
    case = TextField(index=True)
    staff = TextField(index=True)
    reason = TextField()
    at = TextField(index=True)
    until = TextField()
    noticed_by = TextField(null=True)  # who took note of it, and when
    noticed_at = TextField(null=True)


class StaffProposal(Row):
    """A change to an administrator that one person asked for and another decides."""

    id = TextField(primary_key=True)  # event id
    staff = TextField(index=True)
    changes = JsonField()
    by = TextField()
    at = TextField()
    open = BooleanField()
    accepted = BooleanField()
    decided_by = TextField(null=True)
    decided_at = TextField(null=True)


PEOPLE_TABLES: tuple[type[Row], ...] = (AccessGrant, StaffProposal)
