"""壁: whoever belongs to a contractor sees the cases of theirs and no other's, whatever their role and by any door.

Doors come from the app's own map, classes and roles from the access table; the office is one for all of this module.
"""

import json
import re

import pytest

from pwa_server.desk import actions
from pwa_server.desk.accounts import staff
from pwa_server.desk.actions import organisations as acts
from pwa_server.desk.actions import trust
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.models.office_and_cases import Assignment, CaseFile, DeviceRow, LogEntry, Staff
from pwa_server.desk.models.trust import StaffProposal
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.desk.queries import access, organisations
from pwa_server.desk.queries.access import BY_CASE, BY_WRITER, OF_EVERYBODY, ROLES, TABLE, ties, visible_cases
from pwa_server.desk.queries.on_call import may_receive, on_call, woken
from tests.desk.conftest import give_account, join
from tests.desk_pages import planted
from tests.desk_pages.conftest import SAME_ORIGIN
from tests.desk_pages.planted import CASE, SIGNS
from tests.desk_pages.test_not_yours import SENT_TO, doors, said

OURS = "demo-040"
# Roles that the table lets see cases by being here: what a wall is for. The others need a tie of their own anyhow.
OF_THE_OFFICE = [role for role in ROLES if "office" in access.cell(role, "core")[0]]


def person(role, walled=True):
    return Staff(id="x", role=role, active=True, organisation="o" if walled else "", walled=walled)


def test_every_class_of_data_says_what_a_wall_makes_of_it():
    assert not BY_CASE & OF_EVERYBODY
    assert not BY_WRITER & (BY_CASE | OF_EVERYBODY)
    assert set(TABLE) >= BY_CASE | BY_WRITER | OF_EVERYBODY
    for role in ROLES:
        for name in TABLE:
            for cell, behind in zip(access.cell(role, name), ties(person(role), name), strict=True):
                assert ties(person(role, walled=False), name) == access.cell(role, name)
                if name not in OF_EVERYBODY:
                    assert "office" not in behind, (role, name)
                else:
                    assert behind == cell
                # A wall takes away. What it puts in the place of `office` reaches no further than that did.
                assert behind <= cell | ({"organisation", "member", "own"} if "office" in cell else set())


@pytest.fixture
def walls(app, office):
    """Two contractors; the planted case is of the other. `come(role)` is somebody of the first, at the desk."""
    nakagawa = office.person("nakagawa")
    planted.plant(office)
    theirs = planted.visit_by(office, office.person("kobayashi"))
    mine = acts.write(office.desk, nakagawa, "はるかぜ", "contractor", "")
    other = acts.write(office.desk, nakagawa, "つなぐ会", "contractor", "")
    actions.act(office.desk, nakagawa, "case.entrusted", {"organisation": mine}, OURS)
    actions.act(office.desk, nakagawa, "case.entrusted", {"organisation": other}, CASE)
    planted.index_anew(office)

    def come(role):
        email = f"{role}@sample.invalid"
        id_ = join(office.desk, "岡 直", role, email)
        trust.change_organisation(office.desk, nakagawa, id_, mine)
        give_account(office.desk, id_, email)
        client = app.test_client()
        client.set_cookie(COOKIE, secret := staff.open_session(office.desk, id_, "password"))
        staff.step_up(office.desk, secret)
        return Staff.get_by_id(id_), client

    come.mine, come.other, come.visit = mine, other, theirs
    return come


