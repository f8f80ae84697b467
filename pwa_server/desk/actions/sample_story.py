"""The sample's story from the first word to a closing (domain.md 7.3), through the log like everything else.

The two published households go as far as the publication tells: the first has its conference and a plan, the second
waits for its conference. Of them stands here what was published, and besides only who did what on which invented day.
Consent, an ending and the rest of the road are told of an invented household.
"""
# ruff: noqa: E501 - Japanese letters count double

from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from ..core.clock import JAPAN, stamp
from . import sample_participation as taking
from .sample_cases import DEMO_001, DEMO_002, OFFICE, STAFF, STORY_STAFF

FIRST, SECOND, INVENTED = STORY_CASES = ("demo-001", "demo-002", "demo-007")
SUPERVISOR, WORKER, COLLEAGUE, ADMINISTRATOR = (person[0] for person in STAFF)
COORDINATOR, CHIEF, PARTICIPATION = (person[0] for person in STORY_STAFF[:3])
NAMES = {person[0]: person[1] for person in (*STAFF, *STORY_STAFF)}
LEAD = str(OFFICE["lead"])
ELDERLY, WELFARE = "地域包括支援センター", "自立相談支援機関"
AGENDA = (("secrecy", "13:30"), ("sharing", "13:35"), ("sorting", "13:50"), ("roles", "14:20"))


# Invented households handed over: case, to whom, days ago, the words that arrive.
HANDED = (
    (
        "demo-003",
        "住宅課",
        24,
        "家賃の督促が続く一人暮らしの方がいます。分割の相談は、どの窓口でできますか。",
    ),
    ("demo-004", "教育委員会", 5, "学校を離れて二年になる方がいます。夜でも話を聞ける場はありますか。"),
)


class Teller(Protocol):
    """What the sample's loader can do."""

    today: date

    def write(self, type_: str, case: str | None, body: dict[str, Any], at: str, by: str) -> str: ...


def tell(loader: Teller) -> None:
    story = _Story(loader)
    story.people()
    story.first_household()
    story.second_household()
    story.invented_household()
    story.taking_part()
    story.handing_over()


