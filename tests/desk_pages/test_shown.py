"""Every page, search, export and phone of each role against the table of domain 7.2, by a sign of each class of data.

Pages come from the app's own map, fields from `field_classes`, roles and classes from `access`: what is added to one of
them and forgotten here fails.
"""

import inspect
import json

import pytest

from pwa_server.desk import actions
from pwa_server.desk.accounts import staff
from pwa_server.desk.actions import trust
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.models.office_and_cases import AccessView, DeviceRow, Staff
from pwa_server.desk.pages.layout.absent import EMPTY
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.desk.queries.access import ROLES, TABLE, VISIT_PARTS, cell, may
from pwa_server.desk.queries.field_classes import CODED, FIELDS, MIXED, unclassified
from pwa_server.desk.queries.shown import lists
from pwa_server.texts import catalogue
from sync import events
from tests.desk.conftest import give_account, join
from tests.desk_pages import planted
from tests.desk_pages.planted import CASE, SIGNS

# Classes no stored field of this office has words for: figures, machines, what only acts are about.
WITHOUT_WORDS = {
    "conference_support",
    "conference_multi",
    "plan_decision",
    "statistics",
    "held",
    "people",
    "settings",
    "checklists",
    "exports",
    "filings",
    "archives",
}


def test_every_column_of_the_read_model_has_a_class():
    assert unclassified() == []
    known = {*TABLE, "", MIXED}
    assert {one for fields in FIELDS.values() for one in fields.values()} <= known


def test_every_part_of_a_visit_has_a_class():
    told = inspect.getclosurevars(events._VISIT_SHAPE).nonlocals
    notes = inspect.getclosurevars(events._NOTES).nonlocals["required"]
    parts = {*told["required"], *told["optional"], *(f"notes.{name}" for name in notes)} - {"notes"}
    assert parts == set(VISIT_PARTS)


def test_every_field_with_words_carries_a_sign():
    for table, fields in FIELDS.items():
        words = {name for name, one in fields.items() if one not in ("", MIXED) and name not in CODED}
        if words and table not in planted.WITH_OTHERS and table.__name__ not in planted.WORDLESS:
            carried = set(planted.content(table)) | set(planted.ROWS.get(table, {}))
            assert table in planted.ROWS, table.__name__
            assert words <= carried, table.__name__
    planted_classes = {one for table in FIELDS for one in FIELDS[table].values()} | set(VISIT_PARTS.values())
    assert set(TABLE) - WITHOUT_WORDS <= planted_classes | {"visit_view"}


def test_every_sentence_of_absence_is_in_one_table():
    ja = catalogue("ja")
    assert set(EMPTY) | NOT_ABSENCE <= set(ja)
    assert set(EMPTY.values()) <= {*TABLE, ""}
    ending = tuple(key for key in ja if key.startswith("desk.") and key.split(".")[-1] in ("none", "empty"))
    said_by_pages = {key for key in ending if key not in NOT_ABSENCE}
    assert said_by_pages <= set(EMPTY), sorted(said_by_pages - set(EMPTY))


LONG_ENOUGH = 10  # a sentence, not a word that stands elsewhere too
# Words that end so and are no sentence of absence on a page.
NOT_ABSENCE = {
    "desk.backup.none",
    "desk.calls.why.none",
    "desk.consent.none",
    "desk.error.empty",
    "desk.held.inside.none",
    "desk.phone.none",
    "desk.plan.change.none",
    "desk.second.none",
    "desk.security.from.none",
    "desk.tie.direction.none",
}


# What a case's content is told by: its number and title alone are in many lists, and are no reading.
OF_A_CASE = [SIGNS[name] for name in TABLE if name not in WITHOUT_WORDS and name not in (
    "core", "opportunities", "host_contacts", "community_issues", "community_steps", "learnings", "notices", "devices",
    "incidents", "imports", "certificates", "organisations",
    "access_log")]  # fmt: skip
# A picture of the planted visit has no bytes; what is one's own draft is no reading.
UNLOGGED = {"drafts.read"}


@pytest.fixture
def walk(app, office):
    """The planted office; `walk(role, tie)` gives all that such a person finds: {page: text}."""
    nakagawa = office.person("nakagawa")
    planted.plant(office)
    planted.agree(office)
    theirs = planted.visit_by(office, office.person("kobayashi"))
    planted.index_anew(office)

    def come(role, tie):
        id_ = join(office.desk, f"{role} {tie}", role, f"{role}-{tie}@sample.invalid")
        person = Staff.get_by_id(id_)
        if tie == "assigned":
            actions.assign(office.desk, nakagawa, CASE, id_)
        if tie == "granted":
            trust.open_in_emergency(office.desk, person, CASE, "この確かめのために開く")
        visits = [theirs]
        if tie == "own":
            visits.append(planted.visit_by(office, person))
            planted.index_anew(office)
        person.granted = trust.running_grants(office.desk, id_)
        return person, browse(app, office, person, visits)

    return come


