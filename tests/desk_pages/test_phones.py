"""A phone is added, looked after and stopped on the pages, with a true phone at the other end of a true relay."""

import re

import httpx

from pwa_server.desk.actions import devices
from pwa_server.desk.exchange.relay_client import RelayClient
from pwa_server.desk.models.office_and_cases import DeviceRow, Held, Received, Visit
from tests.standins.phone import Phone


def begin(person, label: str = "業務用 6号") -> tuple[str, str]:
    """The page with the code: its address and the code as it is read aloud."""
    person.open("/people/phones/add?staff=demo-kobayashi")
    person.send("/people/phones/add", staff="demo-kobayashi", label=label)
    place = person.path.rstrip("?")
    return place, "-".join(re.findall(r'<span(?: class="check")?>([0-9A-Z]{1,4})</span>', person.page))


def test_adding_a_phone_goes_from_code_to_words_to_done(supervisor, office):
    place, code = begin(supervisor)
    assert len(code.replace("-", "")) == 17
    assert "/phone/" in supervisor.page
    assert "まで使えます" in supervisor.page
    assert "様子を見なおす" in supervisor.page

    phone = Phone(office.http, office.clock)
    phone.type_code(code)
    page = supervisor.open(place)
    assert code.split("-")[0] not in page.text  # it is used up
    spoken = re.findall(r'<p class="words"><span>([^<]+)</span>.*?<span>([^<]+)</span>', supervisor.page)[0]
    assert list(spoken) == [ja for ja, _ in phone.meet()]
    assert DeviceRow.select().count() == 0, "nothing is taken in before somebody says same"

    supervisor.send(place, words="same")
    assert "業務用 6号 が加わりました" in supervisor.page
    office.sync()
    phone.sync()
    office.sync()
    assert phone.docs["me"]["worker"]["name"] == "小林 悠"
    page = supervisor.open("/people")
    assert "業務用 6号" in page.text
    assert "届いている" in page.text


def test_no_key_presses_and_nothing_is_preselected_where_trust_is_decided(supervisor, office):
    place, code = begin(supervisor)
    Phone(office.http, office.clock).type_code(code)
    supervisor.open(place)
    form = supervisor.page.split('class="words"', 1)[1].split("</form>", 1)[0]
    assert "data-key" not in form
    assert "autofocus" not in form
    device = office.phone_of("nishimura").id
    supervisor.open(f"/people/phones/{device}")
    form = supervisor.page.split("/stop", 1)[1].split("</form>", 1)[0]
    assert "data-key" not in form
    assert "autofocus" not in form


def test_words_that_differ_throw_the_code_away_and_nothing_is_handed_over(supervisor, office):
    place, code = begin(supervisor)
    phone = Phone(office.http, office.clock)
    phone.type_code(code)
    supervisor.open(place)
    supervisor.send(place, words="differ")
    assert "何も渡っていません" in supervisor.page
    assert DeviceRow.select().count() == 0
    supervisor.send(place, words="same")
    assert DeviceRow.select().count() == 0


def test_a_code_nobody_typed_runs_out(supervisor, office):
    place, _ = begin(supervisor)
    office.clock.pass_(minutes=11)
    supervisor.sign_in()
    page = supervisor.open(place)
    assert "期限が切れました" in page.text
    assert "新しい番号ではじめる" in page.text


def test_the_relay_being_away_is_said_and_the_form_stays(supervisor, office):
    supervisor.open("/people/phones/add")
    away = httpx.Client(base_url="http://127.0.0.1:9")  # nobody listens there
    office.desk.relay = RelayClient(away, office.desk.keys.office, office.desk.keys.sign)
    page = supervisor.send("/people/phones/add", staff="demo-kobayashi", label="業務用 7号")
    assert "中継につながりません" in page.text
    assert 'value="業務用 7号"' in supervisor.page
    away.close()


