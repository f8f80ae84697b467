"""地域資源: the register of what the area has for everybody; nobody is named in it."""

import re
import unicodedata
from typing import Annotated, Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import resources as acts
from ...core.errors import DeskError
from ...models.resources import FIELDS, KINDS, VISIBILITIES
from ...queries import free_texts, issues, named_persons, resources
from ...queries.access import demand
from ..layout.forms import Form, Yes, at_field, checked, most, sent, typed_names
from ..layout.lookups import people
from ..layout.page import changes, say
from ..layout.session import me, the_desk

pages = Blueprint("resources", __name__)
CHOICES = ("kind", "district", "visibility")
# A telephone somebody carries is theirs and not the register's (070, 080, 090).
CARRIED = re.compile(r"0[789]0[-\s]?\d{4}[-\s]?\d{4}")
MOST_DISTRICTS = 20_000  # letters of the office's whole table


class Find(Form):
    q: Annotated[str, most(80)] = ""


class Written(Form):
    nobody: Yes = False


class End(Form):
    reason: Annotated[str, most(200)] = ""


class Districts(Form):
    names: Annotated[str, most(MOST_DISTRICTS)] = ""


@pages.get("/resources")
def page() -> Any:
    demand(me(), "see", "opportunities")
    return _list({}, {})


@pages.post("/resources/find")
def find() -> Any:
    demand(me(), "see", "opportunities")
    return _list({}, {}, checked(Find, url_for("resources.page")).q)


def _list(
    entries: dict[str, str], wrong: dict[str, str], words: str = "", opened: str = "", found: Any = ()
) -> str:
    every = resources.listed(me())
    kind, district = request.args.get("kind", ""), request.args.get("district", "")
    rows = resources.listed(me(), kind, district, words)
    if request.args.get("show") == "old":
        rows = [row for row in rows if resources.is_old(row, the_desk().today())]
    return render_template(
        "desk/resources.html",
        rows=rows,
        kind=kind,
        district=district,
        query=words,
        show=request.args.get("show", ""),
        sizes=resources.sizes(every),
        old={row.id for row in every if resources.is_old(row, the_desk().today())},
        every=len(every),
        districts=issues.districts(),
        kinds=KINDS,
        visibilities=VISIBILITIES,
        fields=FIELDS,
        told=entries,
        wrong=wrong,
        opened=opened,
        found=found,
        sure=named_persons.SURE,
        names=people(),
        may_write=changes("opportunities"),
    )


@pages.get("/resources/print")
def sheet() -> Any:
    """The public part, for a wall or a council."""
    demand(me(), "see", "opportunities")
    rows = [row for row in resources.listed(me()) if row.visibility == "public"]
    return render_template("desk/resources_print.html", rows=rows)


@pages.post("/resources")
def add() -> Any:
    return _keep(None)


@pages.post("/resources/<resource>")
def change(resource: str) -> Any:
    return _keep(resource)


def _keep(resource: str | None) -> Any:
    demand(me(), "change", "opportunities")
    entries = typed_names(one.name for one in FIELDS)
    choices = typed_names(CHOICES)
    if choices["district"] not in issues.districts():
        choices["district"] = ""
    texts, wrong = free_texts.read(FIELDS, entries)
    if choices["kind"] not in KINDS:
        wrong["kind"] = "missing"
    if choices["visibility"] not in VISIBILITIES:
        wrong["visibility"] = "missing"
    elif choices["visibility"] != "keepers" and CARRIED.search(
        unicodedata.normalize("NFKC", entries["contact"])
    ):
        wrong["contact"] = "carried"
    found = named_persons.told(me(), *(entries[name] for name in ("times", "who_may_come", "trouble")))
    if wrong or named_persons.refused(found, sent(Written).nobody):
        g.refused = True
        return _list(entries | choices, wrong, opened=resource or "new", found=found), 400
    acts.write(the_desk(), me(), texts, choices, resource)
    say("desk.said.written_down")
    return redirect(url_for("resources.page"))


@pages.post("/resources/<resource>/check")
def check(resource: str) -> Any:
    acts.check(the_desk(), me(), resource, the_desk().today().isoformat())
    say("desk.said.resource_checked")
    return redirect(url_for("resources.page"))


@pages.post("/resources/<resource>/end")
def end(resource: str) -> Any:
    back = url_for("resources.page")
    try:
        acts.end(the_desk(), me(), resource, checked(End, back).reason)
    except DeskError as error:
        if error.code != "empty":
            raise
        raise at_field(back, "reason", "desk.said.resource_reason") from None
    say("desk.said.resource_ended")
    return redirect(back)


@pages.post("/resources/districts")
def districts() -> Any:
    """The office's own table: one a line."""
    back = url_for("resources.page") + "#districts"
    acts.set_districts(the_desk(), me(), checked(Districts, back).names.splitlines())
    say("desk.said.written_down")
    return redirect(back)
