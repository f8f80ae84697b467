"""Every role of domain 7.2 against every class of data, from the table itself: pages, search, paper and phones.

A record is written with a mark in each class. Whatever a person opens, a mark may stand there only where a cell of
the table says so; and where the whole office may see a class, its mark is found.
"""

import json

import pytest

from pwa_server.desk import actions
from pwa_server.desk.accounts import staff
from pwa_server.desk.actions import community, trust
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.models.office_and_cases import DeviceRow, Staff
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.desk.queries.access import PHONE, RELATIONSHIPS, ROLES, TABLE, cell, may

CASE = "demo-050"
# class: the mark it carries. Pages, search, paper and phones are read for these.
MARKS = {
    "core": "印：世帯のようす",
    "identity": "印：よみ",
    "visit_facts": "印：事実",
    "visit_view": "印：見立て",
    "third_party": "印：第三者",
    "health": "印：障害の名",
    "safety": "印：安全カード",
    "reflection": "印：気持ち",
    "followups": "印：予定の中身",
    "participation_profile": "印：興味",
    "opportunities": "印：居場所",
    "community_issues": "印：地域の課題",
    "notices": "印：気づき",
}
OF_NO_CASE = ("opportunities", "community_issues", "notices")
TIES = ("nobody", "assigned", "own", "granted")


def test_the_table_is_whole():
    assert all(len(row) == len(ROLES) for row in TABLE.values())
    for row in TABLE.values():
        for told in row:
            see, _, change = told.partition("/")
            assert set(see.split()) | set(change.split()) <= set(RELATIONSHIPS)
            assert set(change.split()) <= set(see.split()), "nobody changes what they may not see"
    assert set(PHONE) <= set(TABLE)


