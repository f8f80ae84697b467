// Sends sealed photos in pieces, each from where the relay has got to. A photo that fails waits for
// the next time and holds up nothing else.
//
// Loaded by the page and by the service worker: no DOM.

import { SyncError } from "../../../sync/errors.js"
import { outbox } from "../store/outbox_db.js"

/** @import { Door } from "../store/open_db.js" */
/** @import { BlobRow } from "../store/outbox_db.js" */
/** @import { Relay } from "./relay.js" */

const SMALLEST = 6_144 // under a second at 64 kbit/s: no more than that is lost when the line breaks
const LARGEST = 262_144
/** Photos called sent that were looked for once more since this program started: a relay may have said more than it has.
 * @type {Set<string>} */
const lookedFor = new Set()
/** Of one piece on this line, as far as it is known. */
let most = LARGEST
const QUICK = 1_000 // ms for a piece, below which the next one is larger

/** @param {Relay} relay @param {{ blobs: number, problem: string | null }} tally */
export async function sendBlobs(relay, tally, box = outbox) {
  const [waiting, sent] = await box.run(["blobs"], "readonly", (tx) =>
    Promise.all(["waiting", "sent"].map((state) => tx.objectStore("blobs").index("state").getAllKeys(state))),
  )
  for (const id of [...waiting, ...sent.filter((/** @type {string} */ one) => !lookedFor.has(one))]) {
    try {
      if (await sendBlob(relay, id, box)) tally.blobs += 1
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      tally.problem ??= error.code
      if (["no_signal", "unavailable"].includes(error.code)) return
      await trouble(id, error.code, box)
    }
  }
}

/** @param {Relay} relay @param {string} id @param {Door} box @returns {Promise<boolean>} */
async function sendBlob(relay, id, box) {
  const row = /** @type {BlobRow | undefined} */ (await box.get("blobs", id))
  const envelope = row && /** @type {any} */ (await box.get("envelopes", row.envelope))
  if (!row || envelope?.state === "packed" || envelope?.state === "refused") return false // text first
  const sealed = new Uint8Array(row.sealed)
  let offset = within(sealed, await relay.blobOffset(id))
  const wasThere = row.state === "sent" && offset === sealed.length
  let piece = SMALLEST
  while (offset < sealed.length) {
    const began = performance.now()
    try {
      offset = within(sealed, await append(relay, id, offset, sealed.subarray(offset, offset + piece)))
    } catch (/** @type {any} */ error) {
      if (error?.code !== "refused_on_way" || most === SMALLEST) throw error
      most = Math.max(Math.floor(piece / 4), SMALLEST) // something on the way takes less than the relay does
      piece = Math.min(piece, most)
      continue
    }
    piece = performance.now() - began < QUICK ? Math.min(piece * 2, most) : Math.max(piece / 2, SMALLEST)
  }
  if (row.state === "sent") lookedFor.add(id) // not when it was just called sent: the same relay would say the same
  if (!envelope)
    await box.run(["blobs"], "readwrite", (tx) => tx.objectStore("blobs").delete(id)) // only offered
  else if (!wasThere) await change(id, { state: "sent", reason: "" }, box)
  return !wasThere
}

/** An offset no honest relay names would pass a photo over. @param {Uint8Array} sealed @param {unknown} offset @returns {number} */
function within(sealed, offset) {
  if (Number.isSafeInteger(offset) && Number(offset) >= 0 && Number(offset) <= sealed.length)
    return Number(offset)
  throw new SyncError("malformed", "an offset beyond the photo")
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

/** @param {string} id @param {string} code @param {Door} box */
async function trouble(id, code, box) {
  await change(id, { reason: code }, box)
  if (code !== "not_found") return
  // The relay knows no envelope that names this photo: offer the envelope again.
  await box.run(["blobs", "envelopes"], "readwrite", async (tx) => {
    const blob = await tx.objectStore("blobs").get(id)
    const envelope = blob && (await tx.objectStore("envelopes").get(blob.envelope))
    if (envelope?.state === "sent") tx.objectStore("envelopes").put({ ...envelope, state: "packed" })
  })
}

/** @param {string} id @param {Partial<BlobRow>} changes @param {Door} box */
async function change(id, changes, box) {
  await box.run(["blobs"], "readwrite", async (tx) => {
    const row = await tx.objectStore("blobs").get(id)
    if (row) tx.objectStore("blobs").put({ ...row, ...changes })
  })
}
