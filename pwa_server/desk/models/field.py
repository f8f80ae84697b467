"""The read model's rows of what phones begin and take back, and of who is out alone."""

from peewee import BooleanField, IntegerField, TextField

from ..core.tables import JsonField, Row


class Begun(Row):
    """A case begun on a phone, with what little was known."""

    id = TextField(primary_key=True)  # event id
    case = TextField(index=True)
    by = TextField()
    at = TextField()
    title = TextField()
    known = JsonField()


class CaseName(Row):
    """A name a case bore, or bears: it is found by each (`search`), and a phone is told of the former ones."""

    id = TextField(primary_key=True)  # the event that gave it
    case = TextField(index=True)
    no = TextField()
    title = TextField()
    kana = TextField()
    position = IntegerField()


class Undone(Row):
    """A visit taken back by who wrote it, or one that belongs to another household. Its versions stay."""

    id = TextField(primary_key=True)
    visit = TextField(index=True)
    case = TextField(index=True)
    kind = TextField()  # withdrawn | misfiled
    moved_to = TextField(null=True)  # the case it truly belongs to
    moved_as = TextField(null=True)  # the visit that says the same there
    reason = TextField()
    by = TextField()
    device = TextField(null=True)
    at = TextField()


class Outing(Row):
    """The last time somebody went out under a timer. `id`: the staff id. `departed`, `back`: "time event"."""

    id = TextField(primary_key=True)
    departed = TextField()
    since = TextField()
    until = TextField()
    case = TextField(null=True)
    watched = BooleanField()  # the relay holds the timer
    back = TextField()


class OwnQuiet(Row):
    """Hours in which this person wants no reminder, besides the office's. `id`: the staff id."""

    id = TextField(primary_key=True)
    begins = TextField()  # HH:MM in Japan, or "" for none
    ends = TextField()
    told = TextField()  # "time event"


class Watchers(Row):
    """Whom this person wants woken when they are not back. `id`: the staff id."""

    id = TextField(primary_key=True)
    staff = JsonField()
    named = TextField()  # "time event"
