// What the relay will never take as it is: kept with its reason, outside every run, until a person
// decides (SPEC 4.5 e). It is sealed and packed anew, copied, or given up in two steps.

import { START } from "../../../sync/chain.js"
import { SyncError } from "../../../sync/errors.js"
import { outbox } from "../store/outbox_db.js"
import { repack } from "./receipts.js"

/** @import { Open } from "../store/keys.js" */
/** @import { EnvelopeRow } from "../store/outbox_db.js" */

/**
 * A person wants it tried again: everything of this phone is sealed anew, this with it. What another phone brought is
 * offered once more as it is.
 * @param {Open} open @param {string} [id] none: all that was set aside
 */
export async function tryAgain(open, id) {
  const again = await outbox.run(["envelopes"], "readwrite", async (tx) => {
    const all = /** @type {EnvelopeRow[]} */ (
      await tx.objectStore("envelopes").index("state").getAll("refused")
    )
    const rows = all.filter((row) => id === undefined || row.id === id)
    for (const row of rows) tx.objectStore("envelopes").put({ ...row, state: "packed", reason: "" })
    return rows.some(({ from }) => from === open.identity.device)
  })
  if (again) await repack(open, START)
}

/**
 * The first step: what would be lost. Nothing happens yet.
 * @param {string} id @returns {Promise<{ envelope: string, reason: string, events: number, photos: number }>}
 * @throws {SyncError} not_found: it is not set aside
 */
export async function askToDiscard(id) {
  const seen = await outbox.run(["envelopes", "events"], "readonly", async (tx) => {
    const row = /** @type {EnvelopeRow | undefined} */ (await tx.objectStore("envelopes").get(id))
    if (row?.state !== "refused") return null
    const events = await tx.objectStore("events").index("envelope").count(id)
    return { envelope: id, reason: row.reason, events, photos: row.blobs.length }
  })
  if (!seen) throw new SyncError("not_found", "only what was refused can be given up")
  return seen
}

/**
 * The second step, with what the first one said: if that has changed since, nothing is deleted.
 * @param {Awaited<ReturnType<typeof askToDiscard>>} seen
 */
export async function discard(seen) {
  const now = await askToDiscard(seen.envelope)
  if (now.reason !== seen.reason || now.events !== seen.events)
    throw new SyncError("changed", "look at it once more")
  await outbox.run(["envelopes", "events", "blobs"], "readwrite", async (tx) => {
    const row = /** @type {EnvelopeRow | undefined} */ (await tx.objectStore("envelopes").get(seen.envelope))
    if (row?.state !== "refused") return
    const events = tx.objectStore("events")
    for (const name of await events.index("envelope").getAllKeys(row.id)) events.delete(name)
    for (const blob of row.blobs) {
      const photo = await tx.objectStore("blobs").get(blob)
      if (photo?.envelope === row.id) tx.objectStore("blobs").delete(blob) // not what another one names as well
    }
    tx.objectStore("envelopes").delete(row.id)
  })
}
