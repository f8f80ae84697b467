"""地域資源 and 地域課題: a register with the age of its entries; issues told by numbers nobody can be known by."""

from datetime import date, timedelta
from itertools import combinations

import pytest

from pwa_server.desk.models import issues as issue_rows
from pwa_server.desk.models import resources as resource_rows
from pwa_server.desk.models.issues import (
    ANSWERS,
    NOTICED_BY,
    STATES,
    CommunityIssue,
    IssueEvidence,
    IssueProposal,
)
from pwa_server.desk.models.office_and_cases import CaseFile
from pwa_server.desk.models.resources import KINDS, VISIBILITIES, Resource
from pwa_server.desk.queries import issues, named_persons
from pwa_server.desk.queries.access import ROLES, cell

ISSUE = {
    "title": "夜に行ける居場所がない",
    "what": "昼の場には来られない世帯がある。",
    "whom": "大人のひきこもり状態の人と家族",
    "impact": "夜の電話がつながらない。",
    "noticed_by": "地域包括、民生委員",
    "have": "土曜のサロン",
    "lack": "夜の窓口",
}
RESOURCE = {
    "name": "笠縫サロン",
    "times": "毎週木曜 10時 公民館",
    "who_may_come": "だれでも",
    "trouble": "世話人が一人",
    "contact": "公民館へ",
    "kind": "salon",
    "visibility": "agencies",
}
TELLING = "Dさんの家"
PARTS = {
    "issues": (issue_rows.FIELDS, ISSUE, "/issues/new"),
    "resources": (resource_rows.FIELDS, RESOURCE, "/resources"),
}


@pytest.fixture
def kimura(comes):
    return comes("木村 進", "community")


def issue_of(person, **more):
    person.send("/issues/new", **ISSUE | more)
    assert person.status == 200
    return CommunityIssue.get(CommunityIssue.title == (ISSUE | more)["title"])


@pytest.mark.parametrize("room", PARTS)
def test_each_text_is_bounded_asked_for_and_never_lost(room, kimura):
    fields, filled, address = PARTS[room]
    for one in fields:
        kimura.send(address, **filled | {one.name: " "})
        assert kimura.status == (400 if one.needed else 200), one.name
        long = "あ" * (one.longest + 1)
        page = kimura.send(address, **filled | {one.name: long})
        assert kimura.status == 400, one.name
        assert "長すぎます" in page.text
        for name, value in (filled | {one.name: long}).items():
            assert value in kimura.page, name


@pytest.mark.parametrize("room", PARTS)
def test_what_tells_who_is_meant_is_asked_about(room, kimura):
    fields, filled, address = PARTS[room]
    free = [
        one.name
        for one in fields
        if (room, one.name) not in {("resources", "name"), ("resources", "contact")}
    ]
    for name in free:
        page = kimura.send(address, **filled | {name: TELLING})
        assert kimura.status == 400, name
        assert "人がわかるかもしれない" in page.text
    kimura.send(address, **filled | {free[-1]: TELLING}, nobody="yes")
    assert kimura.status == 200
    kimura.send(address, **filled | {free[-1]: "DEMO-002の家"}, nobody="yes")
    assert kimura.status == 400  # a case number never


def test_an_issue_goes_its_way_and_each_step_is_kept(kimura, comes):
    row = issue_of(kimura)
    assert row.state == "noticed"
    for state in STATES:
        kimura.send(f"/issues/{row.id}/move", state=state, until="2027-03-31", words=f"{state}へ")
        page = kimura.open(f"/issues/{row.id}")
        assert f"{state}へ" in page.text
        assert row.title in kimura.open("/issues").text
    assert [one.state for one in issues.steps(row.id)] == [*reversed(STATES), "noticed"]
    kimura.send(f"/issues/{row.id}/propose", text="夜の電話を一本にする")
    for result in ANSWERS:
        kimura.send(f"/issues/proposals/{IssueProposal.get().id}", result=result, words="三か月")
        assert IssueProposal.get().result == result
    kimura.send(f"/issues/{row.id}/talk", council="生活支援の協議体", on="", said="")
    assert kimura.status == 400
    kimura.send(
        f"/issues/{row.id}/talk", council="生活支援の協議体", on="2026-12-18", said="資料はこの紙だけ"
    )
    assert "生活支援の協議体" in kimura.open(f"/issues/{row.id}").text
    assert "夜の電話を一本にする" in kimura.open("/issues/print").text


def test_who_may_write_propose_and_steer(kimura, comes):
    row = issue_of(kimura)
    for role in ROLES:
        person = comes(role, role)
        sees, writes = cell(role, "community_issues")
        steers = cell(role, "community_steps")[1]
        person.open("/issues")
        assert (row.title in person.page) == bool(sees), role
        person.send(f"/issues/{row.id}/propose", text="ことば")
        assert person.status == (200 if writes else 403), role
        person.send(f"/issues/{row.id}/change", **ISSUE | {"lack": role})
        assert person.status == (200 if steers and writes else 403), role
        person.send(f"/issues/{row.id}/move", state="shared", words="")
        assert person.status == (200 if steers else 403), role
        if writes:
            own = issue_of(person, title=f"{role}が出した")
            person.send(f"/issues/{own.id}/change", **ISSUE | {"title": f"{role}が直した"})
            assert CommunityIssue.get_by_id(own.id).title == f"{role}が直した"


