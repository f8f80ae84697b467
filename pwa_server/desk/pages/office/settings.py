"""表示と備え: language, row height, keys, passkeys; the state of backup and second place; all keys in one list."""

from typing import Any

from flask import Blueprint, g, jsonify, redirect, render_template, url_for
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
from ...queries.paper_headings import FORMS, LONGEST, own_headings
from ..layout.forms import Form, Id, Secret, Tick, at_field, sent
from ..layout.guards import named, session_id
from ..layout.page import LANG_COOKIE, changes, say
from ..layout.sent_json import json_body
from ..layout.session import fresh_proof, is_secure, me, the_desk

pages = Blueprint("settings", __name__)


class Display(Form):
    dense: Tick = False
    keys: Tick = False


class Language(Form):
    lang: Id = ""
    back: Id = ""


class NewPassword(Form):
    current: Secret = ""
    password: Secret = ""
    again: Secret = ""


class Session(Form):
    session: Id = ""


class OldPasskey(Form):
    passkey: Id = ""


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
        paper_forms=FORMS,
        own_headings=own_headings(),
        longest_heading=LONGEST,
        shortest=staff.SHORTEST_PASSWORD,
    )


@pages.post("/settings")
def change() -> Any:
    form = sent(Display)
    Choice.put(staff=me().id, value={"dense": form.dense, "keys_off": not form.keys})
    say("desk.said.settings")
    return redirect(url_for("settings.page"))


@pages.post("/language")
def language() -> Any:
    """Remembered in a cookie of its own, so that the gate speaks it too. It holds nothing else."""
    form = sent(Language)
    home = url_for("settings.page") if current_user.is_authenticated else url_for("sign_in.page")
    answer = redirect(form.back if form.back.startswith("/sign-in") else home)
    if form.lang in ("ja", "en"):
        secure = is_secure()
        name = named(LANG_COOKIE, secure)
        answer.set_cookie(name, form.lang, max_age=A_YEAR, samesite="Lax", secure=secure, httponly=True)
    return answer


@pages.get("/keys")
def keys() -> Any:
    return render_template("desk/keys.html")


@pages.post("/settings/password")
@fresh_proof
def password() -> Any:
    """The password of now is asked for: a window left open is not enough to change it."""
    desk, form = the_desk(), sent(NewPassword)
    back = url_for("settings.page") + "#password"
    if form.password != form.again:
        raise at_field(back, "again", "desk.password.differ")
    try:
        staff.sign_in(desk, Account.get_by_id(me().id).email, form.current)
    except DeskError as error:
        wrong = "password_now_wrong" if error.code == "sign_in_refused" else error.code
        clock = g.words.clock(error.detail or desk.now())
        raise at_field(back, "current", f"desk.error.{wrong}", clock=clock) from None
    try:
        staff.change_password(desk, me().id, form.password)
    except DeskError as error:
        raise at_field(back, "password", f"desk.error.{error.code}", count=error.detail) from None
    act(desk, me(), "staff.factor_set", {"staff": me().id, "factor": "password"})
    say("desk.said.password")
    return redirect(url_for("sign_in.page"))


@pages.post("/settings/sessions")
def end_session() -> Any:
    """One window of the person's own, or all but this one."""
    staff.end_own(the_desk(), me().id, g.secret, sent(Session).session or None)
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
    content = json_body()
    passkeys.keep_new(
        the_desk(),
        me(),
        session_id(),
        content.get("credential"),
        str(content.get("label") or g.words.t("desk.passkeys.unnamed")),
    )
    staff.end_own(the_desk(), me().id, g.secret, None)
    act(the_desk(), me(), "staff.factor_set", {"staff": me().id, "factor": "passkey"})
    say("desk.said.passkey_made")
    return jsonify({"next": url_for("settings.page") + "#passkeys"})


@pages.post("/settings/passkeys/remove")
@fresh_proof
def remove_passkey() -> Any:
    mine = (Passkey.staff == me().id) & (Passkey.id == sent(OldPasskey).passkey)
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
