"""A ledger comes in: every spelling offices keep, tried before it is written, as one act, taken back as one."""

import csv
import io
import itertools
import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.actions import imports as acts
from pwa_server.desk.backup import backup
from pwa_server.desk.core import confined
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.log.event_log import verify_chain
from pwa_server.desk.models.imports import Import, ImportedRow, ImportFile, ImportLines
from pwa_server.desk.models.office_and_cases import (
    Assignment,
    CaseFile,
    FollowUp,
    LogEntry,
    Member,
    Staff,
    Visit,
    VisitVersion,
)
from pwa_server.desk.projections.rebuild import digests, rebuild
from pwa_server.desk.queries import import_fields as fields
from pwa_server.desk.queries.access import ROLES
from sync.visit_fields import PATHS
from tests.desk.test_loss import restore
from tests.desk_pages.conftest import PASSWORD, SAME_ORIGIN

HEAD = [
    "ケース番号",
    "氏名",
    "フリガナ",
    "生年月日",
    "性別",
    "住所",
    "電話番号",
    "受付日",
    "紹介元",
    "家族構成",
    "主訴",
    "担当者",
    "備考",
]
ROWS = [
    [
        "K-001",
        "山田 太郎",
        "ヤマダ タロウ",
        "S55.3.2",
        "男",
        "草津市一丁目",
        "077-000-0001",
        "令和7年4月1日",
        "民生委員",
        "母と二人",
        "外に出ない、眠れない",
        "小林 美咲",
        "x",
    ],
    [
        "Ｋ－００２",
        "川口 花",
        "",
        "1990/12/31",
        "女性",
        "草津市二丁目",
        "",
        "R7.4.2",
        "",
        "",
        "",
        "知らない人",
        "",
    ],
    ["", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["K-003", "谷 一", "", "平成二年", "", "", "", "45748", "", "", "", "", ""],
    ["K-004", "森 二", "", "", "どちらでもない", "", "", "", "", "", "", "", ""],
    ["DEMO-001", "林 三", "", "", "", "", "", "", "", "", "", "", ""],
    ["K-005", "同じ", "", "", "", "", "", "", "", "", "", "", ""],
    ["K-005", "同じ", "", "", "", "", "", "", "", "", "", "", ""],
]
FAULTS = [
    (5, "生年月日", "day"),
    (6, "性別", "code"),
    (7, "ケース番号", "number_taken"),
    (8, "ケース番号", "number_twice"),
    (9, "ケース番号", "number_twice"),
]


def csv_of(rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def xlsx_of(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


DAY = datetime(2025, 4, 1)  # noqa: DTZ001 - a cell of Excel has no zone
TABLE = [HEAD, *ROWS]
SPELLED = {
    "utf-8": csv_of(TABLE).encode(),
    "utf-8 with a mark": csv_of(TABLE).encode("utf-8-sig"),
    "utf-16": csv_of(TABLE, "\t").encode("utf-16"),
    "shift_jis": csv_of(TABLE).encode("cp932"),
    "semicolons": csv_of(TABLE, ";").encode(),
    "tabs": csv_of(TABLE, "\t").encode("cp932"),
    "excel": xlsx_of(TABLE),
    "a title above": csv_of([["令和7年度 相談台帳"], [], *TABLE]).encode(),
}


def kobayashi_named():
    return Staff.get_by_id("demo-kobayashi").name


@pytest.mark.parametrize("name", SPELLED)
def test_a_table_is_read_however_it_was_written(name):
    told = confined.run("table", SPELLED[name])
    assert told["head"] == HEAD
    assert told["rows"] == ROWS
    assert told["first"] == (4 if name == "a title above" else 2)


def test_merged_names_and_what_excel_keeps_as_numbers_come_as_words():
    rows = [
        ["No", "連絡先", "", "日付", "時刻"],
        ["", "電話", "住所", "", ""],
        [1.0, 779990001, "草津", DAY, DAY.replace(hour=9, minute=30)],
        [2.5, None, None, date(2025, 4, 2), None],
    ]
    told = confined.run("table", xlsx_of(rows))
    assert told["head"] == ["No", "連絡先 電話", "連絡先 住所", "日付", "時刻"]
    assert told["rows"][0] == ["1", "779990001", "草津", "2025-04-01", "2025-04-01 09:30"]
    assert told["rows"][1] == ["2.5", "", "", "2025-04-02", ""]
    assert fields.guess("cases", told["head"], {})[2] == "address"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_unreadable"),
        (b"\xff\xd8\xff\xe0" + bytes(300), "file_unreadable"),
        (csv_of([["a", "b"], *[["1", "2"]] * 20_001]).encode(), "too_many_rows"),
        (b"x" * 5_600_000, "file_too_big"),
        (csv_of([["a", "b"], ["1", "2"], ["1", *[""] * 199, "beyond"]]).encode(), "too_many_columns"),
        (xlsx_of([["a", "b"], ["1", "2"], ["1", *[None] * 299, "beyond"]]), "too_many_columns"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(content, code):
    with pytest.raises(DeskError, match=code):
        confined.run("table", content)


@pytest.mark.parametrize("made", [lambda rows: csv_of(rows).encode(), xlsx_of])
def test_a_row_wider_than_the_names_keeps_what_it_holds(made):
    table = confined.run("table", made([["no", "memo"], ["1", "in two", " parts"], ["2", "whole"]]))
    assert table["head"] == ["no", "memo", "#3"]
    assert table["rows"] == [["1", "in two", "parts"], ["2", "whole", ""]]


DAYS = {
    "R7.4.1": "2025-04-01",
    "令和7年4月1日": "2025-04-01",
    "令和元年5月1日（水）": "2019-05-01",
    "Ｓ５５．３．２": "1980-03-02",
    "H31-04-30": "2019-04-30",
    "45748": "2025-04-01",
    "2025/4/1": "2025-04-01",
    "20250401": "2025-04-01",
    "2025-04-01 10:30": "2025-04-01",
    "7/4/1": None,
    "R0.1.1": None,
    "R7.2.30": None,
    "きのう": None,
    "99999999": None,
}
CLOCKS = {
    "10:30": "10:30",
    "午後2時": "14:00",
    "14時05分": "14:05",
    "9時半": "09:30",
    "0.4375": "10:30",
    "25:00": None,
}


def test_days_and_times_of_every_spelling():
    told = {text: fields.any_day(text) for text in DAYS}
    assert {text: found.isoformat() if found else None for text, found in told.items()} == DAYS
    for text, wanted in CLOCKS.items():
        if wanted is None:
            with pytest.raises(fields.Unread):
                fields.clock(fields.FIELDS["contacts"][2], text)
        else:
            assert fields.clock(fields.FIELDS["contacts"][2], text) == wanted


def test_every_field_of_a_contact_is_taken_or_named_and_every_word_leads_to_its_field():
    taken = {one.path for one in fields.FIELDS["contacts"] if one.path}
    told = taken | {"occurredAt", "endedAt", "staff"} | set(fields.NOT_TAKEN)
    assert told == set(PATHS)
    for kind in fields.KINDS:
        names = [one.name for one in fields.FIELDS[kind]]
        assert len(set(names)) == len(names)
        for one in fields.FIELDS[kind]:
            assert fields.guess(kind, [one.heads[0]], {}) == {0: one.name}
            for lang in texts.LANGS:
                assert texts.has(lang, f"desk.import.field.{one.name}")
                for code in one.codes:
                    assert one.read(one, texts.t(lang, f"{one.group}.{code}")) == code, (one.name, code)
            assert set(one.words.values()) <= set(one.codes), one.name


def codes_of_faults():
    """Every code that stands in the sources where a fault is made."""
    source = "".join(Path(module.__file__).read_text("utf-8") for module in (acts, fields))
    told = re.findall(
        r'Unread\("(\w+)"\)|\(at, "(\w+)"\)|column_of\(\w*"?\w*"?\), "(\w+)"\)|\(-1, "(\w+)"\)', source
    )
    return {code for codes in told for code in codes if code} | {"blank", "span", "bounds", "worked_on"}


def test_every_fault_has_its_sentence():
    assert {
        "day",
        "time",
        "code",
        "long",
        "number_taken",
        "case_unknown",
        "future",
        "column",
    } <= codes_of_faults()
    for code in codes_of_faults():
        for lang in texts.LANGS:
            assert texts.has(lang, f"desk.import.fault.{code}"), code


@pytest.fixture
def read_in(office, nakagawa):
    def read(kind, rows):
        return acts.read_file(office.desk, nakagawa, kind, "台帳.csv", csv_of(rows).encode("cp932"))

    return read


def run(office, nakagawa, file, alike=""):
    acts.agree(office.desk, nakagawa, file, alike)
    acts.work(office.desk, file)


def test_nothing_is_written_before_a_person_agrees_and_each_fault_is_named(supervisor, office, nakagawa):
    before = LogEntry.select().count(), digests()
    rows = [HEAD, *[[cell.replace("小林 美咲", kobayashi_named()) for cell in row] for row in ROWS]]
    supervisor.open("/imports")
    answer = supervisor.client.post(
        "/imports",
        data={
            "csrf": supervisor.token(),
            "kind": "cases",
            "file": (io.BytesIO(csv_of(rows).encode("cp932")), "台帳.csv"),
        },
        headers={"Sec-Fetch-Site": "same-origin"},
        content_type="multipart/form-data",
    )
    place = answer.headers["Location"]
    page = supervisor.open(place)
    assert supervisor.status == 200
    for number, head, code in FAULTS:
        assert (
            f'<td class="num">{number}</td><td>{head}</td><td>{texts.t("ja", f"desk.import.fault.{code}")}'
            in supervisor.page
        )
    trial = acts.tried(office.desk, acts.file_row(place.split("/")[-1]))
    assert trial.faults == FAULTS
    assert (trial.good, trial.empty, trial.left) == (2, 1, ["備考"])
    assert trial.changed["生年月日", "S55.3.2", "1980-03-02"] == 1
    assert trial.changed["ケース番号", "Ｋ－００２", "K-002"] == 1
    assert trial.changed["担当者", "知らない人", ""] == 1
    assert ("性別", "女性", "female") not in trial.changed
    assert "<td>男</td><td>男性</td>" in supervisor.page
    assert "知らない人" in page.text
    office.clock.pass_(
        minutes=11
    )  # the page is opened with an old proof; the file that leaves the desk is not
    assert supervisor.client.get(place).status_code == 200
    supervisor.open(f"{place}/list")
    assert supervisor.path.startswith("/prove")
    proof = {"csrf": supervisor.token(), "password": PASSWORD.format("nakagawa")}
    assert supervisor.client.post("/prove", data=proof, headers=SAME_ORIGIN).location == f"{place}/list"
    listed = openpyxl.load_workbook(io.BytesIO(supervisor.client.get(f"{place}/list").data))
    told = [tuple(cell.value for cell in row) for row in listed.worksheets[0].iter_rows(min_row=2)]
    assert [(number, head) for number, head, _ in told] == [(number, head) for number, head, _ in FAULTS]
    assert (LogEntry.select().count(), digests()) == before
    supervisor.send(f"{place}/agree")
    for thread in acts.go_on(office.desk):
        thread.join()
    file = place.split("/")[-1]
    acts.work(office.desk, file)
    assert {row.no for row in CaseFile.select().where(CaseFile.no.startswith("K-"))} == {"K-001", "K-002"}
    one = CaseFile.get(CaseFile.no == "K-001")
    [member] = Member.select().where(Member.case == one.id)
    assert (member.name, member.birth_date, member.telephone) == ("山田 太郎", "1980-03-02", "077-000-0001")
    assert (one.opened_on, one.referral_org, one.title) == ("2025-04-01", "民生委員", "K-001")
    assert [row.staff for row in Assignment.select().where(Assignment.case == one.id)] == ["demo-kobayashi"]
    assert "山田" not in one.title + one.summary + str(one.issues)
    assert rebuild(office.desk)[1] == []


def cases(count, word="K"):
    names = [["番号", "氏名", "住所"]]
    return names + [[f"{word}-{n:04d}", f"名字{n} 名", f"草津市{n}番地"] for n in range(1, count + 1)]


def test_killed_in_the_middle_it_goes_on_and_takes_no_row_twice_and_goes_back_as_it_came(
    office, nakagawa, read_in
):
    before, rows = digests(), acts.PORTION + 40
    file = read_in("cases", cases(rows))
    acts.agree(office.desk, nakagawa, file, "")
    acts.work(office.desk, file, portions=1)
    done = acts.file_row(file).done
    assert 0 < done < rows
    assert ImportedRow.select().count() == done
    with pytest.raises(ZeroDivisionError), office.desk.write():  # the power goes within a portion
        acts._take(office.desk, nakagawa, acts.file_row(file), acts.Reading(acts.file_row(file))) or 1 / 0
    assert ImportedRow.select().count() == done
    verify_chain()
    threads = acts.go_on(office.desk)
    threads += acts.go_on(office.desk)  # twice: one of them has nothing to do
    for thread in threads:
        thread.join()
    assert CaseFile.select().where(CaseFile.no.startswith("K-")).count() == rows
    assert acts.file_row(file).state == "done"
    assert not ImportLines.select().exists()
    assert rebuild(office.desk)[1] == []
    kept = CaseFile.get(CaseFile.no == "K-0007")
    actions.change_case(office.desk, nakagawa, kept.id, {"title": "呼び名"}, 0)
    acts.take_back(office.desk, nakagawa, file)
    acts.work(office.desk, file)
    assert acts.file_row(file).left == [[8, "worked_on"]]
    assert [row.no for row in CaseFile.select().where(CaseFile.no.startswith("K-"))] == ["K-0007"]
    assert rebuild(office.desk)[1] == []
    gone = {name for name, digest in digests().items() if digest != before[name]}
    assert gone <= {"import", "importedrow", "casefile", "member", "casename", "fieldorigin", "alikekey"}


def steps_of(work):
    """Steps of the database's machine, in fifties, while `work` runs."""
    line, counted = CaseFile._meta.database.connection(), itertools.count()
    line.set_progress_handler(lambda: next(counted) and None, 50)
    try:
        work()
    finally:
        line.set_progress_handler(None, 0)
    return next(counted)


def test_a_longer_ledger_goes_back_in_the_same_time_a_row(office, nakagawa, read_in):
    """Killed on the way, too. Asked of each row anew, what an office of years has would be read for every one."""
    short, long, years = 12, 48, 2000
    took = {rows: back_again(office, nakagawa, read_in, rows) for rows in (short, long)}
    for kind in ("cases", "contacts"):
        assert took[long][kind] <= 5 * took[short][kind], took
    closed = FollowUp.select().dicts().get() | {"state": "done"}
    FollowUp.put_many(closed | {"id": f"old {n}", "done_by": [f"visit {n}"]} for n in range(years))
    later = {rows: back_again(office, nakagawa, read_in, rows) for rows in (short, long)}
    more = {rows: later[rows]["contacts"] - took[rows]["contacts"] for rows in took}
    assert more[long] <= 2 * more[short], (took, later)
    verify_chain()


def back_again(office, nakagawa, read_in, rows):
    """So many households and as many contacts come and go. Returns the steps of going, by kind."""
    steps, files = {}, {}
    for kind, ledger in (("cases", cases(rows)), ("contacts", contacts(rows))):
        files[kind] = read_in(kind, ledger)
        run(office, nakagawa, files[kind])
    for kind in ("contacts", "cases"):
        there = ImportedRow.select().where((ImportedRow.batch == files[kind]) & ImportedRow.back.is_null())
        acts.take_back(office.desk, nakagawa, files[kind])
        with pytest.raises(ZeroDivisionError), office.desk.write():  # the power goes within a portion
            acts._give_back(office.desk, nakagawa, acts.file_row(files[kind])) or 1 / 0
        assert there.count() == rows
        steps[kind] = steps_of(lambda: acts.work(office.desk, files[kind]))  # noqa: B023
        assert (acts.file_row(files[kind]).state, acts.file_row(files[kind]).left) == ("returned", [])
        assert there.count() == 0
    assert not CaseFile.select().where(CaseFile.no.startswith("K-")).exists()
    return steps


def contacts(rows):
    """One of each household of `cases`."""
    told = [[f"K-{n:04d}", "2024/4/1", "訪問", "本人に会えた"] for n in range(1, rows + 1)]
    return [["番号", "訪問日", "方法", "結果"], *told]


def test_restored_in_the_middle_it_goes_on_where_the_journal_ends(office, nakagawa, read_in):
    """The backup is of before the first row; some portions are in the journal, one of them only in part."""
    rows = acts.PORTION + 40
    file = read_in("cases", cases(rows))
    acts.agree(office.desk, nakagawa, file, "")
    archive = backup.backup(office.desk)
    acts.work(office.desk, file, portions=2)
    done = acts.file_row(file).done
    (lines,) = office.config.journal_dir.glob("*.sotto")
    lines.write_bytes(lines.read_bytes()[:-2000])  # the last portion did not reach the disk as a whole
    desk = restore(office, archive)
    there = ImportedRow.select().count()
    assert 0 < there < done
    assert acts.file_row(file).done == 0
    acts.work(desk, file)
    assert acts.file_row(file).left == []
    assert CaseFile.select().where(CaseFile.no.startswith("K-")).count() == rows
    assert ImportedRow.select().count() == rows
    assert rebuild(desk)[1] == []
    acts.take_back(desk, nakagawa, file)
    acts.work(desk, file)
    assert not CaseFile.select().where(CaseFile.no.startswith("K-")).exists()


def test_two_imports_at_once_are_each_whole(office, nakagawa, read_in):
    files = [read_in("cases", cases(70, word)) for word in ("A", "B")]
    for file in files:
        acts.agree(office.desk, nakagawa, file, "take")
    for _ in range(3):
        for file in files:
            acts.work(office.desk, file, portions=1)
    for word in ("A", "B"):
        assert CaseFile.select().where(CaseFile.no.startswith(f"{word}-")).count() == 70


def test_rows_that_may_be_known_are_shown_and_a_person_says_what_becomes_of_them(office, nakagawa, read_in):
    run(office, nakagawa, read_in("cases", cases(3)))
    file = read_in("cases", [["番号", "氏名", "住所"], ["N-1", "名字2 名", ""], ["N-2", "だれも 似ない", ""]])
    assert acts.tried(office.desk, acts.file_row(file)).alike == [(2, ["K-0002"])]
    with pytest.raises(DeskError, match="choose_alike"):
        acts.agree(office.desk, nakagawa, file, "")
    run(office, nakagawa, file, "leave")
    assert [row.no for row in CaseFile.select().where(CaseFile.no.startswith("N-"))] == ["N-2"]


CONTACTS = [
    ["番号", "訪問日", "開始時刻", "方法", "結果", "支援内容", "見立て", "対応者", "反応"],
    [
        "DEMO-002",
        "R6.4.1",
        "10:00",
        "家庭訪問",
        "本人に会えた",
        "玄関で十分ほど",
        "疲れている",
        "小林 美咲",
        "2",
    ],
    ["DEMO-002", "2024/4/8", "", "電話", "不在", "", "", "", ""],
    ["NO-SUCH", "2024/4/8", "", "電話", "不在", "", "", "", ""],
    ["DEMO-002", "2024/4/8", "", "訪問", "通話", "", "", "", ""],
    ["DEMO-002", "2099/4/8", "", "訪問", "不在", "", "", "", ""],
]


def test_contacts_come_with_their_day_wait_for_nobody_and_go_again(supervisor, office, nakagawa, read_in):
    waiting = supervisor.open("/review").text.count("DEMO-002")
    file = read_in("contacts", CONTACTS)
    trial = acts.tried(office.desk, acts.file_row(file))
    assert [(number, code) for number, _, code in trial.faults] == [
        (4, "case_unknown"),
        (5, "does_not_fit"),
        (6, "future"),
    ]
    assert trial.changed["結果", "不在", "not_reached"] == 1
    assert trial.unfilled["at"] == 1
    run(office, nakagawa, file)
    rows = list(Visit.select().where(Visit.review_status == "imported").order_by(Visit.occurred_at))
    assert [(row.occurred_at, row.channel, row.outcome) for row in rows] == [
        ("2024-04-01T01:00:00.000Z", "visit", "met_person"),
        ("2024-04-08T03:00:00.000Z", "phone", "not_reached"),
    ]
    assert VisitVersion.get_by_id(rows[0].current_version).body["notes"]["view"] == "疲れている"
    assert supervisor.open("/review").text.count("DEMO-002") == waiting
    supervisor.open("/cases/demo-002")
    assert f">{texts.t('ja', 'desk.review_status.imported')}</span>" not in supervisor.page
    actions.comment_visit(office.desk, nakagawa, rows[1].id, "この日のことをもう少し")
    acts.take_back(office.desk, nakagawa, file)
    acts.work(office.desk, file)
    assert [row.id for row in Visit.select().where(Visit.review_status == "imported")] == [rows[1].id]
    assert acts.file_row(file).left == [[3, "worked_on"]]
    assert rebuild(office.desk)[1] == []


def test_cases_and_contacts_that_came_with_two_files_both_go_again(office, nakagawa, read_in):
    first = read_in("cases", cases(2))
    run(office, nakagawa, first)
    second = read_in("contacts", [["番号", "訪問日", "方法", "結果"], ["K-0001", "2024/4/1", "電話", "不通"]])
    run(office, nakagawa, second)
    for file in (second, first):
        acts.take_back(office.desk, nakagawa, file)
        acts.work(office.desk, file)
        assert acts.file_row(file).left == []
    assert not CaseFile.select().where(CaseFile.no.startswith("K-")).exists()
    assert rebuild(office.desk)[1] == []


def test_matched_columns_are_kept_for_the_next_time_and_a_default_counts_for_empty_cells(
    office, nakagawa, read_in
):
    rows = [["管理", "いつ", "なにか"], ["DEMO-002", "2024/4/1", "x"]]
    file = read_in("contacts", rows)
    assert set(acts.tried(office.desk, acts.file_row(file)).missing) == {"caseNo", "on", "channel", "outcome"}
    with pytest.raises(DeskError, match="nothing_to_import"):
        acts.agree(office.desk, nakagawa, file, "")
    acts.match(
        office.desk, nakagawa, file, {0: "caseNo", 1: "on"}, {"channel": "letter", "outcome": "note_taken"}
    )
    trial = acts.tried(office.desk, acts.file_row(file))
    assert (trial.good, trial.left, trial.unfilled["channel"]) == (1, ["なにか"], 1)
    again = read_in("contacts", rows)
    assert acts.matched_of(acts.file_row(again)) == {0: "caseNo", 1: "on"}
    acts.put_away(office.desk, nakagawa, again)
    assert ImportFile.get_or_none(ImportFile.id == again) is None


def test_only_who_the_table_names_imports(at_desk, office, nakagawa, read_in):
    person = at_desk("kobayashi")
    file = read_in("cases", cases(1))
    for role in ROLES:
        Staff.update(role=role).where(Staff.id == "demo-kobayashi").execute()
        actor = Staff.get_by_id("demo-kobayashi")
        allowed = role in ("supervisor", "coordinator")
        for path in ("/imports", f"/imports/{file}", f"/imports/{file}/list"):
            status = person.client.get(path).status_code
            assert status == (200 if allowed else 403), (role, path)
        if not allowed:
            for act in (
                lambda: acts.agree(office.desk, actor, file, ""),  # noqa: B023
                lambda: acts.match(office.desk, actor, file, {}, {}),  # noqa: B023
                lambda: acts.put_away(office.desk, actor, file),  # noqa: B023
                lambda: acts.read_file(office.desk, actor, "cases", "x", b"a,b"),  # noqa: B023
                lambda: acts.take_back(office.desk, actor, file),  # noqa: B023
            ):
                with pytest.raises(NotAllowed):
                    act()
    assert Import.select().count() == 0
