"""What of a phone stands in the browser's own files after a way in was dropped and after it was erased:
looked for there.

A browser's database appends; nothing here claims that deleting erases. What is held: no key and no word ever stood there
in the open, nothing that six digits open is written any more, and the words tell what remains.
"""

import pytest

from pwa_server.desk.actions import devices
from pwa_server.desk.models.office_and_cases import DeviceRow
from tests.browser.core.worker import START
from tests.canary.search import Search

from .conftest import WORDS

pytestmark = pytest.mark.browser

NOTE = "川沿いの青い屋根の家で待つ"
# What an earlier release wrote when six digits were chosen.
DAY_CODE = """async () => {
  const { vaultDb } = await import("/static/js/store/vault_db.js")
  const random = (n) => crypto.getRandomValues(new Uint8Array(n)).buffer
  const wrap = { salt: random(16), iterations: 600000, iv: random(12), ct: random(48), made: Date.now(), failed: 0 }
  await vaultDb.run(["wraps", "settings"], "readwrite", async (tx) => {
    tx.objectStore("wraps").put(wrap, "day")
    await tx.objectStore("settings").put(true, "day")
  })
  return Array.from(new Uint8Array(wrap.ct))
}"""
WRAPS = """async () => {
  const { vaultDb } = await import("/static/js/store/vault_db.js")
  const found = {}
  for (const kind of await vaultDb.run(["wraps"], "readonly", (tx) => tx.objectStore("wraps").getAllKeys())) {
    const { ct, sealed } = await vaultDb.get("wraps", kind)
    found[kind] = Array.from(new Uint8Array(ct ?? sealed))
  }
  return found
}"""
DRAFT = """async fact => {
  const draft = session.drafts.open(null, "notice")
  draft.set("notice.noticed", fact)
  await draft.flush()
}"""
KEYS = """async words => {
  const { openVault } = await import("/static/js/store/vault.js")
  const { keys } = await openVault({ passphrase: words })
  return [keys.sign, keys.seal]
}"""
MARK = """async mark => {
  const { setMeta } = await import("/static/js/store/outbox_db.js")
  await setMeta("mark", mark)
}"""
CHANGE = """async words => {
  const { addWay } = await import("/static/js/store/vault.js")
  await addWay({ passphrase: words }, { passphrase: ["あさひ", "あさひ", "あさひ", "あさひ"] })
}"""
CONTROL = "this stands in the open, and is found"


def image(phone, search):
    """The whole profile folder, the browser ended as the system ends it. What of the search's patterns is there."""
    return {one.what for one in search.in_folder(phone.profile)}


@pytest.fixture
def dropped(amina):
    """A phone of an earlier release with a day code, and what to look for."""
    search, page = Search(), amina.page
    page.evaluate(DRAFT, NOTE)
    page.evaluate(MARK, CONTROL)
    search.for_secret("day wrap", bytes(page.evaluate(DAY_CODE)))
    for kind, wrap in page.evaluate(WRAPS).items():
        if kind != "day":
            search.for_secret(f"{kind} wrap", bytes(wrap))
    for name, key in zip(("sign key", "seal key"), page.evaluate(KEYS, " ".join(WORDS)), strict=True):
        search.for_text(name, key)
    search.for_text("a draft's words", NOTE)
    search.for_text("the four words", "".join(WORDS))
    search.for_text("control", CONTROL)
    amina.search = search
    amina.phone.close()
    return amina


def test_what_remains_is_sealed_under_nothing_weak(dropped):
    phone, search = dropped.phone, dropped.search
    before = image(phone, search)
    assert {
        "control",
        "day wrap",
        "passphrase wrap",
        "office wrap",
    } <= before  # these files can be read by the search

    page = phone.start()
    page.evaluate(
        "async () => { globalThis.session = await import('/static/js/session/session.js'); await session.started }"
    )
    assert page.evaluate("session.dayCodeGone.value") is True
    page.wait_for_function(
        "async (wraps) => !('day' in await eval(wraps)())".replace("eval(wraps)", f"({WRAPS})")
    )
    page.evaluate("words => session.unlock({ passphrase: words })", WORDS)
    page.evaluate(CHANGE, WORDS)
    page.evaluate("session.lock()")
    assert page.evaluate("session.dayCodeGone.value") is False  # said once
    assert (
        page.evaluate(
            "session.unlock({ passphrase: 'あさひ あさひ あさひ あさひ' }).then(() => session.state.value)"
        )
        == "open"
    )
    phone.close()
    after_drop = image(phone, search)
    assert "control" in after_drop

    page = phone.start()
    page.evaluate(
        "async () => { globalThis.session = await import('/static/js/session/session.js'); await session.started }"
    )
    page.evaluate("session.eraseThisPhone()")
    assert page.evaluate("indexedDB.databases().then((all) => all.every(({ name }) => name !== 'sotto'))")
    phone.close()
    after_wipe = image(phone, search)

    for name, found in (("before", before), ("dropped and changed", after_drop), ("erased", after_wipe)):
        print(f"{name}: {', '.join(sorted(found))}")  # noqa: T201 - what docs/proof.md tells: pytest -s
        in_the_open = {"sign key", "seal key", "a draft's words", "the four words"}
        assert not found & in_the_open, name


