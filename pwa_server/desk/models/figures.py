"""The read model's tables about figures and checklists."""

from peewee import IntegerField, TextField

from ..core.tables import JsonField, Row


class MonthClosed(Row):
    """The figures of one month as they were handed in. They never change; a second closing is another version."""

    id = TextField(primary_key=True)  # event id
    month = TextField(index=True)  # YYYY-MM
    version = IntegerField()
    at = TextField()
    by = TextField()
    figures = JsonField()


class Disclosure(Row):
    """A copy of a case's records for the person, with what was masked and why (domain.md 2.5)."""

    id = TextField(primary_key=True)  # event id
    case = TextField(index=True)
    requester = TextField()  # person | representative
    requested_on = TextField()
    masks = JsonField()  # paragraph key: reason code
    paragraphs = JsonField()  # keys in the order they were decided on: a later record is not in this copy
    at = TextField()
    by = TextField()


class ChecklistDraft(Row):
    """A checklist as it is being written, until it is published."""

    id = TextField(primary_key=True)  # of the checklist
    event = TextField()  # which keeping of it this is
    body = JsonField()
    at = TextField()
    by = TextField()


class ChecklistRetired(Row):
    """A checklist no phone offers any more."""

    id = TextField(primary_key=True)
    at = TextField()
    by = TextField()


FIGURE_TABLES: tuple[type[Row], ...] = (MonthClosed, Disclosure, ChecklistDraft, ChecklistRetired)
