"""The table of domain 7.2 itself: whole, and each cell lets in those it names and nobody else."""

import pytest

from pwa_server.desk.models.office_and_cases import Staff
from pwa_server.desk.queries.access import PHONE, RELATIONSHIPS, ROLES, TABLE, cell, may


def test_the_table_is_whole():
    assert all(len(row) == len(ROLES) for row in TABLE.values())
    for row in TABLE.values():
        for told in row:
            see, _, change = told.partition("/")
            assert set(see.split()) | set(change.split()) <= set(RELATIONSHIPS)
            assert set(change.split()) <= set(see.split()), "nobody changes what they may not see"
    assert set(PHONE) <= set(TABLE)


@pytest.mark.parametrize("data_class", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_a_cell_lets_in_those_it_names_and_nobody_else(role, data_class, monkeypatch):
    person = Staff(id="p", role=role, active=True)
    gone = Staff(id="p", role=role, active=False)
    for tie in (*RELATIONSHIPS, "nobody"):
        ties = {"office"} if tie in ("office", "nobody") else {"office", tie}
        monkeypatch.setattr("pwa_server.desk.queries.access.relationships", lambda *_, ties=ties: ties)
        see, change = cell(role, data_class)
        assert may(person, "see", data_class, "c") == bool(see & ties)
        assert may(person, "change", data_class, "c") == bool(change & ties)
        assert not may(gone, "see", data_class, "c")
        phone = set(PHONE.get(data_class, "").split())
        assert may(person, "see", data_class, "c", place="phone") == bool(see & ties and phone & ties)
