"""The same as `test_bad_rows`, for what staff write: every type the log knows, each field, extreme and absurd values.

The good bodies come from the table of shapes, filled with things of the case they are about; so a new event is walked
as soon as it has a shape. Each turn of values has a household of its own: no row hides another.
"""

import re
from functools import cache

import pytest

from pwa_server.desk.backup import backup
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.log.event_log import append
from pwa_server.desk.models.office_and_cases import CaseFile, DeviceRow, Held, Staff
from pwa_server.desk.projections import rebuild
from pwa_server.desk.projections.registry import APPLIERS
from pwa_server.desk.projections.staff_shapes import OF_A_CASE, OPTIONAL, SHAPES, misfit
from pwa_server.desk.queries import search
from sync.encoding import b64u, name_of
from sync.events import BODIES
from sync.sealing import SealKey
from sync.signing import SignKey
from tests.desk.test_loss import restore
from tests.desk_pages.test_bad_rows import EXTREMES, WRONG, at_place, good_bodies, places, with_value
from tests.standins.phone import visit_body

AT = "2026-11-24T03:00:00.000Z"
MAIN = "demo-nakagawa"
# What stands in a field by its name; the rest by its shape. `@x` is the thing x of this household.
GOOD = {
    "staff": "demo-kobayashi", "recorder": "demo-kobayashi", "to": ["agencies"], "device": "@phone", "visit": "@visit",
    "version": "@plan.drafted", "plan": "@plan", "replaces": "@plan.drafted", "closing": "@case.closed",
    "merge": "@case.merged", "source": "@other", "into": "@member2", "member": "@member", "a": "@member",
    "b": "@member2", "child": "@member", "parent": "@member2", "two": "@two", "take": "other", "consent": "@consent",
    "document": "@document", "flag": "@flag", "review": "@review", "followup": "@followup", "grant": "@access.granted",
    "incident": "@incident.reported", "proposal": "@staff.proposed", "notice": "@notice", "opportunity": "@place",
    "issue": "@issue", "resource": "@resource", "learning": "@learning", "match": "@match", "entry": "@match.stepped", "contact": "@talk", "visibility": "public", "consultation": "@case", "cover": "@cover", "ball": "@ball", "conference": "@meeting",
    "item": "@item", "material": "@material", "request": "@request", "decision": "@decision", "checklist": "@checklist",
    "gate": "law", "kind": "support", "status": "held", "purpose": "sharing", "method": "oral", "by": "person",
    "scopes": ["all"], "field": "notes.fact", "month": "2026-10", "id": "@goal", "goal": "@goal", "calm": 3,
    "hold": "@hold.set", "referral": "@case", "disposal": "@disposal",
    "certainty": "stated", "direction": "none", "role": "worker", "otherKind": "org", "state": "open",
    "result": "fits", "next": "go_on", "progress": "kept", "how": "heard", "answer": "known", "named": "ask",
    "begins": "14:00", "ends": "15:00", "closes": "2026-12-20T08:00:00.000Z", "until": "2026-12-20",
    "noticedAt": AT, "label": "A", "sex": "female", "ageBand": "30s", "name": "名", "factor": "password",
}  # fmt: skip
DAYS = {"on", "from", "setOn", "reviewOn", "madeOn", "monitorOn", "nextOn", "requestedOn", "due", "verifiedUntil",
        "acknowledgedOn", "receivedOn", "birthDate", "lastHeard"}  # fmt: skip
