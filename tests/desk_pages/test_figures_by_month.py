"""Figures by the day things happened: a closed month stays, what comes later has its list, small groups stay inside."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.actions.figures import close_month
from pwa_server.desk.models.figures import MonthClosed
from pwa_server.desk.models.office_and_cases import CaseFile, Conference, Visit, VisitVersion
from pwa_server.desk.models.years import DisposedCase
from pwa_server.desk.pages.layout.words import Words
from pwa_server.desk.pages.work import statistics
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.projections.registry import APPLIERS
from pwa_server.desk.queries import figures
from pwa_server.desk.queries.figure_sources import BREAKDOWNS, FIGURES, REPORT, SOURCES
from pwa_server.desk.queries.small_cells import SMALLEST_GROUP
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


def written(person, path: str) -> dict[str, list[list]]:
    """Rows of each sheet of the Excel at this address."""
    answer = person.client.post(path, data={"csrf": person.token()}, headers=SAME_ORIGIN)
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {
        page.title: [[cell.value for cell in line] for line in page.iter_rows()] for page in book.worksheets
    }


def figures_of(sheet: list[list]) -> dict[str, list]:
    """Cells by the name of their row in the report's order: names repeat ("households"), places do not."""
    lines = iter(sheet[1:])
    found = {}
    for _, rows in REPORT:
        next(lines)  # the name of the group
        found |= {one.name: next(lines)[1:-1] for one in rows}
    return found


def test_what_the_city_files_is_whole_and_adds_up_and_the_copy_for_others_hides(supervisor, office, nakagawa):
    """Both Excel files of one month, row by row: sums, what is hidden, what says so, and who asked is written down."""
    close_month(office.desk, nakagawa, "2026-10")
    late = VisitVersion.get_by_id(Visit.get().current_version).body | {
        "occurredAt": "2026-10-30T02:00:00.000Z"
    }
    office.clock.pass_(minutes=1)
    actions.act(office.desk, nakagawa, "visit.logged", late, "demo-002")
    supervisor.open("/statistics?month=2026-11")
    filed = written(supervisor, "/statistics/file?month=2026-11")
    exact = figures_of(filed["2026-11"])
    year = figures.told(figures.Span(date(2026, 4, 1), date(2026, 12, 1)))
    hidden = ("非表示", "5未満")
    for name, one in FIGURES.items():
        *months, after, total = exact[name]
        assert total == (year[name] if year[name] is not None else "記録なし"), name
        assert not set(hidden) & set(exact[name]), name
        if one.adds and total != "記録なし":
            assert sum(cell for cell in months if cell != "記録なし") + after == total, name
    assert exact["visit"][-2] == 1

    sent = written(supervisor, "/statistics/export?month=2026-11")
    small = figures_of(sent["2026-11"])
    left_out = 0
    for name, one in FIGURES.items():
        *months, total = small[name]
        numbers = [cell for cell in (*months, total) if isinstance(cell, int)]
        left_out += len(months) + 1 - len(numbers)
        if one.small:
            assert not [cell for cell in numbers if 0 < cell < SMALLEST_GROUP], name
            assert total in hidden or not set(hidden) & set(months), f"{name}: a sum gives a month away"
        if one.adds and not set(hidden) & set(small[name]) and total != "記録なし":
            assert sum(cell for cell in months if cell != "記録なし") == total, name
    assert left_out
    notes = "".join(str(line[0] or "") for line in sent["2026-11"])
    assert "「非表示」は5未満という意味ではありません" in notes
    assert "足しても年度計になりません" in notes
    assert "何も隠していません" in "".join(str(line[0] or "") for line in filed["2026-11"])

    of_classes = "多機関協働への相談"
    assert [row[1:5] for row in filed[of_classes][1:5]] == [
        [2, 14, 0, 16],
        [1, 7, 0, 8],
        [0, 0, 33, 33],
        [3, 21, 33, 57],
    ]
    assert sent[of_classes][1][1] == "非表示"
    assert sent[of_classes][4][4] == 57
    assert "中川 真理" in supervisor.open("/statistics?month=2026-11").text.split("提出用の書き出し", 1)[1]
    assert (
        "中川 真理"
        not in supervisor.open("/statistics?month=2026-10").text.split("提出用の書き出し", 1)[1][:40]
    )
    seen = supervisor.open("/access-log").text
    assert "提出用の書き出し" in seen
    assert "書き出し" in seen.replace("提出用の書き出し", "")
    for path in ("/statistics/export", "/statistics/file"):
        office.clock.pass_(minutes=15)
        supervisor.open("/statistics?month=2026-07")
        supervisor.send(f"{path}?month=2026-07")
        assert supervisor.answer.mimetype == "text/html", "somebody is asked who they are"


