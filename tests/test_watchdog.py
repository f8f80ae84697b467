"""A desk whose threads are all busy says so; one that is only busy does not."""

import logging
import threading

from flask import Flask

from pwa_server.watchdog import SAY_EVERY, STUCK_AFTER, Watchdog

THREADS = 4


class Hand:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def held_open(dog, count):
    """As many requests under way, and what lets them go."""
    go, begun = threading.Event(), [threading.Event() for _ in range(count)]

    def answer(environ, start_response):
        environ["begun"].set()
        assert go.wait(60)
        return [b""]

    dog.app = answer
    lines = [threading.Thread(target=dog, args=({"begun": one}, None)) for one in begun]
    for line in lines:
        line.start()
    assert all(one.wait(60) for one in begun)

    def let_go():
        go.set()
        for line in lines:
            line.join(60)

    return let_go


def test_all_busy_for_long_is_said_once_a_minute_and_so_is_its_end(caplog):
    hand = Hand()
    dog = Watchdog(Flask("x").wsgi_app, THREADS, "desk", hand)
    let_go = held_open(dog, THREADS)
    with caplog.at_level(logging.WARNING, "sotto.desk"):
        assert not dog.look()
        hand.now += STUCK_AFTER
        assert dog.look()
        assert dog.look()
        assert len(caplog.records) == 1
        hand.now += SAY_EVERY
        assert dog.look()
        assert len(caplog.records) == 2
        let_go()
        assert not dog.look()
    assert [row.levelname for row in caplog.records] == ["ERROR", "ERROR", "WARNING"]


def test_long_requests_beside_free_threads_are_nothing_to_say(caplog):
    hand = Hand()
    dog = Watchdog(Flask("x").wsgi_app, THREADS, "desk", hand)
    let_go = held_open(dog, THREADS - 2)
    hand.now += 10 * STUCK_AFTER
    assert not dog.look()
    let_go()
    assert caplog.records == []


def test_a_request_that_fails_is_not_counted_for_ever():
    def fails(environ, start_response):
        raise ValueError

    hand = Hand()
    dog = Watchdog(fails, 1, "desk", hand)
    for _ in range(9):
        try:
            dog({}, None)
        except ValueError:
            hand.now += STUCK_AFTER
    assert dog.stuck_for() == 0.0
