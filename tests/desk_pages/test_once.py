"""A form pressed twice on a slow line is taken in once: the doors come from the app's own map and the pages'
own forms.
"""

import html
import json
import re
import threading
from pathlib import Path

import pytest
from peewee import fn

from pwa_server.desk.accounts.once_mark import OnceMark
from pwa_server.desk.log.event_log import read_entry
from pwa_server.desk.models.office_and_cases import LogEntry
from pwa_server.desk.pages.layout import once
from tests.desk_pages.conftest import SAME_ORIGIN, Reader

TEMPLATES = Path(__file__).parents[2] / "templates" / "desk"
FORM = re.compile(r"<form\b(?=[^>]*method=\"post\")[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
DAY = {"on": "2026-12-10", "at": "10:00"}
# A sentence and a choice for every kind of field; a form takes what it has.
TYPED = {
    "text": "電話で聞いた",
    "note": "玄関先で",
    "reason": "引っこしたため、こちらでは終わる",
    "question": "いつのことですか",
    "comment": "電話で確かめた",
    "title": "集いの日",
    "name": "集会所",
    "host": "社協",
    "place": "公民館",
    "times": "水曜",
    "who": "近所の方",
    "noticed": "新聞がたまっている",
    "area": "北地区",
    "what": "店がない",
    "resources": "移動販売",
    "source": "母",
    "label": "祖母",
    "purpose": "支援会議",
    "recipient": "保健所",
    "scope": "連絡先",
    "from": "21:00",
    "until": "07:00",
    "kind": "visit",
    "with": "person",
    "field": "notes.fact",
    **DAY,
}


def filled(page, action, nth=0):
    """The nth form of the page that goes there, filled in with what a person would type."""
    found = [
        form
        for form in FORM.findall(page)
        if f'action="{action}"' in form or "action=" not in form.split(">")[0]
    ]
    fields = [form for form in Reader(page).forms if form["action"] == action]
    assert found, action
    told = dict(fields[nth]["fields"]) if fields else dict(Reader(found[nth]).forms[0]["fields"])
    for name in told:
        chosen = re.search(rf'<select[^>]*name="{name}".*?</select>', found[nth], re.DOTALL)
        if chosen:
            values = re.findall(r'<option value="([^"]+)"', chosen[0])
            told[name] = values[0] if values else ""
        elif not told[name] or name in DAY:
            told[name] = TYPED.get(name, told[name])
    return told


# page, where its form goes, what is added to it
WRITING = (
    ("/cases/demo-002", "/cases/demo-002/follow-ups", {}),
    ("/visits/{urgent}", "/visits/{urgent}/comments", {}),
    ("/visits/{urgent}?flag=1", "/visits/{urgent}/flags", {}),
    ("/visits/{urgent}?ask=notes.fact", "/visits/{urgent}/return", {}),
    ("/notices", "/notices", {"named": "ask"}),
    ("/issues/new", "/issues/new", {}),
    (
        "/cases/demo-002/assigned",
        "/cases/demo-002/assigned",
        {"do": "hand", "from": "", "to": "demo-nishimura"},
    ),
)


OWN_MARK = {"kept.html"}  # it gives back the mark of the form that was typed


def test_every_form_of_every_page_carries_a_mark():
    bare = []
    for file in sorted(TEMPLATES.glob("*.html")):
        for form in FORM.findall(file.read_text()):
            if "csrf()" not in form and file.name not in OWN_MARK:
                bare.append((file.name, form[:90]))
    assert bare == []


@pytest.mark.parametrize(("page", "action", "more"), WRITING)
def test_pressed_twice_and_at_once_it_is_written_once(supervisor, morning, page, action, more):
    page, action = (text.format(urgent=morning.urgent) for text in (page, action))
    supervisor.open(page)
    told = filled(supervisor.page, action) | more
    assert told["once"]
    before = LogEntry.select().count()
    answers = []

    def press():
        answers.append(supervisor.client.post(action, data=told, headers=SAME_ORIGIN))

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    written = LogEntry.select().count() - before
    press()
    assert LogEntry.select().count() - before == written
    assert written == 1, answers[0].get_data(as_text=True)[-600:]
    assert len({(one.status_code, one.location) for one in answers if one.status_code == 302}) == 1
    told["once"] = "another-press-on-purpose"
    press()
    assert LogEntry.select().count() - before >= written


def test_a_form_that_was_gone_back_to_and_changed_is_another(supervisor, morning):
    supervisor.open(f"/visits/{morning.urgent}")
    told = filled(supervisor.page, f"/visits/{morning.urgent}/comments")
    before = LogEntry.select().count()
    for text in ("ひとつめ", "ふたつめ", "ふたつめ"):
        supervisor.client.post(
            f"/visits/{morning.urgent}/comments", data=told | {"text": text}, headers=SAME_ORIGIN
        )
    assert LogEntry.select().count() - before == 2


def test_what_was_refused_can_be_pressed_again(supervisor, morning):
    supervisor.open("/cases/demo-002")
    told = filled(supervisor.page, "/cases/demo-002/follow-ups")
    before = LogEntry.select().count()
    for _ in range(2):
        supervisor.client.post("/cases/demo-002/follow-ups", data=told | {"on": ""}, headers=SAME_ORIGIN)
        assert "is-wrong" in supervisor.client.get("/cases/demo-002").get_data(as_text=True)
    supervisor.client.post("/cases/demo-002/follow-ups", data=told, headers=SAME_ORIGIN)
    assert LogEntry.select().count() - before == 1


# Forms whose answer is no event of the log, or that end the visit: their own tests press them.
KEEPS_NO_EVENT = {
    "disclosure.page",
    "papers.sheet",
    "search.find",
    "settings.language",
    "statistics.export",
    "leaving.export",
    "statistics.file_report",
}
PAGES_WITH_FORMS = (
    "/today",
    "/follow-ups?view=board",
    "/cases/demo-002",
    "/cases/demo-002/household",
    "/cases/demo-002/assigned",
    "/cases/demo-002/profile",
    "/visits/{urgent}?ask=notes.fact&flag=1",
    "/visits/{crossing}",
    "/notices",
    "/places/new",
    "/conferences",
    "/checklists",
    "/held",
    "/statistics?month=2026-10",
    "/people/demo-nishimura",
)


def written_since(position):
    """(type, case, what it says without the ids that were made for it) of every event after this position."""
    rows = LogEntry.select().where(LogEntry.position > position).order_by(LogEntry.position)
    told = []
    for one in (read_entry(row.id) for row in rows):
        said = {name: value for name, value in (one.body or {}).items() if not is_made(value)}
        told.append((one.type, one.case, json.dumps(said, sort_keys=True, ensure_ascii=False)))
    return told


def is_made(value):
    return isinstance(value, str) and re.fullmatch(r"[\w-]{22}", value) is not None


def test_every_writing_form_pressed_twice_at_once_writes_once(app, supervisor, morning):
    adapter = app.url_map.bind("localhost")
    pressed, wrote = set(), set()
    for page in PAGES_WITH_FORMS:
        supervisor.open(page.format(urgent=morning.urgent, crossing=morning.crossing))
        source = supervisor.page
        for form in (one for one in FORM.findall(source) if 'name="once"' in one):
            action = (re.search(r'action="([^"]*)"', form.split(">")[0]) or ["", ""])[1]
            action = html.unescape(action or page).split("?")[0]
            endpoint, _ = adapter.match(action.format(urgent=morning.urgent), method="POST")
            dos = re.findall(r'name="do" value="(\w+)"', form) or [""]
            for do in dos:
                ends = endpoint in KEEPS_NO_EVENT or endpoint.startswith("sign_in.")
                if ends or (endpoint, do) in pressed:
                    continue
                pressed.add((endpoint, do))
                told = filled(form, action) | ({"do": do} if do else {}) | {"once": f"{endpoint} {do}"}
                before = LogEntry.select(fn.MAX(LogEntry.position)).scalar()
                answers = press_at_once(supervisor, action, told)
                new = written_since(before)
                assert len(new) == len(set(new)), (endpoint, do, new)
                if new:
                    wrote.add(endpoint)
                    supervisor.client.post(action, data=told, headers=SAME_ORIGIN)
                    assert written_since(before) == new, (endpoint, do)
                    assert len({one.location for one in answers}) == 1, (endpoint, do)
    assert len(pressed) > 30, sorted(pressed)
    assert len(wrote) > 12, sorted({one for one, _ in pressed} - wrote)


def press_at_once(person, action, told):
    answers = []

    def press():
        answers.append(person.client.post(action, data=told, headers=SAME_ORIGIN))

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    return answers


# Who signs in has no mark yet; an attempt is counted, and writes no event that could stand twice.
BEFORE_THE_DESK = "sign_in."


def test_every_address_gives_the_first_answer_to_a_second_press(app, supervisor):
    """Whatever address a form goes to: with a mark that was taken in, its page is not asked again."""
    adapter, token = app.url_map.bind("localhost"), supervisor.token()
    asked, before = set(), LogEntry.select().count()
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint.startswith(BEFORE_THE_DESK):
            continue
        path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "this"), method="POST")
        told = {"once": "pressed", "note": rule.endpoint}
        with supervisor.client:
            # Refused for its token, so that nothing is done: what the press is called is the same.
            assert supervisor.client.post(path, data=told, headers=SAME_ORIGIN).status_code in (400, 403)
            name = once._name()
        OnceMark.put(id=name, location="/the-first-answer", at="2026-11-24T03:00:00.000Z")
        answer = supervisor.client.post(path, data=told | {"csrf": token}, headers=SAME_ORIGIN)
        assert (answer.status_code, answer.location) == (303, "/the-first-answer"), rule.endpoint
        asked.add(rule.endpoint)
    assert len(asked) > 100
    assert LogEntry.select().count() == before
