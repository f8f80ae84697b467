"""Every form carries a mark of its own: pressed again on a slow line, it does nothing twice and gives the first answer.

The mark counts for what the form says (its address and every field), so a page that was gone back to and changed is
another form. It is kept in one transaction with the first event the form writes (`actions.acting`): after a power cut
a second press does not write it again either.
"""

import hashlib
import secrets
import threading
from typing import Any

from flask import Flask, Response, g, redirect, request, url_for
from flask_login import current_user

from ...accounts.once_mark import OnceMark, mark
from ...accounts.page_state import note, read_note
from .guards import session_id
from .said import say_again
from .session import me, the_desk

FIELD = "once"
WAITED = 30  # seconds a second press waits for the answer to the first
MOST_PAGES, LONGEST_PAGE = (
    40,
    200_000,
)  # answers that are pages, kept in memory alone: a first password stands in one
BUSY: dict[str, threading.Event] = {}
PAGES: dict[str, Response] = {}
LOCK = threading.Lock()


def new_mark() -> str:
    return secrets.token_urlsafe(12)


def install(app: Flask) -> None:
    """After the sign-in's guards: only a form that would be taken in is marked."""

    @app.before_request
    def give_the_first_answer() -> Any:
        mark.set("")
        if request.method != "POST" or not request.form.get(FIELD) or not current_user.is_authenticated:
            return None
        name = _name()
        with LOCK:
            running = BUSY.get(name)
            if running is None:
                BUSY[name] = threading.Event()
                g.once = name
        if running is not None:
            running.wait(WAITED)
        row = OnceMark.get_or_none(OnceMark.id == name)
        if row is not None or name in PAGES:
            return _again(name, row)
        mark.set(name if running is None else "")
        return None

    @app.after_request
    def keep_the_answer(answer: Response) -> Response:
        name = mark.get()
        if not name or g.get("once") != name:
            return answer
        taken = answer.status_code in (302, 303) and not g.get("refused") and not _asks_for_proof(answer)
        if taken:
            OnceMark.put(id=name, location=answer.location or "", at=the_desk().now())
            if g.get("told"):  # a second press takes the place of the page that would have said it
                note(session_id(), f"once {name}", g.told, the_desk().clock())
        elif answer.status_code == 200 and OnceMark.get_or_none(OnceMark.id == name) is not None:
            _keep_page(name, answer)
        return answer

    @app.teardown_request
    def let_go(_: Any) -> None:
        name = g.pop("once", None)
        mark.set("")
        if name is not None:
            with LOCK:
                BUSY.pop(name).set()


def _again(name: str, row: Any) -> Any:
    if name in PAGES:
        page = PAGES[name]
        named = {one: page.headers[one] for one in ("Content-Disposition",) if one in page.headers}
        return Response(page.get_data(), page.status_code, named, page.mimetype)
    kept = read_note(session_id(), f"once {name}")
    if kept:
        say_again(kept)
    return redirect(row.location or request.referrer or url_for("today.page"), 303)


def _keep_page(name: str, answer: Response) -> None:
    if answer.is_streamed or (answer.content_length or 0) > LONGEST_PAGE:
        return
    with LOCK:
        while len(PAGES) >= MOST_PAGES:
            PAGES.pop(next(iter(PAGES)))
        PAGES[name] = answer


def _name() -> str:
    """Of the person, the address and all that the form holds."""
    digest = hashlib.sha256()
    fields = [f"{name}\0{value}" for name, value in request.form.items(multi=True) if name != "csrf"]
    for part in (me().id, request.path, *fields):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\1")
    for name, file in request.files.items(multi=True):
        digest.update(name.encode() + b"\2" + (file.filename or "").encode() + b"\2")
        digest.update(file.stream.read())
        file.stream.seek(0)
    return digest.hexdigest()


def _asks_for_proof(answer: Response) -> bool:
    return any(gate in (answer.location or "") for gate in ("/prove", "/sign-in"))