def test_a_phone_is_stopped_only_with_a_reason(supervisor, office):
    phone = office.phone_of("kobayashi", "業務用 1号")
    supervisor.open(f"/people/phones/{phone.id}")
    supervisor.send(f"/people/phones/{phone.id}/stop", do="revoke", reason=" ")
    assert "理由を入れてください" in supervisor.page
    assert DeviceRow.get_by_id(phone.id).status == "active"
    supervisor.send(f"/people/phones/{phone.id}/stop", do="revoke", reason="新しい電話に替えた")
    assert "電話を止めました" in supervisor.page
    assert DeviceRow.get_by_id(phone.id).revoked_reason == "新しい電話に替えた"
    assert "新しい電話に替えた" in supervisor.open("/people?show=stopped").text


def test_a_lost_phone_is_told_to_erase_itself_and_obeys(supervisor, office):
    phone = office.phone_of("kobayashi", "業務用 1号")
    supervisor.open(f"/people/phones/{phone.id}")
    supervisor.send(f"/people/phones/{phone.id}/stop", do="wipe", reason="電車に置き忘れた")
    assert "消去の命令を出しました" in supervisor.page
    office.sync()
    phone.ask_orders()
    assert phone.m.wiped


def test_what_a_stopped_phone_still_sent_is_read_and_then_admitted(supervisor, morning):
    page = supervisor.open("/people")
    box = next(link for link in page.links if link.startswith("/review-box/"))
    assert "訪問などの記録" in page.text
    page = supervisor.open(box)
    assert "止められる前に書いた訪問。" in page.text
    assert "新しい電話に替えた" in page.text
    supervisor.send(box, do="admit")
    assert "受け入れました" in supervisor.page
    assert "届いたものはありません" in supervisor.page
    assert (
        Visit.select().where(Visit.outcome == "voice_through_door").where(Visit.case == "demo-006").count()
        == 1
    )


def test_or_rejected_with_a_reason_and_kept_all_the_same(supervisor, morning):
    box = next(link for link in supervisor.open("/people").links if link.startswith("/review-box/"))
    supervisor.open(box)
    supervisor.send(box, do="reject", reason="")
    assert "理由を入れてください" in supervisor.page
    supervisor.send(box, do="reject", reason="同じ訪問がもうある")
    row = Received.get_by_id(box.rsplit("/", 1)[1])
    assert row.status == "rejected"
    assert row.frame is not None


def test_a_phone_that_says_nothing_for_days_is_named_in_the_morning(supervisor, office):
    office.phone_of("kobayashi", "業務用 5号")
    office.clock.pass_(days=5)
    supervisor.sign_in()
    page = supervisor.open("/today")
    assert "業務用 5号" in page.text
    assert "5日 音沙汰なし" in supervisor.open("/people").text


def test_what_cannot_be_read_in_is_shown_tried_again_and_closed_by_a_person(supervisor, morning):
    page = supervisor.open("/held")
    assert "新しい書式です" in page.text
    card = next(link for link in page.links if link.startswith("/held/"))
    supervisor.send(card, do="retry")
    assert "まだ読み込めません" in supervisor.page
    page = supervisor.open(card)
    assert "まだ知らない書式" in page.text  # so that it can be recorded by hand
    supervisor.send(card, do="recorded_by_hand", comment="")
    assert "どうしたかを一言入れてください" in supervisor.page
    supervisor.send(card, do="recorded_by_hand", comment="電話で聞いて書いた")
    assert "預かりを閉じました" in supervisor.page
    assert "預かりはありません" in supervisor.page


BODIES = {  # what an envelope may bring instead of its events, and what is so of it
    "missing": ({"v": 1, "note": "中の文"}, "記録の一覧がありません", "中の文"),
    "not a list": ({"v": 1, "events": "中の文"}, "記録の一覧がありません", "中の文"),
    "none": ({"v": 1, "events": []}, "一件も入っていません", ""),
    "newer": ({"v": 2, "strokes": ["中の文"]}, "知らない書式", "中の文"),
    "values": ({"v": 1, "events": [1, "中の文", None, {"case": ["x"]}] * 51}, "記録が204件", "中の文"),
}


