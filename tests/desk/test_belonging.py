"""An event is applied only if what it names is its sender's: every type, every id in it, of somebody else."""

import re
from pathlib import Path

import pytest

from pwa_server.desk import actions
from pwa_server.desk.exchange import belonging, outbox
from pwa_server.desk.exchange.going_on import left
from pwa_server.desk.models.office_and_cases import (
    Assignment,
    Begun,
    CaseFile,
    DownChain,
    FollowUp,
    Held,
    LogEntry,
    PromiseMade,
    Visit,
)
from pwa_server.desk.projections.append_and_apply import make_event, record
from sync.encoding import b64u
from sync.events import BODIES
from sync.limits import MAX_RUN
from sync.wire import PULL_TAG, Cursor, Statement, sign_request
from tests.standins.phone import Refused, new_id

TOLD = (Path(__file__).parents[2] / "sync" / "EVENTS.md").read_text("utf-8")
TABLE = TOLD.partition("## What an event may name")[2].partition("\n## ")[0]
HERS, MINE = "demo-006", "demo-002"  # cases of 西村 alone, and of 小林


def test_the_page_has_the_table_of_the_code():
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| ([^|]+) \|$", TABLE, re.M)
    assert rows == [
        (type_, path, name) for type_, rule in belonging.RULES.items() for path, name in rule.items()
    ]


def test_every_type_has_its_rules_and_every_relation_is_used():
    assert belonging.RULES.keys() == {type_ for type_, _ in BODIES}
    assert belonging.RELATIONS.keys() == {name for rule in belonging.RULES.values() for name in rule.values()}


@pytest.fixture
def two(office):
    """小林's phone, and what 西村 wrote: a visit with a promise, a follow-up, a notice, a case she began."""
    mine, hers = office.phone_of("kobayashi"), office.phone_of("nishimura")
    promise = {"id": new_id(), "text": "電話する", "due": None, "to": ""}
    photo = {
        "blob": "B" * 42 + "A",
        "key": "A" * 43,
        "size": 9,
        "type": "image/jpeg",
        "width": 1,
        "height": 1,
        "note": "",
    }
    visit = hers.visit(HERS, promises=[promise], photos=[photo])
    own = mine.visit(MINE)
    told = {
        "visit": visit["id"],
        "promise": promise["id"],
        "blob": photo["blob"],
        "case": HERS,
        "followup": new_id(),
        "notice": new_id(),
        "begun": new_id(),
        "handover": new_id(),
        "own_handover": new_id(),
        "match": new_id(),
        "own_match": new_id(),
        "own": own["id"],
        "review": None,
        "own_followup": new_id(),
    }
    planned = {"at": office.desk.now(), "kind": "visit", "with": "us", "note": "", "remind": False}
    noticed = {"notice": told["notice"], "who": "", "place": "", "noticed": "新聞", "named": "no"}
    letter = handover(told["handover"], office.desk.now())
    hers.write(
        hers.event("handover.sent", HERS, letter),
        visit,
        hers.event("followup.scheduled", HERS, {"followup": told["followup"], **planned}),
        hers.event("notice.given", None, noticed),
        hers.event("case.begun", told["begun"], begun()),
    )
    mine.write(mine.event("handover.sent", MINE, handover(told["own_handover"], office.desk.now())))
    mine.write(own, mine.event("followup.scheduled", MINE, {"followup": told["own_followup"], **planned}))
    thought_of(office.desk, told["match"], HERS)
    thought_of(office.desk, told["own_match"], MINE)
    office.round(mine, hers)
    told["review"] = actions.return_visit(
        office.desk, office.person("nakagawa"), visit["id"], "hook", "なぜ？"
    )
    assert Held.select().count() == 0
    return mine, told


def handover(id_, now, receiver=None):
    return {
        "handover": id_,
        "to": "住宅課",
        "person": "",
        "receiver": receiver,
        "ground": "unnamed",
        "law": None,
        "reason": "",
        "told": [],
        "contact": "",
        "text": "手すりのこと",
        "answerBy": now[:10],
    }


def followed(match):
    return {
        "match": match,
        "side": "person",
        "period": "week",
        "on": "2026-11-23",
        "did": "inside",
        "felt": "again",
        "next": "same",
        "nextOn": None,
        "personWords": "",
        "hostWords": "",
    }


def thought_of(desk, match, case):
    """A place somebody at the desk thought of with a person of this case."""
    told = {"match": match, "opportunity": "place", "fits": [], "minds": []}
    record(desk, make_event("match.weighed", case, told, desk.now()), "demo-nakagawa", "demo-nakagawa")


