// How bytes, names, numbers and times are spelled (SPEC 1). One value has one spelling, or it is refused.

import { SyncError } from "./errors.js"

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** Stands where there is no id yet. */
export const NONE = "-"
export const MAX_INT = 999_999_999_999_999

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const INT = /^(?:0|[1-9][0-9]{0,14})$/
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,6})?Z$/
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const VALUES = new Int8Array(128).fill(-1)
for (let value = 0; value < 64; value += 1) VALUES[ALPHABET.charCodeAt(value)] = value

const encoder = new TextEncoder()

/**
 * base64url without padding (RFC 4648 §5).
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function b64u(bytes) {
  const parts = []
  for (let at = 0; at < bytes.length; at += 3) {
    const left = Math.min(3, bytes.length - at)
    const bits = (byte(bytes, at) << 16) | (byte(bytes, at + 1) << 8) | byte(bytes, at + 2)
    for (let place = 0; place <= left; place += 1) {
      parts.push(ALPHABET.charAt((bits >> (18 - 6 * place)) & 63))
    }
  }
  return parts.join("")
}

/**
 * The bytes of a b64u text; `malformed` for padding, other alphabets, non-zero trailing bits or length.
 * @param {unknown} text
 * @param {number} [length]
 * @returns {Bytes}
 */
export function unb64u(text, length) {
  if (typeof text !== "string" || text.length % 4 === 1) throw new SyncError("malformed", "not base64url")
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let count = 0
  let at = 0
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place)
    const value = code < 128 ? /** @type {number} */ (VALUES[code]) : -1
    if (value < 0) throw new SyncError("malformed", "not base64url")
    bits = (bits << 6) | value
    count += 6
    if (count >= 8) {
      count -= 8
      bytes[at++] = bits >> count
      bits &= (1 << count) - 1
    }
  }
  if (bits !== 0) throw new SyncError("malformed", "base64url with trailing bits")
  if (length !== undefined && bytes.length !== length) {
    throw new SyncError("malformed", `expected ${length} bytes, got ${bytes.length}`)
  }
  return bytes
}

/**
 * What every hash, MAC and signature begins with, so that none passes for another (SPEC 1.2).
 * @param {string} name
 */
export function tag(name) {
  return utf8(`sotto/1 ${name}\n`)
}

/**
 * @param {string} text
 * @returns {Bytes}
 */
export function utf8(text) {
  return new Uint8Array(encoder.encode(text))
}

/**
 * @param {...Uint8Array} parts
 * @returns {Bytes}
 */
export function join(...parts) {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/**
 * @param {number} value
 * @returns {Bytes}
 */
export function u16(value) {
  return Uint8Array.of(value >>> 8, value)
}

/**
 * @param {number} value
 * @returns {Bytes}
 */
export function u32(value) {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function sameBytes(a, b) {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at += 1) difference |= byte(a, at) ^ byte(b, at)
  return difference === 0
}

/**
 * @param {...Uint8Array} parts
 * @returns {Promise<Bytes>}
 */
export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)))
}

/**
 * The name of a public key, 43 characters. Whoever changes the key changes the name (SPEC 1.5).
 * @param {Uint8Array} publicKey
 */
export async function nameOf(publicKey) {
  return b64u(await sha256(tag("name"), publicKey))
}

/**
 * The id of a sealed photo (SPEC 6.6).
 * @param {Uint8Array} sealed
 */
export async function blobId(sealed) {
  return b64u(await sha256(sealed))
}

/**
 * Is this 32 bytes in b64u? Names, envelope ids and blob ids all look so.
 * @param {unknown} text
 * @returns {text is string}
 */
export function isName(text) {
  try {
    unb64u(text, 32)
    return true
  } catch {
    return false
  }
}

/**
 * `0` or up to 15 ASCII digits without a leading zero (SPEC 1.6).
 * @param {string} text
 */
export function parseInt15(text) {
  if (!INT.test(text)) throw new SyncError("malformed", "not an integer")
  return Number(text)
}

/**
 * Is this JSON value a whole number from 0 to 15 digits?
 * @param {unknown} value
 * @returns {value is number}
 */
export function isInt(value) {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_INT
}

/**
 * `YYYY-MM-DD`, a day that exists.
 * @param {unknown} value
 * @returns {value is string}
 */
export function isDate(value) {
  const match = typeof value === "string" ? DATE.exec(value) : null
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = (DAYS[month - 1] ?? 0) + (leap ? 1 : 0)
  return year >= 1 && day >= 1 && day <= days
}

/**
 * RFC 3339 in UTC with `Z`, up to microseconds, no leap second (SPEC 1.6).
 * @param {unknown} value
 * @returns {value is string}
 */
export function isTime(value) {
  const match = typeof value === "string" ? TIME.exec(value) : null
  if (match === null || !isDate(match[1])) return false
  return Number(match[2]) <= 23 && Number(match[3]) <= 59 && Number(match[4]) <= 59
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function byte(bytes, at) {
  return bytes[at] ?? 0
}
