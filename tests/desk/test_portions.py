"""What a worker is sent is cut into envelopes that a phone takes, however much of it there is."""

import pytest

from pwa_server.desk.exchange.outbox import _parts
from sync.plaintext import pack

POINT = {"at": "2026-04-01T09:00:00Z", "stage": 3, "reaction": 1, "outcome": "met_person", "channel": "visit"}


@pytest.mark.parametrize(
    ("cases", "body"),
    [
        (200, {"line": [POINT] * 50}),  # few bytes, many values
        (50, {"contacts": [{"notes": {"fact": "玄関先で話した。" * 400}}] * 10}),  # many bytes, few values
        (3, {"title": "事例"}),
    ],
    ids=["long lines", "long notes", "little"],
)
def test_each_portion_fits_one_envelope_and_nothing_is_left_out(cases, body):
    docs = [{"path": f"case/{n}", "rev": 1, "body": body} for n in range(cases)]
    portions = list(_parts(docs))
    for portion in portions:
        pack({"v": 1, "docs": portion})
    assert [doc for portion in portions for doc in portion] == docs
