"""A phone is lost: one form stops it, orders the wipe and drafts the report; and who read a record can be told."""

import pytest

from pwa_server.cli import main
from pwa_server.desk.actions.incidents import what_was_on
from pwa_server.desk.models.office_and_cases import AccessView, BlobFile, DeviceRow
from pwa_server.desk.models.trust import Incident
from pwa_server.desk.open_desk import open_desk
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import access_log
from pwa_server.desk.queries.access import PHONE, on_a_phone
from pwa_server.texts import catalogue
from tests.desk_pages.morning import jpeg


def report(person, device, **other):
    person.open(f"/people/phones/{device}/lost")
    return person.send(
        f"/people/phones/{device}/lost",
        **({"kind": "lost", "on": "2026-11-24", "at": "11:30", "what": "バスに置いたまま降りた"} | other),
    )


def test_one_form_stops_the_phone_orders_the_wipe_and_counts_who_was_on_it(supervisor, office):
    phone = office.phone_of("kobayashi", "業務用 1号")
    office.round(phone)
    office.round(phone)
    before = supervisor.open(f"/people/phones/{phone.id}/lost")
    assert "電話にあった人の数" in before.text

    page = report(supervisor, phone.id)
    assert DeviceRow.get_by_id(phone.id).status == "wiped"
    incident = Incident.get()
    assert (
        len(incident.facts["cases"])
        == len([path for path in phone.m.documents if path.startswith("case/")])
        > 0
    )
    assert incident.facts["people"] >= len(incident.facts["cases"])
    for told in (
        "概要",
        "本人の数",
        "原因",
        "二次被害",
        "本人への対応",
        "公表",
        "再発を防ぐ手だて",
        "そのほか",
        "バスに置いたまま降りた",
        "AES-256-GCM",
        "DEMO-002",
        "令和8年11月27日",
    ):
        assert told in page.text, told
    office.sync()
    assert phone.ask_orders() is not None  # the order lies at the relay, for a locked phone too


def test_the_draft_names_all_that_a_phone_may_hold(supervisor, office):
    """Every class of data the access table gives a phone of this role, and photos that are in no backup yet."""
    phone = office.phone_of("kobayashi", "業務用 1号")
    phone.write(phone.visit("demo-002", photos=[phone.photo(jpeg())]))
    office.round(phone)
    report(supervisor, phone.id)
    text = Incident.get().items["data"]
    named = on_a_phone("worker")
    assert {"identity", "contact", "health", "plan", "handovers"} <= set(named)
    for language in ("ja", "en"):
        assert {f"desk.on_phone.{one}" for one in PHONE} <= set(catalogue(language))
    for one in named:
        assert catalogue("ja")[f"desk.on_phone.{one}"] in text
    for said in ("名前・読み・生年月日・住所・電話番号", "まだ控えに入っていないもの 1枚"):
        assert said in text
    BlobFile.update(safe=True).execute()
    assert what_was_on(phone.id)["photos"] == 0
    assert set(on_a_phone("administrator")) == set(on_a_phone("nobody")) == set()


def test_the_draft_is_written_on_and_keeps_html_as_text(supervisor, office):
    phone = office.phone_of("kobayashi", "業務用 1号")
    report(supervisor, phone.id, kind="stolen", what="<script>alert(1)</script>")
    incident = Incident.get()
    assert "<script>alert" not in supervisor.page
    assert "確報の期限（60日）" in supervisor.page
    page = supervisor.send(
        f"/incidents/{incident.id}", **{**incident.items, "prevention": "持ち出し簿をつける"}
    )
    assert "持ち出し簿をつける" in page.text
    again = supervisor.open(f"/people/phones/{phone.id}/lost")
    assert "漏えい等報告の下書き" in again.title
    before = list(dump())
    assert rebuild(office.desk)[1] == []
    assert list(dump()) == before


@pytest.mark.parametrize(
    "wrong", [{"on": "2026-11-25"}, {"on": "きのう"}, {"kind": "mislaid"}, {"at": "25:70"}]
)
def test_nothing_is_stopped_by_a_form_that_is_not_filled_in(supervisor, office, wrong):
    phone = office.phone_of("kobayashi", "業務用 1号")
    report(supervisor, phone.id, **wrong)
    assert DeviceRow.get_by_id(phone.id).status == "active"
    assert "バスに置いたまま降りた" in supervisor.page  # what was typed is still there


def test_a_worker_stops_their_own_phone_and_nobody_elses(at_desk, office):
    mine, other = office.phone_of("kobayashi", "業務用 1号"), office.phone_of("nishimura", "業務用 2号")
    worker = at_desk("kobayashi")
    assert "業務用 1号" in worker.open("/settings").text
    worker.open(f"/people/phones/{other.id}/lost")
    assert worker.status == 403
    report(worker, mine.id)
    assert DeviceRow.get_by_id(mine.id).status == "wiped"
    assert DeviceRow.get_by_id(other.id).status == "active"


def test_a_person_can_be_told_who_read_their_record_on_phones_too(supervisor, at_desk, office):
    phone = office.phone_of("kobayashi", "業務用 1号")
    office.round(phone)
    phone.write(phone.event("case.viewed", "demo-002", {"at": office.desk.now()}))
    office.round(phone)
    supervisor.open("/cases/demo-002")
    page = supervisor.open("/cases/demo-002/readers")
    for told in ("小林 悠", "中川 真理", "電話", "1回"):
        assert told in page.text, told
    worker = at_desk("nishimura")
    worker.open("/cases/demo-002/readers")
    assert worker.status == 403


def test_a_changed_line_of_the_access_log_is_named_on_its_page(supervisor):
    for _ in range(3):
        supervisor.open("/cases/demo-002")
    assert access_log.verify() == access_log.length()
    supervisor.open("/access-log")
    assert 'role="alert"' not in supervisor.page
    AccessView.update(staff="demo-nishimura").where(AccessView.position == 2).execute()
    supervisor.open("/access-log")
    assert 'role="alert"' in supervisor.page


def test_a_command_walks_both_chains_and_names_the_line(office, capsys):
    for _ in range(3):
        access_log.note_view(office.desk, office.person("nakagawa"), "case", "demo-002")
    asked = [
        "verify-log",
        "--data",
        str(office.config.data),
        "--desk-key-file",
        str(office.config.desk_key_file),
        "--trial",
    ]
    assert main(asked) == 0
    assert "どの鎖も切れていません" in capsys.readouterr().out
    with open_desk(office.config, office.clock).write():  # somebody with the key changes a line
        AccessView.update(staff="demo-nishimura").where(AccessView.position == 2).execute()
    assert main(asked) == 1
    assert "2 行目" in capsys.readouterr().err
