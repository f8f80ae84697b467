"""A day with the running product: a phone joins, a visit is logged without signal, the desk asks, the phone answers."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Playwright, expect

from tests.browser.browsers import Phone
from tests.browser.journeys.product import Product
from tests.browser.journeys.supervisor import Supervisor
from tests.browser.journeys.worker import Worker
from tests.standins.tcp_proxy import TcpProxy

from .pictures import four, keep, plain, shot, side_by_side

CASE = "事例ケース②"
SHARP = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo", "device_scale_factor": 2, "reduced_motion": "reduce"}
SPEAK = "lang => import('/static/js/words/texts.js').then(({ speak }) => speak(lang))"
SHARP_PHONE = (
    "today",
    "case",
    "outcome",
    "notes",
    "sync-offline",
    "review",
)  # the front page, and the manifest
FACT = "居間で約30分。説明書を広げて待っていた。目が合う。Bさんは隣の部屋で休んでいた。"
QUOTE = "D「これ、動くかな。電池さえあれば」"
VIEW = "物を介すると話しやすい。急がず、次の日だけ決める。"
QUESTION = "目が合ったのは、どんなときでしたか。"


def take(playwright: Playwright, browser: Browser, out: Path, sharp: Path) -> list[str]:
    """`out`: strips of each stop. `sharp`: single pictures at double size, for the front page and the manifest."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        product = Product(Path(folder) / "data")
        with TcpProxy("127.0.0.1", product.relay_port) as line:
            product.line = line
            product.start("--public-url", product.phone)
            context = browser.new_context(viewport={"width": 1440, "height": 900}, **SHARP)
            phone = Phone(playwright, Path(folder) / "phone", product.phone, options=SHARP)
            supervisor = Supervisor(context.new_page(), product)
            day = Day(supervisor, Worker(phone, airplane=product.airplane), out, sharp)
            try:
                supervisor.sign_in()
                day.joins()
                day.reads()
                day.logs_without_signal()
                day.is_asked()
            finally:
                phone.close()
                context.close()
                product.stop()
    return day.taken


class Day:
    def __init__(self, supervisor: Supervisor, worker: Worker, out: Path, sharp: Path) -> None:
        self.supervisor, self.worker, self.out, self.sharp = supervisor, worker, out, sharp
        self.taken: list[str] = []

    def stop(self, name: str) -> None:
        """One strip. Languages are changed under the screen's feet, as its own switch does."""
        page = self.worker.page
        expect(page.locator("#app:not(:has(main[aria-busy=true])) :is(h1, h2)").first).to_be_visible()
        page.evaluate("scrollTo(0, 0)")
        pictures = four(page, lambda lang: page.evaluate(SPEAK, lang))
        keep(side_by_side(pictures), self.out / f"{len(self.taken) + 1:02d}-{name}.webp")
        self.taken.append(name)
        if name in SHARP_PHONE:
            keep(plain(shot(page, scale="device")), self.sharp / f"phone-{name}.webp")

    def desk(self, name: str) -> None:
        page = self.supervisor.page
        page.evaluate("scrollTo(0, 0)")
        keep(plain(shot(page)), self.sharp / f"desk-{name}.webp")

    def joins(self) -> None:
        code = self.supervisor.add_phone(self.worker.name, self.worker.label)
        self.worker.opens_the_app()
        self.stop("install")
        self.worker.skips_installing()
        self.stop("enrol")
        self.worker.types_the_code(code)
        self.worker.two_words(), self.supervisor.two_words()  # both are shown
        self.stop("words")
        self.desk("words")
        self.supervisor.says_same()
        self.worker.page.get_by_role("button", name=self.worker.t("unlock.passphrase"), exact=True).wait_for()
        self.stop("choose-unlock")
        self.worker.writes_the_words_down()
        self.worker.types_the_words_back()
        self.worker.is_ready()

    def reads(self) -> None:
        self.stop("today")
        self.worker.tab("cases")
        self.stop("cases")
        self.worker.opens_case(CASE)
        self.stop("case")

    def logs_without_signal(self) -> None:
        worker = self.worker
        worker.airplane_mode(True)
        worker.press("log.begin")
        worker.choice("本人に会えた").click()
        self.stop("outcome")
        worker.press("next")
        worker.writes("事実", FACT)
        worker.writes("本人・家族の言葉", QUOTE)
        worker.writes("見立て", VIEW)
        self.stop("notes")
        worker.picks("会えた人", "本人 D")
        worker.picks("場所", "居間")
        worker.picks("本人の反応", "会話が続く")
        worker.picks("今の距離", "近く")
        worker.writes("そう思ったできごと", "自分から説明書を広げて見せた")
        worker.picks("健康急変", "気になる")
        worker.press("risk.rest_none", n=7)
        worker.writes("次の声かけの切り口", "「電池、持ってきました。一緒に試しませんか」")
        worker.picks("次の関わり", "本人と約束")
        worker.picks("訪問してよいか", "来てよい")
        worker.press("next.in.week")
        worker.press("next")
        self.stop("checklist")
        worker.press("checklist.without")
        self.stop("check")
        worker.saves()
        self.stop("saved")
        worker.tab("sync")
        self.stop("sync-offline")
        worker.airplane_mode(False)
        worker.until_record_is(CASE, "at_office")
        self.stop("sync")

    def is_asked(self) -> None:
        supervisor, worker = self.supervisor, self.worker
        supervisor.open_visit(CASE)
        self.desk("review")
        supervisor.page.get_by_role("link", name="この欄を質問 事実").click()
        supervisor.page.get_by_label("質問", exact=True).fill(QUESTION)
        supervisor.page.get_by_role("button", name="この質問を送る").click()
        expect(supervisor.page.locator("#note-fact")).to_contain_text(QUESTION)
        worker.until_heard(CASE, "中川 真理から質問があります")
        worker.tab("today")
        self.stop("today-asked")
        worker.part("確認のお願い").get_by_role("button").filter(has_text=CASE).click()
        self.stop("review")
        for name in ("today", "cases/demo-002"):
            supervisor.open(f"/{name}")
            self.desk(name.partition("/")[0])
        worker.tab("today") if worker.page.get_by_role("navigation").count() else worker.page.go_back()
        worker.opens_settings()
        worker.press("lock.now")
        self.stop("lock")
        worker.page.locator(".urgent-main").click()
        self.stop("urgent")
