"""伴走, モニタリング, 終結: who has the ball, facts under goals, the end and the same case opened again."""

import itertools

import pytest
from werkzeug.datastructures import MultiDict

from pwa_server.desk import actions
from pwa_server.desk.actions import plans as acts
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.office_and_cases import Assignment, CaseFile, DeviceRow, FollowUp, LogEntry, Staff
from pwa_server.desk.models.plans import Ball, CaseClosing, Monitoring
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import plans, search
from pwa_server.desk.queries.plan_fields import CLOSING, MONITORING, NEXT, PASSING, PROGRESS
from pwa_server.texts import catalogue
from tests.desk_pages.plan_forms import filled
from tests.desk_pages.test_plan import CASE, comes, content_of, send  # noqa: F401  # a fixture

JA = catalogue("ja")
MONITOR, CLOSE = f"/cases/{CASE}/monitoring", f"/cases/{CASE}/closing"


@pytest.fixture
def followed(comes, office):  # noqa: F811
    """(coordinator at the desk, their row): a plan of this case is decided."""
    page = comes("coordinator")
    coordinator, chief = Staff.get_by_id(page.id), Staff.get_by_id(comes("chief").id)
    content = content_of()
    content["actions"][0] |= {"organisation": "社会福祉協議会", "person": "小林 悠", "until": "2026-11-20"}
    content["actions"][1] |= {"organisation": "住宅課", "person": "石田 剛", "until": "2026-12-02"}
    version = acts.write_plan(office.desk, coordinator, CASE, content)
    acts.agree_plan(office.desk, coordinator, CASE, version, "2026-11-24", "fits", "")
    acts.decide_plan(office.desk, chief, CASE, version, "2026-11-24", "decided", "")
    return page, coordinator


def monitoring(progress="ahead", **more):
    form = MultiDict(
        {"on": "2026-11-24", "method": "visit", "next": "go_on", "why": "このまま", "nextOn": ""}
    )
    for number, one in enumerate(plans.decided(CASE).content["goals"]):
        form.add("items.goal", one["id"])
        form.add("items.progress", progress)
        form.add("items.fact", f"見えたこと{number}号")
    for name, value in more.items():
        form.setlist(name.replace("__", "."), [value])
    return form


def test_the_board_has_nobodys_first_then_each_organisation_by_day_in_calm_words(followed, office):
    page, coordinator = followed
    told = page.open("/accompanying").text
    assert told.index("住宅課") < told.index("社会福祉協議会")
    late = JA["desk.late_days.other"] if "desk.late_days.other" in JA else JA["desk.late_days"]
    assert late.format(count=4) in told
    assert JA["desk.ball.none_promised"] not in told
    assert 'data-go="b"' in page.page
    for row in Ball.select():
        acts.monitor_plan(
            office.desk,
            coordinator,
            CASE,
            plans.decided(CASE).id,
            told_of(monitoring()),
            None,
            [row.id],
        )
    told = page.open("/accompanying").text
    assert JA["desk.ball.none_promised"] in told
    assert page.open("/accompanying?show=nobody").text.count(CaseFile.get_by_id(CASE).no) >= 1


def told_of(form):
    goals = [
        {"goal": goal, "progress": progress, "fact": fact}
        for goal, progress, fact in zip(
            form.getlist("items.goal"),
            form.getlist("items.progress"),
            form.getlist("items.fact"),
            strict=True,
        )
    ]
    told = {name: form[name] for name in ("on", "method", "next", "why")}
    return told | {"items": goals, "nextOn": form["nextOn"] or None}


def test_an_overdue_promise_is_asked_about_by_voice_or_moved(followed, office):
    page, _ = followed
    ball = Ball.get(Ball.organisation == "社会福祉協議会")
    page.open("/accompanying")
    page.send(f"/accompanying/{ball.id}", how="heard", note="来週には聞ける")
    assert "来週には聞ける" in page.page
    page.send(f"/accompanying/{ball.id}", how="moved", until="")
    assert Ball.get_by_id(ball.id).until == "2026-11-20"
    page.send(f"/accompanying/{ball.id}", how="moved", until="2026-12-24")
    assert Ball.get_by_id(ball.id).until == "2026-12-24"
    page.send(f"/accompanying/{ball.id}", how="done")
    assert Ball.get_by_id(ball.id).state == "done"
    before = list(dump())
    rebuild(office.desk)
    assert list(dump()) == before


def test_what_somebody_who_left_had_is_nobodys(followed):
    page, _ = followed
    assert JA["desk.plan.has_left"] not in page.open("/accompanying").text
    Staff.update(active=False).where(Staff.id == "demo-kobayashi").execute()
    assert JA["desk.plan.has_left"] in page.open("/accompanying").text
    assert CASE not in [row.id for row in plans.held(Staff.get_by_id(page.id), "2026-11-24").nobody]
    Ball.update(state="done").where(Ball.organisation == "住宅課").execute()
    assert CASE in [row.id for row in plans.held(Staff.get_by_id(page.id), "2026-11-24").nobody]


