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
    "test_lost.py": {"desk.lost.does", "desk.lost.draft.other"},
    "test_account_acts.py": {"desk.person.invite_hint"},
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
    "desk.said.notice_answered": "written into the log of this desk",
    "desk.said.called": "tells what a person did",
    "desk.on_the_phone.what": "with its condition in the sentence",
    "desk.phone.stop_lead": "with its condition in the sentence",
    "desk.merge.hint": "with its condition in the sentence",
    "desk.meeting.closed_to_others": "no document of a phone holds a meeting",
    "desk.box.title": "a label",
    "desk.left.what.arrivals": "a label",
}
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
    for file in SHOWN_BY:
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
