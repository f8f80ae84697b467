"""April: 40 people and 900 cases of a contractor move in one act, one mistake is taken back, and nothing is lost."""

import re
from datetime import date

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import organisations as acts
from pwa_server.desk.actions import transfers
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.models.office_and_cases import (
    READ_MODEL,
    Assignment,
    CaseFile,
    DeviceRow,
    FollowUp,
    LogEntry,
    Session,
    Staff,
)
from pwa_server.desk.models.organisations import Transfer
from pwa_server.desk.projections.rebuild import digests, rebuild
from pwa_server.desk.queries import access, organisations
from pwa_server.desk.queries.transfers import ALONG, STAY, TO, Choice, by_person, nobodys, work_out

PEOPLE, CASES = 40, 900


@pytest.fixture
def contractors(office):
    """はるかぜ, whose contract ends, and つなぐ会, which begins; 中川 of the office itself."""
    nakagawa = office.person("nakagawa")
    old = acts.write(office.desk, nakagawa, "はるかぜ", "contractor", "")
    new = acts.write(office.desk, nakagawa, "つなぐ会", "contractor", "")
    acts.write_contract(office.desk, nakagawa, old, "訪問", date(2026, 4, 1), date(2027, 1, 31), "")
    return nakagawa, old, new


def staff(desk, nakagawa, id_, organisation, role="worker"):
    with desk.write():
        told = {"staff": id_, "name": id_, "role": role, "organisation": organisation}
        actions.act(desk, nakagawa, "staff.added", told)
    return id_


def grow(office, nakagawa, old):
    """40 people with 900 cases and as many follow-ups, planted by the hundred: what moves is what is tried."""
    people = []
    for n in range(PEOPLE):
        people.append(staff(office.desk, nakagawa, f"haru-{n:02}", old, "supervisor" if n == 0 else "worker"))
    like = CaseFile.get_by_id("demo-040").__data__
    CaseFile.put_many(
        like | {"id": f"april-{n:03}", "no": f"A-{n:03}", "organisation": "" if n % 10 else old}
        for n in range(CASES)
    )
    assigned = Assignment.get(Assignment.until_at.is_null()).__data__
    Assignment.put_many(
        assigned | {"id": f"give-{n}", "case": f"april-{n:03}", "staff": people[n % PEOPLE]}
        for n in range(CASES)
    )
    rows = [
        {
            "id": f"due-{n}",
            "case": f"april-{n:03}",
            "staff": people[n % PEOPLE],
            "had": [people[n % PEOPLE]],
            "at": "2026-12-20T01:00:00.000Z",
            "at_by": "x",
            "kind": "visit",
            "with_whom": "us",
            "note": "",
            "state": "open",
            "remind": True,
            "known": True,
            "done_by": [],
            "undone": [],
            "cancelled_reason": None,
        }
        for n in range(CASES)
    ]
    FollowUp.put_many(rows)
    phone = {
        "label": "",
        "sign": "",
        "seal": "",
        "enrolled_at": "x",
        "revoked_at": None,
        "revoked_reason": "",
    }
    DeviceRow.put_many([{"id": f"p-{one}", "staff": one, "status": "active", **phone} for one in people])
    return people


def held():
    running = Assignment.select().where(Assignment.until_at.is_null() & Assignment.case.startswith("april-"))
    return sorted((row.case, row.staff) for row in running)


def test_forty_people_and_nine_hundred_cases_move_and_one_mistake_is_taken_back(office, contractors):
    nakagawa, old, new = contractors
    people = grow(office, nakagawa, old)
    taker = staff(office.desk, nakagawa, "tsunagu-1", new)
    before = held()
    # Ten have left and hand over, one stays by mistake at the wrong hands, the others go along.
    chosen = [Choice(one, TO, taker) for one in people[1:11]]
    chosen += [Choice(one, ALONG) for one in (people[0], *people[11:])]
    plan = transfers.look(office.desk, nakagawa, old, new, chosen)
    assert plan.stands
    assert (plan.total("cases"), plan.total("followups"), plan.total("phones")) == (CASES, CASES, PEOPLE)
    events = LogEntry.select().count()
    transfer = transfers.make(office.desk, nakagawa, old, new, chosen, "四月から", plan.mark)
    assert LogEntry.select().count() > events + len(plan.items)
    after = dict(held())
    assert len(after) == CASES  # none is nobody's, none is two people's
    assert {case for case, who in before if who in people[1:11]} == {
        case for case, who in after.items() if who == taker
    }
    moved = FollowUp.select().where((FollowUp.staff == taker) & FollowUp.id.startswith("due-")).count()
    assert moved == sum(who == taker for who in after.values())
    assert not organisations.people_of(old) or {one.id for one in organisations.people_of(old)} == set(
        people[1:11]
    )
    assert (
        not CaseFile.select().where((CaseFile.organisation == old) & (CaseFile.status == "active")).exists()
    )
    # Walls follow: the new one's reviewer sees all 900, and nobody of the old one's any.
    reviewer = Staff.get_by_id(people[0])
    assert reviewer.organisation == new
    assert len(access.visible_cases(reviewer)) == CASES
    assert {len(access.visible_cases(Staff.get_by_id(one))) for one in people[1:11]} == {0}

    # The mistake: one person's cases should not have gone to `taker`. Meanwhile one of them was handed on by hand.
    wrong = people[3]
    theirs = [case for case, who in before if who == wrong]
    actions.unassign(office.desk, nakagawa, theirs[0], taker)
    back, left = transfers.take_back(office.desk, nakagawa, transfer, {wrong})
    now = dict(held())
    assert {case for case, who in now.items() if who == wrong} == set(theirs[1:])
    assert all(now[case] == after[case] for case in now if case not in theirs)  # the others' did not move
    assert left == 1
    assert back == sum(one["person"] == wrong for one in plan.items) - 1
    assert transfers.take_back(office.desk, nakagawa, transfer, {wrong})[0] == 0  # twice is once
    # All the rest back: as it was before, but for what was handed on by hand.
    transfers.take_back(office.desk, nakagawa, transfer, None)
    assert [one for one in before if one[0] != theirs[0]] == [one for one in held() if one[0] != theirs[0]]
    assert {one.id for one in organisations.people_of(old)} == set(people)
    told = by_person(Transfer.get_by_id(transfer))
    assert sum(sums["stands"] for sums in told.values()) == 0


