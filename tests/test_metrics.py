"""Numbers for Prometheus: apart from people, nobody's id among them, and what board and alarms ask for is there."""

import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pwa_server import metrics, status
from pwa_server.config import Config
from pwa_server.desk.health import DeskHealth
from pwa_server.desk.models.office_and_cases import CaseFile, DeviceRow, Staff
from pwa_server.desk.open_desk import open_desk
from pwa_server.gauges import gauges_of
from pwa_server.metrics import OFFICE_SEEN, STATES
from pwa_server.relay.health import RelayHealth
from pwa_server.trial import prepare
from tests.test_serve import started

ROOT = Path(__file__).parent.parent
MONITORING = ROOT / "docs/monitoring"
BOARD = json.loads((MONITORING / "board.json").read_text("utf-8"))
ALARMS = (MONITORING / "alarms.yml").read_text("utf-8")
TABLES = {"relay": gauges_of(RelayHealth), "desk": gauges_of(DeskHealth)}
STATE_NAMES = {
    *(f"sotto_{name}" for name in STATES),
    *(f"sotto_{role}_{name}" for role, table in TABLES.items() for name in table),
    f"sotto_{OFFICE_SEEN}",
}
COUNTED = {"sotto_requests", "sotto_request_seconds", "sotto_turned_away"}
# As they are asked for: counters end in _total, a histogram in _bucket, _sum and _count.
ASKED = STATE_NAMES | {"sotto_requests_total", "sotto_turned_away_total"}
ASKED |= {f"sotto_request_seconds_{part}" for part in ("bucket", "sum", "count")}


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    data = tmp_path_factory.mktemp("measured") / "data"
    return data, prepare(Config(data=data))


@pytest.fixture(scope="module")
def told(trial, tmp_path_factory):
    """(text, lines of the program's log) after a while of service with numbers on."""
    from tests.standins.ports import free_ports

    port = free_ports(3)[1]
    log = tmp_path_factory.mktemp("lines") / "sotto.jsonl"
    with started(trial[0], port, "--metrics", f"127.0.0.1:{port + 1}", "--log", f"file:{log}"):
        answers = [_get(port - 1, "/v1/config"), _get(port, "/sign-in"), _get(port, "/cases/nobody-of-ours")]
        assert all(answer.headers["x-request-id"] for answer in answers)
        given = _get(port - 1, "/v1/config", {"X-Request-Id": "0123456789abcdef"})
        assert given.headers["x-request-id"] == "0123456789abcdef"
        odd = _get(port - 1, "/v1/config", {"X-Request-Id": "a name; another\tthing"})
        assert re.fullmatch("[0-9a-f]{16}", odd.headers["x-request-id"])
        assert _get(port - 1, "/metrics").status == 404
        assert b"sotto_" not in _get(port, "/metrics").read()  # phones and people reach none of it
        text = _until_seen(port + 1)
    relay = [json.loads(line) for line in log.with_stem("sotto-relay").read_text("utf-8").splitlines()]
    return text, relay


def _get(port, path, headers=None):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
    try:
        return urllib.request.urlopen(asked, timeout=60)
    except urllib.error.HTTPError as error:
        return error


def _until_seen(port):
    """The first look is at once; the desk's first round with its relay may come a little later."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        text = _get(port, "/metrics").read().decode()
        rounds = re.search(r'sotto_requests_total{door="desks.ask",role="relay",status="200"} (\d+)', text)
        if "sotto_relay_offices" in text and "sotto_desk_events" in text and rounds and int(rounds[1]) > 2:
            return text
        time.sleep(0.1)
    raise AssertionError(text)


def test_every_number_that_is_promised_is_told(told):
    families = {family.name: family for family in text_string_to_metric_families(told[0])}
    seen_later = {f"sotto_{OFFICE_SEEN}", "sotto_turned_away"}
    assert (STATE_NAMES | COUNTED) - seen_later <= families.keys()
    assert families.keys() <= STATE_NAMES | COUNTED
    doors = {sample.labels["door"] for sample in families["sotto_requests"].samples}
    assert {"phones.config", "desks.ask", "sign_in.form"} & doors
    assert not any("/" in door for door in doors)
    assert all(family.documentation for family in families.values())
    assert families["sotto_desk_events"].samples[0].value > 200


def test_nobody_is_in_it(trial, told):
    _, made = trial
    desk = open_desk(made.config)
    people = {value for one in Staff.select() for value in (one.id, one.name, one.email) if value}
    cases = {value for one in CaseFile.select() for value in (one.id, one.no, one.title) if value}
    phones = {one.id for one in DeviceRow.select()}
    desk.close()
    assert len(people) > 8
    assert len(cases) > 8
    assert {value for value in people | cases | phones if value in told[0]} == set()
    labels = set(re.findall(r'(\w+)="', told[0]))
    assert labels <= {"role", "door", "status", "why", "le", "version", "office"}


def test_a_line_of_the_relay_names_the_request_and_the_desks_round(told):
    requests = [line for line in told[1] if line["event"] == "request"]
    assert all(re.fullmatch("[0-9a-f]{16}", line["request"]) for line in requests)
    assert any(line["request"] == "0123456789abcdef" for line in requests)
    rounds = [line["request"] for line in requests if line["route"] == "/v1/desk/<verb>"]
    assert len(rounds) > len(set(rounds))  # what the desk asked in one look at its relay has one name


def test_no_numbers_without_the_setting(monkeypatch):
    monkeypatch.delenv(metrics.FOLDER, raising=False)
    figures = metrics.Figures("relay")
    figures.answered("door", 200, 0.1)
    figures.turned_away("busy")
    figures.watch(RelayHealth, lambda: 1 / 0, lambda: None)
    assert not figures.on


def _names(query):
    return set(re.findall(r"\bsotto_\w+", query))


def test_the_board_asks_only_for_numbers_that_are_there():
    queries = [target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", [])]
    assert len(queries) > 10
    asked = set().union(*map(_names, queries))
    assert asked - ASKED == set()
    for table in TABLES.values():
        assert len(table) > 5
    unseen = {name for name in ASKED if name not in asked} - {
        "sotto_request_seconds_sum",
        "sotto_request_seconds_count",
    }
    assert unseen == set()  # whatever is counted can be looked at


def test_the_alarms_ask_only_for_numbers_that_are_there_and_judge_as_status_does():
    rules = re.findall(r"(?m)^ +- alert: (\w+)\n +expr: (.+)$", ALARMS)
    assert len(rules) == ALARMS.count("- alert:") > 8
    assert set().union(*(_names(query) for _, query in rules)) - ASKED == set()
    bounds = {
        "sotto_desk_relay_seen_seconds": status.RELAY_UNSEEN,
        "sotto_desk_unsaved_seconds": status.UNSAVED,
        "sotto_relay_wakes_late_seconds": status.WAKES_LATE,
        "sotto_relay_swept_seconds": status.UNSWEPT,
        "sotto_desk_backups_with_room": status.BACKUPS_WITH_ROOM,
        "sotto_certificate_seconds": status.CERTIFICATE,
        "sotto_desk_free_bytes": status.FREE,
    }
    written = {name: [] for name in bounds}
    for _, query in rules:
        for name, number in re.findall(r"(sotto_\w+) [<>]=? (\d+)", query):
            if name in bounds:
                written[name].append(int(number))
    assert {name: tuple(numbers) for name, numbers in written.items()} == bounds
    assert ALARMS.count("summary:") == len(rules)