def test_no_door_shows_or_takes_what_is_behind_another_wall(app, office, walls):
    places = SENT_TO | planted.PLACES | {"visit": (walls.visit,)}
    there, nowhere = doors(app, places), doors(app, {})
    letters = {letter: name for name, letter in SIGNS.items() if name not in OF_EVERYBODY}
    shown, told, written, refused = [], [], [], 0
    assert {"supervisor", "coordinator", "chief"} <= set(OF_THE_OFFICE)
    for role in OF_THE_OFFICE:
        one, client = walls(role)
        page = client.get("/settings").get_data(as_text=True)
        token = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)[1]
        pages = {}
        for (method, endpoint), path in there.items():
            if endpoint == "drafts.keep" or (method == "POST" and role == "chief"):
                continue
            form = {"data": {"csrf": token, "do": "x"}} if method == "POST" else {}
            before = LogEntry.select().where(LogEntry.case == CASE).count()
            answer = client.open(path, method=method, headers=SAME_ORIGIN, **form)
            assert answer.status_code < 500, (role, path)
            if LogEntry.select().where(LogEntry.case == CASE).count() != before:
                written.append((role, method, endpoint))
            if answer.status_code < 300:
                pages[method, path] = planted.text_of(answer)
            elif answer.status_code >= 400:
                refused += 1
                nobodys = client.open(nowhere[method, endpoint], method=method, headers=SAME_ORIGIN, **form)
                if said(answer) != said(nobodys):
                    told.append((role, method, endpoint, answer.status_code, nobodys.status_code))
        for name, letter in SIGNS.items():
            if name in ("identity", "core", "health", "visit_facts", "notices"):
                client.post("/cases/find", data={"csrf": token, "q": letter}, headers=SAME_ORIGIN)
                found = planted.text_of(client.get("/cases/found"))
                pages["search", name] = letter if f"<mark>{letter}" in found else ""
        export = client.post("/statistics/export", data={"csrf": token}, headers=SAME_ORIGIN)
        assert export.status_code == 403
        phone = DeviceRow(
            id="p", staff=one.id, label="", status="active", sign="", seal="", enrolled_at=office.desk.now()
        )
        pages["phone", ""] = json.dumps(documents_for(office.desk, phone), ensure_ascii=False)
        no = CaseFile.get_by_id(CASE).no
        for at, text in pages.items():
            shown += [(role, at, letters[letter]) for letter in letters if letter in text]
            if re.search(rf"\b{re.escape(no)}\b", text):
                shown.append((role, at, "number"))
        # The control: what is theirs is theirs, on its own page and in their list.
        assert visible_cases(one) == [OURS]
        assert client.get(f"/cases/{OURS}").status_code == 200
        assert OURS in client.get("/cases?show=all").get_data(as_text=True)
    assert shown == []
    assert told == []
    assert written == []
    assert refused > 100


def test_a_case_is_theirs_by_its_organisation_or_by_whoever_is_assigned(office, walls):
    nakagawa = office.person("nakagawa")
    one, _ = walls("supervisor")
    assert visible_cases(one) == [OURS]
    worker = join(office.desk, "森 実", "worker", "mori@sample.invalid")
    trust.change_organisation(office.desk, nakagawa, worker, walls.mine)
    actions.assign(office.desk, nakagawa, "demo-041", worker)
    assert set(visible_cases(one)) == {OURS, "demo-041"}
    actions.assign(office.desk, one, "demo-041", one.id)  # among their own people
    with pytest.raises(DeskError, match="cannot_hold"):
        actions.assign(office.desk, one, "demo-041", "demo-kobayashi")  # and not across the wall
    for case in (OURS, "demo-041", CASE):
        assert access.may(nakagawa, "see", "core", case)  # above the walls nothing changed
    opened = actions.open_case(office.desk, one, {"no": "W-1", "title": "窓口で"})
    assert opened in visible_cases(one)  # nobody loses a case by opening it


def test_out_from_behind_a_wall_takes_two_and_the_last_one_above_stays(office, walls):
    nakagawa, tanaka = office.person("nakagawa"), office.person("tanaka")
    one, _ = walls("supervisor")
    asked = trust.change_organisation(office.desk, nakagawa, one.id, "")
    second, _ = walls("chief")
    with pytest.raises(NotAllowed):  # nobody behind a wall is the second of the two
        trust.decide(office.desk, second, asked, True)
    assert Staff.get_by_id(one.id).walled
    trust.decide(office.desk, tanaka, asked, True)
    assert not Staff.get_by_id(one.id).walled
    assert len(visible_cases(Staff.get_by_id(one.id))) > 50
    assert not StaffProposal.select().where(StaffProposal.open).exists()
    with pytest.raises(NotAllowed):
        trust.change_organisation(office.desk, one, one.id, walls.mine)  # nobody moves themselves
    above = organisations.above_walls()
    for row in above:
        if row.id != nakagawa.id:
            trust.change_organisation(office.desk, nakagawa, row.id, walls.mine)
    with pytest.raises(DeskError, match="last_above_walls"):
        trust.change_organisation(office.desk, tanaka, nakagawa.id, walls.mine)
    with pytest.raises(NotAllowed):  # whoever is behind one changes no account but may not be made to
        trust.change_role(office.desk, Staff.get_by_id(one.id), "demo-kobayashi", "supervisor")


