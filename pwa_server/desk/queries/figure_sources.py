"""The rows of the yearly report (実績報告, domain.md 1.9): what each counts, and the one query that feeds it.

A source is a query of dated events: when it happened, when it was entered, which thing it is, of which household, and
a tag by which rows tell them apart. A row counts things (each time) or households or persons (each once) of a source.
"""

from dataclasses import dataclass

from ..models.consultations import SOURCE_DOMAINS
from ..models.participation import TAKING_PART
from .plan_fields import ENDS, KINDS

# Steps of taking part that have a row of their own.
PART_STEPS = ("seen", "tried", *TAKING_PART)
TIMES, HOUSEHOLDS, PERSONS = "times", "households", "persons"


@dataclass(frozen=True)
class Source:
    """`sql` selects at, entered, thing, household, tag. `moments`: `at` is a moment in UTC, else a DATE in Japan.

    `begins`: another source; from when that one says something, an empty one of this is a nought.
    """

    sql: str
    moments: bool = False
    begins: str = ""


@dataclass(frozen=True)
class Figure:
    """One row. `small`: it counts households or persons, so that small numbers stay inside the city.

    `adds`: the months of a year add up to the year. `source` "" is what nobody records in Sotto.
    """

    name: str
    unit: str
    source: str
    tags: tuple[str, ...] = ()
    small: bool = False
    adds: bool = True
    below: bool = False  # belongs to the row above it


_PLAN_DAY = "coalesce(nullif(json_extract(content, '$.madeOn'), ''), date(at, '+9 hours'))"
_OPENED = (  # nobody needs it but a list of what came late
    "(select min(received_at) from logentry where \"case\" = casefile.id and type in ('case.opened', 'case.begun'))"
)
SOURCES: dict[str, Source] = {
    "contacts": Source(
        'select occurred_at as at, received_at as entered, id as thing, "case" as household, channel as tag from visit',
        moments=True,
    ),
    "consultations": Source(
        "select coalesce(nullif(json_extract(told_core, '$.receivedOn'), ''), date(at, '+9 hours')) as at,"
        " at as entered, id as thing, id as household,"
        " coalesce(json_extract(told_core, '$.sourceDomain'), '') as tag from consultation"
    ),
    "consultations_over": Source(
        "select ended_at as at, ended_at as entered, id as thing, id as household, state as tag from consultation"
        " where ended_at is not null",
        moments=True,
        begins="consultations",
    ),
    "cases": Source(
        f"select opened_on as at, {_OPENED} as entered, id as thing,"  # noqa: S608 - our own words
        " id as household, '' as tag from casefile"
    ),
    "conferences": Source(
        'select "on" as at, entered, meeting as thing, "case" as household, kind as tag from conference'
        " where status = 'held' and coalesce(\"on\", '') <> ''"
    ),
    "plans": Source(
        f'select {_PLAN_DAY} as at, at as entered, id as thing, "case" as household,'  # noqa: S608 - our own words
        ' case when exists (select 1 from planversion as before where before."case" = planversion."case"'
        " and before.position < planversion.position) then 'again' else 'first' end as tag from planversion"
    ),
    "plan_kinds": Source(
        f"select {_PLAN_DAY} as at, at as entered, planversion.id as thing,"  # noqa: S608 - our own words
        ' "case" as household, kinds.value as tag'
        " from planversion, json_each(planversion.content, '$.kinds') as kinds",
        begins="plans",
    ),
    "plan_decisions": Source(
        'select "on" as at, at as entered, version as thing, "case" as household, result as tag from planstep'
        " where kind = 'decided'"
    ),
    "closings": Source(
        'select "on" as at, at as entered, id as thing, "case" as household, result as tag from caseclosing'
    ),
    "handovers": Source(
        "select at as at, at as entered, id as thing, \"case\" as household, '' as tag from handover"
        " where withdrawn_at is null",
        moments=True,
    ),
    "matches": Source(
        'select begun_on as at, begun_on as entered, id as thing, "case" as household, \'\' as tag from "match"'
    ),
    "match_entries": Source(
        'select "on" as at, at as entered, "match" as thing, "case" as household, coalesce(step, \'\') as tag'
        " from matchentry where not undone"
    ),
    "places": Source(
        "select found_on as at, found_on as entered, id as thing, null as household, '' as tag from opportunity"
    ),
    "host_talks": Source(
        "select \"on\" as at, at as entered, id as thing, null as household, '' as tag"
        " from hostcontact where not undone"
    ),
    "resources": Source(
        "select found_on as at, found_on as entered, id as thing, null as household, '' as tag from resource"
    ),
    "issues": Source(
        'select "on" as at, at as entered, issue as thing, null as household, state as tag from issuestep'
    ),
}


