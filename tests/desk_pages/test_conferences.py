"""Conferences: planned, changed, cancelled, held; who may open what of them; what leaves them.

Walked: every role and tie against every address, every kind and consent and acknowledgement against the gates.
"""

import itertools
import re

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import conferences as acts
from pwa_server.desk.actions import trust
from pwa_server.desk.actions.plans import write_plan
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.models.conferences import (
    AgendaItem,
    AgendaWording,
    Decision,
    Material,
    Meeting,
    Minutes,
    Seat,
)
from pwa_server.desk.models.office_and_cases import (
    AccessView,
    CaseFile,
    Conference,
    Consent,
    DeviceRow,
    FollowUp,
    Staff,
)
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import conferences as rooms
from pwa_server.desk.queries.access import ROLES, cell
from pwa_server.desk.queries.cases import class_of
from pwa_server.desk.queries.plans import current
from pwa_server.texts import catalogue
from tests.desk.conftest import give_account, join
from tests.desk_pages.conftest import SAME_ORIGIN
from tests.desk_pages.test_plan import content_of

JA = catalogue("ja")
CASE, OTHER = "demo-002", "demo-050"
ON = "2026-11-20"


@pytest.fixture
def desk(office):
    return office.desk


@pytest.fixture
def nakagawa(office):
    return office.person("nakagawa")


def planned(desk, actor, kind="support", cases=(CASE,), **told):
    meeting = acts.plan(desk, actor, kind, {"on": ON, "closes": ""} | told, list(cases))
    acts.acknowledge(desk, actor, meeting)
    return meeting


def test_a_planned_conference_becomes_held_and_its_cases_a(desk, nakagawa):
    meeting = planned(desk, nakagawa, cases=(CASE, OTHER))
    assert class_of(CaseFile.get_by_id(CASE)) == "B"
    acts.hold(desk, nakagawa, meeting, ON, [nakagawa.id])
    assert class_of(CaseFile.get_by_id(CASE)) == "A"
    assert {row.case for row in Conference.select().where(Conference.meeting == meeting)} == {CASE, OTHER}
    before = list(dump())
    rebuild(desk)
    assert list(dump()) == before


def test_the_pages_from_planning_to_holding(supervisor, desk, nakagawa):
    page = supervisor.open("/meetings/new")
    assert "会議を予定する" in page.text
    supervisor.send(
        "/meetings/new",
        kind="support",
        on=ON,
        begins="14:00",
        place="市役所",
        closes="17:00",
        cases="DEMO-002",
    )
    assert supervisor.status == 200, supervisor.page[-900:]
    meeting = Meeting.get().id
    assert supervisor.path.startswith(f"/meetings/{meeting}")
    assert "DEMO-002" not in supervisor.page.split("<main", 1)[1]
    supervisor.send(f"/meetings/{meeting}/acknowledge")
    assert "DEMO-002" in supervisor.page.split("<main", 1)[1]
    for form, told in (
        ("members", {"name": "村上 清", "organisation": "民生委員"}),
        ("agenda", {"topic": "sharing", "text": "今の距離", "case": CASE, "begins": "14:05"}),
        ("materials", {"title": "ケース票", "text": "読むだけの中身", "case": CASE}),
        ("requests", {"to": "健康増進課", "what": "受診の様子", "due": "2026-12-01"}),
        ("minutes", {"text": "話したこと", "case": CASE}),
        (
            "decisions",
            {
                "what": "朝に電話する",
                "why": "約束が流れる",
                "staff": "demo-nakagawa",
                "case": CASE,
                "until": ON,
            },
        ),
    ):
        supervisor.send(f"/meetings/{meeting}/{form}", **told)
        assert "is-wrong" not in supervisor.page, (form, supervisor.page)
        text = told.get("text") if form != "materials" else told["title"]
        assert (text or told.get("what") or told.get("name")) in supervisor.page, form
    other = Seat.get((Seat.meeting == meeting) & Seat.staff.is_null())
    supervisor.send(f"/meetings/{meeting}/members", do="paper", member=other.member, on=ON)
    assert "紙で" in supervisor.page
    for path in (
        f"/meetings/{meeting}/print",
        f"/meetings/{meeting}/secrecy",
        "/meetings?view=calendar",
        "/meetings",
    ):
        supervisor.open(path)
        assert supervisor.status == 200, path
    supervisor.send(f"/meetings/{meeting}/held", on=ON, attended=[nakagawa.id, other.member])
    assert "is-wrong" not in supervisor.page
    assert Meeting.get().status == "held"
    assert class_of(CaseFile.get_by_id(CASE)) == "A"


