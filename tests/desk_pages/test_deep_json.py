"""JSON nested too deep is 400 at every door of the desk that reads JSON, and never a fault at any other."""

import re
from pathlib import Path

import pytest

from pwa_server.desk.pages import layout
from tests.desk_pages.conftest import SAME_ORIGIN

PAGES = Path(layout.__file__).parents[1]
DEEP = ["[" * 5_000, '{"a":' * 5_000, "[" * 40 + "]" * 40, '{"text":' * 33 + "1" + "}" * 33]


def test_every_page_that_reads_json_reads_it_in_one_place():
    """So that a new one cannot forget it: pages parse what a browser sent by sent_json alone."""
    for file in PAGES.rglob("*.py"):
        text = file.read_text("utf-8")
        if file.name != "sent_json.py":
            assert not re.search(r"request\.(get_json|json\b)", text), file
            assert "json.loads(request" not in text, file
            assert set(re.findall(r"json\.loads\((\w+)", text)) <= {"row"}, file  # what the desk kept itself


def test_deep_json_is_no_fault_at_any_door(app, supervisor):
    deep = DEEP[0]
    token = supervisor.token()
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint in ("sign_in.leave", "settings.end_session"):
            continue
        path = app.url_map.bind("x").build(rule.endpoint, dict.fromkeys(rule.arguments, "x"), method="POST")
        asked = [
            {
                "data": deep,
                "content_type": "application/json",
                "headers": SAME_ORIGIN | {"X-Csrf": token},
            },
            {"data": dict.fromkeys(("text", "was-answers", "credential"), deep) | {"csrf": token}},
        ]
        for one in asked:
            status = supervisor.client.post(path, **({"headers": SAME_ORIGIN} | one)).status_code
            assert status < 500, (rule.endpoint, status)


@pytest.mark.parametrize("deep", DEEP, ids=["lists", "objects", "40 lists", "33 objects"])
def test_a_draft_of_deep_json_is_malformed(app, supervisor, deep):
    token = supervisor.token()
    kept = supervisor.client.post("/drafts/x", data={"text": deep, "csrf": token}, headers=SAME_ORIGIN)
    assert kept.status_code == 400


@pytest.mark.parametrize("deep", DEEP, ids=["lists", "objects", "40 lists", "33 objects"])
def test_a_passkey_of_deep_json_is_malformed(app, visitor, deep):
    visitor.open("/sign-in")
    headers = SAME_ORIGIN | {"X-Csrf": visitor.token()}
    answer = visitor.client.post(
        "/sign-in/passkey/answer", data=deep, content_type="application/json", headers=headers
    )
    assert answer.status_code == 400
