"""Beside a record: a question about one sentence, a mark with a date, the conversation, an approval taken back."""

import re
from datetime import UTC, datetime

import pytest

from pwa_server.desk import actions
from pwa_server.desk.accounts.page_state import Draft, KeptForm
from pwa_server.desk.models.office_and_cases import Comment, Review, Visit, VisitFlag, VisitVersion
from pwa_server.desk.pages.visits.quotes import marked, sentences
from pwa_server.desk.projections.rebuild import rebuild

HOSTILE = '<img src=x onerror="alert(1)">「"\'&\u202e'


@pytest.fixture
def at_desk(signs_in):
    return signs_in


def test_the_queue_narrows_by_worker_age_and_missing_checklist(supervisor, office, morning):
    def shown(query):
        return [link for link in supervisor.open(f"/review?{query}").links if link.startswith("/visits/")]

    assert f"/visits/{morning.answered}" in shown("staff=demo-nishimura")
    assert f"/visits/{morning.worrying}" not in shown("staff=demo-nishimura")
    assert f"/visits/{morning.worrying}" not in shown("days=1")  # came today
    missing = shown("show=checklist")
    assert f"/visits/{morning.urgent}" in missing  # a visit without any checklist
    assert "チェックリストなし" in supervisor.page
    assert "★ 未回答" in supervisor.page  # one that was begun and has open ★ items
    office.clock.pass_(days=3)
    supervisor.sign_in()
    assert f"/visits/{morning.worrying}" in shown("days=3&show=urgent") + shown("days=3")


def test_several_are_approved_at_once_and_one_press_takes_it_back(supervisor, office, morning):
    supervisor.open("/review")
    page = supervisor.send("/review/approve", visit=[morning.fell_through])
    undo = next(form for form in page.forms if form["action"] == "/review/undo")
    assert undo["fields"]["visit"] == morning.fell_through
    assert Visit.get_by_id(morning.fell_through).review_status == "approved"
    assert f"/visits/{morning.fell_through}" in supervisor.open("/review?show=done").links

    supervisor.send("/review/undo", visit=undo["fields"]["visit"])
    assert Visit.get_by_id(morning.fell_through).review_status == "waiting"
    assert "承認を取り消しました" in supervisor.page
    assert re.search("中川 真理 が 今日 [0-9:]+ に取り消しました", supervisor.page)
    assert f"/visits/{morning.fell_through}" in supervisor.open("/review").links
    assert rebuild(office.desk)[1] == []


def test_the_phone_is_not_told_approved_once_it_was_taken_back(supervisor, office, live_morning):
    supervisor.open(f"/visits/{live_morning.worrying}")
    supervisor.send(f"/visits/{live_morning.worrying}/approve")
    office.round(live_morning.phone)
    assert live_morning.phone.docs[f"record/{live_morning.worrying}"]["review"]["status"] == "approved"
    supervisor.send("/review/undo", visit=live_morning.worrying)
    office.round(live_morning.phone)
    assert live_morning.phone.docs[f"record/{live_morning.worrying}"]["review"] is None


def test_a_question_is_tied_to_one_sentence_and_the_phone_shows_which(supervisor, office, live_morning):
    page = supervisor.open(f"/visits/{live_morning.worrying}")
    form = next(form for form in page.forms if (form["action"] or "").endswith("/return"))
    assert "field" in form["fields"]
    sentence = "古いゲーム機の説明書を一緒に読んだ。"
    assert f'value="notes.fact#2" data-sentence="{sentence}"' in supervisor.page
    supervisor.send(
        f"/visits/{live_morning.worrying}/return", field="notes.fact#2", question="どの機種でしたか。"
    )
    assert Review.get(Review.question == "どの機種でしたか。").passage == sentence
    assert f'<q class="soft">{sentence}</q>' in supervisor.page
    office.round(live_morning.phone)
    told = live_morning.phone.docs[f"record/{live_morning.worrying}"]["review"]
    assert (told["field"], told["passage"]) == ("notes.fact", sentence)


