"""All records leave as open files: every table is written or named as left out, and nothing of it stays here."""

import csv
import io
import json
import zipfile

import pytest

from pwa_server import texts
from pwa_server.desk.accounts.page_state import PAGE_TABLES
from pwa_server.desk.models.households import CaseDocument
from pwa_server.desk.models.office_and_cases import (
    MACHINE_TABLES,
    READ_MODEL,
    BlobFile,
    Number,
    Photo,
    Staff,
    Visit,
)
from pwa_server.desk.models.system import DocumentFile
from pwa_server.desk.pages.office.leaving import PROGRESS
from pwa_server.desk.queries import leaving
from tests.desk_pages.conftest import SAME_ORIGIN


@pytest.fixture
def archive():
    def taken(person) -> zipfile.ZipFile:
        answer = person.client.post("/records/export", data={"csrf": person.token()}, headers=SAME_ORIGIN)
        assert answer.mimetype == "application/zip"
        return zipfile.ZipFile(io.BytesIO(answer.get_data()))

    return taken


def test_every_table_leaves_or_is_named_with_its_reason():
    everything = [table._meta.table_name for table in (*READ_MODEL, *MACHINE_TABLES, *PAGE_TABLES)]
    named = [name for names in leaving.LEFT_OUT.values() for name in names]
    assert sorted([*leaving.TABLES, *named]) == sorted(everything), "written, or named: once"
    for lang in ("ja", "en"):
        assert all(texts.has(lang, f"desk.leaving.why.{reason}") for reason in leaving.LEFT_OUT)


def test_every_row_photo_and_paper_is_in_the_archive_and_opens_as_what_it_is(supervisor, office, archive):
    visit = Visit.get()
    Photo.create(id=f"{visit.id} b", blob="b", visit=visit.id, case=visit.case, key="", size=1, type="image/jpeg",
                 width=1, height=1, note="", place=0)  # fmt: skip
    BlobFile.put(id="b", state="here", reason="", jpeg=b"\xff\xd8jpeg", thumb=None, sealed=None, safe=False,
                 dropped=False, at=office.desk.now(), tries=0)  # fmt: skip
    CaseDocument.create(id="d", case=visit.case, title="t", kind="consent", name="../同意書.pdf",
                        type="application/pdf", size=1, digest="", by="demo-nakagawa", at=office.desk.now(), removed_reason=None)  # fmt: skip
    DocumentFile.put(id="d", bytes=b"%PDF-1.7")
    Staff.update(name="=1+1").where(Staff.id == "demo-kobayashi").execute()
    supervisor.open("/records")
    assert "鍵がかかっていません" in supervisor.page
    folders = (office.config.data, office.config.backup_dir)
    before = sorted(file for folder in folders for file in folder.rglob("*"))
    book = archive(supervisor)
    assert sorted(file for folder in folders for file in folder.rglob("*")) == before, (
        "nothing of it is kept here"
    )
    assert book.testzip() is None
    names = set(book.namelist())
    assert {"photos/b.jpg", "documents/d--同意書.pdf", "README.txt"} <= names
    assert book.read("documents/d--同意書.pdf") == b"%PDF-1.7"
    for name, table in leaving.TABLES.items():
        lines = [json.loads(line) for line in book.read(f"tables/{name}.jsonl").decode().splitlines()]
        rows = list(csv.reader(io.StringIO(book.read(f"tables/{name}.csv").decode("utf-8-sig"))))
        assert len(lines) == len(rows) - 1 == table.select().count(), name
        assert rows[0] == leaving.columns(table)
    staff = {one["id"]: one for one in map(json.loads, book.read("tables/staff.jsonl").decode().splitlines())}
    assert staff["demo-kobayashi"]["name"] == "=1+1"
    assert "'=1+1" in book.read("tables/staff.csv").decode()
    told = book.read("README.txt").decode()
    assert "書き出すあいだ、記録は増えていません" in told
    assert all(name in told for name in (*leaving.TABLES, *leaving.LEFT_OUT["keys"]))
    page = supervisor.open("/records").text
    assert "最後まで書き出しました" in page
    assert "全記録の書き出し" in supervisor.open("/access-log").text


def test_one_archive_at_a_time_and_one_that_broke_off_says_so(supervisor, at_desk, office):
    """Somebody takes the first piece, a second archive is refused; whoever goes away leaves it broken off."""
    PROGRESS.clear()
    supervisor.open("/records")
    data = {"csrf": supervisor.token()}
    answer = supervisor.client.post("/records/export", data=data, headers=SAME_ORIGIN, buffered=False)
    pieces = answer.iter_encoded()
    next(pieces)
    assert "から書き出しています" in supervisor.open("/records").text
    supervisor.send("/records/export")
    assert "ほかの人が書き出しています" in supervisor.page
    answer.close()
    assert "途切れました" in supervisor.open("/records").text
    assert (
        supervisor.client.post("/records/export", data=data, headers=SAME_ORIGIN).mimetype
        == "application/zip"
    )


def test_more_rows_than_are_fetched_at_once_come_each_once(app, office):
    """The tables of the sample are small, and one of them is longer than a piece."""
    rows = [{"id": f"n{number}", "place": number, "label_ja": "", "label_en": "", "tel": "", "kind": ""}
            for number in range(2 * leaving.MANY + 1)]  # fmt: skip
    Number.put_many(rows)
    found = [row["id"] for row in leaving.rows_of(office.person("nakagawa"), Number)]
    assert sorted(found) == sorted(row.id for row in Number.select())


def test_somebody_who_may_not_and_somebody_whose_proof_is_old_take_nothing(supervisor, at_desk, office):
    for name in ("kobayashi", "nishimura"):
        person = at_desk(name)
        person.open("/records")
        assert person.status == 403
        person.send("/records/export")
        assert person.status == 403
    office.clock.pass_(minutes=15)
    supervisor.open("/records")
    supervisor.send("/records/export")
    assert supervisor.answer.mimetype == "text/html"
