"""地域資源: what the area has for everybody, kept by those who work with it, with the age of each entry."""

from dataclasses import dataclass

from peewee import TextField

from ..core.tables import Row

KINDS = ("salon", "circle", "childrens_meals", "shop", "temple", "company", "volunteers", "agency", "other")
VISIBILITIES = (
    "public",
    "agencies",
    "keepers",
)  # everybody; all but volunteers of the area; who keeps the register
DISTRICTS_OPTION = "districts"


@dataclass(frozen=True)
class Field:
    """A text of the form. `longest`: letters."""

    name: str
    longest: int
    needed: bool = False


FIELDS: tuple[Field, ...] = (
    Field("name", 80, needed=True),
    Field("times", 200),
    Field("who_may_come", 200),
    Field("trouble", 500),
    Field("contact", 200),
)


class Resource(Row):
    id = TextField(primary_key=True)
    name = TextField()
    kind = TextField(index=True)
    district = TextField()  # of the office's own table, or ""
    times = TextField()
    who_may_come = TextField()
    trouble = TextField()  # what it needs itself
    contact = TextField()
    visibility = TextField()
    checked_on = TextField()  # DATE of the last time somebody asked whether it is still so
    ended = TextField(null=True)  # why it is no more
    by = TextField()
    at = TextField()


RESOURCE_TABLES: tuple[type[Row], ...] = (Resource,)
