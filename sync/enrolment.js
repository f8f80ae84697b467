// A phone and an office meet under a code, and the relay between them cannot stand in for either (SPEC 8).

import { b64u, isTime, join, nameOf, sameBytes, sha256, tag, unb64u, utf8 } from "./encoding.js"
import { SyncError } from "./errors.js"
import { PUBLIC_BYTES, checkPublic, sign, verify } from "./signing.js"
import { readJson, writeJson } from "./strict_json.js"

/** @import { Bytes } from "./encoding.js" */
/** @import { KeyPair } from "./signing.js" */
/** @import { Json } from "./strict_json.js" */
/**
 * slot is all the relay sees; the phone proves the code with one key, the desk with the other.
 * @typedef {{ slot: string, phoneKey: Bytes, deskKey: Bytes }} Secrets
 */
/** @typedef {{ device: string, sign: Bytes, seal: Bytes, bytes: Bytes }} Newcomer */
/** @typedef {{ office: string, sign: Bytes, seal: Bytes, device: string, time: string, bytes: Bytes }} Welcome */
/** @typedef {{ ja: string[], en: string[] }} Words  2,048 each: words.json */
/** @typedef {{ ja: string, en: string }} Word */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const CODE_LENGTH = 16
const P1_TAG = "enrol p1"
const P1_SIG_TAG = "enrol sig"
const P2_TAG = "enrol p2"

/** 16 random characters and the check symbol; 80 bits. */
export function newCode() {
  const random = crypto.getRandomValues(new Uint8Array(CODE_LENGTH))
  const code = Array.from(random, (byte) => ALPHABET.charAt(byte & 31)).join("")
  return code + checkSymbol(code)
}

/**
 * As people read it: groups of four, then the check symbol.
 * @param {string} code
 */
export function spell(code) {
  return (code.match(/.{1,4}/g) ?? []).join("-")
}

/**
 * The 16 characters that were meant; `bad_code` when one is mistyped, missing or too many (SPEC 8.1).
 * @param {string} text
 */
export function readCode(text) {
  const typed = folded(text)
  if (typed.length !== CODE_LENGTH + 1 || [...typed].some((symbol) => !ALPHABET.includes(symbol))) {
    throw new SyncError("bad_code", "a code has 17 letters and digits")
  }
  const code = typed.slice(0, CODE_LENGTH)
  if (checkSymbol(code) !== typed.charAt(CODE_LENGTH)) {
    throw new SyncError("bad_code", "the check symbol does not fit")
  }
  return code
}

/**
 * Luhn mod 32: finds every single wrong symbol and most swapped neighbours.
 * @param {string} code
 */
export function checkSymbol(code) {
  let total = 0
  for (const [place, symbol] of [...code].reverse().entries()) {
    const value = ALPHABET.indexOf(symbol) * (place % 2 === 0 ? 2 : 1)
    total += Math.floor(value / 32) + (value % 32)
  }
  return ALPHABET.charAt((32 - (total % 32)) % 32)
}

/**
 * What the 16 characters of a read code stand for (SPEC 8.2).
 * @param {string} code
 * @returns {Promise<Secrets>}
 */
export async function derive(code) {
  return {
    slot: b64u(await hkdf(code, "slot", 16)),
    phoneKey: await hkdf(code, "phone", 32),
    deskKey: await hkdf(code, "desk", 32),
  }
}

/**
 * `{bytes, sig, mac}` to post. Keep the bytes: p2 must answer exactly these.
 * @param {Bytes} phoneKey
 * @param {KeyPair} signKey
 * @param {Bytes} sealPublic
 * @param {Bytes} [nonce]  16 bytes
 * @param {{ device: string, wrap: string }} [locked]  SPEC 8.6
 */
export async function makeP1(
  phoneKey,
  signKey,
  sealPublic,
  nonce = crypto.getRandomValues(new Uint8Array(16)),
  locked,
) {
  const bytes = writeJson({
    v: 1,
    sign: b64u(signKey.public),
    seal: b64u(sealPublic),
    nonce: b64u(nonce),
    ...(locked && { locked }),
  })
  const digest = await sha256(bytes)
  const sig = await sign(signKey, P1_SIG_TAG, digest)
  const mac = await hmac(phoneKey, P1_TAG, digest, sig)
  return { bytes: b64u(bytes), sig: b64u(sig), mac: b64u(mac) }
}

/**
 * The newcomer. `bad_mac`: whoever posted this does not know the code; close the slot and tell a person.
 * @param {Bytes} phoneKey
 * @param {Json} posted
 * @returns {Promise<Newcomer>}
 */
