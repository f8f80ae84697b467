// Requests between the ends and the relay (SPEC 6.5, 7): signed JSON, framed answers, statements, receipts.

import { b64u, isInt, isName, join, sha256, u32, unb64u } from "./encoding.js"
import { SyncError } from "./errors.js"
import { MAX_APP, MAX_ROSTER_BYTES, MAX_RUN, MAX_UNSENT } from "./limits.js"
import { readPosition } from "./roster.js"
import { sign, verify } from "./signing.js"
import { readJson, writeJson } from "./strict_json.js"

/** @import { Position } from "./chain.js" */
/** @import { Bytes } from "./encoding.js" */
/** @import { KeyPair } from "./signing.js" */
/** @import { Json } from "./strict_json.js" */

export {
  ANSWER_TYPE,
  BATCH_TYPE,
  JSON_TYPE,
  MAX_BATCH_BYTES,
  MAX_BATCH_ENVELOPES,
  MAX_BLOB_BYTES,
  MAX_REQUEST_BYTES,
  MAX_SEALED_BYTES,
  SIGNATURE_HEADER,
  WINDOW,
} from "./limits.js"

export const PULL_TAG = "pull"
export const SUBSCRIPTION_TAG = "subscription"
export const TIMER_TAG = "timer"

/**
 * The tag of a desk's request: method and verb are signed, so that none is obeyed as another.
 * @param {string} verb
 */
export const deskTag = (verb) => `desk POST ${verb}`

const INCARNATION_BYTES = 16

/** @typedef {{ incarnation: string, number: number }} Cursor  incarnation is "" before the first answer */
/**
 * What a phone says of itself when it pulls; the relay hands it to the desk with its signature (SPEC 7).
 * @typedef {object} Statement
 * @property {string} office
 * @property {string} device
 * @property {string} nonce
 * @property {Cursor} cursor
 * @property {Position} follow
 * @property {number} highest
 * @property {boolean} gap
 * @property {number} unsent
 * @property {string} app
 */
/**
 * held: in the office's log. safe: also in a backup that was read back, or a second copy (SPEC 3.8).
 * @typedef {{ held: Position, safe: { run: number, n: number } }} Receipt
 */

/**
 * @param {KeyPair} signKey
 * @param {string} tagName
 * @param {Json} body
 * @returns {Promise<{ body: Bytes, signature: string }>}  signature: value of the Sotto-Signature header
 */
export async function signRequest(signKey, tagName, body) {
  const bytes = writeJson(body)
  return { body: bytes, signature: b64u(await sign(signKey, tagName, await sha256(bytes))) }
}

/**
 * The signed JSON; `bad_signature` unless `publicKey` signed these bytes under this tag.
 * @param {Bytes} bytes
 * @param {string} signature
 * @param {string} tagName
 * @param {Bytes} publicKey
 * @returns {Promise<Json>}
 */
export async function readRequest(bytes, signature, tagName, publicKey) {
  if (bytes.length > MAX_ROSTER_BYTES * 2) throw new SyncError("too_big", "request")
  await verify(publicKey, tagName, await sha256(bytes), signatureBytes(signature))
  return readJson(bytes)
}

/** @param {string} text */
function signatureBytes(text) {
  try {
    return unb64u(text, 64)
  } catch {
    throw new SyncError("bad_signature", "signature is not 64 bytes in base64url")
  }
}

/**
 * The shape of a STATEMENT; what its signature says is readRequest's.
 * @param {Json} body
 * @returns {Statement}
 */
export function readStatement(body) {
  const { office, device, nonce, highest, gap, unsent, app } = body
  if (typeof gap !== "boolean" || typeof app !== "string" || [...app].length > MAX_APP) {
    throw new SyncError("malformed", "statement gap or app")
  }
  if (!isName(office) || !isName(device)) throw new SyncError("malformed", "statement names")
  if (!isInt(highest) || highest > MAX_RUN || !isInt(unsent) || unsent > MAX_UNSENT) {
    throw new SyncError("malformed", "statement counts")
  }
  unb64u(nonce, 16)
  const [cursor, follow] = [readCursor(body.cursor), readPosition(body.follow)]
  return { office, device, nonce, cursor, follow, highest, gap, unsent, app }
}

/**
 * @param {any} value
 * @returns {Cursor}
 */
export function readCursor(value) {
  if (!isObject(value) || !isInt(value.number)) throw new SyncError("malformed", "cursor")
  if (value.incarnation !== "") unb64u(value.incarnation, INCARNATION_BYTES)
  return { incarnation: value.incarnation, number: value.number }
}

/**
 * safe is at most held in its run, or of an earlier run (SPEC 3.8).
 * @param {any} value
 * @returns {Receipt}
 */
export function readReceipt(value) {
  if (!isObject(value) || !isObject(value.safe)) throw new SyncError("malformed", "receipt")
  const held = readPosition(value.held)
  const { run, n } = value.safe
  if (!isInt(run) || !isInt(n)) throw new SyncError("malformed", "receipt safe")
  if ((run === 0) !== (n === 0) || run > held.run || (run === held.run && n > held.n)) {
    throw new SyncError("malformed", "safe is beyond held")
  }
  return { held, safe: { run, n } }
}

/**
 * `u32 len ‖ JSON ‖ batch`: how both pulls are answered.
 * @param {Json} body
 * @param {Bytes} [batch]
 * @returns {Bytes}
 */
export function frameAnswer(body, batch = new Uint8Array()) {
  const bytes = writeJson(body)
  return join(u32(bytes.length), bytes, batch)
}

/**
 * The batch is parsed by `parseBatch`.
 * @param {Bytes} bytes
 * @returns {{ body: Json, batch: Bytes }}
 */
export function parseAnswer(bytes) {
  const length = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  if (bytes.length < 4 + length) throw new SyncError("malformed", "answer cut off")
  return { body: readJson(bytes.subarray(4, 4 + length)), batch: bytes.slice(4 + length) }
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
