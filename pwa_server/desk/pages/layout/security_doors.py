"""Which act each address of the desk is, and the line that a request of it leaves in the security log."""

import threading
import time
from logging import getLogger
from typing import Any

from flask import Flask, Response, before_render_template, g, has_request_context, request
from flask_login import current_user

from pwa_server import fault_lines

from ...accounts.page_state import read_note
from ...core.desk import Desk
from ...core.errors import DeskError
from ...log.security_log import DONE, HALF, asked_from, security_event
from ...models.office_and_cases import Account
from .forms import Form, Line, typed
from .guards import session_id

QUIET_SECONDS = 60.0  # a stranger who is refused again and again gets one line in so long
MOST_STRANGERS = 1_000
log = getLogger("sotto.desk")

# endpoint → act, by method: what pages of the desk do. Every other address is in ORDINARY; a test holds the two whole.
DOORS: dict[tuple[str, str], str] = {
    ("POST", "sign_in.check"): "sign_in",
    ("POST", "sign_in.code"): "sign_in.code",
    ("POST", "sign_in.set_up"): "factor.set_up",
    ("POST", "sign_in.password"): "password.change",
    ("POST", "sign_in.passkey_answer"): "sign_in.passkey",
    ("POST", "sign_in.prove"): "proof",
    ("POST", "sign_in.leave"): "sign_out",
    ("POST", "settings.end_session"): "session.end",
    ("POST", "settings.password"): "password.change",
    ("POST", "settings.passkey_answer"): "factor.add",
    ("POST", "settings.remove_passkey"): "factor.remove",
    ("POST", "settings.run_backup"): "backup",
    ("POST", "settings.change"): "settings.change",
    ("POST", "people.add"): "account.add",
    ("POST", "person.role"): "account.role",
    ("POST", "person.stop"): "account.stop",
    ("POST", "person.organisation"): "account.organisation",
    ("POST", "organisations.add"): "organisation.write",
    ("POST", "transfers.page"): "transfer.make",
    ("POST", "transfers.take_back"): "transfer.take_back",
    ("POST", "organisations.change"): "organisation.write",
    ("POST", "organisations.add_contract"): "organisation.write",
    ("POST", "organisations.change_contract"): "organisation.write",
    ("POST", "person.invite"): "account.recover",
    ("POST", "person.decide"): "proposal.decide",
    ("POST", "person.sign_out"): "session.end",
    ("POST", "person.hand_over"): "cases.hand_over",
    ("GET", "people.read_box"): "review_box.read",
    ("POST", "people.decide"): "review_box.decide",
    ("POST", "phones.add"): "phone.enrol",
    ("POST", "phones.decide"): "phone.confirm",
    ("POST", "phones.let_in"): "phone.let_in",
    ("POST", "phones.stop"): "phone.stop",
    ("POST", "incidents.report"): "phone.lost",
    ("POST", "section.set_days"): "settings.change",
    ("POST", "held.decide"): "held.decide",
    ("POST", "emergency_access.page"): "emergency.open",
    ("POST", "emergency_access.take_notice"): "emergency.noticed",
    ("POST", "assignments.change"): "case.assign",
    ("POST", "statistics.export"): "export",
    ("POST", "statistics.file_report"): "filing",
    ("POST", "leaving.export"): "records",
    ("POST", "imports.agree"): "import",
    ("POST", "imports.back"): "import.take_back",
    ("GET", "imports.told"): "export",
    ("POST", "disclosure.page"): "disclosure",
    ("GET", "disclosure.copy"): "disclosure",
    ("GET", "papers.sheet"): "print",
    ("GET", "consultations.sheet"): "print",
    ("POST", "consultations.reported_fields"): "settings.change",
    ("POST", "papers.sheet"): "print",
    ("GET", "papers.visit"): "print",
    ("GET", "plan.sheet"): "print",
    ("GET", "case_papers.assessment"): "print",
    ("GET", "case_papers.progress"): "print",
    ("GET", "case_papers.evaluation"): "print",
    ("POST", "case_papers.headings"): "settings.change",
    ("GET", "handovers.sheet"): "print",
    ("POST", "handovers.set_bodies"): "settings.change",
    ("GET", "consents.one"): "document.fetch",
    ("GET", "meetings.paper"): "print",
    ("GET", "issues.sheet"): "print",
    ("GET", "learnings.sheet"): "print",
    ("GET", "resources.sheet"): "print",
    ("GET", "opportunities.sheet"): "print",
    ("GET", "matching.host_paper"): "print",
    ("GET", "matching.person_paper"): "print",
    ("GET", "meetings.secrecy"): "print",
    ("POST", "years.keep"): "settings.change",
    ("POST", "years.hold"): "hold",
    ("POST", "requests.set_days"): "settings.change",
    ("GET", "requests.sheet"): "print",
    ("POST", "years.propose"): "disposal.propose",
    ("POST", "requests.dispose"): "disposal.propose",
    ("POST", "years.decide"): "disposal.decide",
    ("GET", "years.one"): "disposal.read",
    ("GET", "access_log.page"): "log.read",
    ("GET", "security.page"): "log.read",
}
# What shows pages, or writes the office's records: the log of events and the access log say who and when.
ORDINARY = frozenset(
    {
        "GET accompanying.page",
        "GET assignments.page",
        "GET cases.one",
        "GET cases.page",
        "GET checklists.one",
        "GET checklists.page",
        "GET closing.write",
        "GET contacts.correct",
        "GET contacts.new",
        "GET meetings.kinds",
        "GET meetings.material",
        "GET meetings.new",
        "GET meetings.one",
        "GET meetings.page",
        "GET consultations.new",
        "GET consultations.one",
        "GET consultations.page",
        "GET disclosure.page",
        "GET drafts.read",
        "GET emergency_access.page",
        "GET followups.page",
        "GET handovers.new",
        "GET handovers.one",
        "GET handovers.page",
        "GET held.one",
        "GET held.page",
        "GET household.page",
        "GET issues.change",
        "GET issues.new",
        "GET issues.of_case",
        "GET issues.one",
        "GET issues.page",
        "GET learnings.change",
        "GET learnings.new",
        "GET learnings.one",
        "GET learnings.page",
        "GET imports.one",
        "GET imports.page",
        "GET consents.needs",
        "GET consents.withdrawing",
        "GET incidents.one",
        "GET incidents.report",
        "GET conferences.page",
        "GET monitoring.give",
        "GET monitoring.write",
        "GET notices.page",
        "GET people.add",
        "GET people.page",
        "GET person.one",
        "GET phones.add",
        "GET phones.meet",
        "GET phones.meet_state",
        "GET phones.one",
        "GET opportunities.change",
        "GET opportunities.host",
        "GET opportunities.new",
        "GET opportunities.page",
        "GET matching.page",
        "GET taking_part.page",
        "GET plan.compare",
        "GET plan.page",
        "GET plan.write",
        "GET participation.page",
        "GET readers.page",
        "GET referrals.page",
        "GET organisations.one",
        "GET organisations.page",
        "GET transfers.page",
        "GET transfers.one",
        "GET resources.page",
        "GET review.page",
        "GET review.photo",
        "GET review.queue",
        "GET search.found",
        "GET section.page",
        "GET settings.keys",
        "GET settings.new_passkey",
        "GET settings.page",
        "GET sign_in.code",
        "GET sign_in.kept",
        "GET sign_in.page",
        "GET sign_in.password",
        "GET sign_in.prove",
        "GET sign_in.set_up",
        "GET static",
        "GET leaving.page",
        "GET statistics.page",
        "GET today.page",
        "GET today.root",
        "GET requests.new",
        "GET requests.one",
        "GET requests.page",
        "POST requests.answer",
        "POST requests.check",
        "POST requests.decide",
        "POST requests.new",
        "POST requests.part",
        "GET years.hold",
        "GET years.page",
        "GET triage.page",
        "POST accompanying.note",
        "POST account_notices.seen",
        "POST new_contact.join",
        "POST cases.add_followup",
        "POST cases.hold_conference",
        "POST cases.keep_promise",
        "POST checklists.change",
        "POST checklists.new",
        "POST checklists.read_file",
        "POST closing.reopen",
        "POST closing.write",
        "POST contacts.correct",
        "POST contacts.new",
        "POST meetings.kinds",
        "POST meetings.new",
        "POST meetings.write",
        "POST consultations.become_case",
        "POST consultations.correct",
        "POST consultations.end",
        "POST consultations.find",
        "POST consultations.new",
        "POST consultations.number",
        "POST cover.decide",
        "POST drafts.keep",
        "POST followups.add",
        "POST followups.change",
        "POST followups.set_quiet",
        "POST handovers.answer",
        "POST handovers.new",
        "POST handovers.take_back",
        "POST household.change",
        "POST household.set_options",
        "POST issues.answer",
        "POST issues.change",
        "POST issues.give_evidence",
        "POST issues.move",
        "POST issues.new",
        "POST issues.propose",
        "POST issues.talk",
        "POST learnings.change",
        "POST learnings.check",
        "POST learnings.find",
        "POST learnings.new",
        "POST learnings.set_aside",
        "POST learnings.tried",
        "POST learnings.withdraw",
        "POST imports.away",
        "POST imports.go_on",
        "POST imports.match",
        "POST imports.read",
        "POST consents.add",
        "POST consents.note_consent",
        "POST consents.remove",
        "POST consents.safety",
        "POST consents.withdraw",
        "POST incidents.told",
        "POST incidents.write",
        "POST annotations.comment",
        "POST annotations.flag",
        "POST annotations.keep_draft",
        "POST annotations.put_together",
        "POST annotations.settle",
        "POST annotations.undo",
        "POST conferences.page",
        "POST monitoring.give",
        "POST monitoring.write",
        "POST notices.answer",
        "POST notices.page",
        "POST opportunities.change",
        "POST opportunities.check",
        "POST opportunities.find",
        "POST opportunities.host",
        "POST opportunities.new",
        "POST opportunities.undo",
        "POST matching.add",
        "POST matching.arranged",
        "POST matching.hand",
        "POST matching.heard",
        "POST matching.reasons",
        "POST matching.step",
        "POST matching.undo",
        "POST plan.agree",
        "POST plan.decide",
        "POST plan.write",
        "POST participation.keep",
        "POST referrals.ask",
        "POST referrals.send",
        "POST referrals.take",
        "POST resources.add",
        "POST resources.change",
        "POST resources.check",
        "POST resources.districts",
        "POST resources.end",
        "POST resources.find",
        "POST review.approve",
        "POST review.approve_many",
        "POST review.choose",
        "POST review.keep_draft",
        "POST review.return_",
        "POST search.find",
        "POST settings.language",
        "POST settings.passkey_options",
        "POST sign_in.kept",
        "POST sign_in.passkey_options",
        "POST statistics.close",
        "POST today.give_on",
        "POST today.on_call",
        "POST triage.decide",
    }
)
ENTERING = frozenset(("sign_in", "sign_in.code", "sign_in.passkey", "factor.set_up"))
REFUSALS = frozenset((401, 403, 429))

