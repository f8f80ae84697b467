"""参加のてがかり: what a person likes and needs when they take part, and of each line whether it may be told."""

from typing import Any, Literal

from flask import Blueprint, g, redirect, render_template, url_for
from pydantic import Field

from ...actions import participation as acts
from ...models.opportunities import LEAST_LOAD, LOADS, MOST_LOAD, SHORTEST
from ...models.participation import COMPANY, PROFILE, TELLABLE
from ...queries import free_texts, named_persons
from ...queries import participation as matches
from ...queries.access import demand
from ...queries.access_log import note_view
from ..layout.forms import Form, read_form, typed, typed_names
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.permissions import see_case
from ..layout.session import me, the_desk

pages = Blueprint("participation", __name__)
LEVELS = tuple(str(level) for level in range(LEAST_LOAD, MOST_LOAD + 1))
MINUTES = tuple(str(one) for one in SHORTEST)
WISHES = ("anonymous", "alone")


class ProfileForm(Form):
    """What is chosen; its texts are `PROFILE`."""

    company: Literal["", *COMPANY] = ""  # type: ignore[valid-type]
    told: list[Literal[TELLABLE]] = Field(default_factory=list)  # type: ignore[valid-type]
    minutes: Literal["", *MINUTES] = ""  # type: ignore[valid-type]
    people_most: Literal["", *LEVELS] = ""  # type: ignore[valid-type]
    noise_most: Literal["", *LEVELS] = ""  # type: ignore[valid-type]
    gaze_most: Literal["", *LEVELS] = ""  # type: ignore[valid-type]
    talk_most: Literal["", *LEVELS] = ""  # type: ignore[valid-type]
    anonymous: Literal["", "yes"] = ""
    alone: Literal["", "yes"] = ""


@pages.get("/cases/<case>/participation")
def page(case: str) -> Any:
    row = see_case(case)
    demand(me(), "see", "participation_profile", case)
    note_view(the_desk(), me(), "participation", case)
    known = matches.profile_of(case)
    limits = known.limits if known else {}
    values: dict[str, Any] = dict(known.texts) if known else {}
    values |= {"company": known.company, "told": known.told} if known else {"company": "", "told": []}
    values |= {"minutes": str(limits.get("minutes") or "")}
    values |= {f"{name}_most": str(limits.get(name) or "") for name in LOADS}
    values |= {name: "yes" if limits.get(name) else "" for name in WISHES}
    return _form(row, known, values, {})


def _form(row: Any, known: Any, typed_values: dict[str, Any], wrong: dict[str, str], found: Any = ()) -> str:
    return render_template(
        "desk/profile.html",
        case=row,
        known=known,
        told=typed_values,
        wrong=wrong,
        found=found,
        fields=PROFILE,
        company=COMPANY,
        loads=LOADS,
        levels=LEVELS,
        minutes=MINUTES,
        missing=matches.told_to_host(row.id, the_desk().today()).missing,
        names=people(),
        may_write=changes("participation_profile", row.id),
    )


@pages.post("/cases/<case>/participation")
def keep(case: str) -> Any:
    row = see_case(case)
    demand(me(), "change", "participation_profile", case)
    written = typed_names(one.name for one in PROFILE)
    texts, wrong = free_texts.read(PROFILE, written)
    chosen, faults = read_form(ProfileForm)
    wrong |= dict.fromkeys(faults, "wrong")
    may_tell = [written[name] for name in typed(ProfileForm)["told"] if name in written]
    found = [one for one in named_persons.told(me(), *may_tell) if one[0] == "number"]
    if wrong or chosen is None or found:
        g.refused = True
        return _form(row, matches.profile_of(case), written | typed(ProfileForm), wrong, found), 400
    limits: dict[str, Any] = {name: _number(getattr(chosen, f"{name}_most")) for name in LOADS}
    limits |= {"minutes": _number(chosen.minutes)}
    limits |= {name: getattr(chosen, name) == "yes" for name in WISHES}
    body = {"texts": texts, "told": list(chosen.told), "company": chosen.company, "limits": limits}
    acts.write_profile(the_desk(), me(), case, body)
    say("desk.said.written_down")
    return redirect(url_for("participation.page", case=case))


def _number(text: str) -> int | None:
    return int(text) if text else None
