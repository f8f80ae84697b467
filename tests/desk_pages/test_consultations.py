"""相談受付: every field of the form through taking, correcting, conflict, carrying over, page and paper; every role."""

import json
import re

import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.actions import consultations as acts
from pwa_server.desk.actions.community import give_notice
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.models.community import Notice
from pwa_server.desk.models.consultations import (
    BY_NAME,
    COLUMNS,
    ENDINGS,
    FIELDS,
    SECTIONS,
    Consultation,
    TriageDecision,
    answer,
)
from pwa_server.desk.models.office_and_cases import CaseFile, CaseMerge, LogEntry, Member, Staff
from pwa_server.desk.projections.alike import digits
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import cases, search
from pwa_server.desk.queries.access import ROLES, TABLE, cell
from pwa_server.desk.queries.alike import alike
from pwa_server.desk.queries.consultation_form import read, reported
from pwa_server.desk.queries.field_classes import FIELDS as CLASSES
from pwa_server.desk.queries.gates import why_not
from tests.desk.conftest import join

NEEDED = {"consent": "refused", "urgency": "normal"}


def filled(n=0):
    """An answer to every field; another one for another n."""
    told = {}
    for place, one in enumerate(FIELDS):
        told[one.name] = {
            "text": f"ことば{n}-{place}",
            "long": f"一行目{n}-{place}\n二行目",
            "day": f"2026-10-{n + 1:02d}",
            "staff": ("demo-nakagawa", "demo-kobayashi")[n % 2],
            "one": one.codes[n % len(one.codes)] if one.codes else "",
            "many": list(one.codes[n : n + 2]),
        }[one.kind]
    return told


@pytest.fixture
def taken(office, nakagawa):
    return acts.receive(office.desk, nakagawa, filled())


def test_the_table_declares_each_field_whole():
    assert len(BY_NAME) == len(FIELDS)
    assert {one.name for one in FIELDS if one.needed} == {"consent", "urgency"}
    assert {one.section for one in FIELDS} == set(SECTIONS)
    for one in FIELDS:
        assert one.data_class in TABLE
        assert CLASSES[Consultation][one.column] == one.data_class
        assert bool(one.codes) == (one.kind in ("one", "many"))
        for lang in ("ja", "en"):
            assert texts.has(lang, f"desk.consultation.field.{one.name}"), one.name
            for code in one.codes:
                assert texts.has(lang, f"{one.group}.{code}"), (one.name, code)
    topics = BY_NAME["topics"].codes
    assert (len(topics), topics[-1]) == (16, "other")


@pytest.mark.parametrize("field", [one for one in FIELDS if one.needed], ids=lambda one: one.name)
def test_only_consent_and_urgency_block_and_neither_is_preselected(supervisor, field):
    page = supervisor.open("/consultations/new")
    assert not re.search(rf'name="{field.name}"[^>]*checked', supervisor.page)
    assert page.forms
    supervisor.send("/consultations/new", **(NEEDED | {field.name: ""}), reason="ここまで書いた", name="山田")
    assert supervisor.status == 400
    assert f'id="e-{field.name}"' in supervisor.page
    assert "ここまで書いた" in supervisor.page
    assert 'value="山田"' in supervisor.page
    assert not Consultation.select().exists()
    supervisor.send("/consultations/new", **NEEDED)
    assert Consultation.select().count() == 1


def test_what_a_field_cannot_hold_stands_beside_it_and_nothing_is_lost(supervisor):
    for field in FIELDS:
        _refused(supervisor, field)


def _refused(supervisor, field):
    wrong = {"day": "2026-02-30", "one": "no-such-code", "many": ["no-such-code"]}.get(
        field.kind, "あ" * 5000
    )
    _, found = read(filled() | {field.name: wrong})
    assert set(found) == {field.name}
    supervisor.open("/consultations/new")
    supervisor.send("/consultations/new", **(NEEDED | {"household": "残ること", field.name: wrong}))
    assert supervisor.status == 400
    assert f'id="e-{field.name}"' in supervisor.page
    assert field.name == "household" or "残ること" in supervisor.page


