"""The read model's rows of days somebody asked a colleague to take over."""

from peewee import TextField

from ..core.tables import JsonField, Row


class CoverAsked(Row):
    """A day of one person's that another is to go. `id`: the event's. Nothing follows until the desk decides."""

    id = TextField(primary_key=True)
    staff = TextField(index=True)  # whose day
    takes = TextField(null=True)  # who is to go; nobody named: the desk chooses
    on = TextField()  # the day, in Japan
    note = TextField()
    by = TextField()
    at = TextField()
    state = TextField()  # asked | granted | refused | ended
    decided_by = TextField(null=True)
    decided_at = TextField(null=True)
    cases = JsonField()  # what was assigned for that day alone
    followups = JsonField()  # what moved to the colleague
