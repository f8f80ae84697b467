"""A relay that holds many offices: how long each request takes, and what the threads cost while nothing is due.

Fills a PostgreSQL with made offices, phones, envelopes and remembered photos straight by SQL (their bytes are noise: the relay
opens none), then lets one true office among them push, pull, send its roster and its wakes. Medians and 95 of 100, in ms of the
wall, of the app called in this process: no web server, no network.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import machine
from bench.load import postgresql
from pwa_server.config import Config
from pwa_server.relay import create_relay, health, offices, wakes
from tests.relay.people import Desk, Phone

ROUNDS = 60
# Ids as long as ours (43 letters), made of a number.
FILL = """
CREATE FUNCTION pg_temp.name(kind text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT left(kind || encode(sha256((kind || n)::bytea), 'hex'), 43) $$;
INSERT INTO offices SELECT pg_temp.name('o', o), 1, 0 FROM generate_series(1, {offices}) o;
INSERT INTO rosters (office, serial, bytes, sig, sign, name)
  SELECT pg_temp.name('o', o), 1, decode(repeat('00', 6000), 'hex'), '\\x00', '\\x00', '1 x' FROM generate_series(1, {offices}) o;
INSERT INTO devices SELECT pg_temp.name('o', 1 + d % {offices}), pg_temp.name('d', d), '\\x00', 'active', 0, 0
  FROM generate_series(1, {devices}) d;
INSERT INTO boxes SELECT pg_temp.name('o', o), pg_temp.name('o', o), {envelopes} FROM generate_series(1, {offices}) o;
INSERT INTO envelopes SELECT pg_temp.name('o', 1 + (e % {devices}) % {offices}), pg_temp.name('o', 1 + (e % {devices}) % {offices}), e,
  pg_temp.name('e', e), pg_temp.name('d', e % {devices}), 1, e, 700, false, sha256(e::text::bytea), decode(repeat('ab', 700), 'hex'), '\\x00'
  FROM generate_series(1, {envelopes}) e;
INSERT INTO blobs SELECT pg_temp.name('b', b), 240000, 240000, true, 1 FROM generate_series(1, {photos}) b;
INSERT INTO blob_names SELECT pg_temp.name('o', 1 + b % {offices}), pg_temp.name('b', b), pg_temp.name('e', b), pg_temp.name('d', b % {devices}), 0
  FROM generate_series(1, {photos}) b;
INSERT INTO wakes SELECT pg_temp.name('o', 1 + w % {offices}), pg_temp.name('d', w), 'desk', 'tag' || w, 'x', 4000000000, false, 0, 4000000000, 0
  FROM generate_series(1, {devices}) w;
"""


def fill(url: str, **sizes: int) -> float:
    """Seconds it took. `sizes`: offices, devices, envelopes, photos."""
    import psycopg

    began = time.monotonic()
    with psycopg.connect(url, autocommit=True) as line:
        for statement in FILL.format(**sizes).split(";\n"):
            if statement.strip():
                line.execute(statement)
        line.execute("VACUUM ANALYZE")
    return time.monotonic() - began


def timed(act: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """(median, 95 of 100) in ms."""
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent), statistics.quantiles(spent, n=20)[-1]


def measure(app: Any) -> list[tuple[str, float, float]]:
    here = app.extensions["sotto_relay"]
    desk, client = Desk(app.test_client()), app.test_client()
    phones = [Phone(client) for _ in range(30)]
    offices.add(here.store, desk.name, time.time())
    desk.enrol(*phones).send_roster()
    one, turn = phones[0], iter(range(10**6))

    def send_wakes() -> None:
        desk.told(
            "wakes",
            device=one.name,
            serial=next(turn),
            wakes=[{"at": "2036-04-01T09:00:00Z", "tag": f"t{next(turn)}"}],
        )

    acts: list[tuple[str, Callable[[], Any]]] = [
        ("push of one envelope", lambda: one.push(one.write())),
        ("pull of a phone, nothing new", lambda: one.pull()),
        ("pull of the desk", lambda: desk.pull()),
        ("roster of 30 devices", desk.send_roster),
        ("wakes of a phone", send_wakes),
        ("sweep, nothing over", here.sweeper.sweep),
        ("claim of wakes, nothing due", lambda: wakes.claim(here.store, time.time(), 8)),
        ("numbers for the monitor", lambda: health.look(here.store, (), time.time())),
    ]
    return [(name, *timed(act)) for name, act in acts]


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/cell", description=__doc__)
    ask.add_argument("--offices", type=int, default=1700)
    ask.add_argument("--phones", type=int, default=30, help="of each office")
    ask.add_argument("--envelopes", type=int, default=1_000_000)
    ask.add_argument(
        "--photos", type=int, default=2_000_000, help="remembered ones: their names, not their bytes"
    )
    told = ask.parse_args()
    sizes = {
        "offices": told.offices,
        "devices": told.offices * told.phones,
        "envelopes": told.envelopes,
        "photos": told.photos,
    }
    with tempfile.TemporaryDirectory(prefix="sotto-cell-") as folder, postgresql(Path(folder)) as url:
        app = create_relay(
            Config(role="relay", trial=True, data=Path(folder) / "data", database_url=url), background=False
        )
        try:
            print("Filling …", file=sys.stderr, flush=True)
            filled = fill(url, **sizes)
            rows = "\n".join(f"| {name} | {median:.1f} | {most:.1f} |" for name, median, most in measure(app))
        finally:
            app.extensions["sotto_relay"].store.close()
    print(
        f"{machine.sentence(1)}\n\n{', '.join(f'{count:,} {name}' for name, count in sizes.items())}; filled in {filled:.0f} s.\n"
    )
    print(f"| request | median, ms | 95 of 100, ms |\n|---|---|---|\n{rows}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
