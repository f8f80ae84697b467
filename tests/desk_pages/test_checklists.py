"""Checklists are written at the desk or read from a workbook, published to phones, and retired."""

import io
import re
import zipfile

import openpyxl
import pytest

from pwa_server import texts
from pwa_server.desk.actions import checklists
from pwa_server.desk.actions.checklist_import import read_workbook
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.models.figures import ChecklistDraft
from pwa_server.desk.models.office_and_cases import Checklist, Staff
from pwa_server.desk.projections import staff_shapes
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries.checklist_rules import read_choices, write_choices

HEAD = ["type", "name", "label::Japanese (ja)", "label::English (en)", "required"]
GOOD = [
    ["begin_group", "before", "前", "Before"],
    ["select_one who", "A1", "だれが望んでいるか", "Who wants it", "yes"],
    ["text", "A1_t", "ひとこと", "A word"],
    ["end_group"],
    ["begin_group", "after", "後", "After"],
    ["select_one yn", "A2", "退出連絡をした", "Reported leaving", "yes"],
    ["integer", "A3", "段階", "Stage"],
    ["date", "A4", "次の日", "Next day"],
    ["end_group"],
]
CHOICES = [
    ["who", "person", "本人", "The person"],
    ["who", "danger", "命の心配", "Danger", "yes"],
    ["yn", "yes", "はい", "Yes"],
    ["yn", "no", "いいえ", "No"],
]


def book(survey, choices=CHOICES) -> bytes:
    made = openpyxl.Workbook()
    made.active.title = "survey"
    for line in (HEAD, *survey):
        made.active.append(line)
    lists = made.create_sheet("choices")
    for line in (["list_name", "name", "label::Japanese (ja)", "label::English (en)", "urgent"], *choices):
        lists.append(line)
    settings = made.create_sheet("settings")
    settings.append(["form_title", "form_id"])
    settings.append(["冬の訪問", "winter"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def send(person, content: bytes, name="winter_visit", file="winter.xlsx"):
    person.open("/checklists")
    return person.send("/checklists/import", id=name, file=(io.BytesIO(content), file))


def as_shown(person, name):
    """The fields of the form, as a browser would send them back untouched."""
    page = person.open(f"/checklists/{name}")
    form = next(one for one in page.forms if "title-ja" in one["fields"])
    told = {name: value for name, value in form["fields"].items() if name not in ("do", "csrf")}
    ticked = dict(re.findall(r'name="(i\d+-\w)" value="(1)" checked', person.page))
    boxes = {name for name in told if re.fullmatch(r"i\d+-(c|b|t|n|d|must)", name)}
    musts = dict.fromkeys(re.findall(r'name="(i\d+-must)" value="1" checked', person.page), "1")
    areas = dict(re.findall(r'name="(i\d+-choices)"[^>]*>([^<]*)<', person.page))
    phases = dict(re.findall(r'name="(i\d+-phase)">.*?value="(\w+)" selected', person.page, re.DOTALL))
    return (
        {name: value for name, value in told.items() if name not in boxes} | ticked | musts | areas | phases
    )


def test_a_workbook_becomes_a_draft_then_a_version_on_every_phone_then_retires(supervisor, office):
    phone = office.phone_of("kobayashi")
    send(supervisor, book(GOOD))
    assert "4項目を下書きにしました" in supervisor.page
    items = ChecklistDraft.get_by_id("winter_visit").body["items"]
    assert [(one["id"], one["phase"], one["parts"], one["must"]) for one in items] == [
        ("A1", "before", ["c", "t"], True),
        ("A2", "after", ["b"], True),
        ("A3", "after", ["n"], False),
        ("A4", "after", ["d"], False),
    ]
    assert items[0]["choices"][1] == {"id": "danger", "ja": "命の心配", "en": "Danger", "urgent": True}

    supervisor.send("/checklists/winter_visit", do="publish", **as_shown(supervisor, "winter_visit"))
    assert "第1版を公開しました" in supervisor.page
    assert Checklist.get(Checklist.id == "winter_visit").body["items"] == items
    office.round(phone)
    assert phone.m.documents["checklist/winter_visit"]["version"] == 1

    supervisor.open("/checklists/winter_visit")
    supervisor.send("/checklists/winter_visit", do="retire")
    office.round(phone)
    assert "checklist/winter_visit" not in phone.m.documents
    kept = list(dump())
    assert rebuild(office.desk)[1] == []
    assert list(dump()) == kept


def test_what_does_not_fit_is_named_by_sheet_and_row_and_nothing_is_read(supervisor):
    bad = [
        *GOOD,
        ["geopoint", "A5", "場所", "Place"],
        [],
        ["select_one nobody", "A6", "誰", "Who"],
        ["text", "9 9", "", ""],
        ["begin_repeat", "r", "くり返し", "Repeat"],
    ]
    send(supervisor, book(bad, [*CHOICES, ["who", "", "名なし", "Nameless"]]))
    told = re.findall(r'<tr><td>(\w+)</td><td class="num">(\d+)</td><td>(.*?)</td>', supervisor.page)
    assert [(sheet, int(row)) for sheet, row, _ in told] == [
        ("choices", 6),
        ("survey", 11),
        ("survey", 13),
        ("survey", 14),
        ("survey", 14),
        ("survey", 15),
    ]
    assert "geopoint" in told[1][2]
    assert ChecklistDraft.get_or_none() is None


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * 60_000_000)
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose strings expand a billion times in a careless reader."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(GOOD))) as good, zipfile.ZipFile(out, "w") as parts:
        for name in good.namelist():
            content = good.read(name)
            if name == "xl/workbook.xml":
                dtd = (
                    b'<!DOCTYPE x [<!ENTITY a "'
                    + b"l" * 100
                    + b'"><!ENTITY b "'
                    + b"&a;" * 100
                    + b'"><!ENTITY c "'
                    + b"&b;" * 100
                    + b'">]>'
                )
                content = dtd + content.replace(b"survey", b"&c;")
            parts.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04 torn", bomb(), entities(), book(GOOD)[:2000]]
)
def test_a_hostile_file_is_refused_in_a_sentence(supervisor, content):
    send(supervisor, content, file="../../etc/<b>cron</b>.xlsx")
    assert supervisor.status == 200
    assert "何も読み込んでいません" in supervisor.page
    assert ChecklistDraft.get_or_none() is None


