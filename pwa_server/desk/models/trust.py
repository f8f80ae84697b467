"""The read model's tables about trust: emergency access, and changes that need two people."""

from peewee import BooleanField, TextField

from ..core.tables import JsonField, Row


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


class Incident(Row):
    """A lost phone, what was on it when it was lost, and the leak report as it is being written (domain.md 2.3)."""

    id = TextField(primary_key=True)  # event id
    device = TextField(index=True)
    staff = TextField(index=True)  # whose phone
    kind = TextField()  # lost | stolen | other
    noticed_at = TextField()
    facts = JsonField()  # cases, people, last heard, unsent: counted before the wipe
    items = JsonField()  # nine texts, by name
    written_by = TextField(null=True)
    written_at = TextField(null=True)
    by = TextField()
    at = TextField()


class IncidentReport(Row):
    """One of the reports an incident asks for, as it was made or decided not to be needed. The last word stands."""

    id = TextField(primary_key=True)  # incident + " " + report
    incident = TextField(index=True)
    report = TextField()  # first | full | person
    how = TextField()  # told | not_needed
    on = TextField()
    why = TextField()
    by = TextField()
    at = TextField()


class AccountChange(Row):
    """Something was done to somebody's account or phone: told to them, and to the others who answer for accounts."""

    id = TextField(primary_key=True)  # event id
    staff = TextField(index=True)  # whose
    kind = TextField()
    more = JsonField()
    by = TextField()
    at = TextField(index=True)


PEOPLE_TABLES: tuple[type[Row], ...] = (AccessGrant, StaffProposal, Incident, IncidentReport, AccountChange)
