// A copy of what has not become safe, for a phone that can no longer send: envelopes and photos as they
// are, sealed to the office. Another phone of the office offers them to the relay: an envelope is its own
// proof, whoever brings it (SPEC 4.9). Whoever finds the file can read nothing in it.
//
// A copy is somebody's file: it is read piece by piece, looked at whole before anything of it is kept, and
// nothing that lies here is written over.

import { blobId, nameOf, sameBytes, u32, utf8 } from "../../../sync/encoding.js"
import { parseBatch, verifyEnvelope } from "../../../sync/envelope.js"
import { SyncError } from "../../../sync/errors.js"
import { KIB, MAX_BLOB_BYTES, MAX_HEADER_BYTES, MAX_SEALED_BYTES, MIB } from "../../../sync/limits.js"
import { PUBLIC_BYTES, SIGNATURE_BYTES } from "../../../sync/signing.js"
import { buffer } from "../store/open_db.js"
import { identity, meta, outbox, setMeta } from "../store/outbox_db.js"
import { tryAgain } from "./refused.js"

/** @import { Bytes } from "../../../sync/encoding.js" */
/** @import { Envelope } from "../../../sync/envelope.js" */
/** @import { Open } from "../store/keys.js" */
/** @import { BlobRow, EnvelopeRow } from "../store/outbox_db.js" */
/** @typedef {{ at: number, length: number }} Part  where it lies in the file */
/**
 * @typedef {object} Looked  what a copy holds that is whole
 * @property {{ part: Part, row: Omit<EnvelopeRow, "frame">, named: [string, number][] }[]} envelopes
 * @property {Map<string, Part>} photos
 * @property {Record<string, ArrayBuffer>} signers
 * @property {number} left  envelopes and photos that are damaged
 */

const MAGIC = utf8("sotto/1 rescue\n")
const NEWER = /^sotto\/[0-9A-Za-z.]{1,16} rescue\n/
const SIGNERS = "signers" // in `meta`: public keys of phones whose envelopes were brought in
export const MAX_COPY_BYTES = 1024 * MIB
const MAX_PARTS = 20_000
const MAX_FRAME = 2 + MAX_HEADER_BYTES + 4 + MAX_SEALED_BYTES + SIGNATURE_BYTES
const WINDOW = 4 * KIB
const ROOM_LEFT = 64 * MIB // for what the worker of this phone writes

/** How much such a copy would hold. */
export const toRescue = () =>
  outbox.run(["envelopes", "blobs"], "readonly", async (tx) => {
    const [envelopes, photos] = await Promise.all([
      tx.objectStore("envelopes").count(),
      tx.objectStore("blobs").count(),
    ])
    return { envelopes, photos }
  })

/**
 * What was set aside lies outside every run, and another phone would bring it to closed doors: it is sealed anew first.
 * @param {Open} open @returns {Promise<Blob>} pieces the browser may keep on its disk
 */
export async function rescueCopy(open) {
  await tryAgain(open)
  const [ordered, blobs] = await outbox.run(["envelopes", "blobs"], "readonly", (tx) =>
    Promise.all([idsInOrder(tx), tx.objectStore("blobs").getAllKeys()]),
  )
  const frames = await pieces("envelopes", ordered, (/** @type {EnvelopeRow} */ { frame }) => frame)
  const photos = await pieces("blobs", blobs, (/** @type {BlobRow} */ { sealed }) => sealed)
  const signers = { ...(await knownSigners()), [open.identity.device]: buffer(open.sign.public) }
  return new Blob([MAGIC, u32(frames.length), ...frames, ...photos, ...Object.values(signers).map(piece)])
}

/** Frames are not read along: a copy can be larger than the memory. @param {any} tx */
async function idsInOrder(tx) {
  /** @type {string[]} */
  const ids = []
  for (
    let cursor = await tx.objectStore("envelopes").index("order").openKeyCursor();
    cursor;
    cursor = await cursor.continue()
  ) {
    ids.push(cursor.primaryKey)
  }
  return ids
}

