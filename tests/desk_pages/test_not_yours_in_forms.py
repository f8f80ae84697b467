"""A thing of others, named in a field of one's own form, is answered as one that is not there: page, place, sentence.

Every form that a narrow role is shown of what is its own, and every address it may send to; in each field that names a
thing once what the office has of others and twice what nobody has.
"""

import inspect
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from pwa_server.desk import actions
from pwa_server.desk.accounts import staff
from pwa_server.desk.accounts.page_state import SENTENCE, KeptForm, PageNote
from pwa_server.desk.models.office_and_cases import CaseFile, FollowUp, Passkey, Session, Visit
from pwa_server.desk.pages.layout.forms import NAMES, Form
from pwa_server.desk.pages.layout.guards import COOKIE
from tests.desk.conftest import give_account, join
from tests.desk_pages import planted
from tests.desk_pages.conftest import SAME_ORIGIN
from tests.desk_pages.test_not_yours import ASIDE, NARROW, SENT_TO, doors, said

ROOT = Path(__file__).parents[2]
# Field → (a thing of others, two of nobody). `{…}` is made by the walk.
NAMED = {
    "answer": ("plant-Comment", "plant-Nothing", "plant-Nobodys"),
    "a": ("plant-Member", "plant-Nobody", "plant-Nobodi"),
    "b": ("plant-Member", "plant-Nobody", "plant-Nobodi"),
    "begun": (planted.CASE, "demo-950", "demo-951"),
    "case": (planted.CASE, "demo-950", "demo-951"),
    "cases": ("{no}", "K-9990", "K-9991"),
    "child": ("plant-Member", "plant-Nobody", "plant-Nobodi"),
    "decision": ("plant-Decision", "plant-Nothing_", "plant-Nobodys_"),
    "entry": ("plant-MatchEntry", "plant-NobodyEntr", "plant-NobodiEntr"),
    "flag": ("plant-SafetyFlag", "plant-NothingFlag", "plant-NobodyFlag"),
    "into": (planted.CASE, "demo-950", "demo-951"),
    "item": ("plant-AgendaItem", "plant-NothingOne", "plant-NobodysOne"),
    "items.goal": ("plant-Ball", "plant-None", "plant-Nope"),
    "kept": ("{kept}", "99990", "99991"),
    "material": ("plant-Material", "plant-Nothing_", "plant-Nobodys_"),
    "member": ("plant-Member", "plant-Nobody", "plant-Nobodi"),
    "merge": ("plant-CaseMerge", "plant-NobodyMerg", "plant-NobodiMerg"),
    "no": ("{no}", "K-9990", "K-9991"),
    "notice": ("plant-Notice", "plant-Nobody", "plant-Nobodi"),
    "parent": ("plant-Member", "plant-Nobody", "plant-Nobodi"),
    "passkey": ("plant-Passkey", "plant-Nobodys", "plant-Nothing"),
    "promises.id": ("plant-PromiseMade", "plant-PromiseNone", "plant-PromiseNope"),
    "record": (f"case {planted.CASE}", "case demo-950", "case demo-951"),
    "replaces": ("{visit}", "A" * 22, "B" * 22),
    "request": ("plant-InformationRequest", "plant-InformationNothing", "plant-InformationNobodys"),
    "session": ("{session}", "A" * 43, "B" * 43),
    "tie": ("plant-Tie", "plant-Not", "plant-Non"),
    "two": ("plant-TwoValues", "plant-Nothings", "plant-Nobodyss"),
    "union": ("plant-Union", "plant-Notto", "plant-Nonno"),
    "version": ("plant-PlanVersion", "plant-NoneVersion", "plant-NopeVersion"),
    "visit": ("{visit}", "A" * 22, "B" * 22),
}
# Fields of words, days, numbers and codes; of what every role sees (issue, learning), and of people of the office, whom
# the page lists by name. A field that is in neither table is new: say which it is.
PLAIN = """
    active again alike alone anonymous answer answerBy ask asked assign at attended back begins bodies by call called capacity came change channel closes code comment
    company convenor csrf current days decided dense did district districts do done drawn due email field felt file fits followup.at
    followup.kind followup.note followup.on followup.remind followup.staff from gate givenBy goal ground how id intro-en
    intro-ja issue items.fact items.progress kana keep keys kind kinds label labels lang law learning lost load method minds minutes month
    mark monitoring more n name named names next next_on nobody note noticed of old on once opportunity organisation other otherwise contact ends title part password people place plan profile promises.due
    promises.text promises.to purpose q question reason receiver recipient recorder requester result review_on role s saw
    scope scopes seen show shortest side since situation source staff state status step take text title title-en title-ja to told topic
    until verified_until view was_recorder what why with words
"""
HOLDERS = ("worker", "participation")  # who can be given a case
# What they may do with it then, of all that was refused before.
TAKEN = {
    "worker": {
        "cases.add_followup",
        "cases.keep_promise",
        "contacts.new",
        "followups.add",
        "followups.change",
        "handovers.new",
        "household.change",
        "issues.give_evidence",
        "papers.sheet",
    },
    "participation": {"papers.sheet", "participation.keep", "matching.add"},
}
PLAIN_STARTS = ("was-", "was_")
NO_FIELD = {"viewport", "referrer", "robots", "color-scheme"}  # of <meta>
READS = re.compile(r"""(?:form\[|form\.get\(|getlist\(|line\(|box\(|_text\()"([\w.-]+)\"""")
USUAL = {"date": "2026-11-20", "time": "10:00", "number": "1", "month": "2026-11"}


