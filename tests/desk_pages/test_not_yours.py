"""Whoever may not see a thing is not told whether it is there: same status, same page, for each address and each role.

Every address with an id, from the app's own map, with what this office has of everything and with what nobody has.
"""

import re
from functools import partial

import pytest

from pwa_server.desk import actions
from pwa_server.desk.accounts import staff
from pwa_server.desk.models.office_and_cases import LogEntry, Staff
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.desk.queries.access import ROLES, sees_all
from tests.desk.conftest import give_account, join
from tests.desk_pages import planted
from tests.desk_pages.conftest import SAME_ORIGIN
from tests.desk_pages.test_shown import LONG_ENOUGH

ASIDE = {
    "sign_in",
    "static",
    "drafts",
    "emergency_access",
}  # who opens in an emergency names the case, and is logged
# Of the area: every role sees it, or a whole role does, and no tie to a case decides.
EVERYBODYS = {"issue", "resource", "opportunity", "place", "learning", "contact"}
NARROW = [role for role in ROLES if not sees_all(Staff(id="x", role=role, active=True))]
NOBODYS = {"place": 9, "filename": "x", "kind": "flag", "form": "note"}
# Of what is only ever sent to, beside what pages are shown of.
SENT_TO = {
    "consent": ("plant-Consent",),
    "contact": ("plant-HostContact",),
    "cover": ("plant-CoverAsked",),
    "notice": ("plant-Notice",),
    "proposal": ("A" * 22,),  # nobody asked for anything here
    "promise": ("plant-PromiseMade",),
    "flag_id": ("plant-VisitFlag",),
    "issue": ("plant-CommunityIssue",),
    "resource": ("plant-Resource",),
    "kind": ("flag",),  # of a draft
    "form": ("note",),  # of a meeting
}


def doors(app, places):
    """{(method, endpoint): address} with the first id of each kind."""
    found = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.arguments - EVERYBODYS and rule.endpoint.split(".")[0] not in ASIDE:
                ids = {
                    name: places[name][0] if places else NOBODYS.get(name, "A" * 22)
                    for name in rule.arguments
                }
                path = rule.build(ids, append_unknown=False)[1]
                for method in rule.methods & {"GET", "POST"}:
                    found[method, rule.endpoint] = path
    return found


def test_every_id_of_an_address_is_tried(app):
    named = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert named - {"visit"} - set(planted.PLACES) - set(SENT_TO) == set()


def said(answer):
    """Without marks, tokens and the ids that were asked for."""
    page = answer.get_data(as_text=True)
    page = re.sub(r"[\w-]{43}|[0-9a-f]{64}|[\w-]{16,22}", "", page)
    return answer.status_code, re.sub(r"(/[\w./-]+|value=\"[0-9]*\")", "", page)


@pytest.mark.parametrize("role", NARROW)
def test_what_is_not_yours_and_what_is_not_there_are_answered_alike(
    app, office, count_questions, asked_unlike, role
):
    planted.plant(office)
    theirs = planted.visit_by(office, office.person("kobayashi"))
    id_ = join(office.desk, "岡 直", role, "oka@sample.invalid")
    if role in ("worker", "participation"):
        actions.assign(office.desk, office.person("nakagawa"), "demo-040", id_)  # a case, and not this one
    give_account(office.desk, id_, "oka@sample.invalid")
    client = app.test_client()
    client.set_cookie(COOKIE, secret := staff.open_session(office.desk, id_, "password"))
    staff.step_up(office.desk, secret)
    token = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get("/settings").get_data(as_text=True))[
        1
    ]
    there = doors(app, SENT_TO | planted.PLACES | {"visit": (theirs,)})
    nowhere = doors(app, {})
    told, timed, refused = [], [], 0
    for (method, endpoint), path in there.items():
        form = {"data": {"csrf": token, "do": "x"}} if method == "POST" else {}
        before = LogEntry.select().count()
        questions = count_questions()
        mine = client.open(path, method=method, headers=SAME_ORIGIN, **form)
        asked = questions()
        if mine.status_code < 400:
            continue  # theirs by the table; what it shows is walked in test_shown
        assert LogEntry.select().count() == before, (method, endpoint)
        refused += 1
        questions = count_questions()
        nobodys = client.open(nowhere[method, endpoint], method=method, headers=SAME_ORIGIN, **form)
        if said(mine) != said(nobodys):
            told.append((method, endpoint, mine.status_code, nobodys.status_code))
        if asked != questions():
            asks = (
                partial(client.open, again, method=method, headers=SAME_ORIGIN, **form)
                for again in (path, nowhere[method, endpoint])
            )
            if counts := asked_unlike(*asks):
                timed.append((method, endpoint, *counts))
    assert told == []
    assert timed == [], "what takes another number of questions to the database takes another time"
    assert refused > LONG_ENOUGH
