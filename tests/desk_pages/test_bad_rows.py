"""Whatever stands in the log, nobody is stopped: every page, phone, search, figure, backup and restore goes on.

For each event a phone can write, each field of it, extreme and absurd values are put straight into the log of a copied
office, as an older program or a stranger's phone might have left them. Many at once, every page is walked once; only
when something fails would one look for the row.
"""

import copy
import itertools
import re

from pwa_server import texts
from pwa_server.desk.backup import backup
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.exchange.reminders import wakes_for
from pwa_server.desk.log.event_log import append
from pwa_server.desk.models.office_and_cases import Begun, DeviceRow, FollowUp, Held, Visit
from pwa_server.desk.projections import rebuild
from pwa_server.desk.projections.append_and_apply import new_id
from pwa_server.desk.projections.without_a_case import NOWHERE
from pwa_server.desk.queries import search
from sync.encoding import is_date, is_time
from sync.errors import SyncError
from sync.events import BODIES, check_shape
from tests.desk.test_loss import restore
from tests.desk_pages.test_contacts import form_at, send
from tests.standins.phone import visit_body

OF_NO_CASE = ("worker", "watchers", "reminders", "device", "notice", "cover")
CASE, MINE, AT = "demo-002", "demo-kobayashi", "2026-11-24T03:00:00Z"
# Extremes by what stands in a field; ids are those of others, and of nobody.
EXTREMES = {
    "time": [
        "0001-01-01T00:00:00Z",
        "0002-12-08T11:30:00Z",
        "1868-01-01T00:00:00Z",
        "2024-02-29T23:59:59.999999Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999999Z",
    ],
    "day": ["0001-01-01", "0026-11-30", "2024-02-29", "9999-12-31"],
    "number": [0, -1, 10**14, 10**15 - 1],
    "text": ["", "あ" * 20_000, "\u0000", "２０２６", "<b>", "-1", "9999-99-99"],
    "id": ["x" * 64, "demo-040", "demo-nishimura", "demo-003-a", "-"],
}
WRONG = [None, "", [], {}, True, 1.5, "9" * 30]


def good_bodies(visit, followup):
    """A good body of every type, of things this office has."""
    record = visit_body(
        occurredAt=AT,
        endedAt="2026-11-24T04:00:00Z",
        place="room",
        metWith=["demo-002-d"],
        staff=[MINE],
        topics=["野球"],
        interests=["海"],
        next={"with": "person", "mayCome": "agreed"},
        risk={"abuse": "urgent"},
        living={"mail": "attention"},
        riskCall={"to": "119", "at": AT, "result": "来た"},
        left={"what": "メモ", "taken": "left"},
        promises=[{"id": new_id(), "text": "電池", "due": "2026-12-01", "to": "D"}],
        checklist={
            "id": "absence",
            "version": 1,
            "answers": {"a1": {"c": "none", "b": "no", "t": "", "n": 3, "d": "2026-11-23"}},
        },
        photos=[
            {
                "blob": "A" * 43,
                "key": "A" * 43,
                "size": 1,
                "type": "image/jpeg",
                "width": 1,
                "height": 1,
                "note": "",
            }
        ],
    )
    return {
        "visit.logged": record,
        "visit.corrected": {
            "visit": visit and visit.id,
            "replaces": visit and visit.current_version,
            "changed": ["notes.fact"],
            "record": record,
            "answers": None,
            "comment": "",
        },
        "followup.scheduled": {
            "followup": "new",
            "at": AT,
            "kind": "visit",
            "with": "us",
            "note": "",
            "remind": True,
        },
        "followup.done": {"followup": followup, "visit": visit and visit.id},
        "followup.cancelled": {"followup": followup, "reason": ""},
        "followup.moved": {"followup": followup, "at": AT},
        "promise.kept": {"promise": "demo-002-p1"},
        "case.viewed": {"at": AT},
        "case.begun": {"title": "橋の人", "known": {"name": "", "age": "", "place": "", "through": ""}},
        "consent.answered": {"answer": "yes", "about": "", "how": "spoken", "comment": ""},
        "cover.asked": {"staff": MINE, "to": "demo-nishimura", "on": "2026-11-24", "note": ""},
        "notice.given": {"notice": "new", "who": "", "place": "", "noticed": "", "named": "no"},
        "notice.withdrawn": {"notice": "new"},
        "visit.withdrawn": {"visit": visit and visit.id, "reason": ""},
        "visit.misfiled": {"visit": visit and visit.id, "to": "demo-003", "as": "other", "comment": ""},
        "handover.sent": {
            "handover": "new",
            "to": "住宅課",
            "person": "",
            "receiver": "demo-nishimura",
            "ground": "law",
            "law": "elder_abuse",
            "reason": "",
            "told": ["needs"],
            "contact": "",
            "text": "",
            "answerBy": "2026-11-30",
        },
        "handover.withdrawn": {"handover": "new", "reason": ""},
        "match.followed": {
            "match": "new",
            "side": "person",
            "period": "week",
            "on": "2026-11-24",
            "did": "inside",
            "felt": "again",
            "next": "same",
            "nextOn": "2026-12-01",
            "personWords": "",
            "hostWords": "",
        },
        "worker.departed": {"until": "2026-11-24T09:00:00Z", "watched": True},
        "worker.back": {},
        "watchers.named": {"staff": ["demo-nishimura"]},
        "reminders.quieted": {"from": "20:00", "until": "08:00"},
        "device.noted": {
            "app": "1",
            "notifications": "granted",
            "storage": {"used": 1, "quota": 2},
            "persisted": True,
            "clock": {"phone": AT, "relay": AT},
        },
    }