def test_a_sentence_that_is_not_there_becomes_a_question_about_the_field(supervisor, morning):
    supervisor.open(f"/visits/{morning.worrying}")
    supervisor.send(f"/visits/{morning.worrying}/return", field="notes.view#99", question="なぜですか。")
    assert Review.get(Review.question == "なぜですか。").passage is None
    supervisor.send(f"/visits/{morning.worrying}/return", field="notes.nothing", question="これは")
    assert "質問" in supervisor.page
    assert Review.select().where(Review.question == "これは").count() == 0


def test_sentences_end_where_people_end_them():
    assert sentences("玄関で話した。「また来て」と言われた。\n帰り道！次は") == [
        "玄関で話した。",
        "「また来て」と言われた。",
        "帰り道！",
        "次は",
    ]
    assert marked("一。二。三。", "二。") == [(False, "一。"), (True, "二。"), (False, "三。")]
    assert marked("一。", "無い") == [(False, "一。")]


def test_a_mark_comes_up_on_its_day_and_is_done_with_a_word(supervisor, office, morning):
    supervisor.open(f"/visits/{morning.worrying}?flag=1")
    assert 'id="flag" open' in supervisor.page
    supervisor.send(f"/visits/{morning.worrying}/flags", on="", text="いつ")
    assert "見直す日" in supervisor.page
    supervisor.send(f"/visits/{morning.worrying}/flags", on="2026-11-26", text="Bさんの受診の様子")
    assert "Bさんの受診の様子" in supervisor.page
    assert "印をつけた記録" not in supervisor.open("/today").text
    assert f"/visits/{morning.worrying}" in supervisor.open("/review?show=flagged").links

    office.clock.time = datetime(2026, 11, 26, 1, tzinfo=UTC)
    supervisor.sign_in()
    page = supervisor.open("/today")
    assert "印をつけた記録" in page.text
    assert f"/visits/{morning.worrying}#flags" in page.links
    flag = VisitFlag.get()
    supervisor.send(f"/visits/{morning.worrying}/flags/{flag.id}", comment="電話で確かめた")
    assert "電話で確かめた" in supervisor.page
    assert "印をつけた記録" not in supervisor.open("/today").text
    assert rebuild(office.desk)[1] == []


def test_writer_and_reviewer_talk_beside_the_record_and_nobody_else(
    supervisor, at_desk, office, live_morning
):
    morning = live_morning
    supervisor.open(f"/visits/{morning.worrying}")
    supervisor.send(f"/visits/{morning.worrying}/comments", text="説明書の話、よかったです。")
    kobayashi = at_desk("kobayashi")
    assert "説明書の話、よかったです。" in kobayashi.open(f"/visits/{morning.worrying}").text
    kobayashi.send(f"/visits/{morning.worrying}/comments", text="ありがとうございます。")
    assert [row.by for row in Comment.select().order_by(Comment.position)] == [
        "demo-nakagawa",
        "demo-kobayashi",
    ]
    office.round(morning.phone)
    told = morning.phone.docs[f"record/{morning.worrying}"]["comments"]
    assert [one["text"] for one in told] == ["説明書の話、よかったです。", "ありがとうございます。"]

    nishimura = at_desk("nishimura")
    nishimura.send(f"/visits/{morning.worrying}/comments", text="横から")
    assert nishimura.status == 403
    assert Comment.select().count() == 2


def test_the_page_says_what_the_worker_has_seen(supervisor, office, live_morning):
    morning = live_morning
    supervisor.open(f"/visits/{morning.worrying}")
    supervisor.send(f"/visits/{morning.worrying}/return", field="notes.view", question="なぜそう見ましたか。")
    assert "まだ電話に届いていない" in supervisor.open(f"/visits/{morning.worrying}").text
    office.round(morning.phone)
    office.round(morning.phone)
    assert "電話に届いている" in supervisor.open(f"/visits/{morning.worrying}").text


