"""The sentence about what happened stands on the page that follows the act, whatever else loads meanwhile."""

import re

import pytest

from pwa_server.texts import t
from tests.desk_pages.conftest import SAME_ORIGIN

SAID = t("ja", "desk.said.followup_added", when="|").split("|")[0]
FORM = "/cases/demo-002/follow-ups"


def filled(person, note):
    """The form of a follow-up as a window holds it."""
    person.open("/cases/demo-002")
    mark = re.search(r'name="once" value="([^"]+)"', person.page)[1]
    told = {"csrf": person.token(), "once": mark, "on": "2026-12-08", "at": "10:00", "kind": "visit"}
    return told | {"with": "person", "note": note}


def press(person, told):
    """Where the browser is sent; the page there is not fetched yet."""
    answer = person.client.post(FORM, data=told, headers=SAME_ORIGIN)
    assert answer.status_code in (302, 303), answer.get_data(as_text=True)
    return answer.location


MEANWHILE = {
    "another window": ("GET", "/today", {}),
    "an error": ("GET", "/nothing-here", {}),
    "the browser's own question": ("GET", "/favicon.ico", {"Sec-Fetch-Dest": "image"}),
    "a script's look": ("GET", None, {"Sec-Fetch-Dest": "empty"}),
    "a page fetched ahead": ("GET", None, {"Sec-Purpose": "prefetch;prerender"}),
    "only its head": ("HEAD", None, {}),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_loads_meanwhile_neither_shows_it_nor_uses_it_up(supervisor, what):
    target = press(supervisor, filled(supervisor, "一度だけ"))
    method, path, headers = MEANWHILE[what]
    answer = supervisor.client.open(path or target, method=method, headers=headers)
    assert SAID not in answer.get_data(as_text=True)
    supervisor.open(target)
    assert SAID in supervisor.page
    supervisor.open(target)
    assert SAID not in supervisor.page, "it is said once"


def test_pressed_twice_the_page_that_came_last_says_it_too(supervisor):
    told = filled(supervisor, "二度押した")
    supervisor.open(press(supervisor, told))
    assert SAID in supervisor.page
    supervisor.open(press(supervisor, told))
    assert SAID in supervisor.page


def test_two_windows_that_end_at_one_page_say_two_sentences(supervisor):
    windows = [filled(supervisor, note) for note in ("一つ目", "二つ目")]
    for target in [press(supervisor, told) for told in windows]:
        supervisor.open(target)
        assert SAID in supervisor.page


def test_a_page_that_never_came_leaves_its_sentence_to_the_next(supervisor, office):
    press(supervisor, filled(supervisor, "途中で別のページへ"))
    office.clock.pass_(seconds=30)
    assert SAID in supervisor.client.get("/today").get_data(as_text=True)


def test_nobody_reads_later_what_happened_long_ago(supervisor, office):
    press(supervisor, filled(supervisor, "閉じられた窓"))
    office.clock.pass_(minutes=11)
    assert SAID not in supervisor.client.get("/today").get_data(as_text=True)
