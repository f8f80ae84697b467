"""What a person is typing in a long form, kept as it grows and given back when they open the page again.

It lies in the desk's own encrypted database, for that person alone. A form names its draft in `data-keep` and in a
field of the same name; once the form was taken in, the draft is forgotten. What was refused keeps it.
"""

import json
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask_login import current_user

from ...accounts.page_state import Draft, keep_draft
from ...core.errors import DeskError
from .forms import Form, typed
from .sent_json import parse_json
from .session import NEVER_KEPT, me, the_desk

pages = Blueprint("drafts", __name__)
LONGEST = 200_000
FIELD = "keep"
TAKEN = (302, 303)
UNREAD = ("bad_form", "too_big")
NOT_WORDS = (*NEVER_KEPT, FIELD, "once")


def install(app: Flask) -> None:
    @app.after_request
    def forget_what_was_taken(answer: Response) -> Response:
        """What was taken in is forgotten; what was refused is kept as it was sent, not as it was a moment before."""
        if request.method != "POST" or g.get("security_outcome") in UNREAD:
            return answer  # such a form may not even be readable, or came from elsewhere
        name = request.form.get(FIELD)
        if not name or not current_user.is_authenticated:
            return answer
        if answer.status_code in TAKEN and not _sent_back(answer):
            _put(name, [])
        elif answer.mimetype == "text/html" or _sent_back(answer):
            _put(name, _as_sent())
        return answer


def _as_sent() -> list[list[str]]:
    return [[one, as_sent] for one, as_sent in request.form.items(multi=True) if one not in NOT_WORDS]


def _put(name: str, pairs: list[list[str]]) -> None:
    text = json.dumps(pairs, ensure_ascii=False)
    if len(text) > LONGEST:
        return
    Draft.delete().where((Draft.staff == me().id) & (Draft.page == _page(name))).execute()
    if pairs:
        keep_draft(me().id, _page(name), text, the_desk().now())


@pages.get("/drafts/<name>")
def read(name: str) -> Any:
    row = Draft.get_or_none((Draft.staff == me().id) & (Draft.page == _page(name)))
    return jsonify({"fields": json.loads(row.text) if row else []})


class Kept(Form):
    text: str = ""


@pages.post("/drafts/<name>")
def keep(name: str) -> Any:
    """`text`: JSON of [name, value] pairs. Nothing in it forgets the draft."""
    text = typed(Kept)["text"][:LONGEST]
    pairs = _pairs(text or "[]")
    if pairs is None:
        return jsonify({"kept": False}), 400
    _put(name, pairs)
    return jsonify({"kept": True})


def _pairs(text: str) -> list[list[str]] | None:
    try:
        content = parse_json(text)
    except DeskError:
        return None
    good = isinstance(content, list) and all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)
        for one in content
    )
    return content if good else None


def _sent_back(answer: Response) -> bool:
    """Refused, or asked for a proof first."""
    return bool(g.get("refused")) or any(gate in (answer.location or "") for gate in ("/prove", "/sign-in"))


def _page(name: str) -> str:
    return f"form {name[:120]}"


def rows_kept(name: str) -> dict[str, int]:
    """How often each field stands in this person's draft: a form of rows must have room for all of them."""
    row = Draft.get_or_none((Draft.staff == me().id) & (Draft.page == _page(name)))
    counted: dict[str, int] = {}
    for field, _ in json.loads(row.text) if row else []:
        counted[field] = counted.get(field, 0) + 1
    return counted