def browse(app, office, person, visits):
    desk = office.desk
    give_account(desk, person.id, person.email)
    client = app.test_client()
    client.set_cookie(COOKIE, staff.open_session(desk, person.id, "password"))
    found = {}
    lines, unlogged = {}, []
    for endpoint, path in planted.addresses(app, visits):
        before = looks(person.id)
        answer = client.get(path)
        assert answer.status_code < 500, (person.role, path)
        found[path] = planted.text_of(answer) if answer.status_code < 300 else ""
        # A list looked at again within the hour is the same look: its first line counts for its other views.
        lines[endpoint] = lines.get(endpoint, 0) + looks(person.id) - before
        if (
            any(letter in found[path] for letter in OF_A_CASE)
            and not lines[endpoint]
            and endpoint not in UNLOGGED
        ):
            unlogged.append((person.role, path))
    assert unlogged == []
    token = client.get("/settings").get_data(as_text=True).split('name="csrf" value="', 1)[1][:64]
    same = {"Sec-Fetch-Site": "same-origin"}
    for path, form in (
        (f"/cases/{CASE}/sheet", {"purpose": "x"}),
        ("/statistics/export", {}),
        ("/statistics/file", {}),
        ("/records/export", {}),
    ):
        answer = client.post(path, data={"csrf": token} | form, headers=same)
        found[f"POST {path}"] = planted.text_of(answer) if answer.status_code < 300 else ""
    for data_class, letter in SIGNS.items():
        before = looks(person.id)
        client.post("/cases/find", data={"csrf": token, "q": letter}, headers=same)
        page = planted.text_of(client.get("/cases/found"))
        # What was asked for stands on the page anyhow; a hit is marked.
        found[f"search {data_class}"] = letter if f"<mark>{letter}" in page else ""
        assert not found[f"search {data_class}"] or looks(person.id) > before, "a reading without a line"
    phone = DeviceRow(
        id="p", staff=person.id, label="", status="active", sign="", seal="", enrolled_at=desk.now()
    )
    found["phone"] = json.dumps(documents_for(desk, phone), ensure_ascii=False)
    return found


def looks(staff_id):
    """How many lines there are of this person reading the planted case."""
    return AccessView.select().where((AccessView.staff == staff_id) & (AccessView.case == CASE)).count()


def ties_of(role):
    """Each tie that makes a difference for this role, and none at all."""
    named = {one for data_class in TABLE for one in cell(role, data_class)[0]}
    if "granted" in named and "granted" not in cell(role, "identity")[0]:
        named.discard("granted")
    return ["nobody", *(tie for tie in ("assigned", "own", "granted") if tie in named)]


def absent_where_hidden(person, found):
    """Sentences that say "none" to somebody who is not told."""
    ja, wrong = catalogue("ja"), []
    for key, data_class in EMPTY.items():
        if not data_class or len(ja[key]) < LONG_ENOUGH:
            continue
        for page, text in found.items():
            case = CASE if CASE in page or page.startswith("/visits/") else None
            hidden = not (may(person, "see", data_class, case) if case else lists(person, data_class))
            if ja[key] in text and hidden:
                wrong.append((person.role, key, page))
    return wrong


def test_a_sign_stands_only_where_the_table_says_so(walk):
    wrong, seen_by_somebody = [], set()
    for role in ROLES:
        for tie in ties_of(role):
            person, found = walk(role, tie)
            author = person.id if tie == "own" else None
            wrong += absent_where_hidden(person, found)
            for data_class, letter in SIGNS.items():
                for page, text in found.items():
                    if letter not in text:
                        continue
                    seen_by_somebody.add(data_class)
                    place = "phone" if page == "phone" else "desk"
                    if not may(person, "see", data_class, CASE, author=author, place=place):
                        at = text.index(letter)
                        wrong.append((role, tie, data_class, page, text[max(0, at - 60) : at + 9]))
    assert wrong == [], "\n".join(str(one) for one in wrong)
    # The control: every class that has words was found by somebody who may see it.
    assert seen_by_somebody >= set(TABLE) - WITHOUT_WORDS
