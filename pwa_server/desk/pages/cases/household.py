"""The household drawn and edited by list: its fields, people, couples, parents, ties; two values; two records as one.

One form a line, so that everything works without a script and nothing is half saved. What was on the form when it was
opened travels along: only what a person changed is written, and only against what they saw.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from ... import actions
from ...core.errors import DeskError
from ...models.office_and_cases import (
    CaseFile,
    CaseMerge,
    Member,
    OfficeOption,
    Parentage,
    Tie,
    TwoValues,
    Union,
)
from ...projections.append_and_apply import new_id
from ...queries.access import demand, may
from ...queries.access_log import note_view
from ...queries.shown import all_shown, is_hidden
from ..layout.form_values import read_day
from ..layout.lookups import books
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk
from . import ecomap, genogram, identity

pages = Blueprint("household", __name__)
ROLES = ("self", "parent", "child", "sibling", "spouse", "grandparent", "grandchild", "other", "unknown")
SEXES = ("unknown", "male", "female", "other")
AGES = ("unknown", "child", "10s", "20s", "30s", "40s", "50s", "60s", "70s", "80s", "elderly")
CERTAIN = ("stated", "inferred", "unknown")
UNIONS = ("married", "common_law", "separated", "divorced", "unknown")
PARENTS = ("birth", "adopted", "step", "unknown")
TIES = ("strong", "normal", "weak", "stress", "broken")
DIRECTIONS = ("none", "out", "in", "both")
OTHERS = ("org", "person", "place")
CHOICES = {"role": ROLES, "sex": SEXES, "ageBand": AGES, "roleCertainty": CERTAIN}
FLAGS = ("index", "inHousehold", "deceased", "keyPerson")
LONGEST = 2000


@pages.get("/cases/<case>/household")
def page(case: str) -> Any:
    row = see_case(case)
    demand(me(), "see", "identity", case)
    note_view(the_desk(), me(), "case", case)
    return render_template(
        "desk/household.html",
        case=row,
        may_write=changes("core", case),
        may_contact=changes("contact", case),
        contact_fields=identity.CONTACT,
        **drawn(case),
        roles=ROLES,
        sexes=SEXES,
        ages=AGES,
        certain=CERTAIN,
        unions_kinds=UNIONS,
        parent_kinds=PARENTS,
        tie_kinds=TIES,
        directions=DIRECTIONS,
        others=OTHERS,
        flags=FLAGS,
        choices=genogram.CHOICES,
        may_settings=changes("settings"),
        **books(),
    )


def drawn(case: str) -> dict[str, Any]:
    """Everything of a household that is drawn, and the drawings."""
    members = _lines_of(Member, case, Member.label)
    parentage, unions = _lines_of(Parentage, case), _lines_of(Union, case)
    ties = _lines_of(Tie, case, Tie.label)
    differ = TwoValues.select().where((TwoValues.case == case) & TwoValues.decided_by.is_null())
    return {
        "genogram_options": options(),
        "members": members,
        "letters": {one.id: one.label for one in members},
        "parentage": parentage,
        "unions": unions,
        "ties": ties,
        "genogram": genogram.draw(members, parentage, g.words, unions, options()),
        "ecomap": ecomap.draw(ties, members, g.words),
        "merges": list(CaseMerge.select().where((CaseMerge.target == case) & ~CaseMerge.undone)),
        "two": [one for one in all_shown(me(), differ) if not is_hidden(one.stands)],
    }


def _lines_of(table: Any, case: str, *order: Any) -> list[Any]:
    """The rows of one table of the household, for whoever may know who lives there."""
    if not may(me(), "see", "identity", case):
        return []
    return all_shown(me(), table.select().where(table.case == case).order_by(*order, table.id))


def options() -> dict[str, Any]:
    row = OfficeOption.get_or_none(OfficeOption.id == "genogram")
    return genogram.USUAL | (dict(row.value) if row else {})


@pages.post("/cases/<case>/household")
def change(case: str) -> Any:
    """`do` says which line of the page it is; each writes one event."""
    see_case(case)
    act = ACTS.get(request.form.get("do", ""))
    if act is None:
        abort(400)
    try:
        anchor = act(case)
    except DeskError as error:
        if error.code not in (
            "same_member",
            "label_missing",
            "reason_missing",
            "not_two_records",
            "malformed",
        ):
            raise
        say(f"desk.error.{error.code}", tone="wrong")
        return redirect(
            url_for("household.page", case=case) + "#" + (request.form.get("at") or "people")[:40]
        )
    return redirect(url_for("household.page", case=case) + f"#{anchor}")


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:LONGEST]


def _one_of(name: str, known: tuple[str, ...]) -> str:
    value = request.form.get(name, "")
    if value not in known:
        raise DeskError("malformed", name)
    return value


def _lines(name: str) -> list[str]:
    return [line.strip() for line in request.form.get(name, "")[: 10 * LONGEST].splitlines() if line.strip()][
        :50
    ]


def _case_fields(case: str) -> str:
    told: dict[str, Any] = {name: _text(name) for name in ("title", "kana", "summary", "preferences")}
    told |= {name: _lines(name) for name in ("worked", "avoid")}
    told["issues"] = [{"no": n, "text": text} for n, text in enumerate(_lines("issues"), 1)]
    changed = {name: value for name, value in told.items() if _spelled(value) != _was(name)}
    if not told["title"]:
        raise DeskError("label_missing")
    actions.change_case(the_desk(), me(), case, changed, _saw())
    say("desk.said.household" if changed else "desk.said.nothing_changed")
    return "fields"


def _spelled(value: Any) -> str:
    """A value as the form spells it."""
    if isinstance(value, list):
        return "\n".join(one["text"] if isinstance(one, dict) else one for one in value)
    return str(value).replace("\r\n", "\n")


def _was(name: str) -> str:
    """What stood in a field when the form was opened."""
    return request.form.get(f"was-{name}", "").replace("\r\n", "\n").strip()


def _saw() -> int:
    text = request.form.get("saw", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _member(case: str) -> str:
    member = request.form.get("member") or None
    told: dict[str, Any] = {name: _one_of(name, known) for name, known in CHOICES.items()}
    told["label"] = _text("label")[:8]
    told["labels"] = _lines("labels")
    told |= {name: bool(request.form.get(name)) for name in FLAGS}
    if not told["label"]:
        raise DeskError("label_missing")
    changed, saw = told, 0
    if member is not None:
        changed, saw = {name: value for name, value in told.items() if _form_of(value) != _was(name)}, _saw()
    member = actions.set_member(the_desk(), me(), case, member, changed, saw)
    say("desk.said.household" if changed else "desk.said.nothing_changed")
    return f"m-{member}"


def _contact(case: str) -> str:
    """Name, reading, birth date, address and telephone of one person."""
    member = _text("member")
    told: dict[str, Any] = {name: _text(name)[:200] for name in identity.CONTACT}
    told["birthDate"] = _day("birthDate")
    changed = {name: value for name, value in told.items() if (value or "") != _was(name)}
    actions.set_member(the_desk(), me(), case, member, changed, _saw())
    say("desk.said.household" if changed else "desk.said.nothing_changed")
    return f"m-{member}"


def _day(name: str) -> str | None:
    text = _text(name)
    if text and read_day(text) is None:
        raise DeskError("malformed", name)
    return text or None


def _form_of(value: Any) -> str:
    return ("1" if value else "") if isinstance(value, bool) else _spelled(value)


def _member_removed(case: str) -> str:
    reason = _text("reason")
    if not reason:
        raise DeskError("reason_missing")
    _draw(case, "member.removed", {"member": _text("member"), "reason": reason})
    return "people"


def _member_merged(case: str) -> str:
    _draw(
        case,
        "member.merged",
        {"member": _text("member"), "into": _text("into") or None, "reason": _text("reason")},
    )
    return "people"


def _union(case: str) -> str:
    _draw(
        case,
        "union.set",
        {
            "union": _text("union") or new_id(),
            "a": _text("a"),
            "b": _text("b"),
            "kind": _one_of("kind", UNIONS),
            "certainty": _one_of("certainty", CERTAIN),
        },
    )
    return "unions"


def _parent(case: str) -> str:
    _draw(
        case,
        "parentage.set",
        {
            "child": _text("child"),
            "parent": _text("parent"),
            "kind": _one_of("kind", PARENTS),
            "certainty": _one_of("certainty", CERTAIN),
        },
    )
    return "parents"


def _tie(case: str) -> str:
    label = _text("label")[:60]
    if not label:
        raise DeskError("label_missing")
    _draw(
        case,
        "tie.set",
        {
            "tie": _text("tie") or new_id(),
            "member": _text("member"),
            "label": label,
            "otherKind": _one_of("other", OTHERS),
            "kind": _one_of("kind", TIES),
            "direction": _one_of("direction", DIRECTIONS),
            "note": _text("note")[:200],
            "certainty": _one_of("certainty", CERTAIN),
        },
    )
    return "ties"


def _taken_away(case: str, type_: str, names: tuple[str, ...], anchor: str) -> str:
    _draw(case, type_, {name: _text(name) for name in names})
    return anchor


def _draw(case: str, type_: str, body: dict[str, Any]) -> None:
    actions.draw(the_desk(), me(), case, type_, body)
    say("desk.said.household")


def _decide(case: str) -> str:
    actions.decide_two_values(the_desk(), me(), _text("two"), _one_of("take", ("stands", "other")))
    say("desk.said.two_decided")
    return "two"


def _merge(case: str) -> str:
    demand(me(), "change", "core", case)  # before the number is looked for
    other = CaseFile.get_or_none(CaseFile.no == _text("no"))
    if other is None:
        raise DeskError("not_two_records")
    actions.merge_cases(the_desk(), me(), other.id, case, _text("reason"))
    say("desk.said.merged", no=other.no)
    return "merge"


def _undo_merge(case: str) -> str:
    actions.undo_merge(the_desk(), me(), _text("merge"), _text("reason"))
    say("desk.said.merge_undone")
    return "merge"


ACTS: dict[str, Callable[[str], str]] = {
    "case": _case_fields,
    "member": _member,
    "contact": _contact,
    "member_removed": _member_removed,
    "member_merged": _member_merged,
    "union": _union,
    "parent": _parent,
    "tie": _tie,
    "two": _decide,
    "merge": _merge,
    "undo_merge": _undo_merge,
    "union_removed": lambda case: _taken_away(case, "union.removed", ("union",), "unions"),
    "parent_removed": lambda case: _taken_away(case, "parentage.removed", ("child", "parent"), "parents"),
    "tie_removed": lambda case: _taken_away(case, "tie.removed", ("tie",), "ties"),
}


@pages.post("/cases/<case>/genogram-options")
def set_options(case: str) -> Any:
    """How this office draws what differs from region to region."""
    told = {name: _one_of(name, known) for name, known in genogram.CHOICES.items()}
    actions.set_option(the_desk(), me(), "genogram", told)
    say("desk.said.household")
    return redirect(url_for("household.page", case=case) + "#options")