@pytest.mark.parametrize("data_class", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_a_cell_lets_in_those_it_names_and_nobody_else(role, data_class, monkeypatch):
    person = Staff(id="p", role=role, active=True)
    gone = Staff(id="p", role=role, active=False)
    for tie in (*RELATIONSHIPS, "nobody"):
        ties = {"office"} if tie in ("office", "nobody") else {"office", tie}
        monkeypatch.setattr("pwa_server.desk.queries.access.relationships", lambda *_, ties=ties: ties)
        see, change = cell(role, data_class)
        assert may(person, "see", data_class, "c") == bool(see & ties)
        assert may(person, "change", data_class, "c") == bool(change & ties)
        assert not may(gone, "see", data_class, "c")
        phone = set(PHONE.get(data_class, "").split())
        assert may(person, "see", data_class, "c", place="phone") == bool(see & ties and phone & ties)


@pytest.fixture
def marked(office):
    """A case with a mark in every class, written by somebody else."""
    nakagawa = office.person("nakagawa")
    body = {
        "no": "MARK-1",
        "title": "確かめ",
        "kana": MARKS["identity"],
        "intake": {"receivedOn": "2026-10-01"},
        "referral": {"agency": "民生委員"},
        "consent": {"status": "not_yet"},
        "issues": [],
        "sample": False,
        "household": {
            "summary": MARKS["core"],
            "unions": [],
            "parentage": [],
            "members": [
                {
                    "id": "mark-p",
                    "label": "本人",
                    "role": "self",
                    "roleCertainty": "stated",
                    "sex": "unknown",
                    "ageBand": "30s",
                    "labels": [MARKS["health"]],
                    "index": True,
                    "inHousehold": True,
                }
            ],
        },
    }
    case = actions.open_case(office.desk, nakagawa, body)
    actions.set_safety(office.desk, nakagawa, case, "dog", MARKS["safety"], "初回訪問", "2027-01-01")
    actions.schedule_followup(
        office.desk, nakagawa, case, "2026-11-25T01:00:00.000Z", "visit", "us", MARKS["followups"]
    )
    community.set_profile(
        office.desk,
        nakagawa_as(office, "participation"),
        case,
        {"likes": MARKS["participation_profile"], "pace": "", "avoid": "", "company": "no", "shareable": ""},
    )
    community.set_opportunity(
        office.desk,
        nakagawa_as(office, "community"),
        {
            "name": MARKS["opportunities"],
            "host": "",
            "kind": "salon",
            "place": "",
            "times": "",
            "calm": 5,
            "anonymous": True,
            "note": "",
            "state": "open",
            "verifiedUntil": None,
        },
    )
    community.set_issue(
        office.desk,
        nakagawa,
        {"title": MARKS["community_issues"], "area": "", "what": "", "resources": "", "state": "noticed"},
    )
    community.give_notice(office.desk, nakagawa_as(office, "commissioner"), "", "", MARKS["notices"], "no")
    return case


def nakagawa_as(office, role):
    """Somebody of another role, for what the supervisor's own does not write."""
    id_ = actions.add_staff(
        office.desk, office.person("nakagawa"), f"writer {role}", "", role, f"writer-{role}@sample.invalid"
    )
    return Staff.get_by_id(id_)


def record_by(office, case, person):
    """A contact with a mark in each box, written by this person."""
    told = {
        "occurredAt": office.desk.now(),
        "channel": "visit",
        "planned": "as_planned",
        "outcome": "met_person",
        "metWith": [],
        "alone": True,
        "staff": [person.id],
        "topics": [],
        "interests": [],
        "reaction": 1,
        "stage": 3,
        "stageEvent": "",
        "notes": {
            "fact": MARKS["visit_facts"],
            "quote": "",
            "thirdParty": MARKS["third_party"],
            "view": MARKS["visit_view"],
        },
        "living": {},
        "risk": {},
        "riskCall": None,
        "left": {"what": "", "taken": ""},
        "hook": "",
        "promises": [],
        "photos": [],
        "reflection": MARKS["reflection"],
        "checklist": None,
    }
    return actions.act(office.desk, person, "visit.logged", told, case).id


def come(office, role, tie, case):
    """A person of this role, tied to the case like this, and the visit they look at."""
    nakagawa = office.person("nakagawa")
    id_ = actions.add_staff(office.desk, nakagawa, f"{role} {tie}", "", role, f"{role}-{tie}@sample.invalid")
    if role == "administrator":
        asked = trust.propose(office.desk, nakagawa, id_, {"active": True})
        trust.decide(office.desk, office.person("tanaka"), asked, True)
    person = Staff.get_by_id(id_)
    if tie == "assigned":
        actions.assign(office.desk, nakagawa, case, id_)
    if tie == "granted" and "granted" in cell(role, "identity")[0]:
        trust.open_in_emergency(office.desk, person, case, "この確かめのために開く")
    visit = record_by(office, case, person if tie == "own" else office.person("kobayashi"))
    return person, visit


def browse(app, office, person, case, visit):
    """All that this person finds at the desk about it."""
    staff.make_account(
        office.desk, person.id, person.email, "a-password-of-theirs", totp_required=False, must_change=False
    )
    client = app.test_client()
    client.set_cookie(COOKIE, staff.open_session(office.desk, person.id, "password"))
    paths = [
        "/today",
        "/review",
        "/cases",
        "/cases?show=all",
        f"/cases/{case}",
        f"/cases/{case}/sheet",
        f"/cases/{case}/assigned",
        f"/visits/{visit}",
        f"/visits/{visit}/print",
        "/follow-ups",
        f"/cases/{case}/disclosure",
        f"/cases/{case}/readers",
        "/statistics",
        "/conferences",
        "/access-log",
        f"/people/{person.id}",
        "/notices",
        "/places",
        f"/cases/{case}/participation",
    ]
    found = [client.get(path).get_data(as_text=True) for path in paths]
    token = client.get("/settings").get_data(as_text=True).split('name="csrf" value="', 1)[1][:64]
    client.post("/cases/find", data={"csrf": token, "q": "印"}, headers={"Sec-Fetch-Site": "same-origin"})
    found.append(client.get("/cases/found").get_data(as_text=True))
    return "\n".join(found)


@pytest.mark.parametrize("role", ROLES)
def test_a_mark_stands_only_where_a_cell_says_so(role, app, office, marked, monkeypatch):
    # The password is not what is tried here, and hashing it is slow on purpose.
    phc = staff.hash_password("a-password-of-theirs")
    monkeypatch.setattr(staff, "hash_password", lambda _: phc)
    wrong = []
    for tie in TIES:
        person, visit = come(office, role, tie, marked)
        signed_in = Staff.get_by_id(person.id)
        signed_in.granted = trust.running_grants(office.desk, person.id)
        # Other people's contacts lie in the case too, so what one wrote oneself never widens the rest.
        author = person.id if tie == "own" else None
        seen = browse(app, office, person, marked, visit)
        phone = DeviceRow(
            id="p",
            staff=person.id,
            label="",
            status="active",
            sign="",
            seal="",
            enrolled_at=office.desk.now(),
        )
        sent = json.dumps(documents_for(office.desk, phone), ensure_ascii=False)
        for data_class, mark in MARKS.items():
            allowed = may(signed_in, "see", data_class, marked, author=author)
            if mark in seen and not allowed:
                wrong.append(("desk", role, tie, data_class, "leaks"))
            if (
                data_class != "identity"
                and mark not in seen
                and "office" in cell(role, data_class)[0]
                and ("office" in cell(role, "core")[0] or data_class in OF_NO_CASE)
            ):
                wrong.append(("desk", role, tie, data_class, "is missing"))
            if mark in sent and not may(signed_in, "see", data_class, marked, author=author, place="phone"):
                wrong.append(("phone", role, tie, data_class, "leaks"))
        if tie == "assigned" and role == "worker":
            assert {name for name in PHONE if name in MARKS and MARKS[name] in sent} >= {
                "core",
                "safety",
                "health",
                "visit_facts",
            }
    assert wrong == [], wrong
