"""Who the people of a case are and how they are reached; and the consultations it came from."""

from typing import Any

from ...models.consultations import Consultation
from ...models.office_and_cases import Member
from ...queries.access import may
from ...queries.shown import all_shown
from ..layout.session import me

# Fields of the form, as `member.set` names them, and their columns.
CONTACT = {
    "name": "name",
    "reading": "reading",
    "birthDate": "birth_date",
    "address": "address",
    "telephone": "telephone",
}


def told_of(case: str) -> dict[str, Any]:
    """What the page of a case shows of this."""
    rows = Consultation.select().where(Consultation.into == case).order_by(Consultation.at)
    return {"persons": persons(case), "consultations": all_shown(me(), rows), "contact_fields": CONTACT}


def persons(case: str) -> list[Any]:
    """Members of whom a name, an address or a number is known."""
    if not may(me(), "see", "contact", case):
        return []
    rows = Member.select().where((Member.case == case) & Member.merged_into.is_null())
    persons = [
        row for row in rows.order_by(Member.label) if any(getattr(row, column) for column in CONTACT.values())
    ]
    return all_shown(me(), persons)
