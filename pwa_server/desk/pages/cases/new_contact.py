"""A case begun on a phone: what was known, and the one form that joins it to a household the office knows."""

from typing import Any

from flask import Blueprint, redirect, url_for

from ... import actions
from ...core.errors import DeskError
from ...models.office_and_cases import Begun, CaseFile, Undone
from ...queries import gates
from ...queries.shown import all_shown, shown
from ..layout.forms import Form, Id, Yes, sent
from ..layout.page import changes, say
from ..layout.session import me, the_desk

pages = Blueprint("new_contact", __name__)


class Join(Form):
    into: Id = ""
    assign: Yes = False


@pages.post("/cases/<case>/begun")
def join(case: str) -> Any:
    """Everything written about it belongs to the other from now on; who began it may have that one too."""
    begun, form = Begun.get_or_none(Begun.case == case), sent(Join)
    into = form.into
    if begun is None:
        raise DeskError("not_found")
    actions.merge_cases(the_desk(), me(), case, into, "")
    if form.assign and gates.why_not("assign", into, the_desk().today(), to=begun.by) is None:
        actions.assign(the_desk(), me(), into, begun.by)
    say("desk.said.joined", case=CaseFile.get_by_id(into).title)
    return redirect(url_for("cases.one", case=into))


def told_of(case: str) -> dict[str, Any]:
    """What the page of a case shows of this: how it began, what was taken out of it."""
    begun = Begun.get_or_none(Begun.case == case)
    begun = shown(me(), begun) if begun else None
    others = (
        CaseFile.select().where((CaseFile.status == "active") & (CaseFile.id != case)).order_by(CaseFile.no)
    )
    return {
        "begun": begun,
        "households": list(others) if begun and changes("core", case) else [],
        "undone": all_shown(
            me(), Undone.select().where(Undone.case == case).order_by(Undone.at.desc(), Undone.id)
        ),
    }