PASSKEY = """async words => {
  const { addWay } = await import("/static/js/store/vault.js")
  await addWay({ passphrase: words }, { passkey: true })
}"""
STORAGE_KEY = """async words => {
  const { vaultDb } = await import("/static/js/store/vault_db.js")
  const { openByPassphrase } = await import("/static/js/store/wraps.js")
  return Array.from(await openByPassphrase(await vaultDb.get("wraps", "passphrase"), words))
}"""
# As when the office lets somebody in: new words, and every older way is dropped.
DROPPED = """async ([key, words]) => {
  const { openAnew } = await import("/static/js/store/vault.js")
  await openAnew({ passphrase: words }, new Uint8Array(key))
}"""
LATER = "const before = Date.now.bind(Date); Date.now = () => before() + 40 * 86400000"


def test_what_remains_of_a_passkey_after_expiry_drop_and_an_order_to_erase(worker):
    """The same for the passkey's wrap, on a phone whose lease ran out, that was let in anew, and was then erased."""
    phone, page, search = worker.phone, worker.page, Search()
    finger(worker)
    page.evaluate(PASSKEY, worker.words)
    page.evaluate(DRAFT, NOTE)
    page.evaluate(MARK, CONTROL)
    key = page.evaluate(STORAGE_KEY, worker.words)
    for kind, wrap in page.evaluate(WRAPS).items():
        search.for_secret(f"{kind} wrap", bytes(wrap))
    search.for_secret("storage key", bytes(key))
    for name, one in zip(("sign key", "seal key"), page.evaluate(KEYS, worker.words), strict=True):
        search.for_text(name, one)
    search.for_text("a draft's words", NOTE)
    search.for_text("the four words", worker.words.replace(" ", ""))
    search.for_text("control", CONTROL)
    phone.close()
    found = {"before": image(phone, search)}
    assert {"control", "passkey wrap", "passphrase wrap", "office wrap"} <= found["before"]

    phone.scripts.append(LATER)
    worker.page = page = phone.start()
    worker.open()
    assert page.evaluate("session.lease.value.over") is True
    phone.close()
    found["expired"] = image(phone, search)
    phone.scripts.clear()

    worker.page = page = phone.start()
    page.evaluate(DROPPED, [key, ["あさひ", "あさひ", "あさひ", "あさひ"]])
    assert set(page.evaluate(WRAPS)) == {"passphrase", "office"}
    phone.close()
    found["dropped"] = image(phone, search)

    devices.wipe(worker.office.desk, worker.office.person("nakagawa"), worker_device(worker))
    worker.office.sync()
    worker.page = page = phone.start()
    page.evaluate(START)
    page.evaluate("session.syncNow()")
    page.wait_for_function("session.state.value === 'wiped'")
    assert page.evaluate("indexedDB.databases().then((all) => all.every(({ name }) => name !== 'sotto'))")
    phone.close()
    found["erased by order"] = image(phone, search)

    for name, those in found.items():
        print(f"{name}: {', '.join(sorted(those))}")  # noqa: T201 - what docs/proof.md tells: pytest -s
        assert not those & {"storage key", "sign key", "seal key", "a draft's words", "the four words"}, name


def finger(worker):
    """Chromium's stand-in for the phone's own face or finger, with the PRF extension."""
    cdp = worker.phone.context.new_cdp_session(worker.page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasPrf": True}
    options |= dict.fromkeys(("hasResidentKey", "hasUserVerification", "isUserVerified"), True)
    cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"automaticPresenceSimulation": True}},
    )


def worker_device(worker):
    return DeviceRow.get((DeviceRow.staff == "demo-kobayashi") & (DeviceRow.status == "active")).id
