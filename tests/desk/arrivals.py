"""A desk with nothing in it but what a test sends, in the order it sends it."""

from pwa_server.desk.log.event_log import Logged
from pwa_server.desk.models.office_and_cases import READ_MODEL, FollowUp, LogEntry, PromiseMade, Visit
from pwa_server.desk.projections.rebuild import dump
from pwa_server.desk.projections.registry import apply
from pwa_server.desk.queries import cases
from tests.standins.phone import new_id, visit_body

DAY = "2026-11-{:02d}T05:00:00.000Z"
VISIT, PROMISE, FOLLOWUP = new_id(), new_id(), new_id()
FIRST = visit_body(
    occurredAt=DAY.format(20),
    stage=4,
    hook="v0",
    promises=[{"id": PROMISE, "text": "地図", "due": None, "to": "D"}],
)


def event(type_, body, at, by="demo-kobayashi"):
    return (new_id(), type_, at, by, body)


def correction(replaces, hook, at, *, id_=None, stage=4, settles=(), answers=None, promises=True):
    record = FIRST | {"hook": hook, "stage": stage} | ({} if promises else {"promises": []})
    changed = ["hook"] if promises else ["hook", "promises"]
    body = {
        "visit": VISIT,
        "replaces": replaces,
        "changed": changed,
        "record": record,
        "answers": answers,
        "comment": "",
        "settles": list(settles),
    }
    return (id_ or new_id(), "visit.corrected", at, "demo-kobayashi", body)


LOGGED = (VISIT, "visit.logged", DAY.format(20), "demo-kobayashi", FIRST)
SCHEDULED = event(
    "followup.scheduled",
    {
        "followup": FOLLOWUP,
        "at": DAY.format(25),
        "kind": "visit",
        "with": "person",
        "note": "n",
        "remind": True,
    },
    DAY.format(20),
)


def state_after(desk, events):
    """What stands when these arrive in this order: everything but positions, which are the order itself."""
    tables = [*READ_MODEL, LogEntry]
    desk.db.bind(tables, bind_refs=False, bind_backrefs=False)  # another test may have opened another desk
    with desk.db.atomic() as transaction:
        for place, (id_, type_, at, by, body) in enumerate(events):
            # One moment of receipt for all: what differs is the order alone.
            apply(Logged(9000 + place, id_, type_, 1, at, DAY.format(24), "device", by, "demo-002", 0, body))
        state = [line for line in dump() if not line.startswith("casefile ")]
        told = (
            cases.stage_of("demo-002"),
            cases.last_contact("demo-002"),
            cases.hook_of(cases.visits_of("demo-002")),
            list(cases.line_of(cases.visits_of("demo-002")))[-4:],
        )
        summary = {
            "followups": list(FollowUp.select().where(FollowUp.id == FOLLOWUP).dicts()),
            "visit": Visit.get_or_none(Visit.id == VISIT),
            "promise": PromiseMade.get_or_none(PromiseMade.id == PROMISE),
        }
        transaction.rollback()
    return state, told, summary
