"""Every sentence with which the desk assures somebody of a phone, a notification, a backup or another person.

One table with what makes each true: a sentence that assures and stands in no row fails, and so does a row without one.
"""

import json
import re
from pathlib import Path

import pytest

from pwa_server.desk.actions import devices
from pwa_server.desk.models.office_and_cases import DeviceNote, DeviceRow, FollowUp
from pwa_server.desk.pages.layout.assured import for_phone, who_rings

ROOT = Path(__file__).parents[2]
ASSURES = re.compile(
    r"(電話|端末)[^。]*(届[きけい]|呼び出|消え|出ません)|知らされ|呼び出|連絡を受ける人になります|控えをとり|控え済み|通知[^。]*(出|届)"
    r"|(質問|返事)を(送りました|残しました)|に渡しました|の担当にしました|届いている$|届きました|まで開いています|自動で|引き継ぎました|引きつぎました|声で伝えて"
)
# That it stays, or goes, and that nobody else reads it.
STAYS = re.compile(
    r"消えま|消えず|残って(い|お)|残りま|残ります|のまま残|読めません|読めます|だけが読|封をした|一つも|すべて残|だけが見"
    r"|そのまま届|従います|渡さなく|手をつけて|手放し|だけで開"
)
STAYS_EN = re.compile(
    r"\b(is|are|stays?|remains?) (always )?kept|\bstill (here|there|kept)|\bstays?\b|\bnever lost|\bnothing is lost"
    r"|\breads? (this|it) alone|\balone read|\bread by|\bcannot be read|\bobeys?\b|\buntouched",
    re.IGNORECASE,
)

# Said of somebody's phone: worked out by `assured`, and exercised below with and without one.
BY_PHONE = {
    "desk.said.approved",
    "desk.said.returned",
    "desk.said.followup_assigned",
    "desk.said.cover_granted",
}
BY_RING = {"desk.today.on_call_hint", "desk.today.on_call_some", "desk.today.on_call_nobody"}

# Worked out from what the desk counts or is told; where it is shown true and false.
SHOWN_BY = {
    "test_phones.py": {
        "desk.phone.arrives",
        "desk.phone.all_safe",
        "desk.said.phone_wiped",
        "desk.phone.lacks.other",
        "desk.phone.step4_text",
    },
    "test_margin.py": {"desk.saw.reached", "desk.saw.on_the_way"},
    "test_followups.py": {"desk.calls.title", "desk.calls.lead", "desk.push.works", "desk.push.hint"},
    "test_morning.py": {"desk.today.not_back_lead", "desk.today.count.calls", "desk.today.apart.for_review"},
    "test_trust.py": {"desk.said.emergency", "desk.said.emergency_untold", "desk.second.none"},
    "test_review.py": {"desk.error.newer_version", "desk.visit.after_hand_over"},
    "test_lost.py": {"desk.lost.does", "desk.lost.draft.other", "desk.lost.draft.data"},
    "test_account_acts.py": {"desk.person.invite_hint"},
    "../browser/journeys/test_stopping.py": {"desk.phone.wipe_hint"},
    "../desk/test_disposal.py": {
        "desk.disposal.where",
        "desk.years.goes.itself",
        "desk.held.reason.disposed",
    },
    "../desk/test_loss.py": {"desk.said.backup", "desk.backup.lead"},
    "../desk/test_retrying.py": {
        "desk.held.lead",
        "desk.held.reason.unknown_body",
        "desk.held.reason.unknown_event",
        "desk.held.reason.not_yet",
        "desk.held.reason.old_run",
        "desk.held.reason.missing",
    },
}