def test_of_two_corrections_each_field_is_decided_alone_and_nothing_is_gone(supervisor, office, morning):
    page = supervisor.open(f"/visits/{morning.crossing}")
    form = next(form for form in page.forms if (form["action"] or "").endswith("/put-together"))
    assert set(form["fields"]) - {"csrf", "once", "drawn"} == {"notes.fact"}
    supervisor.send(f"/visits/{morning.crossing}/put-together")
    assert "どちらの値にするか" in supervisor.page
    assert Visit.get_by_id(morning.crossing).conflict
    tax = next(row for row in VisitVersion.select() if "税の窓口" in str(row.body))
    supervisor.send(f"/visits/{morning.crossing}/put-together", **{"notes.fact": tax.id})
    visit = Visit.get_by_id(morning.crossing)
    assert not visit.conflict
    assert (
        VisitVersion.get_by_id(visit.current_version).body["notes"]["fact"]
        == "市役所の税の窓口まで同行した。"
    )
    assert "市役所の福祉の窓口まで同行した。" in supervisor.page
    assert rebuild(office.desk)[1] == []


def test_a_correction_in_the_history_shows_its_own_changes_word_by_word(supervisor, morning):
    supervisor.open(f"/visits/{morning.answered}")
    history = supervisor.page[supervisor.page.index('id="history"') :]
    assert "<ins>" in history
    assert "直したところ" in history


@pytest.mark.parametrize("where", ["flags", "comments", "return"])
def test_nothing_typed_is_lost_when_the_session_ended_meanwhile(supervisor, office, morning, where):
    supervisor.open(f"/visits/{morning.worrying}")
    token = supervisor.token()
    office.clock.pass_(hours=3)
    typed = {
        "text": "書きかけの長いことばです",
        "question": "書きかけの長いことばです",
        "on": "2026-12-01",
        "field": "notes.view",
    }
    supervisor.send(f"/visits/{morning.worrying}/{where}", csrf=token, **typed)
    assert "/sign-in" in supervisor.path
    page = supervisor.sign_in()
    assert supervisor.path.startswith("/kept")
    form = next(form for form in page.forms if (form["action"] or "").endswith(where))
    assert "書きかけの長いことばです" in supervisor.page
    fields = dict(KeptForm.get().fields)
    supervisor.send(form["action"], kept=form["fields"]["kept"], **fields)
    assert "書きかけの長いことばです" in supervisor.page
    assert KeptForm.select().count() == 0


def test_a_comment_being_typed_is_kept_until_it_is_sent(supervisor, morning):
    supervisor.open(f"/visits/{morning.worrying}")
    supervisor.send(f"/visits/{morning.worrying}/drafts/comment", text="書きかけ")
    assert ">書きかけ</textarea>" in (supervisor.open(f"/visits/{morning.worrying}"), supervisor.page)[1]
    supervisor.send(f"/visits/{morning.worrying}/comments", text="書きかけを送る")
    assert Draft.select().count() == 0


def test_markup_in_every_field_stays_text(supervisor, office, nakagawa, morning):
    actions.comment_visit(office.desk, nakagawa, morning.worrying, HOSTILE)
    actions.flag_visit(office.desk, nakagawa, morning.worrying, HOSTILE, "2026-11-24")
    actions.return_visit(office.desk, nakagawa, morning.worrying, "notes.fact", HOSTILE, passage=HOSTILE)
    for path in (f"/visits/{morning.worrying}", "/today", "/review"):
        supervisor.open(path)
        assert supervisor.status == 200
        assert "<img src=x" not in supervisor.page
        assert "&lt;img src=x" in supervisor.page


def test_the_pages_speak_english_too(supervisor, office, nakagawa, morning):
    actions.flag_visit(office.desk, nakagawa, morning.worrying, "x", "2026-11-24")
    supervisor.open("/settings")
    supervisor.send("/language", lang="en")
    assert "What the worker has seen" in supervisor.open(f"/visits/{morning.worrying}").text
    assert "Records marked for today" in supervisor.open("/today").text
    assert "Waiting for" in supervisor.open("/review").text
    assert "Decide field by field" in supervisor.open(f"/visits/{morning.crossing}").text