def test_every_field_is_taken_shown_printed_and_corrected(supervisor):
    supervisor.open("/consultations/new")
    supervisor.send("/consultations/new", **filled())
    row = Consultation.get()
    assert {one.name: answer(row, one.name) for one in FIELDS} == filled()
    shown = (supervisor.page, supervisor.open(f"/consultations/{row.id}/sheet").text)
    for one in FIELDS:
        label = texts.t("ja", f"desk.consultation.field.{one.name}")
        if one.variant != "without":  # the variant that was not chosen is kept, and not used
            assert all(label in page for page in shown), one.name
        if one.kind in ("text", "long") and one.variant != "without":
            assert all(filled()[one.name].splitlines()[0] in page for page in shown), one.name
    before = json.dumps(filled(), ensure_ascii=False)
    supervisor.open(f"/consultations/{row.id}")
    supervisor.send(f"/consultations/{row.id}", **{"was-answers": before}, **filled(1))
    row = Consultation.get()
    assert {one.name: answer(row, one.name) for one in FIELDS} == filled(1)


def test_a_form_left_open_takes_nothing_back(supervisor, office, nakagawa, taken):
    for field in FIELDS:
        _left_open(supervisor, office, nakagawa, taken, field)
        acts.correct(office.desk, nakagawa, taken, filled())


def _left_open(supervisor, office, nakagawa, taken, field):
    """Somebody corrects one field; a form drawn before changes another: it is told, and then both stand."""
    other = next(one for one in FIELDS if one.name != field.name and one.kind == "text")
    supervisor.open(f"/consultations/{taken}")
    drawn = re.search(r'name="drawn" value="(\d+)"', supervisor.page)[1]
    acts.correct(office.desk, nakagawa, taken, filled() | {field.name: filled(1)[field.name]})
    form = filled() | {other.name: "あとから"}
    before = json.dumps(filled(), ensure_ascii=False)
    supervisor.send(f"/consultations/{taken}", **{"was-answers": before}, drawn=drawn, **form)
    assert supervisor.status == 409
    end = LogEntry.select().count()
    supervisor.send(f"/consultations/{taken}", **{"was-answers": before}, drawn=end, **form)
    row = Consultation.get()
    assert answer(row, field.name) == filled(1)[field.name]
    assert answer(row, other.name) == "あとから"


@pytest.mark.parametrize("how", ENDINGS)
def test_a_consultation_ends_and_can_go_on(supervisor, taken, how):
    supervisor.open(f"/consultations/{taken}")
    supervisor.send(f"/consultations/{taken}/end", how="", note="書いたこと")
    assert supervisor.status == 400
    assert "書いたこと" in supervisor.page
    if how != "information":
        supervisor.send(f"/consultations/{taken}/end", how=how, note=" ")
        assert 'id="e-note"' in supervisor.page
    supervisor.send(f"/consultations/{taken}/end", how=how, note="窓口を伝えた")
    assert (Consultation.get().state, Consultation.get().ending) == ("ended", how)
    assert (
        texts.t("ja", f"desk.consultation.ending.{how}") in supervisor.open("/consultations?show=ended").text
    )
    supervisor.open(f"/consultations/{taken}")
    supervisor.send(f"/consultations/{taken}/end", how="reopen")
    assert Consultation.get().state == "open"


