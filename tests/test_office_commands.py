"""Making an office and looking after it from the command line."""

import pytest

from pwa_server import cli
from pwa_server.config import Config
from pwa_server.desk.actions.sample_cases import STAFF, STORY_STAFF
from pwa_server.trial import prepare


@pytest.fixture
def places(tmp_path):
    return [
        "--data",
        str(tmp_path / "data"),
        "--desk-key-file",
        str(tmp_path / "card" / "desk.key"),
        "--lang",
        "en",
    ]


def _init(places, tmp_path, key="safe/backup.key"):
    return cli.main(
        [
            "init",
            *places,
            "--name",
            "North",
            "--lead",
            "Joel",
            "--email",
            "joel@north.example",
            "--backup-key",
            str(tmp_path / key),
        ]
    )


def test_joel_makes_an_office_and_gets_a_first_password(places, tmp_path, capsys):
    assert _init(places, tmp_path) == 0

    said = capsys.readouterr().out
    office = (tmp_path / "data/desk/office.id").read_text().strip()
    assert office in said
    assert len(office) == 43
    assert "First password of Joel" in said
    for key in ("card/desk.key", "safe/backup.key"):
        assert (tmp_path / key).stat().st_mode & 0o077 == 0


def test_a_second_init_leaves_the_office_as_it_is(places, tmp_path, capsys):
    _init(places, tmp_path)
    before = (tmp_path / "data/desk/desk.db").read_bytes()
    assert _init(places, tmp_path, key="safe/other.key") == 1
    assert "left as it is" in capsys.readouterr().err
    assert (tmp_path / "data/desk/desk.db").read_bytes() == before


def test_no_key_may_lie_in_the_data_folder(tmp_path, capsys):
    inside = [
        "--data",
        str(tmp_path / "data"),
        "--desk-key-file",
        str(tmp_path / "data/desk.key"),
        "--lang",
        "en",
    ]
    assert _init(inside, tmp_path) == 2
    outside = [*inside[:3], str(tmp_path / "desk.key"), *inside[4:]]
    assert _init(outside, tmp_path, key="data/backup.key") == 2
    assert not (tmp_path / "data").exists()


def test_the_data_folder_alone_opens_nothing(places, tmp_path, capsys):
    _init(places, tmp_path)
    (tmp_path / "card/desk.key").unlink()
    assert cli.main(["rebuild", *places]) == 1
    assert "was not found" in capsys.readouterr().err


def test_another_offices_key_is_told_apart(places, tmp_path, capsys):
    _init(places, tmp_path)
    (tmp_path / "card/desk.key").write_text("ab" * 32)
    assert cli.main(["rebuild", *places]) == 1
    assert "does not fit" in capsys.readouterr().err


def test_a_new_first_password_replaces_the_old(places, tmp_path, capsys):
    from pwa_server.desk.accounts.staff import sign_in
    from pwa_server.desk.core.errors import DeskError
    from pwa_server.desk.open_desk import open_desk

    _init(places, tmp_path)
    first = capsys.readouterr().out.split()[-1]
    assert cli.main(["invite", *places, "--email", "joel@north.example"]) == 0
    second = capsys.readouterr().out.split()[-1]

    desk = open_desk(Config(data=tmp_path / "data", desk_key_file=tmp_path / "card/desk.key"))
    assert sign_in(desk, "joel@north.example", second).must_change
    with pytest.raises(DeskError, match="sign_in_refused"):
        sign_in(desk, "joel@north.example", first)
    desk.close()


def test_nobody_is_invited_who_is_not_there(places, tmp_path, capsys):
    _init(places, tmp_path)
    assert cli.main(["invite", *places, "--email", "zoe@south.example"]) == 1
    assert "zoe@south.example" in capsys.readouterr().err


def test_rebuilding_comes_out_the_same(places, tmp_path, capsys):
    _init(places, tmp_path)
    assert cli.main(["rebuild", *places]) == 0
    assert "6 events" in capsys.readouterr().out


