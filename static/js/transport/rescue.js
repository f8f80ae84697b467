// A copy of what has not become safe, for a phone that can no longer send: envelopes and photos as they
// are, sealed to the office. Another phone of the office offers them to the relay: an envelope is its own
// proof, whoever brings it (SPEC 4.9). Whoever finds the file can read nothing in it.

import { blobId, join, sameBytes, u32, utf8 } from "../../../sync/encoding.js"
import { parseBatch } from "../../../sync/envelope.js"
import { SyncError } from "../../../sync/errors.js"
import { buffer } from "../store/open_db.js"
import { identity, outbox } from "../store/outbox_db.js"
import { tryAgain } from "./refused.js"

/** @import { Bytes } from "../../../sync/encoding.js" */
/** @import { Envelope } from "../../../sync/envelope.js" */
/** @import { Open } from "../store/keys.js" */
/** @import { BlobRow, EnvelopeRow } from "../store/outbox_db.js" */

const MAGIC = utf8("sotto/1 rescue\n")

/** How much such a copy would hold. */
export const toRescue = () => outbox.run(["envelopes", "blobs"], "readonly", async (tx) => {
  const [envelopes, photos] = await Promise.all([tx.objectStore("envelopes").count(), tx.objectStore("blobs").count()])
  return { envelopes, photos }
})

/**
 * What was set aside lies outside every run, and another phone would bring it to closed doors: it is sealed anew first.
 * @param {Open} open @returns {Promise<Bytes>}
 */
export async function rescueCopy(open) {
  await tryAgain(open)
  const [envelopes, blobs] = await outbox.run(["envelopes", "blobs"], "readonly", (tx) => Promise.all([
    tx.objectStore("envelopes").index("order").getAll(), tx.objectStore("blobs").getAll()]))
  const frames = envelopes.map((/** @type {EnvelopeRow} */ { frame }) => new Uint8Array(frame))
  const photos = blobs.map((/** @type {BlobRow} */ { sealed }) => new Uint8Array(sealed))
  const parts = [...frames, ...photos].flatMap((/** @type {Bytes} */ part) => [u32(part.length), part])
  return join(MAGIC, u32(frames.length), ...parts)
}

/**
 * Take such a copy into this phone's outbox, to be offered with its own.
 * @param {Bytes} bytes @returns {Promise<number>} how many envelopes wait now that did not
 * @throws {SyncError} malformed, unknown_office: of another office
 */
export async function bringIn(bytes) {
  const who = await identity()
  const { envelopes, photos } = await read(bytes)
  if (envelopes.some(({ header }) => header.to !== who?.office)) throw new SyncError("unknown_office", "a copy of another office")
  const foreign = envelopes.filter(({ header }) => header.from !== who?.device)
  const rows = foreign.map(rowOf)
  const named = new Map(rows.flatMap(({ id, blobs }) => blobs.map((blob) => [blob, id])))
  return outbox.run(["envelopes", "blobs"], "readwrite", async (tx) => {
    let count = 0
    for (const row of rows) {
      if (await tx.objectStore("envelopes").getKey(row.id)) continue
      tx.objectStore("envelopes").put(row)
      count += 1
    }
    for (const { id, sealed } of photos) {
      const envelope = named.get(id)
      if (!envelope || (await tx.objectStore("blobs").getKey(id))) continue
      tx.objectStore("blobs").put({ id, envelope, size: sealed.length, state: "waiting", reason: "", sealed: buffer(sealed) })
    }
    return count
  })
}

/** @param {Bytes} bytes @returns {Promise<{ envelopes: (Envelope & { frame: Bytes })[], photos: { id: string, sealed: Bytes }[] }>} */
async function read(bytes) {
  const parts = partsOf(bytes)
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length)
  const frames = parts.slice(0, count)
  const envelopes = await Promise.all(frames.map(async (frame) => {
    const [envelope, more] = await parseBatch(frame)
    if (more || !envelope || envelope instanceof SyncError) throw new SyncError("malformed", "an envelope of the copy")
    return { ...envelope, frame }
  }))
  const photos = await Promise.all(parts.slice(count).map(async (sealed) => ({ id: await blobId(sealed), sealed })))
  return { envelopes, photos }
}

/** @param {Bytes} bytes @returns {Bytes[]} */
function partsOf(bytes) {
  if (bytes.length < MAGIC.length + 4 || !sameBytes(bytes.subarray(0, MAGIC.length), MAGIC)) {
    throw new SyncError("malformed", "not such a copy")
  }
  const parts = []
  for (let at = MAGIC.length + 4; at < bytes.length;) {
    const length = at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(at) : Infinity
    if (at + 4 + length > bytes.length) throw new SyncError("malformed", "the copy is cut off")
    parts.push(bytes.slice(at + 4, at + 4 + length))
    at += 4 + length
  }
  return parts
}

/** @param {Envelope & { frame: Bytes }} envelope @returns {EnvelopeRow} */
function rowOf({ id, header, frame }) {
  const { from, run, n, blobs } = header
  return { id, from, run, n, state: "packed", reason: "", frame: buffer(frame), blobs: blobs.map(([blob]) => blob) }
}
