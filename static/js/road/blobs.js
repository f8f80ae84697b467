// Sends sealed photos in pieces, each from where the relay has got to. A photo that fails waits for
// the next time and holds up nothing else.
//
// Loaded by the page and by the service worker: no DOM.

import { SyncError } from "../../../sync/errors.js"
import { outbox } from "../store/outbox_db.js"

/** @import { BlobRow } from "../store/outbox_db.js" */
/** @import { Relay } from "./relay.js" */

const SMALLEST = 65_536
const LARGEST = 262_144
const QUICK = 1_500 // ms for a piece, below which the next one is larger

/** @param {Relay} relay @param {{ blobs: number, problem: string | null }} tally */
export async function sendBlobs(relay, tally) {
  const ids = await outbox.run(["blobs"], "readonly", (tx) => tx.objectStore("blobs").index("state").getAllKeys("waiting"))
  for (const id of ids) {
    try {
      if (await sendBlob(relay, id)) tally.blobs += 1
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      tally.problem ??= error.code
      if (error.code === "no_signal") return
      await trouble(id, error.code)
    }
  }
}

/** @param {Relay} relay @param {string} id @returns {Promise<boolean>} */
async function sendBlob(relay, id) {
  const row = /** @type {BlobRow | undefined} */ (await outbox.get("blobs", id))
  const envelope = row && /** @type {any} */ (await outbox.get("envelopes", row.envelope))
  if (!row || envelope?.state === "packed" || envelope?.state === "refused") return false // text first
  const sealed = new Uint8Array(row.sealed)
  let offset = await relay.blobOffset(id)
  let piece = SMALLEST
  while (offset < sealed.length) {
    const began = performance.now()
    offset = await append(relay, id, offset, sealed.subarray(offset, offset + piece))
    piece = performance.now() - began < QUICK ? Math.min(piece * 2, LARGEST) : SMALLEST
  }
  await change(id, { state: "sent", reason: "" })
  return true
}

/** @param {Relay} relay @param {string} id @param {number} offset @param {Uint8Array} bytes */
async function append(relay, id, offset, bytes) {
  try {
    return await relay.appendBlob(id, offset, bytes)
  } catch (/** @type {any} */ error) {
    const right = error?.code === "wrong_offset" ? error.answer?.offset : undefined
    if (!Number.isSafeInteger(right) || right === offset) throw error
    return right // an answer was lost on the way: the relay has more, or less, than we thought
  }
}

/** @param {string} id @param {string} code */
async function trouble(id, code) {
  await change(id, { reason: code })
  if (code !== "not_found") return
  // The relay knows no envelope that names this photo: offer the envelope again.
  await outbox.run(["blobs", "envelopes"], "readwrite", async (tx) => {
    const blob = await tx.objectStore("blobs").get(id)
    const envelope = blob && (await tx.objectStore("envelopes").get(blob.envelope))
    if (envelope?.state === "sent") tx.objectStore("envelopes").put({ ...envelope, state: "packed" })
  })
}

/** @param {string} id @param {Partial<BlobRow>} changes */
async function change(id, changes) {
  await outbox.run(["blobs"], "readwrite", async (tx) => {
    const row = await tx.objectStore("blobs").get(id)
    if (row) tx.objectStore("blobs").put({ ...row, ...changes })
  })
}
