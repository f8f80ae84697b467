"""One household at the desk: drawn and edited by list, with consent, safety card, papers, and everything in time."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from pwa_server.desk import actions
from pwa_server.desk.models.office_and_cases import (
    AccessView,
    CaseDocument,
    CaseFile,
    CaseMerge,
    Consent,
    Member,
    OfficeOption,
    SafetyFlag,
    Staff,
    Tie,
    TwoValues,
    Union,
)
from pwa_server.desk.pages.cases.consents import safe_name
from pwa_server.desk.projections.rebuild import rebuild
from tests.desk.conftest import join

HOSTILE = '<svg onload="alert(1)">\u202e"\'&'
PAGE = "/cases/demo-002/household"


def of_form(page, do, **wanted):
    """The fields of the form that does this, as a browser would send them."""
    for form in page.forms:
        fields = form["fields"]
        if fields.get("do") == do and all(fields.get(name) == value for name, value in wanted.items()):
            return dict(fields)
    raise AssertionError(do)


def test_both_drawings_stand_on_the_case_with_legend_and_words(supervisor):
    page = supervisor.open("/cases/demo-002")
    eco = supervisor.page.split('aria-labelledby="e-t e-d"', 1)[1].split("</section>", 1)[0]
    assert eco.count('class="box"') == 5
    assert eco.split("</svg>", 1)[0].count("tie-strong") == 1  # the outreach
    assert eco.split("</svg>", 1)[0].count("tie-weak") == 1
    assert eco.split("</svg>", 1)[0].count("tie-head") == 2
    assert 'class="legend"' in eco
    assert "緊張" in page.text  # in the legend
    assert "世帯の、強い、世帯へ、Dへ定期的に訪問" in page.text
    assert "/cases/demo-002/household#m-demo-002-d" in page.links  # the figure itself leads to its line


def test_people_and_lines_are_edited_by_list(supervisor, office):
    supervisor.open(PAGE)
    supervisor.send(
        PAGE,
        do="member",
        label="E",
        role="grandparent",
        roleCertainty="stated",
        sex="female",
        ageBand="80s",
        labels="施設に入所",
        deceased="1",
    )
    new = Member.get(Member.label == "E")
    assert (new.sex, new.labels, new.deceased, new.in_household) == ("female", ["施設に入所"], True, False)
    supervisor.send(PAGE, do="parent", parent=new.id, child="demo-002-b", kind="birth", certainty="stated")
    supervisor.send(PAGE, do="union", a="demo-002-a", b="demo-002-b", kind="divorced", certainty="stated")
    supervisor.send(
        PAGE,
        do="tie",
        member="demo-002-d",
        label="将棋の会",
        other="place",
        kind="stress",
        direction="both",
        certainty="inferred",
        note=HOSTILE,
    )
    page = supervisor.open("/cases/demo-002")
    drawing = supervisor.page.split('aria-labelledby="g-t g-d"', 1)[1].split("</svg>", 1)[0]
    assert drawing.count('class="fig"') == 5
    assert drawing.count("l60 60") == 1  # the cross
    assert "Aと離婚" in page.text
    assert "離婚" in page.text.split("同居の囲み")[0]  # the legend explains the two slashes
    assert "Dの、緊張、たがいに" in page.text
    assert "<svg onload" not in supervisor.page

    union = Union.get(Union.case == "demo-002")
    supervisor.open(PAGE)
    supervisor.send(PAGE, do="union_removed", union=union.id)
    supervisor.send(PAGE, do="tie_removed", tie=Tie.get(Tie.label == "将棋の会").id)
    supervisor.send(PAGE, do="member_removed", member=new.id, reason="")
    assert "理由を入れてください" in supervisor.page
    supervisor.send(PAGE, do="member_removed", member=new.id, reason="まちがい")
    assert Union.select().count() == 0
    assert Member.select().where(Member.case == "demo-002").count() == 4
    assert rebuild(office.desk)[1] == []


def test_only_what_was_changed_on_the_form_is_written(supervisor):
    page = supervisor.open(PAGE)
    fields = of_form(page, "member", member="demo-002-d")
    assert fields["was-ageBand"] == "30s"
    told = {
        "do": "member",
        "member": "demo-002-d",
        "saw": fields["saw"],
        "label": "D",
        "role": "child",
        "sex": "unknown",
        "ageBand": "40s",
        "roleCertainty": "stated",
        "labels": "ひきこもり状態（長年）",
        "index": "1",
        "inHousehold": "1",
    }
    was = {name: value for name, value in fields.items() if name.startswith("was-")} | {
        "was-labels": "ひきこもり状態（長年）"
    }
    supervisor.send(PAGE, **told, **was)
    assert Member.get_by_id("demo-002-d").age_band == "40s"
    supervisor.send(PAGE, **told, **was | {"was-ageBand": "40s"})
    assert "変わったところはありません" in supervisor.page


def test_two_people_at_two_desks_change_one_field_and_a_person_decides(supervisor, office, nakagawa):
    ishii = Staff.get_by_id(join(office.desk, "石井 透", "supervisor", "i@sample.invalid", "いしい"))
    page = supervisor.open(PAGE)
    fields = of_form(page, "case")
    actions.change_case(
        office.desk, ishii, "demo-002", {"title": "石井の題"}, CaseFile.get_by_id("demo-002").rev
    )
    sent = {"do": "case", "saw": fields["saw"], "title": "中川の題", "was-title": "事例ケース②"}
    case = CaseFile.get_by_id("demo-002")
    same = {
        "summary": case.summary,
        "kana": case.kana,
        "preferences": case.preferences,
        "worked": "\r\n".join(case.worked),
        "avoid": "\r\n".join(case.avoid),
        "issues": "\r\n".join(one["text"] for one in case.issues),
    }
    supervisor.send(PAGE, **sent, **same, **{f"was-{name}": value for name, value in same.items()})
    assert CaseFile.get_by_id("demo-002").title == "石井の題"
    for path in (PAGE, "/cases/demo-002"):
        page = supervisor.open(path)
        assert "中川の題" in page.text
        assert "石井の題" in page.text
    assert "二人が同じ欄を直したもの" in supervisor.open("/today").text
    supervisor.open("/cases/demo-002")
    supervisor.send(PAGE, do="two", two=TwoValues.get().id, take="other")
    assert CaseFile.get_by_id("demo-002").title == "中川の題"
    assert "二人が同じ欄を直したもの" not in supervisor.open("/today").text


def test_two_records_of_one_household_are_put_together_and_taken_apart(supervisor, office):
    supervisor.open(PAGE)
    supervisor.send(PAGE, do="merge", no="DEMO-999", reason="x")
    assert "番号を確かめて" in supervisor.page
    supervisor.send(PAGE, do="merge", no="DEMO-003", reason="同じ家でした")
    assert "DEMO-003 をこのケースにまとめました" in supervisor.page
    page = supervisor.open("/cases/demo-003")
    assert supervisor.path.startswith("/cases/demo-002")
    assert "DEMO-003 はこのケースにまとめられています" in page.text
    assert "DEMO-003" not in supervisor.open("/cases?show=all").text
    supervisor.open(PAGE)
    supervisor.send(PAGE, do="undo_merge", merge=CaseMerge.get().id, reason="別の家でした")
    supervisor.open("/cases/demo-003")
    assert supervisor.path.startswith("/cases/demo-003")
    assert rebuild(office.desk)[1] == []


def test_one_person_entered_twice_is_drawn_once_and_becomes_two_again(supervisor):
    supervisor.open(PAGE)
    supervisor.send(PAGE, do="member_merged", member="demo-002-c", into="demo-002-d", reason="同じ人")
    drawing = supervisor.page.split('aria-labelledby="g-t g-d"', 1)[1].split("</svg>", 1)[0]
    assert drawing.count('class="fig"') == 3
    assert "C は D と同じ人です" in supervisor.page
    supervisor.send(PAGE, do="member_merged", member="demo-002-c", into="")
    assert Member.get_by_id("demo-002-c").merged_into is None


def test_the_safety_card_is_changed_with_a_day_to_look_again(supervisor):
    supervisor.open("/cases/demo-003")
    supervisor.send(
        "/cases/demo-003/safety", do="set", kind="dog", text="犬が二匹", source="隣の人", review_on=""
    )
    assert "見直す日を入れてください" in supervisor.page
    supervisor.send(
        "/cases/demo-003/safety", kind="violence", text=HOSTILE, source="警察", review_on="2027-02-01"
    )
    assert "<svg onload" not in supervisor.page
    flag = SafetyFlag.get(SafetyFlag.text == HOSTILE)
    supervisor.send("/cases/demo-003/safety", do="remove", flag=flag.id, reason="")
    assert "理由を入れてください" in supervisor.page
    supervisor.send("/cases/demo-003/safety", do="remove", flag=flag.id, reason="別の家の話")
    assert not SafetyFlag.get_by_id(flag.id).active


def test_the_ledger_keeps_every_answer_and_its_end(supervisor, office):
    supervisor.open("/cases/demo-002")
    told = {
        "purpose": "sharing",
        "recipient": "地域包括支援センター",
        "scope": "訪問の日",
        "status": "given",
        "method": "oral",
        "by": "person",
        "givenBy": "D",
    }
    supervisor.send("/cases/demo-002/consents", **told, on="")
    assert "日付を入れてください" in supervisor.page
    supervisor.send("/cases/demo-002/consents", **told, on="2026-11-20")
    assert CaseFile.get_by_id("demo-002").consent == "given"
    consent = Consent.get()
    supervisor.send(f"/cases/demo-002/consents/{consent.id}", on="2026-11-23", reason="本人から電話で")
    assert CaseFile.get_by_id("demo-002").consent == "withdrawn"
    assert "に撤回　本人から電話で" in supervisor.page
    supervisor.send(f"/cases/demo-001/consents/{consent.id}", on="2026-11-23")
    assert supervisor.status == 404  # of another household


def picture(kind="PNG"):
    out = BytesIO()
    Image.new("RGB", (40, 30), "#a67").save(
        out, kind, **({"exif": b"Exif\0\0secret"} if kind == "JPEG" else {})
    )
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "type_", "how"),
    [
        ("同意書.png", picture(), "image/jpeg", "inline"),
        ("a.html", b"<script>alert(1)</script>", "application/octet-stream", "attachment"),
        ("../../etc/passwd", b"%PDF-1.7 ...", "application/pdf", "attachment"),
        ('x"; filename=evil.html', b"<html onload=alert(1)>", "application/octet-stream", "attachment"),
    ],
)
def test_a_paper_is_kept_and_can_do_no_harm_when_it_is_opened(supervisor, name, content, type_, how):
    supervisor.open("/cases/demo-002")
    supervisor.send("/cases/demo-002/documents", title="紙", kind="letter", file=(BytesIO(content), name))
    assert "書類を足しました" in supervisor.page
    row = CaseDocument.get()
    answer = supervisor.client.get(f"/cases/demo-002/documents/{row.id}")
    assert answer.mimetype == type_
    assert answer.headers["Content-Disposition"].startswith(how)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "/" not in row.name
    assert '"' not in row.name
    assert AccessView.select().where(AccessView.what == f"document {row.id}").exists()
    if how == "inline":
        assert b"PNG" not in answer.data[:8]


def test_what_is_no_picture_or_too_big_or_empty_is_refused_in_words(supervisor):
    supervisor.open("/cases/demo-002")
    for content, said in (
        (b"\xff\xd8\xff broken", "ここでは作り直せない"),
        (b"<svg onload=alert(1)>", "ここでは作り直せない"),
        (b"", "空のファイル"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 MBまで"),
    ):
        supervisor.send("/cases/demo-002/documents", title="紙", kind="letter", file=(BytesIO(content), "a"))
        assert said in supervisor.page
    assert CaseDocument.select().count() == 0


PICTURES = Path(__file__).parents[1] / "desk" / "pictures"
SAID = {
    # what was sent → whether its hidden data is said to be gone, and is
    "with_place.heic": True,
    "webp_with_place.webp": True,
    "signature_transparent.png": True,
    "palette_alpha.png": True,
    "mpo_index_broken.jpg": True,
    "letter.pdf": False,
    "letter.docx": False,
}


@pytest.mark.parametrize("name", SAID)
def test_the_page_says_what_is_true_of_this_file(supervisor, name):
    file = PICTURES / name
    hidden = b"CANARY 35.6895N"
    content = (
        file.read_bytes() if file.exists() else b"%PDF-1.7" if name.endswith("pdf") else b"PK\x03\x04"
    ) + hidden
    supervisor.open("/cases/demo-002")
    supervisor.send("/cases/demo-002/documents", title="紙", kind="letter", file=(BytesIO(content), name))
    assert ("情報は残していません" in supervisor.page) is SAID[name]
    assert ("消していません" in supervisor.page) is not SAID[name]
    assert ("届いたまま" in supervisor.page) is not SAID[name]
    row = CaseDocument.get()
    kept = supervisor.client.get(f"/cases/demo-002/documents/{row.id}").data
    assert (b"CANARY" not in kept) is SAID[name]
    if SAID[name]:
        assert row.name.endswith(".jpg")
        shades = Image.open(BytesIO(kept)).convert("L").getextrema()
        assert shades[1] > 60  # not wholly black


def test_half_a_picture_from_an_iphone_is_refused_and_not_kept_as_it_is(supervisor):
    supervisor.open("/cases/demo-002")
    content = (PICTURES / "head_of.heic").read_bytes()
    supervisor.send(
        "/cases/demo-002/documents", title="紙", kind="letter", file=(BytesIO(content), "IMG_1.HEIC")
    )
    assert "置いていません" in supervisor.page
    assert CaseDocument.select().count() == 0


def test_a_name_of_a_file_hides_nothing():
    assert safe_name("C:\\users\\..\\evil\u202egnp.exe") == "evilgnp.exe"
    assert safe_name("../../同意書（写し）.pdf") == "同意書（写し）.pdf"
    assert safe_name("<img src=x>") == "img src_x"
    assert safe_name("///") == "file"
    assert len(safe_name("あ" * 500 + ".pdf")) == 80


def test_the_timeline_holds_everything_and_not_only_contacts(supervisor, office, nakagawa):
    actions.note_consent(
        office.desk,
        nakagawa,
        "demo-002",
        {"purpose": "visits", "recipient": "", "method": "oral", "status": "given", "on": "2026-11-20"},
    )
    supervisor.open("/cases/demo-002?time=all")
    time = supervisor.page.split('id="time"', 1)[1].split("</section>", 1)[0]
    for word in ("訪問を続けること", "受付", "担当になった", "安全カード", "予定", "約束", "関わり"):
        assert word in time, word


def test_how_drawings_look_is_the_offices_choice(supervisor, at_desk):
    supervisor.open("/cases/demo-002")
    tanaka = at_desk("tanaka")
    tanaka.open("/settings")
    tanaka.send("/cases/demo-002/genogram-options", unknownSex="diamond", deceased="filled")
    assert OfficeOption.get_by_id("genogram").value == {"unknownSex": "diamond", "deceased": "filled"}
    drawing = (
        supervisor.open("/cases/demo-002")
        and supervisor.page.split('aria-labelledby="g-t g-d"', 1)[1].split("</svg>", 1)[0]
    )
    assert drawing.count('class="fig" d="M') == 4
    supervisor.send("/cases/demo-002/genogram-options", unknownSex="triangle", deceased="cross")
    assert supervisor.status == 403


def test_a_worker_reads_the_household_of_an_own_case_and_changes_no_case_field(at_desk):
    kobayashi = at_desk("kobayashi")
    page = kobayashi.open(PAGE)
    assert kobayashi.status == 200
    assert not [form for form in page.forms if form["fields"].get("do") == "case"]
    kobayashi.send(PAGE, do="case", title="x", **{"was-title": "y"})
    assert kobayashi.status == 403
    kobayashi.open("/cases/demo-006/household")
    assert kobayashi.status == 403


def test_the_household_speaks_english_too(supervisor):
    supervisor.open("/settings")
    supervisor.send("/language", lang="en")
    text = supervisor.open(PAGE).text + supervisor.open("/cases/demo-002?time=all").text
    for words in (
        "Ecomap",
        "of the household",
        "Sex unknown",
        "Put another case into this one",
        "Edit the safety card",
        "Telling other agencies",
        "Add a paper",
    ):
        assert words in text, words