def places(value, path=()):
    """Where something stands in a body."""
    yield path
    within = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in within:
        yield from places(inner, (*path, name))


def at_place(body, path):
    for step in path:
        body = body[step]
    return body


def with_value(body, path, value):
    """A copy of the body with another value there."""
    body = copy.deepcopy(body)
    at_place(body, path[:-1])[path[-1]] = value
    return body


def kind_of(type_, body, path):
    """time | day | number | text | id; None for a choice, a flag, or what holds others."""
    value = at_place(body, path)
    if isinstance(value, bool | dict | list) or value is None:
        return None
    if isinstance(value, int):
        return "number" if shaped(type_, with_value(body, path, 10**14)) else None
    if is_time(value):
        return "time"
    if is_date(value):
        return "day"
    if shaped(type_, with_value(body, path, "<b>")):
        return "text"
    return "id" if shaped(type_, with_value(body, path, "demo-040")) else None


def shaped(type_, body):
    try:
        check_shape(type_, 1, body)
    except SyncError:
        return False
    return True


def extreme_bodies(type_, body):
    """All fields at once, each with an extreme of its kind; as many bodies as the longest list of extremes."""
    kinds = {path: kind for path in places(body) if path and (kind := kind_of(type_, body, path))}
    for turn in range(max(map(len, EXTREMES.values()))):
        told = body
        for path, kind in kinds.items():
            told = with_value(told, path, EXTREMES[kind][turn % len(EXTREMES[kind])])
        yield told


def absurd_events(visit, followup):
    """(event, whether it has the shape): extremes, wrong types at every place, and the frame's own members."""
    for type_, body in good_bodies(visit, followup).items():
        case = None if type_.split(".")[0] in OF_NO_CASE else CASE
        for told in [*extreme_bodies(type_, body), *(seen for seen in targeted(type_, body))]:
            yield (
                event(type_, new_id() if type_ == "case.begun" else case, with_new_ids(told)),
                shaped(type_, told),
            )
        for path in places(body):
            for value in WRONG if path else ():
                told = with_value(body, path, value)
                yield (
                    event(type_, new_id() if type_ == "case.begun" else case, with_new_ids(told)),
                    shaped(type_, told),
                )
        for case in (None, "", "demo-999", "x" * 64):
            yield event(type_, case, with_new_ids(body)), case or type_ != "case.begun"
        for at in [*EXTREMES["time"], "", "gestern"]:
            yield (
                event(type_, new_id() if type_ == "case.begun" else CASE, with_new_ids(body), at=at),
                is_time(at),
            )


def targeted(type_, body):
    """Extremes of something that is there, so that the row is a known one's."""
    for path in places(body):
        kind = kind_of(type_, body, path) if path else None
        if kind in ("time", "day"):
            yield from (with_value(body, path, value) for value in EXTREMES[kind][1::3])


def with_new_ids(body):
    return body | {name: new_id() for name in ("followup", "notice") if body.get(name) == "new"}


def event(type_, case, body, at=AT):
    return {"id": new_id(), "type": type_, "v": 1, "at": at, "case": case, "saw": 0, "body": body}


def test_every_event_of_phones_has_a_good_body_here(app):
    visit = Visit.select().where(Visit.case == CASE).first()
    assert set(good_bodies(visit, "f")) == {type_ for type_, _ in BODIES}


