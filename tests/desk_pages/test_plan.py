"""支援プラン: every field through the form, versions, two editors, the sheet, search and rebuild; every role at
every page.
"""

import pytest
from werkzeug.datastructures import MultiDict

from pwa_server.desk import actions
from pwa_server.desk.accounts import staff
from pwa_server.desk.actions import plans as acts
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.models.office_and_cases import AccessView, LogEntry, Staff
from pwa_server.desk.models.plans import Ball, PlanVersion
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import plans, search
from pwa_server.desk.queries.access import ROLES, TABLE, may
from pwa_server.desk.queries.field_classes import FIELDS
from pwa_server.desk.queries.plan_fields import LINE, MOST_ROWS, PLAN, TEXT, at_odds, read, typed
from pwa_server.texts import catalogue
from tests.desk.conftest import give_account, join
from tests.desk_pages.conftest import SAME_ORIGIN, AtTheDesk, Reader
from tests.desk_pages.plan_forms import filled

CASE = "demo-002"
PAGE = f"/cases/{CASE}/plan"


@pytest.fixture
def comes(app, office):
    """comes("chief"): somebody of this role, signed in at the desk."""

    def come(role, name=None):
        email = f"{name or role}@sample.invalid"
        id_ = join(office.desk, name or role, role, email)
        give_account(office.desk, id_, email)
        person = AtTheDesk(app, role)
        person.client.set_cookie(COOKIE, staff.open_session(office.desk, id_, "password"))
        person.id = id_
        person.open("/settings")
        return person

    return come


def send(person, path, form, **more):
    told = MultiDict(form)
    told.setdefault("csrf", person.token())
    for name, value in more.items():
        told.setlist(name, [value])
    return person._seen(person.client.post(path, data=told, headers=SAME_ORIGIN, follow_redirects=True))


def content_of(form=None, **other):
    values, wrong = read(PLAN, typed(PLAN, form if form is not None else filled()[0]))
    assert wrong == {}
    return values | other


def test_every_field_goes_through_the_form_the_page_the_sheet_search_and_a_rebuild(comes, office):
    coordinator = comes("coordinator")
    coordinator.open(f"{PAGE}/edit")
    form, words = filled()
    send(coordinator, f"{PAGE}/edit", form)
    assert "プランを残しました" in coordinator.page, coordinator.page[-2000:]
    row = plans.current(CASE)
    shown = coordinator.page
    sheet = coordinator.open(f"{PAGE}/sheet").text
    beside = coordinator.open(f"{PAGE}/compare").text
    again = coordinator.open(f"{PAGE}/edit") and coordinator.page
    search.catch_up(office.desk)
    person = Staff.get_by_id(coordinator.id)
    for one in PLAN:
        parts = one.parts or (one,)
        for part in parts:
            name = f"{one.name}.{part.name}" if one.parts else one.name
            for text in words.get(name, []):
                assert text in shown, name
                assert text in beside, name
                assert text in again, name
                assert not one.paper or text in sheet, name
                hits, _ = search.find(office.desk, person, None, text, {})
                assert [hit.case for hit in hits] == [CASE], name
        assert row.content[one.name], one.name
    assert "取扱注意" in sheet
    before = list(dump())
    assert rebuild(office.desk)[1] == []
    assert list(dump()) == before


def fields_of(fields):
    """(name in the form, field): those of rows too."""
    for one in fields:
        yield (one.name, one)
        for part in one.parts:
            yield (f"{one.name}.{part.name}", part)


def without(form, name, one):
    told = MultiDict(form)
    if one.kind == "rows":
        for part in one.parts:
            told.poplist(f"{name}.{part.name}")
    elif "." in name:
        values = told.getlist(name)
        told.setlist(name, ["", *values[1:]])
    else:
        told.setlist(name, [])
    return told


def test_what_must_be_there_is_asked_for_beside_its_field_and_nothing_typed_is_lost(comes):
    coordinator = comes("coordinator")
    before = LogEntry.select().count()
    for name, one in fields_of(PLAN):
        if not one.needed:
            continue
        form, words = filled()
        send(coordinator, f"{PAGE}/edit", without(form, name, one))
        assert LogEntry.select().count() == before
        assert catalogue("ja")["desk.plan.wrong.missing"] in coordinator.page, name
        emptied = [name] if one.kind != "rows" else [f"{name}.{part.name}" for part in one.parts]
        for field, texts in words.items():
            kept = texts if field not in emptied else texts[1:] if "." in name else []
            for text in kept:
                assert text in coordinator.page, (name, field)


