"""A sign in every field of a case, wherever it can be written; disposed of; then every file is searched and holds none.

The events come from the table of shapes, so a new event about a household is planted as soon as it has one. The desk's
database is searched as a thief with its key would: every page of the file, those nothing uses any more among them.
"""

import json
from datetime import UTC, datetime
from itertools import count

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from pwa_server.desk import actions
from pwa_server.desk.accounts.page_state import Draft, KeptForm, PageNote
from pwa_server.desk.actions import disposals
from pwa_server.desk.actions.plans import close_case
from pwa_server.desk.app import create_desk
from pwa_server.desk.backup import ageing
from pwa_server.desk.backup.archive import open_line, unpack
from pwa_server.desk.backup.backup import archives, backup
from pwa_server.desk.log.journal import Head
from pwa_server.desk.log.journal_reading import JournalReading
from pwa_server.desk.models.office_and_cases import BlobFile, CaseFile, DocumentFile, Photo, Received, Staff
from pwa_server.desk.models.years import Hold
from pwa_server.desk.open_desk import desk_file, read_key
from pwa_server.desk.projections.append_and_apply import make_event, record
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.projections.staff_shapes import OF_A_CASE
from pwa_server.desk.queries import search
from tests.desk.conftest import join
from tests.desk.test_corrections import jpeg
from tests.desk_pages.test_bad_staff_rows import AT, MAIN, ORDER, VISITS, good

CASE = "demo-011"
MARK = "qzvxkw"  # stands nowhere else
PAGE, RESERVED = 4096, 80  # of SQLCipher 4: IV and HMAC at the end of each page
# What ends, joins, opens or disposes of a case; and what is about no household.
NOT_PLANTED = {
    "case.closed",
    "case.reopened",
    "case.merged",
    "case.merge_undone",
    "case.opened",
    "consultation.reopened",
}
ELSEWHERE = ("notice.", "consultation.", "conference.", "visit.", "followup.")


@pytest.fixture
def app(office):
    """The tables of pages are there once a browser may come."""
    return create_desk(office.config, office.desk)


@pytest.fixture
def sign():
    numbers = count()
    return lambda: f"{MARK}{next(numbers):04d}"


def signed(told, sign):
    """Every text that is no id, code or day, with a sign of its own."""
    if isinstance(told, dict):
        return {name: signed(one, sign) for name, one in told.items()}
    if isinstance(told, list):
        return [signed(one, sign) for one in told]
    return sign() if told in ("言葉", "名", "民生委員", "保健所", "話したい") else told


def planted():
    """Types of staff's events that say something about a household."""
    about = (*OF_A_CASE, *ELSEWHERE)
    return [
        one
        for one in ORDER
        if one.startswith(about) and one not in NOT_PLANTED and not one.startswith("hold.")
    ]


def plant(office, phone, sign):
    desk, nakagawa = office.desk, office.person("nakagawa")
    actions.assign(desk, nakagawa, CASE, "demo-kobayashi")
    office.round(phone)
    photo = phone.photo(jpeg(), note=sign())
    boxes = {box: sign() for box in ("fact", "quote", "thirdParty", "view")}
    visit = phone.visit(CASE, notes=boxes, topics=[sign()], hook=sign(), reflection=sign(), photos=[photo])
    phone.write(visit)
    office.round(phone)
    VISITS[CASE] = visit["id"]
    given = {"notice": f"{CASE}-notice", "who": sign(), "place": sign(), "noticed": sign(), "named": "no"}
    with desk.write():
        record(desk, make_event("notice.given", None, given, AT), MAIN, MAIN)
        for type_ in planted():
            about = None if type_.startswith("notice.") else CASE
            if type_.startswith("consultation."):
                about = f"{CASE}-consultation"
            body = signed(good(type_, CASE), sign)
            record(desk, make_event(type_, about, body, AT, id_=f"{CASE}-{type_}"), MAIN, MAIN)
        for type_ in ("conference.changed", "conference.cancelled", "conference.minuted"):
            body = signed(good(type_, CASE), sign)
            record(desk, make_event(type_, None, body, AT), MAIN, MAIN)
    actions.add_document(
        desk, nakagawa, CASE, sign(), "letter", f"{sign()}.txt", "text/plain", sign().encode()
    )
    actions.set_safety(desk, nakagawa, CASE, "dog", sign(), sign(), "2027-04-01")
    disposals.set_hold(desk, nakagawa, CASE, sign())
    disposals.lift_hold(desk, nakagawa, Hold.get(Hold.case == CASE, Hold.lifted_at.is_null()).id, sign())
    Draft.put(staff=MAIN, page=f"form disclosure {CASE}", text=json.dumps([["x", sign()]]), at=desk.now())
    fields = [["title", CaseFile.get_by_id(CASE).title], ["words", sign()]]
    KeptForm.create(
        staff=MAIN, session="s", path="/contacts", endpoint="x", fields=fields, sends=True, at=desk.now()
    )
    PageNote.put(session="s", name="search", value=[CASE, sign()], at=desk.now())
    while search.catch_up(desk, 500):
        pass


