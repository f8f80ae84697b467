"""The list of cases, one household on its page, follow-ups and figures."""

import re

from pwa_server.desk import actions
from pwa_server.desk.models.office_and_cases import CaseFile, FollowUp, PromiseMade, Visit
from tests.desk_pages.conftest import Reader
from tests.standins.phone import new_id, visit_body


def figures(page: str) -> list[list[str]]:
    table = page.split('id="triage"', 1)[1].split("</table>", 1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [re.findall(r'class="num">(?:<b>)?([0-9–]+)', row) for row in rows][1:]


def test_the_figures_print_the_published_table(supervisor):
    supervisor.open("/statistics")
    assert figures(supervisor.page) == [
        ["16", "2", "14", "–"],
        ["8", "1", "7", "–"],
        ["33", "–", "–", "33"],
        ["57", "3", "21", "33"],
    ]


def test_a_b_case_becomes_a_when_its_conference_was_held(supervisor, office):
    page = supervisor.open("/cases/demo-002")
    assert "会議を予定" in page.text
    supervisor.send("/cases/demo-002/conference", on="2026-11-20", member="demo-nakagawa")
    assert "区分は A になります" in supervisor.page
    supervisor.open("/statistics")
    assert [row[0] for row in figures(supervisor.page)] == ["17", "7", "33", "57"]


def test_a_conference_cannot_have_been_held_tomorrow(supervisor):
    supervisor.open("/cases/demo-002")
    for on in ("2027-01-01", "", "soon", "2026-13-01"):
        supervisor.send("/cases/demo-002/conference", on=on)
        assert "開いた日を入れてください" in supervisor.page, on
    assert CaseFile.get_by_id("demo-002").conference_status == "planned"


def test_the_safety_card_stands_before_everything_else_and_cannot_fold(supervisor):
    supervisor.open("/cases/demo-002")
    card = supervisor.page.index('class="safety"')
    assert card < supervisor.page.index('id="line"') < supervisor.page.index('id="time"')
    assert "<details" not in supervisor.page[card : supervisor.page.index("</section>", card)]


def test_an_expired_flag_is_struck_and_asks_a_person(supervisor):
    page = supervisor.open("/cases/demo-003")
    assert "期限切れ。見直してください" in page.text
    assert '<li class="is-expired">' in supervisor.page


def test_the_genogram_draws_what_is_known_and_no_more(supervisor):
    supervisor.open("/cases/demo-002")
    drawing = supervisor.page.split('aria-labelledby="g-t g-d"', 1)[1].split("</svg>", 1)[0]
    assert drawing.count('class="fig"') == 4
    assert drawing.count('class="in"') == 1  # D alone is outlined twice
    assert drawing.count('class="home"') == 1
    assert drawing.count('class="rel"') == 1  # B and D: told. Everything else is inferred
    assert drawing.count('class="rel-guess"') >= 2
    shapes = re.findall(r'class="fig" d="([^"]+)"', drawing)
    assert all(shape.count("L") == 1 and "a" not in shape and "h" not in shape for shape in shapes), (
        "△ until known"
    )
    text = Reader(supervisor.page).text
    assert "本人、30代、性別不明" in text
    assert "Bの子" in text
    assert "Aの子（推定）" in text


def line_of_demo_002(person) -> str:
    person.open("/cases/demo-002")
    return person.page.split('aria-labelledby="line-all-t line-all-d"', 1)[1].split("</svg>", 1)[0]


def test_the_line_shows_the_step_down_of_the_refusal_without_alarm(supervisor):
    drawing = line_of_demo_002(supervisor)
    assert "urgent" not in drawing
    assert (
        drawing.count('class="mark mark-none"') >= 4
    )  # called off, left note, refused: contacts like the others
    assert "玄関先で断られた" in drawing
    assert len(re.findall(r"<g>\s*<title>", drawing)) == 14
    assert "未確認" not in drawing  # met within the last weeks
    assert "文字で読む" in supervisor.page


def test_a_line_nobody_added_to_for_ninety_days_says_so(office, at_desk):
    office.clock.pass_(days=90)
    assert "未確認" in line_of_demo_002(at_desk("nakagawa"))


def test_a_search_finds_two_character_words_and_puts_no_word_into_the_address(supervisor, morning):
    supervisor.open("/cases")
    page = supervisor.send("/cases/find", q="電池")
    assert supervisor.path.startswith("/cases/found")
    assert "電池" not in supervisor.answer.request.url
    assert "DEMO-002" in page.text
    assert "DEMO-003" not in page.text.split("ケース番号")[-1]
    assert "DEMO-005" in supervisor.send("/cases/find", q="ｄｅｍｏ-005").text  # full width, lower case
    assert "見つかりません" in supervisor.send("/cases/find", q="どこにもない言葉").text


def test_a_search_does_not_reveal_what_the_searcher_may_not_read(at_desk, morning):
    kobayashi = at_desk("kobayashi")
    kobayashi.open("/cases")
    assert "見つかりません" in kobayashi.send("/cases/find", q="玄関で20分").text


def test_a_follow_up_is_added_moved_done_and_cancelled_on_the_page(supervisor, office):
    supervisor.open("/cases/demo-002")
    supervisor.send(
        "/cases/demo-002/follow-ups",
        on="2026-12-01",
        at="13:30",
        kind="visit",
        note="電池を届ける",
        **{"with": "person"},
    )
    assert "フォローを足しました" in supervisor.page
    made = FollowUp.select().where(FollowUp.note == "電池を届ける").get()
    assert made.at == "2026-12-01T04:30:00.000Z"

    supervisor.open("/follow-ups?show=week")
    supervisor.send(f"/follow-ups/{made.id}", do="move", on="2026-12-03", at="10:00", show="week")
    assert FollowUp.get_by_id(made.id).at == "2026-12-03T01:00:00.000Z"
    supervisor.send(f"/follow-ups/{made.id}", do="cancel", reason="", show="week")
    assert "理由を入れてください" in supervisor.page
    supervisor.send(f"/follow-ups/{made.id}", do="done", show="week")
    assert FollowUp.get_by_id(made.id).state == "done"


def test_a_promise_is_marked_as_kept(supervisor, morning):
    promise = PromiseMade.select().where(PromiseMade.text == "単三電池を4本持っていく").get()
    supervisor.open("/cases/demo-002")
    supervisor.send(f"/cases/demo-002/promises/{promise.id}")
    assert PromiseMade.get_by_id(promise.id).kept


def test_a_case_with_nothing_in_it_says_what_will_come(supervisor):
    page = supervisor.open("/cases/demo-040")
    assert "接触の記録はまだありません" in page.text
    assert "予定はありません" in page.text
    assert supervisor.status == 200


def test_every_opening_of_a_case_stands_in_the_log_of_views(supervisor):
    supervisor.open("/cases/demo-002")
    page = supervisor.open("/access-log?case=demo-002")
    assert "DEMO-002 を見た人" in page.text
    assert "中川 真理" in page.text
    assert "欠けはありません" in page.text


def test_a_log_of_views_somebody_tampered_with_says_where_it_breaks(supervisor, desk):
    from pwa_server.desk.models.office_and_cases import AccessView

    supervisor.open("/cases/demo-002")
    supervisor.open("/cases/demo-001")
    AccessView.update(staff="demo-tanaka").where(AccessView.position == 1).execute()
    assert "1 番目で切れています" in supervisor.open("/access-log").text


def test_an_administrator_sees_people_and_phones_and_no_case(at_desk):
    tanaka = at_desk("tanaka")
    tanaka.open("/")
    assert tanaka.path.startswith("/people")
    links = tanaka.open("/people").links
    assert not {"/review", "/cases", "/follow-ups", "/held"} & set(links)
    for path in ("/cases", "/cases/demo-002", "/review", "/follow-ups", "/held", "/cases/found"):
        tanaka.open(path)
        assert tanaka.status == 403 or tanaka.path.startswith("/cases?"), path
        assert "事例ケース" not in tanaka.page


def test_what_the_person_said_to_a_workers_phone_stands_in_the_ledger(office, supervisor):
    worker = office.person("kobayashi")
    for how in ("spoken", "signed", "on_screen"):
        told = {"answer": "no", "about": f"ハローワーク {how}", "how": how, "comment": "少し考えてから"}
        actions.act(office.desk, worker, "consent.answered", told, "demo-002")
    supervisor.open("/cases/demo-002")
    for how in ("spoken", "signed", "on_screen", "本人が画面で答えた"):
        assert how in supervisor.page


def test_a_case_begun_on_a_phone_is_joined_to_a_household_and_what_was_taken_back_is_said(office, supervisor):
    worker, case = office.person("kobayashi"), new_id()
    known = {"name": "", "age": "30代", "place": "駅のうら", "through": ""}
    actions.act(office.desk, worker, "case.begun", {"title": "青い帽子の人", "known": known}, case)
    visit = actions.act(
        office.desk, worker, "visit.logged", visit_body(occurredAt=office.desk.now()), case
    ).id
    supervisor.open(f"/cases/{case}")
    assert "駅のうら" in supervisor.page
    supervisor.send(f"/cases/{case}/begun", into="demo-002", assign="yes")
    assert Visit.get_by_id(visit).case == "demo-002"
    actions.act(
        office.desk, worker, "visit.withdrawn", {"visit": visit, "reason": "二重に書いた"}, "demo-002"
    )
    supervisor.open("/cases/demo-002")
    assert "二重に書いた" in supervisor.page


def test_the_header_names_a_conference_and_its_own_day(supervisor, office, nakagawa):
    for number, (kind, status, on) in enumerate(
        (("support", "held", "2026-06-10"), ("multi_agency", "planned", "2026-12-10"))
    ):
        told = {"conference": f"meeting-{number}", "kind": kind, "status": status, "on": on, "members": []}
        actions.act(office.desk, nakagawa, "conference.set", told, "demo-002")
    page = supervisor.open("/cases/demo-002")
    assert "支援会議　開催済み　6/10（水）" in page.text
    assert "12/10" not in page.text.split("安全カード")[0]
