"""What a person is typing in a long form, kept as it grows and given back when they open the page again.

It lies in the desk's own encrypted database, for that person alone. A form names its draft in `data-keep` and in a
field of the same name; once the form was taken in, the draft is forgotten. What was refused keeps it.
"""

import json
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask_login import current_user

from ...accounts.page_state import Draft
from ...core.errors import DeskError
from .json_told import read_told
from .session import me, the_desk

pages = Blueprint("drafts", __name__)
LONGEST = 200_000
FIELD = "keep"
TAKEN = (302, 303)


def install(app: Flask) -> None:
    @app.after_request
    def forget_what_was_taken(answer: Response) -> Response:
        if request.method != "POST" or answer.status_code not in TAKEN or _sent_back(answer):
            return answer  # a form that was refused may not even be readable
        name = request.form.get(FIELD)
        if name and current_user.is_authenticated:
            Draft.delete().where((Draft.staff == me().id) & (Draft.page == _page(name))).execute()
        return answer


@pages.get("/drafts/<name>")
def read(name: str) -> Any:
    row = Draft.get_or_none((Draft.staff == me().id) & (Draft.page == _page(name)))
    return jsonify({"fields": json.loads(row.text) if row else []})


@pages.post("/drafts/<name>")
def keep(name: str) -> Any:
    """`text`: JSON of [name, value] pairs. Nothing in it forgets the draft."""
    text = request.form.get("text", "")[:LONGEST]
    pairs = _pairs(text or "[]")
    if pairs is None:
        return jsonify({"kept": False}), 400
    Draft.delete().where((Draft.staff == me().id) & (Draft.page == _page(name))).execute()
    if pairs:
        Draft.put(
            staff=me().id, page=_page(name), text=json.dumps(pairs, ensure_ascii=False), at=the_desk().now()
        )
    return jsonify({"kept": True})


def _pairs(text: str) -> list[list[str]] | None:
    try:
        told = read_told(text)
    except DeskError:
        return None
    good = isinstance(told, list) and all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in told
    )
    return told if good else None


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
