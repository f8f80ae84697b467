"""What is not right with what the desk keeps stands on the morning page, and goes when it is right again."""

import pytest

from pwa_server.desk.backup import backup
from pwa_server.desk.models.key_values import set_state
from pwa_server.desk.models.office_and_cases import BlobFile
from tests.desk.test_wrong_photos import jpeg

HEADING = "この席で確かめること"


@pytest.mark.parametrize(
    ("reason", "said"),
    [("wrong_bytes", "その写真のものではありません"), ("damaged", "中身が変わっていました")],
)
def test_a_photo_whose_bytes_are_not_right_is_named(supervisor, office, reason, said):
    phone = office.phone_of("kobayashi")
    photo = phone.photo(jpeg())
    phone.write(phone.visit("demo-002", photos=[photo]))
    office.round(phone)
    assert HEADING not in supervisor.open("/today").text
    BlobFile.update(state="wanted", reason=reason).where(BlobFile.id == photo["blob"]).execute()
    assert said in supervisor.open("/today").text


def test_a_backup_that_failed_and_envelopes_that_changed_are_named_until_it_is_right(supervisor, desk):
    with desk.write():
        set_state("backup_problem", {"code": "backup_failed", "detail": "disk", "at": desk.now()})
        set_state("wrong_envelopes", {"count": 2, "at": desk.now()})
    page = supervisor.open("/today").text
    assert "控えがとれていません" in page
    assert "封筒 2通" in page
    backup.backup(desk)
    assert HEADING not in supervisor.open("/today").text
