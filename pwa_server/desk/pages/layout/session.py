"""Who is at the desk: flask-login over the sessions of `staff`, kept forms, fresh proofs, slow guessing.

The cookie is a random secret (`guards`); the session lies in the encrypted database. A session that ended in the
middle of a form loses nothing: what was typed is kept for that person alone and shown after the next sign-in.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from pwa_server.proxies import counted

from ...accounts import staff
from ...accounts.page_state import (
    KeptFile,
    KeptForm,
    SignInTry,
    forget_files_without_form,
    forget_now_and_then,
    leave_sentence,
    move_notes,
    note,
    read_note,
    take_note,
)
from ...actions.trust import running_grants
from ...core.clock import stamp
from ...core.desk import Desk
from ...core.errors import DeskError
from ...exchange.sync_round import nudge
from ...log.security_log import DONE, PROOF_WANTED
from ...models.office_and_cases import Staff
from .forms import Form, Id, typed
from .guards import OLDER_FORMS, csrf_token, named, new_secret, session_id
from .security_doors import told_outcome

# A whole office may sit behind one address of the city's isolated browsers, so this only stops a machine;
# guessing at one person is stopped by `staff` after five.
TRIES_FROM_ONE_ADDRESS = 40
TRIES_WINDOW = timedelta(minutes=15)
MOST_TRIES = 20_000  # rows of an hour, from however many addresses
OPEN_ENDPOINTS = ("static", "settings.language")
LONGEST_KEPT = 200_000
MOST_OLDER_FORMS = 80  # a proof lasts ten minutes, a session twelve hours
MOST_WITH_FILES, MOST_KEPT = 3, 40  # forms of one person whose session ended
NEXT_COOKIE, LONGEST_NEXT = "sotto_next", 600
NEVER_KEPT = ("csrf", "password", "current", "code", "again", "kept")


class Person(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """The signed-in person, as `access` wants to see one."""

    def __init__(self, row: Any, session: Any, granted: frozenset[str] = frozenset()) -> None:
        self.granted = granted  # cases whose emergency access is open
        self.id: str = row.id
        self.name: str = row.name
        self.role: str = row.role
        self.active: bool = row.active
        self.organisation: str = row.organisation
        self.walled: bool = row.walled
        self.session = session


def the_desk() -> Desk:
    desk: Desk = current_app.extensions["desk"]
    return desk


def me() -> Person:
    """The person this request is for. Only behind the sign-in."""
    person: Person = current_user._get_current_object()
    return person


def is_secure() -> bool:
    """Whether browsers reach this desk over HTTPS."""
    return the_desk().config.desk_address.startswith("https://")


def next_cookie() -> str:
    return named(NEXT_COOKIE, is_secure())


class SentOn(Form):
    """`kept`: the id of the kept form this one was."""

    kept: Id = ""


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
            if kept := typed(SentOn)["kept"]:  # it has been sent on: only now may the kept copy go
                mine = my_kept_forms() & (KeptForm.id == kept)
                KeptForm.delete().where(mine).execute()
                forget_files_without_form()
        return response

    @app.after_request
    def remember_where(response: Any) -> Any:
        going_to = quote(g.get("going_to", ""), safe="")
        if 0 < len(going_to) <= LONGEST_NEXT:
            response.set_cookie(
                next_cookie(), going_to, httponly=True, samesite="Lax", secure=is_secure(), path="/"
            )
        elif next_cookie() in request.cookies and current_user.is_authenticated:
            response.delete_cookie(next_cookie(), httponly=True, samesite="Lax", secure=is_secure(), path="/")
        return response

    @app.before_request
    def only_for_staff() -> Any:
        endpoint = request.endpoint or ""
        if endpoint in OPEN_ENDPOINTS or endpoint.startswith("sign_in."):
            return None
        if not current_user.is_authenticated:
            return manager.unauthorized()
        give_kept_files_back()
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
            kept = keep_form(owner, sends=not asks_for_proof())
            said = "desk.said.kept" if kept else "desk.said.not_kept"
            leave_sentence(
                session_id(), url_for("sign_in.page"), {"key": said, "tone": "wait"}, the_desk().clock()
            )
    elif request.method == "GET" and request.endpoint and not request.is_json:
        g.going_to = request.full_path.rstrip("?")  # kept by the browser: a visitor fills no database
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        raise DeskError("sign_in")
    return redirect(url_for("sign_in.page"))


def asks_for_proof() -> bool:
    """Whether this request is about trust (`fresh_proof`): such a form is never sent on from an ended session."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "asks_for_proof", False))


