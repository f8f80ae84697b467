"""What was done to accounts and phones, told to whom it happened and to the others who answer for accounts.

Shown on the first page after a sign-in until the person says they have seen it. Nobody is told their own act.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, url_for

from ...accounts.page_state import SeenChange
from ...core.clock import stamp
from ...models.trust import AccountChange
from ...queries.account_rules import DECIDERS
from ..layout.forms import Form, Ids, sent
from ..layout.lookups import people
from ..layout.session import me, the_desk

pages = Blueprint("account_notices", __name__)
TOLD_FOR = timedelta(days=30)
MOST_SHOWN = 50


def account_notices() -> list[dict[str, Any]]:
    """The newest first, in words: `text`, `meta`, `mine`, `id`."""
    person, since = me(), stamp(the_desk().clock() - TOLD_FOR)
    seen = SeenChange.select(SeenChange.change).where(SeenChange.staff == person.id)
    rows = AccountChange.select().where((AccountChange.at > since) & AccountChange.id.not_in(seen))
    rows = rows.where(AccountChange.by != person.id)
    if person.role not in DECIDERS or person.walled:
        rows = rows.where(AccountChange.staff == person.id)
    return [
        _in_words(row) for row in rows.order_by(AccountChange.at.desc(), AccountChange.id).limit(MOST_SHOWN)
    ]


def _in_words(row: Any) -> dict[str, Any]:
    words, names = g.words, people()
    mine = row.staff == me().id
    slots = {
        "name": names.get(row.staff, "?"),
        "label": row.more.get("label", ""),
        "role": words.term("role", row.more["role"]) if "role" in row.more else "",
    }
    key = f"desk.account.{row.kind}"
    who = names.get(row.by, words.t("desk.account.operator"))
    if other := row.more.get("asked_by"):
        who = words.t("desk.account.two_people", a=names.get(other, "?"), b=who)
    return {
        "id": row.id,
        "mine": mine,
        "asked": row.kind.startswith("asked_") and not mine,
        "text": words.t(key, **slots),
        "meta": words.t("desk.account.by", who=who, when=words.when(row.at)),
    }


class Seen(Form):
    change: Ids


@pages.post("/accounts/seen")
def seen() -> Any:
    for change in sent(Seen).change:
        if AccountChange.get_or_none(AccountChange.id == change) is not None:
            SeenChange.put(staff=me().id, change=change)
    return redirect(url_for("today.page"))
