"""What an office may ask of the relay, each request signed by its key (SPEC 7)."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from sync.encoding import b64u, is_name, name_of, unb64u
from sync.errors import SyncError
from sync.signing import PUBLIC_BYTES
from sync.strict_json import Json
from sync.wire import ANSWER_TYPE, DESK_TAG, OLD_DESK_TAG_UNTIL, desk_tag, frame_answer, read_cursor

from . import blobs, limits, mailbox, orders, rosters, slots, subscriptions, timers, wakes
from .context import Relay, once, relay, signed

doors = Blueprint("desks", __name__, url_prefix="/v1/desk")
Verb = Callable[[Relay, str, Json], Json | bytes | tuple[Json, bytes] | None]


@doors.post("/<verb>")
def ask(verb: str) -> ResponseReturnValue:
    here = relay()
    act = VERBS.get(verb)
    if act is None:
        raise SyncError("not_found", "no such request")
    most = limits.ROSTER_REQUEST_BYTES if verb == "roster" else limits.DESK_REQUEST_BYTES
    old = DESK_TAG if here.clock() < OLD_DESK_TAG_UNTIL else None
    key_of = _office_key if verb != "roster" else _roster_key
    body, _, _ = signed(desk_tag(verb), most, key_of, or_tag=old)
    office = here.serves(body.get("office"))
    here.rates.office.spend(office)
    here.seen[office] = here.clock()
    answer = once(body, lambda: act(here, office, body))
    if verb in ("wakes", "watch", "wipe"):
        here.wakes.nudge()
    if isinstance(answer, tuple):
        return Response(frame_answer(here.answer(**answer[0]), answer[1]), mimetype=ANSWER_TYPE)
    if answer is None:
        raise SyncError("not_found", "the bytes kept here went wrong; the phone is asked for them again")
    if isinstance(answer, bytes):
        said = here.answer()
        headers = {"Sotto-Nonce": said["nonce"], "Sotto-Incarnation": said["incarnation"]}
        return Response(answer, mimetype="application/octet-stream", headers=headers)
    return jsonify(here.answer(**answer))


def _office_key(here: Relay, body: Json) -> bytes:
    office = here.serves(body.get("office"))
    with here.store.connected():
        return bytes(rosters.read(here.store, office).sign)


def _roster_key(here: Relay, body: Json) -> bytes:
    """A first roster brings its own key; that it is the office's follows from the office's name."""
    key = unb64u(body.get("sign"), PUBLIC_BYTES)
    if name_of(key) != here.serves(body.get("office")):
        raise SyncError("unknown_office", "not the key of that office")
    return key


def pull(here: Relay, office: str, body: Json) -> tuple[Json, bytes]:
    page = mailbox.pull(here.store, office, office, read_cursor(body.get("cursor")), limits.DESK_PAGE_BYTES)
    S = here.store.StatementRow  # noqa: N806 - a table
    statements = [
        {"device": row.device, "body": b64u(bytes(row.body)), "sig": row.sig}
        for row in S.select().where(S.office == office).order_by(S.device)
    ]
    more = {"statements": statements, "review": page.review, **rosters.name(here.store, office)}
    return {"cursor": page.cursor, "more": page.more, **more}, page.batch


def roster(here: Relay, office: str, body: Json) -> Json:
    rosters.keep(here.store, office, unb64u(body.get("bytes")), unb64u(body.get("sig"), 64))
    return {}


def roster_read(here: Relay, office: str, _body: Json) -> Json:
    return {**rosters.written(here.store, office)}


def wake_list(here: Relay, office: str, body: Json) -> Json:
    wakes.replace(here.store, office, _device(here, office, body), body, here.clock())
    return {}


def watch(here: Relay, office: str, body: Json) -> Json:
    timers.keep_watch(here.store, office, _device(here, office, body), body)
    return {}


def wipe(here: Relay, office: str, body: Json) -> Json:
    device = _device(here, office, body)
    key = bytes(rosters.read(here.store, office).sign)
    if orders.keep(here.store, office, key, device, body.get("order")):
        wakes.wake_now(here.store, office, device, "order", here.clock())
    return {}


def enrol_open(here: Relay, office: str, body: Json) -> Json:
    slots.open_slot(here.store, office, body.get("slot"), here.clock())
    return {}


def enrol_read(here: Relay, office: str, body: Json) -> Json:
    p1 = slots.read_p1(here.store, office, body.get("slot"))
    return {} if p1 is None else {"p1": p1}


def enrol_answer(here: Relay, office: str, body: Json) -> Json:
    slots.answer(here.store, office, body.get("slot"), body.get("p2"), here.clock())
    return {}


def enrol_close(here: Relay, office: str, body: Json) -> Json:
    slots.close(here.store, office, body.get("slot"))
    return {}


def blob(here: Relay, office: str, body: Json) -> bytes | None:
    (id_,) = mailbox.read_ids([body.get("id")])
    return blobs.fetch(here.store, office, id_)


def drop_blobs(here: Relay, office: str, body: Json) -> Json:
    blobs.drop(here.store, office, mailbox.read_ids(body.get("ids")), here.clock())
    return {}


def drop(here: Relay, office: str, body: Json) -> Json:
    mailbox.drop(here.store, office, mailbox.read_ids(body.get("ids")), here.clock())
    return {}


def push_state(here: Relay, office: str, _body: Json) -> Json:
    return {"devices": subscriptions.state(here.store, office)}


def _device(here: Relay, office: str, body: Json) -> str:
    device = body.get("device")
    if not isinstance(device, str) or not is_name(device):
        raise SyncError("unknown_device", "no device named")
    rosters.device(here.store, office, device)
    return device


VERBS: dict[str, Verb] = {
    "pull": pull,
    "roster": roster,
    "roster_read": roster_read,
    "wakes": wake_list,
    "watch": watch,
    "wipe": wipe,
    "enrol_open": enrol_open,
    "enrol_read": enrol_read,
    "enrol_answer": enrol_answer,
    "enrol_close": enrol_close,
    "blob": blob,
    "drop_blobs": drop_blobs,
    "drop": drop,
    "push_state": push_state,
}
