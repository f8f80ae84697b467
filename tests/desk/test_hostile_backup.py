"""A backup that somebody made to hurt: nothing in it runs, nothing is allocated on its word, nothing is put
in place.
"""

import shutil

import pytest

from pwa_server.desk.backup import archive as archives
from pwa_server.desk.backup import backup
from pwa_server.desk.backup.restore import restore
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.core.tables import canonical
from pwa_server.desk.open_desk import connect_file, read_key
from sync.sealing import seal


@pytest.fixture
def remake(office, desk, tmp_path):
    """The office's backup, changed by what somebody with key and database could do, and sealed as it should be."""
    made = backup.backup(desk)
    key = read_key(office.config)

    def make(change=None, **told):
        copy, out = tmp_path / "changed.db", tmp_path / "changed.backup"
        archives.unpack(made, copy)
        if change:
            db = connect_file(copy, key, [("journal_mode", "delete")])
            change(db)
            db.close()
        expected = {"head": _head(copy, key), "counts": {}}
        archives.write_archive(out, copy, key, desk.keys.backup_public, expected)
        if told:
            line = {
                "key": key.hex(),
                "sha256": archives.hash_file(copy),
                "head": expected["head"],
                "counts": {},
            } | told
            sealed = seal(desk.keys.backup_public, archives.INFO, canonical(line).encode())
            out.write_bytes(archives.MAGIC + len(sealed).to_bytes(4, "big") + sealed + copy.read_bytes())
        return out

    return make


def _head(copy, key):
    db = connect_file(copy, key, [("query_only", 1)])
    count = db.execute_sql("select count(*) from logentry").fetchone()[0]
    db.close()
    return count


def _refused(office, archive):
    """The code; and that nothing lies where the desk would be."""
    office.desk.close()
    shutil.rmtree(office.config.data, ignore_errors=True)
    shutil.rmtree(office.config.desk_key_file.parent, ignore_errors=True)
    with pytest.raises(DeskError) as refused:
        restore(office.config, archive, office.backup_key, office.clock)
    assert not list(office.config.data.rglob("desk.db*"))
    assert not office.config.desk_key_file.exists()
    return refused.value.code


def test_one_that_is_as_it_should_be_comes_back(office, remake):
    archive = remake()
    office.desk.close()
    shutil.rmtree(office.config.data)
    assert restore(office.config, archive, office.backup_key, office.clock).faults == ()


@pytest.mark.parametrize(
    "sql",
    [
        "create trigger t after insert on logentry begin delete from logentry; end",
        "create trigger t after insert on securityline begin delete from securityline; end",
        "create view v as select * from staff",
        "create virtual table v using rtree(id, a, b)",
    ],
)
def test_what_would_run_in_the_desk_is_refused(office, remake, sql):
    assert _refused(office, remake(lambda db: db.execute_sql(sql))) == "backup_damaged"


def test_a_view_in_the_place_of_a_table_is_refused(office, remake):
    def change(db):
        db.execute_sql("alter table staff rename to people")
        db.execute_sql("create view staff as select * from people")

    assert _refused(office, remake(change)) == "backup_damaged"


def test_a_value_larger_than_any_of_ours_is_refused_before_it_is_read(office, remake):
    def change(db):
        db.execute_sql(
            "update logentry set sealed = zeroblob(?) where position = 1", (archives.MOST_VALUE + 1,)
        )

    assert _refused(office, remake(change)) == "backup_damaged"


@pytest.mark.parametrize("length", [archives.MOST_SEALED + 1, 2**31, 2**32 - 1])
def test_a_length_that_no_sealed_line_has_is_not_allocated(office, tmp_path, length):
    file = tmp_path / "hostile.backup"
    file.write_bytes(archives.MAGIC + length.to_bytes(4, "big") + b"x" * 100)
    assert _refused(office, file) == "not_a_backup"


@pytest.mark.parametrize(
    "told",
    [{"key": "zz"}, {"key": 7}, {"key": "ab" * 31}, {"sha256": None}, {"head": "many"}, {"head": True}],
)
def test_a_line_that_opens_and_says_nonsense_is_refused(office, remake, told):
    assert _refused(office, remake(**told)) == "not_a_backup"


@pytest.mark.parametrize("plain", [b"[" * 30_000, b"{", b"7", b"[]", b"\xff"])
def test_a_line_that_is_no_object_is_refused(office, desk, tmp_path, plain):
    sealed = seal(desk.keys.backup_public, archives.INFO, plain)
    file = tmp_path / "hostile.backup"
    file.write_bytes(archives.MAGIC + len(sealed).to_bytes(4, "big") + sealed)
    assert _refused(office, file) == "not_a_backup"
