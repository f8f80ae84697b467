"""Forms are declared (`pages/layout/forms.py`, the tables of `queries`). Fields read by hand get fewer, never more."""

from pathlib import Path

PAGES = Path(__file__).parents[2] / "pwa_server" / "desk" / "pages"
# Lines that read a field by hand, by page. Who declares a form takes its line out or lowers it.
BY_HAND = {
    "cases/assignments.py": 1,
    "cases/case.py": 3,
    "cases/closing.py": 3,
    "cases/conferences.py": 3,
    "cases/consents.py": 8,
    "cases/emergency_access.py": 4,
    "cases/household.py": 9,
    "cases/monitoring.py": 6,
    "cases/new_contact.py": 2,
    "cases/participation.py": 1,
    "cases/plan.py": 9,
    "layout/drafts.py": 3,
    "layout/guards.py": 1,
    "layout/once.py": 2,
    "layout/security_doors.py": 1,
    "layout/session.py": 5,
    "office/account_notices.py": 1,
    "office/checklists.py": 6,
    "office/held.py": 2,
    "office/imports.py": 5,
    "office/incidents.py": 2,
    "office/meanwhile.py": 5,
    "office/people.py": 3,
    "office/person.py": 4,
    "office/phones.py": 5,
    "office/settings.py": 8,
    "office/sign_in.py": 8,
    "visits/annotations.py": 6,
    "visits/contacts.py": 8,
    "visits/disclosure.py": 2,
    "visits/print.py": 1,
    "visits/review.py": 8,
    "work/accompanying.py": 1,
    "work/consultations.py": 9,
    "work/cover.py": 2,
    "work/followups.py": 3,
    "work/handovers.py": 5,
    "work/issues.py": 11,
    "work/learnings.py": 10,
    "work/meetings.py": 13,
    "work/opportunities.py": 3,
    "work/resources.py": 6,
    "work/search.py": 1,
    "work/statistics.py": 1,
    "work/today.py": 2,
    "work/triage.py": 1,
}
DECLARED = {"layout/forms.py"}


def by_hand(path):
    return sum("request.form" in line for line in path.read_text("utf-8").splitlines())


def test_no_page_reads_more_fields_by_hand_than_before():
    found = {str(path.relative_to(PAGES)): by_hand(path) for path in sorted(PAGES.rglob("*.py"))}
    more = {
        name: count for name, count in found.items() if count > BY_HAND.get(name, 0) and name not in DECLARED
    }
    assert more == {}, "declare the form (pages/layout/forms.py) instead of reading its fields"


def test_the_list_of_forms_read_by_hand_is_as_short_as_it_can_be():
    found = {name: by_hand(PAGES / name) if (PAGES / name).exists() else 0 for name in BY_HAND}
    assert {name: count for name, count in found.items() if count < BY_HAND[name]} == {}
