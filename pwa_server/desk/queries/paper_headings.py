"""The headings of the office's forms (domain.md 1.1, F1 to F8): a municipality prints its own name and number."""

from ..models.annotations import OfficeOption

# In the order of a case: intake, assessment, plans, contacts, evaluation, conference, hand-over.
FORMS = (
    "intake",
    "assessment",
    "plan",
    "other_plan",
    "contact",
    "progress",
    "evaluation",
    "conference",
    "handover",
)
OPTION = "paper_headings"  # of the office: {form: heading}; what is not there has the usual one
LONGEST = 60


def own_headings() -> dict[str, str]:
    """What the office calls its forms, where it calls them otherwise."""
    row = OfficeOption.get_or_none(OfficeOption.id == OPTION)
    values = row.value if row is not None else {}
    return {form: str(values[form]) for form in FORMS if values.get(form)}
