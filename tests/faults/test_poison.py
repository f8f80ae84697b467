"""One thing that cannot be read or sent holds up nothing else: the other 199 arrive, and it is there with its
reason.
"""

import time
import zlib

import pytest

from pwa_server.desk import actions
from pwa_server.desk.exchange.retry_held import retry_held
from pwa_server.desk.models.office_and_cases import Held, LogEntry
from sync.envelope import Envelope
from sync.header import Header
from sync.plaintext import padded_size
from sync.sealing import seal
from tests.faults.promises import check
from tests.faults.world import World


@pytest.fixture
def world(template):
    one = World(template)
    yield one
    one.end()


def logged():
    return {row.id for row in LogEntry.select(LogEntry.id)}


def test_one_unreadable_event_among_200_is_held_and_the_others_apply(world):
    amina = world.phone(0)
    good = [amina.visit("case-a") for _ in range(199)]
    bad = amina.event("visit.logged", "case-a", {"occurredAt": "yesterday"})
    amina.write(*good[:100], bad, *good[100:])
    world.talk(0)

    assert {event["id"] for event in good} <= logged()
    (card,) = Held.select()
    assert (card.kind, card.reason, card.event["id"], card.state) == ("event", "malformed", bad["id"], "held")
    assert not retry_held(world.desk, card.id)
    actions.dismiss_held(world.desk, world.places.person("joel"), card.id, "recorded_by_hand", "電話で聞いた")
    (card,) = Held.select()
    assert (card.state, card.event["id"]) == ("dismissed", bad["id"])  # closed, and still here


def bomb(phone):
    """An envelope that a phone's key signed, and that inflates to 64 MiB."""
    text = zlib.compressobj(9, wbits=-15)
    deflated = text.compress(b'{"v":1,"events":["' + b"a" * 67_000_000 + b'"]}') + text.flush()
    size = padded_size(4 + len(deflated))
    plain = (len(deflated).to_bytes(4, "big") + deflated).ljust(size, b"\0")
    m = phone.m
    run, n = (m.head.run, m.head.n + 1) if m.head.run else (int(phone.clock().timestamp()), 1)
    header = Header(
        phone.id, phone.office, m.seal_id, run, n, m.head.id, (m.down.run, m.down.n, m.down.id), ()
    )
    return Envelope.make(header, seal(m.keys[m.seal_id], header.to_bytes(), plain), m.sign)


def test_an_inflate_bomb_is_held_and_what_follows_applies(world):
    amina = world.phone(0)
    amina.write(amina.visit("case-a"))
    packed = amina.seal_next([], [])
    packed.envelope = bomb(amina)
    assert amina.commit(packed)
    world.write(0, 9)

    began = time.process_time()
    world.talk(0)
    assert time.process_time() - began < 20
    (card,) = Held.select()
    assert (card.kind, card.reason) == ("envelope", "unreadable")
    assert set(world.owed) <= logged()
    world.heal()
    check(world)