@pytest.mark.parametrize("progress", PROGRESS)
def test_every_progress_needs_a_fact_and_the_ball_is_passed_in_the_same_form(followed, office, progress):
    page, _ = followed
    page.open(MONITOR)
    form = monitoring(progress)
    form.setlist("items.fact", ["", form.getlist("items.fact")[1]])
    before = LogEntry.select().count()
    send(page, MONITOR, form)
    assert JA["desk.plan.wrong.missing"] in page.page
    assert "見えたこと1号" in page.page
    assert LogEntry.select().count() == before
    kept = Ball.get(Ball.organisation == "社会福祉協議会").id
    ball = {"ball__organisation": "健康増進課", "ball__until": "2026-12-10", "ball__what": "受診の日を聞く"}
    send(page, MONITOR, monitoring(progress, done=kept, **ball, ball__person="野口 千"))
    assert JA["desk.said.monitored"] in page.page
    assert "受診の日を聞く" in page.page
    assert Ball.get_by_id(kept).state == "done"
    row = Monitoring.get()
    assert {one["progress"] for one in row.items} == {progress}
    told = page.open(MONITOR).text
    assert "見えたこと0号" in told
    assert JA[f"desk.plan.progress.{progress}"] in told
    search.catch_up(office.desk)
    hits, _ = search.find(office.desk, Staff.get_by_id(page.id), None, "見えたこと0号", {})
    assert [hit.case for hit in hits] == [CASE]
    before = list(dump())
    rebuild(office.desk)
    assert list(dump()) == before


@pytest.mark.parametrize(
    "name", [one.name for one in (*MONITORING, *PASSING) if one.needed and one.kind != "rows"]
)
def test_what_a_monitoring_or_a_promise_lacks_is_asked_for_and_nothing_typed_is_lost(followed, name):
    page, _ = followed
    ball = {f"ball__{one.name}": "2026-12-10" if one.kind == "date" else "渡すこと" for one in PASSING}
    form = monitoring(**ball)
    key = name if name in {one.name for one in MONITORING} else f"ball.{name}"
    form.setlist(key, [""])
    send(page, MONITOR, form)
    assert not Monitoring.select().exists()
    assert JA["desk.plan.wrong.missing"] in page.page
    assert "見えたこと0号" in page.page
    assert "渡すこと" in page.page


def test_every_next_step_has_words_in_both_languages():
    for lang, code in itertools.product(("ja", "en"), NEXT):
        assert catalogue(lang)[f"desk.plan.next.{code}"]


def test_a_promise_is_made_where_nobody_has_one(followed):
    page, _ = followed
    page.open(f"/cases/{CASE}/ball")
    page.send(f"/cases/{CASE}/ball", **{"ball.organisation": "見守りの会", "ball.what": "", "ball.until": ""})
    assert "見守りの会" in page.page
    assert JA["desk.plan.wrong.missing"] in page.page
    page.send(
        f"/cases/{CASE}/ball",
        **{"ball.organisation": "見守りの会", "ball.what": "声をかける", "ball.until": "2026-12-24"},
    )
    assert Ball.get(Ball.organisation == "見守りの会").what == "声をかける"


def test_a_case_is_not_closed_without_somebody_who_stays(followed):
    page, _ = followed
    form, words = filled(CLOSING)
    for part in next(one for one in CLOSING if one.name == "stays").parts:
        form.setlist(f"stays.{part.name}", [])
    send(page, CLOSE, form)
    assert JA["desk.plan.wrong.missing"] in page.page
    assert words["words"][0] in page.page
    assert CaseFile.get_by_id(CASE).status == "active"