def test_an_agenda_is_changed_after_planning_and_keeps_what_it_was(supervisor, desk, nakagawa):
    """Words, time, household, order and taking off: each by its form; who sits for one household reads only of it."""
    meeting = planned(desk, nakagawa, cases=(CASE, OTHER))
    path = f"/meetings/{meeting}"
    for begins, text in (("13:30", "はじめの題"), ("13:40", "つぎの題"), ("13:50", "おわりの題")):
        supervisor.send(f"{path}/agenda", case=CASE, begins=begins, topic="sharing", text=text)

    def shown():
        tie = rooms.tie(nakagawa, meeting)
        return [(one.begins, one.text, one.case) for one in rooms.agenda_of(tie)]

    def change(of, **told):
        item = AgendaItem.get(AgendaItem.text == of)
        was = AgendaWording.select().where(AgendaWording.item == item.id)
        fields = {"begins": item.begins, "topic": item.topic, "text": item.text, "case": item.case}
        fields |= {"item": item.id, "saw": was.order_by(AgendaWording.position.desc()).get().id}
        supervisor.send(f"{path}/agenda", **fields | told)
        return fields

    old = change("はじめの題", text="直した題", case=OTHER)
    assert shown()[0] == ("13:30", "直した題", OTHER)
    before = supervisor.page.split(JA["desk.meeting.agenda_before"], 1)[1]
    assert "はじめの題" in before
    change("直した題", do="down")
    assert [one[:2] for one in shown()] == [
        ("13:30", "つぎの題"),
        ("13:40", "直した題"),
        ("13:50", "おわりの題"),
    ]
    change("つぎの題", do="up")
    assert shown()[0][1] == "つぎの題"
    change("おわりの題", do="off")
    assert len(shown()) == 2
    supervisor.send(f"{path}/agenda", **old | {"text": "古い窓から"})
    assert JA["desk.error.agenda_changed"] in supervisor.page
    assert len(shown()) == 2
    one_seat = acts.seat_member(desk, nakagawa, meeting, None, "村上 清", "民生委員", "", [OTHER])
    tie = rooms.tie(nakagawa, meeting)
    narrow = rooms.Tie(tie.meeting, tie.seat, True, frozenset({OTHER}), False, False)
    assert [one.text for one in rooms.agenda_of(narrow)] == ["直した題"]
    read = [one.text for rows in rooms.wordings_of(narrow).values() for one in rows]
    assert set(read) == {"直した題"}, one_seat
    rows = list(dump())
    rebuild(desk)
    assert list(dump()) == rows


def test_the_office_names_its_own_kinds(supervisor):
    supervisor.open("/meetings/kinds")
    supervisor.send(
        "/meetings/kinds", kind="support", name="包括的支援会議", convenor="町", gate="law", active="yes"
    )
    supervisor.send(
        "/meetings/kinds", kind="", name="統合の会議", convenor="市", gate="consent", active="yes"
    )
    page = supervisor.open("/meetings/new")
    assert "包括的支援会議" in page.text
    assert "統合の会議" in page.text


# What a walker finds: the meeting's content (a sign in every field), and every address below /meetings.
SIGN = "鸛"


