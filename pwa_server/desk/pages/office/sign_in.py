"""The gate's pages: signing in, the second factor's first time, a new password, a fresh proof, a kept form, leaving."""

from datetime import timedelta
from typing import Any

import segno
from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from pwa_server import texts

from ...accounts import passkeys, staff
from ...accounts.page_state import KeptFile, KeptForm, forget_session, note, read_note, take_note
from ...actions import act
from ...core.errors import DeskError
from ...models.office_and_cases import Account, Office, Staff
from ..layout.forms import Form, Id, Line, Secret, sent, typed
from ..layout.guards import new_secret, session_id
from ..layout.page import say
from ..layout.security_doors import told_outcome
from ..layout.sent_json import json_body
from ..layout.session import count_try, enter, me, my_kept_forms, next_place, proved, refuse_machine, the_desk


class Email(Form):
    email: Line = ""


class Code(Form):
    code: Id = ""


class Password(Form):
    password: Secret = ""


class SignIn(Email, Code, Password):
    """The three at once."""


class NewPassword(Password):
    again: Secret = ""


HALF_LASTS = timedelta(minutes=15)

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def page() -> Any:
    if current_user.is_authenticated:
        return redirect(url_for("today.page"))
    return render_template("desk/sign_in.html", email="")


@pages.post("/sign-in")
def check() -> Any:
    desk = the_desk()
    try:
        refuse_machine()
        form = sent(SignIn)
        found = staff.sign_in(desk, form.email, form.password)
        if found.needs_totp and form.code:
            staff.check_totp(desk, found.staff, form.code)
    except DeskError as error:
        return refused(error, "desk/sign_in.html", email=typed(Email)["email"])
    by_code = found.needs_totp and bool(form.code)
    note(
        session_id(),
        "half",
        {"staff": found.staff, "proved": by_code, "change": found.must_change, "epoch": found.epoch},
        desk.clock(),
    )
    if found.needs_totp and not by_code:
        return redirect(url_for("sign_in.code"))
    if found.must_enrol_totp:
        return redirect(url_for("sign_in.set_up"))
    return go_on()


@pages.route("/sign-in/code", methods=["GET", "POST"])
def code() -> Any:
    half = halfway()
    if request.method == "POST":
        try:
            refuse_machine()
            staff.check_totp(the_desk(), half["staff"], sent(Code).code)
        except DeskError as error:
            return refused(error, "desk/sign_in_code.html", code_only=True)
        note(session_id(), "half", {**half, "proved": True}, the_desk().clock())
        return go_on()
    return render_template("desk/sign_in_code.html")


@pages.route("/sign-in/set-up", methods=["GET", "POST"])
def set_up() -> Any:
    """The first time: read the secret into an authenticator app, and prove it by a code."""
    desk, half = the_desk(), halfway()
    account = Account.get(Account.staff == half["staff"])
    if account.totp_confirmed:
        return redirect(url_for("sign_in.page"))
    if request.method == "POST":
        try:
            refuse_machine()
            staff.check_totp(desk, half["staff"], sent(Code).code)
        except DeskError as error:
            return refused(error, "desk/sign_in_set_up.html", code_only=True, **secret_page(half, account))
        tell_of("totp", half["staff"])
        staff.end_own(desk, half["staff"], "", None)  # windows that were open without it
        note(session_id(), "half", {**half, "proved": True}, desk.clock())
        return go_on()
    return render_template("desk/sign_in_set_up.html", **secret_page(half, account))


def secret_page(half: dict[str, Any], account: Any) -> dict[str, Any]:
    secret = half.get("secret")
    if secret is None:
        secret = staff.start_totp(the_desk(), half["staff"])
        note(session_id(), "half", {**half, "secret": secret}, the_desk().clock())
    office = Office.get_or_none()
    path, size = qr_path(staff.totp_uri(secret, account.email, office.name if office else ""))
    groups = [secret[i : i + 4] for i in range(0, len(secret), 4)]
    return {"groups": groups, "qr": path, "qr_size": size}


def qr_path(text: str) -> tuple[str, int]:
    """A QR code's dark modules as an SVG path in units of one module, and its size with the quiet zone of four.

    Drawn on the server, because the secret it carries must not pass through any other program.
    Raises ValueError when the text is too long for any code.
    """
    rows = list(segno.make_qr(text, error="m").matrix_iter(border=4))
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return "".join(dark), len(rows)


@pages.route("/sign-in/password", methods=["GET", "POST"])
def password() -> Any:
    half = halfway()
    if not is_proved(half) or not half["change"]:
        return go_on()
    wrong = ""
    if request.method == "POST":
        form = sent(NewPassword)
        if form.password != form.again:
            wrong = g.words.t("desk.password.differ")
        else:
            try:
                staff.change_password(the_desk(), half["staff"], form.password)
            except DeskError as error:
                wrong = g.words.t(f"desk.error.{error.code}", count=error.detail)
            else:
                tell_of("password", half["staff"])
                epoch = Account.get_by_id(half["staff"]).epoch
                note(session_id(), "half", {**half, "change": False, "epoch": epoch}, the_desk().clock())
                return go_on()
    return render_template("desk/sign_in_password.html", wrong=wrong, shortest=staff.SHORTEST_PASSWORD)


