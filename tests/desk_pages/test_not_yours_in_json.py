"""JSON of a browser that names a thing of others is answered as JSON that names what nobody has.

Every door that reads JSON, every id in it; and the same JSON with one's own id is taken, so that what is refused is
refused for the id.
"""

import inspect
import json

import pytest

from pwa_server.desk.models.office_and_cases import LogEntry, Passkey
from pwa_server.desk.pages.layout import sent_json
from tests.desk_pages.conftest import SAME_ORIGIN
from tests.standins.passkey import SoftPasskey

READERS = ("json_body(", "parse_json(", "_pairs(", "(_before(")
# Door → the ids its JSON may name. Where there is none, the JSON is words of a form, kept or compared as words.
JSON_DOORS = {
    "sign_in.passkey_answer": ("credential",),
    "settings.passkey_answer": ("credential",),
    "drafts.keep": (),  # [name, value] pairs, given back to whoever wrote them
    "consultations.correct": (),  # what stood in the form, by names of fields
}
ORIGIN = "http://localhost"


def test_every_door_that_reads_json_is_known(app):
    found = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if any(one in inspect.getsource(inspect.unwrap(view)) for one in READERS)
    }
    assert found == set(JSON_DOORS)
    assert {name for name in vars(sent_json) if "json" in name} - {"json"} == {"json_body", "parse_json"}


@pytest.fixture
def send(app):
    def sent(person, path, told):
        headers = SAME_ORIGIN | {"X-Csrf": person.token()}
        return person.client.post(path, json=told, headers=headers)

    return sent


def made(person, send, passkey):
    options = send(person, "/settings/passkeys/options", {}).get_json()
    answer = send(
        person, "/settings/passkeys/answer", {"credential": passkey.made(options["challenge"]), "label": "x"}
    )
    return answer.status_code, answer.get_json()


def test_a_passkey_of_another_is_not_taken_over_and_not_told_of(at_desk, send):
    """Whoever makes a passkey chooses its id: one that is somebody's is refused, and stays theirs."""
    kobayashi, nishimura = at_desk("kobayashi"), at_desk("nishimura")
    theirs = SoftPasskey(ORIGIN)
    assert made(kobayashi, send, theirs)[0] == 200
    before, events = Passkey.get(), LogEntry.select().count()
    again = made(nishimura, send, SoftPasskey(ORIGIN, theirs.id))
    assert again[0] == 409
    assert again[1]["error"] == "passkey_refused"
    assert Passkey.get() == before
    assert Passkey.select().count() == 1
    assert LogEntry.select().count() == events
    assert again == made(
        nishimura, send, SoftPasskey("http://elsewhere")
    )  # as one that is refused for itself
    assert made(nishimura, send, SoftPasskey(ORIGIN))[0] == 200  # the same JSON with an id of one's own


def test_signing_in_does_not_tell_whose_passkey_there_is(app, at_desk, visitor, send, asked_unlike):
    kobayashi = at_desk("kobayashi")
    theirs = SoftPasskey(ORIGIN)
    assert made(kobayashi, send, theirs)[0] == 200
    visitor.open("/sign-in")

    def tried(passkey, told=None):
        challenge = send(visitor, "/sign-in/passkey/options", {}).get_json()["challenge"]
        answer = send(visitor, "/sign-in/passkey/answer", passkey.signed(challenge) | (told or {}))
        return answer.status_code, answer.get_data()

    forged = tried(SoftPasskey(ORIGIN, theirs.id))
    assert forged[0] == 409
    assert forged == tried(SoftPasskey(ORIGIN))
    forgers = (lambda: tried(SoftPasskey(ORIGIN, theirs.id)), lambda: tried(SoftPasskey(ORIGIN)))
    assert asked_unlike(*forgers) is None
    for odd in ("", "x" * 3_000, "plant"):
        assert tried(SoftPasskey(ORIGIN), {"id": odd})[0] == 409
    opened = tried(theirs)  # the same JSON, signed by whose it is
    assert opened[0] == 200
    assert json.loads(opened[1])["next"]


def test_a_passkey_that_is_not_ones_own_is_not_removed_and_no_log_says_so(at_desk, send):
    kobayashi, nishimura = at_desk("kobayashi"), at_desk("nishimura")
    theirs = SoftPasskey(ORIGIN)
    made(kobayashi, send, theirs)
    id_, events = Passkey.get().id, LogEntry.select().count()
    for one in (id_, "nobodys"):
        nishimura.send("/settings/passkeys/remove", passkey=one)
    assert Passkey.select().count() == 1
    assert LogEntry.select().count() == events
    kobayashi.open("/settings")
    kobayashi.send("/settings/passkeys/remove", passkey=id_)
    assert Passkey.select().count() == 0
    assert LogEntry.select().count() == events + 1
