"""A phone joins the office: installed, enrolled under a code, unlocked by its worker, ready for the field."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from sync.enrolment import new_code, spell

from .conftest import NewWorker
from .product import Product
from .supervisor import Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

KOBAYASHIS_CASES = 5


def test_the_supervisor_adds_a_phone_and_the_worker_gets_ready_for_the_field(
    supervisor: Supervisor, kobayashi: Worker, product: Product
) -> None:
    code = supervisor.add_phone("小林 悠", "業務用 7号")
    assert product.phone in supervisor.page.inner_text("main")  # the address the worker opens

    page, refused = kobayashi.opens_the_app(), []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    kobayashi.skips_installing()
    kobayashi.types_the_code(code.lower().replace(" ", "-"))  # as people type it
    heard, seen = kobayashi.two_words(), supervisor.two_words()
    assert heard == seen
    assert len(set(heard)) == 2
    assert kobayashi.page.get_by_role("button", name="4つの言葉で開く").count() == 0  # nothing before *same*
    supervisor.says_same()

    kobayashi.writes_the_words_down()
    kobayashi.types_the_words_back()
    kobayashi.is_ready()
    expect(
        kobayashi.page.get_by_text(f"{KOBAYASHIS_CASES}ケース・安全カード・電話番号が圏外でも読めます")
    ).to_be_visible()
    supervisor.until_shown("/people", "業務用 7号")
    fleet_board_tells(supervisor, "業務用 7号")
    assert refused == []  # waiting for the office is no error


def fleet_board_tells(supervisor: Supervisor, phone: str) -> None:
    """What the phone said of itself: room used, its clock, whether reminders may be shown."""
    row = supervisor.page.get_by_role("row").filter(has_text=phone)
    supervisor.open("/people?show=fleet")
    supervisor.until(lambda: "MB" in row.inner_text())
    expect(row).to_contain_text(re.compile(r"[0-9]+ / [0-9]+ MB"))
    expect(row).to_contain_text("合っている")
    expect(row).to_contain_text(re.compile("断られている|まだたずねていない"))


def test_chromium_finds_nothing_that_would_stop_the_app_from_being_installed(kobayashi: Worker) -> None:
    page = kobayashi.opens_the_app()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    cdp = kobayashi.phone.context.new_cdp_session(page)
    cdp.send("Page.enable")

    assert cdp.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    told = cdp.send("Page.getAppManifest")
    assert told["errors"] == []
    manifest = json.loads(told["data"])
    assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])
    assert [one["url"] for one in manifest["shortcuts"]] == ["/phone/#/today", "/phone/#/sync"]
    for picture in [*manifest["icons"], *manifest["screenshots"]]:
        assert page.evaluate(SIZE, picture["src"]) in (picture["sizes"].split("x"), None), picture["src"]


SIZE = """async src => {
  const picture = new Image()
  picture.src = src
  await picture.decode()
  return src.endsWith(".svg") ? null : [String(picture.naturalWidth), String(picture.naturalHeight)]
}"""


def test_a_worker_opens_the_phone_with_face_or_finger_and_again_without_signal(
    supervisor: Supervisor, new_worker: NewWorker
) -> None:
    nishimura = new_worker("西村 恵")
    code = supervisor.add_phone("西村 恵", nishimura.label)
    page = nishimura.opens_the_app()
    authenticator = Authenticator(nishimura)
    nishimura.skips_installing()
    nishimura.types_the_code(code)
    assert nishimura.two_words() == supervisor.two_words()
    supervisor.says_same()

    page.get_by_role("button", name="顔・指・端末の暗証で開く").click()
    nishimura.sees_today()
    nishimura.is_ready()

    nishimura.airplane_mode(True)
    page.reload()  # a killed browser would lose the stand-in for the finger, which keeps its PRF secret to itself
    page.get_by_role("button", name="ロックを解除").click()
    nishimura.sees_today()

    nishimura.opens_settings()
    nishimura.press("lock.now")
    authenticator.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator.id, "isUserVerified": False}
    )
    page.get_by_role("button", name="ロックを解除").click()
    expect(page.get_by_role("alert")).to_contain_text("解除が取り消されました")
    expect(page.get_by_role("button", name="至急")).to_be_visible()


class Authenticator:
    """Chromium's stand-in for the phone's own face or finger, with the PRF extension."""

    def __init__(self, worker: Worker) -> None:
        self.cdp = worker.phone.context.new_cdp_session(worker.page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "hasPrf": True,
            "automaticPresenceSimulation": True,
        }
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def send(self, method: str, params: dict) -> dict:
        return self.cdp.send(method, params)


def test_every_code_that_does_not_fit_is_told_in_a_sentence_with_the_next_step(
    supervisor: Supervisor, new_worker: NewWorker, product: Product
) -> None:
    worker = new_worker("西村 恵")
    page = worker.opens_the_app()
    worker.skips_installing()
    one_character_wrong(worker)
    worker.types_the_code(spell(new_code()))
    worker.is_told("このコードは見つかりません", "事務所の画面のコードと見くらべてください")

    code = supervisor.add_phone("西村 恵", worker.label)
    product.airplane(True)
    worker.types_the_code(code)
    worker.is_told("電波が届きません", "入れたコードはそのままです")
    product.airplane(False)
    product.line.reset_after = 1  # the relay takes what the phone sends, and its answer is lost
    worker.press("next")
    worker.is_told("電波が届きません", "入れたコードはそのままです")
    product.airplane(False)
    worker.press("next")  # the same code still in the box
    heard = supervisor.two_words()
    assert worker.two_words() == heard

    supervisor.says_different()
    worker.is_told("登録をやめました", "事務所で「違う」が押されました")
    supervisor.open("/people")
    expect(supervisor.page.get_by_role("main")).not_to_contain_text(worker.label)
    worker.types_the_code(code)
    worker.is_told("このコードは使用済みです", "事務所に伝えてください")

    code = supervisor.add_phone("西村 恵", worker.label)
    product.lets_codes_grow_old()
    worker.types_the_code(code)
    worker.is_told("コードの期限が過ぎました", "新しいコードを出してもらってください")
    assert page.get_by_role("alert").count() == 1


def one_character_wrong(worker: Worker) -> None:
    """Told while it is typed; nothing leaves the phone."""
    code = new_code()
    field = worker.page.get_by_label("登録コード", exact=True)
    field.fill(code[:5] + ("7" if code[5] != "7" else "8") + code[6:])
    expect(worker.page.get_by_role("status")).to_contain_text("1文字")
    expect(worker.page.get_by_role("button", name="つぎへ", exact=True)).to_be_disabled()


def test_a_worker_who_sees_other_words_stops_and_a_forgotten_passphrase_waits_longer_each_time(
    supervisor: Supervisor, new_worker: NewWorker
) -> None:
    worker = new_worker("西村 恵")
    code = supervisor.add_phone("西村 恵", worker.label)
    page = worker.opens_the_app()
    worker.skips_installing()
    worker.types_the_code(code)
    supervisor.two_words()
    worker.two_words()
    worker.press("words.differ")
    worker.is_told("登録をやめました", "事務所にも「違う」と伝え")
    supervisor.says_different()

    worker.types_the_code(supervisor.add_phone("西村 恵", worker.label))
    supervisor.two_words()
    supervisor.says_same()
    worker.writes_the_words_down()
    page.get_by_label(worker.t("passphrase"), exact=True).fill("あおい みどり きいろ しろ")
    worker.press("passphrase.finish")
    expect(page.get_by_role("alert")).to_contain_text("書きとめた言葉と違うところがあります")
    worker.types_the_words_back()

    worker.opens_settings()
    worker.press("lock.now")
    page.clock.install()  # the waits are real; nobody sits through them here
    for _ in range(3):
        tries_other_words(worker)
    expect(page.get_by_role("alert")).to_contain_text("合言葉が違います")
    tries_other_words(worker)
    page.wait_for_function(
        WAITS, arg="続けて違ったので、あと[1-5]秒待ちます"
    )  # it counts down while one looks
    page.clock.run_for(6_000)
    expect(page.get_by_role("alert")).to_have_count(0)
    tries_other_words(worker)
    expect(page.get_by_role("alert")).to_contain_text("合言葉が違います")
    tries_other_words(worker)
    page.wait_for_function(WAITS, arg="あと([6-9]|10)秒")
    page.clock.run_for(11_000)
    page.get_by_label(worker.t("passphrase"), exact=True).fill(worker.words)
    worker.press("lock.open")
    expect(worker.heading()).to_have_text("設定")  # where they were


# In one look: how long it waits, that nothing can be tried meanwhile, and that 119 can be dialled.
WAITS = """said => new RegExp(said).test(document.querySelector("[role=alert]")?.textContent ?? "")
  && document.querySelector("form button[type=submit]").disabled && Boolean(document.querySelector("a[href='tel:119']"))"""


def tries_other_words(worker: Worker) -> None:
    worker.page.get_by_label(worker.t("passphrase"), exact=True).fill("あおい みどり きいろ しろ")
    worker.press("lock.open")


def test_an_iphone_in_safaris_tab_is_shown_the_way_to_the_home_screen(new_worker: NewWorker) -> None:
    iphone = new_worker(user_agent=SAFARI)
    iphone.phone.scripts.append(
        "Object.defineProperty(Navigator.prototype, 'standalone', { get: () => false })"
    )
    page = iphone.opens_the_app()

    expect(page.get_by_text("下の共有ボタンを押す")).to_be_visible()
    expect(page.get_by_text("「ホーム画面に追加」を選ぶ")).to_be_visible()
    expect(page.get_by_label("登録コード", exact=True)).to_have_count(
        0
    )  # there the code would be typed in vain
    expect(page.get_by_role("button", name=re.compile("追加せずに"))).to_have_count(0)


SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.4 Mobile/15E148 Safari/604.1"
)


def test_an_english_speaker_joins_reads_and_logs_a_visit_that_fell_through(
    supervisor: Supervisor, new_worker: NewWorker
) -> None:
    guest = new_worker("西村 恵", locale="en-GB")
    guest.lang = "en"
    code = supervisor.add_phone("西村 恵", guest.label)
    guest.opens_the_app()
    guest.skips_installing()
    guest.types_the_code(code)
    guest.two_words()
    supervisor.two_words()
    supervisor.says_same()
    guest.writes_the_words_down()
    guest.types_the_words_back()
    guest.is_ready()

    guest.tab("cases")
    guest.part().locator("button.row").first.click()
    expect(guest.page.get_by_role("heading", name="Safety card")).to_be_visible()
    guest.press("log.begin")
    guest.choice(guest.t("outcome.cancelled_by_household.short")).click()
    guest.saves()
    assert guest.page.evaluate("document.documentElement.lang") == "en"
