"""While somebody floods the relay, the phones that belong here are served, each time; `python -m
tests.floods.run` has the figures.
"""

import pytest

from tests.floods.floods import FLOODS, attack_on, flooded, serve_phones
from tests.relay.people import Phone
from tests.relay.test_process import amina, joel, running  # noqa: F401

GROWS_BY = 1 << 20  # bytes a flood may add to the relay's folder


def size_of(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_whatever_floods_the_relay_every_phone_is_served(running, amina, joel):  # noqa: F811
    ben = Phone(joel.http)
    joel.enrol(ben).send_roster()
    serve_phones([amina, ben], joel, 2)
    for name, flood in FLOODS.items():
        before = size_of(running.config.relay_data)
        attack = attack_on(running.config.port, joel, amina)
        amina.begin_run(amina.run + 1)
        with flooded(flood, attack):
            while attack.sent < 20:
                attack.stop.wait(0.05)
            serve_phones([amina, ben], joel, 3)
        assert attack.sent > 0, name
        assert not [said for said in attack.seen if said.startswith(("5", "200 stored"))], (name, attack.seen)
        assert size_of(running.config.relay_data) - before < GROWS_BY, name


@pytest.mark.parametrize("guesses", [60])
def test_who_guesses_codes_is_soon_heard_no_more(running, amina, joel, guesses):  # noqa: F811
    attack = attack_on(running.config.port, joel, amina)
    with flooded(FLOODS["guessed codes"], attack, threads=1):
        while attack.sent < guesses:
            attack.stop.wait(0.02)
    assert attack.seen["404 not_found"] <= 25
    assert attack.seen["429 too_many"] >= guesses - 25
