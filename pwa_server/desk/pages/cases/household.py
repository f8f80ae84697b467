"""The household drawn and edited by list: its fields, people, couples, parents, ties; two values; two records as one.

One form a line, so that everything works without a script and nothing is half saved. What was on the form when it was
opened travels along: only what a person changed is written, and only against what they saw.
"""

from collections.abc import Callable
from typing import Annotated, Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from pydantic import Field

from ... import actions
from ...core.errors import DeskError
from ...models.consultations import AGES, SEXES
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
from ..layout.forms import Day, Form, Id, Line, Text, Tick, at_field, checked, most, one_of, sent, typed_names
from ..layout.lookups import books
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk
from . import ecomap, genogram, identity

pages = Blueprint("household", __name__)
ROLES = ("self", "parent", "child", "sibling", "spouse", "grandparent", "grandchild", "other", "unknown")
CERTAIN = ("stated", "inferred", "unknown")
UNIONS = ("married", "common_law", "separated", "divorced", "unknown")
PARENTS = ("birth", "adopted", "step", "unknown")
TIES = ("strong", "normal", "weak", "stress", "broken")
DIRECTIONS = ("none", "out", "in", "both")
OTHERS = ("org", "person", "place")
MOST_LINES = 50
Lines = Annotated[str, most(20_000)]  # one a line


class Button(Form):
    """`do`: which line of the page it is; `at`: where on the page it stands."""

    do: Id = ""
    at: Annotated[str, most(40)] = "people"


class Saw(Form):
    """`saw`: how far the log went when the form was drawn."""

    saw: Id = ""


class CaseFields(Saw):
    title: Line = ""
    kana: Line = ""
    summary: Text = ""
    preferences: Text = ""
    worked: Lines = ""
    avoid: Lines = ""
    issues: Lines = ""


class Person(Saw):
    member: Id = ""
    label: Annotated[str, most(8)] = ""
    labels: Lines = ""
    role: Annotated[str, one_of(ROLES)]
    sex: Annotated[str, one_of(SEXES)]
    age_band: Annotated[str, one_of(AGES)] = Field(alias="ageBand")
    certainty: Annotated[str, one_of(CERTAIN)] = Field(alias="roleCertainty")
    index: Tick = False
    in_household: Tick = Field(False, alias="inHousehold")
    deceased: Tick = False
    key_person: Tick = Field(False, alias="keyPerson")


FLAGS = tuple(one.alias or name for name, one in Person.model_fields.items() if one.annotation is bool)


class Contact(Saw):
    member: Id = ""
    name: Line = ""
    reading: Line = ""
    birth_date: Day = Field(None, alias="birthDate")
    address: Line = ""
    telephone: Line = ""


class Removed(Form):
    member: Id = ""
    reason: Text = ""


class Merged(Removed):
    into: Id = ""


class Couple(Form):
    union: Id = ""
    a: Id = ""
    b: Id = ""
    kind: Annotated[str, one_of(UNIONS)]
    certainty: Annotated[str, one_of(CERTAIN)]


class Parent(Form):
    child: Id = ""
    parent: Id = ""
    kind: Annotated[str, one_of(PARENTS)]
    certainty: Annotated[str, one_of(CERTAIN)]


class Drawn(Form):
    """A tie to somebody or something outside the household."""

    tie: Id = ""
    member: Id = ""
    label: Annotated[str, most(60)] = ""
    other: Annotated[str, one_of(OTHERS)]
    kind: Annotated[str, one_of(TIES)]
    direction: Annotated[str, one_of(DIRECTIONS)]
    note: Annotated[str, most(200)] = ""
    certainty: Annotated[str, one_of(CERTAIN)]


class Decision(Form):
    two: Id = ""
    take: Annotated[str, one_of(("stands", "other"))]


class Joined(Form):
    no: Line = ""
    reason: Text = ""


class Apart(Form):
    merge: Id = ""
    reason: Text = ""


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


DRAWINGS = ("genogram", "genogram_options", "ecomap")  # of what `drawn` gives, the pictures


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
    button = sent(Button)
    if button.do not in ACTS:
        abort(400)
    shape, act = ACTS[button.do]
    back = url_for("household.page", case=case)
    form = checked(shape, f"{back}#{button.at or 'people'}", "desk.error.malformed")
    try:
        anchor = act(case, form)
    except DeskError as error:
        if error.code not in FIELD_OF:
            raise
        again = f"{back}#{button.at or 'people'}"
        field = error.detail if error.detail in shape.model_fields else FIELD_OF[error.code]
        raise at_field(again, field, f"desk.error.{error.code}") from None
    return redirect(f"{back}#{anchor}")


# What an act may find wrong, and beside which field it is said.
FIELD_OF = {
    "same_member": "b",
    "label_missing": "label",
    "reason_missing": "reason",
    "not_two_records": "no",
    "malformed": "",
}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:MOST_LINES]


def _case_fields(case: str, form: CaseFields) -> str:
    fields: dict[str, Any] = form.model_dump(include={"title", "kana", "summary", "preferences"})
    fields |= {name: _lines(getattr(form, name)) for name in ("worked", "avoid")}
    fields["issues"] = [{"no": n, "text": text} for n, text in enumerate(_lines(form.issues), 1)]
    changed = {name: value for name, value in fields.items() if _spelled(value) != _was(name)}
    if not fields["title"]:
        raise DeskError("label_missing", "title")
    actions.change_case(the_desk(), me(), case, changed, _saw(form))
    say("desk.said.household" if changed else "desk.said.nothing_changed")
    return "fields"