def test_a_trial_is_made_once_and_its_passwords_are_no_fixed_ones(tmp_path):
    first = prepare(Config(data=tmp_path / "a"))
    again = prepare(Config(data=tmp_path / "a"))
    other = prepare(Config(data=tmp_path / "b"))
    assert again == first
    assert {who.role for who in first.sign_ins} == {person[3] for person in (*STAFF, *STORY_STAFF)}
    assert not {who.password for who in first.sign_ins} & {who.password for who in other.sign_ins}


def test_a_trial_goes_on_where_it_was_cut_off(tmp_path):
    from pwa_server.desk.accounts.staff import sign_in
    from pwa_server.desk.open_desk import open_desk

    first = prepare(Config(data=tmp_path))
    (tmp_path / "trial/sign-ins.json").unlink()

    again = prepare(Config(data=tmp_path))

    assert {who.email for who in again.sign_ins} == {who.email for who in first.sign_ins}
    desk = open_desk(again.config)
    for who in again.sign_ins:
        assert not sign_in(desk, who.email, who.password).must_change
    desk.close()


def test_every_command_finds_a_trial_by_one_word(tmp_path, capsys):
    prepare(Config(data=tmp_path))
    assert cli.main(["rebuild", "--trial", "--data", str(tmp_path), "--lang", "en"]) == 0
    assert "came out the same" in capsys.readouterr().out


def test_a_true_office_is_never_turned_into_a_trial(places, tmp_path, capsys):
    _init(places, tmp_path)
    assert cli.main(["demo", "--data", str(tmp_path / "data"), "--lang", "en"]) == 1
    assert "left as it is" in capsys.readouterr().err


def test_an_office_comes_back_from_its_backup_on_another_machine(places, tmp_path, capsys):
    from pwa_server.desk.models.office_and_cases import Staff
    from pwa_server.desk.open_desk import open_desk

    _init(places, tmp_path)
    kept = ["--backup-dir", str(tmp_path / "other-disk")]
    assert cli.main(["backup", *places, *kept]) == 0
    (file,) = (tmp_path / "other-disk").glob("*.backup")
    assert str(file) in capsys.readouterr().out

    new = [
        "--data",
        str(tmp_path / "new"),
        "--desk-key-file",
        str(tmp_path / "card2/desk.key"),
        "--lang",
        "en",
    ]
    key = ["--backup-key", str(tmp_path / "safe/backup.key")]
    assert cli.main(["restore", *new, str(file), *key]) == 0

    assert (tmp_path / "new/desk/office.id").read_text() == (tmp_path / "data/desk/office.id").read_text()
    desk = open_desk(Config(data=tmp_path / "new", desk_key_file=tmp_path / "card2/desk.key"))
    assert Staff.get().name == "Joel"
    desk.close()


def test_a_backup_is_never_restored_over_an_office(places, tmp_path, capsys):
    _init(places, tmp_path)
    cli.main(["backup", *places, "--backup-dir", str(tmp_path / "b")])
    (file,) = (tmp_path / "b").glob("*.backup")
    assert cli.main(["restore", *places, str(file), "--backup-key", str(tmp_path / "safe/backup.key")]) == 1
    assert "left as it is" in capsys.readouterr().err


def test_a_file_that_is_no_key_is_told_apart(places, tmp_path, capsys):
    (tmp_path / "note.txt").write_text("not a key")
    assert (
        cli.main(["restore", *places, str(tmp_path / "x"), "--backup-key", str(tmp_path / "note.txt")]) == 1
    )
    assert "cannot be read" in capsys.readouterr().err


def test_without_a_place_for_backups_the_sentence_says_so(places, tmp_path, capsys):
    _init(places, tmp_path)
    assert cli.main(["backup", *places]) == 1
    assert "SOTTO_BACKUP_DIR" in capsys.readouterr().err