@pytest.mark.parametrize("name", [name for name, one in fields_of(PLAN) if one.kind in ("line", "text")])
def test_a_text_that_is_too_long_stays_and_is_said_to_be(name):
    one = dict(fields_of(PLAN))[name]
    form, _ = filled()
    long = "あ" * ((TEXT if one.kind == "text" else LINE) + 1)
    form.setlist(name, [long, *form.getlist(name)[1:]])
    told = typed(PLAN, form)
    _, wrong = read(PLAN, told)
    head, _, part = name.partition(".")
    assert wrong == {f"{head}.0.{part}" if part else name: "too_long"}
    assert (told[head][0][part] if part else told[head]) == long


@pytest.mark.parametrize("name", [name for name, one in fields_of(PLAN) if one.kind == "date"])
@pytest.mark.parametrize("day", ["2026-02-30", "0001-01-01", "99999-01-01", "きのう"])
def test_a_day_no_calendar_has_is_refused_at_its_field(name, day):
    form, _ = filled()
    form.setlist(name, [day, *form.getlist(name)[1:]])
    _, wrong = read(PLAN, typed(PLAN, form))
    head, _, part = name.partition(".")
    assert wrong == {f"{head}.0.{part}" if part else name: "date"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"roles.lead": []}, {"roles.lead": "lead"}),
        ({"roles.lead": ["7"]}, {"roles.lead": "lead"}),
        ({"actions.goal": ["3", "1"]}, {"actions.0.goal": "goal"}),
        ({"ends": ["2026-11-30"]}, {"ends": "ends"}),
    ],
)
def test_fields_that_contradict_each_other_are_said_to(change, wrong):
    form, _ = filled()
    for name, values in change.items():
        form.setlist(name, values)
    assert at_odds(content_of(form)) == wrong


def test_rows_have_a_bound_and_empty_ones_are_none():
    form, _ = filled(rows=MOST_ROWS + 1)
    _, wrong = read(PLAN, typed(PLAN, form))
    assert set(wrong.values()) == {"too_many"}
    form, _ = filled(rows=2)
    for part in next(one for one in PLAN if one.name == "goals").parts:
        form.setlist(f"goals.{part.name}", ["", *form.getlist(f"goals.{part.name}"), "", ""])
    assert len(content_of(form)["goals"]) == 2


def test_more_rows_lose_nothing(comes):
    coordinator = comes("coordinator")
    form, words = filled()
    send(coordinator, f"{PAGE}/edit", form, more="goals")
    assert not PlanVersion.select().exists()
    for texts in words.values():
        for text in texts:
            assert text in coordinator.page


def test_two_people_edit_one_plan_and_both_are_kept_and_asked(comes, office):
    hirai, ueno = comes("coordinator", "平井 聡"), comes("coordinator", "上野 梓")
    form, _ = filled(mark="もと")
    send(hirai, f"{PAGE}/edit", form)
    first = plans.current(CASE)
    drawn = {}
    for person in (hirai, ueno):
        page = person.open(f"{PAGE}/edit")
        drawn[person.id] = next(one for one in page.forms if "saw" in one["fields"])["fields"]
    texts = {}
    for person, mark in ((hirai, "ひらい"), (ueno, "うえの")):
        told, texts[person.id] = filled(mark=mark)
        told.setlist("what", [f"{mark}が変えた"])
        send(person, f"{PAGE}/edit", told, **{n: drawn[person.id][n] for n in ("saw", "drawn", "once")})
    assert ueno.status == 409
    assert "ひらいが変えた" in ueno.page
    assert PlanVersion.select().count() == 2
    asked = next(one for one in Reader(ueno.page).forms if one["action"] == f"{PAGE}/edit")["fields"]
    assert first.id in ueno.page
    send(ueno, f"{PAGE}/edit", told, saw=first.id, **{n: asked[n] for n in ("drawn", "once")})
    assert PlanVersion.select().count() == 3
    assert plans.current(CASE).replaces == first.id
    assert catalogue("ja")["desk.plan.apart"] in ueno.page
    beside = ueno.open(f"{PAGE}/compare").text
    for id_ in (hirai.id, ueno.id):
        assert texts[id_]["longGoal"][0] in beside


