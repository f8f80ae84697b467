// JSON that reads the same in every language, or not at all (SPEC 1.7).
//
// Two readers that differ about a text can be played against each other: one verifies, the other obeys.
// JSON.parse forgives what the other end may not (a member twice, 1.0 for 1), so the text is walked as well.

import { utf8 } from "./encoding.js"
import { SyncError } from "./errors.js"
import { MAX_DEPTH, MAX_VALUES } from "./limits.js"

/** @typedef {Record<string, any>} Json */

const WHOLE = /^(?:0|-?[1-9][0-9]{0,14})$/
const LONE = /\p{Surrogate}/u
const LONE_ALL = /\p{Surrogate}/gu
const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?[0-9.eE+-]+/y
const WORD = /true|false|null/y

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/**
 * The one JSON object these bytes spell. `malformed` for everything else, too deep and too many included.
 * @param {Uint8Array} bytes
 * @returns {Json}
 */
export function readJson(bytes) {
  const { text, value } = parse(bytes)
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyncError("malformed", "not a JSON object")
  }
  walk(text)
  return value
}

/**
 * The bytes of a JSON object. A lone surrogate becomes U+FFFD: a keyboard's slip must not stop a record.
 * @param {Json} value
 */
export function writeJson(value) {
  const bytes = utf8(JSON.stringify(mended(value)))
  readJson(bytes) // what a reader would refuse is refused here, where somebody can still act
  return bytes
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ text: string, value: any }}
 */
function parse(bytes) {
  try {
    const text = decoder.decode(bytes)
    return { text, value: JSON.parse(text) }
  } catch {
    throw new SyncError("malformed", "not strict JSON")
  }
}

/**
 * What JSON.parse lets pass. The text is known to be JSON here, so finding the tokens is enough.
 *
 * @param {string} text
 */
function walk(text) {
  /** @type {(Set<string> | null)[]} names seen in each open object; null for a list */
  const open = []
  let values = 0
  let at = 0
  let naming = false // is the next string a member's name?

  while (at < text.length) {
    if (text.charCodeAt(at) <= 32) at = skip(SPACE, text, at)
    if (at >= text.length) break
    const mark = text.charAt(at)
    if (mark === '"') {
      const end = endOfString(text, at)
      const string = plainly(text.slice(at + 1, end - 1))
      if (naming) meet(open.at(-1), string)
      else values += 1
      naming = false
      at = end
    } else if (mark === "{" || mark === "[") {
      values += 1
      open.push(mark === "{" ? new Set() : null)
      if (open.length > MAX_DEPTH) throw new SyncError("malformed", "nested too deep")
      naming = mark === "{"
      at += 1
    } else if (mark === "}" || mark === "]") {
      open.pop()
      naming = false
      at += 1
    } else if (mark === ",") {
      naming = open.at(-1) !== null
      at += 1
    } else if (mark === ":") {
      at += 1
    } else {
      const end = Math.max(skip(NUMBER, text, at), skip(WORD, text, at))
      const word = text.slice(at, end)
      if (/[0-9]/.test(word) && !WHOLE.test(word)) {
        throw new SyncError("malformed", "a number that is not whole")
      }
      values += 1
      at = end
    }
    if (values > MAX_VALUES) throw new SyncError("malformed", "too many values")
  }
}

/**
 * What a string of valid UTF-8 says. Only an escape can hide a lone surrogate.
 * @param {string} raw  between its quotes
 */
function plainly(raw) {
  if (!raw.includes("\\")) return raw
  const string = JSON.parse(`"${raw}"`)
  if (LONE.test(string)) throw new SyncError("malformed", "a lone surrogate")
  return string
}

/**
 * @param {Set<string> | null | undefined} names
 * @param {string} name
 */
function meet(names, name) {
  if (names?.has(name)) throw new SyncError("malformed", "two members of one name")
  if (name === "__proto__") throw new SyncError("malformed", "a member named __proto__")
  names?.add(name)
}

/**
 * @param {string} text
 * @param {number} at  of the opening quote
 */
function endOfString(text, at) {
  let end = at
  do {
    end = text.indexOf('"', end + 1)
  } while (isEscaped(text, end))
  return end + 1
}

/**
 * @param {string} text
 * @param {number} at
 */
function isEscaped(text, at) {
  let slashes = 0
  while (text.charAt(at - 1 - slashes) === "\\") slashes += 1
  return slashes % 2 === 1
}

/**
 * @param {RegExp} pattern  sticky
 * @param {string} text
 * @param {number} at
 */
function skip(pattern, text, at) {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/**
 * @param {any} value
 * @returns {any}
 */
function mended(value) {
  if (typeof value === "string") return value.replace(LONE_ALL, "\ufffd")
  if (typeof value === "number" && !Number.isInteger(value)) {
    throw new SyncError("malformed", "a number that is not whole")
  }
  if (Array.isArray(value)) return value.map(mended)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [mended(name), mended(inner)]))
}
