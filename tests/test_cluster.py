"""Relays renewed one after another under load refuse nothing; and the bench that says so judges as it should."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench import cluster
from bench.cluster import Load, Office, Phone, Window, during, enrol, everything_there, relays_over
from pwa_server import processes

ROOT = Path(__file__).parent.parent


@pytest.mark.postgres
def test_two_relays_over_one_database_are_renewed_and_nobody_is_refused(postgres_url, tmp_path):
    office = Office()
    relays = relays_over([postgres_url, postgres_url], tmp_path, office)
    try:
        relays.start()
        ports = [config.port for config in relays.configs]
        with Load(enrol(office, ports, 2)) as load:
            window = during(load, "renewed", relays.renew, 0.2)
        judged = window.judge(load, everything_there(office, ports[0]))
    finally:
        processes.end(relays.parts)
    assert judged.good, judged
    assert (judged.lost, judged.refused, judged.others) == (0, 0, {})


def test_what_was_lost_refused_otherwise_or_took_too_long_is_not_good():
    phone = Phone(Office(), [1], stored=[(1.0, "a"), (2.0, "b"), (40.0, "c")])
    load = Load([phone])
    there = {"a", "b", "c"}
    assert Window("well", 0.0, 5.0, Counter(unavailable=7)).judge(load, there).good
    assert not Window("long", 0.0, 41.0, Counter()).judge(load, there).good
    assert not Window("lost", 0.0, 5.0, Counter()).judge(load, {"a"}).good
    assert not Window("fault", 0.0, 5.0, Counter(fault=1)).judge(load, there).good
    assert Window("cut", 0.0, 5.0, Counter(cut=1)).judge(load, there).good
    assert not Window("cut", 0.0, 5.0, Counter(cut=9)).judge(load, there).good
    assert not Window("nothing", 5.0, 6.0, Counter()).judge(load, there).good
    told = cluster.table([Window("fault", 0.0, 5.0, Counter(fault=1)).judge(load, there)])
    assert "| fault | 2 | 0 | 3.0 | 0 | fault 1 | 0 |" in told


def test_without_the_programs_the_command_says_which(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "bench.cluster"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert "apt install --no-install-recommends patroni" in ran.stderr
    assert "Traceback" not in ran.stderr
