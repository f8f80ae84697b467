"""Every page in both languages, as a person reads it: no code of ours, no key of a text, no date as machines write it.

And every form of every page: what stands chosen before anybody chose is on a list, with its reason.
"""

import re
from html.parser import HTMLParser

import pytest

from pwa_server.desk.actions import handovers
from pwa_server.desk.actions.handovers import Letter
from pwa_server.desk.actions.sample import STORY_CASES, Loader
from pwa_server.desk.actions.sample_story import tell
from pwa_server.desk.models.conferences import Meeting
from pwa_server.desk.models.consultations import FIELDS, Consultation
from pwa_server.desk.models.figures import Disclosure
from pwa_server.desk.models.handovers import Handover
from pwa_server.desk.models.imports import Import
from pwa_server.desk.models.issues import CommunityIssue
from pwa_server.desk.models.learnings import Learning
from pwa_server.desk.models.office_and_cases import (
    CaseFile,
    Checklist,
    Consent,
    DeviceRow,
    Held,
    Received,
    Staff,
    Visit,
)
from pwa_server.desk.models.opportunities import Opportunity
from pwa_server.desk.models.organisations import Organisation, Transfer
from pwa_server.desk.models.participation import Match
from pwa_server.desk.models.requests import PersonRequest
from pwa_server.desk.models.trust import Incident
from pwa_server.desk.models.years import Disposal
from pwa_server.desk.projections.append_and_apply import record
from pwa_server.desk.projections.registry import APPLIERS
from pwa_server.texts import catalogue
from sync import events
from sync.events import BODIES, LAWS
from sync.visit_fields import VISIT_FIELDS
from tests.desk_pages.conftest import give_account
from tests.desk_pages.test_bad_staff_rows import MAIN, ORDER, event, good

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


# What each place of an address names: rows of a table. An address with another place fails the walk.
ROWS = {
    "case": CaseFile,
    "checklist": Checklist,
    "consent": Consent,
    "consultation": Consultation,
    "device": DeviceRow,
    "file": Import,
    "handover": Handover,
    "held": Held,
    "incident": Incident,
    "issue": CommunityIssue,
    "learning": Learning,
    "made": Disclosure,
    "match": Match,
    "meeting": Meeting,
    "opportunity": Opportunity,
    "person": Staff,
    "visit": Visit,
    "envelope": Received,
    "disposal": Disposal,
    "asked": PersonRequest,
    "organisation": Organisation,
    "transfer": Transfer,
}
NO_PAGES = {"static", "settings.language", "consents.one", "meetings.material", "review.photo", "drafts.read",
            "phones.meet", "phones.meet_state", "imports.told"}  # fmt: skip
MOST = 2  # of one kind, those that differ most: the first and the last by their ids, and those named here
NAMED = ("demo-001", "demo-002", "demo-003", "demo-040", "demo-kobayashi", "demo-nakagawa")


ENDS = {
    "case.closed",
    "case.merged",
    "member.merged",
    "case.merge_undone",
    "staff.changed",
    "handover.withdrawn",
}


def everything(office):
    """The story from the first word to a closing, and one event of every kind that staff write, on one household."""
    with office.desk.write():
        tell(Loader(office.desk, STORY_CASES))
        for type_ in ORDER:
            if type_ not in ENDS:
                told = event(type_, "demo-004", good(type_, "demo-004"), id_=f"demo-004-{type_}")
                record(office.desk, told, MAIN, MAIN)
    letter = Letter("高齢福祉課", "law", "様子を見てほしい", "2026-12-10", law=LAWS[0], reason="命の危険")
    handovers.send(office.desk, Staff.get_by_id(MAIN), "demo-003", letter)


def pages(app, morning):
    """(endpoint, address) of every page, of one place or more; a place after the first is of a row of the first."""
    named = set(NAMED) | {one for one in vars(morning).values() if isinstance(one, str)}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in NO_PAGES:
            continue
        unknown = rule.arguments - set(ROWS)
        assert not unknown, f"{rule.endpoint}: say in ROWS what {unknown} names"
        names = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
        if not names:
            yield rule.endpoint, rule.rule
            continue
        rows = list(ROWS[names[-1]].select())
        rows = [row for row in rows if row.id in named] or rows
        for row in [*rows[:MOST], *rows[MOST:][-MOST:]]:
            told = {names[-1]: row.id} | {name: getattr(row, name) for name in names[:-1]}
            yield rule.endpoint, rule.build(told, append_unknown=False)[1]