def test_goals_and_actions_keep_their_ids_through_versions(office, comes):
    coordinator = Staff.get_by_id(comes("coordinator").id)
    acts.write_plan(office.desk, coordinator, CASE, content_of())
    first = plans.current(CASE).content
    goals = [first["goals"][1], first["goals"][0] | {"id": "nobodys"}, first["goals"][1]]
    acts.write_plan(office.desk, coordinator, CASE, first | {"goals": goals}, "目標を入れかえた")
    ids = [one["id"] for one in plans.current(CASE).content["goals"]]
    assert ids[0] == first["goals"][1]["id"]
    assert len(set(ids)) == 3


# Who is tied how, and where: each page against the table.
PAGES = {"": "plan", "/compare": "plan", "/sheet": "plan", "/edit": None}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("tied", [False, True])
def test_every_role_at_every_page_as_the_table_says(comes, office, role, tied):
    coordinator = Staff.get_by_id(comes("coordinator", "平井 聡").id)
    form, words = filled()
    acts.write_plan(office.desk, coordinator, CASE, content_of(form))
    person = comes(role)
    if tied:
        try:
            told = {"purpose": "sharing", "recipient": "", "scope": "", "method": "oral", "status": "given"}
            actions.note_consent(
                office.desk, office.person("nakagawa"), CASE, told | {"givenBy": "", "on": "2026-11-20"}
            )
            actions.assign(office.desk, office.person("nakagawa"), CASE, person.id)
        except DeskError:
            pytest.skip("a role that can have no case")
    row = Staff.get_by_id(person.id)
    sees = may(row, "see", "core", CASE) and may(row, "see", "plan", CASE)
    content = may(row, "see", "plan_content", CASE)
    for page, data in PAGES.items():
        looked = AccessView.select().where(AccessView.staff == row.id).count()
        person.open(PAGE + page)
        allowed = sees if data else sees and may(row, "change", "plan", CASE)
        assert (person.status == 200) == allowed, page
        if not allowed:
            continue
        assert AccessView.select().where(AccessView.staff == row.id).count() == looked + 1
        for name, texts in words.items():
            head = next(one for one in PLAN if one.name == name.split(".")[0])
            shown = head.data_class == "plan" or content
            for text in texts:
                assert not (text in person.page and not shown), (page, name)
    form = {"version": plans.current(CASE).id, "on": "2026-11-24", "result": "returned", "reason": "わけ"}
    before = LogEntry.select().where(LogEntry.type == "plan.decided").count()
    send(person, f"{PAGE}/decide", form)
    decided = LogEntry.select().where(LogEntry.type == "plan.decided").count() - before
    assert decided == (sees and may(row, "change", "plan_decision", CASE))


def test_only_the_chief_decides_and_only_what_a_conference_found_fit(comes, office):
    coordinator, chief = (Staff.get_by_id(comes(role).id) for role in ("coordinator", "chief"))
    version = acts.write_plan(office.desk, coordinator, CASE, content_of())

    def decide(who, result="decided", reason=""):
        acts.decide_plan(office.desk, who, CASE, version, "2026-11-24", result, reason)

    with pytest.raises(NotAllowed):
        decide(coordinator)
    for result, code in (
        ("decided", "plan_not_agreed"),
        ("returned", "reason_missing"),
        ("other", "malformed"),
    ):
        with pytest.raises(DeskError) as refused:
            decide(chief, result)
        assert refused.value.code == code
    acts.agree_plan(office.desk, coordinator, CASE, version, "2026-11-23", "again", "")
    with pytest.raises(DeskError):
        decide(chief)
    acts.agree_plan(office.desk, coordinator, CASE, version, "2026-11-24", "fits", "")
    decide(chief, "returned", "窓口を直す")
    assert plans.state_of(version) == "returned"
    assert not Ball.select().exists()
    decide(chief)
    assert plans.decided(CASE).id == version
    wanted = [one["id"] for one in plans.current(CASE).content["actions"]]
    assert sorted(row.id for row in Ball.select()) == sorted(wanted)