def households(desk, number, issue, district="", noticed="elderly", at="2026-09-01T00:00:00.000Z", start=0):
    """Evidence of so many households, given at this moment."""
    cases = [row.id for row in CaseFile.select().order_by(CaseFile.no).offset(start).limit(number)]
    for case in cases:
        IssueEvidence.put(
            id=f"{case} {issue}",
            case=case,
            issue=issue,
            district=district,
            noticed=noticed,
            given=True,
            by="x",
            at=at,
        )


def test_no_two_numbers_differ_by_one_household(desk, office):
    """All numbers of 0 to 14 households over two districts: each is a multiple of three, so is each difference."""
    today = date(2026, 11, 20)
    for north in range(8):
        for south in range(7):
            IssueEvidence.delete().execute()
            households(desk, north, "i", "北")
            households(desk, south, "i", "南", noticed="children", start=north)
            told = issues.counted("i", today)
            numbers = [told.households, *(n for _, n in told.districts), *(n for _, n in told.noticed)]
            assert told.households <= north + south
            for one, other in combinations([0, *numbers], 2):
                assert abs(one - other) % 3 == 0
            assert dict(told.districts).get("北", 0) == north - north % 3
    assert issues.counted("other", today).households == 0


def test_what_is_given_this_month_counts_from_the_next(desk, office):
    households(desk, 3, "i", at="2026-11-05T00:00:00.000Z")
    assert issues.counted("i", date(2026, 11, 30)).households == 0
    assert issues.counted("i", date(2026, 12, 1)).households == 3
    IssueEvidence.update(given=False).execute()
    assert issues.counted("i", date(2026, 12, 1)).households == 0


def test_a_household_is_counted_from_its_case_and_never_shown_from_the_issue(supervisor, kimura, comes):
    row = issue_of(kimura)
    case = CaseFile.get_by_id("demo-002")
    assert "/cases/demo-002/issues" in supervisor.open("/cases/demo-002").links
    supervisor.open("/cases/demo-002/issues")
    supervisor.send("/cases/demo-002/issues", issue=row.id, noticed="nonsense")
    assert supervisor.status == 400
    for noticed in NOTICED_BY:
        supervisor.send("/cases/demo-002/issues", issue=row.id, noticed=noticed)
        assert IssueEvidence.get().noticed == noticed
    assert issues.of_case("demo-002") == {row.id}
    kimura.open("/cases/demo-002/issues")
    assert kimura.status in (403, 404)
    for person in (kimura, supervisor):
        for path in ("/issues", f"/issues/{row.id}", "/issues/print"):
            person.open(path)
            assert case.no not in person.page
            assert case.title not in person.page
    supervisor.send("/cases/demo-002/issues", issue=row.id, do="take_back")
    assert issues.of_case("demo-002") == set()


def test_the_register_shows_each_what_is_for_them_with_its_age(kimura, comes):
    for visibility in VISIBILITIES:
        kimura.send("/resources", **RESOURCE | {"name": f"場所-{visibility}", "visibility": visibility})
    expected = {
        "commissioner": {"public"},
        "participation": set(VISIBILITIES),
        "community": set(VISIBILITIES),
    }
    for role in ROLES:
        person = kimura if role == "community" else comes(role, role)
        person.open("/resources")
        if not cell(role, "opportunities")[0]:
            assert person.status == 403
            continue
        seen = {one for one in VISIBILITIES if f"場所-{one}" in person.page}
        assert seen == expected.get(role, {"public", "agencies"}), role
        person.open("/resources/print")
        assert {one for one in VISIBILITIES if f"場所-{one}" in person.page} == {"public"}, role
    row = Resource.get(Resource.visibility == "public")
    Resource.update(checked_on=(date(2026, 11, 20) - timedelta(days=500)).isoformat()).where(
        Resource.id == row.id
    ).execute()
    page = kimura.open("/resources?show=old")
    assert row.name in page.text
    assert "場所-keepers" not in page.text
    kimura.send(f"/resources/{row.id}/check")
    assert "1年より前の情報" not in kimura.open("/resources").text
    kimura.send(f"/resources/{row.id}/end", reason="")
    assert "外すわけを書いてください" in kimura.page
    kimura.send(f"/resources/{row.id}/end", reason="なくなった")
    assert row.name not in kimura.open("/resources").text


def test_a_mobile_number_stands_only_where_the_keepers_see_it(kimura):
    for visibility in VISIBILITIES:
        for number in ("090-1234-5678", "０８０１２３４５６７８", "070 1234 5678"):
            kimura.send("/resources", **RESOURCE | {"contact": number, "visibility": visibility})
            assert kimura.status == (200 if visibility == "keepers" else 400), (visibility, number)


def test_every_kind_and_district_narrows_the_list(kimura):
    kimura.send("/resources/districts", names="北\n南\n北\n")
    assert issues.districts() == ["北", "南"]
    for place, kind in enumerate(KINDS):
        kimura.send(
            "/resources",
            **RESOURCE | {"name": f"{kind}の場", "kind": kind, "district": ("北", "南")[place % 2]},
        )
    for kind in KINDS:
        page = kimura.open(f"/resources?kind={kind}")
        assert [one for one in KINDS if f"{one}の場" in page.text] == [kind]
    north = kimura.open("/resources?district=北").text
    assert [one for one in KINDS if f"{one}の場" in north] == list(KINDS[::2])
    found = kimura.send("/resources/find", q="ＳＡＬＯＮの 木曜")
    assert [one for one in KINDS if f"{one}の場" in found.text] == ["salon"]


def test_the_sure_kinds_are_among_the_kinds():
    assert set(named_persons.SURE) <= named_persons.PATTERNS.keys() | {"name"}
