"""Fills an empty desk with the sample office of domain.md 9, through the log like everything else.

The 57 consultations keep their dates, so the table of domain.md 9.1 holds. The invented timeline keeps its
spacing and weekdays and is moved by whole weeks, so that it ends a week or so before the day it is loaded; open
follow-ups lie around that day. A desk opened today has a household that was met lately, not years ago.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from ..core.clock import JAPAN, stamp
from ..core.desk import Desk
from ..core.errors import DeskError
from ..log.event_log import head
from ..models.office_and_cases import Staff
from ..projections.append_and_apply import make_event, new_id, record
from . import check
from .founding import FIRST_EVENTS
from .sample_cases import (
    ACTIVE,
    DEMO_001,
    DEMO_002,
    NUMBERS,
    OFFICE,
    ORGANISATIONS,
    SAFETY_002,
    STAFF,
    STORY_STAFF,
    TIES_002,
    TIMELINE,
    active_case,
    plain_case,
)
from .sample_learnings import LEARNINGS
from .sample_story import STORY_CASES, tell

SUPERVISOR, WORKER, COLLEAGUE, ADMINISTRATOR = (person[0] for person in STAFF)

# How the 57 consultations fall (domain.md 9.1): class, kind, how many; DEMO-001 is in the first row,
# DEMO-002 in the third, so the counts here are what is left to invent.
TABLE = [
    ("held", "support", 13),
    ("held", "multi_agency", 2),
    ("planned", "support", 6),
    ("planned", "multi_agency", 1),
]


def load(desk: Desk, story: bool = False) -> list[Any]:
    """Load the sample into an empty desk. Returns its people (rows of `Staff`), who have no accounts yet.

    `story`: besides consultations, contacts and follow-ups also what comes before and after them, from the first word
    to a closing (`sample_story`), with the people who do it. Raises DeskError not_empty.
    """
    if head() > 0:
        raise DeskError("not_empty")
    with desk.write():
        loader = Loader(desk, STORY_CASES if story else ())
        loader.load()
        if story:
            tell(loader)
    return [Staff.get_by_id(person[0]) for person in (*STAFF, *(STORY_STAFF if story else ()))]


class Loader:
    """Writes the sample's events. `told`: cases whose conference the story tells."""

    def __init__(self, desk: Desk, fields: tuple[str, ...] = ()) -> None:
        self.desk, self.told = desk, fields
        self.today: date = desk.clock().astimezone(JAPAN).date()
        since = self.today - date.fromisoformat(TIMELINE[-1][0])
        self.moved = timedelta(weeks=since.days // 7 - 1)

    def load(self) -> None:
        start = self.at(date(2023, 4, 1))
        self.write("office.created", None, OFFICE, start, ADMINISTRATOR)
        for staff, name, kana, role, email in STAFF:
            fields = {"staff": staff, "name": name, "kana": kana, "role": role, "email": email}
            self.write("staff.added", None, fields, start, ADMINISTRATOR)
        for type_, body in FIRST_EVENTS:
            self.write(type_, None, body, start, ADMINISTRATOR)
        self.write("numbers.set", None, {"numbers": NUMBERS}, start, ADMINISTRATOR)
        self.first_household()
        self.second_household()
        self.other_consultations()
        for place in range(len(ACTIVE)):
            self.active(place)
        self.learnings()
        self.organisations()

    def organisations(self) -> None:
        """Whom the city entrusts with outreach and with taking part, for this fiscal year. Nobody is placed there:
        the sample's people are the office's own, so that each sees what their role sees.
        """
        first = date(self.today.year - (self.today.month < 4), 4, 1)
        for organisation, name, title in ORGANISATIONS:
            body = {"organisation": organisation, "name": name, "kind": "contractor", "contact": ""}
            self.write("organisation.written", None, {**body, "active": True}, self.at(first), ADMINISTRATOR)
            contract = {
                "contract": f"{organisation}-contract",
                "organisation": organisation,
                "title": title,
                "begins": first.isoformat(),
                "ends": date(first.year + 1, 3, 31).isoformat(),
                "note": "",
            }
            self.write("contract.written", None, contract, self.at(first), ADMINISTRATOR)

    def learnings(self) -> None:
        """What was learned, each written by the worker and read by the supervisor."""
        for days, was_read, body in LEARNINGS:
            at, learning = self.at(self.today - timedelta(days=days)), new_id()
            version = self.write("learning.written", None, {"learning": learning, **body}, at, WORKER)
            if was_read:
                checked = {"learning": learning, "version": version, "result": "reads", "note": ""}
                self.write("learning.checked", None, checked, at, SUPERVISOR)

    def write(self, type_: str, case: str | None, body: dict[str, Any], at: str, by: str) -> str:
        event = make_event(type_, case, body, at)
        check(event)
        return record(self.desk, event, by, by).id

    def at(self, day: date, hour: int = 9, minute: int = 0) -> str:
        return stamp(datetime.combine(day, time(hour, minute), JAPAN))

    def lately(self, on: str) -> date:
        """A day of the invented timeline, as moved."""
        return date.fromisoformat(on) + self.moved

    def around(self, days: int, hour: int = 14, minute: int = 0) -> str:
        return self.at(self.today + timedelta(days=days), hour, minute)

    def open(
        self, body: dict[str, Any], decision: str, kind: str | None, status: str | None, assumed: bool
    ) -> str:
        case = str(body["no"]).lower()
        on = date.fromisoformat(body["intake"]["receivedOn"])
        self.write("case.opened", case, body, self.at(on), SUPERVISOR)
        fields = {"decision": decision, "conferenceKind": kind, "reason": "", "assumed": assumed}
        self.write("triage.decided", case, fields, self.at(on, 15), SUPERVISOR)
        if status is not None and case not in self.told:
            held_on = (on + timedelta(days=60)).isoformat() if status == "held" else None
            fields = {"conference": f"{case}-meeting", "kind": kind, "status": status, "on": held_on}
            self.write("conference.set", case, fields, self.at(on, 16), SUPERVISOR)
        return case

    def assign(self, case: str, staff: str, on: date) -> None:
        self.write("case.assigned", case, {"staff": staff, "from": on.isoformat()}, self.at(on), SUPERVISOR)

    def follow_up(self, case: str, staff: str, at: str, kind: str, with_whom: str, note: str) -> None:
        body = {"followup": new_id(), "at": at, "kind": kind, "with": with_whom, "note": note, "remind": True}
        self.write("followup.scheduled", case, body, self.around(-15), staff)

    def visit(self, case: str, staff: str, at: str, **fields: Any) -> str:
        return self.write("visit.logged", case, visit_body(at, staff, **fields), at, staff)

    def approve(self, case: str, visit: str, at: str) -> None:
        self.write("visit.read", case, {"visit": visit}, at, SUPERVISOR)
        self.write("visit.approved", case, {"visit": visit, "version": visit}, at, SUPERVISOR)

    def first_household(self) -> None:
        case = self.open(DEMO_001, "needs_conference", "support", "held", False)
        self.assign(case, COLLEAGUE, date(2023, 5, 15))
        self.assign(case, WORKER, date(2023, 5, 15))
        flag = {
            "flag": f"{case}-housing",
            "kind": "housing",
            "text": "住居の破損あり。足元に注意。",
            "source": "地域包括",
            "setOn": "2023-05-15",
            "reviewOn": (self.today + timedelta(days=30)).isoformat(),
        }
        self.write("safety.set", case, flag, self.at(date(2023, 5, 15)), SUPERVISOR)
        at = self.around(-20)
        visit = self.visit(
            case,
            COLLEAGUE,
            at,
            channel="visit",
            outcome="met_person",
            stage=4,
            reaction=2,
            notes=("Cと玄関で10分話した。", "C「草刈りは来月でいい」", "", "Cは段取りの話がしやすい。"),
            event="自分の予定を話した",
            hook="草刈りの日取りから入る",
            met=[f"{case}-c"],
            promises=[("草刈りの業者の連絡先を持って行く", 6, "C")],
            today=self.today,
        )
        self.approve(case, visit, self.around(-19))
        self.follow_up(case, WORKER, self.around(3, 10), "visit", "person", "草刈りの連絡先を届ける")

    def second_household(self) -> None:
        case = self.open(DEMO_002, "needs_conference", "support", "planned", True)
        self.assign(case, WORKER, self.lately(TIMELINE[0][0]))
        for place, (kind, text, source, on) in enumerate(SAFETY_002):
            flag = {
                "flag": f"{case}-{place}",
                "kind": kind,
                "text": text,
                "source": source,
                "setOn": self.lately(on).isoformat(),
                "reviewOn": (self.today + timedelta(days=20 + 40 * place)).isoformat(),
            }
            self.write("safety.set", case, flag, self.at(self.lately(on)), SUPERVISOR)
        for place, (label, other, kind, direction, note) in enumerate(TIES_002):
            tie = {
                "tie": f"{case}-tie-{place}",
                "member": "",
                "label": label,
                "otherKind": other,
                "kind": kind,
                "direction": direction,
                "note": note,
                "certainty": "stated",
            }
            self.write("tie.set", case, tie, self.at(date(2023, 6, 7)), SUPERVISOR)
        for row in TIMELINE:
            self.timeline(case, row)
        body = {
            "preferences": "午後、短い時間。呼び鈴は一回。",
            "worked": ["鉄道模型の話", "手紙を先に出す"],
            "avoid": ["仕事・受診の話をこちらから出さない"],
        }
        self.write(
            "case.noted", case, body, self.at(self.lately(TIMELINE[-1][0]) + timedelta(days=1)), WORKER
        )
        self.follow_up(case, WORKER, self.around(0, 14), "visit", "person", "色見本を持って行く")

    def timeline(self, case: str, row: tuple[Any, ...]) -> None:
        on, channel, outcome, stage, reaction, fact, quote, third, view, event, hook, interests = row
        at = self.at(self.lately(on), 14)
        met = {"met_person": ["d"], "voice_through_door": ["d"], "met_family_only": ["a", "b"]}.get(
            outcome, []
        )
        last = on == TIMELINE[-1][0]
        visit = self.visit(
            case,
            WORKER,
            at,
            channel=channel,
            outcome=outcome,
            stage=stage,
            reaction=reaction,
            notes=(fact, quote, third, view),
            event=event,
            hook=hook,
            interests=interests,
            met=[f"{case}-{one}" for one in met],
            planned=_planned(outcome),
            promises=[("通販の注文のしかたを紙に書いて渡す", 0, "D"), ("色見本を借りてくる", 5, "D")]
            if last
            else [],
            today=self.today,
        )
        if not last:
            self.approve(case, visit, self.at(self.lately(on) + timedelta(days=1)))

    def active(self, place: int) -> None:
        no, _, _, label, _, (kind, text), hook = ACTIVE[place]
        case = no.lower()
        staff = WORKER if place < 3 else COLLEAGUE
        self.assign(case, staff, date(2023, 9, 1))
        flag = {
            "flag": f"{case}-flag",
            "kind": kind,
            "text": text,
            "source": "初回訪問",
            "setOn": "2023-09-04",
            "reviewOn": (self.today + timedelta(days=10 * place - 5)).isoformat(),
        }
        self.write("safety.set", case, flag, self.at(date(2023, 9, 4)), SUPERVISOR)
        first = self.visit(
            case,
            staff,
            self.around(-28 - place, 13),
            channel="visit",
            outcome="not_met_left_note",
            stage=2,
            reaction=0,
            notes=("応答なし。短い手紙を残した。", "", "", "時間帯を変えてみる。"),
            event="",
            hook=hook,
            met=[],
            promises=[],
            today=self.today,
        )
        self.approve(case, first, self.around(-27))
        second = self.visit(
            case,
            staff,
            self.around(-9 + place, 13, 30),
            channel="visit",
            outcome=("voice_through_door", "met_person", "met_family_only", "met_person")[place],
            stage=(3, 4, 2, 4)[place],
            reaction=(1, 2, 0, 2)[place],
            notes=(
                f"{label}の様子を確かめた。15分で切り上げた。",
                "「また来るなら火曜がいい」",
                "",
                "声の調子は前より落ち着いている。",
            ),
            event="次に来てよい日を言った",
            hook=hook,
            met=[f"{case}-p"],
            promises=[("手続きの紙を持って行く", 2 + place, label)],
            today=self.today,
        )
        if place == 1:
            body = {
                "visit": second,
                "version": second,
                "review": new_id(),
                "field": "notes.view",
                "question": "「落ち着いている」と見たのは、どの様子からですか。",
            }
            self.write("visit.read", case, {"visit": second}, self.around(-6), SUPERVISOR)
            self.write("visit.returned", case, body, self.around(-6, 15), SUPERVISOR)
        days, hour = ((-3, 15), (0, 10), (1, 11), (-1, 14))[place]
        self.follow_up(case, staff, self.around(days, hour), "visit", "us", hook)

    def other_consultations(self) -> None:
        number = 3
        for status, kind, count in TABLE:
            for _ in range(count):
                body = active_case(number - 3) if number - 3 < len(ACTIVE) else plain_case(number)
                self.open(body, "needs_conference", kind, status, False)
                number += 1
        while number <= 57:
            self.open(plain_case(number), "existing_network", None, None, False)
            number += 1


def visit_body(
    at: str,
    staff: str,
    *,
    channel: str,
    outcome: str,
    stage: int | None,
    reaction: int | None,
    notes: tuple[str, str, str, str],
    event: str,
    hook: str,
    met: list[str],
    promises: list[tuple[str, int, str]],
    today: date,
    interests: list[str] | None = None,
    planned: str = "as_planned",
) -> dict[str, Any]:
    """The body of a `visit.logged` (EVENTS.md)."""
    fact, quote, third, view = notes
    return {
        "occurredAt": at,
        "channel": channel,
        "planned": planned,
        "outcome": outcome,
        "metWith": met,
        "alone": True,
        "staff": [staff],
        "topics": interests or [],
        "interests": interests or [],
        "reaction": reaction,
        "stage": stage,
        "stageEvent": event,
        "notes": {"fact": fact, "quote": quote, "thirdParty": third, "view": view},
        "living": {},
        "risk": {},
        "riskCall": None,
        "left": {"what": "", "taken": ""},
        "hook": hook,
        "reflection": "",
        "promises": [
            {"id": new_id(), "text": text, "due": (today + timedelta(days=days)).isoformat(), "to": to}
            for text, days, to in promises
        ],
        "checklist": None,
        "photos": [],
    }


def _planned(outcome: str) -> str:
    return "cancelled" if outcome.startswith("cancelled_") else "as_planned"
