"""A visit travels from a phone to the desk and its answer back, on a true relay and a true database."""

from pwa_server.desk import actions
from pwa_server.desk.log import event_log
from pwa_server.desk.models.office_and_cases import Visit


def test_a_new_phone_holds_what_its_worker_needs_and_nothing_else(phone):
    assert phone.docs["me"]["worker"]["name"] == "小林 悠"
    cases = sorted(path for path in phone.docs if path.startswith("case/"))
    assert cases == ["case/demo-001", "case/demo-002", "case/demo-003", "case/demo-004", "case/demo-005"]
    assert {"numbers", "followups", "device", "checklist/first_visit"} <= phone.docs.keys()
    assert len(phone.docs["case/demo-002"]["contacts"]) == 5
    assert len(phone.docs["case/demo-002"]["line"]) == 14


def test_a_visit_reaches_the_office_and_the_phone_hears_of_it(office, phone):
    visit = phone.visit("demo-002", notes={"fact": "玄関で話した"}, hook="色見本")
    phone.write(visit)
    assert phone.unsent() == 1
    office.round(phone)

    row = Visit.get_by_id(visit["id"])
    assert (row.case, row.staff, row.review_status) == ("demo-002", "demo-kobayashi", "waiting")
    assert phone.docs[f"record/{visit['id']}"]["state"] == "at_office"
    assert phone.docs["case/demo-002"]["hook"]["text"] == "色見本"
    assert phone.m.held == phone.m.head
    assert event_log.verify_chain() > 0


def test_what_is_safe_is_forgotten_by_the_phone_and_not_before(office, phone):
    phone.write(phone.visit("demo-002"))
    phone.sync()
    assert len(phone.m.outbox) == 1
    office.clock.pass_(seconds=5)
    office.sync()  # the trial backs up at once, reads it back, and only then says safe
    phone.sync()
    assert phone.m.safe == (phone.m.head.run, 1)
    assert phone.m.outbox == []


def test_a_returned_visit_is_answered_by_a_correction_and_both_versions_stay(office, phone, desk, nakagawa):
    visit = phone.visit("demo-002", notes={"view": "落ち着いている"})
    phone.write(visit)
    office.round(phone)
    actions.read_visit(desk, nakagawa, visit["id"])
    review = actions.return_visit(desk, nakagawa, visit["id"], "notes.view", "どの様子から？")
    office.round(phone)

    record = phone.docs[f"record/{visit['id']}"]
    assert record["readBy"][0]["name"] == "中川 真理"
    assert record["review"]["status"] == "returned"
    assert record["review"]["question"] == "どの様子から？"

    body = record["record"] | {"notes": record["record"]["notes"] | {"view": "声の調子から"}}
    phone.write(
        phone.event(
            "visit.corrected",
            "demo-002",
            {
                "visit": visit["id"],
                "replaces": visit["id"],
                "changed": ["notes.view"],
                "record": body,
                "answers": review,
                "comment": "",
            },
        )
    )
    office.round(phone)

    record = phone.docs[f"record/{visit['id']}"]
    assert record["review"]["status"] == "answered"
    assert [version["was"] for version in record["versions"]] == [{}, {"notes.view": "落ち着いている"}]
    actions.approve(desk, nakagawa, visit["id"])
    office.round(phone)
    assert phone.docs[f"record/{visit['id']}"]["review"]["status"] == "approved"