def test_a_worker_exports_nothing_and_closes_nothing(at_desk):
    worker = at_desk("kobayashi")
    worker.open("/settings")
    for path in ("/statistics/export?month=2026-07", "/statistics/file?month=2026-07", "/statistics/close"):
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
    entries = {
        "month": "2026-06",
        "names": ["2026-04", "2026-05", "2026-06"],
        "cells": [cells, cells, cells | {"met_people": month}],
        "open": [],
        "year": cells | {"met_people": year},
        "year_first": date(2026, 4, 1),
    }
    sheet = statistics.outward_sheet(entries, Words("ja", datetime(2026, 11, 30, tzinfo=UTC)))
    line = next(row for row in sheet.rows if row[0] == "本人に会えた世帯（実数）")
    assert line[-2] == told


@pytest.mark.parametrize("name", ["closed", "met_people"])
def test_no_copy_less_the_one_before_gives_a_hidden_month_away(app, name):
    """A year of copies, each a month longer: where a month is hidden, no later copy of the year has a sum."""
    months = [7, 0, 9, 3, 12, 6, 0, 2, 8]
    cells = [dict.fromkeys(figures.ROWS, 0) | {name: number} for number in months]
    for count in range(1, len(months) + 1):
        names = [f"2026-{4 + number:02d}" for number in range(count)]
        year = dict.fromkeys(figures.ROWS, 0) | {name: sum(months[:count])}
        entries = {"month": names[-1], "names": names, "cells": cells[:count], "open": [], "year": year}
        sheet = statistics.outward_sheet(
            entries | {"year_first": date(2026, 4, 1)}, Words("ja", datetime(2026, 12, 30, tzinfo=UTC))
        )
        line = next(row for row in sheet.rows if row[0] == texts.t("ja", f"desk.statistics.row.{name}"))
        assert line[1 : count + 1] == ["5未満" if 0 < number < 5 else number for number in months[:count]]
        assert line[count + 1] == (sum(months[:count]) if count < 4 else "非表示")


def test_the_classes_stand_as_they_did_on_any_day(supervisor, office, nakagawa):
    """The seed's table on the day it was published, on earlier days worked out by hand, and now as it is now."""
    today = office.desk.today()
    assert figures.triage_on(date(2024, 2, 29)) == figures.triage_on(today) == figures.triage()
    for day in (date(2023, 6, 30), date(2023, 9, 1), date(2023, 11, 30)):
        opened = [row for row in CaseFile.select() if row.opened_on <= day.isoformat()]
        held = {row.case for row in Conference.select() if row.status == "held" and row.on <= day.isoformat()}
        found = figures.triage_on(day)
        assert sum(found["A"].values()) == len([row for row in opened if row.id in held])
        assert sum(sum(cells.values()) for cells in found.values()) == len(opened) < 57
    actions.decide_triage(office.desk, nakagawa, "demo-053", "needs_conference", "support", "事情が変わった")
    assert sum(figures.triage_on(today)["C"].values()) == 32
    assert figures.triage_on(today) == figures.triage()
    assert sum(figures.triage_on(today - timedelta(days=1))["C"].values()) == 33
    page = supervisor.open("/statistics?on=2024-02-29").text
    assert "令和6年2月29日（木） の終わりの状態です" in page.replace("（木）の", "（木） の")
    for wrong in ("2026-12-01", "2026-13-01", "x"):
        supervisor.open(f"/statistics?on={wrong}")
        assert supervisor.status == 404