def begun():
    return {"title": "橋の人", "known": {"name": "", "age": "", "place": "", "through": ""}}


def foreign(phone, ids):
    """(what is tried, event): each type, each member, with an id of somebody else's, all else one's own."""
    now, record = phone.now(), phone.visit(MINE)["body"]
    planned = {"at": now, "kind": "visit", "with": "us", "note": "", "remind": False}
    theirs = {"id": ids["promise"], "text": "x", "due": None, "to": ""}
    photo = {
        "blob": ids["blob"],
        "key": "A" * 43,
        "size": 9,
        "type": "image/jpeg",
        "width": 1,
        "height": 1,
        "note": "",
    }
    corrected = {
        "visit": ids["own"],
        "replaces": ids["own"],
        "changed": [],
        "record": record,
        "answers": None,
        "comment": "",
    }
    consent = {"answer": "yes", "about": "", "how": "spoken", "comment": ""}
    misfiled = {"visit": ids["own"], "to": None, "as": None, "comment": ""}
    own = {"followup": ids["own_followup"]}
    return {
        "visit.logged case": ("visit.logged", HERS, record),
        "visit.logged body.promises[].id": ("visit.logged", MINE, record | {"promises": [theirs]}),
        "visit.logged body.photos[].blob": ("visit.logged", MINE, record | {"photos": [photo]}),
        "visit.corrected body.visit": ("visit.corrected", MINE, corrected | {"visit": ids["visit"]}),
        "visit.corrected case": ("visit.corrected", HERS, corrected),
        "visit.corrected body.replaces": ("visit.corrected", MINE, corrected | {"replaces": ids["visit"]}),
        "visit.corrected body.answers": ("visit.corrected", MINE, corrected | {"answers": ids["review"]}),
        "visit.corrected body.record.promises[].id": (
            "visit.corrected",
            MINE,
            corrected | {"record": record | {"promises": [theirs]}},
        ),
        "visit.corrected body.record.photos[].blob": (
            "visit.corrected",
            MINE,
            corrected | {"record": record | {"photos": [photo]}},
        ),
        "visit.withdrawn body.visit": ("visit.withdrawn", MINE, {"visit": ids["visit"], "reason": ""}),
        "visit.withdrawn case": ("visit.withdrawn", HERS, {"visit": ids["own"], "reason": ""}),
        "visit.misfiled body.visit": ("visit.misfiled", MINE, misfiled | {"visit": ids["visit"]}),
        "visit.misfiled case": ("visit.misfiled", HERS, misfiled),
        "visit.misfiled body.to": ("visit.misfiled", MINE, misfiled | {"to": HERS}),
        "visit.misfiled body.as": ("visit.misfiled", MINE, misfiled | {"as": ids["visit"]}),
        "followup.scheduled case": ("followup.scheduled", HERS, {"followup": new_id(), **planned}),
        "followup.scheduled body.followup": (
            "followup.scheduled",
            MINE,
            {"followup": ids["followup"], **planned},
        ),
        "followup.done body.followup": ("followup.done", MINE, {"followup": ids["followup"], "visit": None}),
        "followup.done case": ("followup.done", HERS, own | {"visit": None}),
        "followup.done body.visit": ("followup.done", MINE, own | {"visit": ids["visit"]}),
        "followup.cancelled body.followup": (
            "followup.cancelled",
            MINE,
            {"followup": ids["followup"], "reason": ""},
        ),
        "followup.cancelled case": ("followup.cancelled", HERS, own | {"reason": ""}),
        "followup.moved body.followup": ("followup.moved", HERS, {"followup": ids["followup"], "at": now}),
        "followup.moved case": ("followup.moved", HERS, own | {"at": now}),
        "promise.kept body.promise": ("promise.kept", HERS, {"promise": ids["promise"]}),
        "promise.kept case": ("promise.kept", HERS, {"promise": ids["promise"]}),
        "case.viewed case": ("case.viewed", HERS, {"at": now}),
        "case.viewed body.at": ("case.viewed", MINE, {"at": "2026-09-01T00:00:00Z"}),
        "case.begun case": ("case.begun", HERS, begun()),
        "consent.answered case": ("consent.answered", HERS, consent),
        "cover.asked body.staff": (
            "cover.asked",
            None,
            {"staff": "demo-nishimura", "to": "demo-nakagawa", "on": now[:10], "note": ""},
        ),
        "cover.asked body.to": (
            "cover.asked",
            None,
            {"staff": "demo-nishimura", "to": None, "on": now[:10], "note": ""},
        ),
        "notice.given body.notice": (
            "notice.given",
            None,
            {"notice": ids["notice"], "who": "", "place": "", "noticed": "x", "named": "no"},
        ),
        "notice.withdrawn body.notice": ("notice.withdrawn", None, {"notice": ids["notice"]}),
        "handover.sent case": ("handover.sent", HERS, handover(new_id(), now)),
        "handover.sent body.handover": ("handover.sent", MINE, handover(ids["handover"], now)),
        "handover.sent body.receiver": ("handover.sent", MINE, handover(new_id(), now, "demo-nobody")),
        "handover.withdrawn body.handover": (
            "handover.withdrawn",
            HERS,
            {"handover": ids["handover"], "reason": ""},
        ),
        "handover.withdrawn case": (
            "handover.withdrawn",
            HERS,
            {"handover": ids["own_handover"], "reason": ""},
        ),
        "match.followed body.match": ("match.followed", HERS, followed(ids["match"])),
        "match.followed case": ("match.followed", HERS, followed(ids["own_match"])),
        "worker.departed case": ("worker.departed", HERS, {"until": now, "watched": False}),
        "watchers.named body.staff[]": ("watchers.named", None, {"staff": ["demo-nobody"]}),
    }