# True wherever it is said, and why.
ALWAYS = {
    "desk.checklist.lead": "published versions are rows of their own, sent to every phone at its next contact",
    "desk.checklist.publish_hint": "speaks of phones of the assigned",
    "desk.error.on_call_silent": "refused because of `watch_list.phones_of_staff`; a person says how else they are reached",
    "desk.today.on_call_otherwise": "what the person who ticks it says",
    "desk.transfers.people_hint": "documents are written for who is assigned; a case that is not any more is left out",
    "desk.checklist.retire_hint": "speaks of phones",
    "desk.said.checklist_published": "documents are written for every phone in use",
    "desk.said.handover_answered": "the answer is in the documents of the assigned",
    "desk.said.safety": "documents are written for every phone in use",
    "desk.said.on_call_all": "a rule of queries/on_call.py",
    "desk.contact.note": "the contact is in documents of the assigned alone",
    "desk.visit.send_hint": "a push carries nothing but a wake (SPEC 6)",
    "desk.cover.what": "with its condition in the sentence",
    "desk.person.hand_all_hint": "with its condition in the sentence",
    "desk.said.handed_over": "assigned in the log",
    "desk.said.handed_all": "assigned in the log",
    "desk.said.notice_given": "written into the log of this desk",
    "desk.section.incidents.none": "every report of a lost phone is an incident (test_section.py)",
    "desk.section.lead": "the page has numbers and days; a plan's page notes who opened it (test_section.py)",
    "desk.said.referral_sent": "written into the log of this desk",
    "desk.said.notice_answered": "written into the log of this desk",
    "desk.said.called": "tells what a person did",
    "desk.on_the_phone.what": "with its condition in the sentence",
    "desk.phone.stop_lead": "with its condition in the sentence",
    "desk.merge.hint": "with its condition in the sentence",
    "desk.meeting.closed_to_others": "no document of a phone holds a meeting",
    "desk.box.title": "a label",
    "desk.left.what.arrivals": "a label",
}
# The same of what stays and who reads it: where it is shown, or why it is so wherever it is said. A file is a test's.
STAYS_BY = {
    "desk.statistics.disposed": "test_figures_by_month.py",
    "desk.leaving.clear": "test_leaving.py",
    "desk.leaving.readme.files": "test_leaving.py",
    "desk.leaving.why.logs": "test_lost.py",
    "desk.organisations.lead": "test_walls.py",
    "desk.organisations.no_wall": "test_walls.py",
    "desk.organisations.wall": "test_walls.py",
    "desk.transfers.how.stay": "test_transfers.py",
    "desk.transfers.take_back_hint": "test_transfers.py",
    "desk.transfers.questions": "test_transfers.py",
    "desk.unopened.lead": "test_walls.py",
    "desk.match.hand_hint": "test_participation.py",
    "desk.match.slip_hint": "test_participation.py",
    "desk.match.minds_stay": "test_participation.py",
    "desk.match.stop_hint": "test_participation.py",
    "desk.referrals.send_hint": "the form names a draft: every such form is kept (test_drafts.py)",
    "desk.places.contact_hint": "test_opportunities.py",
    "desk.places.ring_hint": "test_opportunities.py",
    "desk.places.verified_hint": "test_opportunities.py",
    "desk.request.decision.none_kept": "test_requests.py",
    "desk.request.kept": "test_requests.py",
    "desk.request.kept_lead": "test_requests.py",
    "desk.request.new_lead": "test_requests.py",
    "desk.request.read_by": "test_requests.py",
    "desk.request.state.decided": "test_requests.py",
    "desk.vow.seen": "test_lost.py",
    "desk.vow.closes": "test_kept_upload.py",
    "desk.gate.foot": "the desk's one line goes to its relay (exchange/relay_client.py); logs are forwarded if so set",
    "desk.prove.kept": "test_kept_upload.py",
    "desk.prove.not_kept": "test_kept_upload.py",
    "desk.said.kept": "test_kept_upload.py",
    "desk.said.not_kept": "test_kept_upload.py",
    "desk.said.chosen": "test_visit_fields.py",
    "desk.said.rejected": "test_phones.py",
    "desk.said.dismissed": "test_phones.py",
    "desk.error.backup_failed": "../desk/test_backups.py",
    "desk.today.nothing_lost": "../desk/test_intake.py",
    "desk.today.apart_lead": "test_phones.py",
    "desk.visit.two_values_lead": "test_household.py",
    "desk.case.was_held_hint": "test_cases.py",
    "desk.box.lead": "test_phones.py",
    "desk.box.unreadable": "test_phones.py",
    "desk.held.unreadable": "test_phones.py",
    "desk.held.kept": "test_phones.py",
    "desk.phone.same_hint": "test_phones.py",
    "desk.phone.revoke_hint": "../browser/core/test_joining_and_leaving.py",
    "desk.phone.let_in_lead": "../desk/test_letting_in.py",
    "desk.phone.unsent_unknown": "with its condition in the sentence",
    "desk.access_log.lead": "test_lost.py",
    "desk.relay.problem_text": "../desk/test_relay_away.py",
    "desk.about.text": "../canary/search.py",
    "desk.form.too_long": "test_forms.py",
    "desk.contact.correct_lead": "test_contacts.py",
    "desk.contact.hint.reflection": "test_shown.py",
    "desk.consent.stops.meeting.how": "test_gates.py",
    "desk.consent.stops.plan.how": "test_gates.py",
    "desk.error.handover_stopped": "test_handovers.py",
    "desk.handover.ground_hint.law": "test_handovers.py",
    "desk.handover.stopped.case_closed": "test_handovers.py",
    "desk.handover.stopped.consent_for_body_missing": "test_handovers.py",
    "desk.handover.stopped.law_reason_missing": "test_handovers.py",
    "desk.handover.stopped.names_person": "test_handovers.py",
    "desk.handover.stopped.withdrawn": "test_handovers.py",
    "desk.import.can_be_taken_back": "test_imports.py",
    "desk.import.take_back_lead": "test_imports.py",
    "desk.said.consultation_corrected": "test_consultations.py",
    "desk.triage.keep_hint": "test_triage.py",
    "desk.learnings.withdraw_hint": "test_learnings.py",
    "desk.meeting.given_hint": "test_conferences.py",
    "desk.meeting.why_text": "test_conferences.py",
    "desk.meeting.minutes_hint": "test_conferences.py",
    "desk.meeting.minutes_closed": "test_conferences.py",
    "desk.meetings.members_hint": "test_conferences.py",
    "desk.paper.lead": "test_papers.py",
    "desk.paper.handle": "says how a sheet is to be treated",
    "desk.plan.sheet_for": "says how a sheet is to be treated",
    "desk.emergency.lead": "test_trust.py",
    "desk.plan.apart": "test_plan.py",
    "desk.plan.stays": "test_drafts.py",
    "desk.plan.write_lead": "test_plan.py",
    "desk.merge.lead": "test_household.py",
    "desk.said.two_decided": "test_household.py",
    "desk.papers.as_it_came": "test_household.py",
    "desk.hand.note_hint": "test_owners.py",
    "desk.seen_is_kept": "test_lost.py",
    "desk.error.full": "../desk/test_full_disk.py",
    "desk.error.backup_no_room": "../desk/test_backups.py",
    "desk.today.held_empty": "test_phones.py",
    "desk.today.silent_since": "a phone forgets nothing before it is safe (SPEC 4.4)",
    "desk.contact.lead": "test_contacts.py",
    "desk.contact.keep_hint": "test_contacts.py",
    "desk.meeting.decide_hint": "test_conferences.py",
    "desk.meeting.two_wordings": "test_conferences.py",
    "desk.statistics.copy_text": "test_figures_by_month.py",
    "desk.disclosure.kept_back": "test_papers.py",
    "desk.checklist.import_hint": "test_checklist_in.py",
    "desk.person.sign_out_hint": "test_account_acts.py",
    "desk.readers.lead": "test_lost.py",
    "desk.closing.ends_with": "test_accompanying.py",
    "desk.closing.lead": "test_accompanying.py",
    "desk.visit.talk_hint": "test_margin.py",
    "desk.household.lead": "test_household.py",
    "desk.papers.hint": "test_household.py",
    "desk.said.cover_refused": "tells what a person did",
    "desk.error.still_holds": "test_owners.py",
    "desk.import.fault.worked_on": "test_imports.py",
    "desk.checklist.text_hint": "test_checklists.py",
    "desk.triage.no_reason": "says that there is none",
    "desk.years.lead": "test_years.py",
    "desk.years.propose_hint": "test_years.py",
    "desk.years.table_lead": "test_years.py",
    "desk.years.goes.stays": "test_years.py",
    "desk.years.why.moved": "test_years.py",
    "desk.hold.lead": "test_years.py",
    "desk.disposal.stays": "../desk/test_disposal.py",
    "desk.disposal.until": "../desk/test_disposal.py",
    "desk.disposal.left": "../desk/test_disposal.py",
    "desk.form.refused": "test_forms.py",
    "desk.years.table": "a label",
}
# What was done just now, said on the page that follows (test_said.py), and words that stand on a button or a tag.
DONE = re.compile(
    r"^desk\.(said|event|when|learnings\.reads|visit\.read_by|meeting\.read_by|closing\.field)\b"
    r"|^desk\.error\.(malformed|checklist_faulty)$|^desk\.(contact\.wrong|import\.unread)\."
)
# Beside a form that was refused: what stands in it is what was sent (test_drafts.py, test_forms.py, test_once.py).
REFUSED = re.compile(
    r"(書いたこと|書いたもの|書いた文|ほかの欄)は(、?そのまま)?、?残っています|読めません（例|として読めません|役割では開けません"
)
LABELS = re.compile(r"^desk\.(security|meanwhile|kept|what|notices\.answer|trouble)\.")


