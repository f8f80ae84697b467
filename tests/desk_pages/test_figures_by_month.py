"""Figures by the day things happened: a closed month stays, what comes later has its list, small groups stay inside."""

import io
import re
from datetime import UTC, date, datetime

import openpyxl
import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.models.figures import MonthClosed
from pwa_server.desk.models.office_and_cases import CaseFile, Conference, Visit, VisitVersion
from pwa_server.desk.pages.layout.words import Words
from pwa_server.desk.pages.work import statistics
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import figures
from tests.desk_pages.conftest import SAME_ORIGIN


def row(page: str, name: str) -> list[str]:
    table = page.split('id="report"', 1)[1].split("</table>", 1)[0]
    line = next(line for line in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL) if f">{name}<" in line)
    return [re.sub("<[^>]+>", "", cell) for cell in re.findall(r'<td class="num">(.*?)</td>', line)]


def test_contacts_count_in_the_month_they_happened(supervisor):
    page = supervisor.open("/statistics?month=2026-07")
    assert "月報　令和8年7月分" in page.text
    assert row(supervisor.page, "訪問")[2] == "1"
    assert row(supervisor.page, "手紙・メモ")[2] == "1"
    from_april = Visit.select().where(
        (Visit.channel == "visit") & Visit.occurred_at.between("2026-03-31T15", "2026-07-31T15")
    )
    assert row(supervisor.page, "訪問")[4] == str(from_april.count())


def test_a_figure_follows_a_new_contact_at_once_and_reading_counts_nothing_anew(office, nakagawa):
    span = figures.month_span("2026-11")
    before = figures.count(span)["visit"]
    visit = Visit.select().where(Visit.review_status == "waiting").first()
    actions.read_visit(office.desk, nakagawa, visit.id)
    assert figures.count(span)["visit"] == before
    body = VisitVersion.get_by_id(visit.current_version).body | {
        "occurredAt": "2026-11-03T02:00:00.000Z",
        "channel": "visit",
    }
    actions.act(office.desk, nakagawa, "visit.logged", body, visit.case)
    assert figures.count(span)["visit"] == before + 1
    rebuild(office.desk)
    assert figures.count(span)["visit"] == before + 1


def test_a_closed_month_never_moves_and_late_records_stand_apart(supervisor, office):
    phone = office.phone_of("kobayashi", "業務用 1号")
    supervisor.open("/statistics?month=2026-10")
    before = row(supervisor.page, "訪問")
    supervisor.send("/statistics/close", month="2026-10")
    assert "締め済み" in supervisor.page
    phone.write(
        phone.visit("demo-002", occurredAt="2026-10-31T14:59:00.000Z", outcome="met_person")
    )  # 31 Oct 23:59 in Japan
    phone.write(phone.visit("demo-002", occurredAt="2026-10-31T15:00:00.000Z", outcome="met_person"))  # 1 Nov
    office.clock.pass_(minutes=5)
    office.round(phone)
    page = supervisor.open("/statistics?month=2026-10")
    after = row(supervisor.page, "訪問")
    assert after[:3] == before[:3]
    assert after[3] == "+1"
    assert int(after[4]) == int(before[4]) + 1
    late = page.text.split("締め後に届いた記録", 1)[1]
    assert "DEMO-002" in late
    assert MonthClosed.select().count() == 1
    supervisor.send("/statistics/close", month="2026-10")
    assert "第2版" in supervisor.page
    assert int(row(supervisor.page, "訪問")[2]) == int(before[2]) + 1
    kept = list(dump())
    assert rebuild(office.desk)[1] == []
    assert list(dump()) == kept


@pytest.mark.parametrize("month", ["2026-11", "2027-01", "2026-13", "x", ""])
def test_a_month_that_is_not_over_cannot_be_closed(supervisor, month):
    supervisor.open("/statistics")
    supervisor.send("/statistics/close", month=month)
    assert MonthClosed.select().count() == 0


@pytest.mark.parametrize("month", ["2026-13", "1999-01", "2026-12", "..", "2026-1", "٢٠٢٦-١٠"])
def test_a_month_that_is_none_is_a_page_that_is_not_there(supervisor, month):
    supervisor.open(f"/statistics?month={month}")
    assert supervisor.status == 404


def test_the_export_hides_small_groups_and_asks_who_is_there(supervisor, office):
    supervisor.open("/statistics?month=2026-07")
    made = supervisor.client.post(
        "/statistics/export?month=2026-07", data={"csrf": supervisor.token()}, headers=SAME_ORIGIN
    )
    assert made.mimetype.endswith("spreadsheetml.sheet")
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    month, triage = book.worksheets
    by_name = {line[0].value: [cell.value for cell in line[1:]] for line in month.iter_rows()}
    assert by_name["訪問"][2] == 1
    assert by_name["　会えた人（実数）"][2] == "5未満"
    for name, line in by_name.items():
        year = line[-1]
        if year == "5未満":  # then no month says more
            assert all(not isinstance(one, int) or one < 5 for one in line[:-1]), name
        if isinstance(year, int) and "5未満" not in line and "非表示" not in line:
            assert year >= max(one for one in line[:-1] if isinstance(one, int)), name
    notes = "".join(str(line[0].value or "") for line in month.iter_rows())
    assert "「非表示」は5未満という意味ではありません" in notes
    cells = [[cell.value for cell in line] for line in triage.iter_rows(min_row=2, max_row=5)]
    assert cells[0][1] == "非表示"
    assert cells[3][4] == 57
    assert "export" in supervisor.open("/access-log").text or "書き出し" in supervisor.page

    office.clock.pass_(minutes=15)
    supervisor.open("/statistics?month=2026-07")
    supervisor.send("/statistics/export?month=2026-07")
    assert supervisor.answer.mimetype == "text/html"