PER_TYPE = {
    "conference.set": {"conference": "@single", "meeting": "@single"},
    "safety.set": {"kind": "two_people"},
    "union.set": {"kind": "married", "union": "@union"},
    "union.removed": {"union": "@union2"},
    "tie.set": {"kind": "strong", "tie": "@tie", "label": "民生委員"},
    "tie.removed": {"tie": "@tie2"},
    "member.removed": {"member": "@member9"},
    "member.merged": {"member": "@member8"},
    "parentage.set": {"kind": "birth"},
    "parentage.removed": {"child": "@member9"},
    "document.added": {"kind": "letter", "type": "application/pdf"},
    "document.removed": {"document": "@document2"},
    "visit.approved": {"version": "@visit"},
    "visit.returned": {"version": "@visit"},
    "office.option_set": {"name": "on_call"},
    "incident.told": {"report": "first", "how": "told"},
    "case.opened": {"intake": {"receivedOn": "2026-11-01"}},
    "case.closed": {"result": "moved"},
    "case.unassigned": {"staff": "demo-nishimura"},
    "triage.decided": {"decision": "needs_conference"},
    "plan.decided": {"result": "decided"},
    "plan.monitored": {"method": "meeting"},
    "consultation.received": {"consultation": "@consultation", "answers": {
        "consent": "given", "urgency": "soon", "receivedOn": "2026-11-02", "personComplaint": "話したい",
        "consentScope": ["team"], "means": "phone"}},
    "consultation.corrected": {"consultation": "@consultation", "changes": {"birthDate": "1990-01-01", "sex": "male"}},
    "consultation.ended": {"consultation": "@consultation", "how": "information"},
    "consultation.reopened": {"consultation": "@consultation"},
    "consultation.became_case": {"consultation": "@consultation", "into": "@case"},
    "incident.reported": {"kind": "lost", "facts": {"cases": ["@case"], "people": 1, "lastHeard": AT}},
    "disclosure.decided": {"requester": "person", "masks": {"demo": "third_party"}},
    "opportunity.set": {"kind": "salon"},
    "opportunity.written": {"kind": "salon", "people": 2, "shortest": 15},
    "host.contacted": {"how": "phone"},
    "host.contact_undone": {"contact": "@talk2"},
    "issue.set": {"state": "noticed"},
    "import.begun": {"import": "@import", "kind": "cases"},
    "import.rows_taken": {"import": "@import", "rows": [{"n": 1, "case": "@imported", "visit": None}]},
    "import.rows_taken_back": {"import": "@import2"},
    "handover.answered": {"handover": "@handover", "answer": "taken", "how": "phone"},
    "profile.set": {"company": "no"},
    "profile.written": {"company": "no", "told": ["likes"], "texts": {"likes": "修理"}},
    "match.stepped": {"step": "joined", "why": "rest", "next": "leave", "on": "2026-11-20"},
    "match.paper_handed": {"paper": "@paper", "side": "host", "lines": {"days": "土曜"}},
    "issue.moved": {"state": "shared"},
    "issue.proposed": {"proposal": "@idea"},
    "issue.proposal_answered": {"proposal": "@idea", "result": "tried"},
    "issue.evidence_given": {"noticed": "elderly"},
    "resource.written": {"resource": "@resource", "kind": "salon", "visibility": "public", "name": "場"},
    "resource.checked": {"resource": "@resource"},
    "resource.ended": {"resource": "@resource2"},
    "organisation.written": {"organisation": "@organisation", "kind": "contractor"},
    "contract.written": {"contract": "@contract", "organisation": "@organisation"},
    "case.entrusted": {"organisation": "@organisation"},
    "transfer.made": {"transfer": "@transfer", "organisation": "@organisation", "to": ""},
    "transfer.taken_back": {"transfer": "@transfer", "items": []},
    "learning.written": {"learning": "@learning", "situation": ["alone", "money"]},
    "learning.checked": {"learning": "@learning", "version": "@learning.written", "result": "reads"},
    "learning.tried": {"learning": "@learning"},
    "learning.withdrawn": {"learning": "@learning2"},
    "learning.set_aside": {"learning": "@learning2"},
    "conference_kind.set": {"kind": "@kind"},
    "conference.member_set": {"member": "@seat", "staff": "demo-nishimura", "cases": []},
    "conference.acknowledged": {"member": "@seat", "how": "paper"},
    "conference.held": {"attended": ["@seat"]},
    "conference.decided": {"member": "", "followup": None},
    "conference.agenda_set": {"topic": "other"},
    "conference.asked": {"to": "保健所"},
    "cover.decided": {"to": "demo-kobayashi", "cases": [], "followups": []},
    "access.granted": {"until": "2026-11-24T23:00:00.000Z"},
    "month.closed": {"figures": {}},
    "numbers.set": {},
    "held.dismissed": {"how": "not_needed"},
    "staff.added": {"staff": "@person", "organisation": ""},
    "staff.changed": {"staff": "@person", "organisation": ""},
    "staff.proposed": {"staff": "@person", "organisation": ""},
    "staff.recovered": {"staff": "@person"},
    "staff.signed_out": {"staff": "@person"},
    "staff.factor_set": {"staff": "@person"},
    "device.enrolled": {"device": "@phone", "staff": "@person", "sign": "@phone.sign", "seal": "@phone.seal"},
    "case.merged": {"source": "@case-of-nobody"},
    "access_log.headed": {},
    "hold.set": {},
    "hold.lifted": {},
    "disposal.proposed": {"disposal": "@disposal", "ground": "retention", "kind": "case", "no": "1", "ended": "2026-11-24"},
    "disposal.refused": {"disposal": "@disposal"},
    "disposal.carried_out": {"disposal": "@disposal"},
    "disposal.reapplied": {"disposal": "@disposal"},
    "request.received": {"request": "@asked", "kind": "disclosure", "requester": "person"},
    "request.part_seen": {"request": "@asked", "part": "health", "reason": "78-2"},
    "request.decided": {"request": "@asked", "decision": "partly"},
    "request.checked": {"request": "@asked", "version": "@request.decided", "result": "reads"},
    "request.answered": {"request": "@asked"},
}  # fmt: skip


