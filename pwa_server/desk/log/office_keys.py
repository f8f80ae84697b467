"""The office's keys: one pair that signs, pairs that open, and the public half of the custodians' backup key.

Old seal keys stay: a phone that was away writes to the key it knows (SPEC 12). Private halves never leave
the encrypted database, except inside a sealed backup.
"""

from sync.encoding import name_of
from sync.sealing import SealKey
from sync.signing import SignKey

from ..core.clock import stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.keys import Keys
from ..models.office_and_cases import OfficeKey
from .journal import begin_anew, keep_key
from .security_log import OFFICE, OPERATOR, security_event


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
    """Make a new current seal key. Returns its id; the next roster and the next documents announce it.

    It lies in the journal first: a phone may write to it, and be gone, before the next backup.
    Raises DeskError journal_failed.
    """
    seal = SealKey.generate()
    keep_key(desk, seal.to_bytes(), stamp(desk.clock()))
    add_seal_key(desk, seal, stamp(desk.clock()))
    security_event(desk, "key.made", who=OFFICE, about=name_of(seal.public))
    return name_of(seal.public)


def turn_backup_key(desk: Desk) -> SealKey:
    """A new backup key, whose private half is not kept here; backups and journal lines from now on are sealed to it.

    Older ones still need the older key. Raises DeskError journal_failed.
    """
    backup = SealKey.generate()
    with desk.write():
        OfficeKey.update(current=False).where(OfficeKey.kind == "backup").execute()
        _keep(desk, "backup", backup.public, None)
        begin_anew(desk)
        security_event(desk, "key.made", who=OPERATOR, about=f"backup {name_of(backup.public)}")
    desk.forget_keys()
    return backup


def add_seal_key(desk: Desk, seal: SealKey, made_at: str) -> None:
    """The current one from now on. A key that is here already stays what it is."""
    if OfficeKey.get_or_none(OfficeKey.id == name_of(seal.public)) is not None:
        return
    with desk.write():
        OfficeKey.update(current=False).where(OfficeKey.kind == "seal").execute()
        _keep(desk, "seal", seal.public, seal.to_bytes(), made_at)
    desk.forget_keys()


def load_keys() -> Keys:
    """Read the keys. Raises DeskError no_keys when the office was never set up."""
    rows = list(OfficeKey.select().order_by(OfficeKey.current.desc(), OfficeKey.made_at.desc(), OfficeKey.id))
    sign = next((row for row in rows if row.kind == "sign"), None)
    seals = {row.id: SealKey.from_bytes(bytes(row.private or b"")) for row in rows if row.kind == "seal"}
    backup = next((bytes(row.public) for row in rows if row.kind == "backup" and row.current), None)
    if sign is None or not seals:
        raise DeskError("no_keys")
    return Keys(sign.id, SignKey.from_bytes(bytes(sign.private or b"")), seals, next(iter(seals)), backup)


def _keep(desk: Desk, kind: str, public: bytes, private: bytes | None, made_at: str = "") -> None:
    made_at = made_at or stamp(desk.clock())
    OfficeKey.create(
        id=name_of(public), kind=kind, private=private, public=public, made_at=made_at, current=True
    )
