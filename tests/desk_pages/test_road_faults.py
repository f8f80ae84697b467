"""What goes wrong on the road of a case: two windows on one meeting, a consent withdrawn, the turn of years,
a lost desk.
"""

import shutil
from datetime import UTC, datetime

import pytest

from pwa_server.desk.actions import conferences as acts
from pwa_server.desk.actions import consultations, sample
from pwa_server.desk.actions import plans as plan_acts
from pwa_server.desk.actions.households import note_consent, withdraw_consent
from pwa_server.desk.backup import backup
from pwa_server.desk.backup.restore import restore
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.conferences import Meeting
from pwa_server.desk.models.households import Consent
from pwa_server.desk.models.office_and_cases import CaseFile, Staff
from pwa_server.desk.open_desk import create_desk_file, open_desk
from pwa_server.desk.projections.rebuild import dump
from pwa_server.texts import t
from tests.desk.conftest import Office
from tests.desk_pages.test_conferences import planned

CASE = "demo-002"


@pytest.fixture
def meeting(office):
    return planned(office.desk, office.person("nakagawa"), place="三階", begins="13:30")


def window(person, meeting, form):
    """The fields of a form as a window holds it."""
    page = person.open(f"/meetings/{meeting}")
    found = next(one for one in page.forms if (one["action"] or "").endswith(f"/{meeting}/{form}"))
    return dict(found["fields"])


def send(person, meeting, form, told):
    person.send(f"/meetings/{meeting}/{form}", **told)
    return person.page


def test_two_windows_that_change_one_field_are_both_shown_and_asked(supervisor, at_desk, meeting):
    first, second = window(supervisor, meeting, "change"), window(supervisor, meeting, "change")
    send(supervisor, meeting, "change", first | {"place": "四階の和室"})
    page = send(supervisor, meeting, "change", second | {"place": "図書館の会議室"})
    assert supervisor.status == 409
    assert "四階の和室" in page
    assert "図書館の会議室" in page
    assert Meeting.get_by_id(meeting).place == "四階の和室"
    send(supervisor, meeting, "change", window(supervisor, meeting, "change") | {"place": "図書館の会議室"})
    assert Meeting.get_by_id(meeting).place == "図書館の会議室"


def test_two_windows_that_change_two_fields_are_both_kept_without_a_question(supervisor, meeting):
    first, second = window(supervisor, meeting, "change"), window(supervisor, meeting, "change")
    send(supervisor, meeting, "change", first | {"place": "四階の和室"})
    send(supervisor, meeting, "change", second | {"begins": "15:00"})
    row = Meeting.get_by_id(meeting)
    assert (row.place, row.begins) == ("四階の和室", "15:00")


@pytest.mark.parametrize("then", ["cancel", "held", "change"])
def test_a_window_that_does_not_know_it_was_cancelled_is_told(supervisor, office, meeting, then):
    told = window(supervisor, meeting, then)
    acts.cancel(office.desk, office.person("nakagawa"), meeting, "雪のため延期")
    page = send(supervisor, meeting, then, told | {"place": "五階", "reason": "別の用事", "on": "2026-11-24"})
    assert supervisor.status == 409
    assert "雪のため延期" in page
    assert Meeting.get_by_id(meeting).status == "cancelled"


def test_a_consent_withdrawn_the_day_before_stops_what_it_carried(supervisor, office):
    desk, nakagawa = office.desk, office.person("nakagawa")
    line = {"purpose": "sharing", "recipient": "", "to": ["agencies"], "scope": "", "scopes": ["all"]}
    line |= {"method": "written", "status": "given", "by": "person", "givenBy": "", "until": None}
    note_consent(desk, nakagawa, CASE, line | {"on": "2026-11-24"})
    meeting = planned(desk, nakagawa, "multi_agency", on="2026-12-01")
    material = acts.add_material(desk, nakagawa, meeting, CASE, "整理", "世帯のようす")
    assert "世帯のようす" in supervisor.open(f"/meetings/{meeting}/materials/{material}").text
    office.clock.time = datetime(2026, 11, 30, 3, tzinfo=UTC)
    supervisor.sign_in()
    withdraw_consent(desk, nakagawa, CASE, Consent.get(Consent.case == CASE).id, "2026-11-30", "")
    assert "世帯のようす" not in supervisor.open(f"/meetings/{meeting}/materials/{material}").text
    assert CaseFile.get_by_id(CASE).no not in supervisor.open(f"/meetings/{meeting}").text  # off the table
    office.clock.time = datetime(2026, 12, 1, 9, tzinfo=UTC)
    supervisor.sign_in()
    told = window(supervisor, meeting, "held") | {"on": "2026-12-01", "attended": "demo-nakagawa"}
    page = send(supervisor, meeting, "held", told)
    assert t("ja", "desk.error.table_empty") in page
    assert Meeting.get_by_id(meeting).status == "planned"


@pytest.mark.parametrize(
    ("before", "after", "numbers"),
    [
        ("2026-12-31T14:59:59", "2026-12-31T15:00:00", ("R8-001", "R8-001")),  # New Year is no new row
        ("2027-03-31T14:59:59", "2027-03-31T15:00:00", ("R8-001", "R9-001")),
    ],
)
def test_numbers_and_days_turn_at_midnight_in_japan(supervisor, office, before, after, numbers):
    told = []
    for at in (before, after):
        office.clock.time = datetime.fromisoformat(at).replace(tzinfo=UTC)
        told.append(consultations.next_number(office.desk))
    assert tuple(told) == numbers
    yesterday, today = (
        before[:10],
        f"{int(after[:4]) + (after[5:7] == '12')}-{'01' if '12-31' in after else '04'}-01",
    )
    supervisor.sign_in()
    nakagawa = office.person("nakagawa")
    for on in (yesterday, today):
        meeting = planned(office.desk, nakagawa)
        page = send(
            supervisor,
            meeting,
            "held",
            window(supervisor, meeting, "held") | {"on": on, "attended": "demo-nakagawa"},
        )
        assert Meeting.get_by_id(meeting).status == "held", page[-600:]
        assert Meeting.get_by_id(meeting).on == on


def test_the_whole_story_comes_back_from_a_backup_and_the_journal(config, clock, sample_office):
    config.desk_key_file.parent.mkdir()
    desk = create_desk_file(config, clock)
    key = make_keys(desk)
    sample.load(desk, story=True)
    desk.close()
    office = Office(config, clock, key)
    archive = backup.backup(office.desk)
    coordinator = Staff.get_by_id("demo-ishida")
    acts.acknowledge(office.desk, office.person("nakagawa"), "demo-002-table")
    acts.set_agenda(
        office.desk, coordinator, "demo-002-table", CASE, {"begins": "", "topic": "other", "text": "次の日"}
    )
    plan_acts.pass_ball(
        office.desk,
        coordinator,
        "demo-001",
        {"organisation": "住宅課", "person": "", "what": "見積もり", "until": "2026-12-20"},
    )
    before = list(dump())
    office.desk.close()
    shutil.rmtree(config.data)
    shutil.rmtree(config.desk_key_file.parent)
    assert restore(config, archive, key, clock).faults == ()
    office.desk = open_desk(config, clock)
    office.desk.relay = RelayClient(office.http, office.desk.keys.office, office.desk.keys.sign)
    assert list(dump()) == before
    office.desk.close()
    office.http.close()
