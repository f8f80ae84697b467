"""活躍の場・受入先: places where somebody may take part, and what was talked over with their hosts (domain.md 1.8).

Nobody is named in them. Load is how much there is of each kind: 1 hardly any … 5 much; None is not known.
"""

from peewee import BooleanField, IntegerField, TextField

from ..core.tables import Row
from .free_texts import FreeText

KINDS = (
    "gathering",
    "salon",
    "volunteering",
    "farming",
    "handwork",
    "short_work",
    "visit_only",
    "online",
    "other",
)
STATES = ("opening", "open", "full", "resting")
LOADS = ("people", "noise", "gaze", "talk")
LEAST_LOAD, MOST_LOAD = 1, 5
SHORTEST = (15, 30, 45, 60, 90, 120, 180, 240)  # minutes somebody may begin with
HOW = ("phone", "visit", "letter", "mail", "meeting")

FIELDS: tuple[FreeText, ...] = (
    FreeText("name", 80, needed=True),
    FreeText("host", 80),
    FreeText("place", 200),
    FreeText("times", 200),
    FreeText("doing", 300),
    FreeText("pay", 100),
    FreeText("care", 300),
    FreeText("room", 60),
    FreeText("note", 1000),
    *(FreeText(f"{load}_words", 60) for load in LOADS),
)
# The host's name, address and telephone: for who keeps the register alone.
CONTACT = FreeText("contact", 200)
SAID = FreeText("words", 1000, needed=True)


class Opportunity(Row):
    id = TextField(primary_key=True)
    name = TextField()
    host = TextField()
    kind = TextField()
    district = TextField()  # of the office's own table, or ""
    place = TextField()
    times = TextField()
    doing = TextField()
    pay = TextField()
    care = TextField()
    room = TextField()
    note = TextField()
    people = IntegerField(null=True)
    people_words = TextField()
    noise = IntegerField(null=True)
    noise_words = TextField()
    gaze = IntegerField(null=True)
    gaze_words = TextField()
    talk = IntegerField(null=True)
    talk_words = TextField()
    shortest = IntegerField(null=True)  # minutes
    alone = BooleanField()  # there is something to do by oneself
    anonymous = BooleanField()  # one may come without giving a name
    contact = TextField()
    state = TextField()  # opening | open | full | resting
    verified_until = TextField(null=True)  # DATE: after it the host is asked again before anybody is told of
    found_on = TextField()  # DATE in Japan of the first time it was written
    by = TextField()
    at = TextField()

    @property
    def load(self) -> int | None:
        """The most there is of any kind; None while none is known."""
        return max((value for name in LOADS if (value := getattr(self, name)) is not None), default=None)


class HostContact(Row):
    """Support of a host: one talk with it. No household is in it."""

    id = TextField(primary_key=True)
    opportunity = TextField(index=True)
    on = TextField()
    how = TextField()
    words = TextField()
    undone = BooleanField()
    by = TextField()
    at = TextField()
    position = IntegerField()


OPPORTUNITY_TABLES: tuple[type[Row], ...] = (Opportunity, HostContact)
