"""A household is found in any spelling people have, by every name it ever bore; notices are found as well."""

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import handovers
from pwa_server.desk.actions.handovers import Letter
from pwa_server.desk.models.key_values import get_state, set_state
from pwa_server.desk.models.office_and_cases import CaseFile, SearchEntry
from pwa_server.desk.queries import search, search_text
from sync.events import LAWS
from sync.folding import GROUPS, fold
from tests.standins.phone import new_id

TITLE = "\u845b\U000e0100\u57ce\u3000\U00020bb7\u7537"  # 葛城 𠮷男, as the family register writes it
KANA = "かつらぎ　よしお"
QUESTIONS = (
    "葛城",
    "吉男",
    "葛城\U00020bb7男",
    TITLE,
    TITLE.replace("\u3000", ""),
    "葛城 吉男",
    "かつらぎよしお",
    KANA,
    "ｶﾂﾗｷﾞ ﾖｼｵ",
    "カツラキ\u3099",
    "葛\u200b城",
)


def found(person, words):
    person.open("/cases")
    return person.send("/cases/find", q=words).links


@pytest.fixture
def phone(office):
    return office.phone_of("kobayashi")


@pytest.fixture
def renamed(office, nakagawa):
    actions.change_case(
        office.desk, nakagawa, "demo-005", {"title": TITLE, "kana": KANA}, CaseFile.get_by_id("demo-005").rev
    )


def test_every_spelling_finds_the_household(supervisor, renamed):
    for question in QUESTIONS:
        assert "/cases/demo-005" in found(supervisor, question), ascii(question)
    assert "/cases/demo-005" not in found(supervisor, "葛西")


def test_each_letter_of_the_table_finds_each_other_of_its_group(desk):
    """Asked of the index itself, both ways."""
    search.catch_up(desk)
    with desk.write():
        search._put(
            desk.db,
            [
                (f"{place} {at} names", None, None, "core", f"山{letter}田　太郎")
                for place, group in enumerate(GROUPS)
                for at, letter in enumerate(group)
            ],
        )
    for place, group in enumerate(GROUPS):
        wanted = {f"{place} {at}" for at in range(len(group))}
        for letter in group:
            assert wanted <= set(search.named(None, f"山{letter}田太郎")), group
            assert fold(letter) == fold(group[0])


def test_a_former_name_finds_it_and_the_phone_is_told_of_it(supervisor, office, phone, renamed):
    nakagawa, saw = office.person("nakagawa"), CaseFile.get_by_id("demo-005").rev
    actions.change_case(office.desk, nakagawa, "demo-005", {"title": "高橋さんの家"}, saw)
    actions.assign(office.desk, nakagawa, "demo-005", "demo-kobayashi")
    for question in ("葛城吉男", "髙槗", "かつらぎ"):
        assert "/cases/demo-005" in found(supervisor, question), question
    office.round(phone)
    assert TITLE in phone.docs["case/demo-005"]["formerly"]


def test_a_case_begun_on_a_phone_is_found_by_all_that_was_known_also_after_it_was_joined(
    supervisor, office, phone, nakagawa
):
    case = new_id()
    known = {"name": "ｻﾄｳらしい", "age": "30代くらい", "place": "みすゞ公園", "through": "民生委員"}
    phone.write(phone.event("case.begun", case, {"title": "駅のうらの人", "known": known}))
    office.round(phone)
    for question in ("駅のうら", "さとうらしい", "みすず公園"):
        assert f"/cases/{case}" in found(supervisor, question), question

    actions.merge_cases(office.desk, nakagawa, case, "demo-003", "")
    actions.assign(office.desk, nakagawa, "demo-003", "demo-kobayashi")
    for question in ("駅のうら", "さとうらしい", "みすず公園", f"P-{case[:4]}"):
        links = found(supervisor, question)
        assert "/cases/demo-003" in links, question
        assert f"/cases/{case}" not in links
    office.round(phone)
    assert "駅のうらの人" in phone.docs["case/demo-003"]["formerly"]


def test_a_notice_is_found_by_whom_it_is_about_until_it_is_taken_back(supervisor, at_desk, office, phone):
    notice = new_id()
    body = {
        "notice": notice,
        "who": "渡邉さん",
        "place": "大路",
        "noticed": "新聞がたまっている",
        "named": "ask",
    }
    given = phone.event("notice.given", None, body)
    phone.write(given)
    office.round(phone)
    for question in ("渡辺", "大路", "新聞"):
        found(supervisor, question)
        assert "新聞がたまっている" in supervisor.page.replace("<mark>", "").replace("</mark>", ""), question
    found(at_desk("nishimura"), "渡辺")
    assert "渡邉さん" not in at_desk("nishimura").page  # a worker reads only what they gave themselves
    phone.write(phone.event("notice.withdrawn", None, {"notice": notice}))
    office.round(phone)
    found(supervisor, "渡辺")
    assert "新聞がたまっている" not in supervisor.page


def test_a_hand_over_is_found_by_its_words_its_answer_and_to_whom(supervisor, at_desk, office, nakagawa):
    told = Letter("高齢福祉課", "law", "夜の見守りをたのみたい", "2026-12-10", law=LAWS[0], reason="命の危険")
    sent = handovers.send(office.desk, nakagawa, "demo-003", told)
    answer = {"by": "高橋", "how": "phone", "on": "2026-11-24"}
    handovers.answer(office.desk, nakagawa, sent, "not_taken", "人手が足りない", **answer)
    for question in ("夜の見守り", "高齢福祉課", "人手が足りない"):
        assert "/cases/demo-003" in found(supervisor, question), question
    assert "つなぎ" in supervisor.page
    assert "/cases/demo-003" not in found(at_desk("nishimura"), "夜の見守り")
    assert "/cases/demo-003" not in found(supervisor, LAWS[0])


def test_an_index_made_by_an_older_table_is_made_anew_and_says_so_meanwhile(supervisor, desk, renamed):
    found(supervisor, "葛城")
    with desk.write():
        set_state(search.SPELLING, "of an older program")
        SearchEntry.update(text="").execute()
    search.catch_up(desk, 1)
    assert get_state(search.SPELLING) == search_text.fingerprint()
    assert not SearchEntry.select().where(SearchEntry.text == "").exists()
    assert search.is_behind()
    assert "/cases/demo-005" in found(supervisor, "葛城")
    assert 'id="behind"' not in supervisor.page