def test_up_to_a_day_counts_what_happened_by_then(supervisor):
    month = figures.month_span("2026-11")
    days = sorted(
        row.occurred_at for row in Visit.select() if month.bounds[0] <= row.occurred_at < month.bounds[1]
    )
    first = days[0][:10]
    supervisor.open(f"/statistics?on={first}")
    cells = row(supervisor.page, "対象世帯（実数）")
    assert cells[2] == str(
        figures.count(figures.Span(month.first, date.fromisoformat(first) + timedelta(days=1)))["households"]
    )
    assert "までに起きたことだけを数えています" in supervisor.page


def test_a_row_that_nobody_fed_is_no_nought(supervisor, office, nakagawa):
    """Plans are not recorded in the sample: no month says 0 of them, a closed one neither when one comes later."""
    span = figures.month_span("2026-10")
    nobodys = {one.name for one in FIGURES.values() if not one.source}
    assert nobodys <= figures.unrecorded(span)
    assert {"plans_first", "closed", "part_people"} <= figures.unrecorded(span)
    assert not {"visit", "accompaniment", "consultations"} & figures.unrecorded(span)
    supervisor.open("/statistics?month=2026-10")
    assert row(supervisor.page, "終結件数")[2] == "記録なし"
    assert row(supervisor.page, "拠点数")[2:5:2] == ["記録なし", "記録なし"]
    close_month(office.desk, nakagawa, "2026-10")
    assert MonthClosed.get().figures["closed"] is None
    told = {"conference": "c", "kind": "multi_agency", "status": "held", "on": "2026-10-20", "members": []}
    office.clock.pass_(minutes=1)
    actions.act(office.desk, nakagawa, "conference.set", told, "demo-002")
    supervisor.open("/statistics?month=2026-10")
    assert row(supervisor.page, "重層的支援会議　開催回数")[2:4] == ["0", "+1"]
    assert "会議" in supervisor.page.split("締め後に届いた記録", 1)[1]


# What no source reads: everything else is in `COUNTED`. A new type is put into one of the two by hand.
COUNTS_NOTHING = """
access.granted access.noticed access_log.headed ball.noted ball.passed case.assigned case.noted
case.reopened case.unassigned case.viewed checklist.drafted checklist.published checklist.retired
conference.acknowledged conference.agenda_set conference.answered conference.asked
conference.decided conference.decision_carried conference.decision_removed conference.material_added
conference.material_removed conference.member_set conference.minuted conference_kind.set
consent.answered consent.noted consent.withdrawn cover.asked cover.decided cover.ended
device.enrolled device.let_in device.noted device.revoked device.wiped disclosure.decided
disposal.proposed disposal.reapplied disposal.refused document.added document.removed
followup.assigned followup.cancelled followup.done followup.moved followup.scheduled
handover.answered held.dismissed hold.lifted hold.set import.begun incident.reported incident.told
incident.written issue.evidence_given issue.evidence_taken_back issue.proposal_answered
issue.proposed issue.talked learning.checked learning.set_aside learning.tried learning.withdrawn
learning.written match.arranged match.paper_handed member.removed member.set month.closed
notice.answered notice.given notice.withdrawn numbers.set office.created office.option_set
opportunity.checked parentage.removed parentage.set plan.agreed plan.monitored profile.set
profile.written promise.kept reminders.quieted request.answered request.checked request.decided
referral.asked referral.sent referral.taken
request.part_seen request.received resource.checked resource.ended review_box.admitted
review_box.rejected safety.removed safety.set staff.added staff.changed staff.decided
staff.factor_set staff.proposed staff.recovered staff.signed_out tie.removed tie.set triage.decided
transfer.made transfer.taken_back contract.written case.entrusted organisation.written
union.removed union.set visit.approval_undone visit.approved visit.commented visit.flag_settled
visit.flagged visit.read visit.returned watchers.named worker.back worker.departed
"""


