"""安全の記録: the security log, for those to whom the table gives the access log of everybody."""

from typing import Any

from flask import Blueprint, g, render_template, request

from pwa_server import texts

from ...core.errors import DeskError, NotAllowed
from ...log import security_log
from ...queries.access import sees_all
from ..layout.lookups import people
from ..layout.session import me

pages = Blueprint("security", __name__)
PAGE = 100


@pages.get("/security-log")
def page() -> Any:
    if not sees_all(me(), "access_log"):
        raise NotAllowed("see access_log")
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 12 else 0
    broken, count = "", 0
    try:
        count = security_log.verify()
    except DeskError as error:
        broken = error.detail
    rows = security_log.lines(PAGE + 1, number)
    return render_template(
        "desk/security_log.html",
        rows=rows[:PAGE],
        more=rows[PAGE - 1].position if len(rows) > PAGE else None,
        count=count,
        broken=broken,
        people=people(),
        outcome=outcome,
    )


def outcome(code: str) -> str:
    """How it came out, in words where there are some; other codes are told as they are."""
    key = f"desk.security.outcome.{code}"
    return (
        str(g.words.t(key))
        if texts.has(g.lang, key)
        else f"{g.words.t('desk.security.outcome.refused')} ({code})"
    )
