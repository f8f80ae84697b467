"""The read model's table of what neighbours noticed around households."""

from peewee import BooleanField, TextField

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


COMMUNITY_TABLES: tuple[type[Row], ...] = (Notice,)