class _Story:
    def __init__(self, loader: Teller) -> None:
        self.loader = loader

    def day(self, days: int) -> date:
        """So many days from today, and never on a weekend: the working day before, or after for days to come."""
        found = self.loader.today + timedelta(days=days)
        while found.weekday() > 4:
            found += timedelta(days=1 if days > 0 else -1)
        return found

    def write(
        self, type_: str, case: str | None, on: date, by: str, body: dict[str, Any], hour: int = 15
    ) -> str:
        return self.loader.write(type_, case, body, stamp(datetime.combine(on, time(hour), JAPAN)), by)

    def people(self) -> None:
        for staff, name, kana, role, email in STORY_STAFF:
            body = {"staff": staff, "name": name, "kana": kana, "role": role, "email": email}
            self.write("staff.added", None, date(2023, 4, 1), ADMINISTRATOR, body)

    def consultation(self, case: str, on: date, fields: dict[str, Any], notice: str | None = None) -> None:
        answers = {"receivedOn": on.isoformat(), "receivedBy": COORDINATOR, "urgency": "normal", **fields}
        body = {"consultation": f"{case}-told", "notice": notice, "answers": answers}
        self.write("consultation.received", f"{case}-told", on, COORDINATOR, body, 10)
        became = {"consultation": f"{case}-told", "into": case}
        self.write("consultation.became_case", f"{case}-told", on, COORDINATOR, became, 11)

    def planned(self, case: str, on: date, before: date, seats: list[tuple[str, str, str, str]]) -> str:
        """A 支援会議 about one case. `seats`: member, name, organisation, capacity; staff sit under their own id."""
        meeting = f"{case}-table"
        fields = {
            "conference": meeting,
            "kind": "support",
            "gate": "law",
            "on": on.isoformat(),
            "begins": "13:30",
            "ends": "15:00",
            "place": "市役所 3階会議室",
            "convenor": LEAD,
            "chair": NAMES[COORDINATOR],
            "recorder": COORDINATOR,
            "closes": stamp(datetime.combine(on + timedelta(days=7), time(17), JAPAN)),
        }
        self.write("conference.planned", None, before, COORDINATOR, fields, 9)
        self.write(
            "conference.case_set", case, before, COORDINATOR, {"conference": meeting, "taken": True}, 9
        )
        for member, name, organisation, capacity in seats:
            seat: dict[str, Any] = {
                "staff": member if member in NAMES else None,
                "name": name,
                "organisation": organisation,
            }
            seat |= {"capacity": capacity, "cases": [], "seated": True}
            self.write(
                "conference.member_set",
                None,
                before,
                COORDINATOR,
                {"conference": meeting, "member": member, **seat},
                9,
            )
        for topic, begins in AGENDA:
            item = {"conference": meeting, "item": f"{meeting}-{topic}", "begins": begins, "topic": topic}
            body: dict[str, Any] = item | {"text": "", "removed": False}
            self.write("conference.agenda_set", None, before, COORDINATOR, body, 9)
        return meeting

    def noted(self, meeting: str, member: str, how: str, on: date) -> None:
        body = {"conference": meeting, "member": member, "how": how, "on": on.isoformat()}
        self.write("conference.acknowledged", None, on, member if how == "screen" else COORDINATOR, body)

    def held(self, case: str, meeting: str, on: date, attended: list[str], minutes: str) -> None:
        fields = {"conference": meeting, "text": minutes, "replaces": []}
        self.write("conference.minuted", case, on, COORDINATOR, fields)
        body = {"conference": meeting, "on": on.isoformat(), "attended": attended}
        self.write("conference.held", None, on, COORDINATOR, body)

    def decided(self, case: str, meeting: str, on: date, row: int, what: str, staff: str, days: int) -> str:
        decision = f"{meeting}-decision-{row}"
        body = {"conference": meeting, "decision": decision, "what": what, "why": "", "staff": staff}
        named = {"member": "", "until": self.day(days).isoformat(), "followup": None, "agreed": False}
        self.write("conference.decided", case, on, COORDINATOR, body | named)
        return decision

    def plan(self, case: str, drafted: date, agreed: date, decided: date, content: dict[str, Any]) -> str:
        """Drafted, found fitting, decided by the section chief. Returns the version."""
        body = {"plan": f"{case}-plan", "content": content}
        version = self.write("plan.drafted", case, drafted, COORDINATOR, body)
        fields = {"version": version, "on": agreed.isoformat(), "result": "fits", "note": ""}
        self.write("plan.agreed", case, agreed, COORDINATOR, fields)
        fields = {"version": version, "on": decided.isoformat(), "result": "decided", "reason": ""}
        self.write("plan.decided", case, decided, CHIEF, fields)
        return version

    def content(self, case: str, begins: date, ends: date, **fields: Any) -> dict[str, Any]:
        """As `plan_fields.PLAN` has it; goals are (text), actions (goal, what, organisation, staff), roles
        with the lead first.
        """
        goals, actions, roles = fields.pop("goals"), fields.pop("actions"), fields.pop("roles")
        usual: dict[str, Any] = {
            "kinds": ["multi_agency"],
            "madeOn": begins.isoformat(),
            "madeBy": NAMES[COORDINATOR],
        }
        usual |= {"wishes": [], "direction": "", "services": "", "beforeConsent": ""}
        days = {"begins": begins.isoformat(), "ends": ends.isoformat()}
        return (
            usual
            | fields
            | days
            | {
                "goals": [
                    {"id": f"{case}-goal-{n}", "text": text, "until": ends.isoformat()}
                    for n, text in enumerate(goals, 1)
                ],
                "actions": [
                    {
                        "id": f"{case}-action-{n}",
                        "goal": goal,
                        "what": what,
                        "organisation": organisation,
                        "person": NAMES.get(staff, ""),
                        "staff": staff or None,
                        "until": ends.isoformat(),
                        "often": "",
                    }
                    for n, (goal, what, organisation, staff) in enumerate(actions, 1)
                ],
                "roles": [
                    {
                        "lead": n == 0,
                        "organisation": organisation,
                        "person": NAMES.get(staff, ""),
                        "staff": staff or None,
                        "role": role,
                        "contact": "",
                    }
                    for n, (organisation, staff, role) in enumerate(roles)
                ],
            }
        )

    def monitored(
        self, case: str, version: str, on: date, seen: list[tuple[str, str]], next_: str, promise: Any = None
    ) -> None:
        """`seen`: progress and fact, a goal each."""
        items = [
            {"goal": f"{case}-goal-{n}", "progress": progress, "fact": fact}
            for n, (progress, fact) in enumerate(seen, 1)
        ]
        body: dict[str, Any] = {"version": version, "on": on.isoformat(), "method": "meeting", "items": items}
        body |= {"next": next_, "why": "", "nextOn": self.day(60).isoformat() if next_ == "go_on" else None}
        self.write("plan.monitored", case, on, COORDINATOR, body | {"promise": promise, "done": []})

    def taking_part(self) -> None:
        """Places, and an invented household's person who goes to one of them; one question waits for its host."""
        case, by = taking.HOUSEHOLD, PARTICIPATION
        for place, days, entry in taking.PLACES:
            until = (self.loader.today + timedelta(days=days)).isoformat()
            body = {"opportunity": place, "verifiedUntil": until, **entry}
            self.write("opportunity.written", None, self.day(-100), by, body)
        since = self.day(-95)
        self.write("case.assigned", case, since, SUPERVISOR, {"staff": by, "from": since.isoformat()})
        line = {"consent": f"{case}-host", "purpose": "participation", "recipient": "", "scope": ""}
        line |= {"method": "written", "status": "given", "givenBy": "本人", "on": self.day(-90).isoformat()}
        codes = {"to": ["host"], "scopes": ["profile"], "by": "person", "until": None}
        self.write("consent.noted", case, self.day(-90), COORDINATOR, line | codes)
        self.write("profile.written", case, self.day(-90), by, taking.PROFILE)
        for match, place, fits, minds in taking.REASONS:
            body = {"match": match, "opportunity": place, "fits": fits, "minds": minds}
            self.write("match.weighed", case, self.day(-85), by, body)
        for match, ago, step, minutes, person, host, company in taking.STEPS:
            on = self.loader.today - timedelta(days=ago)
            body = {"match": match, "step": step, "on": on.isoformat(), "minutes": minutes, "person": person}
            body |= {"host": host, "company": company, "why": "", "next": "", "nextOn": None}
            self.write("match.stepped", case, on, by, body)
        self.write("match.arranged", case, self.day(-37), by, {"match": taking.MATCH, **taking.ARRANGED})
        for side, period, ago, did, felt, words in taking.HEARD:
            on = self.loader.today - timedelta(days=ago)
            body = {"match": taking.MATCH, "side": side, "period": period, "on": on.isoformat(), "did": did}
            body |= {"felt": felt, "next": "same", "nextOn": None, "personWords": "", "hostWords": ""}
            self.write("match.followed", case, on, by, body | {f"{side}Words": words})
        ago, how, words = taking.TALK
        on = self.loader.today - timedelta(days=ago)
        talk = {"contact": "demo-talk", "opportunity": taking.REPAIR, "on": on.isoformat(), "how": how}
        self.write("host.contacted", None, on, by, talk | {"words": words})

    def handing_over(self) -> None:
        """A question that names nobody, answered; and one whose answer is waited for."""
        asked: dict[str, Any] = {
            "person": "",
            "receiver": None,
            "ground": "unnamed",
            "law": None,
            "reason": "",
            "told": [],
        }
        for place, (case, to, ago, text) in enumerate(HANDED):
            on = self.day(-ago)
            body = asked | {"handover": f"demo-handover-{place}", "to": to, "contact": "", "text": text}
            self.write(
                "handover.sent", case, on, COORDINATOR, body | {"answerBy": self.day(14 - ago).isoformat()}
            )
        answer = {"handover": "demo-handover-0", "answer": "taken", "by": "窓口の係", "how": "phone"}
        on = self.day(-HANDED[0][2] + 5)
        values = {"why": "分割の相談の日を、つなぎ元と決めます。", "on": on.isoformat()}
        self.write("handover.answered", HANDED[0][0], on, COORDINATOR, answer | values)

    def first_household(self) -> None:
        """Told by a section that saw two of three; the conference was held; the plan is made before anybody agreed."""
        received = date.fromisoformat(DEMO_001["intake"]["receivedOn"])
        fields = {
            "means": "phone",
            "consent": "not_asked",
            "sourceOrg": ELDERLY,
            "sourceDomain": "elderly",
            "route": "agency",
            "reason": DEMO_001["household"]["summary"],
            "expected": ["sorting", "roles"],
            "topics": ["health_disability", "housing"],
            "household": DEMO_001["household"]["summary"],
            "judgement": "without_consent",
        }
        self.consultation(FIRST, received, fields)
        before, on = self.day(-76), self.day(-62)
        seats = [
            (COORDINATOR, NAMES[COORDINATOR], LEAD, "進行"),
            (SUPERVISOR, NAMES[SUPERVISOR], LEAD, ""),
            (COLLEAGUE, NAMES[COLLEAGUE], "アウトリーチ支援", ""),
            ("demo-001-elderly", "担当職員", ELDERLY, "つなぎ元"),
        ]
        meeting = self.planned(FIRST, on, before, seats)
        for member in (COORDINATOR, SUPERVISOR, COLLEAGUE):
            self.noted(meeting, member, "screen", on)
        self.noted(meeting, "demo-001-elderly", "paper", on)
        goals = [
            "世帯員の生活実態を確認しながら支援者間で共有し、意思決定支援を行う（生活状況、お金の流れや使い道、草刈りや家の管理・住み替えの検討等）",
            "Cへのアプローチを通じて、障害があるB自身の想いを確認する",
        ]
        self.held(
            FIRST,
            meeting,
            on,
            [seat[0] for seat in seats],
            "世帯の情報や課題を整理し、新たな支援機関を交えて検討した。世帯の支援チームをつくり、支援の方向性のもと役割分担を調整した。",
        )
        self.decided(
            FIRST, meeting, on, 1, "世帯員の生活実態を確認しながら支援者間で共有する", COORDINATOR, 40
        )
        self.decided(FIRST, meeting, on, 2, "Cへのアプローチを通じて、B自身の想いを確認する", COLLEAGUE, 40)
        content = self.content(
            FIRST,
            self.day(-55),
            self.day(120),
            monitorOn=self.day(60).isoformat(),
            issues=[{"whose": "世帯", "what": one["text"], "topic": ""} for one in DEMO_001["issues"]],
            longGoal="チームとして世帯への支援介入",
            direction="意思決定支援、権利擁護、家計管理、住まい、社会参加",
            goals=goals,
            actions=[
                (1, "生活状況、お金の流れや使い道を確認し、支援者間で共有する", LEAD, COORDINATOR),
                (1, "草刈りや家の管理・住み替えを検討する", LEAD, COORDINATOR),
                (2, "Cへのアプローチ", "アウトリーチ支援", COLLEAGUE),
            ],
            roles=[
                (LEAD, COORDINATOR, "支援チームの調整"),
                ("アウトリーチ支援", COLLEAGUE, "Cへのアプローチ"),
                (ELDERLY, "", "つなぎ元"),
            ],
            beforeConsent="支援会議で方向性を決めた。世帯員の意向はこれから確認する。",
        )
        version = self.plan(FIRST, self.day(-55), self.day(-50), self.day(-47), content)
        seen = [
            ("kept", "生活状況の確認を、訪問のたびに支援者間で共有している"),
            ("ahead", "Cと玄関で10分話した（訪問の記録から）"),
        ]
        promise = {"ball": f"{FIRST}-ball", "organisation": "アウトリーチ支援", "person": NAMES[COLLEAGUE]}
        promise |= {
            "staff": COLLEAGUE,
            "what": "草刈りの業者の連絡先を持って行く",
            "until": self.day(6).isoformat(),
        }
        self.monitored(FIRST, version, self.day(-14), seen, "go_on", promise)

    def second_household(self) -> None:
        """A commissioner heard of it; the conference is planned, and not everybody has taken note of secrecy yet."""
        received = date.fromisoformat(DEMO_002["intake"]["receivedOn"])
        noticed = "高齢者への訪問時に、ひきこもり状態の子が心配との話を聞きとった"
        notice = {
            "notice": f"{SECOND}-notice",
            "who": "民生委員",
            "place": "",
            "noticed": noticed,
            "named": "ask",
        }
        self.write("notice.given", None, received - timedelta(days=1), SUPERVISOR, notice)
        answer = {
            "notice": f"{SECOND}-notice",
            "answer": "taken_up",
            "thanks": "知らせてくださりありがとうございます。",
        }
        self.write("notice.answered", None, received, SUPERVISOR, answer, 12)
        fields = {
            "means": "phone",
            "consent": "not_asked",
            "sourceOrg": ELDERLY,
            "sourceDomain": "elderly",
            "route": "agency",
            "discoveredBy": DEMO_002["referral"]["discoveredBy"],
            "reason": noticed,
            "expected": ["conference", "accompanying"],
            "topics": ["withdrawal_school", "family_ties"],
            "household": DEMO_002["household"]["summary"],
            "judgement": "without_consent",
        }
        self.consultation(SECOND, received, fields, f"{SECOND}-notice")
        before, on = self.day(-6), self.day(8)
        seats = [
            (COORDINATOR, NAMES[COORDINATOR], LEAD, "進行"),
            (SUPERVISOR, NAMES[SUPERVISOR], LEAD, ""),
            (WORKER, NAMES[WORKER], "アウトリーチ支援", ""),
            ("demo-002-elderly", "担当職員", ELDERLY, "つなぎ元"),
            ("demo-002-commissioner", "民生委員", "民生委員児童委員協議会", "気づいた人"),
        ]
        meeting = self.planned(SECOND, on, before, seats)
        self.noted(meeting, COORDINATOR, "screen", before)
        self.noted(meeting, "demo-002-elderly", "paper", self.day(-2))
        asked = {"conference": meeting, "request": f"{meeting}-asked", "to": ELDERLY}
        asked |= {"what": "高齢の両親を訪問した経過", "due": self.day(5).isoformat()}
        self.write("conference.asked", SECOND, before, COORDINATOR, asked)
        paper = {"conference": meeting, "material": f"{meeting}-paper", "title": "世帯と課題の整理"}
        text = "\n".join([DEMO_002["household"]["summary"], *(one["text"] for one in DEMO_002["issues"])])
        self.write("conference.material_added", SECOND, before, COORDINATOR, paper | {"text": text})

    def invented_household(self) -> None:
        """The whole road: consent after the conference, plan, decision, monitoring, and the end."""
        received = date(2023, 11, 8)
        fields = {
            "means": "counter",
            "consent": "not_asked",
            "sourceOrg": WELFARE,
            "sourceDomain": "poverty",
            "route": "agency",
            "reason": "公共料金の支払いが遅れている。一人では書類がそろわない。",
            "expected": ["roles", "accompanying"],
            "topics": ["taxes_utilities", "income"],
            "judgement": "without_consent",
        }
        self.consultation(INVENTED, received, fields)
        before, on = self.day(-170), self.day(-160)
        seats = [
            (COORDINATOR, NAMES[COORDINATOR], LEAD, "進行"),
            (SUPERVISOR, NAMES[SUPERVISOR], LEAD, ""),
            ("demo-007-welfare", "担当職員", WELFARE, "つなぎ元"),
        ]
        meeting = self.planned(INVENTED, on, before, seats)
        for member in (COORDINATOR, SUPERVISOR):
            self.noted(meeting, member, "screen", before)
        self.noted(meeting, "demo-007-welfare", "paper", on)
        minutes = "支払いの遅れは三つ。本人は窓口へ行く日を自分で決めたいと話している（つなぎ元から）。同意を得てから分担を決める。"
        self.held(INVENTED, meeting, on, [seat[0] for seat in seats], minutes)
        decision = self.decided(INVENTED, meeting, on, 1, "料金の窓口へ同行する", COORDINATOR, -130)
        line = {
            "consent": f"{INVENTED}-consent",
            "purpose": "sharing",
            "recipient": "支援チーム（関係機関）",
            "scope": "",
            "method": "written",
            "status": "given",
            "givenBy": "本人",
            "on": self.day(-150).isoformat(),
        }
        self.write("consent.noted", INVENTED, self.day(-150), COORDINATOR, line)
        content = self.content(
            INVENTED,
            self.day(-148),
            self.day(-12),
            monitorOn=self.day(-60).isoformat(),
            issues=[
                {"whose": "本人", "what": "家計の見通しが立たず、公共料金の支払いが遅れている。", "topic": ""}
            ],
            wishes=[
                {"whose": "本人", "quote": "「払う順番を自分で決めたい」", "on": self.day(-150).isoformat()}
            ],
            longGoal="毎月の支払いを自分の順番で終える",
            goals=["遅れている支払いの相談を窓口で終える"],
            actions=[(1, "料金の窓口へ同行する", LEAD, COORDINATOR)],
            roles=[(LEAD, COORDINATOR, "窓口への同行"), (WELFARE, "", "家計の相談")],
        )
        version = self.plan(INVENTED, self.day(-148), self.day(-142), self.day(-140), content)
        carried = {"decision": decision, "version": version}
        self.write("conference.decision_carried", INVENTED, self.day(-140), COORDINATOR, carried)
        self.monitored(INVENTED, version, self.day(-60), [("kept", "窓口で分割の相談をした")], "go_on")
        self.monitored(INVENTED, version, self.day(-20), [("ahead", "三つの支払いが終わった")], "closing")
        done = {"ball": f"{INVENTED}-action-1", "how": "done", "until": None, "note": ""}
        self.write("ball.noted", INVENTED, self.day(-20), COORDINATOR, done)
        end = {
            "on": self.day(-9).isoformat(),
            "changes": [
                {"change": "money", "who": "本人", "fact": "三つの支払いが終わり、次の月の分を自分で払った"}
            ],
            "words": "「順番が分かると払える」",
            "result": "reached",
            "stays": [
                {
                    "role": "door",
                    "organisation": WELFARE,
                    "person": "",
                    "what": "困ったときの窓口",
                    "until": None,
                }
            ],
            "untold": "",
        }
        self.write("case.closed", INVENTED, self.day(-9), COORDINATOR, end)