def good(type_, case):
    """A body with every member its shape names, of things of this household."""
    told = made(SHAPES[type_], "", PER_TYPE.get(type_, {}))
    return in_case(told, case)


def made(shape, name, own):
    if name and name in own:
        return own[name]
    if isinstance(shape, dict) and str in shape:
        return {"demo": made(shape[str], "", own)}
    if isinstance(shape, dict):
        return {(key := one.removesuffix(OPTIONAL)): made(inner, key, own) for one, inner in shape.items()}
    if isinstance(shape, list):
        return GOOD[name] if isinstance(GOOD.get(name), list) else [made(shape[0], name.rstrip("s"), own)]
    if isinstance(shape, tuple):
        return made(shape[0], name, own)
    if shape is bool:
        return True
    if shape is int:
        return known if isinstance(known := GOOD.get(name), int) else 1
    if name in DAYS:
        return "2026-11-20"
    known = GOOD.get(name)
    return known if isinstance(known, str) else "言葉"


@cache
def phone_of(case):
    sign, seal = SignKey.generate().public, SealKey.generate().public
    return {"": name_of(sign), ".sign": b64u(sign), ".seal": b64u(seal)}


def in_case(told, case):
    if isinstance(told, dict):
        return {name: in_case(one, case) for name, one in told.items()}
    if isinstance(told, list):
        return [in_case(one, case) for one in told]
    if isinstance(told, str) and told.startswith("@phone"):
        return phone_of(case)[told.removeprefix("@phone")]
    if isinstance(told, str) and told.startswith("@"):
        return {"@case": case, "@visit": VISITS.get(case, "demo-visit")}.get(
            told, f"{case}{told.replace('@', '-')}"
        )
    return told


VISITS: dict[str, str] = {}
# Those that are one for the office are walked too, but their last word would be every page's: first come, first mended.
ORDER = sorted(SHAPES, key=lambda type_: (type_.split(".")[1] not in ("added", "opened", "planned", "received", "set",
               "drafted", "enrolled", "reported"), type_ in ("case.closed", "case.reopened", "case.merged")))  # fmt: skip


