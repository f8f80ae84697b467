"""The same person in two windows, or two people: what was changed since a form was drawn is shown and asked about.

The forms come from the app's own map: each writes something new, is checked here, or has a way of its own.
"""

import re

import pytest

from pwa_server import texts
from pwa_server.desk.models.issues import CommunityIssue
from pwa_server.desk.models.office_and_cases import CaseFile, FollowUp, LogEntry, TwoValues
from pwa_server.desk.pages.office import meanwhile
from pwa_server.desk.pages.work import meetings as conferences
from tests.desk_pages.conftest import SAME_ORIGIN, Reader

# What only adds, or keeps nothing of the office's records.
ADDS = {
    "account_notices.seen",
    "begun.join",
    "cases.add_followup",
    "checklists.new",
    "checklists.read_file",
    "contacts.new",
    "consultations.find",
    "issues.new",
    "issues.propose",
    "issues.talk",
    "resources.add",
    "resources.find",
    "learnings.find",
    "learnings.new",
    "learnings.set_aside",
    "learnings.tried",
    "consultations.new",
    "disclosure.page",
    "drafts.keep",
    "emergency.page",
    "followups.add",
    "imports.read",
    "handovers.new",
    "ledger.note_consent",
    "ledger.add",
    "lost.report",
    "margin.flag",
    "margin.comment",
    "margin.keep_draft",
    "meetings.page",
    "neighbours.page",
    "papers.sheet",
    "people.add",
    "person.invite",
    "phones.add",
    "conferences.new",
    "places.add",
    "review.keep_draft",
    "search.find",
    "settings.change",
    "settings.language",
    "settings.run_backup",
    "statistics.export",
}
# What is decided once and refuses a second time, or names the version it is about.
ITS_OWN_WAY = {
    "closing.reopen",
    "emergency.take_notice",
    "held.decide",
    "imports.agree",
    "imports.away",
    "imports.back",
    "imports.go_on",
    "imports.match",
    "margin.undo",
    "margin.put_together",
    "people.decide",
    "person.sign_out",
    "phones.decide",
    "phones.let_in",
    "phones.stop",
    "review.approve_many",
    "review.choose",
    "statistics.close",
    "settings.end_session",
    "settings.password",
    "settings.passkey_options",
    "settings.passkey_answer",
    "settings.remove_passkey",
}


def test_every_form_adds_or_is_checked_or_has_its_own_way(app):
    doors = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    doors = {one for one in doors if not one.startswith("sign_in.")}
    known = ADDS | ITS_OWN_WAY | set(meanwhile.EDITS)
    assert doors - known == set()
    assert known - doors == set()
    assert not ADDS & set(meanwhile.EDITS)
    assert set(meanwhile.MEETING_FORMS) < set(conferences.FORMS)
    for types in meanwhile.EDITS.values():
        for type_ in types:
            assert texts.has("ja", f"desk.meanwhile.{type_}"), type_


def two_windows(person, page, pick):
    """The same form as two windows hold it: (address, fields)."""
    found = next(form for form in person.open(page).forms if pick(form))
    return found["action"] or page, found["fields"]


@pytest.fixture
def edited(supervisor, office, desk, at_desk):
    """Things there are to edit, and by kind: who, page, form, one change, another, what stands."""
    from pwa_server.desk.actions import issues

    nakagawa, _coordinator = office.person("nakagawa"), at_desk("nakagawa")
    told = {
        "title": "足",
        "what": "バスがない",
        "whom": "",
        "impact": "",
        "noticed_by": "",
        "have": "",
        "lack": "",
    }
    issues.write(desk, nakagawa, told, [])
    issue = CommunityIssue.select().order_by(CommunityIssue.at.desc()).get().id
    due = FollowUp.get((FollowUp.staff == "demo-kobayashi") & (FollowUp.state == "open"))
    return {
        "issue": (
            f"/issues/{issue}/change",
            f"/issues/{issue}/change",
            {"title": "足", "what": "ひとつめの窓"},
            {"title": "足", "what": "ふたつめの窓"},
            lambda: CommunityIssue.get_by_id(issue).what,
        ),
        "follow-up": (
            "/follow-ups?view=board",
            f"/follow-ups/{due.id}",
            {"do": "move", "on": "2026-12-20", "at": "10:00"},
            {"do": "move", "on": "2026-12-21", "at": "10:00"},
            lambda: FollowUp.get_by_id(due.id).at[:10],
        ),
    }


