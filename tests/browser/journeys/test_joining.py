"""A phone joins the office: installed, enrolled under a code, unlocked by its worker, ready for the field."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from .conftest import NewWorker
from .product import Product
from .supervisor import Supervisor
from .worker import Worker

pytestmark = pytest.mark.browser

KOBAYASHIS_CASES = 5


def test_the_supervisor_adds_a_phone_and_the_worker_gets_ready_for_the_field(
    supervisor: Supervisor, kobayashi: Worker, product: Product
) -> None:
    code = supervisor.add_phone("小林 悠", "業務用 7号")
    assert product.phone in supervisor.page.inner_text("main")  # the address the worker opens

    kobayashi.opens_the_app()
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
    expect(kobayashi.page.get_by_text(f"{KOBAYASHIS_CASES}ケース・安全カード・電話番号が圏外でも読めます")).to_be_visible()
    supervisor.until_shown("/people", "業務用 7号")


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
    authenticator.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator.id, "isUserVerified": False})
    page.get_by_role("button", name="ロックを解除").click()
    expect(page.get_by_role("alert")).to_contain_text("解除が取り消されました")
    expect(page.get_by_role("button", name="至急")).to_be_visible()


class Authenticator:
    """Chromium's stand-in for the phone's own face or finger, with the PRF extension."""

    def __init__(self, worker: Worker) -> None:
        self.cdp = worker.phone.context.new_cdp_session(worker.page)
        self.cdp.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
                   "hasUserVerification": True, "isUserVerified": True, "hasPrf": True,
                   "automaticPresenceSimulation": True}  # fmt: skip
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def send(self, method: str, params: dict) -> dict:
        return self.cdp.send(method, params)


def test_an_iphone_in_safaris_tab_is_shown_the_way_to_the_home_screen(new_worker: NewWorker) -> None:
    iphone = new_worker(user_agent=SAFARI)
    iphone.phone.scripts.append("Object.defineProperty(Navigator.prototype, 'standalone', { get: () => false })")
    page = iphone.opens_the_app()

    expect(page.get_by_text("下の共有ボタンを押す")).to_be_visible()
    expect(page.get_by_text("「ホーム画面に追加」を選ぶ")).to_be_visible()
    expect(page.get_by_label("登録コード", exact=True)).to_have_count(0)  # there the code would be typed in vain
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
    guest.press("log.to_check")
    guest.saves()
    assert guest.page.evaluate("document.documentElement.lang") == "en"