def _contact(name: str) -> tuple[Figure, Figure]:
    """A class of contact, and the households it was with."""
    once = Figure(f"{name}_households", HOUSEHOLDS, "contacts", small=True, adds=False, below=True)
    return Figure(name, TIMES, "contacts"), once


_STEPS = tuple(
    Figure(f"part_{step}", TIMES, "match_entries", (step,), small=True, adds=False, below=True)
    for step in PART_STEPS
)
REPORT: tuple[tuple[str, tuple[Figure, ...]], ...] = (
    (
        "consultation",
        (
            Figure("heard", TIMES, "consultations", small=True),
            Figure("became_cases", TIMES, "consultations_over", ("case",), small=True),
            Figure("ended", TIMES, "consultations_over", ("ended",), small=True),
        ),
    ),
    (
        "multi_agency",
        (
            Figure("consultations", HOUSEHOLDS, "cases", small=True),
            Figure("support_held", TIMES, "conferences", ("support",)),
            Figure("support_times", TIMES, "conferences", ("support",), small=True, below=True),
            Figure(
                "support_cases", HOUSEHOLDS, "conferences", ("support",), small=True, adds=False, below=True
            ),
            Figure("multi_held", TIMES, "conferences", ("multi_agency",)),
            Figure("multi_times", TIMES, "conferences", ("multi_agency",), small=True, below=True),
            Figure(
                "multi_cases",
                HOUSEHOLDS,
                "conferences",
                ("multi_agency",),
                small=True,
                adds=False,
                below=True,
            ),
            Figure("plans_first", TIMES, "plans", ("first",), small=True),
            Figure("plans_again", TIMES, "plans", ("again",), small=True),
            Figure("plans_decided", TIMES, "plan_decisions", ("decided",), small=True, adds=False),
            Figure("closed", TIMES, "closings", small=True),
        ),
    ),
    (
        "outreach",
        (
            Figure("households", HOUSEHOLDS, "contacts", small=True, adds=False),
            Figure("households_new", HOUSEHOLDS, "contacts", small=True, below=True),
            Figure("people", PERSONS, "contacts", small=True, adds=False),
            Figure("people_times", TIMES, "contacts", below=True),
            *_contact("visit"),
            Figure("met", TIMES, "contacts", below=True),
            Figure("met_people", HOUSEHOLDS, "contacts", small=True, adds=False, below=True),
            *_contact("accompaniment"),
            *_contact("phone"),
            *_contact("interview"),
            *_contact("letter"),
            *_contact("agency"),
            *_contact("else"),
            Figure("out_plans", TIMES, "plan_kinds", ("outreach",), small=True),
            Figure("handed_on", TIMES, "handovers", small=True),
        ),
    ),
    (
        "participation",
        (
            Figure("part_people", HOUSEHOLDS, "match_entries", small=True, adds=False),
            Figure("part_new", HOUSEHOLDS, "match_entries", small=True, below=True),
            Figure("part_plans", TIMES, "plan_kinds", ("participation",), small=True),
            Figure("part_matches", TIMES, "matches", small=True),
            *_STEPS,
            Figure("part_places", TIMES, "places"),
            Figure("part_talks", TIMES, "host_talks"),
        ),
    ),
    (
        "community",
        (
            Figure("bases", TIMES, ""),
            Figure("attendance", TIMES, ""),
            Figure("bodies", TIMES, ""),
            Figure("resources_new", TIMES, "resources"),
            Figure("issues_new", TIMES, "issues", ("noticed",), adds=False),
            Figure("issues_shared", TIMES, "issues", ("shared",), adds=False),
        ),
    ),
)
FIGURES: dict[str, Figure] = {one.name: one for _, rows in REPORT for one in rows}
# What is told apart by a code: the source, the codes in the order of the form, and where their words stand. What has no
# code stands under "".
BREAKDOWNS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "domain": ("consultations", (*SOURCE_DOMAINS, ""), "desk.consultation.sourceDomain"),
    "plan_kind": ("plan_kinds", KINDS, "desk.plan.kind"),
    "ending": ("closings", ENDS, "desk.plan.end"),
}