def test_html_and_formulas_in_a_workbook_are_only_text(supervisor):
    send(supervisor, book([["text", "Q1", "<script>alert(1)</script>", "=1+1"]]))
    assert "1項目を下書きにしました" in supervisor.page
    assert "<script>alert" not in supervisor.page
    assert ChecklistDraft.get().body["items"][0]["text"]["ja"] == "<script>alert(1)</script>"


def test_a_file_larger_than_a_form_may_be_is_refused():
    with pytest.raises(DeskError, match="file_too_big"):
        read_workbook(b"x" * 1_000_000)


def test_two_people_writing_one_checklist_lose_nothing(supervisor, at_desk):
    supervisor.open("/checklists")
    supervisor.send("/checklists/new", id="spring")
    seen = ChecklistDraft.get_by_id("spring").event
    other = at_desk("tanaka")
    other.open("/checklists/spring")
    other.send("/checklists/spring", do="keep", seen=seen, **{"title-ja": "春の訪問（田中）"})
    supervisor.send("/checklists/spring", do="keep", seen=seen, **{"title-ja": "春の訪問（中川）"})
    assert "田中 彩 さんが下書きを残しました" in supervisor.page
    assert "春の訪問（中川）" in supervisor.page  # what was typed is still there
    assert ChecklistDraft.get_by_id("spring").body["title"]["ja"] == "春の訪問（田中）"
    again = re.search(r'name="seen" value="([^"]+)"', supervisor.page)[1]
    supervisor.send("/checklists/spring", do="keep", seen=again, **{"title-ja": "春の訪問（二人）"})
    assert ChecklistDraft.get_by_id("spring").body["title"]["ja"] == "春の訪問（二人）"


def test_a_checklist_with_a_fault_is_kept_and_not_published(supervisor):
    supervisor.open("/checklists")
    supervisor.send("/checklists/new", id="summer")
    seen = ChecklistDraft.get_by_id("summer").event
    supervisor.send(
        "/checklists/summer",
        do="publish",
        seen=seen,
        **{"title-ja": "夏", "i0-id": "Q1", "i0-ja": "暑さ", "i0-c": "1", "i0-choices": "一つだけ"},
    )
    assert "まだ公開できません" in supervisor.page
    assert "1番目：選択肢は2つから" in supervisor.page
    assert Checklist.get_or_none(Checklist.id == "summer") is None


def test_choices_read_as_they_are_written():
    told = [
        {"id": "a", "ja": "本人", "en": "The person"},
        {"id": "b", "ja": "至急", "en": "Urgent", "urgent": True},
    ]
    assert read_choices(write_choices(told)) == told
    assert read_choices("はい\nいいえ | No\n\n: |\n") == [
        {"id": "c1", "ja": "はい", "en": "はい"},
        {"id": "c2", "ja": "いいえ", "en": "No"},
        {"id": "c3", "ja": ":", "en": ":"},
    ]


def test_a_worker_reads_no_checklists_at_the_desk(at_desk):
    worker = at_desk("kobayashi")
    worker.open("/checklists")
    assert worker.status == 403


def test_saving_a_list_unchanged_takes_nothing_out_of_it(office, supervisor):
    """Every member an item can have by its shape, and one of a newer program."""
    values = {"id": "A1", "phase": "after", "must": True, "mustWhen": "true()", "when": "${A0} = 'yes'",
              "parts": ["n", "t", "d", "c"], "text": {"ja": "数", "en": "Number"}, "hint": {"ja": "助け", "en": "Hint"},
              "choices": [{"id": "a", "ja": "ア", "en": "A"}, {"id": "b", "ja": "イ", "en": "B", "urgent": True}],
              "start": {"n": 3, "t": "ことば", "d": "2026-11-20", "c": "a"}, "least": -2, "most": 12}  # fmt: skip
    assert set(values) == {
        name.rstrip("?") for name in staff_shapes.SHAPES["checklist.drafted"]["body"]["items"][0]
    }
    first = {
        "id": "A0",
        "phase": "before",
        "must": False,
        "parts": ["b"],
        "text": {"ja": "問い", "en": "Question"},
    }
    body = {"title": {"ja": "題", "en": "Title"}, "intro": {"ja": "はじめ", "en": "Intro"},
            "items": [first, values | {"newer": {"of": ["a newer program"]}}]}  # fmt: skip
    checklists.keep_draft(office.desk, Staff.get_by_id("demo-nakagawa"), "whole", body)
    told = as_shown(supervisor, "whole")
    supervisor.send("/checklists/whole", **told, do="keep")
    assert ChecklistDraft.get_by_id("whole").body == body
    for typed, kept in (("13", "13"), ("many", "many")):
        supervisor.send(
            "/checklists/whole", **as_shown(supervisor, "whole") | {"i1-least": typed}, do="publish"
        )
        assert texts.t("ja", "desk.checklist.wrong.bounds", n=2) in supervisor.page
        assert str(ChecklistDraft.get_by_id("whole").body["items"][1]["least"]) == kept
