"""Paper: the case sheet, one record, and a copy for the person in which what is masked is not there."""

import re
from pathlib import Path

import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.actions import disclosure
from pwa_server.desk.models.figures import Disclosure
from pwa_server.desk.models.office_and_cases import Visit, VisitVersion
from pwa_server.desk.projections.rebuild import dump, rebuild

ROOT = Path(__file__).parents[2]
TEMPLATES, STYLES = ROOT / "templates/desk", ROOT / "static/css/desk"
HTML = "<script>alert(1)</script>"


@pytest.fixture
def written(office):
    """A contact with something in every box, approved."""
    nakagawa, phone = office.person("nakagawa"), office.phone_of("kobayashi")
    visit = phone.visit(
        "demo-002",
        occurredAt=office.desk.now(),
        outcome="met_person",
        stage=5,
        stageEvent="困りごとを話した",
        notes={
            "fact": f"居間で話した。{HTML}\n机に模型があった。",
            "quote": "D「また来て」",
            "thirdParty": "隣家：夜に灯りがつく",
            "view": "疲れが強い",
        },
        reflection="迷いがある",
    )
    phone.write(visit)
    office.round(phone)
    actions.approve(office.desk, nakagawa, visit["id"])
    return visit["id"]


def test_the_case_sheet_has_the_safety_card_first_and_nothing_of_third_parties_or_views(supervisor, written):
    page = supervisor.open("/cases/demo-002/sheet")
    sheet = supervisor.page.split('class="sheet"', 1)[1]
    assert sheet.index("boxed") < sheet.index("ジェノグラム")
    for told in ("呼び鈴は一回", "困りごとを話した", "「また来て」", "中川 真理が印刷"):
        assert told in page.text, told
    for kept in ("隣家", "疲れが強い", "迷いがある"):
        assert kept not in supervisor.page, kept
    page = supervisor.send(
        "/cases/demo-002/sheet", purpose=f"支援会議の準備{HTML}", n="2", of="3", back="2026-12-12"
    )
    assert "写し 2 / 3" in page.text
    assert "12月12日（土）に回収" in page.text
    assert HTML not in supervisor.page
    assert "ケース票" in supervisor.open("/access-log?case=demo-002").text


@pytest.mark.parametrize(("n", "shown"), [("-1", "1"), ("999999", "1"), ("²", "1"), ("<", "1"), ("7", "7")])
def test_an_odd_copy_number_is_the_first(supervisor, n, shown):
    supervisor.open("/cases/demo-002/sheet")
    page = supervisor.send("/cases/demo-002/sheet", purpose="", n=n, of="3", back="いつか")
    assert f"写し {shown} / 3" in page.text


def test_what_nobody_has_reviewed_is_not_on_the_sheet(supervisor, office):
    phone = office.phone_of("kobayashi")
    phone.write(
        phone.visit("demo-002", occurredAt=office.desk.now(), stageEvent="まだ見ていない出来事", stage=5)
    )
    office.round(phone)
    assert "まだ見ていない出来事" not in supervisor.open("/cases/demo-002/sheet").text


def test_one_record_is_printed_without_what_stays_in_the_office(supervisor, written):
    page = supervisor.open(f"/visits/{written}/print")
    assert "机に模型があった" in page.text
    for kept in ("隣家", "疲れが強い", "迷いがある", HTML):
        assert kept not in supervisor.page, kept


def test_a_disclosure_copy_masks_third_parties_and_views_and_keeps_the_persons_words(
    supervisor, written, office
):
    page = supervisor.open("/cases/demo-002/disclosure")
    assert "「また来て」" in page.text
    supervisor.send("/cases/demo-002/disclosure", requester="person", on="2026-11-20")
    assert supervisor.status == 200
    for told in ("「また来て」", "机に模型があった", "第78条第1項第2号", "第78条第1項第7号", "審査請求"):
        assert told in supervisor.page, told
    for masked in ("隣家", "疲れが強い", "迷いがある", HTML):
        assert masked not in supervisor.page, masked
    kept = list(dump())
    assert rebuild(office.desk)[1] == []
    assert list(dump()) == kept


def test_each_paragraph_is_decided_alone_and_a_later_correction_is_not_in_the_copy(
    supervisor, written, office
):
    version = Visit.get_by_id(written).current_version
    supervisor.open("/cases/demo-002/disclosure")
    supervisor.send(
        "/cases/demo-002/disclosure",
        requester="representative",
        on="2026-11-20",
        **{f"{version} notes.fact 1": "78-2", f"{version} notes.view 0": ""},
    )
    path = supervisor.path
    assert "居間で話した" in supervisor.page
    assert "机に模型があった" not in supervisor.page
    assert "疲れが強い" in supervisor.page
    body = VisitVersion.get_by_id(version).body | {
        "notes": {"fact": "あとから書いた事実", "quote": "", "thirdParty": "", "view": ""}
    }
    actions.correct_visit(office.desk, office.person("nakagawa"), written, version, ["notes.fact"], body)
    supervisor.open(path)
    assert "あとから書いた事実" not in supervisor.page


