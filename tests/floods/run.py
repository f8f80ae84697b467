"""Floods with figures: how long a phone waits while somebody floods the relay, and how the relay's folder grows.

python -m tests.floods.run --count 10000
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from pwa_server.config import Config
from pwa_server.keyfiles import write_vapid_key
from tests.floods.floods import FLOODS, attack_on, flooded, serve_phones
from tests.floods.test_floods import size_of
from tests.relay.people import Desk, Phone
from tests.relay.test_process import Line, Running
from tests.standins.ports import free_ports

PHONES = 4
ROUNDS = 25
# seconds a round takes at least: no phone is to ask more often than a phone may (120 pulls a minute)
PACE = 0.7


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--count", type=int, default=10_000, help="requests of each flood (lines: a hundredth)"
    )
    parser.add_argument("--only", choices=FLOODS, action="append")
    asked = parser.parse_args()
    worst = 0.0
    with tempfile.TemporaryDirectory() as place:
        joel, running = Desk(None), None
        try:
            running = _relay(Path(place), joel)
            phones = [Phone(joel.http) for _ in range(PHONES)]
            joel.enrol(*phones).send_roster()
            serve_phones(phones, joel, 5)
            for name in asked.only or FLOODS:
                worst = max(worst, _one(name, running, joel, phones, asked.count))
        finally:
            if running:
                joel.http.http.close()
                running.stop()
    print(f"p95 under the worst flood: {worst:.1f} times the quiet one")
    return int(worst > 3)


def _relay(place: Path, joel: Desk) -> Running:
    write_vapid_key(place / "vapid.pem")
    config = Config(
        role="relay",
        trial=True,
        data=place / "data",
        port=free_ports(1)[0],
        relay_offices=(joel.name,),
        vapid_key_file=place / "vapid.pem",
        vapid_subject="mailto:relay@example.jp",
    )
    running = Running(config, place / "relay.log")
    joel.http = Line(running.url)
    return running


def _one(name: str, running: Running, joel: Desk, phones: list[Phone], count: int) -> float:
    """Quiet, flooded, until the flood has asked so often. How many times longer the p95 is."""
    quiet = [spent for _ in range(ROUNDS) for spent in _one_round(phones, joel)]
    before, attack = size_of(running.config.relay_data), attack_on(running.config.port, joel, phones[0])
    phones[0].begin_run(phones[0].run + 1)
    busy: list[float] = []
    began = time.monotonic()
    with flooded(FLOODS[name], attack):
        while attack.sent < (count // 100 if name in ("slow bodies", "oversized bodies") else count) or len(
            busy
        ) < len(quiet):
            busy += _one_round(phones, joel)
    grown = size_of(running.config.relay_data) - before
    p95 = [statistics.quantiles(sample, n=20)[-1] * 1000 for sample in (quiet, busy)]
    print(
        f"{name:17} {attack.sent:6} in {time.monotonic() - began:4.0f} s; a phone's request, p95: quiet {p95[0]:.0f} ms, flooded "
        f"{p95[1]:.0f} ms ({len(busy)} served); folder +{grown / 1024:.0f} KiB; memory {running.memory():.0f} MiB; "
        f"said {dict(attack.seen.most_common(3))}",
        flush=True,
    )
    return p95[1] / p95[0]


def _one_round(phones: list[Phone], joel: Desk) -> list[float]:
    began = time.monotonic()
    spent = serve_phones(phones, joel, 1)
    time.sleep(max(0.0, began + PACE - time.monotonic()))
    return spent


if __name__ == "__main__":
    sys.exit(main())
