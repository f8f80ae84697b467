"""The service worker of one phone, woken as the system wakes it: by a push message, by background sync, by a tap."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

TAPPED = """async () => {
  const [one] = await registration.getNotifications()
  const event = new NotificationEvent("notificationclick", { notification: one })
  let done
  Object.defineProperty(event, "waitUntil", { value: (work) => { done = work } }) // only the system's own event may wait
  dispatchEvent(event)
  await done.catch(() => {}) // the window comes to the front only after a true tap
}"""
SHOWN = """() => navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
  .then((all) => all.map(({ title, body, lang, tag }) => ({ title, body, lang, tag })))"""


@dataclass
class Woken:
    """`page`: any page of the phone's browser, whose tools reach every worker of its origin."""

    page: Page
    origin: str

    def __post_init__(self) -> None:
        self.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        self.cdp = self.page.context.new_cdp_session(self.page)
        found: list[dict[str, Any]] = []
        self.cdp.on(
            "ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"])
        )
        self.cdp.send("ServiceWorker.enable")
        end = time.monotonic() + 60
        while not found:
            assert time.monotonic() < end, "no worker is registered"
            self.page.wait_for_timeout(20)
        self.id = found[0]["registrationId"]

    def gets_a_push(self, said: dict[str, Any]) -> None:
        """The browser hands over what the push service brought, decrypted."""
        message = {
            "origin": self.origin,
            "registrationId": self.id,
            "data": json.dumps(said, ensure_ascii=False),
        }
        self.cdp.send("ServiceWorker.deliverPushMessage", message)

    def syncs(self) -> None:
        told = {"origin": self.origin, "registrationId": self.id, "tag": "sotto-push", "lastChance": False}
        self.cdp.send("ServiceWorker.dispatchSyncEvent", told)

    def is_tapped(self) -> None:
        """Somebody taps the notification."""
        self.page.context.service_workers[0].evaluate(TAPPED)

    def shown(self) -> list[dict[str, str]]:
        """The notifications on the lock screen."""
        shown: list[dict[str, str]] = self.page.evaluate(SHOWN)
        return shown