def test_what_opens_and_cannot_be_read_in_is_told_as_it_is(supervisor, office):
    """Never "damaged, or another key": a person reads what came, of a phone in use and of a stopped one."""
    phone, stopped = office.phone_of("kobayashi"), office.phone_of("nishimura")
    visits = [phone.visit("demo-002", hook=f"hook {n}") for n in range(201)]
    bodies = BODIES | {"many": ({"v": 1, "events": visits}, "記録が201件", "hook 200")}
    stopped.write(stopped.visit("demo-003"))
    phone.write(phone.visit("demo-002"))
    came = {}
    for name, (body, said, inside) in bodies.items():
        for one in (phone, stopped):
            came[one._pack([], [], body=body).id] = (name, said, inside)
    devices.revoke(office.desk, office.person("nakagawa"), stopped.id, "替えた")
    office.round(phone)
    stopped.push()
    office.sync()
    held = [row for row in Held.select() if row.id in came]
    boxed = [row for row in Received.select() if row.id in came and row.status == "for_review"]
    assert len(held) == len(boxed) == len(bodies)
    for row in [*held, *boxed]:
        _, said, inside = came[row.id]
        page = supervisor.open(f"/{'held' if isinstance(row, Held) else 'review-box'}/{row.id}").text
        assert said in page, came[row.id]
        assert inside in page, came[row.id]
        assert "開けません" not in page

    (many,) = [row.id for row in held if came[row.id][0] == "many"]
    assert Visit.get_or_none(Visit.id == visits[200]["id"]) is None
    supervisor.open(f"/held/{many}")
    supervisor.send(f"/held/{many}", do="retry")  # a person takes in what no phone sends
    assert Visit.select().where(Visit.id.in_([one["id"] for one in visits])).count() == 201


def test_a_new_person_gets_a_first_password_that_is_shown_once(supervisor, app):
    from tests.desk_pages.conftest import AtTheDesk

    supervisor.open("/people/add")
    page = supervisor.send("/people/add", name="", kana="", email="x", role="worker")
    assert "ここを入れてください" in page.text
    person = {
        "name": "山下 瑞",
        "kana": "やました みず",
        "email": "yamashita@sample.invalid",
        "role": "worker",
    }
    supervisor.send("/people/add", **person)
    password = re.search(r'class="code code-s">([a-z0-9-]{19})<', supervisor.page)[1]
    assert password not in supervisor.open("/people").text
    assert "山下 瑞" in supervisor.open("/people").text
    assert "ほかの人が使っています" in supervisor.send("/people/add", **person).text
    newcomer = AtTheDesk(app, "yamashita")
    assert "確認コードの準備" in newcomer.sign_in(password=password).text


def test_a_worker_can_neither_add_nor_stop_a_phone(at_desk, office):
    phone = office.phone_of("nishimura")
    kobayashi = at_desk("kobayashi")
    for path in ("/people", "/people/add", "/people/phones/add", f"/people/phones/{phone.id}"):
        kobayashi.open(path)
        assert kobayashi.status == 403, path
    kobayashi.send(f"/people/phones/{phone.id}/stop", do="wipe", reason="x")
    assert kobayashi.status == 403
    assert DeviceRow.get_by_id(phone.id).status == "active"


def test_a_backup_is_made_by_the_administrator_and_shown_as_read_back(at_desk):
    tanaka = at_desk("tanaka")
    assert "いま控えをとる" in tanaka.open("/settings").text
    page = tanaka.send("/settings/backup")
    assert "控えをとり、開いて確かめました" in page.text
    assert "読み戻し済み" in page.text
    supervisor = at_desk("nakagawa")
    assert "いま控えをとる" not in supervisor.open("/settings").text
    supervisor.send("/settings/backup")
    assert supervisor.status == 403
