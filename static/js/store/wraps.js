// Ways back to the storage key. A wrap is AES-256-GCM of its 32 bytes under a key that only a
// passkey or the four words give. Wrong words fail the same way as a damaged wrap: they do not open.

import { SyncError } from "../../../sync/errors.js"
import { buffer } from "./open_db.js"
import { canonical } from "./passphrase.js"

export const ITERATIONS = 600_000
const encoder = new TextEncoder()

/**
 * @typedef {{ iv: ArrayBuffer, ct: ArrayBuffer }} Sealed
 * @typedef {Sealed & { salt: ArrayBuffer, iterations: number }} PassphraseWrap
 */

/** @param {Uint8Array} storageKey @param {string | string[]} words @returns {Promise<PassphraseWrap>} */
export async function wrapByPassphrase(storageKey, words) {
  const salt = crypto.getRandomValues(new Uint8Array(16)).buffer
  const key = await stretched(words, salt, ITERATIONS)
  return { salt, iterations: ITERATIONS, ...(await sealKey(key, "passphrase", storageKey)) }
}

/** @param {PassphraseWrap} wrap @param {string | string[]} words @returns {Promise<Uint8Array>} the storage key */
export async function openByPassphrase(wrap, words) {
  const key = await stretched(words, wrap.salt, wrap.iterations)
  return openKey(key, "passphrase", wrap).catch(() => {
    throw new SyncError("wrong_passphrase", "these are not the four words of this phone")
  })
}

/** @param {Uint8Array} storageKey @param {Uint8Array} secret @returns {Promise<Sealed>} */
export async function wrapBySecret(storageKey, secret) {
  return sealKey(await fromSecret(secret), "passkey", storageKey)
}

/** @param {Sealed} wrap @param {Uint8Array} secret @returns {Promise<Uint8Array>} */
export async function openBySecret(wrap, secret) {
  return openKey(await fromSecret(secret), "passkey", wrap).catch(() => {
    throw new SyncError("wrong_passkey", "this passkey does not open this phone")
  })
}

/** @param {string | string[]} words @param {ArrayBuffer} salt @param {number} iterations */
const stretched = async (words, salt, iterations) => stretchedBytes(await canonical(words), salt, iterations)

/** @param {Uint8Array} typed zeroed @param {ArrayBuffer} salt @param {number} iterations */
async function stretchedBytes(typed, salt, iterations) {
  const base = await crypto.subtle.importKey("raw", buffer(typed), "PBKDF2", false, ["deriveKey"])
  typed.fill(0)
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  )
}

/** @param {Uint8Array} secret */
async function fromSecret(secret) {
  const base = await crypto.subtle.importKey("raw", buffer(secret), "HKDF", false, ["deriveKey"])
  return crypto.subtle.deriveKey(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: encoder.encode("sotto/1 storage\n"),
      info: encoder.encode("passkey"),
    },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  )
}

/** @param {CryptoKey} key @param {string} kind @param {Uint8Array} storageKey @returns {Promise<Sealed>} */
async function sealKey(key, kind, storageKey) {
  const iv = crypto.getRandomValues(new Uint8Array(12)).buffer
  const ct = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: place(kind) },
    key,
    buffer(storageKey),
  )
  return { iv, ct }
}

/** @param {CryptoKey} key @param {string} kind @param {Sealed} wrap @returns {Promise<Uint8Array>} */
async function openKey(key, kind, { iv, ct }) {
  return new Uint8Array(
    await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: place(kind) }, key, ct),
  )
}

/** @param {string} kind */
const place = (kind) => encoder.encode(`sotto/1 wrap ${kind}\n`)
