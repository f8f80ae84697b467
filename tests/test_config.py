"""Settings: one table, documented, refused with a sentence."""

from pathlib import Path

import pytest

from pwa_server.config import BadSetting, Config, check_key_place, check_role, load, table, variable

OPERATING = (Path(__file__).parent.parent / "docs/operating.md").read_text("utf-8")


@pytest.mark.parametrize("name", [name for name, _, _ in table()])
def test_every_setting_is_in_the_operators_guide_with_its_help(name):
    helps = {name: text for name, _, text in table()}
    row = next((line for line in OPERATING.splitlines() if line.startswith(f"| `{variable(name)}`")), None)
    assert row is not None, f"docs/operating.md says nothing about {variable(name)}"
    assert helps[name].replace("|", "\\|") in row


def test_the_guide_names_no_setting_that_is_gone():
    documented = {line.split("`")[1] for line in OPERATING.splitlines() if line.startswith("| `SOTTO_")}
    assert documented == {variable(name) for name, _, _ in table()}


def test_the_command_line_beats_the_environment():
    config = load({"SOTTO_PORT": "9000", "SOTTO_LANG": "en"}, {"port": 9100, "lang": None})
    assert (config.port, config.lang) == (9100, "en")


def test_settings_survive_the_way_to_another_process(tmp_path):
    config = Config(
        data=tmp_path,
        port=9000,
        trial=True,
        desk_key_file=tmp_path / "k",
        relay_offices=("a", "b"),
        lang="en",
    )
    assert load(config.environ()) == config


def test_a_misspelt_setting_is_named():
    with pytest.raises(BadSetting, match="Did you mean SOTTO_PORT"):
        load({"SOTTO_PROT": "1"})


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"SOTTO_PORT": "٣"}, "whole number"),
        ({"SOTTO_PORT": "70000"}, "between 1 and 65535"),
        ({"SOTTO_PORT": "8700"}, "need a port each"),
        ({"SOTTO_ROLE": "both"}, "one of: all, relay, desk"),
        ({"SOTTO_TRIAL": "maybe"}, "write 1 or 0"),
        ({"SOTTO_RELAY_URL": "relay.example"}, "address like"),
        ({"SOTTO_RELAY_URL": "https://joel:secret@relay.example"}, "password"),
        ({"SOTTO_PUBLIC_URL": "https://city.example/phone"}, "without a path"),
        ({"SOTTO_DATABASE_URL": "mysql://x"}, "postgresql"),
        ({"SOTTO_DATABASE_URL": "postgresql://h/d", "SOTTO_DATABASE_URL_FILE": "/x"}, "both given"),
        ({"SOTTO_DATABASE_URL_FILE": "/nowhere/url"}, "cannot be read"),
        ({"SOTTO_WORKERS": "2"}, "PostgreSQL"),
        ({"SOTTO_VAPID_SUBJECT": "joel"}, "mailto"),
        ({"SOTTO_PUSH_HOSTS": "127.0.0.1"}, "inside your network"),
        ({"SOTTO_PUSH_HOSTS": "intranet"}, "inside your network"),
        ({"SOTTO_PUSH_HOSTS": "push.*.com"}, "first part"),
        ({"SOTTO_SECOND_PLACE": "folder"}, "SOTTO_JOURNAL_DIR"),
        ({"SOTTO_BACKUP_KEEP": "24h,week"}, "hours, days, weeks"),
        ({"SOTTO_BACKUP_KEEP": "24h,7h"}, "twice"),
        ({"SOTTO_SECOND_PLACE": "relay"}, "which Sotto cannot do"),
        ({"SOTTO_TLS_CERT": "/x.pem"}, "both or neither"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_with_a_sentence(environ, sentence):
    with pytest.raises(BadSetting, match=sentence):
        load(environ)


def test_the_desks_key_may_not_lie_beside_what_it_opens(tmp_path):
    inside = tmp_path / "data" / "desk" / ".." / "key"
    with pytest.raises(BadSetting, match="inside the data folder"):
        check_key_place(Config(data=tmp_path / "data", desk_key_file=inside))
    assert check_key_place(Config(data=tmp_path / "data", desk_key_file=inside, trial=True)) == inside
    assert check_key_place(Config(data=tmp_path / "data", desk_key_file=tmp_path / "key"))


def test_a_link_does_not_smuggle_the_key_into_the_data_folder(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path / "data")
    with pytest.raises(BadSetting, match="inside the data folder"):
        check_key_place(Config(data=tmp_path / "data", desk_key_file=tmp_path / "elsewhere" / "key"))


def test_each_role_says_what_it_lacks(tmp_path):
    check_role(Config(role="relay"), "relay")  # offices come by `sotto office add`
    with pytest.raises(BadSetting, match="SOTTO_DESK_KEY_FILE"):
        check_role(Config(role="desk"), "desk")
    with pytest.raises(BadSetting, match="SOTTO_RELAY_URL"):
        check_role(Config(role="desk", desk_key_file=tmp_path / "key"), "desk")


# Settings of text that hold no secret; every other one can be given as a file.
OPEN = {
    "role",
    "host",
    "desk_host",
    "lang",
    "public_url",
    "desk_url",
    "vapid_subject",
    "relay_url",
    "security_log",
}
OPEN |= {"second_place", "metrics", "log"}


def test_a_setting_that_may_hold_a_secret_can_lie_in_a_file():
    texts = {name for name, default, _ in table() if isinstance(default, str)}
    files = {name for name, *_ in table() if name.endswith("_file")}
    assert texts >= OPEN
    assert {name for name in texts - OPEN if f"{name}_file" not in files} == set()


def test_a_secret_from_a_file_goes_to_no_other_process_and_into_no_sentence(tmp_path):
    place = tmp_path / "url"
    place.write_text("postgresql://sotto:hunter2@db.example/sotto\n")
    config = load({"SOTTO_DATABASE_URL_FILE": str(place)})
    assert config.database == "postgresql://sotto:hunter2@db.example/sotto"
    assert "hunter2" not in repr(config.environ())
    for wrong in (
        "mysql://sotto:hunter2@h/d",
        "two\nlines hunter2",
        "hunter2",
        "",
        "postgresql://hunter2@[h/d",
    ):
        place.write_text(wrong)
        with pytest.raises(BadSetting) as refused:
            load({"SOTTO_DATABASE_URL_FILE": str(place)})
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("name", [name for name, default, _ in table() if default is None])
def test_a_file_setting_is_a_path_and_absolute(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one").write_text("postgresql://h/d")
    given = {variable(name): "one", "SOTTO_TLS_CERT": "one", "SOTTO_TLS_KEY": "one"}
    assert getattr(load(given), name) == tmp_path / "one"
