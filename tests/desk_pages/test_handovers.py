"""他課へのつなぎ: what may be told, to whom, the answer on the worker's phone, and when the receiver's reading ends."""

import io
import json
from itertools import product
from pathlib import Path

import openpyxl
import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import conferences
from pwa_server.desk.actions import handovers as acts
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.models.handovers import ANSWERS, HOW, Handover
from pwa_server.desk.models.households import ALL, PROFILE, SCOPES
from pwa_server.desk.models.office_and_cases import AccessView, CaseFile, Consent, DeviceRow, Member, Staff
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import figures, grounds, handovers, requests
from pwa_server.desk.queries.access import ROLES, cell
from pwa_server.desk.queries.conferences import cases_of, kinds
from pwa_server.desk.queries.gates import TELLS
from pwa_server.texts import catalogue
from sync.events import GROUNDS, LAWS, TOLD
from tests.desk_pages.conftest import SAME_ORIGIN
from tests.desk_pages.test_plan import CASE, comes, send  # noqa: F401  # a fixture

JA = catalogue("ja")
FORM = f"/cases/{CASE}/handovers"
TO = "住宅課"
WORDS = {"to": TO, "text": "玄関の段差と手すりのことで相談します。", "answerBy": "2026-11-30"}


def agree(office, *scopes, to=f"body:{TO}", **more):
    told = {
        "purpose": "sharing",
        "recipient": "",
        "scope": "",
        "method": "oral",
        "status": "given",
        "givenBy": "",
    }
    codes = {"to": [to], "scopes": list(scopes), "by": "person", "on": "2026-11-20", "until": None}
    return actions.note_consent(office.desk, office.person("nakagawa"), CASE, told | codes | more)


def letter(**more):
    usual = {
        "to": TO,
        "ground": "consent",
        "text": WORDS["text"],
        "answer_by": "2026-11-30",
        "told": ["needs"],
    }
    return acts.Letter(**usual | more)


def test_the_scopes_of_a_hand_over_are_those_of_a_consent():
    assert set(TOLD) == set(SCOPES) - {ALL, PROFILE}


def test_what_may_be_told_is_decided_by_consent_a_law_or_that_nobody_is_named(comes, office):  # noqa: F811
    """Ground x told x consent: none, narrow, another recipient, in part, withdrawn, over, and a law with its reason."""
    coordinator = Staff.get_by_id(comes("coordinator").id)

    def refused(told):
        try:
            acts.send(office.desk, coordinator, CASE, told)
        except DeskError as error:
            return error.code
        return None

    states = {
        "none": lambda: None,
        "narrow": lambda: agree(office, "needs"),
        "all": lambda: agree(office, "all"),
        "other": lambda: agree(office, "all", to="body:教育委員会"),
        "over": lambda: agree(office, "all", until="2026-11-23"),
        "refused": lambda: agree(office, "all", status="refused"),
        "everybody": lambda: agree(office, "needs", "health", to="agencies"),
    }
    for (name, make), ground in product(states.items(), GROUNDS):
        Consent.delete().where(Consent.case == CASE).execute()
        CaseFile.update(consent="not_yet").where(CaseFile.id == CASE).execute()
        make()
        for told in ([one] for one in TOLD):
            if ground == "law":
                assert refused(letter(ground="law", told=told)) == "law_reason_missing"
                assert refused(letter(ground="law", law=LAWS[0], told=told)) == "law_reason_missing"
                assert refused(letter(ground="law", law=LAWS[0], reason="あざ", told=told)) is None
            elif ground == "unnamed":
                assert refused(letter(ground="unnamed", told=[])) is None
            else:
                enough = {"narrow": ["needs"], "all": TOLD, "everybody": ["needs", "health"]}.get(name, ())
                wanted = None if told[0] in enough else "consent_for_body_missing"
                assert refused(letter(told=told)) == wanted, (name, told)
        assert refused(letter(told=[])) == "consent_for_body_missing"


def test_a_question_that_names_nobody_holds_no_name_address_or_number(comes, office):  # noqa: F811
    coordinator = Staff.get_by_id(comes("coordinator").id)
    Member.update(
        name="山田 花子", reading="やまだ はなこ", address="草津1-2-3", telephone="077-123-4567"
    ).where(Member.id == CaseFile.get_by_id(CASE).index_member).execute()
    for told in ("山田さん", "ヤマダという方", "草津１－２－３の家", "(077) 123 4567"):
        with pytest.raises(DeskError) as error:
            acts.send(office.desk, coordinator, CASE, letter(ground="unnamed", told=[], text=told))
        assert error.value.code == "names_person", told
    assert acts.send(office.desk, coordinator, CASE, letter(ground="unnamed", told=[], text="ある家の手すり"))


