"""保存年限と廃棄: the table of years, holds, what is due, and disposal by two people with its certificate."""

from datetime import UTC, datetime

import pytest

from pwa_server.desk.accounts import staff
from pwa_server.desk.actions.plans import close_case
from pwa_server.desk.models.office_and_cases import CaseFile, OfficeOption, Staff
from pwa_server.desk.models.years import KINDS, SUBJECTS, Disposal, Hold
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.desk.queries import years
from pwa_server.desk.queries.access import ROLES, cell

CASE, OTHER = "demo-002", "demo-003"
CLOSING = {"on": "2026-11-24", "changes": [], "words": "", "result": "other", "stays": [], "untold": ""}


@pytest.fixture
def closed(office, supervisor, comes):
    """Two cases closed long ago; the supervisor and the chief at the desk, signed in on that day."""
    coordinator = Staff(id="demo-nishimura", role="coordinator", active=True)
    for case in (CASE, OTHER):
        close_case(office.desk, coordinator, case, CLOSING)
    office.clock.time = datetime(2032, 4, 1, 0, 0, tzinfo=UTC)
    return proved(office, comes("主任", "supervisor")), proved(office, comes("課長", "chief"))


def proved(office, person):
    staff.step_up(office.desk, person.client.get_cookie(COOKIE).value)
    return person


def test_each_kind_has_its_years_and_the_office_sets_them(closed):
    first, _ = closed
    page = first.open("/years")
    assert [one.name for one in KINDS if one.years] == list(SUBJECTS)
    for one in KINDS:
        assert f"desk.years.kind.{one.name}" not in page.text
    told = {name: str(kept) for name, kept in years.years().items()}
    for wrong in ("", "0", "100", "5.5", "五"):
        page = first.send("/years/kept", **told | {"case": wrong})
        assert first.status == 400, wrong
        assert "1から99の年数" in page.text
    assert OfficeOption.get_or_none(OfficeOption.id == "retention") is None
    assert "DEMO-002" in page.text
    first.send("/years/kept", **told | {"case": "10"})
    assert years.years()["case"] == 10
    assert "期限の来た記録はありません" in first.open("/years").text


def test_two_people_a_preview_and_a_certificate_without_a_name(closed, comes):
    first, second = closed
    title = CaseFile.get_by_id(CASE).title
    assert "選んでください" in first.send("/years/propose").text
    first.send("/years/propose", record=[f"case {CASE}"])
    (row,) = Disposal.select()
    page = first.open(f"/years/disposals/{row.id}")
    assert title in page.text
    assert "廃棄を実行する" not in page.text
    first.send(f"/years/disposals/{row.id}/decide", do="carry_out")
    assert first.status == 403
    page = second.open(f"/years/disposals/{row.id}")
    assert "接触の記録14" in page.text.replace("\n", "")
    unproved = comes("次長", "chief")
    unproved.send(f"/years/disposals/{row.id}/decide", do="carry_out")
    assert "/prove" in unproved.path
    assert CaseFile.get_by_id(CASE)
    second.send(f"/years/disposals/{row.id}/decide", do="carry_out")
    assert CaseFile.get_or_none(CaseFile.id == CASE) is None
    page = second.open(f"/years/disposals/{row.id}")
    assert "廃棄証明書" in page.text
    assert title not in page.text
    assert "DEMO-002" in page.text
    assert "令和14年" in page.text
    second.open(f"/cases/{CASE}")
    assert second.status == 404


def test_a_hold_is_set_and_lifted_with_a_reason_and_stops_the_disposal(closed):
    first, second = closed
    assert "保全（廃棄しない）" in first.open(f"/cases/{CASE}").text
    assert "ここを入れてください" in first.send(f"/years/hold/{CASE}", reason="").text
    assert first.status == 400
    first.send(f"/years/hold/{CASE}", reason="訴えが起こされている")
    assert "訴えが起こされている" in second.open("/years").text
    first.send("/years/propose", record=[f"case {CASE}"])
    assert first.status == 400
    second.send(f"/years/hold/{CASE}", reason="終わった")
    assert Hold.get().lifted_reason == "終わった"
    first.send("/years/propose", record=[f"case {CASE}"])
    (row,) = Disposal.select()
    second.send(f"/years/disposals/{row.id}/decide", do="refuse")
    assert Disposal.get_by_id(row.id).state == "refused"
    assert CaseFile.get_by_id(CASE)


def test_who_may_see_the_certificates_sees_no_case(closed, comes):
    first, second = closed
    first.send("/years/propose", record=[f"case {CASE}"])
    (row,) = Disposal.select()
    second.send(f"/years/disposals/{row.id}/decide", do="carry_out")
    left = CaseFile.get_by_id(OTHER)
    for role in ROLES:
        person = comes(role, role)
        page = person.open("/years")
        sees, proposes = cell(role, "certificates")[0], cell(role, "disposals")[0]
        assert person.status == (200 if sees else 403), role
        assert (left.no in page.text) == bool(proposes), role
        person.open(f"/years/disposals/{row.id}")
        assert person.status == (200 if sees else 403), role
        person.send("/years/propose", record=[f"case {OTHER}"])
        assert person.status == (200 if cell(role, "disposals")[1] else 403), role
        Disposal.delete().where(Disposal.state == "proposed").execute()
