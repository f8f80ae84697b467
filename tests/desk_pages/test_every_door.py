"""Every door of the desk, tried by everybody with everything: no fault, and nothing of what a role may not see.

The doors come from the app's own map, so a new page is tried the day it is made. A few addresses of each door in
`./test`; SOTTO_DOORS=1000 tries them all.
"""

import itertools
import json
import os
import random
import re

import pytest

from pwa_server.desk.accounts import staff
from pwa_server.desk.models.office_and_cases import CaseFile, Member, SafetyFlag, Staff, Visit, VisitVersion
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.desk.queries.access import ROLES
from tests.desk_pages.conftest import SAME_ORIGIN

TRIED = int(os.environ.get("SOTTO_DOORS", "2"))  # addresses of a door for each role; every role tries others
NOBODYS = [
    "A" * 22,
    "A" * 43,
    "demo-999",
    "%00",
    "..%2f..%2fdesk.db",
    "' or 1=1--",
    "あ" * 9,
    "x" * 300,
    "-1",
    "9" * 30,
]
OPEN = {"sign_in.page", "sign_in.enter", "static"}
# What would end the visit instead of trying a door.
LEFT_OUT = {"sign_in.sign_out", "settings.password", "settings.language"}
FIELDS = (
    "reason",
    "comment",
    "question",
    "field",
    "text",
    "note",
    "on",
    "at",
    "kind",
    "with",
    "do",
    "version",
    "visit",
    "staff",
    "role",
    "label",
    "name",
    "kana",
    "email",
    "show",
    "q",
    "words",
    "passkey",
    "from",
    "until",
    "case",
    "month",
    "code",
)
VALUES = (
    "",
    "x",
    "あ" * 3_000,
    "2026-02-30",
    "99:99",
    "retry",
    "admit",
    "move",
    "cancel",
    "-1",
    "\x00",
    "demo-001",
    "notes.fact",
    "٣",
)


def rules(app, method):
    found = [
        rule for rule in app.url_map.iter_rules() if method in rule.methods and rule.endpoint not in LEFT_OUT
    ]
    return sorted(
        (rule for rule in found if rule.endpoint != "static"), key=lambda rule: (rule.rule, rule.endpoint)
    )


def ids_here(morning):
    """One id of each kind this office has, some of a case the worker is not assigned to."""
    phones = [morning.phone.id, morning.stopped.id]
    return [
        "demo-002",
        "demo-040",
        morning.urgent,
        morning.answered,
        morning.held,
        "demo-kobayashi",
        "demo-nakagawa",
        *phones,
        "1",
    ]


def addresses(rule, ids, chance=0):
    """Places of the address filled with ids: the right kind, another kind, nobody's."""
    if not rule.arguments:
        return [rule.rule]
    names = sorted(rule.arguments)
    pool = list(itertools.islice(itertools.product(ids + NOBODYS, repeat=len(names)), 2_000))
    chosen = random.Random(f"{rule.rule} {chance}").sample(pool, min(TRIED, len(pool)))
    return [_filled(rule.rule, dict(zip(names, values, strict=True))) for values in chosen]


def _filled(address, values):
    for name, value in values.items():
        address = re.sub(rf"<(?:[^<>:]+:)?{name}>", lambda _, value=value: value, address)
    return address


def sound(answer, path):
    assert answer.status_code < 500, (path, answer.get_data(as_text=True)[:500])
    text = answer.get_data(as_text=True) if answer.mimetype.startswith(("text/", "application/json")) else ""
    assert "Traceback" not in text, path
    return text


@pytest.fixture
def come_as(app, office):
    """Somebody of this role, signed in; they are assigned to nothing."""

    def come(role):
        Staff.update(role=role).where(Staff.id == "demo-tanaka").execute()
        client, secret = app.test_client(), staff.open_session(office.desk, "demo-tanaka", "password")
        staff.step_up(office.desk, secret)
        client.set_cookie(COOKIE, secret)
        return client

    return come