def test_from_the_form_to_the_answer_on_the_phone(comes, office):  # noqa: F811
    page = comes("coordinator")
    page.open(FORM)
    page.send(FORM, ground="consent", told="needs", **WORDS)
    assert JA["desk.handover.wrong.consent_for_body_missing"] in page.page
    assert WORDS["text"] in page.page
    agree(office, "needs", "address")
    page.send(FORM, ground="consent", told="needs", **WORDS)
    assert JA["desk.said.handover_sent"] in page.page
    row = Handover.get()
    assert (row.to, row.told, row.contact) == (TO, ["needs"], "")
    phone = DeviceRow(
        id="p",
        staff="demo-kobayashi",
        label="",
        status="active",
        sign="",
        seal="",
        enrolled_at=office.desk.now(),
    )
    told = documents_for(office.desk, phone)[f"case/{CASE}"]["handovers"]
    assert next(one for one in told["may"] if one["to"] == TO)["told"] == ["address", "needs"]
    assert told["sent"][0]["answer"] is None
    sheet = page.open(f"/handovers/{row.id}/sheet").text
    assert WORDS["text"] in sheet
    assert AccessView.select().where(AccessView.what == f"handover_sheet {row.id}").exists()
    page.send(f"/handovers/{row.id}/answer", answer="not_taken", why="", by="石田 剛", how="phone")
    assert JA["desk.handover.wrong.reason_missing"] in page.page
    page.send(
        f"/handovers/{row.id}/answer", answer="not_taken", why="借家は別の課です", by="石田 剛", how="phone"
    )
    assert JA["desk.said.handover_answered"] in page.page
    told = documents_for(office.desk, phone)[f"case/{CASE}"]["handovers"]["sent"][0]["answer"]
    assert (told["answer"], told["by"], told["why"]) == ("not_taken", "石田 剛", "借家は別の課です")
    before = list(dump())
    rebuild(office.desk)
    assert list(dump()) == before


def test_what_comes_from_the_doorstep_stands_at_the_desk_and_waits_where_its_ground_is_gone(office):
    phone = office.phone_of("kobayashi")
    told = {
        "handover": "h-1", "to": TO, "person": "", "receiver": None, "ground": "consent", "law": None, "reason": "",
        "told": ["needs"], "contact": "", "text": WORDS["text"], "answerBy": "2026-11-30",
    }  # fmt: skip
    phone.write(phone.event("handover.sent", CASE, told))
    office.round(phone)
    row = Handover.get_by_id("h-1")
    assert (row.by, row.text) == ("demo-kobayashi", WORDS["text"])
    assert handovers.stopped(row, office.desk.today()) == "consent_for_body_missing"
    agree(office, "all")
    assert handovers.stopped(row, office.desk.today()) is None
    phone.write(phone.event("handover.withdrawn", CASE, {"handover": "h-1", "reason": ""}))
    office.round(phone)
    assert handovers.stopped(Handover.get_by_id("h-1"), office.desk.today()) == "withdrawn"


def test_a_receiver_reads_what_they_were_sent_while_its_ground_stands_and_nothing_else(comes, office):  # noqa: F811
    coordinator = Staff.get_by_id(comes("coordinator").id)
    agency, other = comes("agency", "町の相談員"), comes("agency", "別の相談員")
    agree(office, "needs")
    id_ = acts.send(office.desk, coordinator, CASE, letter(receiver=agency.id))
    path = f"/handovers/{id_}"
    no = CaseFile.get_by_id(CASE).no
    assert WORDS["text"] in agency.open(path).text
    assert no not in agency.page
    assert agency.open("/handovers").text.count(TO) >= 1
    for closed in (path, f"{path}/sheet"):
        other.open(closed)
        assert WORDS["text"] not in other.page
    agency.open(path)
    agency.send(f"{path}/answer", answer="taken", why="来週うかがいます")
    row = Handover.get_by_id(id_)
    assert (row.answer, row.answered_how, row.answered_by) == ("taken", HOW[0], "町の相談員")
    for stop, again in stops(office, coordinator, id_):
        stop()
        for closed in (path, f"{path}/sheet"):
            agency.open(closed)
            assert WORDS["text"] not in agency.page, stop
        assert WORDS["text"] not in agency.open("/handovers").text
        again()
        assert WORDS["text"] in agency.open(path).text
    acts.take_back(office.desk, coordinator, id_, "まちがえた")
    assert WORDS["text"] not in agency.open(path).text