class Forms(HTMLParser):
    """The forms of a page as a browser would send them, what is empty filled in: [(address, {field: value})]."""

    def __init__(self, page):
        super().__init__()
        self.found, self._select = [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self.found.append((told.get("action") or "", {}) if told.get("method") == "post" else ("", {}))
        elif not self.found:
            return
        fields, name = self.found[-1][1], told.get("name")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and told.get("value"):
            fields.setdefault(self._select, told["value"])
        elif tag in ("input", "textarea", "button") and name:
            usual = (
                "" if tag == "button" or told.get("type") == "hidden" else USUAL.get(told.get("type"), "x")
            )
            fields.setdefault(name, told.get("value") or usual)


def read_by(view):
    """Names of fields that the module of a page reads, by a table or by a declared form."""
    module = inspect.getmodule(inspect.unwrap(view))
    return set(READS.findall(inspect.getsource(module))) | declared(module)


def declared(module, source=""):
    """Fields for ids of the forms a module declares; of those alone that `source` names, where it is given."""
    shapes = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, Form)]
    return {
        field.alias or name
        for shape in shapes
        if not source or re.search(rf"\b{shape.__name__}\b", source)
        for name, field in shape.model_fields.items()
        if NAMES
        in (*field.metadata, *getattr(next(iter(get_args(field.annotation)), None), "__metadata__", ()))
    }


def test_every_field_names_a_thing_or_none(app):
    names = set()
    for page in (ROOT / "templates" / "desk").rglob("*.html"):
        names |= set(
            re.findall(
                r'<(?:input|select|textarea|button)\b[^>]*?\bname="([\w.-]+)"', page.read_text("utf-8")
            )
        )
    for view in app.view_functions.values():
        if inspect.unwrap(view).__module__.startswith("pwa_server."):
            names |= read_by(view)
    unknown = {
        one for one in names - set(NAMED) - set(PLAIN.split()) - NO_FIELD if not one.startswith(PLAIN_STARTS)
    }
    assert unknown == set()
    assert set(NAMED) <= names, sorted(set(NAMED) - names)


