"""One function decides whether another body may be told of a household; every door asks it.

The doors are found in the code: whatever writes an event that tells somebody else, or holds a conference.
"""

import ast
from datetime import date
from pathlib import Path

import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.actions import trust
from pwa_server.desk.actions.figures import hold_meeting
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.households import GIVERS, RECIPIENTS, SCOPE_OF, SCOPES, STAFF
from pwa_server.desk.models.office_and_cases import Assignment, Conference, Consent, Staff
from pwa_server.desk.pages.cases.consents import PURPOSES, STATUSES
from pwa_server.desk.projections.rebuild import rebuild
from pwa_server.desk.queries.access import cell
from pwa_server.desk.queries.gates import OTHER_BODIES, TELLS, telling_to, why_not

CASE = "demo-002"
TELLING = {
    "case.assigned",
    "conference.set",
    "handover.sent",
    "referral.asked",
    "match.stepped",
    "match.paper_handed",
}
GATES = {"pass_gate", "pass_handover", "pass_referral", "why_not"}
ACTIONS = Path(actions.__file__).parent
MAKES_DATA = {"sample.py"}  # a sample office is written, not acted
PRESENT = [{"staff": "demo-nakagawa", "acknowledgedOn": "2026-11-20"}]


def test_every_act_that_tells_another_body_asks_the_gate():
    found = []
    for file in sorted(ACTIONS.glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef) and file.name not in MAKES_DATA:
                texts = {one.value for one in ast.walk(function) if isinstance(one, ast.Constant)}
                calls = {one.func.id for one in ast.walk(function)
                         if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}  # fmt: skip
                if texts & TELLING and "act" in calls:  # who only looks for such an event tells nobody
                    found.append(function.name)
                    assert GATES & calls, f"{file.name}: {function.name} tells of a household and asks nobody"
    assert {"assign", "hand_over", "grant_cover", "send", "set_conference", "hold_meeting"} <= set(found)


def note(office, **told):
    usual = {"purpose": "sharing", "recipient": "", "scope": "", "method": "oral", "status": "given", "givenBy": "",
             "on": "2026-11-20"}  # fmt: skip
    actions.note_consent(office.desk, office.person("nakagawa"), CASE, usual | told)


TODAY = date(2026, 11, 24)  # the clock's
# Lines of older programs and of phones: words alone, read once (`projections.consent_words`).
IN_WORDS = [
    ({}, True),
    ({"recipient": "重層的支援会議の構成員", "givenBy": "本人"}, True),
    ({"recipient": "関係機関"}, True),
    ({"givenBy": "母"}, False),
    ({"givenBy": "本人の母"}, False),
    ({"method": "by_family"}, False),
    ({"recipient": "社会福祉協議会"}, False),
    ({"scope": "住所のみ"}, False),
    ({"scope": "住所だけ"}, False),
    ({"scope": "病気のこと以外"}, False),
    ({"purpose": "visits"}, False),
    ({"status": "refused"}, False),
]


@pytest.mark.parametrize(("told", "enough"), IN_WORDS)
def test_a_consent_in_words_is_read_as_it_was(office, told, enough):
    note(office, **told)
    code = why_not("hold_multi_agency", CASE, TODAY, members=PRESENT)
    assert code == (None if enough else "consent_missing")


BODY = "demo-body"
TO = (*RECIPIENTS, f"{STAFF}{BODY}", f"{STAFF}demo-nishimura")
# Whom each act tells, and whom a line must name for it.
ENOUGH = {
    "meet_multi_agency": {"agencies", "conference"},
    "hold_multi_agency": {"agencies", "conference"},
    "plan": {"agencies", "conference"},
    "print": {"agencies", "conference"},
    "host": {"host"},
    "assign": {"agencies", f"{STAFF}{BODY}"},
}
PURPOSE = {"host": "participation"}  # the others share
UNTIL = {None: True, "2026-11-23": False, "2026-11-24": True, "2026-11-25": True}


def needed(act, role="agency"):
    return (TELLS[act] if act in TELLS else telling_to(BODY, role)).scopes


def test_every_act_that_needs_consent_is_walked():
    assert set(TELLS) | {"assign"} == set(ENOUGH)
    assert all(needed(act) for act in ENOUGH)
    assert {scope for act in ENOUGH for scope in needed(act)} <= set(SCOPES) - {"all"}