def test_each_type_of_event_counts_or_is_named_here():
    types = {name for name, _ in APPLIERS}
    assert set(figures.COUNTED) <= types
    assert types - set(figures.COUNTED) == set(COUNTS_NOTHING.split())


def test_every_source_feeds_a_row_and_has_a_word(app):
    assert {one.source for one in FIGURES.values()} - {""} == set(SOURCES)
    for name, source in SOURCES.items():
        row_ = Visit._meta.database.execute_sql(f"select * from ({source.sql}) limit 0")
        assert [column[0] for column in row_.description] == ["at", "entered", "thing", "household", "tag"], (
            name
        )
        assert all(texts.has(lang, f"desk.statistics.source.{name}") for lang in ("ja", "en"))


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
    told = {"receivedOn": "2026-10-01", "means": "phone", "urgency": "normal", "personComplaint": "話したい"}
    actions.act(
        office.desk, nakagawa, "consultation.received", {"consultation": "one", "answers": told}, "one"
    )
    figures_then = {name: 0 for name in figures.ROWS if name != "ended"} | {"visit": 41}
    actions.act(office.desk, nakagawa, "month.closed", {"month": "2026-10", "figures": figures_then})
    supervisor.open("/statistics?month=2026-10")
    assert row(supervisor.page, "訪問")[2] == "41"
    now = figures.count(figures.month_span("2026-10"))["ended"]
    assert row(supervisor.page, "相談のうちに終えた件数")[2] == str(now)


def test_every_row_of_the_month_says_what_feeds_it(supervisor, office, nakagawa):
    page = supervisor.open("/statistics?month=2026-07")
    for name in figures.ROWS:
        assert texts.t("ja", f"desk.statistics.from.{name}") in page.text, name
    assert "どの月にも入っていません" not in page.text
    told = {"conference": "undated", "kind": "support", "status": "held", "on": None, "members": []}
    actions.act(office.desk, nakagawa, "conference.set", told, "demo-002")
    assert "開いた日のない会議 1 回" in supervisor.open("/statistics?month=2026-07").text


def test_a_case_that_was_disposed_of_leaves_the_closed_month_as_it_was(supervisor, office, nakagawa):
    close_month(office.desk, nakagawa, "2026-10")
    page = supervisor.open("/statistics?month=2026-10")
    told, before = texts.t("ja", "desk.statistics.disposed"), row(supervisor.page, "対象世帯（実数）")
    assert told not in page.text
    with office.desk.write():
        DisposedCase.create(id="demo-002", disposal="d")
        Visit.delete().where(Visit.case == "demo-002").execute()
    figures._COUNTED.clear()  # by hand, and no event
    page = supervisor.open("/statistics?month=2026-10")
    assert told in page.text
    after = row(supervisor.page, "対象世帯（実数）")
    assert after[2] == before[2]
    assert int(after[4]) == int(before[4]) - 1


def test_consultations_are_told_apart_by_domain_inside_the_city_alone(supervisor, office, nakagawa):
    told = {"receivedOn": "2026-10-01", "means": "phone", "urgency": "normal", "personComplaint": "話したい"}
    for id_, more in (
        ("one", {"sourceDomain": "elderly"}),
        ("two", {"sourceDomain": "elderly"}),
        ("three", {}),
    ):
        body = {"consultation": id_, "answers": told | more}
        actions.act(office.desk, nakagawa, "consultation.received", body, id_)
    span = figures.month_span("2026-10")
    found = figures.broken_down("domain", span)
    assert (found["elderly"], found[""], sum(found.values())) == (2, 1, figures.count(span)["heard"])
    assert figures.broken_down("ending", span) is None
    for name, (_, codes, words) in BREAKDOWNS.items():
        assert all(texts.has("ja", f"{words}.{code}") for code in codes if code), name
    supervisor.open("/statistics?month=2026-10")
    inside = written(supervisor, "/statistics/file?month=2026-10")["内訳"]
    assert ["高齢", 2, 2] in inside
    assert ["未記入", 1, 1] in inside
    assert "内訳" not in written(supervisor, "/statistics/export?month=2026-10")
