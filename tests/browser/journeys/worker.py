"""小林 悠 with the phone in hand: what they open, tap, type and read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.browsers import Phone

from .supervisor import Supervisor
from .texts import t

GETS_THROUGH = 60_000  # ms
RISKS = 8
PLACE = "() => JSON.stringify([location.hash, history.state])"


@dataclass
class Worker:
    """A worker and their phone. `words`: the four of the passphrase, as written on paper."""

    phone: Phone
    name: str = "小林 悠"
    label: str = "業務用 1号"
    lang: str = "ja"
    words: str = ""
    airplane: Callable[[bool], None] = lambda _: None
    flying: bool = False
    pages: list[Page] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.pages[-1]

    def t(self, key: str, **params: object) -> str:
        return t(self.lang, key, **params)

    # The app

    def opens_the_app(self) -> Page:
        self.pages.append(self.phone.start(offline=self.flying))
        return self.page

    def closes_the_app(self) -> None:
        self.phone.close()

    def app_is_killed(self) -> None:
        self.phone.kill()

    def airplane_mode(self, on: bool) -> None:
        """Page and worker are cut, and the line to the relay as well."""
        self.flying = on
        self.airplane(on)
        if self.phone.context is not None:
            self.phone.context.set_offline(on)

    # Enrolment

    def skips_installing(self) -> None:
        self.page.get_by_role("button", name=self.t("install.tab"), exact=True).click()
        self.page.get_by_role("button", name=self.t("install.tab.do")).click()

    def types_the_code(self, code: str) -> None:
        self.page.get_by_label(self.t("enrol.code"), exact=True).fill(code)
        self.page.get_by_role("button", name=self.t("next"), exact=True).click()

    def is_told(self, title: str, text: str) -> None:
        """One box says what happened and what to do next."""
        alert = self.page.get_by_role("alert")
        expect(alert).to_contain_text(title, timeout=GETS_THROUGH)
        expect(alert).to_contain_text(text)

    def two_words(self) -> list[str]:
        words = self.page.locator(f".two-words [lang={self.lang}]")
        expect(words).to_have_count(2, timeout=GETS_THROUGH)
        return words.all_inner_texts()

    def writes_the_words_down(self) -> None:
        self.page.get_by_role("button", name=self.t("unlock.passphrase"), exact=True).click()
        shown = self.page.locator(".four-words li")
        expect(shown).to_have_count(4)
        self.words = " ".join(shown.all_inner_texts())
        self.page.get_by_role("button", name=self.t("passphrase.written")).click()

    def types_the_words_back(self) -> None:
        self.page.get_by_label(self.t("passphrase"), exact=True).fill(self.words)
        self.page.get_by_role("button", name=self.t("passphrase.finish")).click()
        self.sees_today()

    def joins(self, supervisor: Supervisor) -> str:
        """The whole way in, from the empty phone to the unlocked app that is ready for the field. Returns the code."""
        code = self.meets(supervisor)
        self.types_the_words_back()
        self.is_ready()
        return code

    def meets(self, supervisor: Supervisor) -> str:
        """Code and two words are exchanged, and the four words are written down. Returns the code."""
        code = supervisor.add_phone(self.name, self.label)
        self.opens_the_app()
        self.skips_installing()
        self.types_the_code(code)
        heard = supervisor.two_words()
        assert self.two_words() == heard
        supervisor.says_same()
        self.writes_the_words_down()
        return code

    def is_ready(self) -> None:
        """Everything assigned has come, and the app says so."""
        expect(self.page.get_by_text(self.t("ready.yes"))).to_be_visible(timeout=GETS_THROUGH)

    # Lock and home

    def unlocks(self) -> None:
        self.page.get_by_label(self.t("passphrase"), exact=True).fill(self.words)
        self.page.get_by_role("button", name=self.t("lock.open"), exact=True).click()
        self.sees_today()

    def sees_today(self) -> None:
        expect(self.page.get_by_role("heading", level=1, name=self.t("today"), exact=True)).to_be_visible(
            timeout=GETS_THROUGH
        )

    def tab(self, name: str) -> None:
        self.page.get_by_role("navigation", name=self.t("tabs")).get_by_role(
            "link", name=re.compile(f"^{self.t(f'tab.{name}')}")
        ).click()

    def goes_back(self) -> None:
        self.page.go_back()

    def tab_from_anywhere(self, name: str) -> None:
        """Back until the tabs are there."""
        tabs = self.page.get_by_role("navigation", name=self.t("tabs"))
        back = self.page.get_by_role("button", name=self.t("back"), exact=True)
        expect(tabs.or_(back).first).to_be_visible()
        while not tabs.count():
            self.goes_up()
            expect(tabs.or_(back).first).to_be_visible()
        self.tab(name)

    def goes_up(self) -> None:
        """By the key of the screen; the browser goes back a moment later."""
        where = self.page.evaluate(PLACE)
        self.press("back")
        self.page.wait_for_function(f"before => ({PLACE})() !== before", arg=where)

    def opens_settings(self) -> None:
        self.page.get_by_role("button", name=self.t("settings"), exact=True).click()

    def opens_case(self, title: str) -> None:
        self.tab("cases")
        self.part().get_by_role("button").filter(has_text=title).first.click()
        expect(self.heading()).to_have_text(title)

    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    def part(self, title: str | None = None) -> Locator:
        """The page, or its part with this title."""
        main = self.page.locator("main")
        return main if title is None else main.get_by_role("region", name=title, exact=True)

    def press(self, key: str, **params: object) -> None:
        self.page.get_by_role("button", name=self.t(key, **params), exact=True).click()

    # The record

    def begins_a_record(self, title: str) -> None:
        self.opens_case(title)
        self.press("log.begin")

    def group(self, name: str) -> Locator:
        """A fieldset by what its legend begins with."""
        return self.page.get_by_role("group", name=re.compile(f"^{re.escape(name)}"))

    def picks(self, group: str, label: str) -> None:
        """A choice is a whole row: the thumb hits the words, not the dot."""
        self.choice(label, self.group(group).first).click()

    def choice(self, label: str, within: Locator | None = None) -> Locator:
        rows = (within or self.page.locator("main")).locator("label.choice")
        return rows.filter(has_text=re.compile(rf"^\s*(?:[+−]?\d)?\s*{re.escape(label)}")).first

    def writes(self, label: str, text: str) -> None:
        self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first.fill(text)

    def typed(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first

    def logs(self, outcome: str, fact: str, photo: Path | None = None) -> None:
        """A short record of somebody not met, from its first screen to the saved one."""
        self.choice(outcome).click()
        self.press("log.write_more")
        self.writes(self.t("box.fact"), fact)
        if photo is not None:
            self.page.locator("input[type=file]").set_input_files(photo)
            expect(self.page.get_by_role("button", name=re.compile(self.t("photos.remove")))).to_be_visible()
        self.press("next")
        self.press("checklist.without")
        self.saves()

    def saves(self) -> None:
        self.press("check.save")
        expect(self.heading()).to_have_text(self.t("saved.title"))

    # Where the records are

    def stop_of(self, title: str) -> Locator:
        """The stop of the road at which the newest record of this household is, on the sync screen."""
        row = self.page.locator("li.record").filter(has_text=title).first
        return row.locator(".road li[aria-current=step]")

    def until_record_is(self, title: str, stop: str) -> None:
        """*Send now* (or *ask the office*) until the record stands there."""
        self.asks_until(lambda: self.stop_of(title).inner_text() == self.t(f"road.{stop}"))
        expect(self.stop_of(title)).to_have_text(self.t(f"road.{stop}"))

    def until_heard(self, title: str, text: str) -> None:
        """*Ask the office* until the newest record of this household says so."""
        row = self.page.locator("li.record").filter(has_text=title).first
        self.asks_until(lambda: text in row.inner_text())
        expect(row).to_contain_text(text)

    def until_nothing_waits(self) -> None:
        """*Send now* until the phone says that all has left it."""
        self.asks_until(lambda: self.page.locator(".sending-done").count() > 0)

    def asks_until(self, there: Callable[[], bool]) -> None:
        self.tab("sync")
        send = self.page.locator(".sending button.button-main")
        end = time.monotonic() + GETS_THROUGH / 1000
        while not there() and time.monotonic() < end:
            send.click()
            expect(send).to_be_enabled(timeout=GETS_THROUGH)
            self.page.wait_for_timeout(200)  # the pause of a person who looks again

    def until(self, there: Callable[[], Any], look: Callable[[], Any] = lambda: None) -> None:
        """Looks again until it is so."""
        end = time.monotonic() + GETS_THROUGH / 1000
        while True:
            look()
            if there():
                return
            if time.monotonic() > end:
                raise AssertionError(self.page.locator("body").inner_text())
            self.page.wait_for_timeout(200)

    def plan_is_kept(self) -> None:
        """The plan of the day is on the disk: it shows at once, and a machine with other work writes later."""
        self.evaluate(
            "async () => (await import('/static/js/session/session.js')).planDay(() => ({}), new Date())"
        )

    def evaluate(self, script: str, arg: Any = None) -> Any:
        return self.page.evaluate(script, arg)
