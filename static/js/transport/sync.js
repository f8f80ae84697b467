// One round of the road: text out, news in, what the news asks for, photos last. Never throws for the
// network; what went wrong is in the tally, by its code.

import { SyncError } from "../../../sync/errors.js"
import { readDown } from "./down_position.js"
import { noteDevice } from "./device_report.js"
import { pull } from "./pull.js"
import { push } from "./push.js"
import { compareBox, takeReceipt } from "./receipts.js"
import { checkOrders, obey } from "./wipe.js"

/** @import { Open } from "../store/keys.js" */
/** @import { Documents } from "../store/documents.js" */
/** @import { Relay } from "./relay.js" */

const MOST_ROUNDS = 20

/** @typedef {{ sent: number, refused: number, blobs: number, accepted: number, wiped: boolean, problem: string | null, after?: number, alarms?: any[], incarnation?: string }} Tally */

/**
 * @param {{ open: Open, documents: Documents } | null} unlocked null: a locked phone only sends
 * @param {Relay} relay @param {string} app
 * @returns {Promise<Tally>}
 */
export async function syncRound(unlocked, relay, app) {
  /** @type {Tally} */
  const tally = { sent: 0, refused: 0, blobs: 0, accepted: 0, wiped: false, problem: null }
  try {
    add(tally, await push(relay))
    if (!unlocked) tally.wiped = await checkOrders(relay)
    else await fetchAll(unlocked, relay, app, tally)
    if (unlocked && !tally.wiped && !tally.problem) await tellOfItself(unlocked.open, relay, app)
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    tally.problem = error.code
    tally.after = /** @type {any} */ (error).after ?? 0
  }
  return tally
}

/** On the line that is there anyway. What goes wrong with it disturbs no record. @param {Open} open @param {Relay} relay @param {string} app */
async function tellOfItself(open, relay, app) {
  if (await noteDevice(open, relay, app).catch(() => false)) await push(relay).catch(() => {})
}

/** @param {{ open: Open, documents: Documents }} unlocked @param {Relay} relay @param {string} app @param {Tally} tally */
async function fetchAll({ open, documents }, relay, app, tally) {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const pulled = await pull(open, documents, relay, app)
    tally.accepted += pulled.accepted
    tally.problem = pulled.problem ?? tally.problem
    tally.alarms = pulled.alarms
    tally.incarnation = pulled.incarnation
    if (pulled.wipe && (await obey(pulled.wipe, relay))) {
      tally.wiped = true
      return
    }
    const again = await settle(open, documents, pulled.box)
    if (again) add(tally, await push(relay))
    if (!pulled.more && !pulled.gap) return
    if (pulled.gap) {
      // Report it at once: the office can answer while this phone still has signal.
      await pull(open, documents, relay, app)
      return
    }
  }
}

/** @param {Open} open @param {Documents} documents @param {[number, number, number][] | null} box */
export async function settle(open, documents, box) {
  const { down } = await readDown(open)
  let again = 0
  if (down.receipt) {
    const act = await takeReceipt(open, down.receipt, confirmedBlobs(documents))
    if (act !== "nothing") again += 1
  }
  if (box) again += await compareBox(open, box)
  return again > 0
}

/** @param {Documents} documents @returns {Set<string>} */
function confirmedBlobs(documents) {
  const ids = new Set()
  for (const [path, body] of documents.bodies.peek()) {
    if (path.startsWith("record/")) for (const id of body.photos ?? []) ids.add(id)
  }
  return ids
}

/** @param {Tally} tally @param {import("./push.js").Tally} pushed */
function add(tally, pushed) {
  tally.sent += pushed.sent
  tally.refused += pushed.refused
  tally.blobs += pushed.blobs
  tally.problem ??= pushed.problem
}
