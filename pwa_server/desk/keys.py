"""The office's keys: one pair that signs, pairs that open, and the public half of the custodians' backup key.

Old seal keys stay: a phone that was away writes to the key it knows (SPEC 12). Private halves never leave
the encrypted database, except inside a sealed backup.
"""

from dataclasses import dataclass

from sync.encoding import b64u, name_of
from sync.sealing import SealKey
from sync.signing import SignKey

from .clock import stamp
from .database import Desk
from .faults import DeskError
from .model import OfficeKey


@dataclass(frozen=True)
class Keys:
    """What an office signs and opens with. `seals` has the current key first."""

    office: str
    sign: SignKey
    seals: dict[str, SealKey]
    seal_id: str
    backup_public: bytes | None

    @property
    def seal(self) -> SealKey:
        """The seal key phones are told to write to."""
        return self.seals[self.seal_id]


def make_keys(desk: Desk) -> SealKey:
    """Make the keys of a new office. Returns the backup key, whose private half is not kept here."""
    sign, seal, backup = SignKey.generate(), SealKey.generate(), SealKey.generate()
    with desk.write():
        _keep(desk, "sign", sign.public, sign.to_bytes())
        _keep(desk, "seal", seal.public, seal.to_bytes())
        _keep(desk, "backup", backup.public, None)
    desk.forget_keys()
    return backup


def turn_seal_key(desk: Desk) -> str:
    """Make a new current seal key. Returns its id; the next roster and the next documents announce it."""
    seal = SealKey.generate()
    with desk.write():
        OfficeKey.update(current=False).where(OfficeKey.kind == "seal").execute()
        _keep(desk, "seal", seal.public, seal.to_bytes())
    desk.forget_keys()
    return name_of(seal.public)


def load_keys() -> Keys:
    """Read the keys. Raises DeskError no_keys when the office was never set up."""
    rows = list(OfficeKey.select().order_by(OfficeKey.current.desc(), OfficeKey.made_at.desc(), OfficeKey.id))
    sign = next((row for row in rows if row.kind == "sign"), None)
    seals = {row.id: SealKey.from_bytes(bytes(row.private or b"")) for row in rows if row.kind == "seal"}
    backup = next((bytes(row.public) for row in rows if row.kind == "backup" and row.current), None)
    if sign is None or not seals:
        raise DeskError("no_keys")
    return Keys(sign.id, SignKey.from_bytes(bytes(sign.private or b"")), seals, next(iter(seals)), backup)


def _keep(desk: Desk, kind: str, public: bytes, private: bytes | None) -> None:
    OfficeKey.create(
        id=name_of(public), kind=kind, private=private, public=public, made_at=stamp(desk.clock()), current=True
    )


def public_text(public: bytes) -> str:
    """A public key as it is written on the wire."""
    return b64u(public)
