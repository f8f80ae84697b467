"""What stands on the person's consent: meetings planned, cases other bodies were given, hand-overs, the plan.

A withdrawal shows it before it is kept, and ends it in the same act; what lost its ground otherwise (a last day that is
over, a no said to a phone) is listed for a person.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..core.desk import Desk
from ..models.conferences import Meeting
from ..models.handovers import CONSENT
from ..models.households import AGENCIES
from ..models.office_and_cases import Assignment, Conference, Consent, Staff
from ..models.opportunities import Opportunity
from ..models.participation import STEPS, Match
from .gates import OTHER_BODIES, TELLS, telling_to, why_not
from .handovers import of_case, stopped
from .plans import decided


@dataclass(frozen=True)
class Standing:
    """`kind`: meeting | assigned | handover | plan | match. `id`: of the meeting, person, hand-over, version, match."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True)
class Need:
    """What an act asks for: `consent` to these scopes for these recipients; `instead`: what may stand in its place."""

    act: str
    scopes: tuple[str, ...]
    to: tuple[str, ...]
    instead: tuple[str, ...] = ()


def needs() -> list[Need]:
    """Every act that tells another body, and what it needs: the table that the page and the manual show."""

    def of(act: str, values: Any, *instead: str) -> Need:
        return Need(act, tuple(sorted(values.scopes)), tuple(sorted(values.recipients)), instead)

    agency, commissioner = (telling_to("", role) for role in OTHER_BODIES)
    if agency is None or commissioner is None:
        raise LookupError(OTHER_BODIES)  # cannot be: they are the ones that are asked
    return [
        Need("meet_support", (), (), ("secrecy",)),
        of("meet_multi_agency", TELLS["meet_multi_agency"]),
        of("plan", TELLS["plan"], "reason"),
        Need("assign_agency", tuple(sorted(agency.scopes)), (AGENCIES, "named"), ("support_member",)),
        Need(
            "assign_commissioner",
            tuple(sorted(commissioner.scopes)),
            (AGENCIES, "named"),
            ("support_member",),
        ),
        of("print", TELLS["print"], "secrecy"),
        Need("export", (), (), ("numbers",)),
        of("host", TELLS["host"]),
        Need("hand_over", ("told",), (AGENCIES, "named"), ("law", "unnamed")),
    ]


def standing(case: str, today: date) -> list[Standing]:
    """What stands on consent now and may go on, in one case."""
    found = [
        Standing("meeting", row.id, row.on)
        for row in _planned(case)
        if why_not("meet_multi_agency", case, today) is None
    ]
    found += [
        Standing("assigned", person.id, person.name)
        for person in _of_other_bodies(case)
        if why_not("assign", case, today, to=person.id) is None
    ]
    rows = [row for row in of_case(case) if row.ground == CONSENT and not stopped(row, today)]
    found += [Standing("handover", row.id, row.to) for row in rows]
    if why_not("host", case, today) is None:
        found += [Standing("match", row.id, name) for row, name in _told_hosts(case)]
    version = decided(case)
    if version and not version.content["beforeConsent"] and why_not("plan", case, today) is None:
        found.append(Standing("plan", version.id, version.content["ends"]))
    return found


def stops(desk: Desk, consent: Any) -> list[Standing]:
    """What a withdrawal of this line would stop. Tried out, and undone."""
    today = desk.today()
    with desk.write(), desk.db.atomic() as trial:
        before = standing(consent.case, today)
        Consent.update(withdrawn_on=today.isoformat()).where(Consent.id == consent.id).execute()
        after = set(standing(consent.case, today))
        trial.rollback()
    return [one for one in before if one not in after]


def groundless(today: date) -> list[Any]:
    """Running assignments of people of other bodies whose ground is gone."""
    rows = (
        Assignment.select()
        .join(Staff, on=(Staff.id == Assignment.staff))
        .where(Assignment.until_at.is_null() & Staff.role.in_(OTHER_BODIES))
    )
    return [row for row in rows if why_not("assign", row.case, today, to=row.staff)]


def _planned(case: str) -> list[Any]:
    """Meetings by consent that have this case on their table and were not held."""
    taken = Conference.select(Conference.meeting).where(
        (Conference.case == case) & (Conference.status == "planned")
    )
    rows = Meeting.select().where(
        Meeting.id.in_(taken) & (Meeting.status == "planned") & (Meeting.gate == "consent")
    )
    return list(rows.order_by(Meeting.on, Meeting.id))


def _told_hosts(case: str) -> list[tuple[Any, str]]:
    """Matches whose host was asked, and the names of the places."""
    rows = Match.select().where((Match.case == case) & Match.step.in_(STEPS[1:]))
    names = {row.id: row.name for row in Opportunity.select(Opportunity.id, Opportunity.name)}
    return [(row, names.get(row.opportunity, "")) for row in rows.order_by(Match.id)]


def _of_other_bodies(case: str) -> list[Any]:
    running = Assignment.select(Assignment.staff).where(
        (Assignment.case == case) & Assignment.until_at.is_null()
    )
    rows = Staff.select().where(Staff.id.in_(running) & Staff.role.in_(OTHER_BODIES))
    return list(rows.order_by(Staff.kana, Staff.id))
