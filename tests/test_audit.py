"""The locks against lists of known faults that are made up here, for packages that are really locked."""

import json
import zipfile

import pytest

from tools import audit

HERE = audit.locked()
FLASK = next(one for one in HERE if one.name == "flask")
NPM = next(one for one in HERE if one.ecosystem == "npm")


def record(package=FLASK, **affected):
    said = {"package": {"ecosystem": package.ecosystem, "name": package.name}, **affected}
    return {"id": "MADE-UP-1", "summary": "made up", "affected": [said]}


def events(*pairs):
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{kind: at} for kind, at in pairs]}]}


def ids(*known):
    return [id_ for _, id_, _ in audit.faults(HERE, iter(known))]


def test_every_locked_package_is_asked_about():
    assert len({(one.ecosystem, one.name) for one in HERE}) > 60
    assert {"flask", "peewee", "cryptography", "pillow"} <= {one.name for one in HERE}
    assert {one.lock for one in HERE} >= {"uv.lock", "tests/js/package-lock.json"}
    assert "sotto" not in {one.name for one in HERE}


@pytest.mark.parametrize("package", [FLASK, NPM], ids=["python", "javascript"])
def test_a_fault_in_the_locked_version_is_found(package):
    assert ids(record(package, versions=[package.version])) == ["MADE-UP-1"]
    assert ids(record(package, **events(("introduced", "0")))) == ["MADE-UP-1"]
    assert ids(record(package, **events(("introduced", "0"), ("last_affected", package.version)))) == [
        "MADE-UP-1"
    ]


@pytest.mark.parametrize("package", [FLASK, NPM], ids=["python", "javascript"])
def test_one_that_was_mended_or_is_another_packages_is_not(package):
    assert ids(record(package, **events(("introduced", "0"), ("fixed", package.version)))) == []
    assert ids(record(package, **events(("introduced", "9999")))) == []
    assert ids(record(package, versions=["0.0.0.1"])) == []
    assert ids(record(package._replace(name="another"), **events(("introduced", "0")))) == []
    assert ids(record(package, **events(("introduced", "0"))) | {"withdrawn": "2026-01-01T00:00:00Z"}) == []


def test_again_introduced_after_a_mending_counts():
    told = events(("introduced", "0"), ("fixed", "0.1"), ("introduced", "0.2"))
    assert ids(record(**told)) == ["MADE-UP-1"]


def test_names_are_compared_as_pypi_spells_them():
    login = next(one for one in HERE if one.name == "flask-login")
    assert ids(record(login._replace(name="Flask_Login"), versions=[login.version])) == ["MADE-UP-1"]


def test_lists_zips_and_folders_are_read_and_the_end_says_what_came_of_it(tmp_path, capsys):
    known = record(versions=[FLASK.version])
    (tmp_path / "one.json").write_text(json.dumps(known))
    (tmp_path / "list.json").write_text(json.dumps({"vulns": [known]}))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("MADE-UP-1.json", json.dumps(known))
    for file in ("one.json", "list.json", "all.zip", ""):
        assert audit.main([str(tmp_path / file)]) == 1
        assert f"flask {FLASK.version} (uv.lock): MADE-UP-1" in capsys.readouterr().out
    (tmp_path / "none.json").write_text("[]")
    assert audit.main([str(tmp_path / "none.json")]) == 0
    (tmp_path / "page.json").write_text("<html>")
    assert audit.main([str(tmp_path / "page.json")]) == 2
