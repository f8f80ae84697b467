"""Trust at the desk: hand-over, an opened case in an emergency, and administrators that two people make.

中川 is the supervisor, 小林 and 西村 workers, 田中 the administrator; 佐伯 comes in as a second administrator.
"""

import re

import pytest

from pwa_server.desk import actions
from pwa_server.desk.actions import trust
from pwa_server.desk.core.errors import DeskError, NotAllowed
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.models.office_and_cases import Assignment, DeviceRow, Passkey, Staff
from pwa_server.desk.models.trust import AccessGrant, StaffProposal
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import access
from tests.desk_pages.conftest import AtTheDesk


def on(case: str) -> set[str]:
    rows = Assignment.select().where((Assignment.case == case) & Assignment.until_at.is_null())
    return {row.staff for row in rows}


def test_a_case_is_handed_over_with_a_word_and_leaves_the_first_persons_phone(supervisor, office):
    phone, colleague = office.phone_of("kobayashi", "業務用 1号"), office.phone_of("nishimura", "業務用 2号")
    office.round(phone, colleague)
    page = supervisor.open("/cases/demo-002/assigned")
    assert "小林 悠" in page.text
    supervisor.send(
        "/cases/demo-002/assigned",
        do="hand",
        **{"from": "demo-kobayashi"},
        to="demo-nishimura",
        note="呼び鈴は一回だけ",
    )
    assert on("demo-002") == {"demo-nishimura"}
    assert "呼び鈴は一回だけ" in supervisor.page
    office.round(phone, colleague)
    assert "case/demo-002" not in phone.m.documents
    assert "case/demo-002" in colleague.m.documents


def test_everything_of_a_person_who_leaves_is_handed_over_at_once(supervisor):
    before = {row.case for row in Assignment.select().where(Assignment.staff == "demo-kobayashi")}
    page = supervisor.open("/people/demo-kobayashi")
    assert "DEMO-002" in page.text
    supervisor.send("/people/demo-kobayashi/hand-over", to="demo-nishimura", note="休職のため")
    assert all("demo-nishimura" in on(case) and "demo-kobayashi" not in on(case) for case in before)


@pytest.mark.parametrize("to", ["", "demo-tanaka", "nobody", "demo-kobayashi"])
def test_a_case_is_not_handed_to_nobody_to_an_administrator_or_back_to_the_same(supervisor, to):
    supervisor.open("/cases/demo-002/assigned")
    supervisor.send("/cases/demo-002/assigned", do="hand", **{"from": "demo-kobayashi"}, to=to, note="")
    assert on("demo-002") == {"demo-kobayashi"}
    assert "引きつぐ人を選んでください" in supervisor.page


def test_a_worker_opens_a_case_in_an_emergency_for_a_day_and_the_supervisor_is_told(
    at_desk, supervisor, office
):
    worker = at_desk("nishimura")
    worker.open("/cases/demo-002")
    assert worker.status == 403
    worker.open("/emergency-access")
    worker.send("/emergency-access", no="DEMO-002", reason="短い")
    assert "8文字以上" in worker.page
    worker.send("/emergency-access", no="DEMO-999", reason="本人から夜間に電話があった")
    assert "その番号のケースはありません" in worker.page
    worker.send("/emergency-access", no="DEMO-002", reason="本人から夜間に電話があり、小林さんにつながらない")
    assert worker.status == 200
    assert worker.path.startswith("/cases/demo-002")

    assert "「今日」に、確かめられるまで出ます" in worker.page
    assert "小林さんにつながらない" in supervisor.open("/today").text
    page = supervisor.open("/emergency-access")
    assert "小林さんにつながらない" in page.text
    assert "西村 恵" in page.text
    grant = AccessGrant.get()
    supervisor.send(f"/emergency-access/{grant.id}")
    assert "確かめた" in supervisor.page
    assert "小林さんにつながらない" not in supervisor.open("/today").text
    assert "緊急に開いた" in supervisor.open("/access-log?case=demo-002").text

    office.clock.pass_(hours=24, minutes=1)
    back = at_desk("nishimura")
    back.open("/cases/demo-002")
    assert back.status == 403