def secrets_of_households():
    """What only somebody who may read a household may see: texts long enough to be nobody else's."""
    found = {row.summary for row in CaseFile.select()}
    found |= {row.text for row in SafetyFlag.select()}
    for row in VisitVersion.select(VisitVersion.body):
        body = row.body if isinstance(row.body, dict) else json.loads(row.body)
        found |= {*body.get("notes", {}).values(), body.get("reflection", "")}
    return {text.splitlines()[0] for text in found if text and len(text.splitlines()[0]) > 12}


def test_a_visitor_finds_every_door_but_the_first_locked(app, visitor, morning):
    texts = (
        secrets_of_households()
        | {row.name for row in Staff.select()}
        | {row.title for row in CaseFile.select()}
    )
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            for path in addresses(rule, ids_here(morning)):
                answer = visitor.client.open(path, method=method, headers=SAME_ORIGIN)
                told = sound(answer, path)
                if rule.endpoint not in OPEN and not rule.endpoint.startswith("sign_in."):
                    assert answer.status_code in (301, 302, 303, 308, 400, 401, 403, 404, 405), (method, path)
                assert not [text for text in texts if text in told], (method, path)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_begins_on_a_page_that_opens(app, come_as, role):
    answer = come_as(role).get("/", follow_redirects=True)
    assert answer.status_code == 200
    assert "<h1" in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reads_by_address_what_the_table_does_not_give_it(app, come_as, morning, role):
    client = come_as(role)
    texts = secrets_of_households()
    assert len(texts) > 30
    seen = {}
    for rule in rules(app, "GET"):
        for path in addresses(rule, ids_here(morning), role):
            told = sound(client.get(path), path)
            seen |= {text: path for text in texts if text in told}
    if role in READERS:
        assert seen
    else:
        assert seen == {}


# Those to whom the table gives notes, summaries or safety cards of the whole office; the rest are assigned to
# nothing here.
READERS = {"supervisor", "coordinator", "chief"}


@pytest.mark.parametrize("role", ROLES)
def test_no_form_of_any_role_breaks_the_desk_whatever_it_holds(app, come_as, morning, role):
    client = come_as(role)
    chances = random.Random(role)
    before = {row.id: (row.review_status, row.current_version) for row in Visit.select()}
    token = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get("/settings").get_data(as_text=True))[
        1
    ]
    for rule in rules(app, "POST"):
        paths = addresses(rule, ids_here(morning), role)
        if len(paths) == 1:
            paths *= 2  # both ways to send it
        for way, path in enumerate(paths, ROLES.index(role)):
            form = {name: chances.choice(VALUES) for name in chances.sample(FIELDS, 12)}
            twice = {name: [value, chances.choice(VALUES)] for name, value in form.items()}
            if way % 2:
                sound(client.post(path, json=form, headers=SAME_ORIGIN | {"X-Csrf": token}), path)
            else:  # every field twice: the first is read, and the second is no fault
                sound(client.post(path, data=twice | {"csrf": token}, headers=SAME_ORIGIN), path)
    after = {row.id: (row.review_status, row.current_version) for row in Visit.select()}
    if role not in ("supervisor",):
        assert after == before


def test_a_worker_reads_and_changes_nothing_of_a_household_of_others(app, at_desk, morning):
    """西村 is assigned to some; of the rest no text, by no address."""
    client = at_desk("nishimura").client
    from pwa_server.desk.queries.access import assigned_cases

    mine = set(assigned_cases("demo-nishimura"))
    others = {row.summary for row in CaseFile.select() if row.id not in mine and len(row.summary) > 12}
    others -= {row.summary for row in CaseFile.select() if row.id in mine}
    others |= {row.text for row in SafetyFlag.select() if row.case not in mine}
    assert others
    assert Member.select().count() > 0
    for rule in rules(app, "GET"):
        for path in addresses(rule, ids_here(morning) + sorted(mine)[:1]):
            told = sound(client.get(path), path)
            assert not [text for text in others if text in told], path