def test_nothing_of_somebody_else_is_applied_and_nothing_is_lost(office, two):
    phone, ids = two
    tried = foreign(phone, ids)
    assert {f"{type_} {path}" for type_, rule in belonging.RULES.items() for path in rule} == tried.keys()
    before = (
        assigned(),
        PromiseMade.get_by_id(ids["promise"]).__data__,
        FollowUp.get_by_id(ids["followup"]).__data__,
    )
    events = {}
    for name, (type_, case, body) in tried.items():
        at = body["at"] if name == "case.viewed body.at" else ""
        events[name] = phone.event(type_, case, body, at=at)
        phone.write(events[name])
    good = phone.visit(MINE)
    phone.write(good)
    office.round(phone)

    assert Visit.get_or_none(Visit.id == good["id"]) is not None
    logged = {row.id for row in LogEntry.select(LogEntry.id)}
    assert [name for name, event in events.items() if event["id"] in logged] == []
    held = {row.event["id"]: row.reason for row in Held.select().where(Held.state == "held")}
    assert {name: held.get(event["id"]) for name, event in events.items()} == {
        name: "back_dated" if name == "case.viewed body.at" else "not_theirs" for name in events
    }
    assert before == (
        assigned(),
        PromiseMade.get_by_id(ids["promise"]).__data__,
        FollowUp.get_by_id(ids["followup"]).__data__,
    )


def assigned():
    return sorted((row.case, row.staff) for row in Assignment.select().where(Assignment.until_at.is_null()))


def test_a_case_somebody_else_began_is_not_begun_again(office, two):
    phone, ids = two
    phone.write(phone.event("case.begun", ids["begun"], begun()))
    office.round(phone)
    assert [row.by for row in Begun.select().where(Begun.case == ids["begun"])] == ["demo-nishimura"]
    assert f"case/{ids['begun']}" not in phone.m.documents
    assert CaseFile.get_by_id(ids["begun"]).title == "橋の人"


def test_late_work_after_a_hand_over_is_applied_and_marked(office, two):
    phone, ids = two
    late = phone.visit(MINE)
    done = phone.event("followup.done", MINE, {"followup": ids["own_followup"], "visit": late["id"]})
    phone.write(late, done)
    nakagawa = office.person("nakagawa")
    actions.assign(office.desk, nakagawa, MINE, "demo-nishimura")
    actions.assign_followup(office.desk, nakagawa, ids["own_followup"], "demo-nishimura")
    actions.unassign(office.desk, nakagawa, MINE, "demo-kobayashi", "異動")
    office.clock.pass_(days=3)
    office.round(phone)
    assert Held.select().count() == 0
    assert Visit.get_by_id(late["id"]).after_hand_over
    assert FollowUp.get_by_id(ids["own_followup"]).state == "done"

    office.clock.pass_(days=40)
    phone.write(phone.visit(MINE))
    office.round(phone)
    assert [row.reason for row in Held.select()] == ["not_theirs"]


def test_what_comes_before_what_it_names_waits_for_it(office, two):
    phone, _ = two
    visit = phone.visit(MINE)
    visit["body"]["channel"] = "telepathy"
    taken_back = phone.event("visit.withdrawn", MINE, {"visit": visit["id"], "reason": ""})
    phone.write(taken_back)
    office.round(phone)
    assert [row.reason for row in Held.select()] == ["not_yet"]
    visit["body"]["channel"] = "visit"
    phone.write(visit)
    office.round(phone)
    assert [row.state for row in Held.select()] == ["applied"]
    assert Visit.get_or_none(Visit.id == visit["id"]) is None


