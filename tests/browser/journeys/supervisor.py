"""中川 真理 at the desk: what she opens, presses and reads."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from .product import Product
from .texts import t

CODE_LETTER = "[0-9A-HJKMNP-TV-Z]"
LOOKS_WITHIN = 60_000  # ms; the desk looks at the relay every second, and a machine with other work is slow
PATIENT = 120_000  # ms; for a page, as for a phone


@dataclass
class Supervisor:
    """A person at the desk, signed in. `lang`: of the pages; `script`: whether their browser runs any."""

    page: Page
    product: Product
    name: str = "中川 真理"
    lang: str = "ja"
    script: bool = True

    def t(self, key: str, **params: object) -> str:
        return t(self.lang, key, **params)

    def sign_in(self) -> None:
        address, password = self.product.sign_in_of(self.name)
        self.page.goto(self.product.desk)
        self.page.get_by_label(self.t("desk.sign_in.email")).fill(address)
        self.page.get_by_label(self.t("desk.sign_in.password")).fill(password)
        self.page.get_by_role("button", name=self.t("desk.sign_in.enter"), exact=True).click()
        self.page.wait_for_url("**/today")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.product.desk}{path}")

    def reads(self, lang: str) -> None:
        """Chooses the language of the desk."""
        self.open("/settings")
        self.page.locator(f"button[name=lang][value={lang}]").click()
        self.lang = lang

    def prove_if_asked(self) -> None:
        """Devices and the review box ask for the password again when the last proof is old."""
        if "/prove" in self.page.url:
            self.page.get_by_label(self.t("desk.sign_in.password")).fill(
                self.product.sign_in_of(self.name)[1]
            )
            self.page.get_by_role("button", name=self.t("desk.prove.go_on")).click()
            self.page.wait_for_url(lambda url: "/prove" not in url)

    def add_phone(self, whose: str, label: str) -> str:
        """*People and devices → add a phone*. Returns the code as it is shown."""
        self.open("/people")
        self.page.get_by_role("link", name=re.compile(f"^{self.t('desk.phone.add')}")).first.click()
        self.prove_if_asked()
        self.page.get_by_label(self.t("desk.phone.whose")).select_option(label=whose)
        self.page.get_by_label(self.t("desk.phone.called")).fill(label)
        self.page.get_by_role("button", name=self.t("desk.phone.get_code")).click()
        groups = self.page.locator(".code span")
        expect(groups).to_have_count(5, timeout=LOOKS_WITHIN)
        code = " ".join(groups.all_inner_texts())
        assert re.fullmatch(rf"({CODE_LETTER}{{4}} ){{4}}{CODE_LETTER}", code), code
        return code

    def two_words(self) -> list[str]:
        """Shown once the phone has answered; the page notices by itself, or somebody looks again."""
        words = self.page.locator(".words span")
        if not self.script:
            self.until(lambda: words.count() == 2)
        expect(words).to_have_count(2, timeout=LOOKS_WITHIN)
        return words.all_inner_texts()

    def says_same(self) -> None:
        self.page.get_by_role("button", name=self.t("desk.phone.same"), exact=True).click()
        expect(self.page.get_by_text(self.t("desk.phone.status.confirmed")).first).to_be_visible()

    def says_different(self) -> None:
        self.page.get_by_role("button", name=self.t("desk.phone.differ"), exact=True).click()
        expect(self.page.get_by_text(self.t("desk.phone.status.closed")).first).to_be_visible()

    def until_shown(self, path: str, found: str | re.Pattern[str]) -> Locator:
        """The page at `path`, opened again until the text is there: the desk's pages need no script."""
        what = self.page.locator("main").get_by_text(found).first
        self.open(path)
        self.until(lambda: what.count() > 0)
        expect(what).to_be_visible()
        return what

    def until(self, there: Callable[[], bool]) -> None:
        """Opens the page again until it is so."""
        end = time.monotonic() + LOOKS_WITHIN / 1000
        while not there():
            if time.monotonic() > end:
                raise AssertionError(self.page.locator("main").inner_text())
            self.page.wait_for_timeout(250)  # the pause of somebody who looks again
            self.page.reload()

    def open_visit(self, text: str) -> None:
        """The first visit in the queue whose row has the text, once it has arrived."""
        self.until_shown("/review", text)
        self.page.get_by_role("row").filter(has_text=text).first.get_by_role("link").first.click()
        self.page.wait_for_url("**/visits/**")

    def open_phone(self, label: str) -> None:
        link = self.page.get_by_role("row").filter(has_text=label).get_by_role("link", name=label)
        self.open("/people?show=fleet")
        if link.count() == 0:
            self.open("/people?show=stopped")
        link.click()
        self.page.wait_for_url("**/people/phones/**")

    def stop_phone(self, label: str, how: str, reason: str) -> None:
        """`how`: "revoke" or "wipe"."""
        self.open_phone(label)
        self.page.get_by_text(self.t("desk.phone.stop_open"), exact=True).click()
        self.page.get_by_label(self.t("desk.phone.why")).fill(reason)
        self.page.get_by_role("button", name=self.t(f"desk.phone.{how}"), exact=True).click()
        self.prove_if_asked()