def _spelled(value: Any) -> str:
    """A value as the form spells it."""
    if isinstance(value, list):
        return "\n".join(one["text"] if isinstance(one, dict) else one for one in value)
    return str(value).replace("\r\n", "\n")


def _was(name: str) -> str:
    """What stood in a field when the form was opened."""
    before: str = typed_names([f"was-{name}"])[f"was-{name}"]
    return before.strip()


def _saw(form: Saw) -> int:
    text = form.saw
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _member(case: str, form: Person) -> str:
    fields: dict[str, Any] = form.model_dump(by_alias=True, exclude={"member", "saw"})
    fields["labels"] = _lines(form.labels)
    if not form.label:
        raise DeskError("label_missing")
    changed, saw = fields, 0
    if form.member:
        changed = {name: value for name, value in fields.items() if _form_of(value) != _was(name)}
        saw = _saw(form)
    member = actions.set_member(the_desk(), me(), case, form.member or None, changed, saw)
    say("desk.said.household" if changed else "desk.said.nothing_changed")
    return f"m-{member}"


def _contact(case: str, form: Contact) -> str:
    """Name, reading, birth date, address and telephone of one person."""
    fields: dict[str, Any] = form.model_dump(
        by_alias=True, include=set(Contact.model_fields) - {"member", "saw"}
    )
    fields["birthDate"] = form.birth_date.isoformat() if form.birth_date else None
    changed = {name: value for name, value in fields.items() if (value or "") != _was(name)}
    actions.set_member(the_desk(), me(), case, form.member, changed, _saw(form))
    say("desk.said.household" if changed else "desk.said.nothing_changed")
    return f"m-{form.member}"


def _form_of(value: Any) -> str:
    return ("1" if value else "") if isinstance(value, bool) else _spelled(value)


def _member_removed(case: str, form: Removed) -> str:
    if not form.reason:
        raise DeskError("reason_missing")
    _draw(case, "member.removed", {"member": form.member, "reason": form.reason})
    return "people"


def _member_merged(case: str, form: Merged) -> str:
    body = {"member": form.member, "into": form.into or None, "reason": form.reason}
    _draw(case, "member.merged", body)
    return "people"


def _union(case: str, form: Couple) -> str:
    _draw(case, "union.set", form.model_dump() | {"union": form.union or new_id()})
    return "unions"


def _parent(case: str, form: Parent) -> str:
    _draw(case, "parentage.set", form.model_dump())
    return "parents"


def _tie(case: str, form: Drawn) -> str:
    if not form.label:
        raise DeskError("label_missing")
    body = form.model_dump(exclude={"other"}) | {"tie": form.tie or new_id(), "otherKind": form.other}
    _draw(case, "tie.set", body)
    return "ties"


def _draw(case: str, type_: str, body: dict[str, Any]) -> None:
    actions.draw(the_desk(), me(), case, type_, body)
    say("desk.said.household")


def _decide(_: str, form: Decision) -> str:
    actions.decide_two_values(the_desk(), me(), form.two, form.take)
    say("desk.said.two_decided")
    return "two"


def _merge(case: str, form: Joined) -> str:
    demand(me(), "change", "core", case)  # before the number is looked for
    other = CaseFile.get_or_none(CaseFile.no == form.no)
    if other is None:
        raise DeskError("not_two_records")
    actions.merge_cases(the_desk(), me(), other.id, case, form.reason)
    say("desk.said.merged", no=other.no)
    return "merge"


def _undo_merge(_: str, form: Apart) -> str:
    actions.undo_merge(the_desk(), me(), form.merge, form.reason)
    say("desk.said.merge_undone")
    return "merge"


class OldUnion(Form):
    union: Id = ""


class OldParent(Form):
    child: Id = ""
    parent: Id = ""


class OldTie(Form):
    tie: Id = ""


def _taken_away(type_: str, anchor: str) -> Callable[[str, Form], str]:
    def take_away(case: str, form: Form) -> str:
        _draw(case, type_, form.model_dump())
        return anchor

    return take_away


# By `do`: what the line holds, and what it does.
ACTS: dict[str, tuple[type[Form], Callable[[str, Any], str]]] = {
    "case": (CaseFields, _case_fields),
    "member": (Person, _member),
    "contact": (Contact, _contact),
    "member_removed": (Removed, _member_removed),
    "member_merged": (Merged, _member_merged),
    "union": (Couple, _union),
    "parent": (Parent, _parent),
    "tie": (Drawn, _tie),
    "two": (Decision, _decide),
    "merge": (Joined, _merge),
    "undo_merge": (Apart, _undo_merge),
    "union_removed": (OldUnion, _taken_away("union.removed", "unions")),
    "parent_removed": (OldParent, _taken_away("parentage.removed", "parents")),
    "tie_removed": (OldTie, _taken_away("tie.removed", "ties")),
}


@pages.post("/cases/<case>/genogram-options")
def set_options(case: str) -> Any:
    """How this office draws what differs from region to region."""
    entries = typed_names(genogram.CHOICES)
    for name, known in genogram.CHOICES.items():
        if entries[name] not in known:
            raise DeskError("malformed", name)
    actions.set_option(the_desk(), me(), "genogram", entries)
    say("desk.said.household")
    return redirect(url_for("household.page", case=case) + "#options")