def test_absurd_values_in_the_log_stop_nobody(app, at_desk, office, tmp_path):
    visit = Visit.select().where((Visit.case == CASE) & (Visit.staff == MINE)).first()
    phone = office.phone_of("kobayashi")
    followup = FollowUp.select().where(FollowUp.case == CASE).first().id
    put = list(absurd_events(visit, followup))
    with office.desk.write():
        for one, _ in put:
            append(office.desk, one, phone.id, MINE)
    rebuild.rebuild(office.desk)
    _, differing = rebuild.rebuild(office.desk)
    assert differing == []

    # What has the shape stands in the lists, the rest has a card: a person finds all of it.
    cards = {row.id.removeprefix("log-") for row in Held.select(Held.id).where(Held.kind == "log")}
    assert cards == {one["id"] for one, shaped_ in put if not shaped_}
    logged = {one["id"] for one, shaped_ in put if shaped_ and one["type"] == "visit.logged"}
    assert logged == {row.id for row in Visit.select(Visit.id).where(Visit.id.in_(logged))}

    # Every page, as supervisor and as worker.
    supervisor, worker = at_desk("nakagawa"), at_desk("kobayashi")
    pages = list(walk(app, logged, cards))
    failing = {
        path for who in (supervisor, worker) for path in pages if who.client.get(path).status_code >= 500
    }
    assert failing == set()

    # Every phone, and whatever else reads all rows.
    device = DeviceRow.get_by_id(phone.id)
    documents = documents_for(office.desk, device)
    assert {"me", "followups", f"case/{CASE}"} <= documents.keys()
    assert office.desk.left_out == {}
    wakes_for(office.desk, device)
    office.round(phone)
    assert phone.m.documents.keys() >= {"me", "followups", f"case/{CASE}"}
    while search.catch_up(office.desk, 500) >= 500:
        pass
    assert supervisor.open("/search?q=海").text
    rows = rebuild.digests()
    backup.backup(office.desk)
    restore(office, backup.archives(office.config.backup_dir, office.desk.keys.office)[-1])
    assert rebuild.digests() == rows


def walk(app, visits, cards):
    """Every page once, and the pages of one household, visit, card and person for what the bad rows touched."""
    begun = [row.case for row in Begun.select(Begun.case)]
    ids = {
        "case": [CASE, NOWHERE, "demo-999", *begun[:3]],
        "visit": sorted(visits),
        "held": [f"log-{id_}" for id_ in sorted(cards)[::150]],
        "staff": [MINE],
        "device": [row.id for row in DeviceRow.select(DeviceRow.id)],
        "month": ["2026-11", "0001-01", "9999-12"],
    }
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        for chosen in itertools.product(*(ids.get(name, [CASE]) for name in sorted(rule.arguments))):
            path = rule.rule
            for name, value in zip(sorted(rule.arguments), chosen, strict=True):
                path = re.sub(rf"<(?:[^<>]*:)?{name}>", lambda _, value=value: value, path)
            yield path
            if len(rule.arguments) > 1:
                break  # the doors of two ids are `test_every_door`'s


MENDED = {
    f"{path}.{part}": value
    for path in ("occurredAt", "endedAt", "riskCall")
    for part, value in (("on", "2026-11-23"), ("at", "11:00"))
}


def test_a_person_mends_dates_no_calendar_of_theirs_has(app, at_desk, office):
    """Each of them stored by an older program: the page opens, says what is wrong at its field, and takes
    what is so.
    """
    visits, followups = {}, {}
    with office.desk.write():
        for at, due in itertools.zip_longest(EXTREMES["time"][:3] + EXTREMES["time"][4:], EXTREMES["day"]):
            day = due or "0001-01-01"
            record = good_bodies(None, None)["visit.logged"] | {"photos": [], "occurredAt": at, "endedAt": at}
            record |= {"riskCall": {"to": "119", "at": at, "result": "来た"}, "checklist": None}
            record["promises"] = [{"id": new_id(), "text": "電池", "due": day, "to": "D"}]
            visits[at] = event("visit.logged", CASE, record)
            told = good_bodies(None, None)["followup.scheduled"] | {"followup": new_id(), "at": at}
            followups[at] = event("followup.scheduled", CASE, told)
            for one in (visits[at], followups[at]):
                append(office.desk, one, MINE, MINE)
    rebuild.rebuild(office.desk)
    person = at_desk("kobayashi")
    for at, one in visits.items():
        path = f"/visits/{one['id']}/correct"
        form = form_at(person, path)
        send(person, path, form | {"notes.fact": ["別の言葉"]})
        why = [
            texts.t("ja", f"desk.contact.wrong.{one}") for one in ("wrong", "future", "too_much", "missing")
        ]
        assert person.status == 400, at
        assert any(one in person.page for one in why), at
        form = form_at(person, path, **MENDED)
        form["promises.due"] = ["2026-12-01" if due else "" for due in form["promises.due"]]
        send(person, path, form)
        assert texts.t("ja", "desk.said.contact_corrected") in person.page, (at, person.page[-3000:])
        row = Visit.get_by_id(one["id"])
        assert row.occurred_at == "2026-11-23T02:00:00.000Z", at
    board = at_desk("nakagawa")
    for at, one in followups.items():
        id_ = one["body"]["followup"]
        board.open("/follow-ups?view=board")
        assert board.status == 200
        board.send(f"/follow-ups/{id_}", do="move", on="2026-12-01", at="10:00")
        assert FollowUp.get_by_id(id_).at == "2026-12-01T01:00:00.000Z", at
        assert board.status == 200