def test_it_becomes_a_case_with_all_that_is_known_and_the_57_stay(supervisor, office, taken):
    table = cases.triage_table()
    supervisor.open(f"/consultations/{taken}")
    supervisor.send(f"/consultations/{taken}/case", no="R8-001", title="A・40代の世帯")
    case = CaseFile.get(CaseFile.no == "R8-001")
    assert supervisor.path.startswith(f"/cases/{case.id}")
    member = Member.get(Member.case == case.id)
    told = filled()
    assert [getattr(member, name) for name in ("name", "reading", "birth_date", "address", "telephone")] == [
        told[name] for name in ("name", "reading", "birthDate", "address", "telephone")
    ]
    assert (case.consent, case.referral_org, case.summary) == ("given", told["sourceOrg"], told["household"])
    assert case.triage_decision == "undecided"
    assert cases.triage_table() == table
    assert told["name"] in supervisor.page
    for text in (told["name"], told["reading"], told["address"], told["telephone"]):
        assert text not in json.dumps([case.household, case.title, case.no, case.kana], ensure_ascii=False)
    title = re.search(r"<title>(.*?)</title>", supervisor.page, re.DOTALL)[1]
    assert told["name"] not in title + supervisor.path
    hits, _ = search.find(office.desk, office.person("nakagawa"), None, told["name"], {})
    assert [hit.case for hit in hits] == [case.id]
    before = list(dump())
    _, differing = rebuild(office.desk)
    assert differing == []
    assert list(dump()) == before


@pytest.mark.parametrize("name", ["name", "reading", "birthDate", "telephone", "national"])
def test_a_number_says_nothing_of_the_person(office, nakagawa, name):
    told = NEEDED | {
        "name": "山田 太郎",
        "reading": "やまだ たろう",
        "birthDate": "1984-05-06",
        "telephone": "077-123-4567",
    }
    consultation = acts.receive(office.desk, nakagawa, told)
    number = {"name": "R8-山田", "reading": "ヤマダ-1", "birthDate": "R8-19840506", "telephone": "0771234567",
              "national": "123456789012"}[name]  # fmt: skip
    with pytest.raises(DeskError, match="number_names_person"):
        acts.make_case(office.desk, nakagawa, consultation, number, "世帯")
    acts.make_case(office.desk, nakagawa, consultation, "R8-1", "世帯")
    with pytest.raises(DeskError, match="number_names_person"):
        acts.set_case_number(office.desk, nakagawa, consultation, number)
    with pytest.raises(DeskError, match="case_number_taken"):
        acts.set_case_number(office.desk, nakagawa, consultation, "DEMO-001")
    acts.set_case_number(office.desk, nakagawa, consultation, "R8-2")
    assert CaseFile.get_by_id(consultation).no == "R8-2"


LIKE = {
    "name": ("髙橋 花子", "高橋花子"),
    "reading": ("タカハシ ハナコ", "たかはし はなこ"),
    "address": ("草津市１－２－３", "草津市1-2-3"),
    "telephone": ("０７７−５６１−０００１", "+81 77 561 0001"),
}


@pytest.mark.parametrize("name", LIKE)
@pytest.mark.parametrize("where", ["case", "consultation"])
def test_a_look_alike_is_decided_on_before_a_second_case_is_made(supervisor, office, nakagawa, name, where):
    before, now = LIKE[name]
    first = acts.receive(office.desk, nakagawa, NEEDED | {name: before, "reason": "前の相談の中身"})
    if where == "case":
        acts.make_case(office.desk, nakagawa, first, "R8-001", "前の世帯")
    second = acts.receive(office.desk, nakagawa, NEEDED | {name: now})
    [one] = alike({name: now}, but=frozenset((second,)))
    assert (one.kind, one.id, name in one.why) == (where, first, True)
    supervisor.open(f"/consultations/{second}")
    assert texts.t("ja", f"desk.consultation.alike_why.{name}") in supervisor.page
    assert "前の相談の中身" not in supervisor.page
    supervisor.send(f"/consultations/{second}/case", no="R8-002", title="二つめ")
    assert supervisor.status == 400
    assert 'value="二つめ"' in supervisor.page
    assert Consultation.get_by_id(second).state == "open"
    if where == "case":
        supervisor.send(f"/consultations/{second}/case", into=first)
        assert Consultation.get_by_id(second).into == first
        assert not CaseFile.select().where(CaseFile.no == "R8-002").exists()
    else:
        supervisor.send(f"/consultations/{second}/case", into="apart", no="R8-002", title="二つめ")
        assert CaseFile.select().where(CaseFile.no == "R8-002").exists()


