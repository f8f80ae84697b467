"""A desk without room: what arrived stays at the relay and comes when there is room; a person reads one sentence."""

import pytest

from pwa_server.desk import actions
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.log import event_log
from pwa_server.desk.models.office_and_cases import Visit


@pytest.fixture
def disk(desk):
    class Disk:
        def fill(self):
            pages = desk.db.execute_sql("pragma page_count").fetchone()[0]
            desk.db.execute_sql(f"pragma max_page_count={pages}").fetchone()

        def free(self):
            desk.db.execute_sql("pragma max_page_count=1000000").fetchone()

    return Disk()


def test_what_does_not_fit_waits_at_the_relay_and_comes_once_there_is_room(office, phone, disk):
    office.round(phone)
    disk.fill()
    visits = []
    with pytest.raises(DeskError) as refused:  # noqa: PT012 - the disk fills up somewhere among them
        for _ in range(60):
            visits.append(phone.visit("demo-002", hook="長い記録。" * 60))
            phone.write(visits[-1])
            phone.push()
            office.sync()
    assert refused.value.code == "full"

    disk.free()
    office.sync()
    assert [Visit.get_or_none(Visit.id == one["id"]) is not None for one in visits] == [True] * len(visits)
    assert event_log.verify_chain()


def test_an_act_that_does_not_fit_is_not_done_by_half(desk, nakagawa, disk):
    disk.fill()
    done = 0
    with pytest.raises(DeskError) as refused:  # noqa: PT012
        for done in range(400):
            actions.set_safety(desk, nakagawa, "demo-002", "dog", f"{done} " + "犬" * 300, "", "2027-01-01")
    assert refused.value.code == "full"
    disk.free()
    assert event_log.verify_chain()
    actions.set_safety(desk, nakagawa, "demo-002", "dog", "犬", "", "2027-01-01")
