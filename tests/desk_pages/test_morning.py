"""What needs a person: everything that waits is on the morning page, and its count leads to its list."""

from pwa_server.desk import actions
from pwa_server.desk.exchange import reminders
from pwa_server.desk.models.office_and_cases import CaseFile, DeviceRow, OfficeOption, Staff, Visit
from pwa_server.desk.queries.quiet_hours import after_all, after_quiet
from pwa_server.desk.queries.search_text import around, asked, grams
from tests.standins.phone import new_id


def test_records_set_apart_are_shown_and_named_for_what_they_are(supervisor, morning):
    page = supervisor.open("/today")
    assert "別に置いてある記録" in page.text
    assert "止めた電話から届いた" in page.text
    assert "/people#box" in page.links


def test_a_worker_who_should_be_back_and_is_not_heard_from_is_named(supervisor, office, nakagawa):
    at = office.desk.now()
    actions.schedule_followup(
        office.desk, nakagawa, "demo-002", at, "visit", "person", staff="demo-kobayashi"
    )
    assert "戻りの連絡がない人" not in supervisor.open("/today").text
    office.clock.pass_(hours=2, minutes=5)
    supervisor.sign_in()
    page = supervisor.open("/today")
    assert "戻りの連絡がない人" in page.text
    assert "小林 悠　訪問" in page.text


def test_a_phone_that_was_heard_from_since_ends_the_worry(supervisor, office, nakagawa):
    phone = office.phone_of("kobayashi")
    actions.schedule_followup(
        office.desk, nakagawa, "demo-002", office.desk.now(), "visit", "person", staff="demo-kobayashi"
    )
    office.clock.pass_(hours=2, minutes=5)
    phone.write(phone.visit("demo-002"))
    supervisor.sign_in()
    assert "戻りの連絡がない人" in supervisor.open("/today").text
    office.round(phone)
    assert "戻りの連絡がない人" not in supervisor.open("/today").text


def test_a_case_nobody_was_ever_in_touch_with_counts_from_its_assignment(supervisor, office, nakagawa):
    actions.assign(office.desk, nakagawa, "demo-040", "demo-nishimura", "2026-10-01")
    page = supervisor.open("/today")
    assert "DEMO-040" in page.text
    assert "10/1（木） から、まだなし" in page.text.replace("）から", "） から")
    assert "DEMO-040" in supervisor.open("/cases?show=quiet").text


def test_an_urgent_record_wakes_the_phone_of_whoever_is_on_call(supervisor, office):
    worker, on_call = office.phone_of("kobayashi"), office.phone_of("nishimura")
    supervisor.open("/today")
    page = supervisor.send("/today/on-call", staff=["demo-nishimura", "nobody"])
    assert "至急の記録を開けない役割の人がいます：西村" in page.text  # a worker sees their own cases alone
    Staff.update(role="coordinator").where(Staff.id == "demo-nishimura").execute()
    page = supervisor.send("/today/on-call", staff=["demo-nishimura", "demo-nakagawa"])
    assert "通知の出る電話を持たない人がいます" in page.text
    assert OfficeOption.get_or_none(OfficeOption.id == "on_call") is None
    supervisor.send("/today/on-call", staff=["demo-nishimura", "nobody"], otherwise="yes")
    assert OfficeOption.get_by_id("on_call").value == ["demo-nishimura"]
    risk = {"self_harm": "urgent"}
    worker.write(
        worker.visit(
            "demo-004", risk=risk, riskCall={"to": "中川", "at": office.desk.now(), "result": "119へ"}
        )
    )
    office.round(worker)

    urgent = Visit.get(Visit.urgent).id
    device = on_call.id
    assert (f"urgent {urgent}", "now") in reminders.wakes_for(office.desk, DeviceRow.get_by_id(device))
    assert not any(
        "urgent" in what for what, _ in reminders.wakes_for(office.desk, DeviceRow.get_by_id(worker.id))
    )
    actions.read_visit(office.desk, office.person("nakagawa"), urgent)
    actions.approve(office.desk, office.person("nakagawa"), urgent)
    assert reminders.wakes_for(office.desk, DeviceRow.get_by_id(device)) == []


def test_a_reminder_never_rings_in_the_quiet_hours():
    quiet = {"from": "21:00", "until": "07:00"}
    assert after_quiet("2026-11-24T20:55:00.000Z", quiet) == "2026-11-24T22:00:00.000Z"  # 5:55 in Japan
    assert after_quiet("2026-11-24T12:00:00.000Z", quiet) == "2026-11-24T22:00:00.000Z"  # 21:00
    assert after_quiet("2026-11-24T11:55:00.000Z", quiet) == "2026-11-24T11:55:00.000Z"
    assert after_quiet("2026-11-24T22:00:00.000Z", quiet) == "2026-11-24T22:00:00.000Z"  # 7:00
    assert (
        after_quiet("2026-11-24T03:30:00.000Z", {"from": "12:00", "until": "13:00"})
        == "2026-11-24T04:00:00.000Z"
    )
    assert after_quiet("2026-11-24T20:55:00.000Z", {"from": "", "until": ""}) == "2026-11-24T20:55:00.000Z"


