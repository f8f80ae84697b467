"""Something between phone and relay takes less than the relay does, and refuses with a page of its own."""

import io

import pytest

from tests.browser.core.worker import PHOTO_VISIT

pytestmark = pytest.mark.browser


class Proxy:
    """Refuses bodies above a limit in HTML, as nginx does."""

    def __init__(self, app, most):
        self.app, self.most, self.refused = app, most, 0

    def __getattr__(self, name):
        return getattr(self.app, name)

    def __call__(self, environ, start):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if len(body) > self.most:
            self.refused += 1
            start("413 Request Entity Too Large", [("Content-Type", "text/html")])
            return [b"<html><h1>413 Request Entity Too Large</h1></html>"]
        return self.app(environ | {"wsgi.input": io.BytesIO(body)}, start)


def test_a_large_photo_passes_in_smaller_pieces(newcomer):
    worker, office = newcomer, newcomer.office
    worker.enrol()
    proxy = office.app = Proxy(office.app, 20_000)
    visit = worker.page.evaluate(PHOTO_VISIT)
    for _ in range(3):
        worker.sync()
    assert proxy.refused > 0
    assert (
        worker.page.evaluate(
            "async () => (await (await import('/static/js/store/outbox_db.js')).outbox.run(['blobs'], 'readonly', "
            "(tx) => tx.objectStore('blobs').index('state').getAllKeys('waiting'))).length"
        )
        == 0
    )
    office.sync()
    assert visit in office.visits()


def test_what_nothing_smaller_helps_is_said_and_is_not_called_no_signal(newcomer):
    worker, office = newcomer, newcomer.office
    worker.enrol()
    office.app = Proxy(office.app, 3_000)
    worker.page.evaluate(PHOTO_VISIT)
    assert worker.sync()["problem"] == "refused_on_way"
