"""A supervisor reads what waits, approves, asks, and decides between two values."""

from pwa_server.desk.accounts.page_state import Draft
from pwa_server.desk.models.office_and_cases import FollowUp, Review, Visit, VisitRead
from tests.standins.phone import new_id


def test_the_morning_counts_lead_to_lists_that_are_as_long(supervisor, morning):
    page = supervisor.open("/today")
    for target in ("#u", "#review", "#answers", "#held", "#late", "#quiet", "#phones", "#safety"):
        assert target in page.links
        assert f'id="{target[1:]}"' in supervisor.page
    assert "火災・住環境" in page.text
    assert "に中川へ声で引き継ぎ" in page.text
    assert "声の大きさと、目が合う長さからです。" in page.text  # the answer, beside its question
    assert "新しい書式です" in page.text


def test_the_queue_begins_with_what_is_urgent_and_goes_on_with_the_newest(supervisor, morning):
    page = supervisor.open("/review")
    order = [link for link in page.links if link.startswith("/visits/")]
    assert order[0] == f"/visits/{morning.urgent}"
    assert order.index(f"/visits/{morning.worrying}") < order.index(f"/visits/{morning.fell_through}")


def test_a_visit_nobody_was_met_at_stands_in_the_queue_like_any_other(supervisor, morning):
    assert "先方都合で中止" in supervisor.open("/review").text
    assert "流れた約束 1回目" in supervisor.open("/review").text


def test_opening_a_record_tells_its_writer_who_read_it(supervisor, office, live_morning):
    supervisor.open(f"/visits/{live_morning.worrying}")
    assert VisitRead.select().where(VisitRead.visit == live_morning.worrying).get().staff == "demo-nakagawa"
    office.round(live_morning.phone)
    assert live_morning.phone.docs[f"record/{live_morning.worrying}"]["readBy"][0]["name"] == "中川 真理"


def test_the_record_shows_every_part_the_worker_wrote(supervisor, morning):
    text = supervisor.open(f"/visits/{morning.worrying}").text
    for part in (
        "10分ほどして",
        "「次は昼すぎがいい」",
        "地域包括支援センターから",
        "外へ誘うのはまだ早い",
        "健康急変",
        "気になる",
        "電池を持っていき",
        "来てよい",
        "困りごと（電池を買いに行けない）",
        "電池の型番を書いたメモ",
        "単三電池を4本持っていく",
        "居間",
        "継続訪問",
        "色見本",
        "どこまでしてよいか迷いました",
        "古いゲーム機の裏",
        "小林 悠・西村 恵",
    ):
        assert part in text, part


def test_a_correction_is_shown_word_by_word_and_the_first_text_stays(supervisor, morning):
    supervisor.open(f"/visits/{morning.worrying}")
    assert "<del>居室</del>" in supervisor.page
    assert "<ins>居間</ins>" in supervisor.page
    assert "先に降りてきて" in supervisor.page  # in the history, whole
    assert "聞きまちがいを直しました" in supervisor.page


def test_the_photo_comes_from_the_desk_itself_and_its_view_is_written_down(supervisor, morning):
    supervisor.open(f"/visits/{morning.worrying}")
    assert f'src="/visits/{morning.worrying}/photos/0"' in supervisor.page
    answer = supervisor.client.get(f"/visits/{morning.worrying}/photos/0")
    assert answer.mimetype == "image/jpeg"
    assert answer.data.startswith(b"\xff\xd8")
    assert "写真" in supervisor.open("/access-log").text


def test_approving_goes_on_to_the_next_record(supervisor, office, live_morning):
    supervisor.open(f"/visits/{live_morning.urgent}")
    version = Visit.get_by_id(live_morning.urgent).current_version
    supervisor.send(f"/visits/{live_morning.urgent}/approve", version=version)
    assert supervisor.path.startswith(f"/visits/{live_morning.worrying}")
    assert "を承認しました" in supervisor.page
    assert Visit.get_by_id(live_morning.urgent).review_status == "approved"
    office.round(live_morning.phone)
    assert live_morning.phone.docs[f"record/{live_morning.urgent}"]["review"]["status"] == "approved"


def test_a_question_tied_to_a_field_reaches_the_phone(supervisor, office, live_morning):
    supervisor.open(f"/visits/{live_morning.worrying}?ask=notes.view")
    assert '<option value="notes.view" selected>' in supervisor.page
    supervisor.send(
        f"/visits/{live_morning.worrying}/return", field="notes.view", question="受診は、だれが確かめますか。"
    )
    assert "質問を送りました" in supervisor.page
    assert 'class="note is-asked"' in supervisor.page
    office.round(live_morning.phone)
    told = live_morning.phone.docs[f"record/{live_morning.worrying}"]["review"]
    assert (told["status"], told["field"], told["question"]) == (
        "returned",
        "notes.view",
        "受診は、だれが確かめますか。",
    )


def test_an_empty_question_is_not_sent(supervisor, morning):
    supervisor.open(f"/visits/{morning.worrying}")
    supervisor.send(f"/visits/{morning.worrying}/return", field="notes.view", question="   ")
    assert "質問と、たずねる欄を入れてください" in supervisor.page
    assert Review.select().where(Review.visit == morning.worrying).count() == 0


def test_a_version_that_came_while_reading_is_not_approved_unread(supervisor, morning):
    supervisor.open(f"/visits/{morning.worrying}")
    supervisor.send(
        f"/visits/{morning.worrying}/approve", version=morning.worrying
    )  # the first version, corrected since
    assert supervisor.status == 409
    assert "読んでいるあいだに訂正が届きました" in supervisor.page
    assert Visit.get_by_id(morning.worrying).review_status == "waiting"