def tell_of(factor: str, staff_: str) -> None:
    """A way in was set by the person themselves: the log says so, and the others who answer for accounts are told."""
    act(the_desk(), Staff.get_by_id(staff_), "staff.factor_set", {"staff": staff_, "factor": factor})


def halfway() -> dict[str, Any]:
    """Who has given a right password in this browser and is not in yet; nobody once their account began anew."""
    half: dict[str, Any] | None = read_note(session_id(), "half", the_desk().clock() - HALF_LASTS)
    if half is None or Account.get_by_id(half["staff"]).epoch != half.get("epoch"):
        raise DeskError("sign_in")
    return half


def is_proved(half: dict[str, Any]) -> bool:
    """Whether the second factor was given, where this person has one or must have one."""
    account = Account.get(Account.staff == half["staff"])
    return bool(half["proved"]) or not (account.totp_confirmed or account.totp_required)


def go_on() -> Any:
    half = halfway()
    if not is_proved(half):
        return redirect(url_for("sign_in.page"))
    if half["change"]:
        return redirect(url_for("sign_in.password"))
    take_note(session_id(), "half")
    return redirect(enter(half["staff"], "totp" if half["proved"] else "password"))


def refused(error: DeskError, template: str, *, code_only: bool = False, **given: Any) -> Any:
    """What went wrong, without saying which of the three it was."""
    if error.code != "too_many":
        count_try()
    told_outcome(error.code)
    key, slots = f"desk.error.{error.code}", {}
    if error.code == "sign_in_paused":
        slots = {"clock": g.words.clock(error.detail)}
    elif error.code == "sign_in_refused" and code_only:
        key = "desk.error.code_refused"
    wrong = g.words.t(key, **slots)
    status = 429 if error.code in ("sign_in_paused", "too_many") else 403
    return render_template(template, said={"tone": "wrong", "text": wrong}, **given), status


@pages.post("/sign-in/passkey/options")
def passkey_options() -> Any:
    return jsonify(passkeys.offer_sign_in(the_desk(), session_id()))


@pages.post("/sign-in/passkey/answer")
def passkey_answer() -> Any:
    refuse_machine()
    try:
        person = passkeys.check_sign_in(the_desk(), session_id(), json_body())
    except DeskError:
        count_try()
        raise
    if current_user.is_authenticated:
        if person != me().id:
            raise DeskError("passkey_refused")
        proved()
        return jsonify({"next": next_place(person, take_note(session_id(), "next"))})
    return jsonify({"next": enter(person, "passkey")})


@pages.route("/prove", methods=["GET", "POST"])
def prove() -> Any:
    """A fresh proof before devices, roles and exports."""
    if not current_user.is_authenticated:
        return redirect(url_for("sign_in.page"))
    desk, person = the_desk(), me()
    account = Account.get(Account.staff == person.id)
    by_code = bool(account.totp_confirmed)
    if request.method == "POST":
        try:
            refuse_machine()
            if by_code:
                staff.check_totp(desk, person.id, sent(Code).code)
            else:
                staff.sign_in(desk, account.email, sent(Password).password)
        except DeskError as error:
            return refused(error, "desk/prove.html", code_only=by_code, by_code=by_code, typed=typed_before())
        proved()
        return redirect(next_place(person.id, take_note(session_id(), "next")))
    return render_template("desk/prove.html", by_code=by_code, typed=typed_before())


def typed_before() -> str:
    """What became of the form that led here: kept | not_kept | "" (there was none)."""
    return str(read_note(session_id(), "typed") or "")


@pages.route("/kept", methods=["GET", "POST"])
def kept() -> Any:
    """What this person had typed. Its form goes where it was going; posted here, it is let go."""
    if not current_user.is_authenticated:
        return redirect(url_for("sign_in.page"))
    if request.method == "POST":
        say("desk.said.let_go")
        return redirect(url_for("today.page"))
    form = KeptForm.select().where(my_kept_forms()).order_by(KeptForm.id.desc()).first()
    if form is None:
        return redirect(url_for("today.page"))
    files = [
        row.name
        for row in KeptFile.select(KeptFile.name).where(KeptFile.form == form.id).order_by(KeptFile.id)
    ]
    room = form.endpoint.split(".", 1)[0]
    is_named = texts.has(g.lang, f"desk.kept.to.{room}")  # a program of before may have named it otherwise
    return render_template("desk/kept.html", form=form, files=files, room=room if is_named else "")


@pages.post("/sign-out")
def leave() -> Any:
    if current_user.is_authenticated:
        staff.end_session(the_desk(), g.secret)
        forget_session(session_id())
        new_secret()
        say("desk.said.left")
    return redirect(url_for("sign_in.page"))
