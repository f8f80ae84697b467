"""The read model's tables of conferences: kinds, meetings, seats, and what a meeting has on its table.

`Conference` (office_and_cases) says of one case that a conference about it is planned or was held; these tables say
everything else. A row with a `case` is that household's and leaves with it; one without is the meeting's own.
"""

from peewee import BooleanField, IntegerField, TextField

from ..core.tables import JsonField, Row


class ConferenceKind(Row):
    """A kind of conference as this office holds it: names and merging vary between municipalities (domain.md 12)."""

    id = TextField(primary_key=True)
    name = TextField()
    convenor = TextField()
    gate = TextField()  # law: held without consent (article 106-6) | consent: the person's own
    active = BooleanField()


class Meeting(Row):
    id = TextField(primary_key=True)
    kind = TextField()
    gate = TextField()  # as the kind had it when this meeting was planned
    status = TextField()  # planned | cancelled | held
    on = TextField()
    begins = TextField()  # HH:MM
    ends = TextField()
    place = TextField()
    convenor = TextField()
    chair = TextField()
    recorder = TextField(null=True)  # staff id: may write the minutes
    closes = TextField()  # moment at which the materials close
    reason = TextField()  # why it was cancelled
    held_at = TextField(null=True)  # when it was said to be held
    by = TextField()
    at = TextField()


class Seat(Row):
    """A member of one meeting, for all of its cases or for some (domain.md 2.1: the chair picks members per case)."""

    id = TextField(primary_key=True)  # meeting + " " + member
    meeting = TextField(index=True)
    member = TextField()
    staff = TextField(null=True, index=True)  # null: has no account here
    name = TextField()
    organisation = TextField()
    capacity = TextField()
    cases = JsonField()  # ids; [] is all
    seated = BooleanField()
    acknowledged_on = TextField(null=True)
    acknowledged_how = TextField()  # screen | paper | ""
    noted_by = TextField(null=True)
    noted_at = TextField(null=True)
    attended = BooleanField()


OF_AN_ITEM = ("begins", "topic", "text", "removed")  # what may be changed of one


class AgendaItem(Row):
    id = TextField(primary_key=True)
    meeting = TextField(index=True)
    case = TextField(null=True, index=True)
    begins = TextField()
    topic = TextField()
    text = TextField()
    removed = BooleanField()
    position = IntegerField()


class AgendaWording(Row):
    """An item as it stood at some time: what was there before a change is not gone."""

    id = TextField(primary_key=True)  # of the event
    item = TextField(index=True)
    meeting = TextField(index=True)
    case = TextField(null=True, index=True)  # another household than now is for who may read of that one
    begins = TextField()
    topic = TextField()
    text = TextField()
    removed = BooleanField()
    by = TextField()
    at = TextField()
    position = IntegerField()


class Material(Row):
    id = TextField(primary_key=True)
    meeting = TextField(index=True)
    case = TextField(null=True, index=True)
    title = TextField()
    text = TextField()
    removed = BooleanField()
    by = TextField()
    at = TextField()


class InformationRequest(Row):
    """資料・情報提供の求め: whom the conference asked for what, and what came."""

    id = TextField(primary_key=True)
    meeting = TextField(index=True)
    case = TextField(null=True, index=True)
    to = TextField()
    what = TextField()
    due = TextField(null=True)
    came = TextField()
    came_on = TextField(null=True)
    by = TextField()
    at = TextField()


class Minutes(Row):
    """One wording of the minutes that nothing replaced. Two that stand side by side were written at once."""

    id = TextField(primary_key=True)  # of its event
    meeting = TextField(index=True)
    case = TextField(null=True, index=True)
    text = TextField()
    by = TextField()
    at = TextField()


class Decision(Row):
    id = TextField(primary_key=True)
    meeting = TextField(index=True)
    case = TextField(index=True)
    what = TextField()
    why = TextField()  # the context: for those who were there
    staff = TextField(null=True)
    named = TextField()  # somebody without an account
    until = TextField(null=True)
    followup = TextField(null=True)
    carried = TextField(null=True)  # the plan's version it became an action of, after consent
    agreed = BooleanField()  # whether the person's consent to sharing stood when it was decided
    removed = BooleanField()
    by = TextField()
    at = TextField()


CONFERENCE_TABLES: tuple[type[Row], ...] = (
    ConferenceKind,
    Meeting,
    Seat,
    AgendaItem,
    AgendaWording,
    Material,
    InformationRequest,
    Minutes,
    Decision,
)