/** @param {string} store @param {string[]} ids @param {(row: any) => ArrayBuffer} bytes @returns {Promise<Blob[]>} */
async function pieces(store, ids, bytes) {
  const made = []
  for (const id of ids) {
    const row = await outbox.get(store, id)
    if (row) made.push(piece(bytes(row))) // sent and safe meanwhile: nobody needs it any more
  }
  return made
}

/** @param {ArrayBuffer} bytes */
const piece = (bytes) => new Blob([u32(bytes.byteLength), bytes])

/** @returns {Promise<Record<string, ArrayBuffer>>} device -> its public sign key, of phones whose copies came here */
const knownSigners = async () =>
  /** @type {Record<string, ArrayBuffer> | undefined} */ (await meta(SIGNERS)) ?? {}

/**
 * Take such a copy into this phone's outbox, to be offered with its own. All of it is looked at before any of it is
 * kept; what is damaged in it is left out.
 * @param {Blob} file @returns {Promise<{ taken: number, left: number }>} envelopes that wait now and did not; what is damaged
 * @throws {SyncError} malformed, too_big, unknown_version, unknown_office: of another office; storage_full
 */
export async function bringIn(file) {
  const who = await identity()
  const copy = await look(file, who?.office ?? "")
  await checkRoom(file.size)
  let taken = 0
  for (const one of copy.envelopes.filter(({ row }) => row.from !== who?.device)) {
    taken += await takeIn(file, one, copy.photos)
  }
  await setMeta(SIGNERS, { ...(await knownSigners()), ...copy.signers })
  return { taken, left: copy.left }
}

/** @param {number} size */
async function checkRoom(size) {
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {}
  if (size + ROOM_LEFT > quota - usage) throw new SyncError("storage_full", "no room for the copy")
}

/**
 * One envelope with its photos. The id does not cover the signature (SPEC 3.2): what the relay refused gives its place
 * to another spelling of it, and nothing else does.
 * @param {Blob} file @param {Looked["envelopes"][number]} one @param {Map<string, Part>} photos
 * @returns {Promise<0 | 1>}
 */
async function takeIn(file, { part, row, named }, photos) {
  const frame = buffer(await bytesOf(file, part))
  const sealed = await Promise.all(
    named.flatMap(([id]) => photos.get(id) ?? []).map((photo) => bytesOf(file, photo)),
  )
  const blobs = await Promise.all(sealed.map(async (bytes) => ({ id: await blobId(bytes), bytes })))
  return outbox.run(["envelopes", "blobs"], "readwrite", async (tx) => {
    const envelopes = tx.objectStore("envelopes")
    const here = /** @type {EnvelopeRow | undefined} */ (await envelopes.get(row.id))
    const taken =
      !here || (here.state === "refused" && !sameBytes(new Uint8Array(here.frame), new Uint8Array(frame)))
    if (taken) envelopes.put({ ...row, frame })
    for (const { id, bytes } of blobs) {
      if (await tx.objectStore("blobs").getKey(id)) continue
      tx.objectStore("blobs").put({
        id,
        envelope: row.id,
        size: bytes.length,
        state: "waiting",
        reason: "",
        sealed: buffer(bytes),
      })
    }
    return taken ? 1 : 0
  })
}

/**
 * Everything in a copy that is whole, one piece in memory at a time.
 * @param {Blob} file @param {string} office @returns {Promise<Looked>}
 */
async function look(file, office) {
  const { count, parts } = await partsOf(file)
  const { signers, others } = await split(file, parts.slice(count))
  /** @type {Looked} */
  const copy = { envelopes: [], photos: new Map(), signers: {}, left: 0 }
  const sizes = new Map()
  for (const part of parts.slice(0, count)) {
    const envelope = await envelopeIn(file, part, signers)
    if (!envelope) copy.left += 1
    else if (envelope.header.to !== office) throw new SyncError("unknown_office", "a copy of another office")
    else {
      copy.envelopes.push({ part, row: rowOf(envelope), named: envelope.header.blobs })
      for (const [id, size] of envelope.header.blobs) sizes.set(id, size)
      const key = signers.get(envelope.header.from)
      if (key) copy.signers[envelope.header.from] = buffer(key)
    }
  }
  for (const part of others) {
    const id = await blobId(await bytesOf(file, part))
    if (sizes.get(id) === part.length) copy.photos.set(id, part)
    else copy.left += 1
  }
  if (copy.left > 0 && copy.envelopes.length === 0)
    throw new SyncError("malformed", "nothing of the copy is whole")
  return copy
}