_quiet: dict[str, float] = {}
_quiet_lock = threading.Lock()


def told_outcome(outcome: str, who: str | None = None) -> None:
    """How the act of this request came out, where its status does not say it; and whose act it was."""
    if has_request_context():
        g.security_outcome = outcome
        if who is not None:
            g.security_who = who


def install(app: Flask, desk: Desk) -> None:
    """Write the line of every request that is an act."""

    @app.before_request
    def begin() -> None:
        asked_from.set(request.remote_addr or "?")
        g.security_who = current_user.id if current_user.is_authenticated else _who_tries()

    @app.after_request
    def write(response: Response) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        what = DOORS.get((method, request.endpoint or ""))
        refused = response.status_code in REFUSALS
        if what is None and not refused:
            return response
        who = g.get("security_who") or ""
        outcome = _outcome(what or "refused", response)
        if not current_user.is_authenticated:
            if not who and what not in ENTERING and not refused:
                return response  # nobody came in, and nothing was done
            # A guess that was counted is bounded with its count. What else is refused to a stranger is told once a
            # minute, whomever it names: a line takes time, and would tell known addresses from unknown.
            always = outcome in (DONE, HALF) or g.get("counted_try")
            if not always and _said_lately(f"{request.remote_addr} {what}", time.monotonic()):
                return response
        about = [str(value) for value in (request.view_args or {}).values()]
        about += [] if what else [request.endpoint or ""]
        try:
            security_event(desk, what or "refused", who=who, about=" ".join(about), outcome=outcome)
        except DeskError as error:  # a full disk: what was done is done, and nobody is stopped by this
            fault_lines.note(log, "a line of the security log was not written", error)
        return response

    def noticed(_sender: Any, context: dict[str, Any], **_more: Any) -> None:
        if context.get("wrong") and has_request_context():
            g.refused = True

    before_render_template.connect(noticed, app, weak=False)


def _outcome(what: str, response: Response) -> str:
    if given := g.get("security_outcome"):
        return str(given)
    if response.status_code >= 400:
        return str(response.status_code)
    if g.get("refused"):
        return "refused"
    return HALF if what in ENTERING else DONE


class Entering(Form):
    email: Line = ""


def _who_tries() -> str:
    """Whose account somebody tries to enter: only known addresses have an id, and an unknown one is not written."""
    if not (request.endpoint or "").startswith("sign_in."):
        return ""
    if request.endpoint == "sign_in.check":
        account = Account.get_or_none(Account.email == typed(Entering)["email"].strip().lower())
        return "" if account is None else str(account.staff)
    half = read_note(session_id(), "half")
    return str(half["staff"]) if isinstance(half, dict) and "staff" in half else ""


def _said_lately(key: str, now: float) -> bool:
    with _quiet_lock:
        said = _quiet.get(key, -QUIET_SECONDS)
        if now - said < QUIET_SECONDS:
            return True
        if len(_quiet) >= MOST_STRANGERS:
            _quiet.clear()
        _quiet[key] = now
    return False