@pytest.mark.parametrize("kind", ["issue", "follow-up"])
def test_a_second_window_of_the_same_person_asks_and_shows_both(supervisor, office, edited, kind):
    page, action, first, second, stands = edited[kind]
    _, fields = two_windows(supervisor, page, lambda form: form["action"] == action)
    fields = {**fields, "area": "北", "title": "足", "state": "noticed"} if kind == "issue" else fields
    send = {"headers": SAME_ORIGIN}
    supervisor.client.post(action, data=fields | first, **send)
    before, count = stands(), LogEntry.select().count()
    other = fields | second | {"once": "the-other-window"}
    answer = supervisor.client.post(action, data=other, **send)
    told = answer.get_data(as_text=True)
    assert answer.status_code == 409, told[-900:]
    assert stands() == before
    assert LogEntry.select().count() == count
    for value in {**first, **second}.values():
        if re.search("[ぁ-ん]", value):
            assert value in told
    office.clock.pass_(seconds=1)
    again = next(form for form in Reader(told).forms if form["action"] == action)["fields"]
    answer = supervisor.client.post(
        action, data=other | {name: again[name] for name in ("once", "drawn")}, **send
    )
    assert answer.status_code == 302
    assert stands() != before


def test_a_household_changed_in_two_windows_of_one_person_keeps_both_values(supervisor):
    page = "/cases/demo-002/household"
    _, fields = two_windows(supervisor, page, lambda form: form["fields"].get("do") == "case")
    case = CaseFile.get_by_id("demo-002")
    base = fields | {
        "title": case.title,
        "kana": case.kana,
        "was-title": case.title,
        "was-kana": case.kana,
        "was-summary": case.summary,
        "preferences": case.preferences,
        "was-preferences": case.preferences,
        "worked": "\n".join(case.worked),
        "was-worked": "\n".join(case.worked),
        "avoid": "\n".join(case.avoid),
        "was-avoid": "\n".join(case.avoid),
        "issues": "\n".join(one["text"] for one in case.issues),
        "was-issues": "\n".join(one["text"] for one in case.issues),
    }
    for nth, text in enumerate(("ひとつめの窓のあらまし", "ふたつめの窓のあらまし")):
        supervisor.client.post(
            page, data=base | {"summary": text, "once": f"window-{nth}"}, headers=SAME_ORIGIN
        )
    assert CaseFile.get_by_id("demo-002").summary == "ひとつめの窓のあらまし"
    two = TwoValues.get((TwoValues.case == "demo-002") & (TwoValues.field == "summary"))
    assert two.other == "ふたつめの窓のあらまし"
    assert two.decided_by is None


def test_who_may_not_see_it_is_told_nothing_of_it(at_desk, desk, nakagawa):
    from pwa_server.desk import actions

    flag = actions.set_safety(desk, nakagawa, "demo-040", "two_people", "犬がいる家の裏口", "", "2027-01-01")
    worker = at_desk("nishimura")
    told = {"csrf": worker.token(), "drawn": "0", "flag": flag, "kind": "two_people", "text": "x"}
    answer = worker.client.post("/cases/demo-040/safety", data=told, headers=SAME_ORIGIN)
    assert "犬がいる家の裏口" not in answer.get_data(as_text=True)
    assert answer.status_code != 409
    assert {type_.split(".")[0] for types in meanwhile.EDITS.values() for type_ in types} <= set(
        meanwhile.CLASS_OF
    )
