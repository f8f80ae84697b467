"""緊急のときに開く: a case that is not one's own, for 24 hours, with a reason; and who takes note of it."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from ...actions import trust
from ...core.clock import stamp
from ...core.errors import DeskError
from ...models.office_and_cases import CaseFile
from ...models.trust import AccessGrant
from ...queries.access import cell
from ...queries.access_log import note_view
from ..layout import emergency_notices
from ..layout.emergency_notices import notices
from ..layout.forms import Form, Line, Text, read_form, retyped
from ..layout.lookups import people
from ..layout.page import say
from ..layout.session import me, the_desk

pages = Blueprint("emergency_access", __name__)
SHOWN_FOR = timedelta(days=30)


class Opening(Form):
    no: Line = ""
    reason: Text = ""


@pages.route("/emergency-access", methods=["GET", "POST"])
def page() -> Any:
    opens = "granted" in cell(me().role, "identity")[0]
    if not opens and not notices():
        raise DeskError("not_allowed")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        form, wrong = read_form(Opening)
        case = CaseFile.get_or_none(CaseFile.no == form.no) if form else None
        if form and case is None:
            wrong["no"] = g.words.t("desk.emergency.unknown")
        elif form and len(form.reason) < trust.SHORTEST_REASON:
            wrong["reason"] = g.words.t("desk.emergency.short")
        elif form:
            return opened(case, form.reason)
    desk = the_desk()
    mine = AccessGrant.select().where((AccessGrant.staff == me().id) & (AccessGrant.until > desk.now()))
    return render_template(
        "desk/emergency.html",
        opens=opens,
        form=retyped(Opening),
        wrong=wrong,
        names=people(),
        numbers=numbers(),
        mine=list(mine.order_by(AccessGrant.until)),
        grants=lately() if notices() else [],
        notices=notices(),
        shortest=trust.SHORTEST_REASON,
    )


def opened(case: Any, reason: str) -> Any:
    desk = the_desk()
    grant = trust.open_in_emergency(desk, me(), case.id, reason)
    note_view(desk, me(), f"emergency {grant}", case.id)
    said = "desk.said.emergency" if emergency_notices.told() else "desk.said.emergency_untold"
    say(said, tone="wait", when=g.words.when(AccessGrant.get_by_id(grant).until))
    return redirect(url_for("cases.one", case=case.id))


@pages.post("/emergency-access/<grant>")
def take_notice(grant: str) -> Any:
    trust.take_notice(the_desk(), me(), grant)
    say("desk.said.noticed")
    return redirect(url_for("emergency_access.page"))


def lately() -> list[Any]:
    """Of the last 30 days, those nobody has looked at first."""
    since = stamp(the_desk().clock() - SHOWN_FOR)
    rows = AccessGrant.select().where((AccessGrant.at >= since) | AccessGrant.noticed_by.is_null())
    return sorted(rows.order_by(AccessGrant.at.desc()), key=lambda row: row.noticed_by is not None)


def numbers() -> dict[str, str]:
    """Case numbers, which are all this page says of a case."""
    cases = [row.case for row in AccessGrant.select(AccessGrant.case).distinct()]
    return {row.id: row.no for row in CaseFile.select(CaseFile.id, CaseFile.no).where(CaseFile.id.in_(cases))}
