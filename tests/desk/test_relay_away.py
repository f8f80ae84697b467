"""A relay whose database is away says when to ask again, and the desk waits for that long (SPEC 7)."""

import httpx
import pytest

from pwa_server.desk.exchange.relay_client import RelayClient, RelayError
from pwa_server.desk.exchange.sync_round import LONGEST_PAUSE, _pause
from sync.encoding import name_of
from sync.signing import SignKey

SAID = b'{"error":"unavailable","detail":""}'


def away(retry_after):
    headers = [("Content-Type", "application/json")]
    headers += [("Retry-After", retry_after)] if retry_after else []

    def answer(_environ, start):
        start("503 Service Unavailable", headers)
        return [SAID]

    return answer


@pytest.mark.parametrize(
    ("said", "after"),
    [("40", 40), ("0", 0), ("", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("-1", 0)],
)
def test_when_to_ask_again_is_heard(said, after):
    key = SignKey.generate()
    http = httpx.Client(transport=httpx.WSGITransport(away(said)), base_url="http://relay")
    with http, pytest.raises(RelayError) as refused:
        RelayClient(http, name_of(key.public), key).ask("push_state")
    assert (refused.value.code, refused.value.after) == ("unavailable", after)


def test_the_desk_waits_as_long_as_it_was_told_and_longer_each_time():
    pauses = [_pause(15, failures, 40) for failures in range(1, 8)]
    assert pauses[0] == 40
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert _pause(15, 1) < 15