def test_closed_it_leaves_phones_and_lists_can_be_found_and_is_opened_again(followed, office):
    from pwa_server.desk.exchange.documents.all import documents_for

    page, coordinator = followed
    desk, no = office.desk, CaseFile.get_by_id(CASE).no
    phone = DeviceRow(
        id="p", staff="demo-kobayashi", label="", status="active", sign="", seal="", enrolled_at=desk.now()
    )
    assert f"case/{CASE}" in documents_for(desk, phone)
    assert FollowUp.select().where((FollowUp.case == CASE) & (FollowUp.state == "open")).exists()
    form, words = filled(CLOSING)
    page.open(CLOSE)
    send(page, CLOSE, form)
    assert JA["desk.said.case_closed"].format(no=no) in page.page
    for texts in words.values():
        for text in texts:
            assert text in page.page
    documents = documents_for(desk, phone)
    assert f"case/{CASE}" not in documents
    assert CASE not in documents["me"]["cases"]
    assert not any(
        one["case"] == CASE and one["state"] == "open" for one in documents["followups"]["followups"]
    )
    assert not Assignment.select().where((Assignment.case == CASE) & Assignment.until_at.is_null()).exists()
    assert no not in page.open("/cases?show=all").text
    assert no in page.open("/cases?show=closed").text
    assert no not in page.open("/accompanying").text
    search.catch_up(desk)
    hits, _ = search.find(desk, coordinator, None, words["words"][0], {})
    assert [hit.case for hit in hits] == [CASE]
    for act in (
        lambda: acts.write_plan(desk, coordinator, CASE, content_of(), "x"),
        lambda: acts.close_case(desk, coordinator, CASE, {}),
        lambda: acts.pass_ball(desk, coordinator, CASE, {"person": ""}),
    ):
        with pytest.raises(DeskError) as refused:
            act()
        assert refused.value.code == "case_closed"
    before = list(dump())
    rebuild(desk)
    assert list(dump()) == before
    page.send(f"/cases/{CASE}/reopen", reason="")
    assert CaseFile.get_by_id(CASE).status == "closed"
    page.send(f"/cases/{CASE}/reopen", reason="電話があった")
    assert JA["desk.said.case_reopened"].format(no=no) in page.page
    assert CaseFile.get_by_id(CASE).status == "active"
    assert CaseClosing.get().reopened_reason == "電話があった"
    actions.assign(desk, office.person("nakagawa"), CASE, "demo-kobayashi")
    assert f"case/{CASE}" in documents_for(desk, phone)


def test_a_late_visit_to_a_closed_case_is_kept_and_does_not_open_it(followed, office):
    from tests.desk_pages import planted

    _, coordinator = followed
    values = {"on": "2026-11-24", "changes": [], "words": "", "result": "died", "stays": [], "untold": ""}
    acts.close_case(office.desk, coordinator, CASE, values)
    body = planted.body("demo-kobayashi") | {"photos": [], "metWith": []}
    act_event = actions.act(office.desk, office.person("kobayashi"), "visit.logged", body, CASE)
    assert CaseFile.get_by_id(CASE).status == "closed"
    before = list(dump())
    rebuild(office.desk)
    assert list(dump()) == before
    assert act_event.case == CASE


@pytest.mark.parametrize(
    "day", ["2026-12-31T14:59:00+00:00", "2026-12-31T15:01:00+00:00", "2027-03-31T15:01:00+00:00"]
)
def test_over_the_turn_of_a_year_days_past_are_counted_as_in_japan(followed, office, day):
    from datetime import datetime

    page, _ = followed
    office.clock.time = datetime.fromisoformat(day)
    row = Ball.get(Ball.organisation == "住宅課")
    acts.note_ball(office.desk, Staff.get_by_id(page.id), row.id, "moved", "2026-12-31", "")
    late = {"2026-12-31T14:59:00+00:00": 0, "2026-12-31T15:01:00+00:00": 1, "2027-03-31T15:01:00+00:00": 91}[
        day
    ]
    from pwa_server.desk.pages.layout.words import Words

    assert Words("ja", office.clock.time).days_since(row.__class__.get_by_id(row.id).until) == late


def test_a_phone_has_roles_and_the_ball_and_nothing_of_a_conference(followed, office):
    import json

    from pwa_server.desk.exchange.documents.all import documents_for

    _, coordinator = followed
    content = plans.decided(CASE).content
    version = acts.write_plan(office.desk, coordinator, CASE, content, "言い換えた")
    acts.agree_plan(office.desk, coordinator, CASE, version, "2026-11-24", "fits", "会議での一言")
    phone = DeviceRow(
        id="p",
        staff="demo-kobayashi",
        label="",
        status="active",
        sign="",
        seal="",
        enrolled_at=office.desk.now(),
    )
    told = documents_for(office.desk, phone)[f"case/{CASE}"]["plan"]
    assert [one["lead"] for one in told["roles"]] == [True, False]
    assert [one["organisation"] for one in told["balls"]] == ["社会福祉協議会", "住宅課"]
    assert [one["own"] for one in told["balls"]] == [True, False]
    sent = json.dumps(documents_for(office.desk, phone), ensure_ascii=False)
    for kept in (
        "会議での一言",
        "言い換えた",
        content["issues"][0]["what"],
        content["wishes"][0]["quote"],
        content["beforeConsent"],
    ):
        assert kept not in sent
    actions.unassign(office.desk, office.person("nakagawa"), CASE, "demo-kobayashi")
    assert f"case/{CASE}" not in documents_for(office.desk, phone)