def event(type_, case, body, *, id_, at=AT):
    about = case if type_.startswith((*OF_A_CASE, "conference.", "visit.", "followup.")) else None
    about = f"{case}-opened" if type_ == "case.opened" else about
    return {"id": id_, "type": type_, "v": 1, "at": at, "case": about, "saw": 0, "body": body}


def kind_at(value):
    if isinstance(value, bool | dict | list) or value is None:
        return None
    if isinstance(value, int):
        return "number"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "day"
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
        return "time"
    return "id" if "-" in value and value.isascii() else "text"


def extreme(body, turn):
    """All fields at once with an extreme of their kind, but for the ids of the things themselves."""
    for path in [*places(body)]:
        kind = kind_at(at_place(body, path)) if path else None
        if kind and not (kind == "id" and len(path) == 1):
            body = with_value(body, path, EXTREMES[kind][turn % len(EXTREMES[kind])])
    return body


# Wrong values, in every field the shape lets them through: the first that fits. Two turns hold all of WRONG
# that ever fit.
TURNS_OF_WRONG = (["", [], {}, True, 1.5], ["9" * 30, None])


def wrong(type_, case, values):
    """(a body with the first of these in every field where it fits; one that does not fit, for each value)."""
    body, refused = good(type_, case), {}
    told = body
    for path in places(body):
        for value in values if path and reaches(told, path) else ():
            one = with_value(told, path, value)
            if misfit(type_, case, one) is None:
                told = one
                break
            refused[str(value)] = with_value(body, path, value)
    return told, list(refused.values())


def reaches(body, path):
    try:
        at_place(body, path)
        return isinstance(at_place(body, path[:-1]), dict | list)
    except (KeyError, IndexError, TypeError):
        return False


def absurd(cases):
    """(event, whether it fits): a turn of extremes or a wrong value a household.

    What has not the shape is asked of `misfit` for every field and value, and one of it a type is put into the log.
    """
    turns = max(map(len, EXTREMES.values()))
    for number, case in enumerate(cases):
        visit = visit_body(occurredAt=AT, endedAt="2026-11-24T04:00:00.000Z", staff=["demo-kobayashi"])
        yield event("visit.logged", case, visit, id_=f"{case}-visit"), True
        body = good_bodies(None, "")["followup.scheduled"] | {"followup": f"{case}-followup"}
        yield event("followup.scheduled", case, body, id_=f"{case}-scheduled"), True
        for type_ in ORDER:
            body = good(type_, case)
            assert misfit(type_, case, body) is None, (type_, misfit(type_, case, body))
            yield event(type_, case, body, id_=f"{case}-{type_}"), True
        for type_ in ORDER:
            body = good(type_, case)
            if number < turns:
                told = [extreme(body, number)]
                told += [
                    with_value(body, path, EXTREMES["id"][number % 5])
                    for path in places(body)
                    if len(path) == 1 and kind_at(at_place(body, path)) == "id"
                ]
            else:
                kept, refused = wrong(type_, case, TURNS_OF_WRONG[number - turns])
                told = [kept, *refused]
            for place, one in enumerate(told):
                at = EXTREMES["time"][number % 6] if place == 0 else AT
                made_of = event(type_, case, one, id_=f"{case}-{type_}-{place}", at=at)
                yield made_of, misfit(type_, made_of["case"], one) is None


# Pages of one role alone: the register of places, and what came of one's own referrals.
OF_ONE_ROLE = {"community": ("opportunities.",), "agency": ("referrals.",), "chief": ("section.",)}
COORDINATES = ("plan.", "monitoring.", "closing.", "meetings.")
# Pages of a sign-in, an enrolment, a sealed box, a search, a photo, bytes of a paper and a copy after a fresh proof, of
# which no event of staff says anything; a phone reported lost already; a redirect; files of an import;
# hand-overs, which
# phones write (`test_bad_rows`); a consent taken back and a paper taken away in the walk itself.
NOT_OPENED = {
    "meetings.material", "handovers.one", "handovers.sheet", "imports.one", "imports.told", "imports.list",
    "consents.withdrawing",
    "disclosure.copy",
    "incidents.report", "consents.one", "people.read_box", "phones.meet", "phones.meet_state", "review.photo",
    "search.found", "sign_in.code", "sign_in.kept", "sign_in.page", "sign_in.password", "sign_in.set_up", "today.root",
}  # fmt: skip


