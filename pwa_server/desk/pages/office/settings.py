"""表示と備え: language, row height, keys, passkeys; the state of backup and second place; all keys in one list."""

from typing import Any

from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from ...accounts import passkeys, staff
from ...accounts.page_state import Choice
from ...actions import act
from ...backup.backup import backup, exposure
from ...core.errors import DeskError
from ...exchange.sync_round import status
from ...models.consultations import FIELDS
from ...models.office_and_cases import Account, BackupRun, DeviceRow, Passkey
from ...queries.consultation_form import reported
from ...queries.handovers import bodies
from ..layout.guards import named, session_id
from ..layout.json_told import body_told
from ..layout.page import LANG_COOKIE, changes, say
from ..layout.session import fresh_proof, is_secure, me, the_desk

pages = Blueprint("settings", __name__)
A_YEAR = 365 * 24 * 3600


@pages.get("/settings")
def page() -> Any:
    desk = the_desk()
    return render_template(
        "desk/settings.html",
        sessions=staff.sessions_of(the_desk(), me().id, g.secret),
        account=Account.get(Account.staff == me().id),
        passkeys=list(Passkey.select().where(Passkey.staff == me().id).order_by(Passkey.made_at)),
        backups=list(BackupRun.select().order_by(BackupRun.at.desc()).limit(5)),
        second_place=desk.config.second_place,
        exposure=exposure(desk),
        sync=status(desk),
        relay=desk.config.relay_address,
        my_phones=list(
            DeviceRow.select().where((DeviceRow.staff == me().id) & (DeviceRow.status == "active"))
        ),
        may_settings=changes("settings"),
        consultation_fields=FIELDS,
        reported=reported(),
        handover_bodies=bodies(),
        shortest=staff.SHORTEST_PASSWORD,
    )


@pages.post("/settings")
def change() -> Any:
    wanted = {"dense": bool(request.form.get("dense")), "keys_off": not request.form.get("keys")}
    Choice.put(staff=me().id, value=wanted)
    say("desk.said.settings")
    return redirect(url_for("settings.page"))


@pages.post("/language")
def language() -> Any:
    """Remembered in a cookie of its own, so that the gate speaks it too. It holds nothing else."""
    lang = request.form.get("lang")
    back = request.form.get("back", "")
    home = url_for("settings.page") if current_user.is_authenticated else url_for("sign_in.page")
    answer = redirect(back if back.startswith("/sign-in") else home)
    if lang in ("ja", "en"):
        secure = is_secure()
        name = named(LANG_COOKIE, secure)
        answer.set_cookie(name, lang, max_age=A_YEAR, samesite="Lax", secure=secure, httponly=True)
    return answer


@pages.get("/keys")
def keys() -> Any:
    return render_template("desk/keys.html")


@pages.post("/settings/password")
@fresh_proof
def password() -> Any:
    """The password of now is asked for: a window left open is not enough to change it."""
    desk, given = the_desk(), request.form.get("password", "")
    if given != request.form.get("again", ""):
        return _password_refused("desk.password.differ")
    try:
        staff.sign_in(desk, Account.get_by_id(me().id).email, request.form.get("current", ""))
    except DeskError as error:
        wrong = "password_now_wrong" if error.code == "sign_in_refused" else error.code
        return _password_refused(f"desk.error.{wrong}", clock=g.words.clock(error.detail or desk.now()))
    try:
        staff.change_password(desk, me().id, given)
    except DeskError as error:
        return _password_refused(f"desk.error.{error.code}", count=error.detail)
    act(desk, me(), "staff.factor_set", {"staff": me().id, "factor": "password"})
    say("desk.said.password")
    return redirect(url_for("sign_in.page"))


def _password_refused(key: str, **slots: Any) -> Any:
    say(key, tone="wrong", **slots)
    return redirect(url_for("settings.page") + "#password")


@pages.post("/settings/sessions")
def end_session() -> Any:
    """One window of the person's own, or all but this one."""
    staff.end_own(the_desk(), me().id, g.secret, request.form.get("session") or None)
    say("desk.said.session_ended")
    return redirect(url_for("settings.page") + "#sessions")


@pages.get("/settings/passkeys/new")
@fresh_proof
def new_passkey() -> Any:
    return render_template("desk/passkey_new.html")


@pages.post("/settings/passkeys/options")
@fresh_proof
def passkey_options() -> Any:
    return jsonify(passkeys.offer_new(the_desk(), me(), session_id()))


@pages.post("/settings/passkeys/answer")
@fresh_proof
def passkey_answer() -> Any:
    told = body_told()
    passkeys.keep_new(
        the_desk(),
        me(),
        session_id(),
        told.get("credential"),
        str(told.get("label") or g.words.t("desk.passkeys.unnamed")),
    )
    staff.end_own(the_desk(), me().id, g.secret, None)
    act(the_desk(), me(), "staff.factor_set", {"staff": me().id, "factor": "passkey"})
    say("desk.said.passkey_made")
    return jsonify({"next": url_for("settings.page") + "#passkeys"})


@pages.post("/settings/passkeys/remove")
@fresh_proof
def remove_passkey() -> Any:
    mine = (Passkey.staff == me().id) & (Passkey.id == request.form.get("passkey", ""))
    if not Passkey.delete().where(mine).execute():
        g.security_outcome = "not_found"
        return redirect(url_for("settings.page") + "#passkeys")
    staff.end_own(the_desk(), me().id, g.secret, None)
    act(the_desk(), me(), "staff.factor_set", {"staff": me().id, "factor": "passkey_removed"})
    say("desk.said.passkey_gone")
    return redirect(url_for("settings.page") + "#passkeys")


@pages.post("/settings/backup")
def run_backup() -> Any:
    """Run a backup now. It counts only after it was opened and checked."""
    if not changes("settings"):
        raise DeskError("not_allowed")
    try:
        backup(the_desk())
    except DeskError as error:
        say(f"desk.error.{error.code}", tone="wrong")
    else:
        say("desk.said.backup")
    return redirect(url_for("settings.page") + "#backup")
