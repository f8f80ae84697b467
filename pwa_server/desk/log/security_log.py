"""Who did what to the doors, keys and exports of this desk: one structured log, chained, readable, handed on.

A line says when, who (id of a person; "office" the desk itself, "operator" a command, "" of nobody known), from where
(address), what (a member of ACTS), about whom or what (ids, never content) and how it came out. Lines lie in the
encrypted database under a hash chain like the access log's, the newest `MOST_LINES` of them; what is older goes, and
the chain goes on from a kept hash. Each line is also handed to the collector that SOTTO_SECURITY_LOG names, at once.

Pages of the desk need not call anything: security_doors.py names the act of each address and writes its line. What
happens elsewhere (commands, the look at the relay) calls `security_event`.
"""

import hashlib
import re
from contextvars import ContextVar
from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import canonical
from ..models.key_values import get_state, set_state
from ..models.system import SecurityLine
from .security_forward import forward

START = bytes(32)
KEPT = "security_log_kept_from"  # [position, chain] of the last line that was let go
MOST_LINES, TRIMMED_AT_ONCE = 200_000, 1_000
OFFICE, OPERATOR = "office", "operator"
DONE, HALF, PROOF_WANTED = "done", "half", "proof_wanted"
IDS = re.compile(r"[A-Za-z0-9_.:@+-]{1,64}")
asked_from: ContextVar[str] = ContextVar("asked_from", default="-")  # address of the request being served

# Every act that is written down. A test brings each about.
ACTS = (
    "sign_in",
    "sign_in.code",
    "sign_in.passkey",
    "sign_out",
    "proof",
    "factor.set_up",
    "factor.add",
    "factor.remove",
    "password.change",
    "session.end",
    "account.add",
    "account.role",
    "account.stop",
    "account.organisation",
    "organisation.write",
    "transfer.make",
    "transfer.take_back",
    "account.recover",
    "proposal.decide",
    "phone.enrol",
    "phone.confirm",
    "phone.let_in",
    "phone.stop",
    "phone.lost",
    "review_box.read",
    "review_box.decide",
    "held.decide",
    "emergency.open",
    "emergency.noticed",
    "case.assign",
    "cases.hand_over",
    "export",
    "filing",
    "records",
    "import",
    "import.take_back",
    "disclosure",
    "disposal.propose",
    "disposal.decide",
    "disposal.read",
    "hold",
    "print",
    "document.fetch",
    "settings.change",
    "backup",
    "log.read",
    "key.used",
    "key.made",
    "office.made",
    "office.restored",
    "refused",
)


def security_event(
    desk: Desk, what: str, *, who: str = "", about: str = "", outcome: str = DONE, address: str | None = None
) -> None:
    """Write one line. `what` is one of ACTS; `who` and `about` are ids; `outcome` is DONE or a code, never a text.

    `address`: where from; of the request being served when it is left out, "-" when there is none.
    """
    if what not in ACTS:
        raise ValueError(f"{what} is no act of the security log")
    address = asked_from.get() if address is None else address
    with desk.write():
        last = SecurityLine.select().order_by(SecurityLine.position.desc()).first()
        row = SecurityLine(
            position=1 if last is None else last.position + 1,
            at=desk.now(),
            who=who,
            address=address,
            what=what,
            about=" ".join(part for part in about.split() if IDS.fullmatch(part))[:200],
            outcome=outcome if IDS.fullmatch(outcome) else "?",
            chain=b"",
        )
        row.chain = _link(START if last is None else bytes(last.chain), row)
        row.save(force_insert=True)
        if row.position % TRIMMED_AT_ONCE == 0:
            trim(MOST_LINES)
    forward(desk.config, _line(desk, row))


def _line(desk: Desk, row: Any) -> dict[str, Any]:
    return {
        "time": row.at,
        "event": "security",
        "office": desk.keys.office[:12] if desk.keys.office else "",
        "n": row.position,
        "who": row.who,
        "from": row.address,
        "what": row.what,
        "about": row.about,
        "outcome": row.outcome,
        "chain": bytes(row.chain).hex()[:16],
    }


def _link(before: bytes, row: Any) -> bytes:
    link = [row.position, row.at, row.who, row.address, row.what, row.about, row.outcome]
    return hashlib.sha256(b"sotto/1 security log\n" + before + canonical(link).encode()).digest()


def trim(most: int) -> None:
    """Let the oldest go beyond `most`; where the chain goes on from is kept."""
    last = SecurityLine.select(SecurityLine.position).order_by(SecurityLine.position.desc()).first()
    if last is None or last.position <= most:
        return
    edge = SecurityLine.get_or_none(SecurityLine.position == last.position - most)
    if edge is not None:
        set_state(KEPT, [edge.position, bytes(edge.chain).hex()])
        SecurityLine.delete().where(SecurityLine.position <= edge.position).execute()


def verify() -> int:
    """Walk the chain. Returns the number of lines ever written; DeskError security_log_broken at the first fault."""
    count, chain = _begin()
    for row in SecurityLine.select().order_by(SecurityLine.position).iterator():
        chain, count = _link(chain, row), count + 1
        if row.position != count or bytes(row.chain) != chain:
            raise DeskError("security_log_broken", str(row.position))
    return count


def verify_lines(rows: list[Any]) -> None:
    """Check these lines against the ones before them; all of the chain is `verify`. Raises security_log_broken."""
    wanted = [row.position - 1 for row in rows]
    lines_before = SecurityLine.select().where(SecurityLine.position.in_(wanted))
    before = {row.position + 1: bytes(row.chain) for row in lines_before}
    edge, edge_chain = _begin()
    before[edge + 1] = edge_chain
    for row in rows:
        start = before.get(row.position)
        if start is None or bytes(row.chain) != _link(start, row):
            raise DeskError("security_log_broken", str(row.position))


def length() -> int:
    """The number of the last line, 0 before the first."""
    last = SecurityLine.select(SecurityLine.position).order_by(SecurityLine.position.desc()).first()
    return 0 if last is None else int(last.position)


def let_go() -> int:
    """The number of the last line that was trimmed away."""
    return _begin()[0]


def _begin() -> tuple[int, bytes]:
    kept = get_state(KEPT)
    return (0, START) if kept is None else (int(kept[0]), bytes.fromhex(kept[1]))


def lines(limit: int, before: int = 0) -> list[Any]:
    """The latest, newest first; `before`: only those with a smaller number."""
    query = SecurityLine.select().order_by(SecurityLine.position.desc()).limit(limit)
    return list(query.where(SecurityLine.position < before) if before else query)