def test_of_two_corrections_a_person_chooses_and_the_other_stays_readable(supervisor, morning):
    page = supervisor.open(f"/visits/{morning.crossing}")
    assert "同じ記録に、二つの訂正があります" in page.text
    assert "市役所の福祉の窓口" in page.text
    assert "市役所の税の窓口" in page.text
    assert not any("approve" in (form["action"] or "") for form in page.forms)
    choices = [form for form in page.forms if (form["action"] or "").endswith("/choose")]
    assert len(choices) == 2

    from pwa_server.desk.models.office_and_cases import VisitVersion

    welfare = next(row for row in VisitVersion.select() if "福祉" in str(row.body))
    after = supervisor.send(f"/visits/{morning.crossing}/choose", version=welfare.id)
    assert "二つの訂正から一つを選びました" in after.text
    assert not Visit.get_by_id(morning.crossing).conflict
    assert "市役所の税の窓口" in after.text  # in the history
    assert any((form["action"] or "").endswith("/approve") for form in after.forms)


def test_bulk_approval_leaves_out_what_wants_a_look_of_its_own(supervisor, morning):
    supervisor.open("/review")
    assert f'value="{morning.urgent}"' not in supervisor.page
    assert f'value="{morning.worrying}"' not in supervisor.page
    assert f'value="{morning.fell_through}"' in supervisor.page
    supervisor.send(
        "/review/approve", visit=[morning.fell_through, morning.urgent, morning.worrying, morning.crossing]
    )
    assert "1件を承認しました。3件は一件ずつ読んでください" in supervisor.page
    states = {
        one: Visit.get_by_id(one).review_status
        for one in (morning.fell_through, morning.urgent, morning.worrying)
    }
    assert list(states.values()) == ["approved", "waiting", "waiting"]


def test_nobody_reviews_their_own_record(app, office, at_desk, nakagawa):
    from pwa_server.desk import actions
    from tests.standins.phone import visit_body

    own = actions.record_visit(office.desk, nakagawa, "demo-002", visit_body(occurredAt=office.desk.now()))
    supervisor = at_desk("nakagawa")
    assert own not in supervisor.open("/review").links
    page = supervisor.open(f"/visits/{own}")
    assert "確認はほかの人がします" in page.text
    assert not any("approve" in (form["action"] or "") for form in page.forms)
    supervisor.send(f"/visits/{own}/approve")
    assert supervisor.status == 409
    assert "自分の記録は、ほかの人が確認します" in supervisor.page


def test_a_question_being_typed_is_kept_until_it_is_sent(supervisor, morning):
    supervisor.open(f"/visits/{morning.worrying}")
    supervisor.send(f"/visits/{morning.worrying}/draft", text="書きかけの質問")
    assert "書きかけの質問" in supervisor.open(f"/visits/{morning.worrying}").text
    supervisor.send(f"/visits/{morning.worrying}/return", field="outcome", question="書きかけの質問を送る")
    assert Draft.select().count() == 0


def test_a_question_that_is_refused_stands_there_again(supervisor, morning):
    """Typed in one go and sent, it was never kept on the way; a correction had come meanwhile."""
    supervisor.open(f"/visits/{morning.worrying}")
    supervisor.send(
        f"/visits/{morning.worrying}/return",
        field="outcome",
        question="会えたのは何時ですか",
        version=morning.worrying,
    )
    assert supervisor.status == 409
    assert "会えたのは何時ですか" in supervisor.open(f"/visits/{morning.worrying}").text


def test_a_worker_may_read_an_own_case_and_review_nothing(at_desk, morning):
    kobayashi = at_desk("kobayashi")
    page = kobayashi.open(f"/visits/{morning.worrying}")
    assert kobayashi.status == 200
    assert not any(
        "approve" in (form["action"] or "") or "return" in (form["action"] or "") for form in page.forms
    )
    kobayashi.send(f"/visits/{morning.worrying}/approve")
    assert Visit.get_by_id(morning.worrying).review_status == "waiting"
    assert "/review" not in kobayashi.open("/today").links
    kobayashi.open("/review")
    assert kobayashi.status == 403


def test_a_worker_does_not_read_a_case_of_others(at_desk, morning):
    kobayashi = at_desk("kobayashi")
    assert "DEMO-006" not in kobayashi.open("/cases?show=all").text
    for path in ("/cases/demo-006", f"/visits/{morning.answered}"):
        kobayashi.open(path)
        assert kobayashi.status == 403, path
        assert "玄関で20分" not in kobayashi.page


def test_a_record_shows_the_appointment_agreed_with_it_and_the_cases_next_apart(supervisor, office):
    phone = office.phone_of("kobayashi")
    visit = phone.visit("demo-002", occurredAt=office.desk.now())
    told = {"kind": "phone", "with": "person", "note": "", "remind": False}
    own = phone.event(
        "followup.scheduled", "demo-002", told | {"followup": new_id(), "at": "2027-01-08T01:00:00Z"}
    )
    phone.write(visit, own)
    other = phone.event(
        "followup.scheduled", "demo-002", told | {"followup": new_id(), "at": "2026-12-24T01:00:00Z"}
    )
    phone.write(other)
    office.round(phone)
    supervisor.open(f"/visits/{visit['id']}")
    agreed = supervisor.page.split("<dt>次回約束</dt>", 1)[1].split("</dl>", 1)[0]
    assert "2027/1/8（金）10:00" in agreed
    next_ = FollowUp.select().where((FollowUp.case == "demo-002") & (FollowUp.state == "open"))
    soonest = next_.order_by(FollowUp.at).first()
    assert soonest.at < "2027"
    assert agreed.index("2027/1/8") < agreed.index("このケースの次の予定")
