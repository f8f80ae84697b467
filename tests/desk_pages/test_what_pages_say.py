"""Every page in both languages, as a person reads it: no code of ours, no key of a text, no date as machines write it.

And every form of every page: what stands chosen before anybody chose is on a list, with its reason.
"""

import re
from html.parser import HTMLParser

import pytest

from pwa_server.desk.models.consultations import FIELDS
from pwa_server.desk.models.office_and_cases import Checklist, DeviceRow
from pwa_server.desk.projections.registry import APPLIERS
from pwa_server.texts import catalogue
from sync import events
from sync.events import BODIES
from sync.visit_fields import VISIT_FIELDS

# Every code that events and forms know, and that is no word of its own in English.
CODES = {
    code
    for name, value in vars(events).items()
    if name.isupper() and isinstance(value, tuple)
    for code in value
    if isinstance(code, str)
}
CODES |= {code for one in FIELDS for code in one.codes} | {type_ for type_, _ in APPLIERS}
CODES |= {one.path for one in VISIT_FIELDS if "." in one.path or one.path != one.path.lower()}
CODES = {one for one in CODES if re.search(r"[_.]|[a-z][A-Z]", one)}
GROUPS = "|".join(sorted({key.split(".")[0] for key in catalogue("ja")}))
KEY = re.compile(rf"\b(?:{GROUPS})\.[a-z_]+(?:\.[a-z_]+)*\b")
DATE = re.compile(r"(?<![\w-])[12]\d{3}-[01]\d-[0-3]\d(?![\w-])|\d\d:\d\d:\d\d")
SPOKEN_OF = {"placeholder", "title", "aria-label", "alt", "label"}
ASIDE = {"script", "style", "template", "textarea"}  # an area holds what is written in a form's own way


STANDING = {
    "member",
    "tie",
    "union",
    "child",
}  # a form of a household that names one of these shows what stands


class Seen(HTMLParser):
    """What a person reads or hears of a page, and what its forms hold chosen."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.inside, self.chosen = [], [], []
        # Of a household's forms that name nothing that is there.
        self.added, self.adding, self.names, self.mine = [], 0, set(), []
        self.form = self.select = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag in ASIDE:
            self.inside.append(tag)
        self.texts += [told[name] for name in SPOKEN_OF & told.keys() if told[name]]
        if tag == "form":
            self.form, self.names, self.mine = told, set(), []
        if tag == "input" and told.get("type") == "hidden":
            self.names.add(told.get("name"))
        if tag == "select":
            self.select = told.get("name", "")
        if tag == "option" and "selected" in told and told.get("value"):
            self.chosen.append((self.form, self.select, told["value"]))
            self.mine.append(told["value"])
        if tag == "input" and told.get("type") in ("radio", "checkbox") and "checked" in told:
            self.chosen.append((self.form, told.get("name", ""), told.get("value", "on")))

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()
        if tag == "form":
            if "/household" in (self.form or {}).get("action", "") and not self.names & STANDING:
                self.adding += 1
                self.added += self.mine
            self.form = None

    def handle_data(self, data):
        if not self.inside and data.strip():
            self.texts.append(data)


def pages(app, morning, office):
    ids = {
        "case": ["demo-001", "demo-002", "demo-003", "demo-040"],
        "visit": [morning.urgent, morning.answered, morning.crossing, morning.worrying, morning.fell_through],
        "held": [morning.held],
        "staff": ["demo-kobayashi", "demo-nakagawa"],
        "device": [row.id for row in DeviceRow.select()][:2],
        "checklist": sorted({row.id for row in Checklist.select()}),
        "month": ["2026-10"],
    }
    for rule in app.url_map.iter_rules():
        names = sorted(rule.arguments)
        if "GET" not in rule.methods or rule.endpoint in LEFT or len(names) > 1 or not set(names) <= set(ids):
            continue
        for value in ids[names[0]] if names else [""]:
            yield rule.endpoint, re.sub(r"<[^<>]+>", value, rule.rule)


LEFT = {"static", "settings.language"}
# Pages whose forms show what stands already, or (disclosure) a reason derived line by line, which a person decides on.
STANDS = {"cases.one", "checklists.one", "conferences.kinds", "contacts.correct", "disclosure.page", "household.page",
          "settings.page"}  # fmt: skip
# What a form of something new holds chosen: nothing that would be said of a person without anybody having said it.
BEFOREHAND = {
    ("consultations.new", "ageBand", "unknown"),
    ("consultations.new", "sex", "unknown"),
    ("consultations.new", "receivedBy", "demo-nakagawa"),  # who writes
    ("contacts.new", "staff", "demo-nakagawa"),
    ("followups.page", "staff", "demo-nakagawa"),  # who plans it
    ("contacts.new", "followup.staff", "demo-nakagawa"),
    ("contacts.new", "followup.kind", "visit"),  # of no appointment until it has a day
    ("contacts.new", "followup.remind", "yes"),
    ("contacts.new", "planned", "unplanned"),  # no appointment was named
    ("today.page", "staff", "demo-nakagawa"),  # who is on call
    ("today.page", "to", "demo-kobayashi"),  # whom the worker asked for
}


def test_every_event_that_may_lie_in_a_box_has_a_name():
    kinds = {type_ for type_, _ in BODIES} | {"envelope", "log", "blob", "stretch"}
    assert {one for one in kinds if f"desk.event.{one}" not in catalogue("ja")} == set()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_page_says_a_code_a_key_or_a_machines_date(app, at_desk, morning, office, lang):
    found, opened, adding, chosen, bare = {}, 0, 0, set(), set()
    for name in ("nakagawa", "tanaka"):
        person = at_desk(name)
        person.client.set_cookie("sotto_lang", lang)
        for endpoint, path in pages(app, morning, office):
            answer = person.client.get(path)
            if answer.status_code != 200 or "text/html" not in answer.content_type:
                continue
            opened += 1
            seen = Seen(answer.get_data(as_text=True))
            for text in seen.texts:
                said = {*KEY.findall(text), *DATE.findall(text), *(CODES & set(re.findall(r"[\w.]+", text)))}
                for one in said:
                    found.setdefault((endpoint, one), text.strip()[:80])
            adding += seen.adding
            bare |= {value for value in seen.added if value not in ("unknown", "none")}
            chosen |= {(endpoint, field, value) for _, field, value in seen.chosen}
    assert opened > 100
    assert found == {}
    assert {one for one in chosen if one[0] not in STANDS and one not in BEFOREHAND} == set()
    assert bare == set()
    assert adding > 0
