"""What the tests stand on holds: no way out of this machine, and a true PostgreSQL."""

import socket

import psycopg
import pytest


def test_no_test_reaches_another_machine():
    with socket.socket() as line, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        line.connect(("192.0.2.1", 80))


@pytest.mark.postgres
def test_each_test_has_a_postgresql_of_its_own(postgres_url):
    with psycopg.connect(postgres_url) as line:
        assert line.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)
        assert line.info.server_version >= 140000
