"""ノウハウ: written without persons, read by a second one, found by situation, offered where the situation is alike."""

import re

import pytest

from pwa_server.desk.models.consultations import BY_NAME
from pwa_server.desk.models.learnings import CODES, FIELDS, SITUATIONS, Learning, LearningAside
from pwa_server.desk.models.office_and_cases import Member, Staff
from pwa_server.desk.queries import learnings, named_persons
from pwa_server.desk.queries.access import ROLES, TABLE, cell

FILLED = {
    "title": "日を決めずに、朝の電話で行く",
    "when": "高齢の親の体調で、訪問の約束が続けて流れる。",
    "did": "次の日を決めて帰っていた。",
    "changed": "その朝に電話する日だけを決めた。",
    "failed": "はじめは毎週にした。",
    "needed": "朝に動ける支援員が二人",
    "situation": ["parent_and_adult_child", "promises_fall_through"],
}


@pytest.fixture
def worker(at_desk):
    return at_desk("kobayashi")


def only():
    return Learning.get(Learning.title == FILLED["title"])


@pytest.fixture
def written(supervisor):
    page = supervisor.send("/learnings/new", **FILLED)
    assert "ほかの人が一人読むと、みなに出ます" in page.text
    return only()


def test_a_second_person_reads_it_before_everybody_does(supervisor, worker, comes, written):
    assert "読む人を待つ" in supervisor.open("/learnings").text
    assert "読み合わせ済みにする" not in supervisor.open(f"/learnings/{written.id}").text
    supervisor.send(f"/learnings/{written.id}/check", version=written.version, result="reads")
    assert supervisor.status == 403  # never one's own
    chief = comes("課長", "chief")
    assert written.title not in chief.open("/learnings").text
    assert chief.open(f"/learnings/{written.id}")
    assert chief.status == 403

    worker.send(f"/learnings/{written.id}/check", version=written.version, result="asks", note="")
    assert worker.status == 400
    assert only().state == "waiting"
    worker.send(
        f"/learnings/{written.id}/check", version=written.version, result="asks", note="毎週は要りますか"
    )
    assert only().state == "asked"
    supervisor.send(f"/learnings/{written.id}/change", **FILLED | {"failed": ""})
    assert only().state == "waiting"
    assert only().version != written.version
    worker.send(f"/learnings/{written.id}/check", version=written.version, result="reads")
    assert worker.status == 400
    assert only().state == "waiting"
    worker.send(f"/learnings/{written.id}/check", version=only().version, result="reads")
    assert only().state == "read"
    assert written.title in chief.open("/learnings").text
    assert written.title in chief.open("/learnings/print").text


def test_whoever_may_see_it_does_and_nobody_else(comes, supervisor, worker, written):
    worker.send(f"/learnings/{written.id}/check", version=written.version, result="reads")
    for role in ROLES:
        looks(comes(role, role), role, written)


def looks(person, role, written):
    see, change = cell(role, "learnings")
    for path in ("/learnings", f"/learnings/{written.id}", "/learnings/print"):
        person.open(path)
        assert (written.title in person.page) == bool(see), path
    person.open("/learnings/new")
    assert person.status == (200 if change else 403)
    for path in ("new", f"{written.id}/change", f"{written.id}/tried", f"{written.id}/withdraw"):
        if not change:
            person.send(f"/learnings/{path}", **FILLED, words="x", fits="yes")
            assert person.status == 403, path
    assert only().state == "read"


NEEDED = {one.name for one in FIELDS if one.needed} | {"situation"}


def test_each_field_is_asked_for_bounded_and_never_lost(supervisor):
    for field in (*(one.name for one in FIELDS), "situation"):
        try_field(supervisor, field)


def try_field(supervisor, field):
    longest = next((one.longest for one in FIELDS if one.name == field), None)
    empty = [] if field == "situation" else "  "
    supervisor.send("/learnings/new", **FILLED | {field: empty})
    assert supervisor.status == (400 if field in NEEDED else 200)
    if longest is None:
        supervisor.send("/learnings/new", **FILLED | {field: ["nonsense"]})
        assert supervisor.status == 400
        return
    page = supervisor.send("/learnings/new", **FILLED | {field: "あ" * (longest + 1)})
    assert supervisor.status == 400
    assert "長すぎます" in page.text
    assert "あ" * (longest + 1) in supervisor.page
    for name, value in FILLED.items():
        if name not in (field, "situation"):
            assert value in supervisor.page, name


TELLING = {
    "number": "DEMO-002の方",
    "name": "かしわぎ家では",
    "telephone": "077-561-0000へ",
    "address": "木川町12番地",
    "title": "Dさんは",
    "date": "令和5年の秋に",
    "age": "47歳の",
    "town": "木川町の家",
}
PLAIN = (
    "お母さんが疲れている", "皆さんに聞く", "週に2回、15分だけ", "民生委員さんと行く", "月に一度", "8050の世帯", "3か月後",
)  # fmt: skip


def test_every_kind_that_tells_who_is_meant_has_an_example():
    assert TELLING.keys() == named_persons.PATTERNS.keys() | {"name"}


def test_what_tells_who_is_meant_is_asked_about_in_every_field(supervisor):
    row = Member.select().first()
    Member.update(reading="カシワギ").where(Member.id == row.id).execute()
    for kind in TELLING:
        try_telling(supervisor, kind)


