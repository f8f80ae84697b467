// The header of an envelope: fixed text, strictly read (SPEC 2). Parse then print is byte-identical.

import { MAX_INT, NONE, isName, parseInt15, sameBytes, unb64u, utf8 } from "./encoding.js"
import { SyncError } from "./errors.js"
import { MAX_BLOB_BYTES, MAX_HEADER_BLOBS, MAX_HEADER_BYTES, MAX_RUN } from "./limits.js"

/** @import { Bytes } from "./encoding.js" */
/** @typedef {[run: number, n: number, id: string]} Seen */
/**
 * @typedef {object} Header
 * @property {string} from  name of the writer's sign key
 * @property {string} to
 * @property {string} key  name of the seal key
 * @property {number} run
 * @property {number} n
 * @property {string} prev  id of n−1, or `-`
 * @property {Seen} seen  accepted in the other direction
 * @property {[id: string, size: number][]} blobs  sealed size in bytes
 */

const VERSION = "sotto/1"
const ANY_VERSION = /^sotto\/[0-9A-Za-z.]{1,16}$/
const LINES = ["from", "to", "key", "run", "n", "prev", "seen"]

/** @type {Seen} */
export const NOTHING_SEEN = [0, 0, NONE]

/**
 * `unknown_version` before any other fault, `malformed` for everything else.
 * @param {Bytes} bytes
 * @returns {Header}
 */
export function parseHeader(bytes) {
  checkVersion(bytes)
  if (bytes.length > MAX_HEADER_BYTES || bytes.at(-1) !== 0x0a) {
    throw new SyncError("malformed", "header too long or cut off")
  }
  if (bytes.some((byte) => byte > 127)) throw new SyncError("malformed", "header is not ASCII")
  const lines = latin1(bytes).split("\n").slice(1, -1)
  const [from, to, key, run, n, prev, seen] = LINES.map((name, at) => words(lines[at], name))
  const [seenRun, seenN, seenId] = exactly(seen, 3)
  const header = {
    from: one(from),
    to: one(to),
    key: one(key),
    run: parseInt15(one(run)),
    n: parseInt15(one(n)),
    prev: one(prev),
    seen: /** @type {Seen} */ ([parseInt15(String(seenRun)), parseInt15(String(seenN)), String(seenId)]),
    blobs: lines.slice(LINES.length).map(blob),
  }
  if (!sameBytes(headerBytes(header), bytes)) {
    throw new SyncError("malformed", "header does not print as it was read")
  }
  return header
}

/**
 * The exact bytes: HPKE's info, and what the id covers. Throws `malformed` for what no reader would take.
 * @param {Header} header
 * @returns {Bytes}
 */
export function headerBytes(header) {
  check(header)
  const lines = [
    VERSION,
    `from ${header.from}`,
    `to ${header.to}`,
    `key ${header.key}`,
    `run ${header.run}`,
    `n ${header.n}`,
    `prev ${header.prev}`,
    `seen ${header.seen.join(" ")}`,
    ...header.blobs.map(([id, size]) => `blob ${id} ${size}`),
  ]
  return utf8(`${lines.join("\n")}\n`)
}

/** @param {Bytes} bytes */
function checkVersion(bytes) {
  const end = bytes.subarray(0, MAX_HEADER_BYTES + 1).indexOf(0x0a)
  const first = latin1(bytes.subarray(0, Math.max(end, 0)))
  if (end >= 0 && first === VERSION) return
  if (end >= 0 && ANY_VERSION.test(first)) throw new SyncError("unknown_version", first)
  throw new SyncError("malformed", "not a header")
}

/** @param {Header} header */
function check(header) {
  for (const name of [header.from, header.to, header.key]) unb64u(name, 32)
  if (!counts(header.run) || header.run > MAX_RUN || !counts(header.n))
    throw new SyncError("malformed", "run and n count from 1")
  if ((header.prev === NONE) !== (header.n === 1)) {
    throw new SyncError("malformed", "prev is - exactly when n is 1")
  }
  if (header.prev !== NONE) unb64u(header.prev, 32)
  checkSeen(header.seen)
  const ids = new Set(header.blobs.map(([id]) => id))
  if (header.blobs.length > MAX_HEADER_BLOBS || ids.size !== header.blobs.length) {
    throw new SyncError("malformed", "too many blobs, or one twice")
  }
  for (const [id, size] of header.blobs) {
    unb64u(id, 32)
    if (!counts(size) || size > MAX_BLOB_BYTES) throw new SyncError("malformed", "blob size")
  }
}

/** @param {Seen} seen */
function checkSeen([run, n, id]) {
  if (run === 0 && n === 0 && id === NONE) return
  if (!counts(run) || !counts(n) || !isName(id)) throw new SyncError("malformed", "seen")
}

/** @param {unknown} value */
function counts(value) {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_INT
}

/**
 * @param {string | undefined} line
 * @param {string} name
 */
function words(line, name) {
  const [first, ...rest] = (line ?? "").split(" ")
  if (first !== name) throw new SyncError("malformed", `expected the line ${name}`)
  return rest
}

/**
 * @param {string[] | undefined} list
 * @param {number} count
 */
function exactly(list, count) {
  if (list?.length !== count) throw new SyncError("malformed", "words in a header line")
  return list
}

/** @param {string[] | undefined} list */
function one(list) {
  return String(exactly(list, 1)[0])
}

/**
 * @param {string} line
 * @returns {[string, number]}
 */
function blob(line) {
  const [id, size] = exactly(words(line, "blob"), 2)
  return [String(id), parseInt15(String(size))]
}

/** @param {Uint8Array} bytes */
function latin1(bytes) {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")
}
