"""The hash chain of the log, and what keeps it whole where entries were destroyed.

A destroyed entry keeps its place, its type, its times and its link; its content and the hash of its content are empty.
Its link cannot be worked out any more, so the act that destroyed it vouches for it: the act's event, which the
chain itself holds, carries a hash over position, link before and link of each entry it destroyed. An empty entry that
no act vouches for breaks the chain.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..core.errors import DeskError
from ..core.tables import canonical

START = bytes(32)
DESTROYS = "disposal.carried_out"
DESTROYED_AGAIN = "disposal.reapplied"  # after a restore, where the links around it are others
Link = tuple[int, bytes, bytes]  # position, link before, link


def link(before: bytes, entry: Any) -> bytes:
    """The next hash of the chain."""
    parts = [
        entry.position,
        entry.id,
        entry.type,
        entry.v,
        entry.at,
        entry.received_at,
        entry.source,
        entry.by,
        entry.case,
        entry.saw,
        hashlib.sha256(bytes(entry.sealed)).hexdigest(),
        bytes(entry.digest).hex(),
    ]
    return hashlib.sha256(b"sotto/1 log\n" + before + canonical(parts).encode()).digest()


def is_destroyed(entry: Any) -> bool:
    return not entry.sealed


def bound_to(event_id: str) -> bytes:
    return b"sotto/1 log entry\n" + event_id.encode()


def vouched(links: Iterable[Link]) -> str:
    """The hash an act carries for the entries it destroyed, in hex."""
    lines = "".join(f"{position} {before.hex()} {after.hex()}\n" for position, before, after in sorted(links))
    return hashlib.sha256(b"sotto/1 destroyed\n" + lines.encode()).hexdigest()


@dataclass
class _Destroyed:
    """What a walk met: empty entries as (id, case, link), and the acts that say they emptied some."""

    entries: list[tuple[str, str, Link]] = field(default_factory=list)
    acts: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    again: dict[str, set[str]] = field(default_factory=dict)

    def note_act(self, entry: Any, office_key: bytes | None) -> None:
        body = _opened(entry, office_key)
        if entry.type == DESTROYS:
            self.acts.append((entry.position, body))
        else:
            self.again.setdefault(str(body.get("disposal")), set()).add(str(body.get("chained")))

    def check(self) -> None:
        """Raises DeskError log_broken."""
        covered: set[int] = set()
        for position, body in self.acts:
            keys, ids = _names(body, "keys"), _names(body, "entries")
            mine = [
                one for id_, case, one in self.entries if one[0] < position and (case in keys or id_ in ids)
            ]
            known = {body.get("chained"), *self.again.get(str(body.get("disposal")), set())}
            if mine and vouched(mine) not in known:
                raise DeskError("log_broken", str(position))
            covered |= {one[0] for one in mine}
        for _, _, one in self.entries:
            if one[0] not in covered:
                raise DeskError("log_broken", str(one[0]))


def walk(entries: Iterable[Any], office_key: bytes | None) -> int:
    """Follow the chain over all entries, in order. How many there are. Raises DeskError log_broken at the first fault.

    `office_key`: of the office's own events, which the acts that destroyed something lie under.
    """
    chain, count, destroyed = START, 0, _Destroyed()
    for entry in entries:
        count += 1
        before, stands = chain, bytes(entry.chain)
        if is_destroyed(entry):
            destroyed.entries.append((entry.id, entry.case or "", (entry.position, before, stands)))
            chain = stands
        else:
            chain = link(before, entry)
        if entry.position != count or stands != chain:
            raise DeskError("log_broken", str(entry.position))
        if entry.type in (DESTROYS, DESTROYED_AGAIN) and not is_destroyed(entry):
            destroyed.note_act(entry, office_key)
    destroyed.check()
    return count


def _names(body: dict[str, Any], name: str) -> set[str]:
    value = body.get(name)
    return {str(one) for one in value} if isinstance(value, list) else set()


def _opened(entry: Any, key: bytes | None) -> dict[str, Any]:
    try:
        if key is None:
            raise ValueError
        sealed = bytes(entry.sealed)
        return dict(json.loads(AESGCM(key).decrypt(sealed[:12], sealed[12:], bound_to(entry.id))))
    except (InvalidTag, ValueError, TypeError) as error:
        raise DeskError("log_broken", str(entry.position)) from error
