"""Whether the person agreed that somebody is told something: purpose, recipient, scope, who said it, until when.

A line of the ledger says it in codes (`models.households`). Lines of before there were codes were read once, when they
were applied (`projections.consent_words`); where words could not be read they open nothing.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ..models.households import ALL, OWN, SCOPE_OF, Consent
from ..models.office_and_cases import CaseFile
from .access import DATA_CLASSES, cell


@dataclass(frozen=True)
class Telling:
    """What an act tells: for which purpose, one of which recipients must have been agreed to, and which scopes."""

    purpose: str
    recipients: frozenset[str]
    scopes: frozenset[str]


def scopes_of_role(role: str) -> frozenset[str]:
    """What somebody with this role is told of a case they are given, in the scopes of a consent."""
    seen = (name for name in DATA_CLASSES if "assigned" in cell(role, name)[0])
    return frozenset(SCOPE_OF[name] for name in seen if name in SCOPE_OF)


class Ledger:
    """What the person of one case agreed to, read once for many questions."""

    def __init__(self, case: str) -> None:
        self.case = case
        self._lines: dict[str, list[Any]] = {}

    def agreed(self, telling: Telling, today: date) -> bool:
        """Whether the person's latest word about this recipient stands today and goes as far.

        A case whose consent was only noted when it was opened has no line in the ledger: then that counts, for sharing.
        """
        if telling.purpose not in self._lines:
            self._lines[telling.purpose] = lines_of(self.case, telling.purpose)
        lines = self._lines[telling.purpose]
        if not lines:
            return telling.purpose == "sharing" and self._noted
        said = next((one for one in lines if one.giver in OWN and concerns(one, telling.recipients)), None)
        return (
            said is not None
            and stands(said, today)
            and (ALL in said.scopes or telling.scopes <= set(said.scopes))
        )

    @cached_property
    def _noted(self) -> bool:
        row = CaseFile.get_or_none(CaseFile.id == self.case)
        return row is not None and row.consent == "given"


def agreed(case: str, telling: Telling, today: date) -> bool:
    """`Ledger.agreed`, where one question is asked."""
    return Ledger(case).agreed(telling, today)


def lines_of(case: str, purpose: str) -> list[Any]:
    """The latest first."""
    rows = Consent.select().where((Consent.case == case) & (Consent.purpose == purpose))
    return list(rows.order_by(Consent.on.desc(), Consent.position.desc()))


def concerns(line: Any, recipients: frozenset[str]) -> bool:
    """Whether a line is about one of these. A yes reaches only who is named; a no in mere words reaches everybody."""
    if not line.to:
        return not _says_yes(line)
    return bool(recipients & set(line.to))


def stands(line: Any, today: date) -> bool:
    """Given, in full or in part, not withdrawn, and not over."""
    over = line.until is not None and line.until < today.isoformat()
    return _says_yes(line) and not over


def _says_yes(line: Any) -> bool:
    return line.status in ("given", "partial") and not line.withdrawn_on
