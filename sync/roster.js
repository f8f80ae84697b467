// The office's signed list of its devices and how far it holds each (SPEC 5). It lies on the relay.

import { START } from "./chain.js"
import { NONE, b64u, isInt, isTime, nameOf, sha256, unb64u } from "./encoding.js"
import { SyncError } from "./errors.js"
import { MAX_NOTE_BYTES, MAX_ROSTER_BYTES, MAX_ROSTER_DEVICES, MAX_ROSTER_SEAL_KEYS } from "./limits.js"
import { PUBLIC_BYTES, checkPublic, sign, verify } from "./signing.js"
import { readJson, writeJson } from "./strict_json.js"

/** @import { Position } from "./chain.js" */
/** @import { Bytes } from "./encoding.js" */
/** @import { KeyPair } from "./signing.js" */
/** @typedef {{ id: string, sign: Bytes, seal: Bytes, status: string, up: Position, note: Bytes }} Device */
/**
 * @typedef {object} Roster
 * @property {string} office
 * @property {number} serial
 * @property {string} time
 * @property {Bytes} sign
 * @property {Bytes[]} seal  the current one first
 * @property {Device[]} devices
 */

const ROSTER_TAG = "roster"
const STATUSES = ["active", "revoked"]

/**
 * @param {KeyPair} signKey  the office's
 * @param {number} serial  above every one the office has used
 * @param {string} time
 * @param {Bytes[]} seal
 * @param {Device[]} devices
 * @returns {Promise<{ bytes: Bytes, sig: Bytes }>}
 */
export async function makeRoster(signKey, serial, time, seal, devices) {
  const office = await nameOf(signKey.public)
  const bytes = writeJson({
    v: 1,
    office,
    serial,
    time,
    sign: b64u(signKey.public),
    seal: await Promise.all(seal.map(async (key) => ({ id: await nameOf(key), key: b64u(key) }))),
    devices: devices.map(written),
  })
  const sig = await sign(signKey, ROSTER_TAG, await sha256(bytes))
  await readRoster(bytes, sig, office)
  return { bytes, sig }
}

/**
 * The roster, if `office` signed it. Whether its serial is new is for the caller, who knows the last one.
 * @param {Bytes} bytes
 * @param {Bytes} sig
 * @param {string} office
 * @returns {Promise<Roster>}
 */
export async function readRoster(bytes, sig, office) {
  if (bytes.length > MAX_ROSTER_BYTES) throw new SyncError("too_big", "roster")
  const roster = readJson(bytes)
  if (roster.v !== 1) throw new SyncError("unknown_version", "roster")
  const signKey = await readKey(roster.sign)
  if (roster.office !== office || (await nameOf(signKey)) !== office) {
    throw new SyncError("unknown_office", "not this office's roster")
  }
  await verify(signKey, ROSTER_TAG, await sha256(bytes), sig)
  if (!isInt(roster.serial) || roster.serial < 1 || !isTime(roster.time)) {
    throw new SyncError("malformed", "roster serial or time")
  }
  const seal = await inOrder(list(roster.seal, MAX_ROSTER_SEAL_KEYS), readSealKey)
  const devices = await inOrder(list(roster.devices, MAX_ROSTER_DEVICES), readDevice)
  if (seal.length === 0 || new Set(devices.map(({ id }) => id)).size !== devices.length) {
    throw new SyncError("malformed", "roster without a seal key, or a device twice")
  }
  return { office, serial: roster.serial, time: roster.time, sign: signKey, seal, devices }
}

/**
 * @param {Roster} roster
 * @param {string} id
 * @returns {Device | undefined}
 */
export function deviceOf(roster, id) {
  return roster.devices.find((device) => device.id === id)
}

/**
 * `{run, n, id}`; `{0, 0, "-"}` for nothing yet. Used by receipts, statements and rosters alike.
 * @param {any} value
 * @returns {Position}
 */
export function readPosition(value) {
  if (!isObject(value) || !isInt(value.run) || !isInt(value.n)) throw new SyncError("malformed", "position")
  const { run, n, id } = value
  if (run === 0 && n === 0 && id === NONE) return START
  if (run < 1 || n < 1 || id === NONE) throw new SyncError("malformed", "position")
  unb64u(id, 32)
  return { run, n, id }
}

/** @param {Device} device */
function written({ id, sign: signKey, seal, status, up, note }) {
  const position = { run: up.run, n: up.n, id: up.id }
  return { id, sign: b64u(signKey), seal: b64u(seal), status, up: position, note: b64u(note) }
}

/**
 * @param {any} entry
 * @returns {Promise<Device>}
 */
async function readDevice(entry) {
  if (!isObject(entry) || !STATUSES.includes(entry.status)) throw new SyncError("malformed", "roster device")
  const signKey = await readKey(entry.sign)
  const seal = await readKey(entry.seal)
  const note = unb64u(entry.note)
  if (entry.id !== (await nameOf(signKey)) || note.length > MAX_NOTE_BYTES) {
    throw new SyncError("malformed", "device id is not the name of its key, or note too long")
  }
  return { id: entry.id, sign: signKey, seal, status: entry.status, up: readPosition(entry.up), note }
}

/** @param {any} entry */
async function readSealKey(entry) {
  if (!isObject(entry)) throw new SyncError("malformed", "roster seal key")
  const key = await readKey(entry.key)
  if (entry.id !== (await nameOf(key))) throw new SyncError("malformed", "seal key id is not its name")
  return key
}

/** @param {unknown} value */
async function readKey(value) {
  const key = unb64u(value, PUBLIC_BYTES)
  await checkPublic(key)
  return key
}

/**
 * @param {unknown} entries
 * @param {number} most
 * @returns {any[]}
 */
function list(entries, most) {
  if (!Array.isArray(entries) || entries.length > most) throw new SyncError("malformed", "roster list")
  return entries
}

/**
 * @template T
 * @param {any[]} entries
 * @param {(entry: any) => Promise<T>} read
 */
async function inOrder(entries, read) {
  const found = []
  for (const entry of entries) found.push(await read(entry))
  return found
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
