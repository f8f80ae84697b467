"""What phones, and anybody, may ask of the relay (SPEC 7)."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from sync.encoding import is_name, unb64u
from sync.errors import SyncError
from sync.limits import MAX_BATCH_BYTES, MAX_BLOB_BYTES, MAX_REQUEST_BYTES
from sync.strict_json import Json, read_json
from sync.wire import (
    ANSWER_TYPE,
    PULL_TAG,
    SUBSCRIPTION_TAG,
    TIMER_TAG,
    Statement,
    frame_answer,
    read_statement,
)

from . import blobs, guards, limits, mailbox, nonces, orders, rosters, slots, subscriptions, taking, timers
from .context import Relay, address, once, relay, signed

doors = Blueprint("phones", __name__, url_prefix="/v1")


@doors.before_request
def count() -> None:
    relay().rates.address.spend(address())


@doors.get("/config")
def config() -> ResponseReturnValue:
    here = relay()
    return jsonify(here.answer(vapid=here.vapid, versions=["sotto/1"]))


@doors.post("/nonce")
def nonce() -> ResponseReturnValue:
    guards.read_body(MAX_REQUEST_BYTES)  # who asks may say so, but a nonce is given to anybody
    here = relay()
    return jsonify(here.answer(nonce=nonces.give(here.store, here.clock())))


@doors.post("/push")
def push() -> ResponseReturnValue:
    here = relay()
    batch = guards.read_body(MAX_BATCH_BYTES)
    taken = taking.take(here.store, here.offices, batch, here.clock())
    # A pull follows nearly always: its nonce comes along, and saves a round trip.
    return jsonify(
        here.answer(answers=taken.answers, blobs=taken.blobs, nonce=nonces.give(here.store, here.clock()))
    )


@doors.post("/pull")
def pull() -> ResponseReturnValue:
    here = relay()
    body, data, signature = signed(PULL_TAG, MAX_REQUEST_BYTES, _device_key)
    here.rates.device.spend(body["device"])
    answer, batch = once(body, lambda: _pull(here, read_statement(body), data, signature))
    if answer.get("wipe", ...) is None:
        raise SyncError("revoked", "this phone may send, and no longer receive")
    return Response(frame_answer(here.answer(**answer), batch), mimetype=ANSWER_TYPE)


@doors.route("/blobs/<id_>", methods=["GET", "PATCH"])  # GET for HEAD: Flask adds it
def blob(id_: str) -> ResponseReturnValue:
    here = relay()
    unb64u(id_, 32)
    if request.method == "HEAD":
        received, size = blobs.offset(here.store, id_)
        return Response(headers={"Upload-Offset": str(received), "Upload-Length": str(size)})
    if request.method != "PATCH":
        raise SyncError("method_not_allowed", "a photo is handed to the desk alone")
    at = guards.read_number("Upload-Offset")
    received = blobs.append(here.store, id_, at, guards.read_body(MAX_BLOB_BYTES), here.clock())
    answer = jsonify(here.answer(offset=received))
    answer.headers["Upload-Offset"] = str(received)
    return answer


@doors.post("/subscription")
def subscription() -> ResponseReturnValue:
    here = relay()
    body, _, _ = signed(SUBSCRIPTION_TAG, MAX_REQUEST_BYTES, _device_key)
    here.rates.device.spend(body["device"])
    once(body, lambda: subscriptions.keep(here.store, body["office"], body["device"], body, here.allowed))
    here.wakes.nudge()
    return jsonify(here.answer())


@doors.post("/timer")
def timer() -> ResponseReturnValue:
    here = relay()
    body, _, _ = signed(TIMER_TAG, MAX_REQUEST_BYTES, _device_key)
    here.rates.device.spend(body["device"])
    said = once(
        body, lambda: timers.set_timer(here.store, body["office"], body["device"], body, here.clock())
    )
    here.wakes.nudge()
    return jsonify(here.answer(**said))


@doors.get("/orders/<office>/<device>")
def order(office: str, device: str) -> ResponseReturnValue:
    here = relay()
    here.serves(office)
    if not is_name(device):
        raise SyncError("unknown_device", "not a device's name")
    with here.store.connected():
        return jsonify(here.answer(wipe=orders.read(here.store, office, device)))


@doors.post("/enrol/<slot>/p1")
def enrol_p1(slot: str) -> ResponseReturnValue:
    here = relay()
    note = read_json(guards.read_body(4 * limits.P_BYTES))

    def post() -> None:
        here.store.transact(lambda: slots.post_p1(here.store, slot, note, here.clock()))

    _by_code(here, slot, post)
    return jsonify(here.answer())


@doors.get("/enrol/<slot>/p2")
def enrol_p2(slot: str) -> ResponseReturnValue:
    here = relay()

    def read() -> Json:
        with here.store.connected():
            p2 = slots.read_p2(here.store, slot, here.clock())
            return {"p2": p2, "known": slots.taken_in(here.store, slot)}

    return jsonify(here.answer(**_by_code(here, slot, read)))


def _by_code(here: Relay, slot: str, act: Any) -> Any:
    """Whoever names codes that are not there is guessing, and is soon heard no more."""
    unb64u(slot, 16)
    try:
        return act()
    except SyncError as error:
        if error.code == "not_found":
            here.rates.wrong_codes.spend(address())
        raise


def _device_key(here: Relay, body: Json) -> bytes:
    office, device = here.serves(body.get("office")), body.get("device")
    if not isinstance(device, str):
        raise SyncError("unknown_device", "no device named")
    with here.store.connected():
        return bytes(rosters.device(here.store, office, device).sign)


def _pull(here: Relay, said: Statement, data: bytes, signature: str) -> tuple[Json, bytes]:
    """Inside the transaction: note the statement, forget what it covers, read on. A revoked phone gets `wipe` alone."""
    store, key = here.store, {"office": said.office, "device": said.device}
    store.put(
        store.StatementRow,
        key,
        {"body": data, "sig": signature, "follow_run": said.follow.run, "follow_n": said.follow.n},
    )
    box = mailbox.held_from(store, said.office, said.device)
    if rosters.device(store, said.office, said.device).status != "active":
        wipe = orders.read(store, said.office, said.device)
        return {"cursor": said.cursor.number, "more": False, "box": box, "wipe": wipe}, b""
    mailbox.forget_down(store, said.office, said.device, said.follow)
    page = mailbox.pull(store, said.office, said.device, said.cursor, limits.PHONE_PAGE_BYTES)
    answer: Json = {"cursor": page.cursor, "more": page.more, "box": box}
    late = timers.alarms(store, said.office, said.device, here.clock())
    return answer | ({"alarms": late} if late else {}), page.batch