def pages_of(file, key):
    """Every page of an encrypted database, opened: used or not. What follows the first salt is one page after another."""
    data = file.read_bytes()
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        iv = page[PAGE - RESERVED : PAGE - RESERVED + 16]
        sealed = page[16 if start == 0 else 0 : PAGE - RESERVED]
        opened = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        yield opened.update(sealed) + opened.finalize()


def holds(*data):
    return any(MARK.encode(form) in one for one in data for form in ("utf-8", "utf-16-le"))


def found_at(office, tmp_path, phone):
    """Names of the places in which a sign is found."""
    desk, config = office.desk, office.config
    desk.db.execute_sql("pragma wal_checkpoint(truncate)").fetchall()
    key, found = read_key(config), set()
    file = desk_file(config)
    wal = file.with_name(f"{file.name}-wal")
    assert not wal.exists() or wal.stat().st_size == 0
    opened = list(pages_of(file, key))
    assert any(b"CREATE TABLE" in one for one in opened)
    places = {
        "desk.db": opened,
        "rows": [line.encode() for line in dump()],
        "phone": [json.dumps(phone.docs).encode()],
    }
    for table in desk.db.get_tables():
        places[f"table {table}"] = [
            repr(row).encode() for row in desk.db.execute_sql(f'select * from "{table}"')
        ]
    made = archives(config.backup_dir, desk.keys.office) if config.backup_dir.exists() else []
    for number, archive in enumerate(made):
        copy = tmp_path / f"copy-{number}.db"
        line, _ = unpack(archive, copy)
        told = open_line(office.backup_key, line)
        places[f"backup {archive.name}"] = list(pages_of(copy, bytes.fromhex(told["key"])))
        copy.unlink()
    reading = JournalReading(config.journal_dir, desk.keys.office, office.backup_key, Head(), None)
    places["journal"] = [json.dumps(one, ensure_ascii=False).encode() for one in reading.entries()]
    for one in sorted(tmp_path.rglob("*")):
        if one.is_file():
            places[f"file {one.name}"] = [one.read_bytes(), str(one).encode()]
    found |= {name for name, told in places.items() if holds(*told)}
    return found


def test_nothing_of_a_case_is_left_anywhere(app, office, phone, sign, tmp_path):
    desk = office.desk
    plant(office, phone, sign)
    assert len({one.partition(".")[0] for one in planted()}) > 15
    coordinator = Staff(id="demo-nishimura", role="coordinator", active=True)
    backup(desk)
    before = found_at(office, tmp_path, phone)
    told = {
        "desk.db",
        "rows",
        "phone",
        "journal",
        "table searchentry",
        "table draft",
        "table kept_form",
        "table pagenote",
    }
    assert told <= before
    assert any(name.startswith("backup") for name in before)
    assert (Photo.select().where(Photo.case == CASE).count(), BlobFile.select().count()) == (1, 1)
    papers = DocumentFile.select().count()
    assert Received.select().where(Received.frame.is_null(False)).count()

    closing = {
        "on": "2026-11-24",
        "changes": [],
        "words": sign(),
        "result": "other",
        "stays": [],
        "untold": sign(),
    }
    close_case(desk, coordinator, CASE, closing)
    chief = Staff.get_by_id(join(desk, "課長", "chief", "chief@sample.invalid"))
    office.round(phone)
    office.clock.time = datetime(2032, 4, 1, 0, 0, tzinfo=UTC)
    chosen = [f"case {CASE}"]  # with it its consultation, and the notice that began with
    id_ = disposals.propose(desk, office.person("nakagawa"), chosen)
    disposals.carry_out(desk, chief, id_)
    office.round(phone)
    assert rebuild(desk)[1] == []

    left = found_at(office, tmp_path, phone)
    assert {name for name in left if not name.startswith("backup") and name != "journal"} == set()
    assert BlobFile.select().count() == 0
    assert DocumentFile.select().count() == papers - 1
    assert Received.select().where(Received.frame.is_null(False)).count() == 0
    # The backups of before are gone by their age, and the journal's files with the last of them.
    for old in archives(office.config.backup_dir, desk.keys.office):
        assert ageing.backups_before([old], desk.now()) == [old]
        old.unlink()
    office.clock.pass_(days=1)
    actions.set_safety(desk, office.person("nakagawa"), "demo-001", "dog", "犬", "", "2033-01-01")
    backup(desk)
    assert found_at(office, tmp_path, phone) == set()
