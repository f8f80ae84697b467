"""Who may open which conference, and what of it: the access table and a seat in this very meeting (domain.md 2.1, 7.2).

For whoever has no tie to a meeting there is none: `tie` answers the same for what was never planned.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..core.clock import day_in_japan
from ..core.tables import among, tuples
from ..models.conferences import AgendaItem, AgendaWording, ConferenceKind, Meeting, Seat
from ..models.office_and_cases import CaseFile, Conference, Staff
from ..projections.merges import resolve
from .access import Actor, cell, is_one_of_us, may, ties
from .gates import why_not

# Whether a kind is held by law or by consent → its class in the access table, and its acts in the gates.
GATES = {
    "law": ("conference_support", "support"),
    "consent": ("conference_multi", "multi_agency"),
}


@dataclass(frozen=True)
class Kind:
    """`name` is "" for one of the two every office begins with, until it gives it a name of its own."""

    id: str
    name: str
    convenor: str
    gate: str
    active: bool


DEFAULT_KINDS = (
    Kind("support", "", "", "law", True),
    Kind("multi_agency", "", "", "consent", True),
)


def kinds() -> list[Kind]:
    """The office's table of kinds: the two of the law's own papers, as the office changed them, then its own."""
    rows = {
        row.id: Kind(row.id, row.name, row.convenor, row.gate, row.active)
        for row in ConferenceKind.select().order_by(ConferenceKind.id)
    }
    first = [rows.pop(kind.id, kind) for kind in DEFAULT_KINDS]
    return [*first, *rows.values()]


@dataclass(frozen=True)
class Tie:
    """What somebody may do in one meeting."""

    meeting: Any
    seat: Any  # None: reads by the office's cell of the table
    opened: bool  # what is said of households opens: secrecy acknowledged, or by the office's cell
    cases: frozenset[str] | None  # of which households; None: all of the meeting
    writes: bool
    manages: bool

    def covers(self, case: str | None) -> bool:
        return self.opened and (case is None or self.cases is None or case in self.cases)

    @property
    def attended(self) -> bool:
        return self.seat is not None and bool(self.seat.attended)

    @property
    def reads_minutes(self) -> bool:
        """While it is written, those who sit in it; afterwards those who were there."""
        return self.opened and (self.attended or self.meeting.status == "planned")


def tie(actor: Actor, meeting: str) -> Tie | None:
    """None for who is not in it, as for a meeting that never was."""
    row, seat = Meeting.get_or_none(Meeting.id == meeting), seat_of(actor, meeting)
    return None if row is None else _tie(actor, row, seat)


def seat_of(actor: Actor, meeting: str) -> Any:
    return Seat.get_or_none((Seat.meeting == meeting) & (Seat.staff == actor.id) & Seat.seated)


def ties_to(actor: Actor, rows: list[Any]) -> dict[str, Tie]:
    """By meeting, of those this person has a tie to: their seats are asked for once."""
    theirs = Seat.select().where(
        among(Seat.meeting, [row.id for row in rows]) & (Seat.staff == actor.id) & Seat.seated
    )
    seats = {seat.meeting: seat for seat in theirs}
    found = {row.id: _tie(actor, row, seats.get(row.id)) for row in rows}
    return {meeting: one for meeting, one in found.items() if one is not None}


def _tie(actor: Actor, row: Any, seat: Any) -> Tie | None:
    if not actor.active:
        return None
    see, change = ties(actor, GATES[row.gate][0])
    if seat is not None and not see:
        seat = None
    by_office = "office" in see
    of_ours = not by_office and "organisation" in see and is_one_of_us(actor, row.by)
    if seat is None and not by_office and not of_ours:
        return None
    acknowledged = seat is not None and seat.acknowledged_on is not None
    opened = by_office or acknowledged or of_ours
    cases = None
    if of_ours and not acknowledged:  # what theirs convened, as far as its cases are theirs
        cases = frozenset(one.id for one in cases_of(row.id) if may(actor, "see", "core", one.id))
    elif not by_office and seat is not None and seat.cases:
        cases = frozenset(resolve(one) or one for one in seat.cases)
    tied = {"office"} if by_office else {"organisation"} if of_ours else {"member"}
    writes = opened and (bool(change & tied) or actor.id in (row.recorder, row.by))
    return Tie(row, seat, opened, cases, writes, opened and _steers(actor, by_office or of_ours))


def _steers(actor: Actor, of_ours: bool) -> bool:
    change = ties(actor, "core")[1]
    return "office" in change or (of_ours and "organisation" in change)


def can_sit(person: Any, gate: str) -> bool:
    """Whether the table gives this role a seat in a meeting of this gate."""
    return person is not None and bool(person.active) and bool(cell(person.role, GATES[gate][0])[0])


def cases_of(meeting: str) -> list[Any]:
    """The cases on its table, by number."""
    here = Conference.select(Conference.case).where(
        (Conference.meeting == meeting) & (Conference.status != "off")
    )
    return list(CaseFile.select().where(CaseFile.id.in_(here)).order_by(CaseFile.no))


def numbers_on(meetings: list[str]) -> dict[str, list[tuple[str, str]]]:
    """meeting → (case, number) of what is on its table, by number; asked for once."""
    rows = (
        Conference.select(Conference.meeting, CaseFile.id, CaseFile.no)
        .join(CaseFile, on=(CaseFile.id == Conference.case))
        .where(among(Conference.meeting, meetings) & (Conference.status != "off"))
        .order_by(CaseFile.no)
        .distinct()
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for meeting, case, no in tuples(rows):
        found.setdefault(meeting, []).append((case, no))
    return found


def seats_of(meeting: str) -> list[Any]:
    return list(Seat.select().where((Seat.meeting == meeting) & Seat.seated).order_by(Seat.name, Seat.id))


def agenda_of(found: Tie) -> list[Any]:
    """What stands on the agenda as far as this seat reaches: by time, then in the order it was put."""
    rows = AgendaItem.select().where((AgendaItem.meeting == found.meeting.id) & ~AgendaItem.removed)
    mine = [row for row in rows if found.covers(row.case)]
    return sorted(mine, key=lambda row: (row.begins, row.position, row.id))


def wordings_of(found: Tie) -> dict[str, list[Any]]:
    """item → every wording it had that this seat may read, the latest first."""
    rows = AgendaWording.select().where(AgendaWording.meeting == found.meeting.id)
    result: dict[str, list[Any]] = {}
    for row in rows.order_by(AgendaWording.position.desc()):
        if found.covers(row.case):
            result.setdefault(row.item, []).append(row)
    return result


def why_closed(found: Tie, case: str | None, now: str) -> str | None:
    """The code of why materials (about this case) do not open for this person now, or None: they open.

    acknowledge: they did not take note of the duty of secrecy; members: somebody else did not yet; closed: their time
    is over; cancelled; consent: the person's consent does not stand (any more).
    """
    row = found.meeting
    if found.seat is None or found.seat.acknowledged_on is None:
        return "acknowledge"
    if row.status == "cancelled":
        return "cancelled"
    if now >= row.closes:
        return "closed"
    if any(seat.acknowledged_on is None for seat in seats_of(row.id)):
        return "members"
    return "consent" if case is not None and lacks_consent(row.gate, case, day_in_japan(now)) else None


def lacks_consent(gate: str, case: str, today: date) -> bool:
    return why_not(f"meet_{GATES[gate][1]}", case, today) is not None


def names_of_staff() -> dict[str, Any]:
    return {row.id: row for row in Staff.select()}