export async function readP1(phoneKey, posted) {
  const bytes = unb64u(posted.bytes)
  const sig = unb64u(posted.sig, 64)
  const digest = await sha256(bytes)
  checkMac(posted, await hmac(phoneKey, P1_TAG, digest, sig))
  const body = readJson(bytes)
  if (body.v !== 1) throw new SyncError("unknown_version", "p1")
  const signPublic = await readKey(body.sign)
  const seal = await readKey(body.seal)
  unb64u(body.nonce, 16)
  await verify(signPublic, P1_SIG_TAG, digest, sig)
  return { device: await nameOf(signPublic), sign: signPublic, seal, bytes }
}

/**
 * `{bytes, mac}` for the slot: the office's public keys, bound to this p1.
 * @param {Bytes} deskKey
 * @param {Bytes} officeSign
 * @param {Bytes} officeSeal
 * @param {string} device
 * @param {string} time
 * @param {Bytes} p1Bytes
 */
export async function makeP2(deskKey, officeSign, officeSeal, device, time, p1Bytes) {
  const bytes = writeJson({
    v: 1,
    office: await nameOf(officeSign),
    sign: b64u(officeSign),
    seal: b64u(officeSeal),
    device,
    time,
    p1: b64u(await sha256(p1Bytes)),
  })
  return { bytes: b64u(bytes), mac: b64u(await hmac(deskKey, P2_TAG, await sha256(bytes))) }
}

/**
 * The office to pin. `bad_mac`: this did not come from the desk that made the code, nor may it be believed.
 * @param {Bytes} deskKey
 * @param {Json} posted
 * @param {Bytes} p1Bytes
 * @param {string} device
 * @returns {Promise<Welcome>}
 */
export async function readP2(deskKey, posted, p1Bytes, device) {
  const bytes = unb64u(posted.bytes)
  checkMac(posted, await hmac(deskKey, P2_TAG, await sha256(bytes)))
  const body = readJson(bytes)
  if (body.v !== 1) throw new SyncError("unknown_version", "p2")
  const signPublic = await readKey(body.sign)
  const seal = await readKey(body.seal)
  if (!sameBytes(unb64u(body.p1, 32), await sha256(p1Bytes)) || body.device !== device) {
    throw new SyncError("unknown_device", "this answers another phone")
  }
  if (body.office !== (await nameOf(signPublic)) || !isTime(body.time)) throw new SyncError("malformed", "p2")
  return { office: body.office, sign: signPublic, seal, device, time: body.time, bytes }
}

/**
 * Two words for both screens (SPEC 8.5).
 * @param {Bytes} p1Bytes
 * @param {Bytes} p2Bytes
 * @param {Words} words
 * @returns {Promise<[Word, Word]>}
 */
export async function twoWords(p1Bytes, p2Bytes, words) {
  const [first, second] = await wordIndices(p1Bytes, p2Bytes)
  const word = (/** @type {number} */ index) => ({ ja: String(words.ja[index]), en: String(words.en[index]) })
  return [word(first), word(second)]
}

/**
 * @param {Bytes} p1Bytes
 * @param {Bytes} p2Bytes
 * @returns {Promise<[number, number]>}
 */
export async function wordIndices(p1Bytes, p2Bytes) {
  const digest = await sha256(tag("words"), await sha256(p1Bytes), await sha256(p2Bytes))
  const bits = new DataView(digest.buffer).getUint32(0) >>> 10
  return [bits >>> 11, bits & 0x7ff]
}

/**
 * Full-width letters and digits, as a Japanese keyboard types them, read as their ASCII fellows.
 * @param {string} text
 */
function folded(text) {
  return text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[ \-\u3000]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1")
}

/**
 * @param {string} code
 * @param {string} info
 * @param {number} length
 * @returns {Promise<Bytes>}
 */
async function hkdf(code, info, length) {
  const key = await crypto.subtle.importKey("raw", utf8(code), "HKDF", false, ["deriveBits"])
  const parameters = { name: "HKDF", hash: "SHA-256", salt: tag("enrolment"), info: utf8(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8))
}

/**
 * @param {Bytes} key
 * @param {string} tagName
 * @param {...Bytes} parts
 * @returns {Promise<Bytes>}
 */
async function hmac(key, tagName, ...parts) {
  const parameters = { name: "HMAC", hash: "SHA-256" }
  const cryptoKey = await crypto.subtle.importKey("raw", key, parameters, false, ["sign"])
  return new Uint8Array(await crypto.subtle.sign("HMAC", cryptoKey, join(tag(tagName), ...parts)))
}

/**
 * @param {Json} posted
 * @param {Bytes} expected
 */
function checkMac(posted, expected) {
  if (!sameBytes(unb64u(posted.mac, 32), expected)) {
    throw new SyncError("bad_mac", "the other side does not know this code")
  }
}

/** @param {unknown} value */
async function readKey(value) {
  const key = unb64u(value, PUBLIC_BYTES)
  await checkPublic(key)
  return key
}