def test_an_opened_case_never_reaches_a_phone_and_nothing_of_it_can_be_changed(office):
    nishimura, phone = office.person("nishimura"), office.phone_of("nishimura")
    trust.open_in_emergency(office.desk, nishimura, "demo-002", "夜間に電話があったため")
    assert "case/demo-002" not in documents_for(office.desk, DeviceRow.get_by_id(phone.id))
    nishimura.granted = trust.running_grants(office.desk, nishimura.id)
    assert access.may(nishimura, "see", "visit_facts", "demo-002")
    assert not access.may(nishimura, "change", "identity", "demo-002")
    with pytest.raises(NotAllowed):
        actions.schedule_followup(office.desk, nishimura, "demo-002", office.desk.now(), "visit", "us")


def test_where_nobody_is_there_to_be_told_the_page_does_not_say_that_somebody_is(at_desk, office):
    Staff.update(active=False).where(Staff.role.in_(("supervisor", "chief"))).execute()
    worker = at_desk("nishimura")
    worker.open("/emergency-access")
    worker.send("/emergency-access", no="DEMO-002", reason="本人から夜間に電話があった")
    assert "ほかに確かめる人がまだいません" in worker.page


def test_nobody_takes_note_of_their_own_emergency_and_an_administrator_has_none(office):
    nishimura = office.person("nishimura")
    grant = trust.open_in_emergency(office.desk, nishimura, "demo-002", "夜間に電話があったため")
    with pytest.raises(NotAllowed):
        trust.take_notice(office.desk, nishimura, grant)
    with pytest.raises(NotAllowed):
        trust.open_in_emergency(office.desk, office.person("tanaka"), "demo-002", "見てみたいと思ったため")


def test_a_new_administrator_comes_in_only_when_a_second_person_agrees(at_desk, supervisor):
    first = at_desk("tanaka")
    first.open("/people/add")
    page = first.send(
        "/people/add", name="佐伯 直", kana="さえき なお", email="saeki@sample.invalid", role="administrator"
    )
    saeki = Staff.get(Staff.email == "saeki@sample.invalid")
    assert not saeki.active
    assert "最初のパスワード" not in page.text.split("もう一人の承認を待っています")[0]
    proposal = StaffProposal.get()
    first.send(f"/people/proposals/{proposal.id}", do="accept")
    assert not Staff.get_by_id(saeki.id).active

    supervisor.open("/people")
    assert "二人で決めること" in supervisor.page
    supervisor.send(f"/people/proposals/{proposal.id}", do="accept")
    assert Staff.get_by_id(saeki.id).active
    assert "佐伯 直" in supervisor.page  # with the first password, shown once
    assert StaffProposal.get().open is False


def test_an_administrator_is_unmade_by_two_and_never_by_themselves(office, at_desk):
    tanaka, nakagawa = office.person("tanaka"), office.person("nakagawa")
    with pytest.raises(NotAllowed):
        trust.change_role(office.desk, tanaka, "demo-tanaka", "worker")
    asked = trust.change_role(office.desk, nakagawa, "demo-tanaka", "worker")
    assert office.person("tanaka").role == "administrator"
    for who in (nakagawa, tanaka):
        with pytest.raises(NotAllowed):
            trust.decide(office.desk, who, asked, True)
    made = trust.change_role(office.desk, nakagawa, "demo-nishimura", "supervisor")
    trust.decide(office.desk, tanaka, made, True)
    trust.decide(office.desk, office.person("nishimura"), asked, False)
    assert office.person("tanaka").role == "administrator"
    with pytest.raises(DeskError):
        trust.decide(office.desk, office.person("nishimura"), asked, True)


def test_a_changed_role_signs_the_person_out(at_desk, supervisor):
    worker = at_desk("nishimura")
    supervisor.open("/people/demo-nishimura")
    supervisor.send("/people/demo-nishimura/role", role="participation")
    worker.open("/today")
    assert worker.path.startswith("/sign-in")