def test_nor_in_those_a_worker_wants_besides():
    office, own = {"from": "21:00", "until": "07:00"}, {"from": "06:30", "until": "08:30"}
    assert (
        after_all("2026-11-24T20:55:00.000Z", [office, own]) == "2026-11-24T23:30:00.000Z"
    )  # 5:55 in Japan, then 8:30
    assert after_all("2026-11-24T23:30:00.000Z", [office, own]) == "2026-11-24T23:30:00.000Z"
    whole = [{"from": "08:00", "until": "20:00"}, {"from": "20:00", "until": "08:00"}]
    assert (
        after_all("2026-11-24T03:00:00.000Z", whole) == "2026-11-24T03:00:00.000Z"
    )  # a day without an hour is no wish


def test_a_worker_says_when_the_phone_is_to_be_quiet(office):
    phone = office.phone_of("kobayashi")
    assert phone.docs["me"]["quiet"] == [{"from": "21:00", "until": "07:00"}]
    own = {"from": "12:00", "until": "13:00"}
    phone.write(phone.event("reminders.quieted", None, own))
    office.round(phone)
    assert phone.docs["me"]["quiet"][1] == own
    noon = {
        "followup": new_id(),
        "at": "2026-11-25T03:30:00Z",
        "kind": "visit",
        "with": "us",
        "note": "",
        "remind": True,
    }
    phone.write(phone.event("followup.scheduled", "demo-002", noon))
    office.round(phone)
    rings = [
        at
        for what, at in reminders.wakes_for(office.desk, DeviceRow.get_by_id(phone.id))
        if noon["followup"] in what
    ]
    assert rings == ["2026-11-25T04:00:00.000Z"]


def test_words_are_found_whatever_kana_width_or_old_kanji_they_were_written_with():
    assert grams("ﾃﾞｲｻｰﾋﾞｽ") == grams("でいさーびす") == grams("デイサービス")
    assert grams("髙﨑") == grams("高崎")
    assert asked("訪問") == f'"{grams("訪問").split()[0]}"'
    assert asked("訪問 介護") == f"{asked('訪問')} AND {asked('介護')}"
    assert asked("訪問介護").count(" ") == 2  # three pairs, side by side
    assert asked('"') == asked("。、") == ""
    assert grams("訪問。また").count("|") == 1
    assert [piece for found, piece in around("玄関で将棋の本を渡した", "しょうぎ 将棋") if found] == ["将棋"]
    assert around("<b>短い</b>", "ない") == [(False, "<b>短い</b>")]


def search(person, words, **filters):
    person.open("/cases")
    return person.send("/cases/find", q=words, **filters)


def test_every_word_of_every_record_is_found_with_its_sentence(supervisor, office, morning):
    page = search(supervisor, "ゲーム機の説明書")
    assert "<mark>ゲーム機の説明書</mark>" in supervisor.page
    assert f"/visits/{morning.worrying}" in page.links
    assert (
        "どこまでしてよいか" in search(supervisor, "どこまで").text
    )  # the reflection: a supervisor reads it
    assert f"/visits/{morning.worrying}" in search(supervisor, "げーむ機").links  # hiragana for katakana
    assert "/cases/demo-003" in search(supervisor, "犬").links  # one letter; on the safety card
    assert "見つかりません" in search(supervisor, '"; drop table visit; --').text


def test_a_search_narrows_by_worker_channel_day_and_place(supervisor, morning):
    def found(**filters):
        return [link for link in search(supervisor, "同行", **filters).links if link.startswith("/visits/")]

    assert f"/visits/{morning.crossing}" in found()
    assert found(staff="demo-kobayashi") == []
    assert f"/visits/{morning.crossing}" in found(
        staff="demo-nishimura", channel="accompaniment", since="2026-11-20"
    )
    assert found(until="2026-11-01") == []
    assert found(channel="letter") == []
    assert found(what="cases") == []


def test_what_somebody_may_not_read_is_not_found_by_them_either(at_desk, office, morning):
    kobayashi, nishimura = at_desk("kobayashi"), at_desk("nishimura")
    assert f"/visits/{morning.worrying}" in search(kobayashi, "どこまで").links  # their own reflection
    assert f"/visits/{morning.worrying}" not in search(nishimura, "どこまで").links
    assert search(kobayashi, "目が合った").links.count(f"/visits/{morning.answered}") == 0  # not their case
    assert "目が合った" not in kobayashi.page.split("</form>")[-1]


def test_the_index_follows_a_correction_and_forgets_the_old_words(supervisor, office, nakagawa, morning):
    assert f"/visits/{morning.worrying}" in search(supervisor, "せき込み").links
    body = actions.read_visit(office.desk, nakagawa, morning.worrying)
    from pwa_server.desk.models.office_and_cases import VisitVersion

    record = VisitVersion.get_by_id(body.current_version).body
    record["notes"]["fact"] = "まったく別の文。"
    actions.correct_visit(
        office.desk, nakagawa, morning.worrying, body.current_version, ["notes.fact"], record
    )
    assert f"/visits/{morning.worrying}" not in search(supervisor, "せき込み").links
    assert f"/visits/{morning.worrying}" in search(supervisor, "まったく別").links


def test_hostile_words_in_a_record_stay_words(supervisor, office, nakagawa):
    actions.change_case(
        office.desk,
        nakagawa,
        "demo-005",
        {"title": '<img src=x onerror="alert(1)">', "kana": "<script>"},
        CaseFile.get_by_id("demo-005").rev,
    )
    for path in ("/today", "/cases?show=all", "/cases/demo-005", "/follow-ups"):
        supervisor.open(path)
        assert "<img src=x" not in supervisor.page, path
    search(supervisor, "onerror")
    assert "<img src=x" not in supervisor.page
    assert "&lt;img" in supervisor.page