def stops(office, coordinator, id_):
    """What ends a receiver's reading, and what lets it begin again."""
    line = Consent.get(Consent.case == CASE)

    def withdraw():
        actions.withdraw_consent(office.desk, coordinator, CASE, line.id, "2026-11-24", "")

    yield withdraw, lambda: agree(office, "all", on="2026-11-24")
    close = CaseFile.update(status="closed").where(CaseFile.id == CASE)
    yield close.execute, CaseFile.update(status="active").where(CaseFile.id == CASE).execute
    yield (
        Staff.update(role="community").where(Staff.name == "町の相談員").execute,
        Staff.update(role="agency").where(Staff.name == "町の相談員").execute,
    )


def test_every_role_at_every_page_of_hand_overs(comes, office):  # noqa: F811
    """Each role, by the table alone: with an assignment, and without."""
    coordinator = Staff.get_by_id(comes("coordinator", "ある調整役").id)
    agree(office, "all")
    id_ = acts.send(office.desk, coordinator, CASE, letter())
    phc = f"/handovers/{id_}"
    for role in ROLES:
        person = comes(role, f"{role}のひと")
        see, change = cell(role, "handovers")
        for path in (phc, f"{phc}/sheet"):
            person.open(path)
            assert (WORDS["text"] in person.page) == ("office" in see), (role, path)
        person.open("/handovers")
        assert (person.status == 200) == bool(see), role
        row = Staff.get_by_id(person.id)
        for act in (
            lambda row=row: acts.send(office.desk, row, CASE, letter()),
            lambda row=row: acts.take_back(office.desk, row, id_, "x"),
            lambda row=row: acts.answer(
                office.desk, row, id_, "taken", "", by="x", how="phone", on="2026-11-24"
            ),
        ):
            if "office" in change:
                continue
            with pytest.raises(NotAllowed):
                act()


def test_an_overdue_answer_stands_on_the_morning_page_and_on_accompanying_in_calm_words(comes, office):  # noqa: F811
    page = comes("coordinator")
    agree(office, "all")
    id_ = acts.send(office.desk, Staff.get_by_id(page.id), CASE, letter(answer_by="2026-11-22"))
    for path in ("/today", "/accompanying"):
        assert JA["desk.handover.overdue"] in page.open(path).text, path
    acts.answer(
        office.desk, Staff.get_by_id(page.id), id_, "taken", "", by="石田", how="letter", on="2026-11-24"
    )
    for path in ("/today", "/accompanying"):
        assert JA["desk.handover.overdue"] not in page.open(path).text, path


def test_a_closed_case_is_handed_over_to_nobody(comes, office):  # noqa: F811
    coordinator = Staff.get_by_id(comes("coordinator").id)
    agree(office, "all")
    CaseFile.update(status="closed").where(CaseFile.id == CASE).execute()
    with pytest.raises(DeskError) as error:
        acts.send(office.desk, coordinator, CASE, letter())
    assert error.value.code == "case_closed"


def test_the_offices_own_list_of_sections_is_on_the_form_and_on_phones(comes, office):  # noqa: F811
    acts.set_bodies(office.desk, office.person("tanaka"), ["海の課", "", "海の課", "山の課"])
    assert handovers.bodies() == ["海の課", "山の課"]
    assert "海の課" in comes("coordinator").open(FORM).text
    phone = DeviceRow(
        id="p",
        staff="demo-kobayashi",
        label="",
        status="active",
        sign="",
        seal="",
        enrolled_at=office.desk.now(),
    )
    sent = json.dumps(documents_for(office.desk, phone)[f"case/{CASE}"]["handovers"], ensure_ascii=False)
    assert "山の課" in sent


def test_a_withdrawal_shows_what_it_stops_before_it_is_kept_and_stops_it(comes, office):  # noqa: F811
    """Meeting, another body's assignment, hand-over: shown first, unchanged while only shown, then ended at
    every door.
    """
    page = comes("coordinator")
    coordinator, agency = Staff.get_by_id(page.id), comes("agency", "町の相談員")
    line = agree(office, "all", to="agencies")
    kind = next(one.id for one in kinds() if one.gate == "consent" and one.active)
    told = {"on": "2026-11-25", "begins": "10:00", "ends": "11:00", "place": "", "convenor": "", "chair": ""}
    meeting = conferences.plan(office.desk, coordinator, kind, told, [CASE])
    actions.assign(office.desk, coordinator, CASE, agency.id)
    sent = acts.send(office.desk, coordinator, CASE, letter(receiver=agency.id))
    assert agency.open(f"/cases/{CASE}").text
    assert agency.status == 200
    before = list(dump())
    path = f"/cases/{CASE}/consents/{line}"
    page.open(path)
    for kind in ("meeting", "assigned", "handover"):
        assert JA[f"desk.consent.stops.{kind}.how"] in page.page, kind
    assert "町の相談員" in page.page
    assert list(dump()) == before
    page.send(path, on="2026-11-24", reason="やめたい")
    assert CASE not in {row.id for row in cases_of(meeting)}
    agency.open(f"/cases/{CASE}")
    assert agency.status == 403
    assert WORDS["text"] not in agency.open(f"/handovers/{sent}").text
    assert grounds.standing(CASE, office.desk.today()) == []
    page.open(path)
    assert page.status == 404
    rebuilt = list(dump())
    rebuild(office.desk)
    assert list(dump()) == rebuilt