@pytest.fixture
def full(office, desk, nakagawa):
    """A support conference with something in every field, and a consent conference alike. {gate: meeting}"""
    agree(desk, nakagawa)
    made = {}
    for gate, kind in (("law", "support"), ("consent", "multi_agency")):
        meeting = planned(desk, nakagawa, kind, on="2026-11-25", place=f"{SIGN}場所")
        acts.set_agenda(
            desk, nakagawa, meeting, CASE, {"begins": "", "topic": "other", "text": f"{SIGN}議題"}
        )
        acts.add_material(desk, nakagawa, meeting, CASE, f"{SIGN}題", f"{SIGN}資料")
        request = acts.ask_for(desk, nakagawa, meeting, CASE, f"{SIGN}課", f"{SIGN}求め", None)
        acts.note_answer(desk, nakagawa, meeting, request, f"{SIGN}返事", ON)
        acts.write_minutes(desk, nakagawa, meeting, CASE, f"{SIGN}会議録", [])
        acts.decide(desk, nakagawa, meeting, CASE, f"{SIGN}何を", f"{SIGN}背景", None, f"{SIGN}だれ", None)
        made[gate] = meeting
    return made


def agree(desk, actor):
    told = {"purpose": "sharing", "recipient": "", "scope": "", "method": "oral", "status": "given", "givenBy": "",
            "on": "2026-11-01"}  # fmt: skip
    return actions.note_consent(desk, actor, CASE, told)


def below(app, meeting, material):
    """(method, address) of everything below one meeting, from the app's own map."""
    found = []
    for rule in app.url_map.iter_rules():
        if "meeting" in rule.arguments:
            for form in ("held", "minutes", "members", "nothing") if "form" in rule.arguments else ("",):
                told = {"meeting": meeting, "material": material, "form": form}
                path = rule.build({name: told[name] for name in rule.arguments})[1]
                found += [(method, path) for method in sorted(rule.methods & {"GET", "POST"})]
    assert len(found) > 6
    return found


TIES = ("none", "unacknowledged", "acknowledged", "ended")


def sit(desk, nakagawa, meeting, person, tie):
    """Give this person that tie; False when their role can have no seat."""
    if tie == "none":
        return True
    try:
        acts.seat_member(desk, nakagawa, meeting, person.id, "", "", "", [])
    except DeskError as error:
        if error.code != "cannot_sit":
            raise
        return False
    if tie != "unacknowledged":
        acts.acknowledge(desk, person, meeting)
    if tie == "ended":
        acts.unseat(desk, nakagawa, meeting, person.id)
    return True


def come(app, office, person):
    from pwa_server.desk.accounts import staff
    from pwa_server.desk.pages.layout.guards import COOKIE

    give_account(office.desk, person.id, person.email)
    client = app.test_client()
    client.set_cookie(COOKIE, staff.open_session(office.desk, person.id, "password"))
    return client


def answers(client, doors):
    token = client.get("/settings").get_data(as_text=True).split('name="csrf" value="', 1)[1][:64]
    told = {"csrf": token, "text": "x", "on": ON, "attended": "x", "do": "off", "member": "x"}
    found = []
    for method, path in doors:
        answer = client.open(
            path, method=method, data=told if method == "POST" else None, headers=SAME_ORIGIN
        )
        found.append((answer.status_code, answer.get_data(as_text=True)))
    return found


def alike(page):
    """A page without what is anew in each."""
    return re.sub(r'name="once" value="[^"]*"|name="drawn" value="[^"]*"', "", page)