def test_a_plan_without_consent_needs_a_reason_and_a_withdrawal_stops_the_decision(comes, office):
    page = comes("coordinator")
    coordinator, chief = Staff.get_by_id(page.id), Staff.get_by_id(comes("chief").id)
    desk, nakagawa = office.desk, office.person("nakagawa")
    form, _ = filled()
    form.setlist("beforeConsent", [""])
    send(page, f"{PAGE}/edit", form)
    assert catalogue("ja")["desk.plan.wrong.reason"] in page.page
    assert not PlanVersion.select().exists()
    told = {"purpose": "sharing", "recipient": "関係機関", "scope": "", "method": "oral", "status": "given"}
    consent = actions.note_consent(desk, nakagawa, CASE, told | {"givenBy": "本人", "on": "2026-11-20"})
    send(page, f"{PAGE}/edit", form)
    version = plans.current(CASE).id
    acts.agree_plan(desk, coordinator, CASE, version, "2026-11-24", "fits", "")
    actions.withdraw_consent(desk, nakagawa, CASE, consent, "2026-11-24", "")
    with pytest.raises(DeskError) as refused:
        acts.decide_plan(desk, chief, CASE, version, "2026-11-24", "decided", "")
    assert refused.value.code == "plan_reason_missing"
    assert catalogue("ja")["desk.plan.consent_not"] in page.open(PAGE).text


def test_an_older_version_may_be_decided_late_and_the_newer_stays_a_draft(comes, office):
    coordinator, chief = (Staff.get_by_id(comes(role).id) for role in ("coordinator", "chief"))
    first = acts.write_plan(office.desk, coordinator, CASE, content_of(filled(mark="はじめ")[0]))
    acts.agree_plan(office.desk, coordinator, CASE, first, "2026-11-24", "fits", "")
    second = acts.write_plan(office.desk, coordinator, CASE, content_of(filled(mark="つぎ")[0]), "作り直した")
    acts.decide_plan(office.desk, chief, CASE, first, "2026-11-24", "decided", "")
    assert plans.current(CASE).id == second
    assert plans.decided(CASE).id == first
    assert all(row.what.startswith("はじめ") for row in Ball.select())
    before = list(dump())
    rebuild(office.desk)
    assert list(dump()) == before


def test_a_person_named_who_leaves_is_said_to_be_gone(comes, office):
    page = comes("coordinator")
    content = content_of()
    content["roles"][0]["person"] = "小林 悠"
    acts.write_plan(office.desk, Staff.get_by_id(page.id), CASE, content)
    gone = catalogue("ja")["desk.plan.has_left"]
    assert gone not in page.open(PAGE).text
    Staff.update(active=False).where(Staff.id == "demo-kobayashi").execute()
    for path in (PAGE, f"{PAGE}/sheet"):
        assert gone in page.open(path).text


@pytest.mark.parametrize(
    "at", [(2026, 12, 31, 14, 59), (2026, 12, 31, 15, 1), (2027, 3, 31, 14, 59), (2027, 3, 31, 15, 1)]
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_over_new_year_and_the_fiscal_year_days_are_told_with_their_year(comes, office, at, lang):
    from datetime import UTC, datetime

    office.clock.time = datetime(*at, tzinfo=UTC)
    page = comes("coordinator")
    page.client.set_cookie("sotto_lang", lang)
    acts.write_plan(office.desk, Staff.get_by_id(page.id), CASE, content_of())
    told = page.open(f"{PAGE}/sheet").text
    assert ("令和9年3月31日" if lang == "ja" else "31 Mar 2027") in told
    assert ("令和8年12月1日" if lang == "ja" else "1 Dec 2026") in told


def test_every_class_a_case_is_searched_by_has_words_on_the_page_of_results():
    """A class without words would break the page for whoever finds something of it."""
    found = {one for table in search.ABOUT_CASES for one in FIELDS[table].values() if one in TABLE}
    for lang in ("ja", "en"):
        assert [one for one in sorted(found) if f"desk.search.part.{one}" not in catalogue(lang)] == []
