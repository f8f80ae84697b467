"""参加支援: a person's profile, the places that were thought of with them, each step with the words of both sides.

A step back or a stop is a step like any other: nothing here says that somebody failed.
"""

from peewee import BooleanField, IntegerField, TextField

from sync.events import MATCH_ANSWERS, MATCH_PERIODS

from ..core.tables import JsonField, Row
from .free_texts import FreeText
from .opportunities import LOADS

COMPANY = ("yes", "at_first", "no")
# What a person may let a host be told, each for itself; `company` is a code of COMPANY.
PROFILE: tuple[FreeText, ...] = (
    FreeText("called", 40),
    FreeText("likes", 500),
    FreeText("good_at", 500),
    FreeText("hours", 300),
    FreeText("people", 300),
    FreeText("way", 300),
    FreeText("hard", 500),
    FreeText("avoid", 500),
    FreeText("care", 500),
    FreeText("waves", 300),
    FreeText("other", 1000),
)
TELLABLE = (*(one.name for one in PROFILE), "company")
STEPS = ("candidate", "asked", "seen", "tried", "joined", "settled")
SIDE_ROADS = ("paused", "changed")
TAKING_PART = ("joined", "settled")
WHY = ("rest", "time_place", "other_wish", "host", "not_asked")
AFTER = ("ask_again", "look_elsewhere", "leave")
PERSON, HOST = "person", "host"
SIDES = tuple(MATCH_ANSWERS)
VISIT, *_LATER = MATCH_PERIODS  # the first is a day there, before or between the days to ask
PERIODS = tuple(_LATER)
NOT_REACHED = "not_reached"
MOST_REASONS = 12
REASON = FreeText("reason", 200)
WORDS = FreeText("words", 1000)
# Lines of a paper that hold a code, a number or a yes; the others hold words.
CODED_LINES = ("company", "kind", "shortest", "alone", "anonymous", *LOADS)
ARRANGED: tuple[FreeText, ...] = (FreeText("days", 120), FreeText("call", 120))


class ParticipationProfile(Row):
    """`limits`: minutes to begin with, the most load of each kind, whether without a name, whether by oneself."""

    id = TextField(primary_key=True)  # the case
    case = TextField(index=True)
    texts = JsonField()  # by name of PROFILE
    company = TextField()
    told = JsonField()  # names of TELLABLE the person said may be told
    limits = JsonField()
    by = TextField()
    at = TextField()


class Match(Row):
    """A place thought of with somebody, and where it stands: worked out of its entries."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    opportunity = TextField(index=True)
    fits = JsonField()  # ○ in words
    minds = JsonField()  # △ in words
    step = TextField()
    step_on = TextField()
    started = TextField(null=True)  # DATE since when somebody takes part, while they do
    days = TextField()  # what stands on the host's paper beside the profile: when they come,
    call = TextField()  # and whom the host rings
    begun_on = TextField()
    by = TextField()
    at = TextField()


class MatchEntry(Row):
    """A step, or what was seen and heard on a day, with the words of both sides."""

    id = TextField(primary_key=True)  # event id
    case = TextField(index=True)
    match = TextField(index=True)
    step = TextField(null=True)  # None: seen or heard
    on = TextField()
    minutes = IntegerField(null=True)
    side = TextField(null=True)
    period = TextField(null=True)
    went = TextField()  # `did` of the event
    felt = TextField()
    next = TextField()
    next_on = TextField(null=True)
    why = TextField()
    person_words = TextField()
    host_words = TextField()
    company = TextField()
    undone = BooleanField()
    by = TextField()
    at = TextField()
    position = IntegerField()


class MatchPaper(Row):
    """A paper that was handed over: what stood on it, word for word."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    match = TextField(index=True)
    side = TextField()
    lines = JsonField()  # {name: text}
    on = TextField()
    by = TextField()
    at = TextField()


PARTICIPATION_TABLES: tuple[type[Row], ...] = (ParticipationProfile, Match, MatchEntry, MatchPaper)