def test_the_log_replayed_gives_the_same_rows(office, contractors):
    nakagawa, old, new = contractors
    one = staff(office.desk, nakagawa, "haru-1", old)
    other = staff(office.desk, nakagawa, "tsunagu-1", new)
    actions.assign(office.desk, nakagawa, "demo-040", one)
    actions.act(office.desk, nakagawa, "case.entrusted", {"organisation": old}, "demo-041")
    chosen = [Choice(one, TO, other), Choice("", ALONG)]
    assert nobodys(old) in (["demo-041"], [])
    plan = transfers.look(office.desk, nakagawa, old, new, chosen)
    made = transfers.make(office.desk, nakagawa, old, new, chosen, "", plan.mark)
    transfers.take_back(office.desk, nakagawa, made, {one})
    before = digests()
    rebuild(office.desk)
    assert digests() == before
    assert Transfer in READ_MODEL


def test_what_cannot_be_is_said_and_nothing_moves(office, contractors):
    nakagawa, old, new = contractors
    desk, events = office.desk, LogEntry.select().count
    one = staff(desk, nakagawa, "haru-1", old)
    chief = staff(desk, nakagawa, "haru-2", old, "chief")
    agency = staff(desk, nakagawa, "kikan-1", new, "agency")
    actions.assign(desk, nakagawa, "demo-040", one)
    actions.schedule_followup(
        desk, nakagawa, "demo-040", "2026-12-20T01:00:00.000Z", "visit", "us", staff=one
    )
    coordinator = Staff(id="c", role="coordinator", active=True, organisation="", walled=False)
    before = events()
    above = organisations.above_walls()
    for actor, choices, to, why in (
        (nakagawa, [Choice(one, TO, chief)], new, "choose_taker"),
        (nakagawa, [Choice(one, TO, "nobody")], new, "choose_taker"),
        (nakagawa, [Choice(one, TO, one)], new, "choose_taker"),
        (nakagawa, [Choice(one, TO, agency)], new, "cannot_go"),
        (nakagawa, [Choice(one, ALONG)], "", "takes_two"),
        (coordinator, [Choice(one, ALONG)], new, "not_yours_to_move"),
    ):
        plan = work_out(actor, old, to, choices, desk.today())
        assert [part.why for part in plan.parts] == [why]
        assert not plan.stands
        with pytest.raises(DeskError, match="plan_stopped"):
            transfers.make(desk, actor, old, to, choices, "", plan.mark)
    everyone = work_out(
        office.person("tanaka"), "", new, [Choice(row.id, ALONG) for row in above], desk.today()
    )
    assert "last_above_walls" in {part.why for part in everyone.parts}
    assert not work_out(nakagawa, old, new, [Choice(one, STAY)], desk.today()).stands
    good = [Choice(one, ALONG)]
    with pytest.raises(DeskError, match="plan_changed"):
        transfers.make(desk, nakagawa, old, new, good, "", "another")
    behind = Staff(id="x", role="supervisor", active=True, organisation=old, walled=True)
    with pytest.raises(NotAllowed):
        transfers.look(desk, behind, old, new, good)
    assert events() == before


def test_the_page_looks_first_does_it_and_takes_it_back(office, contractors, at_desk):
    nakagawa_row, old, new = contractors
    one = staff(office.desk, nakagawa_row, "haru-1", old)
    actions.assign(office.desk, nakagawa_row, "demo-040", one)
    desk = at_desk("nakagawa")
    path = f"/organisations/{old}/transfer"
    assert "人とケースをまとめて移す" in desk.open(f"/organisations/{old}").text
    assert desk.open(path).forms
    events = LogEntry.select().count()
    page = desk.send(path, to=new, plan=f"{one}|along|", note="四月から")
    assert "まだ何も動いていません" in page.text
    assert LogEntry.select().count() == events
    mark = re.search(r'name="mark" value="(\w+)"', desk.page)[1]
    moved = desk.send(path, to=new, plan=f"{one}|along|", note="四月から", mark="other")
    assert "もう一度見てください" in moved.text
    desk.send(path, to=new, plan=f"{one}|along|", note="四月から", mark=mark)
    assert Staff.get_by_id(one).organisation == new
    assert not Session.select().where(Session.staff == one).exists()
    back = desk.path.split("?")[0]
    assert back.startswith("/organisations/transfers/")
    page = desk.send(f"{back}/back", people=f"|{one}")
    assert "取り消しました" in page.text
    assert Staff.get_by_id(one).organisation == old
    kobayashi = at_desk("kobayashi")
    kobayashi.open(path)
    assert kobayashi.status == 403
    for lang in ("en", "ja"):
        desk.client.set_cookie("sotto_lang", lang)
        assert desk.open("/organisations/own/transfer").forms
        assert desk.status == 200
