"""What a phone should hold is built again only where something can have changed, and nobody's writing waits for it."""

import io
import threading

import pytest
from PIL import Image

from pwa_server.desk import actions
from pwa_server.desk.actions import trust
from pwa_server.desk.backup import backup
from pwa_server.desk.exchange import outbox
from pwa_server.desk.exchange.changed_documents import look
from pwa_server.desk.exchange.documents.all import documents_for
from pwa_server.desk.exchange.documents.visit import UNCHANGED
from pwa_server.desk.models.office_and_cases import DeviceRow, PromiseMade, Sent, Staff
from pwa_server.desk.projections.rebuild import rebuild
from tests.standins.phone import new_id

HIS, HERS, OTHER = "demo-002", "demo-006", "demo-003"  # 小林's, 西村's, and another of 小林's


def a_photo():
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "JPEG")
    return file.getvalue()


class Watched:
    """Every look of a day, each compared with building all of it."""

    def __init__(self, office):
        self.alike = 0
        office.looks = self.look

    def look(self, desk, device, known):
        looked = look(desk, device, known)
        whole = {path: outbox._hash(body) for path, body in documents_for(desk, device).items()}
        sent = {
            row.path: row.hash for row in Sent.select().where((Sent.device == device.id) & (Sent.hash != ""))
        }
        if looked.documents is None:
            assert whole == sent
            return looked
        assert looked.documents.keys() == whole.keys()
        for path, body in looked.documents.items():
            if body is UNCHANGED:
                self.alike += 1
            assert whole[path] == (sent[path] if body is UNCHANGED else outbox._hash(body)), path
        return looked


class Day:
    def __init__(self, office):
        self.office, self.desk = office, office.desk
        self.nakagawa, self.administrator = (
            office.person("nakagawa"),
            Staff.get(Staff.role == "administrator"),
        )
        self.his, self.hers = office.phone_of("kobayashi"), office.phone_of("nishimura")
        self.pictured = self.his.visit(HIS, photos=[self.his.photo(a_photo())])
        self.visit = self.his.visit(HIS, promises=[{"id": new_id(), "text": "地図", "due": None, "to": "D"}])
        self.promise = self.visit["body"]["promises"][0]["id"]
        self.followup = new_id()

    def correct(self, case, hook):
        body = self.visit["body"]
        told = {
            "visit": self.visit["id"],
            "replaces": self.visit["id"],
            "changed": ["hook"],
            "record": body | {"hook": hook},
            "answers": None,
            "comment": "",
            "settles": [],
        }
        self.his.write(self.his.event("visit.corrected", case, told))

    def rename(self, staff, name):
        """It takes two."""
        asked = trust.propose(self.desk, self.nakagawa, staff, {"name": name})
        trust.decide(self.desk, self.administrator, asked, True)

    def write_for(self, phone, case):
        phone.write(phone.visit(case))


def of_followup(type_, **told):
    return lambda day: day.his.write(
        day.his.event(f"followup.{type_}", HIS, {"followup": day.followup} | told)
    )


