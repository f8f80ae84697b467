"""Consultations (相談受付, domain.md 1.2): the form's fields, declared once, and the rows they are kept in.

Forms, correction, the page, the printed sheet, the carry-over into a case and the access gate all read `FIELDS`. A
field's answer lies in the column of its data class (`told_core`, `told_health`, …), so that whoever may not see a class
gets none of its fields.
"""

from dataclasses import dataclass
from typing import Any

from peewee import IntegerField, TextField

from ..core.tables import JsonField, Row

SEXES = ("unknown", "male", "female", "other")
# What is known of a person, as `member.set` names it too.
OF_A_PERSON = ("name", "reading", "birthDate", "address", "telephone", "sex", "ageBand")
SOURCE_DOMAINS = (
    "elderly",
    "disability",
    "children",
    "poverty",
    "public_health",
    "education",
    "community",
    "social_council",
    "city_hall",
    "medical",
    "police",
    "person_family",
)
AGES = ("unknown", "child", "10s", "20s", "30s", "40s", "50s", "60s", "70s", "80s", "elderly")
SECTIONS = ("received", "consent", "source", "topics", "words", "wishes", "person", "after")
GIVEN, NOT_GIVEN = "with", "without"  # the two variants of the form


@dataclass(frozen=True)
class Field:
    """A question of the form. `kind`: day | staff | text | long | one | many."""

    name: str
    section: str
    kind: str
    data_class: str
    codes: tuple[str, ...] = ()
    needed: bool = False
    reported: bool = False  # to the state, unless the office's own table says otherwise
    variant: str = ""  # asked only with, or only without, the person's consent
    words: str = ""  # where the codes' words stand; "" is desk.consultation.NAME

    @property
    def group(self) -> str:
        return self.words or f"desk.consultation.{self.name}"

    @property
    def column(self) -> str:
        return f"told_{self.data_class}"


FIELDS: tuple[Field, ...] = (
    Field("receivedOn", "received", "day", "core", reported=True),
    Field("receivedBy", "received", "staff", "core"),
    Field("means", "received", "one", "core", ("phone", "counter", "letter", "fax", "visit", "other")),
    Field("informant", "received", "text", "third_party"),
    Field("informantRelation", "received", "text", "third_party"),
    Field("consent", "consent", "one", "core", ("given", "not_asked", "difficult", "refused"), True, True),
    Field("consentScope", "consent", "many", "core", ("source", "team", "host"), variant=GIVEN),
    Field("consentMethod", "consent", "one", "core", ("written", "oral", "signed"), variant=GIVEN),
    Field("consentOn", "consent", "day", "core", variant=GIVEN),
    Field("consentKnown", "consent", "long", "health", variant=NOT_GIVEN),
    Field("sourceOrg", "source", "text", "core", reported=True),
    Field(
        "sourceDomain",
        "source",
        "one",
        "core",
        SOURCE_DOMAINS,
        reported=True,
    ),
    Field(
        "route",
        "source",
        "one",
        "core",
        ("person", "family_friend", "agency", "outreach", "other"),
        reported=True,
    ),
    Field("discoveredBy", "source", "text", "third_party"),
    Field("urgency", "source", "one", "core", ("now", "within_week", "normal"), True),
    Field("reason", "source", "long", "third_party"),
    Field("expected", "source", "many", "core", ("sorting", "roles", "conference", "accompanying", "advice")),
    Field(
        "topics",
        "topics",
        "many",
        "health",
        (
            "health_disability",
            "housing",
            "income",
            "rent_loan",
            "taxes_utilities",
            "debt",
            "finding_work",
            "worries_at_work",
            "community_ties",
            "family_ties",
            "child_raising",
            "care",
            "withdrawal_school",
            "violence_abuse",
            "food",
            "other",
        ),
        reported=True,
    ),
    Field("personComplaint", "words", "long", "health"),
    Field("familyComplaint", "words", "long", "health"),
    Field("personHope", "words", "long", "health"),
    Field("familyHope", "words", "long", "health"),
    Field("accommodation", "wishes", "text", "core"),
    Field("introduceAs", "wishes", "text", "core"),
    Field("name", "person", "text", "contact"),
    Field("reading", "person", "text", "contact"),
    Field("sex", "person", "one", "identity", SEXES, reported=True, words="member.sex"),
    Field("ageBand", "person", "one", "identity", AGES, reported=True, words="member.age"),
    Field("birthDate", "person", "day", "contact"),
    Field("address", "person", "text", "contact"),
    Field("telephone", "person", "text", "contact"),
    Field("household", "person", "long", "health"),
    Field(
        "judgement",
        "after",
        "one",
        "core",
        ("information", "refer", "without_consent", "continue", "interrupted"),
        reported=True,
    ),
    Field("nextStep", "after", "text", "core"),
)
BY_NAME = {one.name: one for one in FIELDS}
COLUMNS = tuple(dict.fromkeys(one.column for one in FIELDS))
ENDINGS = ("information", "referred", "other")
WORDED = ("text", "long")  # kinds whose answer is in words
REPORTED_OPTION = "reported_fields"  # of the office: names of the fields it reports to the state


class Consultation(Row):
    """One consultation. Its events stand under its own id, which is the case's id once it has become one."""

    id = TextField(primary_key=True)
    by = TextField(index=True)
    at = TextField()
    state = TextField(index=True)  # open | ended | case
    into = TextField(null=True, index=True)  # the case it became or was joined to
    notice = TextField(null=True)  # the notice it began with
    told_core = JsonField()  # {field: answer}, and so below
    told_health = JsonField()
    told_third_party = JsonField()
    told_identity = JsonField()
    told_contact = JsonField()
    ending = TextField()  # information | referred | other; "" while it has not ended
    ending_note = TextField()
    ended_by = TextField(null=True)
    ended_at = TextField(null=True)
    rev = IntegerField()  # log position of the last event about it

    @property
    def case(self) -> str:
        """Under which case one asks who may see it."""
        return str(self.into or self.id)


class TriageDecision(Row):
    """A decision of the triage as it was made: the latest stands in the case, all of them are kept."""

    id = TextField(primary_key=True)
    case = TextField(index=True)
    decision = TextField()
    kind = TextField(null=True)
    reason = TextField()
    review_on = TextField(null=True)
    by = TextField()
    at = TextField()
    position = IntegerField()


def blank() -> dict[str, dict[str, Any]]:
    return {column: {} for column in COLUMNS}


def sorted_out(answers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Answers by column. A field this version does not know is in none."""
    sorted_out = blank()
    for name, value in answers.items():
        if name in BY_NAME:
            sorted_out[BY_NAME[name].column][name] = value
    return sorted_out


def answer(row: Any, name: str) -> Any:
    """What stands in a field of a row; None where nothing was answered, Hidden where it is not shown."""
    return getattr(row, BY_NAME[name].column).get(name)


def words_in(row: Any, column: str) -> list[str]:
    """What was written in a column in words, and no codes, days or ids."""
    words = getattr(row, column)
    return [
        words[name]
        for name, one in BY_NAME.items()
        if one.column == column and one.kind in WORDED and words.get(name)
    ]


CONSULTATION_TABLES: tuple[type[Row], ...] = (Consultation, TriageDecision)