# Pages whose forms show what stands already, or (disclosure) a reason derived line by line, which a person decides on.
STANDS = {"cases.one", "checklists.one", "meetings.kinds", "consultations.one", "contacts.correct", "disclosure.page",
          "household.page", "issues.one", "learnings.change", "matching.page", "opportunities.change",
          "organisations.one", "participation.page", "person.one", "transfers.page", "resources.page", "plan.compare", "plan.write",
          "settings.page"}  # fmt: skip
# One form of a page that shows what stands, beside others of something new.
STANDS_IN = {("meetings.one", "topic")}  # of a point of the agenda that is changed
# What a form of something new holds chosen: nothing that would be said of a person without anybody having said it.
BEFOREHAND = {
    ("consultations.new", "ageBand", "unknown"),
    ("consultations.new", "sex", "unknown"),
    ("consultations.new", "receivedBy", "me"),  # who writes
    ("contacts.new", "staff", "me"),
    ("followups.page", "staff", "me"),  # who plans it
    ("contacts.new", "followup.staff", "me"),
    ("contacts.new", "followup.kind", "visit"),  # of no appointment until it has a day
    ("contacts.new", "followup.remind", "yes"),
    ("contacts.new", "planned", "unplanned"),  # no appointment was named
    ("today.page", "staff", "me"),  # who is on call
    ("meetings.one", "recorder", "me"),
    ("papers.sheet", "to", "office"),  # who prints for others says so, and is asked for consent
    ("today.page", "to", "demo-kobayashi"),  # whom the worker asked for
}


# Pages for one role alone, walked last.
OF_ONE_ROLE = {"referrals.page": "agency", "section.page": "chief"}
# Pages that send on, or that somebody who is signed in does not see.
NOT_OPENED = {"today.root", "search.found", "sign_in.code", "sign_in.kept", "sign_in.page", "sign_in.password",
              "sign_in.set_up"}  # fmt: skip


def test_every_event_that_may_lie_in_a_box_has_a_name():
    kinds = {type_ for type_, _ in BODIES} | {"envelope", "log", "blob", "stretch"}
    assert {one for one in kinds if f"desk.event.{one}" not in catalogue("ja")} == set()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_page_says_a_code_a_key_or_a_machines_date(app, at_desk, morning, office, lang):
    everything(office)
    found, opened, adding, chosen, bare = {}, set(), 0, set(), set()
    for name in ("ishida", "kishimoto"):
        give_account(office.desk, f"demo-{name}", f"{name}@sample.invalid")
    walked = list(pages(app, morning))
    administrator = [("tanaka", "", walked)] if lang == "ja" else []
    walks = [("nakagawa", "", walked), *administrator, ("ishida", "", walked), ("kishimoto", "", walked)]
    for endpoint, role in OF_ONE_ROLE.items():
        walks.append(("nakagawa", role, [one for one in walked if one[0] == endpoint]))
    for name, role, some in walks:
        if role:
            Staff.update(role=role).where(Staff.id == MAIN).execute()
        person = at_desk(name)
        person.client.set_cookie("sotto_lang", lang)
        for endpoint, path in some:
            answer = person.client.get(path)
            if answer.status_code != 200 or "text/html" not in answer.content_type:
                continue
            opened.add(endpoint)
            seen = Seen(answer.get_data(as_text=True))
            for text in seen.texts:
                said = {*KEY.findall(text), *DATE.findall(text), *(CODES & set(re.findall(r"[\w.]+", text)))}
                for one in said:
                    found.setdefault((endpoint, one), text.strip()[:80])
            adding += seen.adding
            bare |= {value for value in seen.added if value not in ("unknown", "none")}
            chosen |= {
                (endpoint, field, value.replace(f"demo-{name}", "me")) for _, field, value in seen.chosen
            }
    html = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods} - NO_PAGES
    assert sorted(html - opened) == sorted(NOT_OPENED)
    assert found == {}
    new = {one for one in chosen if one[0] not in STANDS and one[:2] not in STANDS_IN}
    assert new - BEFOREHAND == set()
    assert bare == set()
    assert adding > 0
