"""A field of a visit is known once: whatever reads the table names every field, in words, in both languages."""

import copy
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.actions import disclosure
from pwa_server.desk.models.office_and_cases import Visit, VisitVersion
from pwa_server.desk.pages.layout.words import Words
from pwa_server.desk.pages.visits import conflicts, record
from pwa_server.desk.queries import search
from pwa_server.desk.queries.access import DATA_CLASSES, VISIT_PARTS
from sync import events
from sync.visit_fields import PATHS, VISIT_FIELDS, texts_at, value_at
from tests.desk.test_corrections import OTHER, WHOLE

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BODY = WHOLE | {
    "photos": [
        {"blob": "b", "key": "k", "size": 1, "type": "image/jpeg", "width": 1, "height": 1, "note": ""}
    ],
    "promises": [{"id": "p", "text": "地図", "due": "2026-12-01", "to": "D"}],
}


@pytest.fixture(params=["ja", "en"])
def words(request):
    return Words(request.param, NOW)


def test_the_table_names_every_member_of_a_visit_and_no_other():
    known = {name for members in events.VISIT_MEMBERS for name in members}
    assert {path.split(".")[0] for path in PATHS} == known
    assert [path for path in PATHS if path.startswith("notes.")] == [f"notes.{name}" for name in record.NOTES]
    assert len(set(PATHS)) == len(PATHS)


def test_classes_are_those_of_the_access_table():
    told = {one.path: one.data_class for one in VISIT_FIELDS}
    assert set(told.values()) <= set(DATA_CLASSES)
    assert told == VISIT_PARTS
    assert all(one.search in ("", one.data_class) for one in VISIT_FIELDS)


def test_every_code_of_every_field_has_words(words):
    for one in VISIT_FIELDS:
        assert texts.has(words.lang, f"desk.field.{one.path}"), one.path
        assert not one.added or texts.has(words.lang, f"field.{one.path}"), one.path  # on the phone's form
        for code in events.codes_of(one.codes):
            if code is not None:
                assert texts.has(words.lang, f"{one.path}.{code}"), (one.path, code)
        for code in events.codes_of(one.values):
            assert texts.has(words.lang, f"{one.path}.value.{code}"), (one.path, code)
        if one.disclosure:
            assert texts.has(words.lang, f"desk.disclosure.box.{one.path}"), one.path


def test_no_field_is_shown_as_a_code_or_a_structure(app, words):
    for one in VISIT_FIELDS:
        told = record.in_words(one.path, value_at(BODY, one.path), words, {"demo-002-m1": "母"})
        assert told not in ("", words.t("desk.none")), one.path
        codes = set(events.codes_of(one.codes)) | set(events.codes_of(one.values))
        shown = set(re.findall(r"[a-z]+_[a-z_]+", told))
        assert not shown & {code for code in codes if isinstance(code, str)}, (one.path, told)
        assert "{" not in told, (one.path, told)
        assert "T0" not in told, (one.path, told)
    assert len(record.rows(BODY, words, {})) == len(PATHS)


def test_two_corrections_show_each_field_once_under_a_name_of_its_own(app, words):
    bodies = []
    for which in (0, 1):
        body = copy.deepcopy(BODY)
        for path, value in OTHER.items():
            *outer, last = path.split(".")
            inner = body
            for step in outer:
                inner = inner[step]
            if which:
                inner[last] = value
        bodies.append(body)
    bodies[1]["photos"] = []
    versions = [VisitVersion(id=str(n), by="x", body=body, changed=[]) for n, body in enumerate(bodies)]
    found = [one.path for one in conflicts.fields(versions)]
    assert found == [path for path in PATHS if value_at(bodies[0], path) != value_at(bodies[1], path)]
    assert len(found) == len(set(found))
    names = [words.term("desk.field", path) for path in found]
    assert len(names) == len(set(names))
    assert len(found) > 20


def test_a_reviewer_is_shown_every_field_a_correction_changed(supervisor, office, desk, nakagawa):
    visit = actions.record_visit(
        desk, nakagawa, "demo-002", {k: v for k, v in WHOLE.items() if k != "byHand"} | {"metWith": []}
    )
    for path, value in OTHER.items():
        if path in ("photos", "byHand", "metWith") or value is None:
            continue
        before = VisitVersion.get_by_id(Visit.get_by_id(visit).current_version)
        body = copy.deepcopy(before.body)
        *outer, last = path.split(".")
        inner = body
        for step in outer:
            inner = inner[step]
        if inner.get(last) == value:
            continue
        inner[last] = value
        actions.correct_visit(desk, nakagawa, visit, before.id, [path], body)
        field = path if path in PATHS else path.split(".")[0]
        supervisor.open(f"/visits/{visit}")
        history = supervisor.page[
            supervisor.page.index('id="history"') if 'id="history"' in supervisor.page else 0 :
        ]
        name = texts.t("ja", f"note.{last}") if outer == ["notes"] else texts.t("ja", f"desk.field.{field}")
        assert name in history, path


def test_free_words_are_searched_and_disclosed():
    free = [one for one in VISIT_FIELDS if texts_at(one, BODY)]
    assert {one.path for one in free} == {one.path for one in VISIT_FIELDS if one.search}
    assert all(one.disclosure for one in free)
    grids = {one.path for one in VISIT_FIELDS if one.kind == "grid"}
    assert {one.path for one in VISIT_FIELDS if one.disclosure} == {one.path for one in free} | grids
    found = "\n".join(search.texts_of(BODY).values())
    for one in free:
        for text in texts_at(one, BODY):
            assert text in found, one.path
    boxes = {one.box for one in disclosure._of(Visit(id="v", current_version="x"), BODY, {})}
    assert boxes == {one.path for one in free} | grids


def test_what_a_page_asks_of_the_record_is_there():
    """Jinja loops over what is not there in silence: the grid of risks would be empty."""
    pages = Path(__file__).parents[2] / "templates" / "desk"
    asked = {
        name
        for page in pages.glob("*.html")
        for name in re.findall(r"(?<![.\w])record\.(\w+)", page.read_text("utf-8"))
    }
    assert {"RISKS", "LIVING"} <= asked
    assert sorted(name for name in asked if not hasattr(record, name)) == []


def test_the_page_of_a_visit_names_every_risk_and_every_part_of_living(supervisor, desk, nakagawa):
    body = WHOLE | {"metWith": [], "risk": {}, "living": {}}
    body["risk"], body["living"] = {"abuse": "concern"}, {"meals": "attention"}
    visit = actions.record_visit(desk, nakagawa, "demo-002", {k: v for k, v in body.items() if k != "byHand"})
    supervisor.open(f"/visits/{visit}")
    for group, keys in (("risk", events.RISK_KEYS), ("living", events.LIVING_KEYS)):
        for key in keys:
            assert f"<dt>{texts.t('ja', f'{group}.{key}')}</dt>" in supervisor.page, (group, key)