@pytest.fixture
def others(office):
    """What others have: {name: id} for the `{…}` of NAMED."""
    planted.plant(office)
    visit = planted.visit_by(office, office.person("kobayashi"))
    staff.open_session(office.desk, "demo-kobayashi", "password")
    Passkey.create(
        id="plant-Passkey",
        staff="demo-kobayashi",
        public_key=b"x",
        sign_count=0,
        label="x",
        made_at=office.desk.now(),
    )
    kept = KeptForm.create(
        staff="demo-kobayashi",
        session="x",
        path="/",
        endpoint="",
        fields=[],
        sends=True,
        at=office.desk.now(),
    )
    return {
        "no": CaseFile.get_by_id(planted.CASE).no,
        "visit": visit,
        "session": Session.get(Session.staff == "demo-kobayashi").id,
        "kept": kept.id,
    }


def own(person):
    """Places of an address → what is one's own; of what is missing here a narrow role has none."""
    busy = FollowUp.select(FollowUp.case).where(FollowUp.case != planted.CASE)
    visit = Visit.select().where(Visit.case.in_(busy)).order_by(Visit.id).first()
    followup = FollowUp.select().where(FollowUp.case == visit.case).first()
    return {"case": visit.case, "person": person, "visit": visit.id, "followup": followup.id, "form": "note"}


def sendable(app, client, mine):
    """[(endpoint, address, fields)]: of each form that is shown, and of each address that takes one."""
    found = {}
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        rules = [
            rule
            for rule in app.url_map.iter_rules()
            if rule.endpoint.split(".")[0] not in ASIDE and all(mine.get(name) for name in rule.arguments)
        ]
        built = [
            (rule, rule.build({name: mine[name] for name in rule.arguments}, append_unknown=False)[1])
            for rule in rules
        ]
        for rule, path in built:
            if "POST" in rule.methods:
                found[rule.endpoint, "", ()] = (rule.endpoint, path, {})
        for rule, path in built:
            if "GET" not in rule.methods:
                continue
            answer = client.get(path)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            for action, fields in Forms(answer.get_data(as_text=True)).found:
                address = action.split("#")[0].split("?")[0] or path
                if not adapter.test(address, "POST"):
                    continue
                endpoint = adapter.match(address, "POST")[0]
                if endpoint.split(".")[0] not in ASIDE:
                    found[endpoint, fields.get("do", ""), tuple(sorted(fields))] = (endpoint, address, fields)
    drawn = {endpoint for endpoint, _, fields in found if fields}
    return [one for (endpoint, _, fields), one in found.items() if fields or endpoint not in drawn]


def supervisors_forms(app, client, mine):
    """The forms that pages about the planted case show whoever may do all of it, at the addresses of one's own."""
    found = sendable(app, client, {name: planted.PLACES[name][0] for name in set(mine) & set(planted.PLACES)})
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return [
            (endpoint, adapter.build(endpoint, mine, method="POST", append_unknown=False), fields)
            for endpoint, _, fields in found
            if fields
            and all(mine.get(name) for name in app.url_map._rules_by_endpoint[endpoint][0].arguments)
        ]


class Sender:
    """Somebody who sends forms, and hears what comes back and how much the database was asked for it."""

    def __init__(self, client, count_questions, asked_unlike):
        self.client, self.count, self.asked_unlike = client, count_questions, asked_unlike
        page = client.get("/keys").get_data(as_text=True)
        self.token = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)[1]

    def answered(self, path, fields, **named):
        """(status, page, place, sentences that wait for the next page..., questions), without what was `named`."""
        sent = {one: told for one, told in fields.items() if one not in ("once", "drawn")} | named
        count = self.count()
        answer = self.client.post(path, data=sent | {"csrf": self.token}, headers=SAME_ORIGIN)
        asked = count()
        assert answer.status_code < 500, (path, sent)
        out = next(iter(named.values()), path)
        answer.set_data(answer.get_data(as_text=True).replace(out, ""))
        notes = PageNote.name.startswith(SENTENCE)
        sentences = [str(note.value[1]) for note in PageNote.select().where(notes)]
        PageNote.delete().where(notes).execute()
        words = ((answer.location or "").replace(path, ""), *sentences)
        return *said(answer), *(re.sub(r"[\w-]{16,43}", "", one.replace(out, "")) for one in words), asked

    def unlike(self, got, none, *sent):
        """Whether two answers differ, in the number of questions too; `sent`: (path, fields, named) of each."""
        if got[:-1] != none[:-1]:
            return True
        asks = (
            lambda path=path, fields=fields, named=named: self.answered(path, fields, **named)
            for path, fields, named in sent
        )
        return got != none and self.asked_unlike(*asks) is not None


