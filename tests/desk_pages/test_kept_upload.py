"""A session that ends while a paper is being sent keeps its title and its file, and says only what is so."""

from datetime import timedelta
from io import BytesIO

import pytest

from pwa_server.desk.accounts.page_state import KeptFile, KeptForm
from pwa_server.desk.accounts.staff import SESSION_IDLE
from pwa_server.desk.models.office_and_cases import CaseDocument, DocumentFile
from pwa_server.desk.pages.layout.session import MOST_KEPT
from tests.desk_pages.conftest import SAME_ORIGIN

WORDS = b"%PDF-1.4 " + b"a letter " * 400
PATH = "/cases/demo-002/documents"


@pytest.fixture
def at_desk(signs_in):
    return signs_in


def send_paper(person, **told):
    fields = {
        "csrf": person.token(),
        "title": "市からの手紙",
        "kind": "letter",
        "file": (BytesIO(WORDS), "手紙.pdf"),
    } | told
    return person.client.post(PATH, data=fields, headers=SAME_ORIGIN, follow_redirects=True)


def test_title_and_file_are_sent_on_after_signing_in_again(supervisor, office):
    from pwa_server.desk.pages.cases.consents import KINDS

    supervisor.open("/cases/demo-002")
    office.clock.pass_(seconds=(SESSION_IDLE + timedelta(minutes=5)).total_seconds())
    answer = send_paper(supervisor, kind=KINDS[0])
    assert "書きかけは残っています" in answer.get_data(as_text=True)
    page = supervisor.sign_in()
    assert "市からの手紙" in supervisor.page
    assert "手紙.pdf" in supervisor.page
    form = next(one for one in page.forms if one["action"] == PATH)
    title = {"title": "市からの手紙（控え）"}
    supervisor.client.post(PATH, data=form["fields"] | title, headers=SAME_ORIGIN)
    row = CaseDocument.get(CaseDocument.title == title["title"])
    assert bytes(DocumentFile.get_by_id(row.id).bytes) == WORDS
    assert KeptForm.select().count() == KeptFile.select().count() == 0


def test_what_is_too_long_to_keep_is_not_said_to_be_kept(supervisor, office):
    supervisor.open("/cases/demo-002")
    office.clock.pass_(seconds=(SESSION_IDLE + timedelta(minutes=5)).total_seconds())
    told = send_paper(supervisor, title="x" * 300_000).get_data(as_text=True)
    assert "書きかけは残っています" not in told
    assert "残せませんでした" in told


def test_who_is_asked_for_a_proof_is_told_only_what_became_of_the_form(supervisor, office):
    """Nothing typed, something, and too much; told again when the proof was wrong."""
    office.clock.pass_(minutes=11)
    kept, lost = "書きかけは残っています", "書きかけを残せませんでした"
    page = supervisor.open("/people/add")
    assert supervisor.path.startswith("/prove")
    assert kept not in page.text
    assert lost not in page.text
    for name, said, unsaid in (("木村", kept, lost), ("木" * 300_000, lost, kept)):
        supervisor.send("/people/add", name=name)
        for _ in range(2):
            assert said in supervisor.page
            assert unsaid not in supervisor.page
            supervisor.send("/prove", password="wrong")
    supervisor.open("/people/add")
    assert kept not in supervisor.page


def test_of_forms_with_files_only_the_last_few_are_kept(supervisor, office):
    supervisor.open("/cases/demo-002")
    office.clock.pass_(seconds=(SESSION_IDLE + timedelta(minutes=5)).total_seconds())
    for n in range(5):
        send_paper(supervisor, title=f"手紙 {n}")
    assert KeptFile.select().count() == 3
    assert [dict(row.fields)["title"] for row in KeptForm.select().order_by(KeptForm.id)] == [
        "手紙 2",
        "手紙 3",
        "手紙 4",
    ]


def test_an_old_cookie_fills_no_disk(supervisor, office):
    """Whoever still has one sends on and on: the newest are kept, and none whose fields' names are the load."""
    page = "/cases/demo-002/follow-ups"
    supervisor.open("/cases/demo-002")
    token = supervisor.token()
    office.clock.pass_(seconds=(SESSION_IDLE + timedelta(minutes=5)).total_seconds())
    for n in range(MOST_KEPT + 3):
        supervisor.client.post(page, data={"csrf": token, "note": f"{n}"}, headers=SAME_ORIGIN)
    kept = [dict(row.fields)["note"] for row in KeptForm.select().order_by(KeptForm.id)]
    assert kept == [str(n) for n in range(3, MOST_KEPT + 3)]
    long_names = {"csrf": token, "x" * 300_000: ""}
    supervisor.client.post(page, data=long_names, headers=SAME_ORIGIN)
    assert KeptForm.select().count() == MOST_KEPT
    assert all(len(str(row.fields)) < 1_000 for row in KeptForm.select())