def test_numbers_are_compared_as_they_are_dialled():
    assert digits("+81-77-561-0001") == digits("077 (561) 0001") == digits("０７７５６１０００１")


def test_it_begins_with_a_notice_and_carries_over_what_was_told(supervisor, office, nakagawa):
    give_notice(office.desk, nakagawa, "角の家の方", "大路", "新聞がたまっている", "ask")
    notice = Notice.get()
    assert f"/consultations/new?notice={notice.id}" in supervisor.open("/notices").links
    supervisor.open(f"/consultations/new?notice={notice.id}")
    assert "新聞がたまっている" in supervisor.page
    supervisor.send("/consultations/new", notice=notice.id, reason="新聞がたまっている", **NEEDED)
    assert Consultation.get().notice == notice.id
    assert "新聞がたまっている" in supervisor.page


def test_it_begins_with_a_case_of_a_phone_and_belongs_to_it(supervisor, office):
    phone = office.phone_of("kobayashi")
    known = {"name": "佐藤 次郎", "age": "40代くらい", "place": "大路", "through": "民生委員"}
    event = phone.event("case.begun", "B" * 22, {"title": "大路の方", "known": known})
    phone.write(event)
    office.round(phone)
    case = event["case"]
    assert f"/consultations/new?begun={case}" in supervisor.open(f"/cases/{case}").links
    supervisor.open(f"/consultations/new?begun={case}")
    for text in (known["name"], known["place"], known["through"]):
        assert f'value="{text}"' in supervisor.page
    supervisor.send("/consultations/new", begun=case, name=known["name"], address=known["place"], **NEEDED)
    row = Consultation.get()
    assert (row.state, row.into) == ("case", case)
    assert Member.get(Member.case == case).name == known["name"]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_takes_reads_and_ends_what_the_table_says(office, app, taken, role):
    id_ = join(office.desk, f"{role} の人", role, f"{role}@sample.invalid")
    person = Staff.get_by_id(id_)
    writes = "office" in cell(role, "core")[1]
    act_by = (
        lambda: acts.receive(office.desk, person, NEEDED),
        lambda: acts.correct(office.desk, person, taken, filled(1)),
        lambda: acts.end(office.desk, person, taken, "information", ""),
        lambda: acts.reopen(office.desk, person, taken),
        lambda: acts.make_case(office.desk, person, taken, "R8-001", "世帯"),
    )
    for act in act_by:
        if writes:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()


def test_every_word_is_found_by_whoever_may_read_it(supervisor, office, nakagawa, taken):
    """While it is open by the room's own search, which leaves its words in no address; as a case by the desk's."""
    told = {one.name: f"{one.name.lower()}の語" for one in FIELDS if one.kind in ("text", "long")}
    acts.correct(office.desk, nakagawa, taken, filled() | told)
    supervisor.open("/consultations")
    for word in told.values():
        supervisor.send("/consultations/find", q=word.upper())
        assert f"/consultations/{taken}" in supervisor.page, word
        assert word not in supervisor.path
    supervisor.send("/consultations/find", q="どこにもない")
    assert f"/consultations/{taken}" not in supervisor.page
    acts.make_case(office.desk, nakagawa, taken, "R8-001", "世帯")
    for word in told.values():
        hits, _ = search.find(office.desk, nakagawa, None, word, {})
        assert taken in [hit.case for hit in hits], word


