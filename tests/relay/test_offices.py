"""An operator lets an office in, or sends it away, while the relay runs."""

import time

import pytest

from pwa_server.cli import main
from tests.relay.people import Desk, Phone


@pytest.fixture
def command(database, tmp_path, capsys):
    def run(*words):
        code = main(["office", *words, "--database-url", database, "--data", str(tmp_path), "--lang", "en"])
        return code, capsys.readouterr().out

    return run


def until(answer, wanted):
    """Each process keeps what it read for a moment."""
    deadline = time.monotonic() + 60
    while (told := answer()) != wanted:
        assert time.monotonic() < deadline, told
        time.sleep(0.05)  # nonces are counted: asked without a breath, the relay says to wait


def test_an_office_comes_goes_and_comes_again_and_loses_nothing(people, command):
    east = Desk(people.http)
    phone = Phone(people.http)
    east.enrol(phone)
    assert east.ask("push_state").get_json()["error"] == "unknown_office"
    assert command("add", east.name)[0] == 0
    east.send_roster()  # at once: whoever is turned away is looked up first
    first = phone.write()
    assert phone.push(first) == ["stored"]

    assert command("remove", east.name)[0] == 0
    until(lambda: east.ask("roster_read").status_code, 404)
    told = east.ask("roster_read").get_json()
    assert told["error"] == "unknown_office"
    assert "removed" in told["detail"]
    second = phone.write()
    assert phone.push(second) == ["unknown_device"]  # kept by the phone, and asked again later
    code, listed = command("list")
    (line,) = [line.split() for line in listed.splitlines() if line.startswith(east.name)]
    assert code == 0
    assert (line[1], line[3:]) == ("removed", ["1", "1"])

    command("add", east.name)
    assert phone.push(second) == ["stored"]
    assert east.pull_all() == [first.id, second.id]


def test_one_of_the_settings_is_removed_like_any_other(people, command, joel, amina):
    assert command("remove", joel.name)[0] == 0
    until(lambda: amina.push(amina.write()), ["unknown_device"])
    command("add", joel.name)
    assert amina.push(amina.write()) == ["stored"]


@pytest.mark.parametrize("words", [("add",), ("remove",), ("list", "A" * 43), ("add", "nonsense")])
def test_what_makes_no_sense_is_said(command, words):
    assert command(*words)[0] != 0
