"""A desk signs the verb; at a relay from before that rule it signs as before, and never after one that knew it."""

import httpx
import pytest

from pwa_server.desk.exchange.relay_client import RelayClient, RelayError
from sync.errors import SyncError
from sync.wire import DESK_TAG, SIGNATURE_HEADER, read_request


class OlderRelay(httpx.BaseTransport):
    """The real one behind the check that relays made before verbs were signed."""

    def __init__(self, app, key):
        self.real, self.key, self.older, self.asked = httpx.WSGITransport(app), key, True, []

    def handle_request(self, request):
        path = request.url.path
        if path.startswith("/v1/desk/"):
            self.asked.append(path)
            try:
                read_request(request.read(), request.headers[SIGNATURE_HEADER], DESK_TAG, self.key)
            except SyncError as error:
                if self.older:
                    return httpx.Response(403, json={"error": error.code, "detail": ""})
        return self.real.handle_request(request)


@pytest.fixture
def line(office):
    older = OlderRelay(office.app, office.desk.keys.sign.public)
    http = httpx.Client(transport=older, base_url="http://relay.test")
    office.desk.relay = RelayClient(http, office.desk.keys.office, office.desk.keys.sign)
    office.sync()  # an office's roster is there
    older.asked.clear()
    return older


def test_a_relay_of_before_is_asked_as_before(office, line):
    office.desk.relay.ask("push_state")
    assert line.asked == ["/v1/desk/push_state"]  # it found out at its first request, and asks once


def test_a_relay_that_knew_the_new_form_is_never_asked_in_the_old_one(office, line):
    line.older = False
    client = RelayClient(
        httpx.Client(transport=line, base_url="http://relay.test"),
        office.desk.keys.office,
        office.desk.keys.sign,
    )
    client.ask("push_state")
    line.older = True  # somebody between wants a signature that fits every verb
    with pytest.raises(RelayError, match="bad_signature"):
        client.ask("push_state")
    assert len(line.asked) == 2
