"""A correction leaves alone what it does not change: each field of a visit in turn, from a phone and at the desk."""

import copy
import io

import pytest
from PIL import Image

from pwa_server.desk import actions
from pwa_server.desk.models.office_and_cases import FollowUp, Photo, Visit, VisitVersion
from pwa_server.desk.projections.visits import carried
from sync.events import VISIT_MEMBERS
from sync.visit_fields import ADDED
from tests.standins.phone import new_id, visit_body

CASE = "demo-002"
ANSWERS = {"first": {"c": "yes", "n": 2}, "second": {"t": "書いた"}}
WHOLE = visit_body(
    occurredAt="2026-11-23T01:00:00.000Z",
    endedAt="2026-11-23T02:00:00.000Z",
    place="entrance",
    topics=["絵"],
    interests=["地図"],
    reaction=2,
    stage=3,
    stageEvent="戸を開けた",
    metWith=["demo-002-m1"],
    staff=["demo-nishimura"],
    notes={"fact": "事実", "quote": "言葉", "thirdParty": "母の話", "view": "見立て"},
    living={"meals": "good", "sleep": "attention"},
    risk={"abuse": "none", "self_harm": "urgent"},
    riskCall={"to": "中川", "at": "2026-11-23T02:05:00.000Z", "result": "明日会う"},
    left={"what": "手紙", "taken": "taken"},
    hook="色見本",
    next={"with": "person", "mayCome": "agreed"},
    reflection="急がない",
    promises=[{"id": new_id(), "text": "地図を持って行く", "due": None, "to": "D"}],
    checklist={"id": "first_visit", "version": 1, "answers": ANSWERS},
    byHand=True,
    **{one.path: one.codes[0] if one.kind == "code" else "前のことば" for one in ADDED},
)
OTHER = {
    "occurredAt": "2026-11-23T01:30:00.000Z",
    "endedAt": "2026-11-23T02:30:00.000Z",
    "channel": "phone",
    "planned": "unplanned",
    "outcome": "reached",
    "metWith": [],
    "alone": False,
    "staff": [],
    "topics": ["猫"],
    "interests": [],
    "reaction": None,
    "stage": 4,
    "stageEvent": "",
    "notes.fact": "別の事実",
    "notes.quote": "",
    "notes.thirdParty": "",
    "notes.view": "別の見立て",
    "living.meals": None,
    "living.sleep": "good",
    "risk.abuse": "none",
    "risk.self_harm": "concern",
    "riskCall.result": "今日会う",
    "left.what": "",
    "hook": "",
    "left.taken": "left",
    "next.with": "us",
    "next.mayCome": "unknown",
    "reflection": "",
    "promises": [],
    "checklist.answers.first": {"c": "no"},
    "photos": [],
    "place": "room",
    "byHand": False,
    **{one.path: one.codes[1] if one.kind == "code" else "後のことば" for one in ADDED},
}


def jpeg():
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 150)).save(file, "JPEG")
    return file.getvalue()


def read(body, path):
    for step in path.split("."):
        body = body.get(step) if isinstance(body, dict) else None
    return body


def put(body, path, value):
    *outer, last = path.split(".")
    for step in outer:
        body = body.setdefault(step, {})
    if value is None and outer:
        body.pop(last, None)
    else:
        body[last] = value


def leaves(body, at=""):
    for name, value in body.items():
        path = f"{at}.{name}" if at else name
        if isinstance(value, dict) and value:
            yield from leaves(value, path)
        else:
            yield path, value


def current(visit):
    return VisitVersion.get_by_id(Visit.get_by_id(visit).current_version)


def test_every_field_of_a_visit_is_walked():
    known = {name for members in VISIT_MEMBERS for name in members}
    assert {path.split(".")[0] for path in OTHER} == known
    assert {path.split(".")[0] for path, _ in leaves(WHOLE)} == known


@pytest.fixture
def written(office, phone):
    visit = phone.visit(CASE, **(WHOLE | {"photos": [phone.photo(jpeg())]}))
    phone.write(visit)
    office.round(phone)
    return visit