AT = "2026-12-20T05:00:00Z"
LETS_OTHERS_BE = {
    "a visit": lambda day: day.his.write(day.visit),
    "a visit with a photo": lambda day: day.his.write(day.pictured),
    "a colleague's visit": lambda day: day.write_for(day.hers, HERS),
    "corrected": lambda day: day.correct(HIS, "花の話"),
    "corrected, named with another case": lambda day: day.correct(OTHER, "猫の話"),
    "read": lambda day: actions.read_visit(day.desk, day.nakagawa, day.visit["id"]),
    "commented": lambda day: actions.comment_visit(
        day.desk, day.nakagawa, day.visit["id"], "よく待ちましたね"
    ),
    "returned": lambda day: actions.return_visit(
        day.desk, day.nakagawa, day.visit["id"], "hook", "なぜ花ですか"
    ),
    "approved": lambda day: actions.approve(day.desk, day.nakagawa, day.visit["id"]),
    "approval undone": lambda day: actions.undo_approval(day.desk, day.nakagawa, day.visit["id"]),
    "planned": of_followup("scheduled", at=AT, kind="visit", note="", remind=True, **{"with": "person"}),
    "moved": of_followup("moved", at="2026-12-21T05:00:00Z"),
    "cancelled": of_followup("cancelled", reason="雪"),
    "kept": lambda day: day.his.write(day.his.event("promise.kept", HIS, {"promise": day.promise})),
    "noted": lambda day: actions.note_case(day.desk, day.nakagawa, HIS, "朝は避ける", ["花の話"], []),
    "backed up": lambda day: backup.backup(day.desk),
    "looked at": lambda day: day.his.write(day.his.event("case.viewed", HIS, {"at": AT})),
}
TOUCHES_ALL = {
    "a flag": lambda day: actions.set_safety(day.desk, day.nakagawa, HIS, "dog", "犬", "", "2027-01-01"),
    "handed over": lambda day: actions.unassign(day.desk, day.nakagawa, OTHER, "demo-kobayashi"),
    "taken on": lambda day: actions.assign(day.desk, day.nakagawa, OTHER, "demo-nishimura"),
    "another name": lambda day: day.rename("demo-nishimura", "西村 めぐみ"),
    "another day": lambda day: day.office.clock.pass_(days=1),
}


@pytest.fixture
def watched(office):
    return Watched(office)


def test_what_is_left_alone_is_as_it_was_through_a_whole_day(office, watched):
    day = Day(office)
    for name, act in (LETS_OTHERS_BE | TOUCHES_ALL).items():
        office.round(day.his, day.hers)
        watched.alike = 0
        act(day)
        day.his.sync()
        day.hers.sync()
        office.sync()
        assert (watched.alike > 0) == (name in LETS_OTHERS_BE), name
        day.his.sync()
        day.hers.sync()
    rows = {row.staff: row for row in DeviceRow.select().where(DeviceRow.status == "active")}
    for phone, staff in ((day.his, "demo-kobayashi"), (day.hers, "demo-nishimura")):
        assert phone.docs.keys() == documents_for(office.desk, rows[staff]).keys()
    assert PromiseMade.get_by_id(day.promise).kept
    assert day.his.docs[f"record/{day.pictured['id']}"]["photos"]  # the office has it, and said so


def test_a_program_that_starts_builds_everything_once(office, phone, watched):
    office.desk.looked_over.clear()
    phone.write(phone.visit(HIS))
    phone.sync()
    watched.alike = 0
    office.sync()
    assert watched.alike == 0
    phone.write(phone.visit(HIS))
    phone.sync()
    office.sync()
    assert watched.alike > 0


def test_after_a_rebuild_beside_it_a_running_desk_looks_everything_over(office, phone, desk, watched):
    for rebuilt in (False, True):
        if rebuilt:
            rebuild(desk)
        phone.write(phone.visit(HIS))
        phone.sync()
        watched.alike = 0
        office.sync()
        assert (watched.alike == 0) == rebuilt


def test_whoever_writes_does_not_wait_for_what_phones_should_hold(office, phone, desk, nakagawa):
    waited = []

    def slowly(*asked):
        """As in an office with many phones; meanwhile somebody approves."""
        act = threading.Thread(
            target=lambda: (actions.note_case(desk, nakagawa, HIS, "いつでも", [], []), desk.close())
        )
        act.start()
        act.join(20)
        waited.append(act.is_alive())
        return documents_for(*asked)

    office.looks = lambda desk, device, known: look(desk, device, known, slowly)
    office.clock.pass_(days=1)
    office.sync()
    assert waited
    assert not any(waited)
    office.looks = look
    office.round(phone)
    assert (
        phone.docs[f"case/{HIS}"]["preferences"] == "いつでも"
    )  # what came after the look is the next look's
