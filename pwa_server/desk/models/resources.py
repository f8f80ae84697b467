"""地域資源: what the area has for everybody, kept by those who work with it, with the age of each entry."""

from peewee import TextField

from ..core.tables import Row
from .free_texts import FreeText

KINDS = ("salon", "circle", "childrens_meals", "shop", "temple", "company", "volunteers", "agency", "other")
VISIBILITIES = (
    "public",
    "agencies",
    "keepers",
)  # everybody; all but volunteers of the area; who keeps the register
DISTRICTS_OPTION = "districts"


FIELDS: tuple[FreeText, ...] = (
    FreeText("name", 80, needed=True),
    FreeText("times", 200),
    FreeText("who_may_come", 200),
    FreeText("trouble", 500),
    FreeText("contact", 200),
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
    found_on = TextField()  # DATE in Japan of the first time it was written
    by = TextField()
    at = TextField()


RESOURCE_TABLES: tuple[type[Row], ...] = (Resource,)