def test_who_reads_what_of_a_conference_and_to_whom_there_is_none(app, office, desk, nakagawa, full):
    for role, tie in itertools.product(ROLES, TIES):
        person = Staff.get_by_id(join(desk, f"{role} {tie}", role, f"{role}-{tie}@sample.invalid"))
        clients = come(app, office, person)
        for gate, meeting in full.items():
            seat = sit(desk, nakagawa, meeting, person, tie)
            see, _ = cell(role, rooms.GATES[gate][0])
            assert seat == bool(see) or tie == "none"
            material = Material.get(Material.meeting == meeting).id
            doors = below(app, meeting, material)
            nobodys = below(app, "A" * 22, "B" * 22)
            reads = bool(see) and (tie == "acknowledged" or "office" in see)
            knows = reads or (bool(see) and tie == "unacknowledged")
            before = AccessView.select().where(AccessView.staff == person.id).count()
            found = answers(clients, doors)
            if not knows:
                for mine, theirs in zip(found, answers(clients, nobodys), strict=True):
                    assert mine[0] == theirs[0] in (403, 404)
                    assert alike(mine[1]) == alike(theirs[1])
                    assert len(mine[1]) == len(theirs[1])
                assert AccessView.select().where(AccessView.staff == person.id).count() == before
            else:
                assert AccessView.select().where(AccessView.staff == person.id).count() > before
            pages = {
                path: page for (method, path), (_, page) in zip(doors, found, strict=True) if method == "GET"
            }
            signs = {path: page.count(SIGN) for path, page in pages.items()}
            own = signs[f"/meetings/{meeting}"]
            if reads:
                assert own > 8, (role, tie, gate)
            else:
                assert own == (1 if knows else 0), (role, tie, gate)  # the place, for who is asked to come
                assert sum(signs.values()) == own
            paper = f"{SIGN}資料" in pages[f"/meetings/{meeting}/materials/{material}"]
            open_to = reads and tie == "acknowledged" and rooms.tie(person, meeting).seat is not None
            assert paper == open_to, (role, tie, gate)
            if paper:
                assert person.name in pages[f"/meetings/{meeting}/materials/{material}"].split("<main", 1)[1]
            if seat and tie == "unacknowledged":
                acts.unseat(desk, nakagawa, meeting, person.id)  # else nobody's papers open
        phone = DeviceRow(
            id=f"p{role}{tie}",
            staff=person.id,
            label="",
            status="active",
            sign="",
            seal="",
            enrolled_at=desk.now(),
        )
        assert SIGN not in str(documents_for(desk, phone))


@pytest.mark.parametrize(
    ("gate", "consents", "acknowledges"),
    list(itertools.product(("law", "consent"), ("given", "refused", "withdrawn"), (True, False))),
)
def test_kind_consent_and_members_decide_and_nothing_else(desk, nakagawa, gate, consents, acknowledges):
    kind = acts.set_kind(
        desk, nakagawa, None, {"name": "町の会議", "convenor": "町", "gate": gate, "active": True}
    )
    lines = [agree(desk, nakagawa)] if consents != "refused" else []
    plan = {"on": ON, "closes": ""}
    if gate == "consent" and consents == "refused":
        with pytest.raises(DeskError) as refused:
            acts.plan(desk, nakagawa, kind, plan, [CASE])
        assert refused.value.code == "consent_missing"
        assert not Meeting.select().exists()
        return
    meeting = acts.plan(desk, nakagawa, kind, plan, [CASE])
    if consents == "withdrawn":  # the day before
        actions.withdraw_consent(desk, nakagawa, CASE, Consent.get(Consent.case == CASE).id, "2026-11-19", "")
    if acknowledges:
        acts.acknowledge(desk, nakagawa, meeting)
    wanted = (
        "table_empty"  # a withdrawal takes the case off the table
        if gate == "consent" and consents == "withdrawn"
        else "secrecy_missing"
        if not acknowledges and gate == "consent"
        else "not_found"
        if not acknowledges
        else "consent_missing"
        if gate == "consent" and consents != "given"
        else None
    )
    letter = class_of(CaseFile.get_by_id(CASE))
    if wanted is None:
        acts.hold(desk, nakagawa, meeting, ON, [nakagawa.id])
        assert class_of(CaseFile.get_by_id(CASE)) == "A"
        assert CaseFile.get_by_id(CASE).conference_kind == rooms.GATES[gate][1]
    else:
        with pytest.raises(DeskError) as refused:
            acts.hold(desk, nakagawa, meeting, ON, [nakagawa.id])
        assert refused.value.code == wanted
        assert class_of(CaseFile.get_by_id(CASE)) == letter == "B"
    assert lines or consents == "refused"


