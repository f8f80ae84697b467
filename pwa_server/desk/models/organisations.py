"""機関・委託先: whom people belong to, what was entrusted to it and until when, and what moved between two of them."""

from peewee import BooleanField, TextField

from ..core.tables import JsonField, Row

KINDS = ("contractor", "agency", "section")
# Whose people see the cases that are entrusted to them, and no other's. The municipality's own section has no wall.
WALLED = ("contractor", "agency")


class Organisation(Row):
    """The office itself has no row: whoever belongs to nothing else is the office's own."""

    id = TextField(primary_key=True)
    name = TextField()
    kind = TextField()
    contact = TextField()
    active = BooleanField()
    by = TextField()
    at = TextField()


class Contract(Row):
    """What was entrusted, from a day to a day. Its last day locks nobody out: a person decides what moves."""

    id = TextField(primary_key=True)
    organisation = TextField(index=True)
    title = TextField()
    begins = TextField()  # DATE
    ends = TextField()  # DATE, the last day it runs
    note = TextField()
    by = TextField()
    at = TextField()


class Transfer(Row):
    """One guided act that moved people, cases and follow-ups from an organisation to others."""

    id = TextField(primary_key=True)
    organisation = TextField()  # whence; "": the office's own
    to = TextField()
    note = TextField()
    items = JsonField()  # [{"kind", "person", "thing", "case", "was", "now"}], in the order they were done
    back = JsonField()  # places in `items` that were taken back
    by = TextField()
    at = TextField()


ORGANISATION_TABLES: tuple[type[Row], ...] = (Organisation, Contract, Transfer)