def test_a_consent_that_ended_by_itself_leaves_the_assignment_on_a_list(comes, office):  # noqa: F811
    page, agency = comes("coordinator"), comes("agency", "町の相談員")
    agree(office, "all", to=f"staff:{agency.id}", until="2026-11-24")
    actions.assign(office.desk, Staff.get_by_id(page.id), CASE, agency.id)
    assert grounds.groundless(office.desk.today()) == []
    office.clock.pass_(days=1)
    assert [row.staff for row in grounds.groundless(office.desk.today())] == [agency.id]
    later = comes("coordinator", "あすの調整役")
    assert JA["desk.handover.groundless"] in later.open("/today").text


def test_the_table_of_what_needs_consent_is_the_one_the_gate_reads(comes):  # noqa: F811
    page = comes("coordinator")
    page.open("/consent-needs")
    told = {one.act for one in grounds.needs()}
    assert set(TELLS) - {"hold_multi_agency"} | {"meet_support", "hand_over"} <= told
    for act in told:
        assert JA[f"desk.consent.act.{act}"] in page.page, act
    manual = (Path(__file__).parents[2] / "docs/consent.md").read_text("utf-8")
    for one in grounds.needs():
        scopes = ", ".join(one.scopes) or "none"
        assert (
            f"| `{one.act}` | {scopes} | {', '.join(one.to) or 'none'} | {', '.join(one.instead) or 'none'} |"
            in manual
        )


def test_a_copy_for_the_person_and_the_month_tell_what_was_handed_over(comes, office, supervisor):  # noqa: F811
    """Each column of a hand-over is in the copy in words, and no code stands in it."""
    coordinator = Staff.get_by_id(comes("coordinator").id)
    agree(office, "all")
    rows = [
        acts.send(office.desk, coordinator, CASE, letter(told=list(TOLD), person="窓口の係")),
        acts.send(office.desk, coordinator, CASE, letter(ground="law", law=LAWS[0], reason="あざ", told=[])),
        acts.send(office.desk, coordinator, CASE, letter(ground="unnamed", told=[])),
    ]
    for place, answer in enumerate(ANSWERS):
        how = {"by": "石田 剛", "how": HOW[1 + place], "on": "2026-11-24"}
        acts.answer(office.desk, coordinator, rows[place], answer, "借家は別の課です", **how)
    acts.take_back(office.desk, coordinator, rows[2], "まちがえた")
    entries, hidden = requests.kept(office.person("nakagawa"), CASE)["handovers"]
    assert (len(entries), hidden) == (3, 0)
    said = [word for one in entries for word in one.words]
    said += [JA[code.key] for one in entries for code in one.codes if code.key]
    for row in Handover.select():
        stands = {
            name: JA.get(f"desk.handover.{name}.{getattr(row, name)}") for name in ("ground", "law", "answer")
        }
        assert set(filter(None, stands.values())) <= set(said)
        assert {JA[f"desk.consent.scopes.{one}"] for one in row.told} <= set(said)
        assert {row.to, row.text} <= set(said)
    assert JA["desk.handover.withdrawn"] in said
    assert not set(said) & {*GROUNDS, *LAWS, *TOLD, *ANSWERS, *HOW}
    counted = figures.count(figures.month_span(office.desk.today().isoformat()[:7]))
    assert counted["handed_on"] == 2, "what was taken back is not counted"
    supervisor.open("/statistics")
    proof = {"csrf": supervisor.token(), "month": office.desk.today().isoformat()[:7]}
    book = openpyxl.load_workbook(
        io.BytesIO(supervisor.client.post("/statistics/export", data=proof, headers=SAME_ORIGIN).data)
    )
    labels = [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]
    assert JA["desk.statistics.row.handed_on"] in labels
