"""The read model's tables around households: what neighbours noticed, places to take part in, issues of the area."""

from peewee import BooleanField, IntegerField, TextField

from ..core.tables import Row


class Notice(Row):
    """気づき: somebody told the office of a household they worry about (domain.md 7.1, P5)."""

    id = TextField(primary_key=True)
    by = TextField(index=True)
    at = TextField()
    who = TextField()
    place = TextField()
    noticed = TextField()
    named = TextField()  # may the office say who told it: yes | ask | no
    answer = TextField(null=True)  # taken_up | known | not_now
    thanks = TextField()
    answered_by = TextField(null=True)
    answered_at = TextField(null=True)
    withdrawn = BooleanField()  # taken back by whoever gave it


class Opportunity(Row):
    """活躍の場: a place where somebody may take part, as far as it may be told to every office (domain.md 1.8)."""

    id = TextField(primary_key=True)
    name = TextField()
    host = TextField()
    kind = TextField()
    place = TextField()
    times = TextField()
    calm = IntegerField()  # how little there is of people, noise and talk: 1 much … 5 hardly any
    anonymous = BooleanField()  # one may come without giving a name
    note = TextField()
    state = TextField()  # opening | open | full | resting
    verified_until = TextField(null=True)
    by = TextField()
    at = TextField()


class ParticipationProfile(Row):
    """What a person likes and needs when they take part, and what they said may be passed on."""

    case = TextField(primary_key=True)
    likes = TextField()
    pace = TextField()
    avoid = TextField()
    company = TextField()  # yes | at_first | no
    shareable = TextField()
    by = TextField()
    at = TextField()


COMMUNITY_TABLES: tuple[type[Row], ...] = (Notice, Opportunity, ParticipationProfile)
