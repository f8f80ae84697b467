// A worker who cannot open their phone is let in by the office under a fresh code (SPEC 8.6).
//
// The phone's storage key has lain on it sealed to the office since enrolment. The office opens it and seals it anew
// to a key which the phone made for this one code.

import { b64u, isName, join, sameBytes, sha256, tag, unb64u, utf8 } from "./encoding.js"
import { SyncError } from "./errors.js"
import { openSealed, seal } from "./sealing.js"
import { sign, verify } from "./signing.js"
import { readJson, writeJson } from "./strict_json.js"

/** @import { Bytes } from "./encoding.js" */
/** @import { KeyPair } from "./signing.js" */
/** @import { Json } from "./strict_json.js" */
/** What the p1 of a locked phone says besides: who it is, and its storage key, sealed to the office.
 * @typedef {{ device: string, wrap: Bytes }} Locked */

const TAG = "let in"
const KEY_BYTES = 32

/** @param {Bytes} p1Bytes @returns {Locked | null} null: a phone that joins */
export function lockedOf(p1Bytes) {
  const told = /** @type {any} */ (readJson(p1Bytes).locked)
  if (told === undefined || told === null) return null
  if (typeof told !== "object" || !isName(told.device)) throw new SyncError("malformed", "locked")
  return { device: told.device, wrap: unb64u(told.wrap) }
}

/** What a phone keeps of its storage key for this day. @param {Bytes} officeSeal @param {string} device @param {Bytes} storageKey */
export const wrapKey = (officeSeal, device, storageKey) => seal(officeSeal, wrapInfo(device), storageKey)

/** The storage key, by whichever of the office's keys it was sealed to; `unreadable` if by none.
 * @param {Iterable<KeyPair>} sealKeys @param {Locked} locked @returns {Promise<Bytes>} */
export async function unwrapKey(sealKeys, { device, wrap }) {
  for (const sealKey of sealKeys) {
    const key = await openSealed(sealKey, wrapInfo(device), wrap).catch(() => null)
    if (key) return key
  }
  throw new SyncError("unreadable", "not sealed to this office")
}

/** Where the key is handed over; it follows from the slot, which is no secret to the relay. @param {string} slot */
export const secondSlot = async (slot) =>
  b64u((await sha256(tag("let in slot"), unb64u(slot, 16))).slice(0, 16))

/** `{bytes, mac}` for the second slot; the office's signature stands in the place of the mac.
 * @param {KeyPair} officeSign @param {Bytes} sealPublic @param {string} device @param {Bytes} p1Bytes @param {Bytes} storageKey */
export async function makeNote(officeSign, sealPublic, device, p1Bytes, storageKey) {
  const sealed = await seal(sealPublic, await noteInfo(p1Bytes), storageKey)
  const bytes = writeJson({ v: 1, device, p1: b64u(await sha256(p1Bytes)), key: b64u(sealed) })
  return { bytes: b64u(bytes), mac: b64u(await sign(officeSign, TAG, await sha256(bytes))) }
}

/** The storage key. `bad_signature`: not from the office this phone belongs to.
 * @param {KeyPair} sealKey @param {Bytes} officePublic @param {Json} posted @param {string} device @param {Bytes} p1Bytes
 * @returns {Promise<Bytes>} */
export async function readNote(sealKey, officePublic, posted, device, p1Bytes) {
  const bytes = unb64u(posted.bytes)
  await verify(officePublic, TAG, await sha256(bytes), unb64u(posted.mac, 64))
  const body = readJson(bytes)
  if (body.v !== 1) throw new SyncError("unknown_version", "let in")
  if (body.device !== device || !sameBytes(unb64u(body.p1, 32), await sha256(p1Bytes))) {
    throw new SyncError("unknown_device", "this lets another phone in")
  }
  const key = await openSealed(sealKey, await noteInfo(p1Bytes), unb64u(body.key))
  if (key.length !== KEY_BYTES) throw new SyncError("malformed", "key")
  return key
}

/** @param {string} device */
const wrapInfo = (device) => join(tag("storage key"), utf8(`${device}\n`))

/** @param {Bytes} p1Bytes */
const noteInfo = async (p1Bytes) => join(tag(TAG), await sha256(p1Bytes))