def test_it_stays_whole_when_its_case_is_joined_to_another_and_apart_again(office, nakagawa, taken):
    desk = office.desk
    case = acts.make_case(desk, nakagawa, taken, "R8-001", "世帯")
    second = acts.receive(desk, nakagawa, NEEDED | {"name": "ほかの人"})
    acts.join_case(desk, nakagawa, second, case)
    actions.decide_triage(desk, nakagawa, case, "existing_network", None, "理由", review_on="2027-03-01")
    for act in (
        lambda: actions.merge_cases(desk, nakagawa, case, "demo-050", "同じ世帯"),
        lambda: acts.correct(desk, nakagawa, taken, filled(1)),
        lambda: actions.undo_merge(desk, nakagawa, CaseMerge.get().id, "別だった"),
    ):
        act()
        assert {row.id: row.into for row in Consultation.select()} == {taken: case, second: case}
        assert Member.select().where(Member.name == filled()["name"]).count() == 1
        assert TriageDecision.select().where(TriageDecision.reason == "理由").count() == 1
        before = list(dump())
        assert rebuild(desk)[1] == []
        assert list(dump()) == before
    assert {one.name: answer(Consultation.get_by_id(taken), one.name) for one in FIELDS} == filled(1)


def test_names_and_numbers_are_on_phones_of_the_case_alone(office, nakagawa, taken):
    case = acts.make_case(office.desk, nakagawa, taken, "R8-001", "世帯")
    actions.assign(office.desk, nakagawa, case, "demo-kobayashi")
    phone, other = office.phone_of("kobayashi"), office.phone_of("nishimura")
    office.round(phone)
    office.round(other)
    told = filled()
    names = ("name", "reading", "birthDate", "address", "telephone")
    [person] = phone.docs[f"case/{case}"]["persons"]
    assert {name: person[name] for name in names} == {name: told[name] for name in names}
    words = [told[name] for name in names if name != "birthDate"]
    elsewhere = {path: body for path, body in phone.docs.items() if path != f"case/{case}"}
    for docs in (elsewhere, other.docs):
        assert not [word for word in words if word in json.dumps(docs, ensure_ascii=False)]
    actions.unassign(office.desk, nakagawa, case, "demo-kobayashi", "")
    office.round(phone)
    assert f"case/{case}" not in phone.docs


def test_what_goes_to_the_state_is_the_offices_own_table(supervisor, office, taken):
    tanaka = office.person("tanaka")
    assert {one.name for one in FIELDS if one.reported} == reported()
    acts.set_reported(office.desk, tanaka, ["address", "no-such-field"])
    assert reported() == {"address"}
    with pytest.raises(NotAllowed):
        acts.set_reported(office.desk, office.person("nakagawa"), [])
    supervisor.open(f"/consultations/{taken}/sheet")
    assert supervisor.page.count('class="nr"') == 1


def test_lists_are_empty_in_words_and_hold_no_name(supervisor, office, nakagawa):
    for show in ("open", "ended", "case"):
        assert (
            texts.t("ja", f"desk.consultations.empty.{show}")
            in supervisor.open(f"/consultations?show={show}").text
        )
    acts.receive(office.desk, nakagawa, filled())
    page = supervisor.open("/consultations").text
    assert filled()["sourceOrg"] in page
    assert filled()["name"] not in page
    assert set(COLUMNS) == {f"told_{one.data_class}" for one in FIELDS}


def test_every_answer_to_whom_has_its_words_in_the_ledger():
    assert tuple(acts.LEDGER) == BY_NAME["consentScope"].codes


@pytest.mark.parametrize(
    "ticked", [(), ("source",), ("host",), ("source", "host"), ("team",), ("source", "team", "host")]
)
def test_a_narrow_consent_does_not_read_as_a_wide_one(office, nakagawa, ticked):
    """Only who agreed to the team agreed to a conference of agencies; nobody ticked is nobody agreed to."""
    told = NEEDED | {"consent": "given", "consentScope": list(ticked), "sourceOrg": "みなみ薬局"}
    consultation = acts.receive(office.desk, nakagawa, told)
    case = acts.make_case(
        office.desk, nakagawa, consultation, f"K-{len(ticked)}-{'team' in ticked}", "あたらしい世帯"
    )
    missing = None if "team" in ticked else "consent_missing"
    assert why_not("meet_multi_agency", case, office.desk.today()) == missing