def test_papers_close_for_every_reason_and_open_for_none(desk, nakagawa, office):
    agree(desk, nakagawa)
    for gate, kind in (("law", "support"), ("consent", "multi_agency")):
        meeting = acts.plan(desk, nakagawa, kind, {"on": "2026-11-25", "closes": ""}, [CASE])

        def why(meeting=meeting, case=CASE):
            return rooms.why_closed(rooms.tie(nakagawa, meeting), case, desk.now())

        assert why() == "acknowledge"
        acts.acknowledge(desk, nakagawa, meeting)
        assert why() is None
        other = acts.seat_member(desk, nakagawa, meeting, None, "村上 清", "民生委員", "", [])
        assert why() == "members"
        acts.note_paper(desk, nakagawa, meeting, other, ON)
        seat = Seat.get(Seat.member == other)
        assert (seat.acknowledged_how, seat.noted_by, seat.acknowledged_on) == ("paper", nakagawa.id, ON)
        assert seat.noted_at == desk.now()
        assert why() is None
        actions.withdraw_consent(
            desk, nakagawa, CASE, Consent.get().id, "2026-11-23", ""
        ) if gate == "consent" else None
        assert why() == (None if gate == "law" else "consent")
        closes = Meeting.get_by_id(meeting).closes
        assert rooms.why_closed(rooms.tie(nakagawa, meeting), None, closes) == "closed"
        acts.cancel(desk, nakagawa, meeting, "集まれない")
        assert why() == "cancelled"


def test_facts_beat_plans_in_any_order_and_are_rebuilt_byte_for_byte(desk, nakagawa):
    """Cancelled at one window and held at another: it was held. A case taken off or a meeting cancelled: B again."""
    was = CaseFile.get_by_id(OTHER).conference_status
    meeting = planned(desk, nakagawa, cases=(CASE, OTHER))
    acts.take_off(desk, nakagawa, meeting, OTHER)
    assert CaseFile.get_by_id(OTHER).conference_status == was
    assert Conference.get(Conference.meeting == meeting, Conference.case == OTHER).members == []
    acts.cancel(desk, nakagawa, meeting, "雪")
    assert Conference.get(Conference.meeting == meeting, Conference.case == CASE).members == []
    assert class_of(CaseFile.get_by_id(CASE)) == "B"
    acts.hold(desk, nakagawa, meeting, ON, [nakagawa.id])
    with pytest.raises(DeskError) as refused:
        acts.cancel(desk, nakagawa, meeting, "雪")
    assert refused.value.code == "meeting_over"
    assert class_of(CaseFile.get_by_id(CASE)) == "A"
    second = planned(desk, nakagawa)
    acts.change(desk, nakagawa, second, {"place": "市役所"})
    assert class_of(CaseFile.get_by_id(CASE)) == "A"
    before = list(dump())
    rebuild(desk)
    assert list(dump()) == before


def test_two_who_write_minutes_at_once_are_both_kept_and_asked(supervisor, desk, nakagawa):
    meeting = planned(desk, nakagawa)
    acts.write_minutes(desk, nakagawa, meeting, CASE, "はじめ", [])
    first = Minutes.get().id
    for text in ("ひとりめ", "ふたりめ"):  # each from a page that showed the first
        acts.write_minutes(desk, nakagawa, meeting, CASE, text, [first])
    assert {row.text for row in Minutes.select()} == {"ひとりめ", "ふたりめ"}
    page = supervisor.open(f"/meetings/{meeting}")
    assert "同じときに二人が書きました" in page.text
    form = next(
        form for form in page.forms if form["fields"].get("case") == CASE and "replaces" in form["fields"]
    )
    assert form["action"].endswith("/minutes")
    acts.write_minutes(desk, nakagawa, meeting, CASE, "まとめ", [row.id for row in Minutes.select()])
    assert [row.text for row in Minutes.select()] == ["まとめ"]


