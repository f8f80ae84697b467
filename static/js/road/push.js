// Sends what is packed. An envelope counts as sent only when the relay says it holds it; a refused
// one stays, with the reason, until a person decides, and never stops the ones behind it. Text goes
// before photos. Nothing here can read a record: it runs in the locked phone's worker too.
//
// Loaded by the page and by the service worker: no DOM.

import { MAX_BATCH_BYTES, MAX_BATCH_ENVELOPES } from "../../../sync/limits.js"
import { SyncError } from "../../../sync/errors.js"
import { covers } from "../../../sync/chain.js"
import { identity, outbox, setMeta } from "../store/outbox_db.js"
import { alone } from "./alone.js"
import { sendBlobs } from "./blobs.js"

/** @import { EnvelopeRow } from "../store/outbox_db.js" */
/** @import { Relay } from "./relay.js" */
/** @typedef {{ sent: number, refused: number, waiting: number, blobs: number, problem: string | null }} Tally */

const SENT = new Set(["stored", "already_stored", "covered"])
const NEVER = new Set(["too_big", "malformed", "bad_signature", "unknown_version"])

/** Safe at any time, in page and worker at once. @param {Relay} relay @returns {Promise<Tally>} */
export function push(relay) {
  return alone("push", async () => {
    const tally = { sent: 0, refused: 0, waiting: 0, blobs: 0, problem: null }
    await sendEnvelopes(relay, tally)
    await sendBlobs(relay, tally)
    return tally
  })
}

/**
 * While one batch is on its way the next is read from the disk.
 * @param {Relay} relay @param {Tally} tally
 */
async function sendEnvelopes(relay, tally) {
  /** @type {Set<string>} */
  const tried = new Set()
  let { batch, end } = await nextBatch(tried, undefined)
  while (batch.length > 0) {
    for (const { id } of batch) tried.add(id)
    const [{ incarnation, answers }, next] = await Promise.all([relay.push(joined(batch)), nextBatch(tried, end)])
    const lost = await noteIncarnation(incarnation)
    await settle(batch, answers, tally)
    ;({ batch, end } = lost ? await nextBatch(tried, undefined) : next)
  }
}

/**
 * Oldest first, as much as one request may carry.
 * @param {Set<string>} tried @param {IDBValidKey | undefined} after where the batch before ended
 * @returns {Promise<{ batch: EnvelopeRow[], end: IDBValidKey | undefined }>}
 */
async function nextBatch(tried, after) {
  return outbox.run(["envelopes"], "readonly", async (tx) => {
    /** @type {EnvelopeRow[]} */
    const batch = []
    let bytes = 0
    let end = after
    if (!(await tx.objectStore("envelopes").index("state").count("packed"))) return { batch, end }
    for (;;) {
      const beyond = end === undefined ? null : IDBKeyRange.lowerBound(end, true)
      const rows = /** @type {EnvelopeRow[]} */ (
        await tx.objectStore("envelopes").index("order").getAll(beyond, MAX_BATCH_ENVELOPES))
      for (const row of rows) {
        const full = batch.length === MAX_BATCH_ENVELOPES || bytes + row.frame.byteLength > MAX_BATCH_BYTES
        if (batch.length && full) return { batch, end }
        end = [row.from, row.run, row.n]
        if (row.state !== "packed" || tried.has(row.id)) continue
        bytes += row.frame.byteLength
        batch.push(row)
      }
      if (rows.length < MAX_BATCH_ENVELOPES) return { batch, end }
    }
  })
}

/** Frames one after another (SPEC 3.3). @param {EnvelopeRow[]} batch */
function joined(batch) {
  const all = new Uint8Array(batch.reduce((sum, { frame }) => sum + frame.byteLength, 0))
  let at = 0
  for (const { frame } of batch) {
    all.set(new Uint8Array(frame), at)
    at += frame.byteLength
  }
  return all
}

/** @param {EnvelopeRow[]} batch @param {{ id: string, answer: string }[]} answers @param {Tally} tally */
async function settle(batch, answers, tally) {
  const said = new Map(answers.map(({ id, answer }) => [id, answer]))
  const device = (await identity())?.device
  await outbox.run(["envelopes"], "readwrite", async (tx) => {
    const envelopes = tx.objectStore("envelopes")
    const rows = /** @type {(EnvelopeRow | undefined)[]} */ (await Promise.all(batch.map(({ id }) => envelopes.get(id))))
    for (const [i, { id }] of batch.entries()) {
      const row = rows[i]
      const answer = said.get(id) ?? "no_answer"
      if (!row || row.state === "sent") continue
      if (SENT.has(answer)) {
        tally.sent += 1
        // An envelope of a device this phone no longer is was only to be offered (SPEC 9).
        if (row.from === device) envelopes.put({ ...row, state: "sent", reason: "" })
        else envelopes.delete(id)
      } else if (NEVER.has(answer)) {
        tally.refused += 1
        envelopes.put({ ...row, state: "refused", reason: answer })
      } else {
        // too_many, unknown_device, not_ready, or a word of a newer relay: keep it, ask again later.
        tally.waiting += 1
        tally.problem ??= answer
        if (row.reason !== answer) envelopes.put({ ...row, reason: answer })
      }
    }
  })
}

/**
 * The relay's database is another one than last time: take everything it was sent for lost, unless
 * the office holds it (SPEC 6.1).
 * @param {string} incarnation
 * @returns {Promise<boolean>} whether it was so
 */
export async function noteIncarnation(incarnation) {
  if (typeof incarnation !== "string" || incarnation === "") throw new SyncError("malformed", "no incarnation")
  if ((await outbox.get("meta", "incarnation")) === incarnation) return false
  return outbox.run(["envelopes", "blobs", "chain", "meta"], "readwrite", async (tx) => {
    const known = await tx.objectStore("meta").get("incarnation")
    if (known === incarnation) return false
    tx.objectStore("meta").put(incarnation, "incarnation")
    if (known === undefined) return false
    const held = (await tx.objectStore("chain").get("held")) ?? { run: 0, n: 0, id: "-" }
    await unsend(tx, (row) => !covers(held, row.run, row.n))
    for (let cursor = await tx.objectStore("blobs").openCursor(); cursor; cursor = await cursor.continue()) {
      if (cursor.value.state === "sent") await cursor.update({ ...cursor.value, state: "waiting" })
    }
    return true
  })
}

/** Call sent envelopes unsent once more. @param {any} tx @param {(row: EnvelopeRow) => boolean} which */
export async function unsend(tx, which) {
  let count = 0
  for (let cursor = await tx.objectStore("envelopes").openCursor(); cursor; cursor = await cursor.continue()) {
    if (cursor.value.state === "sent" && which(cursor.value)) {
      await cursor.update({ ...cursor.value, state: "packed" })
      count += 1
    }
  }
  return count
}

export const noteContact = () => setMeta("contact", Date.now())
