"""A relay on each database, and people to use it."""

import pytest

from pwa_server.config import Config
from pwa_server.relay import create_relay
from tests.relay.people import Clock, Desk, Phone


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request, tmp_path):
    """Address of an empty database."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'relay.db'}"


@pytest.fixture
def make_relay(tmp_path, clock):
    """Start a relay process over a database; several over the same one are allowed."""
    apps = []

    def make(database, offices, **settings):
        settings = {"data": tmp_path, "database_url": database, "relay_offices": tuple(offices)} | settings
        app = create_relay(Config(**settings), clock=clock, background=False)
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.extensions["sotto_relay"].store.close()


@pytest.fixture
def joel():
    return Desk(None)


@pytest.fixture
def south():
    return Desk(None)


@pytest.fixture
def app(make_relay, database, joel, south):
    return make_relay(database, [joel.name, south.name])


@pytest.fixture
def people(app, joel, south):
    """joel, south: desks with their rosters here. amina, ben, zoe: their phones."""

    class People:
        http = app.test_client()
        amina, ben, zoe = Phone(http), Phone(http), Phone(http)

    People.joel, People.south = joel, south
    joel.http = south.http = People.http
    joel.enrol(People.amina, People.ben).send_roster()
    south.enrol(People.zoe).send_roster()
    return People


@pytest.fixture
def amina(people):
    return people.amina


@pytest.fixture
def ben(people):
    return people.ben


@pytest.fixture
def zoe(people):
    return people.zoe