def test_every_event_of_staff_has_a_shape():
    assert {str(one) for turn in TURNS_OF_WRONG for one in turn} == {str(one) for one in WRONG}
    phones = {type_ for type_, _ in BODIES}
    assert set(SHAPES) == {type_ for type_, _ in APPLIERS} - phones


@pytest.mark.timeout(900)  # on a busy machine; half a minute of its processor
def test_absurd_rows_of_staff_stop_nobody(app, at_desk, office):
    turns = max(map(len, EXTREMES.values())) + len(TURNS_OF_WRONG)
    cases = [row.id for row in CaseFile.select().order_by(CaseFile.id)][3 : 3 + turns]
    put = list(absurd(cases))
    with office.desk.write():
        for one, _ in put:
            append(office.desk, one, MAIN, MAIN)
    rebuild.rebuild(office.desk)

    # What has no shape has a card.
    cards = {row.id.removeprefix("log-") for row in Held.select(Held.id).where(Held.kind == "log")}
    assert {one["id"] for one, fits in put if not fits} <= cards

    # Every page, for who sees most in every household, for the administrator in one; plans for who writes them.
    Staff.update(role="coordinator").where(Staff.id == "demo-nishimura").execute()
    failing, opened = set(), set()
    walks = [(who, one) for name in ("nakagawa", "nishimura", "tanaka") for who in [at_desk(name)]
             for one in walk(app, cases[:1] if name == "tanaka" else cases, sorted(cards))
             if name != "nishimura" or one[0].startswith(COORDINATES)]  # fmt: skip
    for who, (endpoint, path) in walks:
        status = who.client.get(path).status_code
        failing |= {path} if status >= 500 else set()
        opened |= {endpoint} if status == 200 else set()
    for role, pages in OF_ONE_ROLE.items():
        Staff.update(role=role).where(Staff.id == MAIN).execute()
        for endpoint, path in (one for one in walk(app, cases, []) if one[0].startswith(pages)):
            status = walks[0][0].client.get(path).status_code
            failing |= {path} if status >= 500 else set()
            opened |= {endpoint} if status == 200 else set()
    assert failing == set()
    assert {endpoint for endpoint, _ in walk(app, cases[:1], [])} - opened - NOT_OPENED == set()

    for row in DeviceRow.select().where(DeviceRow.staff == "demo-kobayashi"):
        assert "me" in documents_for(office.desk, row)
    assert office.desk.left_out == {}
    office.sync()
    while search.catch_up(office.desk, 500) >= 500:
        pass
    rows = rebuild.digests()
    backup.backup(office.desk)
    restore(office, backup.archives(office.config.backup_dir, office.desk.keys.office)[-1])
    assert rebuild.digests() == rows


def walk(app, cases, cards):
    """Every page; those of one thing for the thing of every turn."""
    shelf = {"meeting": "meeting", "conference": "meeting", "consultation": "consultation",
             "staff": "person", "incident": "incident.reported", "checklist": "checklist", "document": "document",
             "version": "plan.drafted", "kind": "kind", "opportunity": "place"}  # fmt: skip
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static" or {"number"} & rule.arguments:
            continue
        for case in cases if rule.arguments else cases[:1]:
            path = rule.rule
            for name in rule.arguments:
                named = {"case": case, "month": "2026-10"}
                named["device"] = phone_of(case)[""]
                named["held"] = f"log-{cards[len(case) * 7 % len(cards)]}" if cards else "-"
                value = named.get(name, f"{case}-{shelf.get(name, name)}")
                path = re.sub(rf"<(?:[^<>]*:)?{name}>", lambda _, value=value: value, path)
            yield rule.endpoint, path
