"""The table of domain 7.2 itself: whole, and each cell lets in those it names and nobody else."""

import pytest

from pwa_server import texts
from pwa_server.desk.models.office_and_cases import Assignment, Conference, Staff
from pwa_server.desk.queries.access import PHONE, RELATIONSHIPS, ROLES, TABLE, cell, may

PERSON = "demo-nakagawa"


@pytest.fixture(scope="module")
def tied(bare_desk):
    """Tie → a case that ties PERSON by it; "office" and "own" need no case of their own."""
    with bare_desk.write():
        Assignment.create(
            id="a", case="assigned", staff=PERSON, from_on="2026-11-01", until_at=None, reason="", note=""
        )
        seat = {"staff": PERSON, "acknowledgedOn": "2026-11-01"}
        Conference.create(
            id="c", case="member", kind="k", status="planned", on=None, meeting="m", members=[seat]
        )
    return {tie: tie for tie in (*RELATIONSHIPS, "nobody")}


class Person(Staff):
    """Somebody who signed in, with emergency access to the case "granted"."""

    granted = frozenset(["granted"])


def test_the_table_is_whole():
    assert all(len(row) == len(ROLES) for row in TABLE.values())
    for row in TABLE.values():
        for told in row:
            see, _, change = told.partition("/")
            assert set(see.split()) | set(change.split()) <= set(RELATIONSHIPS)
            assert set(change.split()) <= set(see.split()), "nobody changes what they may not see"
    assert set(PHONE) <= set(TABLE)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_role_has_its_name(lang):
    assert [role for role in ROLES if not texts.has(lang, f"role.{role}")] == []


@pytest.mark.parametrize("data_class", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_a_cell_lets_in_those_it_names_and_nobody_else(role, data_class, tied):
    see, change = cell(role, data_class)
    phone = set(PHONE.get(data_class, "").split())
    for tie, case in tied.items():
        person = Person(id=PERSON, role=role, active=True)
        ties = {"office", tie}
        asked = {"author": PERSON if tie == "own" else "another"}
        assert may(person, "see", data_class, case, **asked) == bool(see & ties)
        assert may(person, "change", data_class, case, **asked) == bool(change & ties)
        assert may(person, "see", data_class, case, place="phone", **asked) == bool(
            see & ties and phone & ties
        )
        assert not may(Staff(id=PERSON, role=role, active=False), "see", data_class, case, **asked)
