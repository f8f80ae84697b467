// The storage key: made once, wrapped, opened, forgotten. Nothing else in the phone holds its bytes;
// they are zeroed as soon as the keys of rows are derived from them.
//
// Private keys of this device lie in `settings` as a sealed row: the raw bytes of a
// "non-extractable" CryptoKey would stand readable on the disk.

import { SyncError } from "../../../sync/errors.js"
import { wrapKey } from "../../../sync/let_in.js"
import { meta, setMeta } from "./outbox_db.js"
import { buffer } from "./open_db.js"
import { makePasskey, passkeySecret } from "./passkey.js"
import { Rows } from "./sealed_rows.js"
import { vaultDb } from "./vault_db.js"
import { openByPassphrase, openBySecret, wrapByPassphrase, wrapBySecret } from "./wraps.js"

const FREE_TRIES = 3
const FIRST_WAIT = 5_000
const LONGEST_WAIT = 300_000

/**
 * @typedef {{ sign: string, seal: string, signPublic: string, sealPublic: string,
 *   officeSeal: {id: string, key: string}[] }} DeviceKeys   b64u; sealed at rest
 * @typedef {{ passphrase?: string | string[], passkey?: boolean }} How
 */

/**
 * Make the storage key and keep it wrapped. One transaction: before it there is nothing, after it
 * the phone is enrolled.
 * @param {How} how
 * @param {DeviceKeys} keys
 * @param {{ device: string, officeSeal: Uint8Array<ArrayBuffer> }} enrolled
 * @returns {Promise<Rows>}
 */
export async function createVault(how, keys, { device, officeSeal }) {
  const storageKey = crypto.getRandomValues(new Uint8Array(32))
  try {
    const rows = await Rows.under(storageKey)
    const [kind, wrap] = await newWrap(how, storageKey)
    // For the day the worker cannot open this phone: the office can let them in (SPEC 8.6).
    const office = await wrapKey(officeSeal, device, storageKey)
    const sealedKeys = await rows.seal("settings", "keys", keys)
    await vaultDb.run(["wraps", "documents", "drafts", "settings"], "readwrite", async (tx) => {
      for (const store of ["wraps", "documents", "drafts", "settings"]) tx.objectStore(store).clear()
      tx.objectStore("wraps").put(wrap, kind)
      tx.objectStore("wraps").put({ sealed: buffer(office) }, "office")
      await tx.objectStore("settings").put(sealedKeys, "keys")
    })
    return rows
  } finally {
    storageKey.fill(0)
  }
}

/**
 * @param {How} how
 * @returns {Promise<{ rows: Rows, keys: DeviceKeys }>}
 * @throws {SyncError} wrong_passphrase, wait (detail: seconds), passkey_declined, wrong_passkey, not_enrolled
 */
export async function openVault(how) {
  const storageKey = how.passkey ? await byPasskey() : await byWords(how.passphrase ?? "")
  try {
    const rows = await Rows.under(storageKey)
    const row = await vaultDb.get("settings", "keys")
    return { rows, keys: await rows.open("settings", "keys", /** @type {ArrayBuffer} */ (row)) }
  } finally {
    storageKey.fill(0)
  }
}

/** Add another way in, or replace it. The old way is asked once more, because the key is not kept in memory.
 * @param {How} present @param {How} added */
export async function addWay(present, added) {
  const storageKey = present.passkey ? await byPasskey() : await byWords(present.passphrase ?? "")
  try {
    const [kind, wrap] = await newWrap(added, storageKey)
    await vaultDb.put("wraps", wrap, kind)
  } finally {
    storageKey.fill(0)
  }
}

/** The storage key as it lies here for the office to open; undefined: this phone was never enrolled. */
export async function officeWrap() {
  const row = /** @type {{ sealed: ArrayBuffer } | undefined} */ (await vaultDb.get("wraps", "office"))
  return row && new Uint8Array(row.sealed)
}

/**
 * The office has given the storage key back. The old words are forgotten: whoever found them gets in no more.
 * @param {How} how @param {Uint8Array<ArrayBuffer>} storageKey zeroed when it is done
 * @returns {Promise<{ rows: Rows, keys: DeviceKeys }>}
 */
export async function openAnew(how, storageKey) {
  const rows = await Rows.under(storageKey)
  const keys = await rows.open(
    "settings",
    "keys",
    /** @type {ArrayBuffer} */ (await vaultDb.get("settings", "keys")),
  )
  const [kind, wrap] = await newWrap(how, storageKey)
  await vaultDb.run(["wraps"], "readwrite", async (tx) => {
    for (const old of ["passphrase", "passkey", "day"]) tx.objectStore("wraps").delete(old)
    await tx.objectStore("wraps").put(wrap, kind)
  })
  await setMeta("tries", { failed: 0, until: 0 })
  storageKey.fill(0)
  return { rows, keys }
}

/** @param {How} how @param {Uint8Array} storageKey @returns {Promise<[string, object]>} */
async function newWrap(how, storageKey) {
  if (!how.passkey) return ["passphrase", await wrapByPassphrase(storageKey, how.passphrase ?? "")]
  const { row, secret } = await makePasskey()
  const wrap = { ...row, ...(await wrapBySecret(storageKey, secret)) }
  secret.fill(0)
  return ["passkey", wrap]
}

/** @param {string} kind @returns {Promise<any>} */
async function wrapOf(kind) {
  const wrap = await vaultDb.get("wraps", kind)
  if (!wrap) throw new SyncError("not_enrolled", `this phone has no ${kind}`)
  return wrap
}

async function byPasskey() {
  const wrap = await wrapOf("passkey")
  const secret = await passkeySecret(wrap)
  try {
    return await openBySecret(wrap, secret)
  } finally {
    secret.fill(0)
  }
}

/** @param {string | string[]} words */
async function byWords(words) {
  const wrap = await wrapOf("passphrase")
  const tries = (await meta("tries")) ?? { failed: 0, until: 0 }
  const left = Math.min(tries.until - Date.now(), LONGEST_WAIT) // a clock put back does not lock out for good
  if (left > 0) throw new SyncError("wait", String(Math.ceil(left / 1000)))
  try {
    const storageKey = await openByPassphrase(wrap, words)
    if (tries.failed) await setMeta("tries", { failed: 0, until: 0 })
    return storageKey
  } catch (error) {
    if (error instanceof SyncError && error.code === "wrong_passphrase") await countFailure(tries.failed + 1)
    throw error
  }
}

/** @param {number} failed */
async function countFailure(failed) {
  const wait = failed < FREE_TRIES ? 0 : Math.min(FIRST_WAIT * 2 ** (failed - FREE_TRIES), LONGEST_WAIT)
  await setMeta("tries", { failed, until: Date.now() + wait })
}
