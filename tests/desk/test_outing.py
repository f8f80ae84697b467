"""Out alone: the desk tells the relay beforehand whom to wake, and shows who is out; it is not needed when it
happens.
"""

import itertools

from pwa_server.desk.exchange import watch_list
from pwa_server.desk.models.office_and_cases import DeviceRow, Outing
from pwa_server.desk.projections.outings import out_now
from pwa_server.relay.tables import WatchList
from tests.desk.arrivals import DAY, state_after
from tests.standins.phone import new_id


def test_the_lists_lie_at_the_relay_before_anybody_goes_out(office, desk):
    phones = {name: office.phone_of(name) for name in ("kobayashi", "nishimura", "nakagawa")}
    office.round(*phones.values())
    first, second = watch_list.steps_for(DeviceRow.get(DeviceRow.staff == "demo-kobayashi"))
    assert second["devices"] == [phones["nakagawa"].id]
    phones["kobayashi"].write(
        phones["kobayashi"].event("watchers.named", None, {"staff": ["demo-nishimura"]})
    )
    office.round(*phones.values())

    store = office.app.extensions["sotto_relay"].store
    with store.connected():
        row = store.WatchList.get(store.WatchList.device == phones["kobayashi"].id)
    assert (first["after"], phones["nishimura"].id in row.steps) == (0, True)
    assert phones["kobayashi"].docs["me"]["watchers"] == ["demo-nishimura"]
    assert phones["kobayashi"].id in [one["device"] for one in phones["nishimura"].docs["me"]["watching"]]
    assert "小林" not in row.steps
    assert WatchList._meta.table_name == "watch_lists"


def test_a_relay_that_lost_everything_is_told_again(office, desk):
    phone = office.phone_of("kobayashi")
    office.round(phone)
    office.clock.pass_(minutes=1)
    office.start_relay()
    phone.http = office.http
    office.sync()
    store = office.app.extensions["sotto_relay"].store
    with store.connected():
        assert store.WatchList.select().where(store.WatchList.device == phone.id).exists()


def test_the_desk_sees_who_is_out_until_they_are_back(office, phone, desk):
    phone.write(phone.event("worker.departed", "demo-002", {"until": DAY.format(24), "watched": True}))
    office.round(phone)
    assert [(row.id, row.case) for row in out_now()] == [("demo-kobayashi", "demo-002")]
    office.clock.pass_(minutes=40)
    phone.write(phone.event("worker.back", None, {}))
    office.round(phone)
    assert out_now() == []
    assert Outing.get_by_id("demo-kobayashi").case == "demo-002"


STORY = [
    (
        new_id(),
        "worker.departed",
        DAY.format(20),
        "demo-kobayashi",
        {"until": DAY.format(21), "watched": True},
    ),
    (new_id(), "worker.back", DAY.format(21), "demo-kobayashi", {}),
    (
        new_id(),
        "worker.departed",
        DAY.format(22),
        "demo-kobayashi",
        {"until": DAY.format(23), "watched": False},
    ),
    (new_id(), "watchers.named", DAY.format(20), "demo-kobayashi", {"staff": ["demo-nishimura"]}),
    (new_id(), "watchers.named", DAY.format(21), "demo-kobayashi", {"staff": []}),
]


def test_any_order_of_arrival_leaves_the_same(bare_desk):
    states = [state_after(bare_desk, order)[0] for order in itertools.permutations(STORY)]
    assert all(state == states[0] for state in states)
