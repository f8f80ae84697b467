"""A sick colleague's day: a phone asks, a person decides in one press, the cases come, and end when the day is over."""

import pytest

from pwa_server.desk import actions
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.exchange import reminders
from pwa_server.desk.models.office_and_cases import CoverAsked, DeviceRow, FollowUp
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries.access import is_assigned
from tests.standins.phone import new_id

TODAY = "2026-11-24"


@pytest.fixture
def phones(office):
    """小林 is ill; 西村 would go; 中川 is on call with a phone of her own."""
    return {name: office.phone_of(name) for name in ("kobayashi", "nishimura", "nakagawa")}


@pytest.fixture
def due(office, phones, desk):
    """One visit this afternoon, to a household that 西村 does not have."""
    case = next(
        case for case in phones["kobayashi"].docs["me"]["cases"] if not is_assigned("demo-nishimura", case)
    )
    id_ = new_id()
    told = {
        "followup": id_,
        "at": f"{TODAY}T06:00:00Z",
        "kind": "visit",
        "with": "person",
        "note": "",
        "remind": True,
    }
    phones["kobayashi"].write(phones["kobayashi"].event("followup.scheduled", case, told))
    office.round(*phones.values())
    return case, id_


def asks(phone, **told):
    event = phone.event(
        "cover.asked",
        None,
        {"staff": "demo-kobayashi", "to": None, "on": TODAY, "note": "熱があります"} | told,
    )
    phone.write(event)
    return event["id"]


def test_a_day_goes_to_the_colleague_and_ends_when_it_is_over(office, desk, nakagawa, phones, due):
    case, followup = due
    cover = asks(phones["kobayashi"])
    office.round(*phones.values())
    assert f"case/{case}" not in phones["nishimura"].docs  # asking gave nobody anything
    assert phones["kobayashi"].docs["me"]["covers"][0]["state"] == "asked"
    rung = reminders.wakes_for(desk, DeviceRow.get_by_id(phones["nakagawa"].id))
    assert (f"cover {cover}", "now") in rung

    actions.grant_cover(desk, nakagawa, cover, "demo-nishimura")
    office.round(*phones.values())
    assert f"case/{case}" in phones["nishimura"].docs
    assert followup in [one["followup"] for one in phones["nishimura"].docs["followups"]["followups"]]
    assert followup not in [one["followup"] for one in phones["kobayashi"].docs["followups"]["followups"]]
    assert phones["nishimura"].docs["me"]["covers"][0] == {
        "cover": cover,
        "staff": "demo-kobayashi",
        "to": "demo-nishimura",
        "on": TODAY,
        "state": "granted",
    }
    with pytest.raises(DeskError, match="not_found"):
        actions.grant_cover(desk, nakagawa, cover, "demo-nishimura")

    actions.end_cover(desk, nakagawa, cover)
    office.round(*phones.values())
    assert f"case/{case}" not in phones["nishimura"].docs
    assert FollowUp.get_by_id(followup).staff == "demo-kobayashi"
    before = list(dump())
    assert rebuild(desk)[1] == []
    assert list(dump()) == before


def test_a_colleague_who_offers_to_go_has_nothing_until_it_is_granted(office, desk, nakagawa, phones, due):
    cover = asks(phones["nishimura"], to="demo-nishimura")
    office.round(*phones.values())
    with pytest.raises(NotAllowed):
        actions.grant_cover(desk, office.person("nishimura"), cover, "demo-nishimura")
    actions.refuse_cover(desk, nakagawa, cover)
    office.round(*phones.values())
    assert not is_assigned("demo-nishimura", due[0])
    assert CoverAsked.get_by_id(cover).state == "refused"
    assert phones["nishimura"].docs["me"]["covers"][0]["state"] == "refused"
