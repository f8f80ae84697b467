"""A phone and the office meet under a code, through a relay that need not be trusted (SPEC 8).

start → the page shows address and code; poll → the phone answered: two words on both screens; confirm → it is
in the roster and gets its documents; differ → nothing came of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sync.encoding import unb64u
from sync.enrolment import derive, make_p2, new_code, read_code, read_p1, spell, two_words
from sync.errors import SyncError
from sync.limits import CODE_SECONDS
from sync.strict_json import read_json, write_json

from ..core.clock import read_stamp
from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..exchange.outbox import chain_of
from ..exchange.relay_client import RelayError, relay_of
from ..log.security_log import OFFICE, security_event
from ..models.office_and_cases import DeviceRow, Enrolment, Staff
from ..queries import account_rules
from ..queries.access import Actor, demand
from . import act, unlock_help


@dataclass(frozen=True)
class Meeting:
    """What the supervisor's screen shows. `status`: open, answered, confirmed, refused, expired, closed."""

    id: str
    status: str
    code: str  # as people read it; "" once it was answered
    address: str  # what to open on the phone
    words: list[tuple[str, str]]  # (ja, en), once the phone answered
    staff: str
    label: str
    until: str
    device: str | None
    detail: str
    lets_in: str | None = None  # the phone whose worker is let in; None: a phone is taken in


def start(desk: Desk, actor: Actor, staff: str, label: str) -> Meeting:
    """Make a code, good once and for ten minutes. RelayError when the relay cannot be reached."""
    demand(actor, "change", "devices")
    if not Staff.select().where((Staff.id == staff) & Staff.active).exists():
        raise DeskError("not_found", staff)
    code = new_code()
    slot = derive(read_code(code)).slot
    relay_of(desk).ask("enrol_open", slot=slot)
    with desk.write():
        Enrolment.create(
            id=slot,
            staff=staff,
            label=label,
            by=actor.id,
            code=code,
            status="open",
            detail="",
            p1=None,
            p2=None,
            words=None,
            device=None,
            started_at=desk.now(),
            opened=True,
            answered=False,
        )
    return look(desk, slot)


def look(desk: Desk, slot: str) -> Meeting:
    """How a meeting stands, without asking the relay."""
    row = _meeting(slot)
    until = read_stamp(row.started_at) + timedelta(seconds=CODE_SECONDS)
    return Meeting(
        row.id,
        row.status,
        spell(row.code) if row.code else "",
        f"{desk.config.phone_address}/phone/",
        [(ja, en) for ja, en in row.words or []],
        row.staff,
        row.label,
        until.isoformat(),
        row.device,
        row.detail,
        unlock_help.lets_in(row.p1),
    )


def poll(desk: Desk, slot: str) -> Meeting:
    """Ask whether the phone has answered; if so, answer it and show the words."""
    row = _meeting(slot)
    if row.status == "open":
        if desk.clock() - read_stamp(row.started_at) > timedelta(seconds=CODE_SECONDS):
            return _end(desk, row, "expired")
        try:
            posted = relay_of(desk).ask("enrol_read", slot=slot).get("p1")
        except RelayError as error:
            if error.code in ("code_expired", "not_found"):
                return _end(desk, row, "expired")
            raise
        if posted is not None:
            _answer(desk, row, posted)
    return look(desk, slot)


def _answer(desk: Desk, row: Any, posted: Any) -> None:
    secrets = derive(read_code(row.code))
    try:
        newcomer = read_p1(secrets.phone_key, posted)
        locked = unlock_help.asked_by(desk, newcomer.bytes, row.staff)
    except (SyncError, AttributeError) as error:
        # Whoever answered does not know the code: the relay, or somebody on it. Nothing of it is used.
        _end(desk, row, "refused", getattr(error, "code", "malformed"))
        relay_of(desk).ask("enrol_close", slot=row.id)
        return
    if locked is not None:
        unlock_help.make_ready(desk, row.id)
    keys = desk.keys
    security_event(desk, "key.used", who=OFFICE, about=f"welcome {newcomer.device}")
    p2 = make_p2(
        secrets.desk_key, keys.sign.public, keys.seal.public, newcomer.device, desk.now(), newcomer.bytes
    )
    relay_of(desk).ask("enrol_answer", slot=row.id, p2=p2)
    words = two_words(newcomer.bytes, unb64u(p2["bytes"]))
    with desk.write():
        Enrolment.update(
            status="answered",
            code="",
            p1=newcomer.bytes,
            p2=write_json(p2),
            words=[list(pair) for pair in words],
            device=newcomer.device,
            answered=True,
        ).where(Enrolment.id == row.id).execute()


def confirm(desk: Desk, actor: Actor, slot: str) -> Meeting:
    """The two words are the same: the phone is taken in and is sent everything its worker may have.

    Only for whoever could read all of that themselves (`account_rules`): a phone under a name is that person.
    """
    row = _meeting(slot)
    if not may_confirm(actor, row.staff):
        raise NotAllowed("take a phone in for this role")
    if row.status == "confirmed":
        return look(desk, slot)
    if row.status != "answered":
        raise DeskError("not_answered", row.status)
    if unlock_help.lets_in(row.p1) is not None:
        unlock_help.hand_over(desk, actor, row)
        with desk.write():
            Enrolment.update(status="confirmed").where(Enrolment.id == slot).execute()
        return look(desk, slot)
    content = read_json(bytes(row.p1))
    body = {
        "device": row.device,
        "staff": row.staff,
        "sign": content["sign"],
        "seal": content["seal"],
        "label": row.label,
    }
    with desk.write():
        if not DeviceRow.select().where(DeviceRow.id == row.device).exists():
            act(desk, actor, "device.enrolled", body)
            chain_of(row.device)
        Enrolment.update(status="confirmed").where(Enrolment.id == slot).execute()
    desk.stirred.set()
    return look(desk, slot)


def may_confirm(actor: Actor, staff: str) -> bool:
    person = Staff.get_or_none((Staff.id == staff) & Staff.active)
    return person is not None and account_rules.of("take_phone", actor, person) == account_rules.ALONE


def differ(desk: Desk, actor: Actor, slot: str) -> Meeting:
    """The words are not the same, or the supervisor gave up: nothing is taken in and the slot is closed."""
    demand(actor, "change", "devices")
    row = _meeting(slot)
    if row.status == "confirmed":
        raise DeskError("already_confirmed", slot)
    _end(desk, row, "closed")
    relay_of(desk).ask("enrol_close", slot=slot)
    return look(desk, slot)


def _end(desk: Desk, row: Any, status: str, detail: str = "") -> Meeting:
    with desk.write():
        Enrolment.update(status=status, code="", detail=detail).where(Enrolment.id == row.id).execute()
    return look(desk, row.id)


def _meeting(slot: str) -> Any:
    row = Enrolment.get_or_none(Enrolment.id == slot)
    if row is None:
        raise DeskError("not_found", slot)
    return row