def test_what_was_decided_leaves_without_its_context_and_stays_when_somebody_goes(
    office, desk, nakagawa, at_desk
):
    meeting = planned(desk, nakagawa)
    kobayashi = office.person("kobayashi")  # has the case; nishimura has not
    told = ("本人に電話する", f"{SIGN}家計の話")
    mine = acts.decide(desk, nakagawa, meeting, CASE, *told, kobayashi.id, "", "2026-12-01")
    acts.decide(
        desk,
        nakagawa,
        meeting,
        "demo-002",
        "場を三つ挙げる",
        f"{SIGN}背景",
        "demo-nishimura",
        "",
        "2026-12-02",
    )
    row = Decision.get_by_id(mine)
    followup = FollowUp.get_by_id(row.followup)
    assert (followup.staff, followup.note, followup.case) == (kobayashi.id, told[0], CASE)
    assert not row.agreed
    theirs = at_desk("nishimura").open("/meetings")
    assert "場を三つ挙げる" in theirs.text
    assert "DEMO-002" not in theirs.text
    assert SIGN not in theirs.text
    phone = office.phone_of("kobayashi", "業務用 1号")
    office.round(phone)
    office.round(phone)
    assert SIGN not in str(phone.m.documents)
    assert told[0] in str(phone.m.documents)
    trust.stop(desk, office.person("tanaka"), kobayashi.id)
    supervisor = at_desk("nakagawa")
    assert "いまは事務所にいません" in supervisor.open(f"/meetings/{meeting}").text
    with pytest.raises(DeskError) as refused:
        acts.decide(desk, nakagawa, meeting, CASE, "もう一度", "", kobayashi.id, "", None)
    assert refused.value.code == "cannot_hold"


def test_minutes_are_read_by_those_who_were_there(desk, nakagawa):
    meeting = planned(desk, nakagawa)
    there, away = (
        Staff.get_by_id(join(desk, name, "worker", f"{name}@sample.invalid")) for name in ("there", "away")
    )
    for person in (there, away):
        acts.seat_member(desk, nakagawa, meeting, person.id, "", "", "", [])
        acts.acknowledge(desk, person, meeting)
        assert rooms.tie(person, meeting).reads_minutes
    acts.hold(desk, nakagawa, meeting, ON, [nakagawa.id, there.id])
    assert rooms.tie(there, meeting).reads_minutes
    assert not rooms.tie(away, meeting).reads_minutes
    only = acts.plan(desk, nakagawa, "support", {"on": ON, "closes": ""}, [CASE, OTHER])
    acts.acknowledge(desk, nakagawa, only)
    acts.seat_member(desk, nakagawa, only, there.id, "", "", "", [OTHER])
    acts.acknowledge(desk, there, only)
    assert not rooms.tie(there, only).covers(CASE)
    assert rooms.tie(there, only).covers(OTHER)


def test_a_row_becomes_a_plan_action_only_after_consent_and_without_its_context(office, desk, nakagawa):
    coordinator = Staff.get_by_id(join(desk, "平井 聡", "coordinator", "hirai@sample.invalid"))
    meeting = planned(desk, coordinator)
    row = acts.decide(
        desk, coordinator, meeting, CASE, "朝に電話する", f"{SIGN}背景", None, "村上 清", "2026-12-01"
    )
    with pytest.raises(DeskError) as refused:
        acts.carry(desk, coordinator, meeting, row, 1)
    assert refused.value.code == "consent_missing"
    agree(desk, nakagawa)
    with pytest.raises(DeskError) as refused:
        acts.carry(desk, coordinator, meeting, row, 1)
    assert refused.value.code == "no_plan"
    write_plan(desk, coordinator, CASE, content_of())
    own = len(current(CASE).content["actions"])
    for goal, code in ((0, "malformed"), (99, "malformed")):
        with pytest.raises(DeskError) as refused:
            acts.carry(desk, coordinator, meeting, row, goal)
        assert refused.value.code == code
    acts.carry(desk, coordinator, meeting, row, 1)
    told = current(CASE).content["actions"]
    assert [one["what"] for one in told[own:]] == ["朝に電話する"]
    assert SIGN not in str(current(CASE).content)
    assert Decision.get_by_id(row).carried == current(CASE).id
    before = list(dump())
    rebuild(desk)
    assert list(dump()) == before
