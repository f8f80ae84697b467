"""本人からの請求: each with its clock, everything that is kept gone through, a second reader, and the answer kept."""

from datetime import date

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import disposals
from pwa_server.desk.actions.plans import close_case
from pwa_server.desk.models.office_and_cases import CaseFile, Staff
from pwa_server.desk.models.requests import KINDS, MOST_DAYS, PersonRequest, RequestPart
from pwa_server.desk.models.years import Disposal
from pwa_server.desk.queries import requests
from pwa_server.desk.queries.access import ROLES, TABLE, cell
from pwa_server.desk.queries.field_classes import FIELDS, MIXED
from pwa_server.texts import catalogue

CASE = "demo-002"
ASKED = {
    "kind": "disclosure",
    "requester": "person",
    "on": "2026-11-20",
    "no": "DEMO-002",
    "words": "全部見たい",
}
DECIDED = {"decided": "partly", "on": "2026-11-24", "answer": "一部を示します"}


@pytest.fixture
def asked(supervisor):
    supervisor.send("/requests/new", **ASKED)
    return PersonRequest.get()


def test_it_is_due_and_the_days_are_the_offices_within_the_law(supervisor, asked):
    assert requests.due(asked) == date(2026, 12, 20)
    assert "期限 令和8年12月20日" in supervisor.open("/requests").text
    assert supervisor.open("/today").text.count("本人からの請求") > 1
    for wrong in ("0", "31", "", "x"):
        supervisor.send("/requests/days", days=wrong)
        assert supervisor.status == 400, wrong
    supervisor.send("/requests/days", days="14")
    assert requests.due(asked) == date(2026, 12, 4)
    assert MOST_DAYS == 30
    assert [kind for kind in KINDS if f"desk.request.kind.{kind}" not in catalogue("ja")] == []


def test_what_does_not_fit_comes_back_as_it_was_typed(supervisor):
    for field, value in (("no", "DEMO-999"), ("on", "きのう"), ("words", ""), ("kind", "x")):
        page = supervisor.send("/requests/new", **ASKED | {field: value})
        assert supervisor.status == 400, field
        assert field == "words" or "全部見たい" in page.text
    assert not PersonRequest.select().exists()
    supervisor.send("/requests/new", **ASKED | {"no": ""})
    row = PersonRequest.get()
    assert row.case == row.id
    assert "番号なし" in supervisor.open(f"/requests/{row.id}").text


def test_every_table_with_a_case_is_part_of_what_is_kept(office):
    """A new table is among them by itself; a class without a name of its own would be a part nobody can name."""
    ours = {table for table in FIELDS if "case" in table._meta.fields} - set(requests.ELSEWHERE)
    assert ours <= set(requests.tables())
    classes = {one for table in requests.tables() for one in FIELDS[table].values()} - {"", MIXED, "requests"}
    assert [one for one in classes & set(TABLE) if f"desk.request.part.{one}" not in catalogue("ja")] == []
    told = requests.kept(office.person("nakagawa"), CASE)
    assert {"identity", "core", "health", "safety"} <= told.keys()


def test_all_is_gone_through_a_second_reads_and_the_answer_stays(supervisor, comes, asked, office):
    path = f"/requests/{asked.id}"
    page = supervisor.send(f"{path}/decide", **DECIDED)
    assert supervisor.status == 400
    assert "まだ読んでいない種類" in page.text
    for part, (_, hidden) in requests.kept(office.person("nakagawa"), CASE).items():
        assert not hidden, part
        supervisor.send(f"{path}/part", part=part, reason="78-2" if part == "safety" else "")
        assert supervisor.status == 200, part
    supervisor.send(f"{path}/decide", **DECIDED)
    row = PersonRequest.get()
    assert (row.state, row.decision) == ("decided", "partly")
    supervisor.send(f"{path}/check", version=row.version, result="reads")
    assert supervisor.status == 403
    second = comes("課長", "chief")
    second.send(f"{path}/check", version=row.version, result="asks", note="")
    assert second.status == 400
    second.send(f"{path}/check", version=row.version, result="reads")
    supervisor.send(f"{path}/answer", on="2026-11-25")
    assert PersonRequest.get().state == "answered"
    assert "一部を示します" in supervisor.open(path).text
    sheet = supervisor.open(f"{path}/sheet")
    title = CaseFile.get_by_id(CASE).title
    assert title in sheet.text
    assert "犬" not in sheet.text


def test_what_was_added_since_is_gone_through_again(supervisor, asked, office):
    path = f"/requests/{asked.id}"
    supervisor.send(f"{path}/part", part="safety", reason="")
    assert RequestPart.select().count() == 1
    before = supervisor.open(path).text.count("まだ")
    actions.set_safety(office.desk, office.person("nakagawa"), CASE, "dog", "犬がいる", "", "2027-04-01")
    assert supervisor.open(path).text.count("まだ") == before + 1


def test_a_granted_stop_of_use_lets_a_closed_case_go_before_its_years_are_over(supervisor, comes, office):
    supervisor.send("/requests/new", **ASKED | {"kind": "stop"})
    row = PersonRequest.get()
    path = f"/requests/{row.id}"
    second = comes("課長", "chief")
    supervisor.send(f"{path}/decide", **DECIDED | {"decided": "granted"})
    second.send(f"{path}/check", version=PersonRequest.get().version, result="reads")
    assert "廃棄を提案" not in supervisor.send(f"{path}/answer", on="2026-11-25").text
    supervisor.send(f"{path}/dispose")
    assert supervisor.status == 404  # the case goes on
    closing = {"on": "2026-11-24", "changes": [], "words": "", "result": "other", "stays": [], "untold": ""}
    close_case(office.desk, Staff(id="demo-nishimura", role="coordinator", active=True), CASE, closing)
    assert "廃棄を提案" in supervisor.open(path).text
    supervisor.send(f"{path}/dispose")
    proposed = Disposal.get()
    assert (proposed.ground, proposed.subjects[0]["id"]) == ("request", CASE)
    disposals.carry_out(office.desk, Staff.get_by_id(second.id), proposed.id)
    assert CaseFile.get_or_none(CaseFile.id == CASE) is None
    assert PersonRequest.get_or_none(PersonRequest.id == row.id) is None  # it lay under the same key


def test_who_answers_requests_sees_them_and_nobody_else(comes, asked):
    for role in ROLES:
        person = comes(role, role)
        see, change = cell(role, "requests")
        for path in ("/requests", f"/requests/{asked.id}"):
            person.open(path)
            assert person.status == (200 if see else 403), (role, path)
        person.send("/requests/new", **ASKED | {"words": ""})
        assert person.status == (400 if change else 403), role
