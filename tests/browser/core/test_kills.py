"""Killed at 25 seeded instants, the phone loses nothing, sends nothing twice and changes no order.

`SOTTO_KILLS=1000 SOTTO_KILLS_FROM=25 pytest tests/browser/core/test_kills.py -s` tries more.
"""

from __future__ import annotations

import os
import sys

import pytest

from tests.browser.browsers import Phone
from tests.browser.core.kills import Day
from tests.browser.core.next_release import NextRelease
from tests.browser.core.worker import Worker
from tests.standins.tcp_proxy import TcpProxy

pytestmark = pytest.mark.browser
SEEDS = int(os.environ.get("SOTTO_KILLS", "25"))
FIRST = int(os.environ.get("SOTTO_KILLS_FROM", "0"))


@pytest.mark.timeout(900 if SEEDS == 25 else 0)
def test_a_phone_killed_at_any_instant_loses_repeats_and_reorders_nothing(
    playwright, office, valley, tmp_path
):
    with TcpProxy("127.0.0.1", valley.address.server.server_port) as line:
        site = valley.office.app = NextRelease(office.app)
        phone = Phone(playwright, tmp_path / "profile", f"http://localhost:{line.port}")
        worker = Worker(phone, valley, office, phone.start())
        worker.enrol()
        worker.page.wait_for_function("() => navigator.serviceWorker.controller")
        day = Day(worker, line, site)
        worker.page.on("console", day.heard)
        for seed in range(FIRST, FIRST + SEEDS):
            day.play(seed)
        tally = day.end()
        phone.close()
    print(tally, file=sys.stderr)  # noqa: T201
    assert (tally.lost, tally.duplicated, tally.reordered) == (0, 0, 0)
    assert (tally.short, tally.settings_lost, tally.behind) == ([], 0, 0)
    assert tally.visits > SEEDS / 10
    assert tally.drafts_asked > 0