def test_a_case_has_somebody_who_may_open_it_or_stands_on_the_morning_page(office, walls, at_desk):
    """Every open case, whoever left: the office's own open it; nobody of its organisation left is told."""
    one, _ = walls("supervisor")
    above = organisations.above_walls()
    for row in CaseFile.select().where(CaseFile.status == "active"):
        assert any(access.may(who, "see", "core", row.id) for who in above), row.id
    gone = {row.id for row in organisations.unopened()}
    running = Assignment.select().where((Assignment.case == CASE) & Assignment.until_at.is_null())
    assert (CASE in gone) != running.exists()  # つなぐ会 has nobody; whoever is assigned can still open it
    assert OURS not in gone
    trust.stop(office.desk, office.person("nakagawa"), one.id, "demo-kobayashi")
    assert OURS in {row.id for row in organisations.unopened()} or Assignment.select().where(
        (Assignment.case == OURS) & Assignment.until_at.is_null()
    )
    page = at_desk("nakagawa").open("/today")
    for row in organisations.unopened():
        assert row.no in page.text


def test_an_office_of_before_is_as_it_was(office, at_desk):
    """Everybody is the office's own by default: no wall, and nothing about organisations waits for anybody."""
    assert not Staff.select().where(Staff.walled | (Staff.organisation != "")).exists()
    assert not CaseFile.select().where(CaseFile.organisation != "").exists()
    assert organisations.ending(office.desk.today()) == organisations.unopened() == []
    assert "この事務所" in at_desk("nakagawa").open("/organisations").text


def test_organisations_are_kept_by_the_office_in_plain_forms(office, at_desk):
    nakagawa = at_desk("nakagawa")
    nakagawa.open("/organisations")
    page = nakagawa.send("/organisations", name="はるかぜ", kind="contractor", contact="077-000-0000")
    assert "壁があります" in page.text
    path = nakagawa.path.split("?")[0]
    page = nakagawa.send(f"{path}/contracts", title="訪問", begins="2026-04-01", ends="2026-03-31")
    assert "最後の日が、最初の日より前です" in page.text
    nakagawa.send(f"{path}/contracts", title="訪問", begins="2026-04-01", ends="2027-01-31", note="")
    id_ = path.rsplit("/", 1)[1]
    nakagawa.open("/people/demo-nishimura")
    page = nakagawa.send("/people/demo-nishimura/organisation", organisation=id_)
    assert "はるかぜ" in page.text
    page = nakagawa.open("/today")  # three months ahead, while its people have cases
    assert ("終わる委託契約" in page.text) == organisations.open_cases(id_).exists()
    page = nakagawa.send(path, name="はるかぜ", contact="", active="")
    assert "まだ人かケースがあります" in page.text
    assert Staff.get_by_id("demo-nishimura").walled
    kobayashi = at_desk("kobayashi")
    kobayashi.open("/organisations")
    assert kobayashi.status == 403


def test_whoever_is_woken_may_open_what_they_are_woken_for(office, walls):
    """On call behind one wall: an urgent record of another organisation wakes the office's own instead."""
    nakagawa = office.person("nakagawa")
    one, _ = walls("supervisor")
    called = woken()
    assert {"demo-nakagawa", one.id} == set(on_call())  # nobody named: every supervisor
    assert called.of_case(OURS) == on_call()
    assert called.of_case(CASE) == ["demo-nakagawa"]
    actions.set_option(office.desk, nakagawa, "on_call", [one.id])
    assert woken().of_case(OURS) == [one.id]
    assert woken().of_case(CASE) == ["demo-nakagawa"]  # never nobody
    for row in Staff.select():
        reads = access.may(row, "see", "visit_facts", OURS if row.walled else CASE)
        assert may_receive(row) <= reads
    by_role = {role for role in ROLES if may_receive(person(role))}
    assert by_role == {role for role in ROLES if "office" in access.cell(role, "visit_facts")[0]}