def test_purpose_recipient_scope_giver_and_end_each_decide(office):
    """Every purpose x recipient x set of scopes x answer x giver x end, for every act that tells another body."""
    body = office.person("nishimura")
    Staff.create(
        **{**body.__data__, "id": BODY, "name": "町の相談員", "role": "agency", "email": "b@sample.invalid"}
    )
    note(office)
    line = Consent.get(Consent.case == CASE)
    every = set(SCOPES) - {"all"}
    sets = [{"all"}, every, set(), *({one} for one in every), *(every - {one} for one in every)]
    usual = {"purpose": "sharing", "to": ["agencies"], "scopes": ["all"], "status": "given", "giver": "person",
             "until": None}  # fmt: skip
    told = [
        *({"purpose": purpose, "to": [to]} for purpose in PURPOSES for to in TO),
        *({"to": [to], "scopes": sorted(some)} for to in TO for some in sets),
        *({"to": [to], "giver": giver} for to in TO for giver in GIVERS),
        *({"to": [to], "until": until} for to in TO for until in UNTIL),
        *({"to": [to], "status": status} for to in TO for status in STATUSES),
        {"to": []},
        {"scopes": []},
        {"withdrawn_on": "2026-11-23"},
    ]
    for purpose, one in ((purpose, one) for purpose in ("sharing", "participation") for one in told):
        said = usual | {"purpose": purpose, "withdrawn_on": None} | one
        Consent.update(said).where(Consent.id == line.id).execute()
        for act, named in ENOUGH.items():
            wanted = (
                said["purpose"] == PURPOSE.get(act, "sharing")
                and bool(set(said["to"]) & named)
                and ("all" in said["scopes"] or needed(act) <= set(said["scopes"]))
                and said["status"] in ("given", "partial")
                and said["giver"] in ("person", "guardian", "representative")
                and UNTIL[said["until"]]
                and not said["withdrawn_on"]
            )
            # Nothing in the ledger about sharing: what was noted at the opening counts, and there it was given.
            wanted = wanted or (act not in PURPOSE and said["purpose"] != "sharing")
            assert (why_not(act, CASE, TODAY, members=PRESENT, to=BODY) is None) == wanted, (act, one)


def test_the_latest_word_about_a_recipient_decides(office):
    def told(**more):
        note(office, **{"to": ["agencies"], "scopes": ["all"], "by": "person", "until": None} | more)
        return why_not("meet_multi_agency", CASE, TODAY) is None

    assert told()
    assert told(status="refused", to=["family"])  # another's no
    assert told(status="refused", by="family")  # not the person's
    assert told(scopes=["address"], to=["host"])
    assert not told(scopes=["address"], to=["conference"])  # narrower, for this one
    assert told()
    assert not told(status="refused", to=[])  # a no that names nobody


def test_a_sheet_for_other_bodies_and_what_a_host_is_told_ask_the_gate(supervisor, office):
    """True and false: printed for the office and for members always, for other bodies and hosts by consent."""
    page, refused = f"/cases/{CASE}/sheet", texts.t("ja", "desk.error.print_consent_missing")
    told = {"ja": texts.t("ja", "desk.profile.host_yes"), "no": texts.t("ja", "desk.profile.host_no")}
    note(office, to=["family"], scopes=["all"], by="person", until=None)
    supervisor.open(page)
    for to in ("", "office", "support"):
        supervisor.send(page, to=to)
        assert refused not in supervisor.page
        assert texts.t("ja", f"desk.paper.to.{to or 'office'}") in supervisor.page
    supervisor.send(page, to="agencies")
    assert refused in supervisor.page
    assert told["no"] in supervisor.open(f"/cases/{CASE}/participation").text
    note(office, to=["agencies"], scopes=["all"], by="person", until=None)
    note(office, to=["host"], scopes=["profile"], by="person", until=None, purpose="participation")
    supervisor.open(page)
    supervisor.send(page, to="agencies")
    assert refused not in supervisor.page
    assert told["ja"] in supervisor.open(f"/cases/{CASE}/participation").text


def test_what_leaves_as_a_file_holds_numbers_or_goes_back_to_whom_it_came_from():
    """Every page that makes a workbook: figures (small groups hidden), and the faults of a ledger just handed in."""
    pages = Path(actions.__file__).parents[1] / "pages"
    found = {file.name for file in pages.rglob("*.py") if "workbook(" in file.read_text("utf-8")}
    assert found == {"statistics.py", "imports.py"}


@pytest.mark.parametrize("role", OTHER_BODIES)
def test_a_role_needs_consent_to_what_it_sees(office, role):
    """The scopes of an assignment come from the access table: a commissioner needs less than an agency."""
    classes = {name for name, scope in SCOPE_OF.items() if "assigned" in cell(role, name)[0]}
    assert needed("assign", role) == {SCOPE_OF[name] for name in classes}