def test_the_same_number_with_other_content_leaves_the_first_as_it_was(office, two):
    phone, ids = two
    again = phone.event(
        "visit.logged", MINE, phone.visit(MINE)["body"] | {"hook": "別の中身"}, id_=ids["own"]
    )
    phone.write(again)
    office.round(phone)
    assert [row.reason for row in Held.select()] == ["conflict"]
    assert phone.m.documents[f"record/{ids['own']}"]["state"] == "at_office"


def test_one_phones_trouble_is_told_and_the_others_are_served(office, two):
    """A document that cannot be made (here: a case whose row was spoilt on the disk) stops nobody."""
    phone, _ = two
    office.desk.db.execute_sql("update casefile set household = '[' where id = ?", (MINE,))
    visit = phone.visit(MINE)
    phone.write(visit)
    office.round(phone)
    assert phone.m.documents[f"record/{visit['id']}"]["state"] == "at_office"
    assert [(one["what"], one["device"], one["of"]) for one in left()] == [
        ("document", phone.id, f"case/{MINE}")
    ]
    office.desk.db.execute_sql("update casefile set household = '{}' where id = ?", (MINE,))
    office.round(phone)
    assert left() == []


def test_a_phone_that_lies_about_runs_stops_nobody(office, two):
    phone, _ = two
    other = office.phone_of("nishimura")
    for highest in (10**10, 99_999_999_999, 99_999_999_998):
        phone.m.highest, phone.m.gap = highest, True
        phone.pull()
        office.sync()
    visit = other.visit(HERS)
    other.write(visit)
    office.round(other)
    assert other.m.documents[f"record/{visit['id']}"]["state"] == "at_office"
    assert office.desk.left_out == {}


def hand_on(office, device, body, signature):
    """A relay that looks at nothing hands this statement on to the desk."""
    store = office.app.extensions["sotto_relay"].store
    with store.write():
        row = store.StatementRow
        assert row.update(body=body, sig=signature).where(row.device == device).execute() == 1


@pytest.mark.parametrize("highest", [999_999_999_999_998, MAX_RUN + 1])
def test_a_run_no_desk_could_sign_is_refused_and_passed_over_when_a_relay_hands_it_on(office, two, highest):
    phone, _ = two
    other = office.phone_of("nishimura")
    before = DownChain.get(DownChain.device == phone.id).run
    m = phone.m
    honest, m.highest, m.gap = m.highest, highest, True
    with pytest.raises(Refused, match="malformed"):
        phone.pull()
    said = Statement(phone.office, phone.id, b64u(bytes(16)), Cursor("", 0), m.down, highest, True, 0, "test")
    hand_on(office, phone.id, *sign_request(m.sign, PULL_TAG, said.to_json()))
    for _ in range(2):
        visit = other.visit(HERS)
        other.write(visit)
        office.round(other)
        assert other.m.documents[f"record/{visit['id']}"]["state"] == "at_office"
    assert DownChain.get(DownChain.device == phone.id).run == before
    assert office.desk.left_out == {}
    m.highest, m.gap = honest, False
    visit = phone.visit(MINE)
    phone.write(visit)
    office.round(phone)
    assert m.documents[f"record/{visit['id']}"]["state"] == "at_office"


@pytest.mark.parametrize("gap", [False, True])
def test_a_chain_whose_numbers_are_used_up_stops_its_own_phone_alone(office, two, gap):
    """An older desk believed such a phone: its run has fifteen digits, and no envelope can be signed in it."""
    phone, _ = two
    other = office.phone_of("nishimura")
    DownChain.update(run=999_999_999_999_999, snapshot_wanted=gap).where(
        DownChain.device == phone.id
    ).execute()
    hers, his = other.visit(HERS), phone.visit(MINE)
    other.write(hers)
    phone.write(his)
    for _ in range(2):
        office.round(phone, other)
    assert {row.id for row in Visit.select(Visit.id)} >= {hers["id"], his["id"]}
    assert other.m.documents[f"record/{hers['id']}"]["state"] == "at_office"
    assert {(one["what"], one["device"]) for one in left()} == {("documents", phone.id)}


def test_what_a_relay_calls_a_statement_and_is_none_stops_no_round(office):
    device = office.phone_of("kobayashi").id
    for told in (None, 7, "x", [], {}, {"device": []}, {"device": 1, "body": {}, "sig": 2}):
        outbox.hear(office.desk, told)
        outbox.hear(office.desk, [told, {"device": device}, {"device": device, "body": told, "sig": told}])
        outbox.hear(office.desk, [{"device": device, "body": "AAAA", "sig": told}])
    assert office.desk.left_out == {}