@pytest.mark.parametrize("wrong", [{"requester": "nobody"}, {"on": "20日"}, {"on": ""}])
def test_a_copy_needs_who_asked_and_when(supervisor, written, wrong):
    supervisor.open("/cases/demo-002/disclosure")
    supervisor.send("/cases/demo-002/disclosure", **({"requester": "person", "on": "2026-11-20"} | wrong))
    assert Disclosure.select().count() == 0
    assert "請求した人と、請求の日" in supervisor.page


def test_an_invented_reason_masks_nothing(supervisor, written):
    version = Visit.get_by_id(written).current_version
    supervisor.open("/cases/demo-002/disclosure")
    supervisor.send(
        "/cases/demo-002/disclosure",
        requester="person",
        on="2026-11-20",
        **{f"{version} notes.fact 0": "because"},
    )
    assert Disclosure.select().count() == 0


def test_a_worker_makes_no_disclosure_copy(at_desk):
    worker = at_desk("kobayashi")
    worker.open("/cases/demo-002/disclosure")
    assert worker.status == 403
    worker.open("/cases/demo-006/sheet")
    assert worker.status == 403


def test_whose_words_they_are_is_derived_or_asked(supervisor, office):
    names = disclosure.speakers("demo-002")
    for line, speaker in {
        "D「来てもいい」": "person",
        "「もういい」と本人": "person",
        "「もう限界です」と母": "third_party",
        "「母がうるさい」（D）": "person",
        "祖母「本人は寝ている」": "third_party",
        "「今日は会いたくないと言っている」とBから": "third_party",
        "「また来て」": "unknown",
        "Dと母「はい」": "unknown",
    }.items():
        assert disclosure.spoken_by(line, names) == speaker, line


def test_no_copy_is_made_before_every_doubt_is_decided(supervisor, office):
    phone, nakagawa = office.phone_of("kobayashi"), office.person("nakagawa")
    visit = phone.visit(
        "demo-002",
        occurredAt=office.desk.now(),
        notes={"fact": "玄関で", "quote": "「もう来ないで」\nB「疲れました」"},
        living={"meals": "attention"},
        risk={"self_neglect": "concern"},
    )
    phone.write(visit)
    office.round(phone)
    actions.approve(office.desk, nakagawa, visit["id"])
    version = Visit.get_by_id(visit["id"]).current_version
    page = supervisor.open("/cases/demo-002/disclosure")
    meals = f"{texts.t('ja', 'living.meals')} {texts.t('ja', 'living.value.attention')}"
    neglect = f"{texts.t('ja', 'risk.self_neglect')} {texts.t('ja', 'risk.value.concern')}"
    for told in (meals, neglect):
        assert told in page.text, told
    whole = {"requester": "person", "on": "2026-11-20"}
    supervisor.send("/cases/demo-002/disclosure", **whole, **{f"{version} notes.fact 0": ""})
    assert Disclosure.select().count() == 0
    assert "まだ決めていない段落" in supervisor.page
    decided = {f"{version} notes.quote 0": "", f"{version} risk 0": "78-1"}
    supervisor.send("/cases/demo-002/disclosure", **whole, **decided)
    assert Disclosure.select().count() == 1
    for told in ("「もう来ないで」", meals, "第78条第1項第1号"):
        assert told in supervisor.page, told
    for masked in ("疲れました", neglect):
        assert masked not in supervisor.page.split('class="sheet"', 1)[1], masked


PAPERS_OF_THE_AREA = {
    "issues_print",
    "learnings_print",
    "places_print",
    "resources_print",
    "statistics",
}  # of no household


def test_every_paper_says_on_each_page_what_it_is_and_how_to_handle_it():
    """The line above is the head of a table, which a browser repeats on every page; the page counts itself (print.css)."""
    papers = {
        one.stem: text
        for one in TEMPLATES.glob("[!_]*.html")
        if re.search(r'data-print|paper_head\(|class="sheet', text := one.read_text("utf-8"))
    }
    assert len(papers) > 12
    for name, text in papers.items():
        head = re.search(r"{% call parts\.paged\((.*?)\) %}", text, re.DOTALL)
        assert head, name
        if name not in PAPERS_OF_THE_AREA:
            assert re.search(
                r"desk\.(paper\.handle|plan\.sheet_for|meeting\.confidential|disclosure\.title|request\.sheet)",
                head[1],
            ), name
        assert re.search(r"printed_by|read_by", head[1]), name
    assert "counter(page)" in (STYLES / "print.css").read_text("utf-8")