def test_the_form_of_the_ledger_asks_for_codes(office, at_desk):
    supervisor = at_desk("nakagawa")
    usual = {"purpose": "sharing", "method": "oral", "status": "given", "by": "person", "on": "2026-11-20",
             "to": "agencies", "scopes": "all"}  # fmt: skip
    for missing, error in (("to", "to"), ("scopes", "scopes"), ("by", "by")):
        supervisor.send(f"/cases/{CASE}/consents", **{**usual, missing: ""})
        assert texts.t("ja", f"desk.error.consent_{error}") in supervisor.page
    supervisor.send(f"/cases/{CASE}/consents", **usual | {"method": "by_family"})
    assert texts.t("ja", "desk.error.consent_by_family") in supervisor.page
    for until in ("2026-11-19", "0001-01-01", "gestern"):
        supervisor.send(f"/cases/{CASE}/consents", **usual | {"until": until})
        said = texts.t("ja", "desk.error.consent_until")
        assert (said in supervisor.page) is (until == "2026-11-19")  # the others are no days of anybody's
    assert not Consent.select().exists()
    supervisor.send(
        f"/cases/{CASE}/consents",
        **usual | {"until": "2027-03-31", "to": f"{STAFF}nobody", "recipient": "薬局"},
    )
    line = Consent.get()
    assert (line.to, line.scopes, line.giver, line.until) == ([], ["all"], "person", "2027-03-31")
    assert texts.t("ja", "desk.consent.only_words") in supervisor.page
    assert why_not("plan", CASE, TODAY) == "plan_reason_missing"
    supervisor.send(f"/cases/{CASE}/consents", **usual)
    assert why_not("plan", CASE, TODAY) is None
    assert rebuild(office.desk)[1] == []


def test_a_conference_without_members_is_held_by_no_door(office):
    note(office)
    nakagawa = office.person("nakagawa")
    for kind in ("support", "multi_agency"):
        for door in (
            lambda kind=kind: hold_meeting(office.desk, nakagawa, kind, date(2026, 11, 20), [CASE], []),
            lambda kind=kind: actions.set_conference(office.desk, nakagawa, CASE, kind, "held", "2026-11-20"),
        ):
            with pytest.raises(DeskError) as refused:
                door()
            assert refused.value.code == "members_missing"
    assert why_not("hold_support", CASE, TODAY, members=PRESENT) is None


@pytest.mark.parametrize("role", OTHER_BODIES)
def test_another_body_is_given_a_case_by_consent_or_by_a_seat_and_by_no_door_else(office, role):
    desk, nakagawa = office.desk, office.person("nakagawa")
    body = actions.add_staff(desk, nakagawa, "町の相談員", "", role, "body@sample.invalid")
    worker = actions.add_staff(desk, nakagawa, "移る人", "", "worker", "moves@sample.invalid")
    actions.assign(desk, nakagawa, CASE, worker)
    doors = (
        lambda: actions.assign(desk, nakagawa, CASE, body),
        lambda: trust.hand_over(desk, nakagawa, CASE, None, body, ""),
        lambda: trust.hand_over_all(desk, nakagawa, "demo-kobayashi", body, ""),
        lambda: trust.change_role(desk, nakagawa, worker, role),
    )
    for door in doors:
        with pytest.raises(DeskError) as refused:
            door()
        assert refused.value.code == "consent_for_body_missing"
    assert not Assignment.select().where(Assignment.staff == body).exists()
    Conference.create(id="seat", case=CASE, kind="support", status="held", on="2026-11-20", meeting="m",
                      members=[{"staff": body, "acknowledgedOn": "2026-11-20"}])  # fmt: skip
    assert why_not("assign", CASE, TODAY, to=body) is None
    Conference.delete().where(Conference.id == "seat").execute()
    note(office, recipient="社会福祉協議会")
    assert why_not("assign", CASE, TODAY, to=body) == "consent_for_body_missing"
    note(office, recipient="町の相談員")
    actions.assign(desk, nakagawa, CASE, body)


def test_the_page_of_a_case_holds_a_conference_by_the_same_gate(office, at_desk):
    supervisor = at_desk("nakagawa")
    supervisor.open(f"/cases/{CASE}")
    supervisor.send(f"/cases/{CASE}/conference", on="2026-11-20")
    assert "守秘を確かめた出席者が要ります" in supervisor.page
    planned = Conference.select().where((Conference.case == CASE) & (Conference.status == "held"))
    assert not planned.exists()
    supervisor.send(f"/cases/{CASE}/conference", on="2026-11-20", member="demo-nakagawa")
    assert planned.exists()
