"""What an office signs and opens with."""

from dataclasses import dataclass

from sync.sealing import SealKey
from sync.signing import SignKey


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
