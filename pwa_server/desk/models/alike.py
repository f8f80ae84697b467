"""The read model's index of what households, consultations and notices are called and how they are reached."""

from peewee import TextField

from ..core.tables import Row


class AlikeKey(Row):
    """A name, reading, address or telephone in one spelling (`projections/alike`): looked up, never shown."""

    id = TextField(primary_key=True)  # thing + " " + what
    kind = TextField()  # case | begun | consultation | notice
    thing = TextField(index=True)  # the member, case, consultation or notice it is of
    case = TextField(null=True, index=True)  # of a household
    what = TextField()  # name | reading | address | telephone
    key = TextField(index=True)


ALIKE_TABLES: tuple[type[Row], ...] = (AlikeKey,)
