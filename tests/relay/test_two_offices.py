"""Two offices on one relay: of what is the other's nothing is said that is not said of what nobody has, and
nothing moves.

Every verb of a desk, every door of a phone, with every kind of id the other office has.
"""

import json
import os

import pytest

from pwa_server.relay.desk_doors import VERBS
from sync.encoding import b64u, name_of
from sync.signing import SignKey
from sync.wire import desk_tag
from tests.relay.people import photo

TOLD = ("nonce", "incarnation", "time")  # of every answer, and of no id


@pytest.fixture
def theirs(people, south, zoe, app):
    """One of everything that is the south's: device, envelope, photo, slot, subscription, wake, watch, timer, order."""
    id_, sealed = photo(70_000)
    envelope = zoe.write(blobs=[(id_, len(sealed))])
    assert zoe.push(envelope) == ["stored"]
    assert zoe.send_blob(sealed, id_).status_code == 200
    south.told(
        "wakes", device=zoe.name, serial=1, wakes=[{"tag": "t", "text": "x", "at": "2026-04-02T09:00:00Z"}]
    )
    south.told("watch", device=zoe.name, serial=1, steps=[])
    slot = b64u(os.urandom(16))
    south.told("enrol_open", slot=slot)
    note = {"bytes": b64u(b"p"), "sig": b64u(b"s"), "mac": b64u(b"m")}
    assert zoe.http.post(f"/v1/enrol/{slot}/p1", json=note).status_code == 200
    return {"device": zoe.name, "envelope": envelope.id, "blob": id_, "slot": slot}


def nobodys():
    return {
        "device": name_of(SignKey.generate().public),
        "envelope": b64u(os.urandom(32)),
        "blob": b64u(os.urandom(32)),
        "slot": b64u(os.urandom(16)),
    }


NOTE = {"bytes": b64u(b"p"), "mac": b64u(b"m")}
# Each verb with what it names. A verb that names no id is asked in the other office's name alone (below).
ASKED = {
    "pull": None,
    "roster": None,
    "roster_read": None,
    "push_state": None,
    "wakes": lambda ids: {"device": ids["device"], "serial": 9, "wakes": []},
    "watch": lambda ids: {"device": ids["device"], "serial": 9, "steps": []},
    "wipe": lambda ids: {"device": ids["device"], "order": {"bytes": b64u(b"x"), "sig": b64u(bytes(64))}},
    "enrol_open": None,  # whoever opens a code that is open learns that it is: it must not be handed out twice
    "enrol_read": lambda ids: {"slot": ids["slot"]},
    "enrol_answer": lambda ids: {"slot": ids["slot"], "p2": NOTE},
    "enrol_close": lambda ids: {"slot": ids["slot"]},
    "blob": lambda ids: {"id": ids["blob"]},
    "drop_blobs": lambda ids: {"ids": [ids["blob"]]},
    "drop": lambda ids: {"ids": [ids["envelope"]]},
}


def asked_of(count_questions, ask):
    """What was answered, and how often the database was asked for it: more often is longer."""
    count = count_questions()
    return answer_of(ask()), count()


def answer_of(answer):
    told = answer.get_json(silent=True) or {}
    return answer.status_code, {key: value for key, value in told.items() if key not in TOLD}


def kept(app, office):
    """All that the relay keeps of an office, whatever table it lies in."""
    store = app.extensions["sotto_relay"].store
    with store.connected():
        return {
            name: sorted(
                repr(row) for row in getattr(store, name).select().where(table.office == office).tuples()
            )
            for name in store.__annotations__ | type(store).__annotations__
            if hasattr(table := getattr(store, name, None), "office")
        } | {"parts": sorted(repr(row) for row in store.BlobPart.select().tuples())}


def test_every_verb_is_asked_here():
    assert set(ASKED) == set(VERBS)


@pytest.mark.parametrize("verb", [verb for verb, ids in ASKED.items() if ids])
def test_what_is_anothers_and_what_nobody_has_are_answered_alike(
    theirs, people, joel, south, app, count_questions, verb
):
    before = kept(app, south.name)
    assert sum(map(len, before.values())) > 8, "the south has something to lose"
    anothers = asked_of(count_questions, lambda: joel.ask(verb, **ASKED[verb](theirs)))
    assert anothers == asked_of(count_questions, lambda: joel.ask(verb, **ASKED[verb](nobodys())))
    assert kept(app, south.name) == before


@pytest.mark.parametrize("verb", VERBS)
def test_no_key_speaks_for_another_office(theirs, people, joel, south, app, verb):
    """Signed by the north, in the south's name: refused for every verb alike, with whatever ids."""
    before = kept(app, south.name)
    ids = (ASKED[verb] or (lambda _: {}))(theirs)
    if verb == "roster":
        data, sig = joel.roster()
        ids = {"bytes": b64u(data), "sig": b64u(sig), "sign": b64u(joel.sign.public)}
    body = {"office": south.name, "nonce": joel.nonce(), **ids}
    assert joel.signed(f"/v1/desk/{verb}", desk_tag(verb), body).status_code in (401, 403, 404)
    assert kept(app, south.name) == before


def test_an_open_code_of_another_is_not_taken_over(theirs, people, joel, south, app):
    before = kept(app, south.name)
    assert joel.ask("enrol_open", slot=theirs["slot"]).get_json()["error"] == "code_used"
    assert kept(app, south.name) == before


def test_a_phone_pulls_pushes_and_subscribes_for_its_own_office_alone(
    theirs, people, amina, zoe, joel, south, app, count_questions
):
    """In the other office's name, or under a name of theirs: refused as for a device that is nowhere."""
    before = kept(app, south.name)
    for path, tag, more in (
        (
            "/v1/pull",
            "pull",
            {"cursor": {"incarnation": "-", "number": 0}, "follow": [0, 0, "-"], "app": "x"},
        ),
        ("/v1/subscription", "subscription", {"endpoint": None}),
        ("/v1/timer", "timer", {"seconds": 60, "tag": b64u(bytes(16))}),
    ):
        seen = set()
        for office, device in (
            (south.name, amina.name),
            (joel.name, zoe.name),
            (joel.name, nobodys()["device"]),
        ):
            body = {"office": office, "device": device, "nonce": amina.nonce(), **more}
            told, questions = asked_of(count_questions, lambda: amina.signed(path, tag, body))  # noqa: B023
            assert told[0] in (401, 403, 404), (path, office, device)
            seen.add((json.dumps(told[1]), questions))
        assert len(seen) == 1, (path, seen)
    foreign = amina.envelope(south.name, 1, 1, key=south.seal.public)
    assert amina.push(foreign) == ["unknown_device"]
    assert kept(app, south.name) == before


def test_nobody_learns_of_an_order_of_another_office(theirs, people, joel, south, zoe, count_questions):
    south.told("wipe", device=zoe.name, order=south.order(zoe))
    assert zoe.orders() is not None
    seen = set()
    for device in (zoe.name, nobodys()["device"]):
        told, questions = asked_of(
            count_questions,
            lambda: joel.http.get(f"/v1/orders/{joel.name}/{device}"),  # noqa: B023
        )
        assert told[1]["wipe"] is None
        seen.add(questions)
    assert len(seen) == 1
