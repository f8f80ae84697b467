// The vendored libraries are the bytes that were reviewed, and load without a bundler or an import map.

import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"

const root = new URL("../../", import.meta.url)
const read = (/** @type {string} */ path) => readFileSync(new URL(path, root))
const vendor = JSON.parse(read("static/vendor/VENDOR.json").toString())

test("every vendored file is listed with its licence, and is the file that was listed", () => {
  for (const { file, sha256, packages } of vendor.files) {
    assert.equal(createHash("sha256").update(read(file)).digest("hex"), sha256, file)
    for (const { version, licence, text } of packages) {
      assert.ok(version && licence)
      assert.ok(read(`static/vendor/${text}`).length > 200, text)
    }
  }
})

test("nothing lies in the vendor folder that is not listed", () => {
  const listed = vendor.files.map((/** @type {{file: string}} */ { file }) => file)
  const lying = readdirSync(new URL("static/vendor/", root)).filter((name) => name.endsWith(".js"))
  assert.deepEqual(
    lying.filter((name) => !listed.includes(`static/vendor/${name}`)),
    [],
  )
})

test("no vendored module imports anything", () => {
  for (const { file } of vendor.files) {
    if (!file.endsWith(".js")) continue
    assert.doesNotMatch(read(file).toString(), /\bfrom\s*"|\bimport\s*\(|\bimport\s*"/, file)
  }
})

test("the screens' library gives what screens use", async () => {
  const { h, html, render, signal, computed, useState } = await import("../../static/vendor/preact.js")
  assert.deepEqual([typeof render, typeof useState, typeof h], ["function", "function", "function"])
  const vnode = html`<p class="note">${"そっと"}</p>`
  assert.equal(vnode.type, "p")
  assert.equal(vnode.props.class, "note")
  const unsent = signal(1)
  const shown = computed(() => `未送信 ${unsent.value} 件`)
  unsent.value = 2
  assert.equal(shown.value, "未送信 2 件")
})

test("the IndexedDB library loads where there is no IndexedDB", async () => {
  const { openDB } = await import("../../static/vendor/idb.js")
  assert.equal(typeof openDB, "function")
})

test("what HPKE seals opens again under the same header only", async () => {
  const { CipherSuite, DhkemP256HkdfSha256, HkdfSha256, Aes256Gcm } =
    await import("../../static/vendor/hpke.js")
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  })
  const pair = await suite.kem.generateKeyPair()
  const header = new TextEncoder().encode("sotto/1\n")
  const visit = new TextEncoder().encode("first visit")

  const { enc, ct } = await suite.seal({ recipientPublicKey: pair.publicKey, info: header }, visit)
  const opened = await suite.open({ recipientKey: pair, enc, info: header }, ct)

  assert.equal(enc.byteLength, 65)
  assert.deepEqual(new Uint8Array(opened), visit)
  const moved = new TextEncoder().encode("sotto/2\n")
  await assert.rejects(suite.open({ recipientKey: pair, enc, info: moved }, ct))
})

test("each word list holds 2,048 different words, composed as a keyboard types them", () => {
  const words = JSON.parse(read("sync/words.json").toString())
  for (const lang of ["ja", "en"]) {
    assert.equal(new Set(words[lang]).size, 2048)
    for (const word of words[lang]) assert.equal(word, word.normalize("NFKC"))
  }
  assert.ok(words.ja.every((/** @type {string} */ word) => /^[ぁ-ゖー]+$/.test(word)))
})