def test_a_phone_that_lacks_a_part_corrects_every_field_and_loses_none(office, phone, written):
    body = current(written["id"]).body
    assert len(body["photos"]) == 1
    assert phone.docs[f"record/{written['id']}"]["record"]["photos"] == []  # the phone is not given the keys
    # No more than the document says; and of what it may not be shown, nothing.
    record, replaces, sent = phone.docs[f"record/{written['id']}"]["record"], written["id"], {}
    record["notes"]["thirdParty"] = record["reflection"] = ""
    for path, value in OTHER.items():
        record = copy.deepcopy(record)
        put(record, path, value)
        event = phone.event(
            "visit.corrected",
            CASE,
            {
                "visit": written["id"],
                "replaces": replaces,
                "changed": [path],
                "record": record,
                "answers": None,
                "comment": "",
            },
        )
        phone.write(event)
        replaces = event["id"]
        sent[replaces] = path
    office.round(phone)
    assert current(written["id"]).id == replaces
    for version, path in sent.items():
        row = VisitVersion.get_by_id(version)
        now, before, value = row.body, VisitVersion.get_by_id(row.replaces).body, OTHER[path]
        assert read(now, path) == value or (value in (None, "") and not read(now, path)), path
        told, was = dict(leaves(now)), dict(leaves(before))
        for other in told.keys() | was.keys():
            if other != path and not other.startswith(f"{path}.") and not path.startswith(f"{other}."):
                assert told.get(other) == was.get(other), (path, other)
    assert not Photo.select().where(Photo.visit == written["id"]).exists()  # the last but two took them off


def test_a_decision_at_the_desk_loses_no_field_and_no_photo(office, phone, nakagawa, written):
    record = phone.docs[f"record/{written['id']}"]["record"]
    for hook in ("左", "右"):
        told = {
            "visit": written["id"],
            "replaces": written["id"],
            "changed": ["hook"],
            "answers": None,
            "comment": "",
        }
        phone.write(phone.event("visit.corrected", CASE, told | {"record": record | {"hook": hook}}))
    office.round(phone)
    crossing = list(
        VisitVersion.select().where((VisitVersion.visit == written["id"]) & VisitVersion.conflict)
    )
    assert len(crossing) == 2
    taken, other = crossing
    actions.correct_visit(office.desk, nakagawa, written["id"], taken.id, [], taken.body, "", [other.id])
    now, first = current(written["id"]).body, VisitVersion.get_by_id(written["id"]).body
    assert now == first | {"hook": taken.body["hook"]}
    assert now["photos"]


def test_an_answer_taken_back_is_gone_though_others_stay():
    before = {"living": {"meals": "good", "sleep": "good"}, "risk": {"abuse": "none"}}
    assert carried(before, {"living": {}, "risk": {}}, ["living.meals"]) == {
        "living": {"sleep": "good"},
        "risk": {"abuse": "none"},
    }


def test_a_record_taken_back_opens_what_it_had_closed(office, phone):
    followup = FollowUp.get((FollowUp.case == CASE) & (FollowUp.state == "open") & FollowUp.known)
    visit = phone.visit(CASE)
    phone.write(visit, phone.event("followup.done", CASE, {"followup": followup.id, "visit": visit["id"]}))
    office.round(phone)
    assert FollowUp.get_by_id(followup.id).state == "done"
    phone.write(phone.event("visit.withdrawn", CASE, {"visit": visit["id"], "reason": ""}))
    office.round(phone)
    assert FollowUp.get_by_id(followup.id).state == "open"


def test_a_phone_that_plans_it_anew_itself_makes_no_second_appointment(office, phone):
    followup = FollowUp.get((FollowUp.case == CASE) & (FollowUp.state == "open") & FollowUp.known)
    visit, again = phone.visit(CASE), new_id()
    told = {
        "followup": again,
        "at": followup.at,
        "kind": followup.kind,
        "with": followup.with_whom,
        "note": "",
        "remind": True,
    }
    phone.write(visit, phone.event("followup.done", CASE, {"followup": followup.id, "visit": visit["id"]}))
    phone.write(
        phone.event("visit.withdrawn", CASE, {"visit": visit["id"], "reason": ""}),
        phone.event("followup.scheduled", CASE, told),
    )
    office.round(phone)
    alike = FollowUp.select().where(
        (FollowUp.case == CASE) & (FollowUp.at == followup.at) & (FollowUp.state == "open")
    )
    assert [row.id for row in alike] == [again]


def test_a_record_that_moves_takes_its_photos_and_opens_the_wrong_appointment(office, phone, written):
    followup = FollowUp.get((FollowUp.case == CASE) & (FollowUp.state == "open") & FollowUp.known)
    phone.write(phone.event("followup.done", CASE, {"followup": followup.id, "visit": written["id"]}))
    office.round(phone)
    record = phone.docs[f"record/{written['id']}"]["record"] | {"metWith": [], "photos": []}
    moved = new_id()
    phone.write(
        phone.event("visit.logged", "demo-003", record, id_=moved),
        phone.event(
            "visit.misfiled", CASE, {"visit": written["id"], "to": "demo-003", "as": moved, "comment": ""}
        ),
    )
    office.round(phone)
    assert len(current(moved).body["photos"]) == 1
    assert Photo.select().where(Photo.visit == moved).exists()
    assert FollowUp.get_by_id(followup.id).state == "open"
