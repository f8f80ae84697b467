"""The same person in two windows, or two people: what was changed since a form was drawn is shown and asked about.

The forms come from the app's own map: each writes something new, is checked here, or has a way of its own.
"""

import re

import pytest

from pwa_server import texts
from pwa_server.desk.log.event_log import append
from pwa_server.desk.models.issues import CommunityIssue
from pwa_server.desk.models.office_and_cases import CaseFile, FollowUp, LogEntry, TwoValues
from pwa_server.desk.pages.cases import household
from pwa_server.desk.pages.office import meanwhile
from pwa_server.desk.pages.work import meetings as conferences
from pwa_server.desk.projections.append_and_apply import make_event
from pwa_server.desk.projections.staff_shapes import SHAPES
from pwa_server.desk.queries.access import may
from tests.desk_pages.conftest import SAME_ORIGIN, Reader
from tests.desk_pages.test_bad_rows import good_bodies

# What only adds, or keeps nothing of the office's records.
ADDS = {
    "account_notices.seen",
    "new_contact.join",
    "cases.add_followup",
    "checklists.new",
    "checklists.read_file",
    "contacts.new",
    "consultations.find",
    "issues.new",
    "issues.propose",
    "issues.talk",
    "organisations.add",
    "organisations.add_contract",
    "transfers.page",
    "resources.add",
    "resources.find",
    "learnings.find",
    "learnings.new",
    "learnings.set_aside",
    "learnings.tried",
    "consultations.new",
    "disclosure.page",
    "drafts.keep",
    "emergency_access.page",
    "followups.add",
    "imports.read",
    "handovers.new",
    "referrals.send",
    "referrals.take",
    "consents.note_consent",
    "consents.add",
    "incidents.report",
    "annotations.flag",
    "annotations.comment",
    "annotations.keep_draft",
    "matching.add",
    "matching.hand",
    "matching.heard",
    "matching.step",
    "conferences.page",
    "notices.page",
    "papers.sheet",
    "people.add",
    "person.invite",
    "phones.add",
    "meetings.new",
    "opportunities.find",
    "opportunities.host",
    "opportunities.new",
    "review.keep_draft",
    "search.find",
    "settings.change",
    "settings.language",
    "settings.run_backup",
    "statistics.export",
    "leaving.export",
    "statistics.file_report",
    "years.propose",
    "requests.new",
    "requests.part",
    "requests.dispose",
}
# What is decided once and refuses a second time, or names the version it is about.
ITS_OWN_WAY = {
    "closing.reopen",
    "emergency_access.take_notice",
    "held.decide",
    "imports.agree",
    "imports.away",
    "imports.back",
    "imports.go_on",
    "imports.match",
    "annotations.undo",
    "annotations.put_together",
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
    merges = {"merge", "undo_merge"}  # refused a second time
    assert set(household.ACTS) == {*meanwhile.HOUSEHOLD_IDS, *meanwhile.CHECKED_FIELD_BY_FIELD, *merges}
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


# What the events call a thing whose address says otherwise.
CALLED = {"asked": "request", "person": "staff", "meeting": "conference", "flag_id": "flag"}
THEIRS, TYPED = "さきの窓で書いた", "あとの窓で書いた"


def doors(app):
    """(endpoint, its ids by name, what its form says besides, types) of every form there is to edit by."""
    for rule in app.url_map.iter_rules():
        types = meanwhile.EDITS.get(rule.endpoint)
        if types is None or "POST" not in rule.methods:
            continue
        ids = {name: f"this-{name}" for name in rule.arguments}
        if rule.endpoint == "household.change":
            for do, names in meanwhile.HOUSEHOLD_IDS.items():
                of = {"parent": "parentage", "two": "two_values"}.get(do.split("_")[0], do.split("_")[0])
                about = tuple(one for one in types if one.split(".")[0] == of)
                assert about, do
                yield rule.endpoint, ids, {"do": do} | {name: f"this-{name}" for name in names}, about
        elif rule.endpoint == "meetings.write":
            for form in meanwhile.MEETING_FORMS:
                yield rule.endpoint, ids | {"form": form}, {"place": TYPED, "was_place": "公民館"}, types
        else:
            yield (
                rule.endpoint,
                ids,
                dict.fromkeys(meanwhile.FORM_IDS.get(rule.endpoint, ()), "this-flag"),
                types,
            )


def written(type_, endpoint, ids):
    """The event as the other window would write it: its ids where its shape has a place for them, texts elsewhere."""
    shape = SHAPES.get(type_) or dict.fromkeys(good_bodies(None, "f")[type_], str)
    names = {name.removesuffix("?"): one for name, one in shape.items()}
    body = {name: THEIRS for name, one in names.items() if one is str}
    if type_ == "office.option_set":
        body = {"name": meanwhile.OPTIONS[endpoint], "value": THEIRS}
    if type_ == "conference.changed":
        body["changes"] = {"place": THEIRS}
    for name, value in ids.items():
        called = CALLED.get(name, name)
        if called in names:
            body[called] = value
    return body


def test_in_every_form_a_second_window_is_asked_and_shown_both(app, office, at_desk):
    desk, people_, asked = office.desk, [at_desk(name) for name in ("nakagawa", "tanaka")], set()
    adapter = app.url_map.bind("localhost")
    tokens = {one.name: one.token() for one in people_}
    for endpoint, ids, said, types in doors(app):
        case = ids.get("case") or ids.get("consultation")
        path = adapter.build(endpoint, ids, method="POST")
        for type_ in types:
            class_ = meanwhile.CLASS_OF[type_.split(".")[0]]
            second = next(one for one in people_ if may(office.person(one.name), "see", class_, case))
            for by in (f"demo-{second.name}", "demo-nishimura")[: 2 if type_ == types[0] else 1]:
                drawn = LogEntry.select().count()
                with desk.write():
                    body = written(type_, endpoint, ids | said)
                    append(desk, make_event(type_, case, body, desk.now()), by, by)
                told = {"csrf": tokens[second.name], "drawn": str(drawn), "note": TYPED} | said
                answer = second.client.post(path, data=told, headers=SAME_ORIGIN)
                page = answer.get_data(as_text=True)
                assert answer.status_code == 409, (endpoint, type_, by, said)
                assert LogEntry.select().count() == drawn + 1, (endpoint, type_)
                assert TYPED in page, (endpoint, type_)
                assert texts.t("ja", f"desk.meanwhile.{type_}") in page, (endpoint, type_)
                assert THEIRS in page or THEIRS not in str(body), (endpoint, type_)
        asked.add(endpoint)
    assert asked == set(meanwhile.EDITS)


def test_a_line_that_was_taken_away_is_not_drawn_again_without_a_word(supervisor, desk, nakagawa):
    from pwa_server.desk import actions

    page = "/cases/demo-002/household"
    told = two_windows(supervisor, page, lambda form: form["fields"].get("tie"))[1]
    actions.draw(desk, nakagawa, "demo-002", "tie.removed", {"tie": told["tie"]})
    other = told | {"do": "tie", "member": "demo-002-a", "label": TYPED}
    answer = supervisor.client.post(page, data=other, headers=SAME_ORIGIN)
    assert answer.status_code == 409
    assert TYPED in answer.get_data(as_text=True)


def test_a_mark_settled_in_another_window_is_not_settled_again(supervisor, morning, desk, nakagawa):
    from pwa_server.desk import actions

    visit = morning.urgent
    flag = actions.flag_visit(desk, nakagawa, visit, "電話で確かめる", "2026-12-02")
    told = two_windows(
        supervisor, f"/visits/{visit}", lambda form: (form["action"] or "").endswith(f"/flags/{flag}")
    )
    actions.settle_flag(desk, nakagawa, flag, THEIRS)
    answer = supervisor.client.post(told[0], data=told[1] | {"comment": TYPED}, headers=SAME_ORIGIN)
    assert answer.status_code == 409
    assert THEIRS in answer.get_data(as_text=True)


def test_what_may_be_told_is_told_though_something_else_may_not(app, office, at_desk):
    """Cases were handed on and an account was changed: who sees one of both alone is asked, and told that one."""
    desk, person = office.desk, at_desk("tanaka")
    drawn = LogEntry.select().count()
    types = meanwhile.EDITS["person.hand_over"]
    told = [may(office.person("tanaka"), "see", meanwhile.CLASS_OF[one.split(".")[0]]) for one in types]
    with desk.write():
        for type_ in types:
            case = "demo-002" if type_.startswith("case.") else None
            body = written(type_, "person.hand_over", {"person": "demo-kobayashi"})
            append(desk, make_event(type_, case, body, desk.now()), "demo-nakagawa", "demo-nakagawa")
    path = "/people/demo-kobayashi/hand-over"
    fields = {"csrf": person.token(), "drawn": str(drawn), "note": TYPED}
    answer = person.client.post(path, data=fields, headers=SAME_ORIGIN)
    assert set(told) == {True, False}
    assert answer.status_code == 409
    for type_, may_know in zip(types, told, strict=True):
        shown = texts.t("ja", f"desk.meanwhile.{type_}") in answer.get_data(as_text=True)
        assert shown == may_know, type_
