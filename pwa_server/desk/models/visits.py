"""The read model's rows of a contact: as it stands, each version of it, what was decided of it and who has read it."""

from typing import Any

from peewee import BooleanField, IntegerField, TextField

from ..core.tables import JsonField, Row

SETTLED = ("approved", "imported")  # nobody has to look at it


class Visit(Row):
    """One contact, as its current version tells it. `id` is the id of its `visit.logged`."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    device = TextField(null=True)
    staff = TextField(index=True)  # who wrote it
    occurred_at = TextField(index=True)
    received_at = TextField()
    channel = TextField()
    outcome = TextField()
    met = JsonField()  # ids of members
    planned = TextField()
    reaction = IntegerField(null=True)
    stage = IntegerField(null=True)
    stage_event = TextField()
    current_version = TextField()
    review_status = TextField(index=True)  # waiting | returned | answered | approved | imported
    urgent = BooleanField()
    after_hand_over = BooleanField()
    by_hand = BooleanField()
    conflict = BooleanField()  # two corrections of one version: a person decides

    class Meta:
        indexes = (
            (("case", "occurred_at"), False),
            (("occurred_at", "channel", "outcome", "case", "met"), False),
            (("review_status", "occurred_at"), False),
        )


class VisitVersion(Row):
    id = TextField(primary_key=True)  # event id
    visit = TextField(index=True)
    case = TextField()
    replaces = TextField(null=True)
    at = TextField()
    by = TextField()
    device = TextField(null=True)
    received_at = TextField()
    changed = JsonField()
    comment = TextField()
    answers = TextField(null=True)
    settles = JsonField()  # versions this one was decided against
    body = JsonField()  # with what it does not change carried over from what it replaces
    sent = JsonField(null=True)  # as it came, where that said less
    conflict = BooleanField()

    @classmethod
    def in_order(cls) -> tuple[Any, ...]:
        """What was logged first, then its corrections: a phone's clock may put one before its original."""
        return (cls.replaces.is_null(False), cls.at, cls.id)


class Review(Row):
    id = TextField(primary_key=True)
    visit = TextField(index=True)
    version = TextField()
    status = TextField()  # approved | returned | answered | undone
    by = TextField()
    at = TextField()
    field = TextField(null=True)
    question = TextField(null=True)
    passage = TextField(null=True)  # the sentence the question is about
    answered_by = TextField(null=True)  # version id
    undone_by = TextField(null=True)  # who took an approval back, and when
    undone_at = TextField(null=True)
    position = IntegerField()  # of its event: acts at one desk have the order of its log, not of its clock

    class Meta:
        indexes = ((("status", "at"), False),)


class VisitRead(Row):
    id = TextField(primary_key=True)
    visit = TextField(index=True)
    staff = TextField()
    at = TextField()
