"""The browser of the field answers every vector as Node and Python do: its own DEFLATE, keys and JSON are asked."""

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser.browsers import CHROMIUM

ROOT = Path(__file__).parents[2]
ASK = """async (cases) => {
    const { answer } = await import("/tests/js/vector_areas.js")
    const answers = []
    for (const one of cases) answers.push(await answer(one).catch((error) => `${error}`))
    return answers
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.browser
def test_chromium_answers_every_vector(playwright, site):
    lists = json.loads((ROOT / "sync" / "words.json").read_text("utf-8"))
    cases = [
        json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "sync" / "vectors").glob("*.json"))
    ]
    asked = [case | ({"lists": lists} if case["area"] == "words" else {}) for case in cases]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    page = browser.new_page()
    page.goto(f"{site}/sync/words.json")

    answers = page.evaluate(ASK, asked)

    browser.close()
    wrong = [
        (case["area"], case["name"], said)
        for case, said in zip(cases, answers, strict=True)
        if said != case["expect"]
    ]
    assert wrong == []
    assert len(answers) > 80
