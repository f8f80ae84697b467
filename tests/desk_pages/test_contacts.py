"""Contacts written down at the desk: every field there and back, what is needed, who may, counted and
reviewed alike.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.core.errors import NotAllowed
from pwa_server.desk.models.office_and_cases import FollowUp, Review, Staff, Visit, VisitVersion
from pwa_server.desk.projections.rebuild import rebuild
from pwa_server.desk.queries import contact_form as fields
from pwa_server.desk.queries.access import ROLES
from pwa_server.desk.queries.figures import CONTACT_CLASSES, CONTACTS
from sync import events
from sync.visit_fields import PATHS, VISIT_FIELDS, value_at
from tests.desk.test_corrections import OTHER, WHOLE

CASE = "demo-002"
NEW = f"/cases/{CASE}/contacts/new"
ROOT = Path(__file__).parents[2]


class Filled(HTMLParser):
    """The form of a contact as a browser would send it untouched: (name, value) pairs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._inside = False
        self._text: str | None = None
        self._select = ""
        self.feed(page[page.index('class="panel form intake"') - 200 :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "form":
            self._inside = "intake" in told.get("class", "")
        if not self._inside:
            return
        if tag == "input" and name and (told.get("type") not in ("radio", "checkbox") or "checked" in told):
            self.pairs.append((name, told.get("value", "")))
        if tag == "textarea":
            self._text = name
            self.pairs.append((name, ""))
        if tag == "select":
            self._select = name
            self.pairs.append((name, ""))
        if tag == "option" and "selected" in told:
            self.pairs[-1] = (self._select, told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._text = None if tag == "textarea" else self._text
        self._inside = self._inside and tag != "form"

    def handle_data(self, data: str) -> None:
        if self._text:
            name, before = self.pairs[-1]
            self.pairs[-1] = (name, before + data)

    def with_(self, **changes: object) -> dict[str, list[str]]:
        told: dict[str, list[str]] = {}
        for name, value in self.pairs:
            told.setdefault(name, []).append(value)
        for name, value in changes.items():
            told[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        return told


def form_at(person, path, **changes):
    person.open(path)
    assert person.status == 200, (path, person.page[-800:])
    return Filled(person.page).with_(**changes)


def send(person, path, form):
    return person.send(path, **{name: value for name, value in form.items() if name != "csrf"})


CALL = {
    "channel": "phone",
    "outcome": "reached",
    "notes.fact": "母から電話。本人は昼に起きているという",
    "reaction": 1,
    "stage": "none",
    "next.with": "family",
    **{f"risk.{key}": "none" for key in events.RISK_KEYS},
}


def test_the_form_asks_every_field_of_a_visit_once():
    asked = [path for _, names in fields.SECTIONS for path in names]
    assert sorted([*asked, *fields.ELSEWHERE]) == sorted(PATHS)
    assert len(set(asked)) == len(asked)
    assert {one.kind for one in VISIT_FIELDS if one.path in asked} <= set(fields.READERS)
    for lang in texts.LANGS:
        for name, _ in fields.SECTIONS:
            assert texts.has(lang, f"desk.contact.section.{name}")


def test_outcomes_and_what_they_mean_are_the_phones():
    told = (ROOT / "static/js/visit/outcomes.js").read_text("utf-8")
    sets = {
        name: set(re.findall(r'"(\w+)"', inner))
        for name, inner in re.findall(r"const (\w+) = new Set\(\[(.*?)\]\)", told, re.S)
    }
    assert sets["REMOTE_CHANNELS"] == fields.REMOTE_CHANNELS
    assert sets["REACTED"] == fields.REACTED
    assert sets["SOMEBODY"] == fields.SOMEBODY
    remote = re.search(r"const REMOTE = \[(.*?)\]", told, re.S)
    assert remote
    assert tuple(re.findall(r'"(\w+)"', remote[1])) == fields.REMOTE_OUTCOMES
    assert set(events.CHANNELS) >= fields.REMOTE_CHANNELS
    assert set(fields.AT_PLACE) | set(fields.REMOTE_OUTCOMES) == set(events.OUTCOMES)


def test_every_channel_is_kept_counted_and_drawn(supervisor, office):
    blank = form_at(supervisor, NEW, **CALL)
    for channel in events.CHANNELS:
        outcome = "reached" if channel in fields.REMOTE_CHANNELS else "met_person"
        told = blank | {"channel": [channel], "outcome": [outcome], "notes.fact": [channel]}
        answer = send(supervisor, NEW, told)
        assert texts.t("ja", "desk.said.contact_recorded") in supervisor.page, answer.text[-1500:]
        assert texts.t("ja", f"channel.{channel}") in answer.text
        [row] = Visit.select().where(Visit.by_hand & (Visit.channel == channel))
        assert (row.outcome, row.staff, row.review_status) == (outcome, "demo-nakagawa", "waiting")
        assert CONTACT_CLASSES.get(channel, "else") in CONTACTS
    page = supervisor.open(f"/cases/{CASE}").text
    assert all(texts.t("ja", f"channel.{channel}") in page for channel in events.CHANNELS)


def test_every_field_stands_in_the_form_as_it_stands_in_the_record_and_changes_alone(
    supervisor, office, desk, nakagawa
):
    """Nothing touched changes nothing; each field changed changes itself."""
    body = {k: v for k, v in WHOLE.items() if k != "byHand"} | {"metWith": []}
    visit = actions.record_visit(desk, nakagawa, CASE, body)
    path = f"/visits/{visit}/correct"
    send(supervisor, path, form_at(supervisor, path))
    assert texts.t("ja", "desk.said.nothing_changed") in supervisor.page
    assert VisitVersion.select().where(VisitVersion.visit == visit).count() == 1
    plain = {
        name: value
        for name, value in OTHER.items()
        if value and fields.FORM.get(name) and fields.FORM[name].kind in ("text", "code", "number")
    }
    plain.pop("channel")
    plain["outcome"] = "met_family_only"
    others = {
        "occurredAt.at": ("occurredAt", "2026-11-23T01:30:00.000Z", "10:30"),
        "endedAt.at": ("endedAt", "2026-11-23T02:30:00.000Z", "11:30"),
        "topics": ("topics", ["猫", "絵"], "猫、絵"),
        "interests": ("interests", ["川"], "川"),
        "living.meals": ("living", {"meals": "unknown", "sleep": "attention"}, "unknown"),
        "risk.abuse": ("risk", {"abuse": "concern", "self_harm": "urgent"}, "concern"),
        "riskCall.result": ("riskCall", WHOLE["riskCall"] | {"result": "今日会う"}, "今日会う"),
        "left.what": ("left", {"what": "葉書", "taken": "taken"}, "葉書"),
        "next.mayCome": ("next", {"with": "person", "mayCome": "unknown"}, "unknown"),
        "promises.text": (
            "promises",
            [WHOLE["promises"][0] | {"text": "地図を送る"}],
            ["地図を送る", "", "", ""],
        ),
        "metWith": ("metWith", ["demo-002-m1"], ["demo-002-m1"]),
        "staff": ("staff", ["demo-nakagawa", "demo-nishimura"], ["demo-nakagawa", "demo-nishimura"]),
        "reflection": ("reflection", "ゆっくり", "ゆっくり"),
        "reaction": ("reaction", 1, "1"),
        **{
            name: (name, "別の言葉", "別の言葉")
            for name in ("notes.quote", "notes.thirdParty", "hook", "stageEvent")
        },
    }
    trials = {name: (name, value, value) for name, value in plain.items()} | others
    assert {one[0] for one in trials.values()} | {"channel"} >= set(fields.FORM)
    for name, (field, value, typed) in trials.items():
        before = VisitVersion.get_by_id(Visit.get_by_id(visit).current_version)
        send(supervisor, path, form_at(supervisor, path, **{name: typed}))
        row = VisitVersion.get_by_id(Visit.get_by_id(visit).current_version)
        assert row.id != before.id, (name, supervisor.page[-3000:])
        assert value_at(row.body, field) == value, name
        assert set(row.changed) <= {field, "alone"}, name
        unchanged = [one for one in PATHS if one not in (field, "alone")]
        assert [one for one in unchanged if value_at(row.body, one) != value_at(before.body, one)] == []
    assert rebuild(desk)[1] == []


WRONG = [
    ({"outcome": ""}, "outcome"),
    ({"channel": ""}, "channel"),
    ({"outcome": "met_person"}, "outcome"),
    ({"notes.fact": " "}, "notes.fact"),
    ({"reaction": ""}, "reaction"),
    ({"stage": ""}, "stage"),
    ({"stage": "7", "stageEvent": ""}, "stageEvent"),
    ({"risk.abuse": ""}, "risk"),
    ({"risk.abuse": "urgent"}, "riskCall"),
    ({"next.with": ""}, "next"),
    ({"occurredAt.on": "2099-01-01"}, "occurredAt"),
    ({"occurredAt.on": "2026-02-30"}, "occurredAt"),
    ({"occurredAt.on": "1890-01-01"}, "occurredAt"),
    ({"endedAt.on": "2020-01-01", "endedAt.at": "09:00"}, "endedAt"),
    ({"channel": "pigeon"}, "channel"),
    ({"living.meals": "purple"}, "living"),
    ({"notes.view": "長" * 20001}, "notes.view"),
    ({"topics": "長" * 2001}, "topics"),
    ({"promises.text": "約束", "promises.due": "いつか"}, "promises"),
    ({"followup.on": "2020-01-01"}, "followup"),
    ({"followup.on": "2026-12-24", "followup.staff": "demo-tanaka"}, "followup"),
]


def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_typed_is_lost(supervisor, office):
    blank = form_at(supervisor, NEW, **CALL | {"notes.quote": "「また電話する」"})
    for changes, path in WRONG:
        send(supervisor, NEW, blank | {name: [value] for name, value in changes.items()})
        assert supervisor.status == 400, (changes, supervisor.page[-500:])
        assert f'id="e-{path}"' in supervisor.page, changes
        assert "「また電話する」" in supervisor.page
    assert Visit.select().where(Visit.by_hand).count() == 0


def test_nobody_reached_needs_no_more_than_that(supervisor, office):
    form = form_at(supervisor, NEW, channel="phone", outcome="not_reached")
    send(supervisor, NEW, form)
    [row] = Visit.select().where(Visit.by_hand)
    assert row.reaction == 0


def test_a_follow_up_is_done_with_it_and_the_next_one_stands(supervisor, office, desk, nakagawa):
    done = actions.schedule_followup(desk, nakagawa, CASE, "2026-11-24T01:00:00.000Z", "phone", "us")
    form = form_at(
        supervisor,
        NEW,
        **CALL
        | {
            "closes": [done],
            "followup.on": "2027-01-04",
            "followup.at": "09:30",
            "followup.kind": "letter",
            "followup.staff": "demo-kobayashi",
            "followup.note": "年明けに葉書",
        },
    )
    send(supervisor, NEW, form)
    [visit] = Visit.select().where(Visit.by_hand)
    assert FollowUp.get_by_id(done).state == "done"
    assert FollowUp.get_by_id(done).done_by == [visit.id]
    row = FollowUp.get(FollowUp.note == "年明けに葉書")
    assert (row.at, row.staff, row.kind, row.state) == (
        "2027-01-04T00:30:00.000Z",
        "demo-kobayashi",
        "letter",
        "open",
    )
    assert rebuild(desk)[1] == []


def test_pressed_twice_it_is_kept_once_and_two_windows_write_two(supervisor, office):
    form = form_at(supervisor, NEW, **CALL)
    for _ in range(2):
        send(supervisor, NEW, form)
    assert Visit.select().where(Visit.by_hand).count() == 1
    send(supervisor, NEW, form_at(supervisor, NEW, **CALL))
    assert Visit.select().where(Visit.by_hand).count() == 2


@pytest.fixture
def of_role(app, office, at_desk):
    """Somebody signed in who has this role."""

    person = at_desk("kobayashi")

    def come(role):
        Staff.update(role=role).where(Staff.id == "demo-kobayashi").execute()
        person.id = "demo-kobayashi"
        return person

    return come


def test_who_may_write_down_a_contact_is_the_tables_word(of_role, office):
    for role, case in ((role, case) for role in ROLES for case in (CASE, "demo-006")):
        person = of_role(role)
        actor = Staff.get_by_id(person.id)
        may = actions.may_record(actor, case)
        assert may == (role in ("supervisor", "coordinator") or (role == "worker" and case == CASE))
        person.open(f"/cases/{case}/contacts/new")
        assert person.status == (200 if may else 403), (role, case)
        if may:
            missing = {path for path in fields.FORM if f'id="q-{path}"' not in person.page}
            assert missing == ({"reflection"} if role == "coordinator" else set())
        else:
            with pytest.raises(NotAllowed):
                actions.record_visit(office.desk, actor, case, {})
        person.open(f"/cases/{case}")
        assert (f"/cases/{case}/contacts/new" in person.page) == may


def test_a_coordinators_own_contact_is_reviewed_returned_answered_and_read_by_no_stranger(
    of_role, supervisor, office, desk, nakagawa
):
    person = of_role("coordinator")
    send(person, NEW, form_at(person, NEW, **CALL | {"channel": "fax"}))
    [row] = Visit.select().where(Visit.by_hand)
    supervisor.open("/review")
    assert f"/visits/{row.id}" in supervisor.page
    actions.return_visit(desk, nakagawa, row.id, "notes.fact", "何時ごろの電話でしたか")
    assert "何時ごろの電話でしたか" in person.open("/today").text
    path = f"/visits/{row.id}/correct"
    form = form_at(person, path, **{"notes.fact": "10時に母から"})
    assert "何時ごろの電話でしたか" in person.page
    send(person, path, form)
    [review] = Review.select().where(Review.visit == row.id)
    assert review.status == "answered"
    assert "何時ごろの電話でしたか" not in person.open("/today").text
    other = actions.record_visit(desk, nakagawa, CASE, {k: v for k, v in WHOLE.items() if k != "byHand"})
    person.open(f"/visits/{other}/correct")
    assert person.status == 403


def test_two_windows_that_correct_one_record_lose_neither(supervisor, office, desk, nakagawa):
    body = {k: v for k, v in WHOLE.items() if k != "byHand"} | {"metWith": []}
    visit = actions.record_visit(desk, nakagawa, CASE, body)
    path = f"/visits/{visit}/correct"
    first, second = form_at(supervisor, path, hook="ひとつめ"), form_at(supervisor, path, hook="ふたつめ")
    send(supervisor, path, first)
    send(supervisor, path, second)
    assert supervisor.status == 409
    assert "ひとつめ" in supervisor.page
    send(supervisor, path, second | {"drawn": ["999999999"]})
    assert Visit.get_by_id(visit).conflict
    told = {one.body["hook"] for one in VisitVersion.select().where(VisitVersion.visit == visit)}
    assert {"ひとつめ", "ふたつめ"} <= told