@pytest.mark.parametrize("role", NARROW)
def test_what_others_have_is_in_no_field_told_from_what_nobody_has(
    app, office, others, at_desk, count_questions, asked_unlike, role
):
    id_ = join(office.desk, "岡 直", role, "oka@sample.invalid")
    mine = own(id_)
    if role in HOLDERS:
        actions.assign(office.desk, office.person("nakagawa"), mine["case"], id_)
    give_account(office.desk, id_, "oka@sample.invalid")
    client = app.test_client()
    client.set_cookie(COOKIE, secret := staff.open_session(office.desk, id_, "password"))
    staff.step_up(office.desk, secret)
    sender = Sender(client, count_questions, asked_unlike)
    answered = sender.answered
    there = doors(app, SENT_TO | planted.PLACES | {"visit": (others["visit"],)})
    nowhere = doors(app, {})

    told, refused = [], {}
    whole = supervisors_forms(app, at_desk("nakagawa").client, mine) if role in HOLDERS else []
    for endpoint, path, fields in [*sendable(app, client, mine), *whole]:
        elsewhere = there.get(("POST", endpoint), path)
        if elsewhere != path and fields:  # a whole form, sent to what others have
            got = answered(elsewhere, fields)
            if got[0] < 400:
                continue  # theirs by the table
            nobodys = nowhere["POST", endpoint]
            none = answered(nobodys, fields)
            if sender.unlike(got, none, (elsewhere, fields, {}), (nobodys, fields, {})):
                told.append((endpoint, "address", fields.get("do"), got, none))
            refused[endpoint, elsewhere, "", fields.get("do")] = (fields, "", got)
        view = inspect.unwrap(app.view_functions[endpoint])
        source = inspect.getsource(view)
        of_view = set(READS.findall(source)) | declared(inspect.getmodule(view), source)
        read = of_view if fields else read_by(view)
        for name in sorted((read | set(fields)) & set(NAMED)):
            theirs, *nobodys = (value.format(**others) for value in NAMED[name])
            none = answered(path, fields, **{name: nobodys[0]})
            if none[0] in (403, 404, 405):
                continue  # the address itself is not theirs: `test_not_yours`
            got = answered(path, fields, **{name: theirs})
            refused[endpoint, path, name, fields.get("do")] = (fields, theirs, got)
            if got == none:
                continue
            none = answered(path, fields, **{name: nobodys[1]})
            if sender.unlike(got, none, *((path, fields, {name: one}) for one in (theirs, nobodys[1]))):
                told.append((endpoint, name, fields.get("do"), got, none))
    assert told == []
    assert len(refused) > (30 if role == "worker" else 0)
    if role in HOLDERS:
        # The same again by the same person, to whom it was given meanwhile: it was refused for the id alone.
        actions.assign(office.desk, office.person("nakagawa"), planted.CASE, id_)
        taken = set()
        for (endpoint, path, name, do), (fields, theirs, before) in refused.items():
            got = answered(there.get(("POST", endpoint), path), fields, **({name: theirs} if name else {}))
            if got[:-1] != before[:-1]:
                taken.add((endpoint, name, do))
        assert {one[0] for one in taken} >= TAKEN[role]
