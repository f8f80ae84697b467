"""Who is at the desk: flask-login over the sessions of `staff`, kept forms, fresh proofs, slow guessing.

The cookie is a random secret (`guards`); the session lies in the encrypted database. A session that ended in the
middle of a form loses nothing: what was typed is kept for that person alone and shown after the next sign-in.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user

from ...accounts import staff
from ...accounts.page_state import KeptForm, SignInTry, move_notes, note, read_note, take_note
from ...actions.trust import running_grants
from ...core.clock import stamp
from ...core.desk import Desk
from ...core.errors import DeskError
from ...exchange.sync_round import nudge
from ...models.office_and_cases import Staff
from .guards import new_secret, session_id

# A whole office may sit behind one address of the city's isolated browsers, so this only stops a machine;
# guessing at one person is stopped by `staff` after five.
TRIES_FROM_ONE_ADDRESS = 40
TRIES_WINDOW = timedelta(minutes=15)
OPEN_ENDPOINTS = ("static", "healthz", "settings.language")
LONGEST_KEPT = 200_000


class Person(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """The signed-in person, as `access` wants to see one."""

    def __init__(self, row: Any, session: Any, granted: frozenset[str] = frozenset()) -> None:
        self.granted = granted  # cases whose emergency access is open
        self.id: str = row.id
        self.name: str = row.name
        self.role: str = row.role
        self.active: bool = row.active
        self.session = session


def the_desk() -> Desk:
    desk: Desk = current_app.extensions["desk"]
    return desk


def me() -> Person:
    """The person this request is for. Only behind the sign-in."""
    person: Person = current_user._get_current_object()
    return person


def install(app: Flask) -> None:
    """Nothing is open unless it is named in OPEN_ENDPOINTS or belongs to the sign-in."""
    manager = LoginManager()
    manager.session_protection = None  # our session is not Flask's cookie
    manager.request_loader(load_person)
    manager.unauthorized_handler(ask_to_sign_in)
    manager.init_app(app)

    @app.after_request
    def stir(response: Any) -> Any:
        # Something was done here: phones should hear of it now and not at the end of the pause.
        if request.method == "POST" and response.status_code < 400 and current_user.is_authenticated:
            nudge(the_desk())
            if "kept" in request.form:  # it has been sent on: only now may the kept copy go
                mine = (KeptForm.staff == me().id) & (KeptForm.id == request.form["kept"])
                KeptForm.delete().where(mine).execute()
        return response

    @app.before_request
    def only_for_staff() -> Any:
        endpoint = request.endpoint or ""
        if endpoint in OPEN_ENDPOINTS or endpoint.startswith("sign_in."):
            return None
        if not current_user.is_authenticated:
            return manager.unauthorized()
        return None


def load_person(_: Any) -> Person | None:
    session = staff.read_session(the_desk(), g.secret)
    if session is None:
        return None
    person = Staff.get(Staff.id == session.staff)
    return Person(person, session, running_grants(the_desk(), person.id))


def ask_to_sign_in() -> Any:
    """Send to the sign-in, keeping where the person was going and what was typed."""
    if request.method == "POST":
        owner = read_note(session_id(), "who")
        if owner is not None:
            keep_form(owner, request.path)
            note(session_id(), "said", {"key": "desk.said.kept", "tone": "wait"}, the_desk().clock())
    elif request.method == "GET" and request.endpoint and not request.is_json:
        note(session_id(), "next", request.full_path.rstrip("?"), the_desk().clock())
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        raise DeskError("sign_in")
    return redirect(url_for("sign_in.page"))


def keep_form(owner: str, path: str) -> None:
    """Keep what was typed, but no password and no code."""
    fields = [
        [name, value]
        for name in request.form
        for value in request.form.getlist(name)
        if name not in ("csrf", "password", "code", "again", "kept")
    ]
    if fields and sum(len(value) for _, value in fields) <= LONGEST_KEPT:
        KeptForm.create(staff=owner, path=path, fields=fields, at=the_desk().now())


def enter(person: str, how: str) -> str:
    """Begin a session, with a new cookie. Returns where to go."""
    desk, old = the_desk(), session_id()
    following = take_note(old, "next")
    secret = staff.open_session(desk, person, how)
    if how == "password":  # no second factor here: the password just given is all there is to ask for again
        staff.step_up(desk, secret)
    new_secret()
    g.secret = secret
    move_notes(old, session_id())
    note(session_id(), "who", person, desk.clock())
    return next_place(person, following)


def next_place(person: str, following: str | None) -> str:
    if KeptForm.select().where(KeptForm.staff == person).exists():
        return url_for("sign_in.kept")
    if following and following.startswith("/") and not following.startswith(("//", "/\\")):
        return following
    return url_for("today.page")


def fresh_proof(view: Callable[..., Any]) -> Callable[..., Any]:
    """For devices, roles and exports: the person proves themselves again when the last proof is old."""

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        person = me()
        if staff.is_stepped_up(the_desk(), person.session):
            return view(*args, **kwargs)
        if request.method == "POST":
            keep_form(person.id, request.path)
        else:
            note(session_id(), "next", request.path, the_desk().clock())
        return redirect(url_for("sign_in.prove"))

    return asked


def refuse_machine() -> None:
    """Raise DeskError too_many after a great many failures from one address."""
    since = stamp(the_desk().clock() - TRIES_WINDOW)
    count = SignInTry.select().where((SignInTry.address == address()) & (SignInTry.at > since)).count()
    if count >= TRIES_FROM_ONE_ADDRESS:
        raise DeskError("too_many")


def count_try() -> None:
    SignInTry.create(address=address(), at=the_desk().now())


def address() -> str:
    return request.remote_addr or "?"
