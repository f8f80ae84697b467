"""開示用写し: a case's records cut into paragraphs, each shown or masked with a reason (domain.md 2.5).

What the person said and did is disclosed. Third parties' words and the worker's view are masked until a person decides
otherwise; nothing is masked without a reason. Whose words a quotation is, the name outside its 「」 says; where it says
nothing, and where a danger was judged, nothing is proposed and whoever decides is asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sync.visit_fields import VISIT_FIELDS, texts_at, value_at

from ..core.desk import Desk
from ..core.errors import DeskError
from ..core.tables import among
from ..models.office_and_cases import Member, Visit, VisitVersion
from ..queries.access import VISIT_PARTS, Actor, demand, may
from .act import act

# 個人情報保護法 78条1項 each number; "" is shown.
REASONS = ("78-1", "78-2", "78-3", "78-5", "78-6", "78-7")
HELD_BACK = "held_back"
ASK = "ask"  # nothing is proposed: no copy is made before somebody has decided
REQUESTERS = ("person", "representative")
QUOTED = re.compile('「[^」]*」|『[^』]*』|“[^”]*”|"[^"]*"')
THE_PERSON = ("本人",)
FAMILY = ("母", "父", "兄", "姉", "弟", "妹", "祖母", "祖父", "夫", "妻", "息子", "娘", "子", "孫")
OTHERS = ("おば", "おじ", "親", "家族", "隣", "大家")


@dataclass(frozen=True)
class Paragraph:
    key: str  # version, box, number: a corrected record has other keys
    visit: str
    box: str
    source: str
    text: str
    proposed: str  # reason code, "" to show, ASK
    grid: Any = None  # a grid's answers, told in words by the page


def paragraphs(case: str) -> list[tuple[Any, list[Paragraph]]]:
    """Every record of the case in order of time, with its paragraphs."""
    visits = list(Visit.select().where(Visit.case == case).order_by(Visit.occurred_at, Visit.id))
    versions = VisitVersion.select().where(among(VisitVersion.id, [row.current_version for row in visits]))
    bodies = {row.id: row.body for row in versions}
    names = speakers(case)
    return [(row, list(_of(row, bodies.get(row.current_version, {}), names))) for row in visits]


def speakers(case: str) -> dict[str, bool]:
    """What people of this household are called where they are quoted: true for the person the records are about."""
    names = dict.fromkeys((*FAMILY, *OTHERS), False) | dict.fromkeys(THE_PERSON, True)
    for row in Member.select().where(Member.case == case):
        names |= {name: bool(row.is_index) for name in (row.label, *row.labels) if name}
    return names


def spoken_by(line: str, names: dict[str, bool]) -> str:
    """Of a quoted line: `person`, `third_party`, or `unknown` where it names nobody, or both."""
    outside = QUOTED.sub(" ", line)
    # The longest name first: 祖母 is not 母, and what was found is not looked at again.
    found = set()
    for name in sorted(names, key=len, reverse=True):
        whole = re.compile(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])")
        if whole.search(outside):
            found.add(names[name])
            outside = whole.sub(" ", outside)
    if len(found) != 1:
        return "unknown"
    return "person" if found.pop() else "third_party"


def for_eyes(actor: Actor, case: str, one: Paragraph, author: str) -> Paragraph | None:
    """The paragraph, or None when whoever decides may not read it: then it stays as proposed."""
    return one if may(actor, "see", VISIT_PARTS[one.box], case, author=author) else None


PROPOSED = {"person": "", "third_party": "78-2", "unknown": ASK}


def _of(visit: Any, body: dict[str, Any], names: dict[str, bool]) -> Iterator[Paragraph]:
    for field in VISIT_FIELDS:
        if field.disclosure is None:
            continue
        box, (source, proposed) = field.path, field.disclosure
        if field.kind == "grid":
            grid = value_at(body, box)
            if grid:
                yield Paragraph(f"{visit.current_version} {box} 0", visit.id, box, source, "", proposed, grid)
            continue
        lines = [line.strip() for text in texts_at(field, body) for line in text.splitlines()]
        for number, line in enumerate(line for line in lines if line):
            if field.path == "notes.quote":
                source = spoken_by(line, names)
                proposed = PROPOSED[source]
            yield Paragraph(f"{visit.current_version} {box} {number}", visit.id, box, source, line, proposed)


def decide(
    desk: Desk, actor: Actor, case: str, requester: str, requested_on: str, masks: dict[str, str]
) -> str:
    """Keep what is masked and why. Returns the copy's id. Raises DeskError malformed for a reason that is none."""
    demand(actor, "change", "exports", case)
    demand(actor, "see", "third_party", case)
    told_of = [(row, one) for row, found in paragraphs(case) for one in found]
    keys = [one.key for _, one in told_of]
    # What one may not read, one does not open: it stays as proposed.
    unseen = [one for row, one in told_of if for_eyes(actor, case, one, row.staff) is None]
    masks |= {one.key: "78-7" if one.proposed == ASK else one.proposed for one in unseen}
    if ASK in masks.values():
        raise DeskError("disclosure_undecided")
    if requester not in REQUESTERS or any(reason not in REASONS for reason in masks.values()):
        raise DeskError("malformed", "reason")
    body = {
        "requester": requester,
        "requestedOn": requested_on,
        "paragraphs": keys,
        "masks": {key: masks[key] for key in keys if key in masks},
    }
    return act(desk, actor, "disclosure.decided", body, case).id


def copy_of(actor: Actor, decided: Any) -> list[tuple[Any, list[tuple[Paragraph, str]]]]:
    """What stands in the copy: each paragraph with its reason, or "" where it is shown. A masked one has no text.

    One that was opened and that whoever prints may not read is HELD_BACK: the copy says so, and is printed by another.

    What was corrected or added since has no decision and is not in it.
    """
    known = set(decided.paragraphs)
    found = []
    for visit, parts in paragraphs(decided.case):
        kept = [_masked(one, _reason(actor, decided, visit, one)) for one in parts if one.key in known]
        if kept or not parts:
            found.append((visit, kept))
    return found


def _reason(actor: Actor, decided: Any, visit: Any, one: Paragraph) -> str:
    reason: str = decided.masks.get(one.key, "")
    return reason or ("" if for_eyes(actor, decided.case, one, visit.staff) else HELD_BACK)


def _masked(one: Paragraph, reason: str) -> tuple[Paragraph, str]:
    return (replace(one, text="", grid=None) if reason else one), reason
