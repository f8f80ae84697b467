"""ノウハウ: what was learned from cases, told by the situation and without anybody who could be known by it.

A learning has no tie to the case it came from. What a case has is that one was set aside there.
"""

from peewee import BooleanField, IntegerField, TextField

from ..core.tables import JsonField, Row
from .free_texts import FreeText

FIELDS: tuple[FreeText, ...] = (
    FreeText("title", 60, needed=True),
    FreeText("when", 1000, needed=True),
    FreeText("did", 1000),
    FreeText("changed", 1000, needed=True),
    FreeText("failed", 1000),
    FreeText("needed", 500),
)
# The words a situation is told with. A case's own are worked out from its records (queries/learnings.py).
SITUATIONS: dict[str, tuple[str, ...]] = {
    "household": ("alone", "parent_and_adult_child", "with_children", "couple"),
    "trouble": ("withdrawn", "money", "home", "illness", "care", "violence"),
    "stage": ("before_meeting", "first_meetings", "underway", "taking_part", "ending"),
    "happened": ("promises_fall_through", "support_broke_off", "not_wished", "family_tired"),
}
CODES: tuple[str, ...] = tuple(code for codes in SITUATIONS.values() for code in codes)
RESULTS = ("reads", "asks")


class Learning(Row):
    id = TextField(primary_key=True)
    version = TextField()  # the event that wrote what stands now
    situation = JsonField()  # codes of SITUATIONS, in their order
    title = TextField()
    when = TextField()
    did = TextField()
    changed = TextField()
    failed = TextField()
    needed = TextField()
    state = TextField(index=True)  # waiting | read | asked | withdrawn
    by = TextField()
    at = TextField()
    read_by = TextField(null=True)
    read_at = TextField(null=True)
    read_note = TextField()


class LearningTried(Row):
    """What somebody says who did the same."""

    id = TextField(primary_key=True)  # event id
    learning = TextField(index=True)
    fits = BooleanField()
    words = TextField()
    by = TextField()
    at = TextField()
    position = IntegerField()


class LearningAside(Row):
    """A learning that is not offered on this case any more."""

    id = TextField(primary_key=True)  # case and learning
    case = TextField(index=True)
    learning = TextField()
    by = TextField()
    at = TextField()


LEARNING_TABLES: tuple[type[Row], ...] = (Learning, LearningTried, LearningAside)
