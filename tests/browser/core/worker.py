"""小林 悠 with a true phone, a true relay and a true desk; 中川 真理 is the supervisor."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from pwa_server.desk.actions import enrolment
from tests.browser.browsers import Phone
from tests.browser.core.places import Office, Valley, no_line

OPEN = """async words => {
  globalThis.session = await import("/static/js/session/session.js")
  await session.started
  if (words) await session.unlock({ passphrase: words })
}"""
START = """async () => {
  globalThis.session = await import("/static/js/session/session.js")
  await session.started
}"""
COUNTS = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const count = (store) => outbox.run([store], "readonly", (tx) => tx.objectStore(store).count())
  return { envelopes: await count("envelopes"), events: await count("events"), blobs: await count("blobs") }
}"""
WHOLE = """async () => {
  const { meta } = await import("/static/js/store/outbox_db.js")
  return (await meta("release"))?.begun === false
}"""
BEGIN = """async code => {
  globalThis.session = await import("/static/js/session/session.js")
  await session.started
  globalThis.refused = null
  globalThis.met = session.enrol(code.toLowerCase())
  met.catch(({ code, detail }) => { globalThis.refused = [code, detail] })
  return null
}"""
REFUSED = "refused"
CHOOSE = """async () => {
  const words = await session.choosePassphrase()
  await session.confirmPassphrase(words)
  await session.syncNow()
  return words
}"""
VISIT = """async fact => {
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = session.drafts.open(sheet.id, "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", staff: ["demo-kobayashi"], notes: {fact}})
  return session.save(draft)
}"""
PHOTO_VISIT = """async () => {
  const { scalePhoto } = await import("/static/js/store/photos.js")
  const canvas = new OffscreenCanvas(2400, 1800)
  const paper = canvas.getContext("2d")
  const noise = paper.createImageData(2400, 1800)
  for (let at = 0; at < noise.data.length; at += 65536) crypto.getRandomValues(noise.data.subarray(at, at + 65536))
  paper.putImageData(noise, 0, 0)
  paper.fillRect(0, 0, 2400, 1200)
  const { bytes, width, height } = await scalePhoto(await canvas.convertToBlob({ type: "image/jpeg" }))
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = session.drafts.open(sheet.id, "visit")
  draft.set("record", {occurredAt: "2026-10-01T05:00:00Z", channel: "visit", planned: "as_planned",
    outcome: "met_person", staff: ["demo-kobayashi"]})
  await draft.addPhoto(bytes, { width, height })
  return session.save(draft)
}"""


@dataclass
class Worker:
    """小林 悠 with a true phone, a true relay, a true desk."""

    phone: Phone
    valley: Valley
    office: Office
    page: Page
    words: str = ""

    def enrol(self) -> None:
        nakagawa = self.office.person("nakagawa")
        meeting = enrolment.start(self.office.desk, nakagawa, "demo-kobayashi", "phone")
        self.page.evaluate(BEGIN, meeting.code)
        end = time.monotonic() + 60
        while not (seen := enrolment.poll(self.office.desk, meeting.id)).words:
            assert time.monotonic() < end, "the phone does not answer"
            assert self.page.evaluate(REFUSED) is None
            self.page.wait_for_timeout(50)
        assert [(w["ja"], w["en"]) for w in self.page.evaluate("met.then(({words}) => words)")] == seen.words
        enrolment.confirm(self.office.desk, nakagawa, meeting.id)
        self.office.sync()
        self.page.evaluate("met.then(({confirmed}) => confirmed)")
        self.words = " ".join(self.page.evaluate(CHOOSE))
        self.first_note_is_safe()

    def airplane_mode(self, on: bool) -> None:
        """The line is cut as well: a worker that starts may be quicker than its being told that it is offline."""
        self.valley.before = no_line if on else lambda _environ: None
        if self.phone.context is not None:
            self.phone.context.set_offline(on)

    def has_the_whole_app(self) -> None:
        """All of the release is here and serves the page."""
        self.page.wait_for_function("() => navigator.serviceWorker.controller")
        self.page.wait_for_function(WHOLE)

    def first_note_is_safe(self) -> None:
        """What the phone tells of itself on its first day (device.noted) is at the office and forgotten here."""
        for _ in range(20):
            if not any(self.page.evaluate(COUNTS).values()):
                return
            self.office.clock.pass_(minutes=1)  # the next backup is due
            self.round()
        raise AssertionError(self.page.evaluate(COUNTS))

    def round(self) -> None:
        """Everything travels once up and once down."""
        self.sync()
        self.office.sync()
        self.sync()

    def sync(self) -> dict[str, Any]:
        tally: dict[str, Any] = self.page.evaluate("session.syncNow()")
        return tally

    def open(self) -> Page:
        self.page.evaluate(OPEN, self.words)
        return self.page

    def restart(self) -> Page:
        self.phone.kill()
        self.page = self.phone.start()
        return self.open()

    def device(self) -> str:
        name: str = self.page.evaluate(
            "async () => (await import('/static/js/store/outbox_db.js')).identity().then(({device}) => device)"
        )
        return name

    def states(self) -> dict[str, str]:
        found: dict[str, str] = self.page.evaluate(
            "async () => { await session.settle(); return Object.fromEntries("
            "session.records.value.map(({visit, state}) => [visit, state])) }"
        )
        return found