def words(language: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for file in sorted((ROOT / "static" / "texts" / language).glob("desk*.json")):
        told |= json.loads(file.read_text("utf-8"))
    return told


def test_every_sentence_of_assurance_has_its_row_and_every_row_its_sentence():
    ja, en = words("ja"), words("en")
    rows = BY_PHONE | {f"{key}_no_phone" for key in BY_PHONE} | BY_RING | set(ALWAYS)
    rows |= {key for keys in SHOWN_BY.values() for key in keys}
    assures = {key for key, text in ja.items() if ASSURES.search(text) and not LABELS.match(key)}
    assert sorted(assures - rows) == []
    assert sorted(key for key in rows if key not in ja or key not in en) == []
    stays = {
        key
        for key, text in ja.items()
        if (STAYS.search(text) or STAYS_EN.search(en.get(key, "")))
        and not REFUSED.search(text)
        and not LABELS.match(key)
        and not DONE.match(key)
    }
    assert sorted(stays - rows - set(STAYS_BY)) == []
    assert sorted(key for key in STAYS_BY if key not in ja or key not in en) == []
    for file in [*SHOWN_BY, *(told for told in STAYS_BY.values() if told.endswith(".py"))]:
        assert (Path(__file__).parent / file).exists(), file


@pytest.mark.parametrize("key", sorted(BY_PHONE))
def test_a_phone_is_told_of_only_where_there_is_one(office, app, key):
    assert for_phone(key, "demo-kobayashi") == f"{key}_no_phone"
    phone = office.phone_of("kobayashi")
    assert for_phone(key, "demo-kobayashi") == key
    assert for_phone(key, "demo-nishimura") == f"{key}_no_phone"
    devices.revoke(office.desk, office.person("nakagawa"), phone.id, "紛失")
    assert for_phone(key, "demo-kobayashi") == f"{key}_no_phone"


def test_a_ring_is_told_of_only_where_a_phone_shows_it(office, app):
    called = ["demo-kobayashi", "demo-nishimura"]
    assert who_rings([]) == who_rings(called) == "desk.today.on_call_nobody"
    office.phone_of("kobayashi")
    assert who_rings(called) == "desk.today.on_call_nobody"
    told = {"notifications": "granted"}
    DeviceNote.put(device=DeviceRow.get(DeviceRow.staff == "demo-kobayashi").id, body=told, at="")
    assert who_rings(called) == "desk.today.on_call_some"
    assert who_rings(called[:1]) == "desk.today.on_call_hint"


def test_the_page_says_what_was_worked_out(supervisor, office):
    due = FollowUp.get((FollowUp.staff == "demo-kobayashi") & (FollowUp.state == "open"))
    supervisor.open("/follow-ups")
    page = supervisor.send(f"/follow-ups/{due.id}", do="assign", staff="demo-nishimura")
    assert "西村 恵 の担当にしました。電話がないので、声で伝えてください。" in page.text
    office.phone_of("nishimura")
    supervisor.open("/follow-ups")
    page = supervisor.send(f"/follow-ups/{due.id}", do="assign", staff="demo-nishimura")
    assert "西村 恵 に渡しました。" in page.text
    assert "だれも呼び出されません" in supervisor.open("/today").text