def try_telling(supervisor, kind):
    before = Learning.select().count()
    for field in FIELDS:
        told = FILLED | {field.name: TELLING[kind]}
        page = supervisor.send("/learnings/new", **told)
        assert supervisor.status == 400, field.name
        assert "人がわかるかもしれない" in page.text, field.name
        assert TELLING[kind] in supervisor.page
    assert Learning.select().count() == before
    supervisor.send("/learnings/new", **told, nobody="yes")
    assert supervisor.status == (400 if kind in named_persons.SURE else 200)


def test_plain_words_are_not_asked_about(office):
    for text in PLAIN:
        assert named_persons.told(office.person("nakagawa"), text) == [], text


def test_only_who_may_see_every_name_is_told_that_one_is_known_here(office):
    row = Member.select().first()
    Member.update(name="柏木 まこと").where(Member.id == row.id).execute()
    assert named_persons.told(office.person("nakagawa"), "柏木まことの家")
    assert not named_persons.told(office.person("kobayashi"), "柏木まことの家")


def test_it_is_found_by_situation_and_by_words_in_any_spelling(supervisor, written):
    other = FILLED | {"title": "ひとりの場", "situation": ["alone"], "when": "ﾃﾞﾝﾜに出ない"}
    supervisor.send("/learnings/new", **other)
    assert written.title not in supervisor.open("/learnings?s=alone").text
    assert written.title in supervisor.open("/learnings?s=promises_fall_through").text
    assert "ひとりの場" in supervisor.send("/learnings/find", q="でんわ 出ない").text
    assert written.title not in supervisor.send("/learnings/find", q="でんわ 出ない").text
    assert (
        supervisor.send("/learnings/find", q="ない言葉").text.count("この場面のノウハウはまだありません") == 1
    )


def test_it_is_offered_where_two_words_are_in_common_until_it_is_set_aside(
    supervisor, worker, written, office
):
    from_where = learnings.situation_of(office.person("nakagawa"), "demo-002", office.desk.clock().date())
    assert len(from_where) >= learnings.IN_COMMON
    supervisor.send(f"/learnings/{written.id}/change", **FILLED | {"situation": sorted(from_where)[:2]})
    page = supervisor.open("/cases/demo-002")
    assert written.title not in page.text  # nobody else has read it
    worker.send(f"/learnings/{written.id}/check", version=only().version, result="reads")
    assert written.title in supervisor.open("/cases/demo-002").text
    supervisor.send(f"/learnings/{written.id}/change", **FILLED | {"situation": sorted(from_where)[:1]})
    worker.send(f"/learnings/{written.id}/check", version=only().version, result="reads")
    assert written.title not in supervisor.open("/cases/demo-002").text
    supervisor.send(f"/learnings/{written.id}/change", **FILLED | {"situation": sorted(from_where)})
    worker.send(f"/learnings/{written.id}/check", version=only().version, result="reads")
    supervisor.send("/cases/demo-002/learnings/aside", learning=written.id)
    assert LearningAside.select().count() == 1
    assert written.title not in supervisor.open("/cases/demo-002").text


def test_a_situation_tells_nobody_what_they_may_not_see_of_the_case(office, comes):
    """Each word comes from one class of data; who may not see the class is not told the word."""
    today = office.desk.clock().date()
    whole = learnings.situation_of(office.person("nakagawa"), "demo-002", today)
    for role in ROLES:
        person = comes(role, role)
        actor = Staff.get_by_id(person.id)
        told = learnings.situation_of(actor, "demo-002", today)
        assert told <= whole
        if "office" not in cell(role, "identity")[0]:
            assert not told & set(SITUATIONS["household"])
        if "office" not in cell(role, "health")[0]:
            assert not told & set(SITUATIONS["trouble"])
        if "office" not in cell(role, "visit_facts")[0]:
            assert not told & (set(SITUATIONS["stage"]) | set(SITUATIONS["happened"]))


def test_every_topic_of_an_intake_that_names_a_trouble_has_its_word():
    topics = set(BY_NAME["topics"].codes)
    assert learnings.TROUBLES.keys() <= topics
    assert set(learnings.TROUBLES.values()) == set(SITUATIONS["trouble"])
    assert set(CODES) >= set(learnings.TROUBLES.values())
    # what stays without a word has none on purpose: no situation is told by it
    assert topics - learnings.TROUBLES.keys() == {
        "finding_work", "worries_at_work", "community_ties", "family_ties", "child_raising", "other"}  # fmt: skip


def test_who_tried_it_says_so_and_it_can_be_taken_back(supervisor, worker, written):
    worker.send(f"/learnings/{written.id}/check", version=written.version, result="reads")
    worker.send(f"/learnings/{written.id}/tried", words="", fits="yes")
    assert worker.status == 400
    worker.send(f"/learnings/{written.id}/tried", words="Dさんに合った", fits="yes")
    assert worker.status == 400
    assert "Dさんに合った" in worker.page
    worker.send(f"/learnings/{written.id}/tried", words="事務所の番号からがよかった", fits="no")
    assert "今回は合わなかった" in supervisor.open(f"/learnings/{written.id}").text
    supervisor.send(f"/learnings/{written.id}/withdraw")
    assert written.title not in supervisor.open("/learnings").text
    supervisor.open(f"/learnings/{written.id}")
    assert supervisor.status == 404


def test_the_table_has_a_row_for_it():
    assert "learnings" in TABLE
    assert re.search("office", TABLE["learnings"][0])
