"""The made desk of `bench`: its events are events, and every page of the desk is asked for its time."""

from pathlib import Path

import pytest

from bench import desk_load, desk_measure
from pwa_server.desk.actions import check
from pwa_server.desk.app import create_desk
from pwa_server.desk.log import event_log
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.office_and_cases import CaseFile
from pwa_server.desk.open_desk import create_desk_file
from pwa_server.desk.projections.append_and_apply import make_event
from pwa_server.desk.projections.rebuild import rebuild

CASES = 24  # every shape of case, twice: kinds and tables repeat after 12


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("made")
    desk = create_desk_file(desk_measure.settings(folder))
    make_keys(desk)
    desk_load.fill(desk, CASES, CASES, made=desk_load.Made(running=16))
    rebuild(desk)
    yield desk
    desk.close()


def test_what_is_made_is_what_the_desk_would_take(made):
    kinds = set()
    for entry in event_log.replay():
        kinds.add(entry.type)
        check(make_event(entry.type, entry.case, entry.body, entry.at))
    rooms = (
        "consultation.became_case",
        "conference.held",
        "conference.minuted",
        "plan.monitored",
        "case.closed",
    )
    assert kinds.issuperset(rooms)
    assert {row.status for row in CaseFile.select()} == {"active", "closed"}


def test_every_page_of_the_desk_is_asked_and_answers(made):
    app = create_desk(made.config, made)
    told = {name: ask().status_code for name, ask in desk_measure.asks(app, made)}
    assert {name: status for name, status in told.items() if status != 200} == {}


def test_what_is_not_measured_is_there_and_says_why(made):
    doors = {rule.endpoint for rule in create_desk(made.config, made).url_map.iter_rules()}
    for one, why in desk_measure.NOT_MEASURED.items():
        assert why
        assert one in doors or (one.endswith(".") and any(door.startswith(one) for door in doors)), one


def test_the_figures_stand_in_the_measures():
    assert desk_measure.BEGIN in Path(desk_measure.MEASURES).read_text("utf-8")