def keep_form(owner: str, *, sends: bool) -> bool:
    """Keep what was typed and the files with it, but no password and no code. False when it is too much to keep."""
    fields = [
        [name, value]
        for name in request.form
        for value in request.form.getlist(name)
        if name not in NEVER_KEPT
    ]
    if not fields or sum(len(name) + len(value) for name, value in fields) > LONGEST_KEPT:
        return False
    with the_desk().write():
        _make_room(owner)
        form = KeptForm.create(
            staff=owner,
            session=session_id(),
            path=request.path,
            endpoint=request.endpoint or "",
            fields=fields,
            sends=sends,
            at=the_desk().now(),
        )
        for name, file in request.files.items(multi=True):
            if file.filename:  # the whole request is bounded (`app.LONGEST_FORM`)
                columns = {
                    "field": name,
                    "name": file.filename[:200],
                    "type": file.mimetype,
                    "bytes": file.read(),
                }
                KeptFile.create(form=form.id, **columns)
    return True


def _make_room(owner: str) -> None:
    """Of forms with files a person keeps the last few, and of all no more than anybody sends between two sign-ins."""
    with_files = KeptForm.select(KeptForm.id).where(
        (KeptForm.staff == owner) & KeptForm.id.in_(KeptFile.select(KeptFile.form))
    )
    every = KeptForm.select(KeptForm.id).where(KeptForm.staff == owner)
    newest_first = KeptForm.id.desc()
    old = [
        *with_files.order_by(newest_first).offset(MOST_WITH_FILES - 1),
        *every.order_by(newest_first).offset(MOST_KEPT - 1),
    ]
    for row in old:
        KeptForm.delete().where(KeptForm.id == row.id).execute()
    forget_files_without_form()


def give_kept_files_back() -> None:
    """A kept form that is sent on brings its files, as if they had been chosen again."""
    given = typed(SentOn)["kept"]
    if request.method != "POST" or not given.isdecimal() or not current_user.is_authenticated:
        return
    form = KeptForm.get_or_none(my_kept_forms() & (KeptForm.id == int(given[:12])) & KeptForm.sends)
    if form is None:
        return
    files = [
        (row.field, FileStorage(BytesIO(bytes(row.bytes)), row.name, row.field, row.type))
        for row in KeptFile.select().where(KeptFile.form == form.id).order_by(KeptFile.id)
    ]
    if files:
        request.__dict__["files"] = ImmutableMultiDict([*request.files.items(multi=True), *files])


def enter(person: str, how: str) -> str:
    """Begin a session, with a new cookie. Returns where to go."""
    desk, old = the_desk(), session_id()
    following = take_note(old, "next") or unquote(request.cookies.get(next_cookie(), ""))
    secret = staff.open_session(desk, person, how)
    if how == "password":  # no second factor here: the password just given is all there is to ask for again
        staff.step_up(desk, secret)
    new_secret()
    g.secret = secret
    move_notes(old, session_id(), person)
    note(session_id(), "who", person, desk.clock())
    told_outcome(DONE, person)
    return next_place(person, following)


def proved() -> None:
    """A fresh proof was given: a new cookie. Forms in other windows of this person were drawn for the old one."""
    desk, old = the_desk(), session_id()
    forms = [csrf_token(), *(read_note(old, OLDER_FORMS) or [])][:MOST_OLDER_FORMS]
    secret = staff.renew_session(desk, g.secret)
    new_secret()
    g.secret = secret
    move_notes(old, session_id(), me().id)
    note(session_id(), OLDER_FORMS, forms, desk.clock())


def my_kept_forms(person: str | None = None) -> Any:
    """Of this person, typed in this window."""
    return (KeptForm.staff == (person or me().id)) & (KeptForm.session == session_id())


def next_place(person: str, following: str | None) -> str:
    if KeptForm.select().where(my_kept_forms(person)).exists():
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
        kept = ""  # nothing was typed
        if request.method == "POST" and set(request.form) - set(NEVER_KEPT):
            kept = "kept" if keep_form(person.id, sends=True) else "not_kept"
        elif request.method == "GET":
            note(session_id(), "next", request.path, the_desk().clock())
        note(session_id(), "typed", kept, the_desk().clock())
        told_outcome(PROOF_WANTED)
        return redirect(url_for("sign_in.prove"))

    asked.asks_for_proof = True  # type: ignore[attr-defined]
    return asked


def refuse_machine() -> None:
    """Raise DeskError too_many after a great many failures from one address."""
    since = stamp(the_desk().clock() - TRIES_WINDOW)
    count = SignInTry.select().where((SignInTry.address == address()) & (SignInTry.at > since)).count()
    if count >= TRIES_FROM_ONE_ADDRESS:
        raise DeskError("too_many")


def count_try() -> None:
    """From a machine that is refused already, and when many are kept, nothing more is."""
    forget_now_and_then(the_desk().clock())
    if SignInTry.select().count() < MOST_TRIES:
        SignInTry.create(address=address(), at=the_desk().now())
        g.counted_try = True


def address() -> str:
    """Under which name tries are counted."""
    return counted(request.remote_addr or "?")