/**
 * Public keys of the phones that signed lie among the photos, where a reader of before passes them over.
 * @param {Blob} file @param {Part[]} parts
 */
async function split(file, parts) {
  const signers = new Map()
  const others = []
  for (const part of parts) {
    const bytes = part.length === PUBLIC_BYTES ? await bytesOf(file, part) : null
    if (bytes?.[0] === 4) signers.set(await nameOf(bytes), bytes)
    else others.push(part)
  }
  return { signers, others }
}

/**
 * Null if it is damaged. A copy without keys is of a phone of before: there the relay looks at the signature alone.
 * @param {Blob} file @param {Part} part @param {Map<string, Bytes>} signers
 * @returns {Promise<Envelope | null>}
 * @throws {SyncError} unknown_version: of a program that is newer than this one
 */
async function envelopeIn(file, part, signers) {
  try {
    const [envelope, more] = await parseBatch(await bytesOf(file, part))
    if (envelope instanceof SyncError) throw envelope
    if (more || !envelope) return null
    const key = signers.get(envelope.header.from)
    if (signers.size > 0) await verifyEnvelope(envelope, /** @type {Bytes} */ (key ?? new Uint8Array()))
    return envelope
  } catch (error) {
    if (!(error instanceof SyncError) || error.code === "unknown_version") throw error
    return null
  }
}

/**
 * Where everything lies. Only lengths are read.
 * @param {Blob} file @returns {Promise<{ count: number, parts: Part[] }>}
 */
async function partsOf(file) {
  if (file.size > MAX_COPY_BYTES) throw new SyncError("too_big", "such a copy has at most 1 GiB")
  const start = await bytesOf(file, { at: 0, length: Math.min(file.size, MAGIC.length + 4) })
  if (start.length < MAGIC.length + 4 || !sameBytes(start.subarray(0, MAGIC.length), MAGIC)) {
    throw new SyncError(
      NEWER.test(new TextDecoder("latin1").decode(start)) ? "unknown_version" : "malformed",
      "not such a copy",
    )
  }
  const count = numberAt(start, MAGIC.length)
  const lengthAt = numbersOf(file)
  const parts = []
  for (let at = MAGIC.length + 4; at < file.size; at += parts.at(-1)?.length ?? 0) {
    const length = at + 4 <= file.size ? await lengthAt(at) : Infinity
    at += 4
    if (at + length > file.size) throw new SyncError("malformed", "the copy is cut off")
    if (length > (parts.length < count ? MAX_FRAME : MAX_BLOB_BYTES))
      throw new SyncError("too_big", "a piece of the copy")
    parts.push({ at, length })
    if (parts.length > MAX_PARTS) throw new SyncError("too_many", "pieces of the copy")
  }
  if (parts.length < count) throw new SyncError("malformed", "the copy is cut off")
  return { count, parts }
}

/** Many small pieces cost one reading. @param {Blob} file */
function numbersOf(file) {
  let from = 0
  let bytes = new Uint8Array()
  return async (/** @type {number} */ at) => {
    if (at < from || at + 4 > from + bytes.length) {
      bytes = await bytesOf(file, { at, length: Math.min(WINDOW, file.size - at) })
      from = at
    }
    return numberAt(bytes, at - from)
  }
}

/** @param {Bytes} bytes @param {number} at */
const numberAt = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at)

/** @param {Blob} file @param {Part} part @returns {Promise<Bytes>} */
const bytesOf = async (file, { at, length }) =>
  new Uint8Array(await file.slice(at, at + length).arrayBuffer())

/** @param {Envelope} envelope @returns {Omit<EnvelopeRow, "frame">} */
function rowOf({ id, header: { from, run, n, blobs } }) {
  return { id, from, run, n, state: "packed", reason: "", blobs: blobs.map(([blob]) => blob) }
}