def test_a_new_first_password_takes_two_ends_all_that_was_before_and_is_told(
    at_desk, supervisor, app, office
):
    phone = office.phone_of("nishimura")
    Passkey.create(
        id="k", staff="demo-nishimura", public_key=b"", sign_count=0, label="", made_at=office.desk.now()
    )
    worker, admin = at_desk("nishimura"), at_desk("tanaka")
    admin.open("/people/demo-nishimura")
    admin.send("/people/demo-nishimura/invite")
    first = re.search(r'class="code code-s">([a-z0-9-]{9})<', admin.page)[1]
    worker.open("/today")
    assert "頼まれています" in worker.page
    assert worker.path.startswith("/today"), "asking alone ends nothing"

    proposal = StaffProposal.get(StaffProposal.staff == "demo-nishimura")
    admin.send(f"/people/proposals/{proposal.id}", do="accept")
    assert StaffProposal.get_by_id(proposal.id).open
    supervisor.open("/people")
    assert "出し直す" in supervisor.page
    supervisor.send(f"/people/proposals/{proposal.id}", do="accept")
    second = re.search(r'class="code code-s">([a-z0-9-]{9})<', supervisor.page)[1]
    assert first not in supervisor.page

    worker.open("/today")
    assert worker.path.startswith("/sign-in")
    assert not Passkey.select().where(Passkey.staff == "demo-nishimura").exists()
    assert DeviceRow.get_by_id(phone.id).status == "revoked"
    for half in (first, second, f"{second}-{first}"):
        back = AtTheDesk(app, "nishimura")
        back.sign_in(password=half)
        assert back.status == 403
    back.sign_in(password=f"{first}-{second}")
    assert back.path.startswith("/sign-in/set-up")


def test_the_fleet_board_tells_what_each_phone_said_last(supervisor, office):
    phone = office.phone_of("kobayashi", "業務用 1号")
    office.clock.pass_(minutes=9)
    phone.write(
        phone.event(
            "device.noted",
            None,
            {
                "app": "1.0.0",
                "notifications": "granted",
                "storage": {"used": 30 << 20, "quota": 900 << 20},
                "persisted": False,
            },
        )
    )
    phone.push()
    office.clock.pass_(minutes=-9)
    office.sync()
    page = supervisor.open("/people?show=fleet")
    for told in ("業務用 1号", "9分 進み", "30 / 900 MB", "消されるおそれ", "許可されている"):
        assert told in page.text, told


def test_a_phone_whose_clock_is_wrong_shows_on_the_board_however_late_its_note_comes(supervisor, office):
    slow, right = office.phone_of("kobayashi", "業務用 1号"), office.phone_of("nishimura", "業務用 2号")
    tells_its_clock(slow, phone="2026-11-30T22:00:00Z", relay="2026-12-01T01:00:20Z")
    tells_its_clock(right, phone="2026-12-01T01:00:00Z", relay="2026-12-01T01:00:20Z")
    office.clock.pass_(minutes=20)  # the desk was closed
    office.sync()
    page = supervisor.open("/people?show=fleet")
    assert "3時間 遅れ" in page.text
    assert page.text.count("合っている") == 1
    assert "3時間 遅れ" in supervisor.open(f"/people/phones/{slow.id}").text


def tells_its_clock(handset, **clock):
    handset.write(
        handset.event(
            "device.noted",
            None,
            {
                "app": "1.0.0",
                "notifications": "denied",
                "storage": {"used": 30 << 20, "quota": 900 << 20},
                "persisted": True,
                "clock": clock,
            },
        )
    )
    handset.push()


def test_trust_is_rebuilt_from_the_log_row_for_row(office):
    nakagawa, nishimura = office.person("nakagawa"), office.person("nishimura")
    grant = trust.open_in_emergency(office.desk, nishimura, "demo-002", "夜間に電話があったため")
    trust.take_notice(office.desk, nakagawa, grant)
    trust.hand_over_all(office.desk, nakagawa, "demo-kobayashi", "demo-nishimura", "休職のため")
    asked = trust.change_role(office.desk, office.person("tanaka"), "demo-nishimura", "administrator")
    trust.decide(office.desk, nakagawa, asked, True)
    before = list(dump())
    assert rebuild(office.desk)[1] == []
    assert list(dump()) == before
