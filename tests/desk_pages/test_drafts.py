"""A long form is kept while it is being written, for its writer alone, until it was taken in."""

import json

import pytest

from pwa_server.desk.accounts.page_state import MOST_DRAFTS, Draft, keep_draft
from tests.desk_pages.conftest import SAME_ORIGIN

WRITTEN = [["who", "角の家の方"], ["noticed", "灯りがつかない"]]


@pytest.fixture
def at_desk(signs_in):
    return signs_in


def keep(person, name, text):
    answer = person.client.post(
        f"/drafts/{name}", data={"csrf": person.token(), "text": text}, headers=SAME_ORIGIN
    )
    return answer.get_json()["kept"]


def kept(person, name):
    return person.client.get(f"/drafts/{name}").get_json()["fields"]


def test_what_was_refused_stays_and_what_was_taken_in_is_forgotten(supervisor, at_desk):
    supervisor.open("/notices")
    assert keep(supervisor, "notice", json.dumps(WRITTEN))
    assert kept(supervisor, "notice") == WRITTEN
    assert kept(at_desk("kobayashi"), "notice") == []

    supervisor.open("/notices")
    supervisor.send("/notices", keep="notice", who="角の家の人", noticed="", named="no")
    as_sent = [["who", "角の家の人"], ["noticed", ""], ["named", "no"]]
    assert kept(supervisor, "notice") == as_sent, "not what stood there a moment before"
    supervisor.send(
        "/notices", keep="notice", who="角の家の方", place="", noticed="灯りがつかない", named="no"
    )
    assert kept(supervisor, "notice") == []


def test_a_form_that_waits_for_a_proof_keeps_its_draft(supervisor, office):
    supervisor.open("/cases/demo-002/disclosure")
    assert keep(supervisor, "disclosure demo-002", json.dumps([["on", "2026-11-20"]]))
    office.clock.pass_(minutes=15)  # the proof is old now
    supervisor.open("/notices")
    supervisor.send(
        "/cases/demo-002/disclosure", keep="disclosure demo-002", on="2026-11-20", requester="person"
    )
    assert supervisor.path.startswith("/prove")
    assert kept(supervisor, "disclosure demo-002") == [["on", "2026-11-20"], ["requester", "person"]]


def test_a_form_from_elsewhere_writes_no_draft(supervisor):
    supervisor.open("/notices")
    assert keep(supervisor, "notice", json.dumps(WRITTEN))
    foreign = {"Sec-Fetch-Site": "cross-site"}
    supervisor.send("/notices", headers=foreign, keep="notice", who="another", noticed="", named="no")
    assert supervisor.status == 403
    assert kept(supervisor, "notice") == WRITTEN


@pytest.mark.parametrize("text", ["no json", "{}", '["one"]', '[["a","b","c"]]', "[[1]]", "null"])
def test_odd_drafts_are_refused_and_change_nothing(supervisor, text):
    supervisor.open("/notices")
    assert keep(supervisor, "notice", json.dumps(WRITTEN))
    assert not keep(supervisor, "notice", text)
    assert kept(supervisor, "notice") == WRITTEN


def test_throwing_a_draft_away_leaves_nothing(supervisor):
    supervisor.open("/notices")
    assert keep(supervisor, "notice", json.dumps(WRITTEN))
    assert keep(supervisor, "notice", "")
    assert Draft.select().count() == 0


def test_whoever_names_ever_new_pages_fills_no_disk(supervisor, office):
    """The newest stay; what is written now is never what goes, nor what a colleague writes."""
    office.clock.pass_(minutes=1)
    keep_draft("demo-kobayashi", "form x", "theirs", "2026-01-01T00:00:00.000Z")
    for number in range(MOST_DRAFTS):
        keep_draft("demo-nakagawa", f"form {number}", "x", f"2026-11-01T00:00:00.{number:03}Z")
    form = {"text": '[["a", "b"]]', "csrf": supervisor.token()}
    assert supervisor.client.post("/drafts/new", data=form, headers=SAME_ORIGIN).get_json() == {"kept": True}
    mine = {row.page for row in Draft.select().where(Draft.staff == "demo-nakagawa")}
    assert mine == {"form new", *(f"form {number}" for number in range(1, MOST_DRAFTS))}
    assert Draft.select().where(Draft.staff == "demo-kobayashi").count() == 1
