"""The rooms of a case beside its contacts, for `bench.desk_load`: consultation, conference, plan, closing.
All invented.

Every case began with a consultation; half as many more ended at once. Cases that need a conference sit three to a
meeting of one kind. Two cases in five have a plan the city decided, in two versions, monitored twice; half of what is
no longer visited is closed.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pwa_server.desk.actions.sample_cases import CONCERNS, REFERRERS
from pwa_server.desk.core.clock import JAPAN, stamp
from pwa_server.desk.models.consultations import BY_NAME
from pwa_server.desk.queries.consultation_form import read

Event = tuple[str, str | None, dict[str, Any], datetime, str, str | None]  # type, case, body, at, by, id

BY = "super-1"
AT_ONE_TABLE = 3  # cases of one meeting
SEATS = 8
OPEN_NOW = 200  # consultations nobody has decided about
KINDS = {"support": "law", "multi_agency": "consent"}
SAID = "「この先が心配」「書類が読めない」「夜は眠れない」".replace("」「", "」\n「")
TOPICS = ("secrecy", "sharing", "sorting", "roles")


def day(at: datetime) -> str:
    return at.astimezone(JAPAN).date().isoformat()


def kind_of(n: int) -> str | None:
    """Of a case's main conference; alike for the cases that sit at one table."""
    return (None, "support", "multi_agency", "support")[(n - 1) // AT_ONE_TABLE % 4]


def is_held(n: int) -> bool:
    return (n - 1) // AT_ONE_TABLE % 5 < 3


def consultations(n: int, first: datetime, now: datetime, chance: random.Random) -> Iterator[Event]:
    """The one a case began with, sometimes one that ended at once, and a few that are open now."""
    yield from _taken(f"case-{n:05d}", n, first, chance)
    yield (
        "consultation.became_case",
        f"case-{n:05d}",
        _of(f"case-{n:05d}", into=f"case-{n:05d}"),
        first,
        BY,
        None,
    )
    if n % 2:
        ended = f"told-{n:05d}"
        yield from _taken(ended, n, first, chance)
        yield "consultation.ended", ended, _of(ended, how="information", note=""), first, BY, None
    if n <= OPEN_NOW:
        yield from _taken(f"open-{n:05d}", n, now - timedelta(hours=n), chance)


def _of(consultation: str, **told: Any) -> dict[str, Any]:
    return {"consultation": consultation, **told}


def _taken(consultation: str, n: int, at: datetime, chance: random.Random) -> Iterator[Event]:
    told = {
        "receivedOn": day(at),
        "means": chance.choice(BY_NAME["means"].codes),
        "consent": chance.choice(BY_NAME["consent"].codes),
        "urgency": chance.choice(BY_NAME["urgency"].codes),
        "sourceOrg": chance.choice(REFERRERS),
        "reason": chance.choice(CONCERNS),
        "topics": chance.sample(BY_NAME["topics"].codes, 3),
        "personComplaint": SAID,
        "name": f"見本 {n}",
        "reading": f"みほん{n}",
        "address": f"中央{n % 40}丁目{n}番地",
        "telephone": f"000-{n:04d}-{n % 10000:04d}",
    }
    answers = {name: value for name, value in read(told)[0].items() if value}
    yield "consultation.received", consultation, _of(consultation, notice=None, answers=answers), at, BY, None


def conference(n: int, of: int, now: datetime, chance: random.Random) -> Iterator[Event]:
    """After the last case of a table: their meeting, with members, papers, minutes and decisions. `of`: all cases."""
    kind = kind_of(n)
    if kind is None or (n % AT_ONE_TABLE and n != of):
        return
    meeting = f"meeting-{n:05d}"
    cases = [f"case-{one:05d}" for one in range((n - 1) // AT_ONE_TABLE * AT_ONE_TABLE + 1, n + 1)]
    held = is_held(n)
    on = now + timedelta(days=-chance.randint(1, 900) if held else chance.randint(1, 60))
    at = on - timedelta(days=100)
    told = {
        "on": day(on),
        "begins": "13:30",
        "ends": "15:00",
        "place": "市役所 3階",
        "convenor": "福祉総務課",
        "chair": "確認 一",
        "recorder": BY,
        "closes": stamp(on + timedelta(days=1)),
    }
    planned = {"conference": meeting, "kind": kind, "gate": KINDS[kind], **told}
    yield "conference.planned", None, planned, at, BY, None
    for case in cases:
        yield "conference.case_set", case, {"conference": meeting, "taken": True}, at, BY, None
    members = [BY, *(f"worker-{(n + place) % 40}" for place in range(SEATS - 1))]
    for member in members:
        seat = {"staff": member, "name": member, "organisation": chance.choice(REFERRERS), "capacity": "委員"}
        seat |= {"conference": meeting, "member": member, "cases": [], "seated": True}
        yield "conference.member_set", None, seat, at, BY, None
        noted = {"conference": meeting, "member": member, "how": "screen", "on": day(at)}
        yield "conference.acknowledged", None, noted, at, member, None
    for place, topic in enumerate(TOPICS):
        item = {"conference": meeting, "item": f"{meeting}-{place}", "begins": "13:30", "topic": topic}
        yield "conference.agenda_set", None, item | {"text": "", "removed": False}, at, BY, None
    for case in cases:
        yield from _at_the_table(case, meeting, on, held, chance)
    if held:
        attended = {"conference": meeting, "on": day(on), "attended": members}
        yield "conference.held", None, attended, on, BY, None


def _at_the_table(
    case: str, meeting: str, on: datetime, held: bool, chance: random.Random
) -> Iterator[Event]:
    paper = {"conference": meeting, "material": f"{case}-paper", "title": "世帯の整理"}
    yield "conference.material_added", case, paper | {"text": chance.choice(CONCERNS) * 8}, on, BY, None
    asked = {"conference": meeting, "request": f"{case}-asked", "to": chance.choice(REFERRERS)}
    yield "conference.asked", case, asked | {"what": "これまでの関わり", "due": day(on)}, on, BY, None
    if not held:
        return
    told = {"conference": meeting, "text": chance.choice(CONCERNS) * 12, "replaces": []}
    yield "conference.minuted", case, told, on, BY, f"{case}-minutes"
    for place in range(2):
        row = {
            "conference": meeting,
            "decision": f"{case}-decided-{place}",
            "what": "窓口に同行する",
            "why": chance.choice(CONCERNS),
            "staff": f"worker-{place}",
            "member": "",
            "until": day(on + timedelta(days=30)),
            "followup": None,
            "agreed": place == 1,
        }
        yield "conference.decided", case, row, on, BY, None


def plan(n: int, worker: str, first: datetime, now: datetime, chance: random.Random) -> Iterator[Event]:
    """Two cases in five: two versions, what the conference found, the city's decision, two looks at the goals."""
    if n % 5 > 1:
        return
    case = f"case-{n:05d}"
    step = (now - first) / 6
    agreed = {
        "consent": f"{case}-agreed",
        "purpose": "sharing",
        "recipient": "",
        "to": ["agencies"],
        "scope": "",
    }
    agreed |= {"scopes": ["all"], "method": "written", "status": "given", "givenBy": "", "by": "person"}
    yield "consent.noted", case, agreed | {"on": day(first + step), "until": None}, first + step, BY, None
    content = _content(case, worker, first + step, now, chance)
    written = {"plan": f"{case}-plan", "content": content}
    yield "plan.drafted", case, written, first + step, BY, f"{case}-plan-1"
    changed = content | {"longGoal": "自分の時間割で暮らす"}
    told = written | {"content": changed, "replaces": f"{case}-plan-1", "what": "長い目標を書き直した"}
    version = f"{case}-plan-2"
    yield "plan.changed", case, told, first + 2 * step, BY, version
    for place, (type_, result, words) in enumerate(
        (("plan.agreed", "fits", "note"), ("plan.decided", "decided", "reason")), 2
    ):
        at = first + place * step
        yield (
            type_,
            case,
            {"version": version, "on": day(at), "result": result, words: ""},
            at,
            "chief-1",
            None,
        )
    for place in (4, 5):
        at = first + place * step
        items = [
            {"goal": one["id"], "progress": chance.choice(("ahead", "kept", "back")), "fact": "窓口で話せた"}
            for one in content["goals"]
        ]
        seen = {
            "version": version,
            "on": day(at),
            "method": "visit",
            "items": items,
            "next": "go_on",
            "why": "",
        }
        promise = {
            "ball": f"{case}-ball-{place}",
            "organisation": "社会福祉協議会",
            "person": "",
            "staff": None,
        }
        promise |= {"what": "窓口に同行する", "until": day(at + timedelta(days=40))}
        seen |= {
            "nextOn": day(at + timedelta(days=60)),
            "promise": promise,
            "done": [f"{case}-ball-{place - 1}"],
        }
        yield "plan.monitored", case, seen, at, worker, None


def _content(case: str, worker: str, at: datetime, now: datetime, chance: random.Random) -> dict[str, Any]:
    """As `plan_fields.PLAN` has it: three issues, two goals, four actions, three roles."""
    until = day(now + timedelta(days=chance.randint(-30, 150)))
    actions = [
        {
            "id": f"{case}-action-{place}",
            "goal": 1 + place % 2,
            "what": "書類を一緒に確かめる",
            "organisation": chance.choice(REFERRERS),
            "person": "",
            "staff": worker if place == 0 else None,
            "until": day(now + timedelta(days=chance.randint(-30, 150))),
            "often": "月1回",
        }
        for place in range(4)
    ]
    roles = [
        {
            "lead": place == 0,
            "organisation": chance.choice(REFERRERS),
            "person": "",
            "staff": None,
            "role": "家計の相談",
            "contact": "000-0000-0000",
        }
        for place in range(3)
    ]
    return {
        "kinds": ["multi_agency"],
        "madeOn": day(at),
        "madeBy": "確認 一",
        "issues": [{"whose": "世帯", "what": text, "topic": ""} for text in chance.sample(CONCERNS, 3)],
        "wishes": [{"whose": "本人", "quote": "「静かに暮らしたい」", "on": day(at)}],
        "longGoal": "落ち着いて暮らす",
        "direction": "",
        "goals": [
            {"id": f"{case}-goal-{place}", "text": "手続きを一つ終える", "until": until} for place in range(2)
        ],
        "actions": actions,
        "roles": roles,
        "services": "",
        "begins": day(at),
        "ends": until,
        "monitorOn": until,
        "beforeConsent": "",
    }


def closing(n: int, now: datetime) -> Iterator[Event]:
    """Half of what is no longer visited."""
    if n % 2:
        return
    at = now - timedelta(days=1 + n % 300)
    told = {
        "on": day(at),
        "changes": [{"change": "money", "who": "本人", "fact": "督促がなくなった"}],
        "words": "",
        "result": "reached",
        "stays": [
            {
                "role": "watch",
                "organisation": "民生委員",
                "person": "",
                "what": "ときどき声をかける",
                "until": None,
            }
        ],
        "untold": "",
    }
    yield "case.closed", f"case-{n:05d}", told, at, BY, None