def test_a_worker_exports_nothing_and_closes_nothing(at_desk):
    worker = at_desk("kobayashi")
    worker.open("/settings")
    for path in ("/statistics/export?month=2026-07", "/statistics/close"):
        worker.send(path, month="2026-07")
        assert worker.status == 403


def test_one_meeting_about_two_cases_counts_once_and_moves_both_to_a(supervisor):
    supervisor.open("/conferences")
    supervisor.send(
        "/conferences",
        kind="support",
        on="2026-11-20",
        cases="DEMO-002\nDEMO-018\n",
        member=["demo-nakagawa", "demo-kobayashi"],
    )
    assert "2ケースを開催済みにしました" in supervisor.page
    assert CaseFile.get_by_id("demo-002").conference_status == "held"
    found = figures.count(figures.month_span("2026-11"))
    assert (found["support_held"], found["support_cases"]) == (1, 2)
    page = supervisor.open("/conferences")
    assert "小林 悠" in page.text


def test_a_multi_agency_conference_needs_consent_and_a_support_conference_its_members(supervisor):
    supervisor.open("/conferences")
    supervisor.send(
        "/conferences", kind="multi_agency", on="2026-11-20", cases="DEMO-002", member=["demo-nakagawa"]
    )
    assert "本人の同意が台帳に要ります" in supervisor.page
    supervisor.send("/conferences", kind="support", on="2026-11-20", cases="DEMO-002")
    assert "守秘を確かめた出席者" in supervisor.page
    supervisor.send(
        "/conferences", kind="support", on="2027-11-20", cases="DEMO-999", member=["demo-nakagawa"]
    )
    assert "DEMO-999" in supervisor.page
    assert Conference.get_by_id("demo-002-meeting").status == "planned"


@pytest.mark.parametrize(
    ("month", "year", "told"), [(3, 4, "5未満"), (3, 9, "非表示"), (6, 9, 9), (6, 3, "5未満")]
)
def test_a_year_is_under_five_only_where_it_is(app, month, year, told):
    cells = dict.fromkeys(figures.ROWS, 0)
    months = [cells, cells, cells | {"met_people": month}]
    report = {
        "month": "2026-07",
        "names": ["2026-05", "2026-06", "2026-07"],
        "cells": months,
        "late_figures": cells,
        "year": cells | {"met_people": year},
        "year_first": date(2026, 4, 1),
    }
    sheet = statistics.month_sheet(report, Words("ja", datetime(2026, 11, 30, tzinfo=UTC)))
    line = next(row for row in sheet.rows if row[0] == "　会えた人（実数）")
    assert line[-1] == told


def test_a_consultation_that_ends_is_counted_on_its_day_and_a_case_is_not(supervisor, office, nakagawa):
    span = figures.month_span("2026-11")
    told = {"receivedOn": "2026-10-30", "means": "phone", "urgency": "normal", "personComplaint": "話したい"}
    for id_ in ("one", "two", "three"):
        actions.act(
            office.desk, nakagawa, "consultation.received", {"consultation": id_, "answers": told}, id_
        )
    before, of_cases = figures.count(span)["ended"], figures.count(span)["consultations"]
    end = {"how": "information", "note": ""}
    for id_ in ("one", "two"):
        actions.act(office.desk, nakagawa, "consultation.ended", {"consultation": id_, **end}, id_)
    assert figures.count(span)["ended"] == before + 2
    actions.act(office.desk, nakagawa, "consultation.reopened", {"consultation": "two"}, "two")
    assert figures.count(span)["ended"] == before + 1
    assert figures.count(figures.month_span("2026-10"))["ended"] == 0
    assert figures.count(span)["consultations"] == of_cases
    supervisor.open("/statistics?month=2026-11")
    assert row(supervisor.page, "相談のうちに終えた件数")[2] == str(before + 1)


def test_a_month_closed_before_a_figure_was_counted_shows_it_as_it_stands(supervisor, office, nakagawa):
    figures_then = {name: 0 for name in figures.ROWS if name != "ended"} | {"visit": 41}
    actions.act(office.desk, nakagawa, "month.closed", {"month": "2026-10", "figures": figures_then})
    supervisor.open("/statistics?month=2026-10")
    assert row(supervisor.page, "訪問")[2] == "41"
    now = figures.count(figures.month_span("2026-10"))["ended"]
    assert row(supervisor.page, "相談のうちに終えた件数")[2] == str(now)


def test_every_row_of_the_month_says_what_feeds_it(supervisor, office, nakagawa):
    page = supervisor.open("/statistics?month=2026-07")
    for name in dict(figures.GROUPS)["multi_agency"]:
        assert texts.t("ja", f"desk.statistics.from.{name}") in page.text, name
    assert "どの月にも入っていません" not in page.text
    told = {"conference": "undated", "kind": "support", "status": "held", "on": None, "members": []}
    actions.act(office.desk, nakagawa, "conference.set", told, "demo-002")
    assert "開いた日のない会議 1 回" in supervisor.open("/statistics?month=2026-07").text
