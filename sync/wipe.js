// The order to erase a phone: signed, not sealed, so that a locked phone can check it (SPEC 9).

import { isInt, isName, isTime, nameOf, sha256 } from "./encoding.js"
import { SyncError } from "./errors.js"
import { sign, verify } from "./signing.js"
import { readJson, writeJson } from "./strict_json.js"

/** @import { Bytes } from "./encoding.js" */
/** @import { KeyPair } from "./signing.js" */
/** @typedef {{ office: string, device: string, serial: number, time: string }} Order */

const WIPE_TAG = "wipe"

/**
 * @param {KeyPair} signKey  the office's
 * @param {string} device
 * @param {number} serial
 * @param {string} time
 * @returns {Promise<{ bytes: Bytes, sig: Bytes }>}
 */
export async function makeOrder(signKey, device, serial, time) {
  const office = await nameOf(signKey.public)
  const bytes = writeJson({ v: 1, office, device, serial, time })
  return { bytes, sig: await sign(signKey, WIPE_TAG, await sha256(bytes)) }
}

/**
 * The order, if the pinned office signed it for this very device; else rejects, and nothing is erased.
 * @param {Bytes} bytes
 * @param {Bytes} sig
 * @param {Bytes} officePublic
 * @param {string} office
 * @param {string} device
 * @returns {Promise<Order>}
 */
export async function readOrder(bytes, sig, officePublic, office, device) {
  if ((await nameOf(officePublic)) !== office) {
    throw new SyncError("bad_signature", "not the pinned office's key")
  }
  await verify(officePublic, WIPE_TAG, await sha256(bytes), sig)
  const order = readJson(bytes)
  if (order.v !== 1) throw new SyncError("unknown_version", "wipe order")
  if (order.office !== office) throw new SyncError("unknown_office", "an order of another office")
  if (order.device !== device || !isName(device)) {
    throw new SyncError("unknown_device", "an order for another device")
  }
  if (!isInt(order.serial) || !isTime(order.time)) throw new SyncError("malformed", "wipe order")
  return { office, device, serial: order.serial, time: order.time }
}
