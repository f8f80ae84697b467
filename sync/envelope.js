// Envelope and batch: header, sealed bytes and a signature, framed (SPEC 3.1-3.3). Opens nothing.

import { b64u, join, nameOf, sha256, tag, u16, u32 } from "./encoding.js"
import { SyncError } from "./errors.js"
import { headerBytes as printed, parseHeader } from "./header.js"
import { MAX_BATCH_BYTES, MAX_BATCH_ENVELOPES, MAX_SEALED_BYTES } from "./limits.js"
import { SIGNATURE_BYTES, sign, verify } from "./signing.js"

/** @import { Bytes } from "./encoding.js" */
/** @import { Header } from "./header.js" */
/** @import { KeyPair } from "./signing.js" */
/**
 * @typedef {object} Envelope
 * @property {Header} header
 * @property {Bytes} headerBytes
 * @property {Bytes} sealed
 * @property {Bytes} sig  by the key that header.from names
 * @property {string} id
 */

const SIG_TAG = "envelope sig"

/**
 * Sign `sealed`, which was sealed under `headerBytes(header)` as info.
 * @param {Header} header
 * @param {Bytes} sealed
 * @param {KeyPair} signKey
 * @returns {Promise<Envelope>}
 */
export async function makeEnvelope(header, sealed, signKey) {
  const headerBytes = printed(header)
  if (sealed.length > MAX_SEALED_BYTES) throw new SyncError("too_big", "sealed part over 1 MiB")
  const digest = await envelopeHash(headerBytes, sealed)
  return { header, headerBytes, sealed, sig: await sign(signKey, SIG_TAG, digest), id: b64u(digest) }
}

/**
 * From its stored or received parts. The error names the envelope's id, so that it can be answered.
 * @param {Bytes} headerBytes
 * @param {Bytes} sealed
 * @param {Bytes} sig
 * @returns {Promise<Envelope>}
 */
export async function readEnvelope(headerBytes, sealed, sig) {
  const id = b64u(await envelopeHash(headerBytes, sealed))
  const header = named(id, () => parseHeader(headerBytes))
  if (sealed.length > MAX_SEALED_BYTES) throw new SyncError("too_big", "sealed part over 1 MiB", id)
  return { header, headerBytes, sealed, sig, id }
}

/**
 * Rejects with `bad_signature` unless `publicKey` is the key named by `from` and signed this.
 * Verify before comparing ids or looking for duplicates (SPEC 3.2).
 * @param {Envelope} envelope
 * @param {Bytes} publicKey
 */
export async function verifyEnvelope(envelope, publicKey) {
  if ((await nameOf(publicKey)) !== envelope.header.from) {
    throw new SyncError("bad_signature", "not the key named by from", envelope.id)
  }
  const digest = await envelopeHash(envelope.headerBytes, envelope.sealed)
  try {
    await verify(publicKey, SIG_TAG, digest, envelope.sig)
  } catch (error) {
    throw withId(error, envelope.id)
  }
}

/**
 * @param {Envelope} envelope
 * @returns {Bytes}
 */
export function toFrame({ headerBytes, sealed, sig }) {
  return join(u16(headerBytes.length), headerBytes, u32(sealed.length), sealed, sig)
}

/**
 * The 32 bytes of an envelope's id. The length stops bytes moving between header and sealed (SPEC 3.1).
 * @param {Bytes} headerBytes
 * @param {Bytes} sealed
 */
export async function envelopeHash(headerBytes, sealed) {
  return sha256(tag("envelope"), u32(headerBytes.length), headerBytes, sealed)
}

/**
 * Frames one after another; `too_many` or `too_big` beyond a batch's limits.
 * @param {Envelope[]} envelopes
 * @returns {Bytes}
 */
export function makeBatch(envelopes) {
  if (envelopes.length > MAX_BATCH_ENVELOPES)
    throw new SyncError("too_many", "over 1,024 envelopes in a batch")
  const batch = join(...envelopes.map(toFrame))
  if (batch.length > MAX_BATCH_BYTES) throw new SyncError("too_big", "over 8 MiB in a batch")
  return batch
}

/**
 * Each frame as an envelope, or as the error it earns: one bad envelope stops none of its neighbours.
 * A batch whose frames do not add up is `malformed` as a whole (`too_big`, `too_many` beyond its limits).
 * @param {Bytes} batch
 * @returns {Promise<(Envelope | SyncError)[]>}
 */
export async function parseBatch(batch) {
  if (batch.length > MAX_BATCH_BYTES) throw new SyncError("too_big", "over 8 MiB in a batch")
  const found = frames(batch)
  if (found.length > MAX_BATCH_ENVELOPES) throw new SyncError("too_many", "over 1,024 envelopes in a batch")
  /** @type {(Envelope | SyncError)[]} */
  const read = []
  const full = await Promise.all(
    found.map((frame) => (frame[0].length ? readEnvelope(...frame).catch(asSyncError) : null)),
  )
  for (const [at, [header, sealed, sig]] of found.entries()) {
    const before = read.at(-1)
    read.push(
      full[at] ??
        (await (
          before && !(before instanceof SyncError)
            ? following(before, sealed, sig)
            : readEnvelope(header, sealed, sig)
        ).catch(asSyncError)),
    )
  }
  return read
}

/**
 * From a short frame: it has the header that follows on the frame before it (SPEC 3.3).
 * @param {Envelope} before @param {Bytes} sealed @param {Bytes} sig
 */
async function following({ header, id }, sealed, sig) {
  const unnamed = b64u(await envelopeHash(new Uint8Array(), sealed))
  return readEnvelope(
    named(unnamed, () => printed({ ...header, n: header.n + 1, prev: id, blobs: [] })),
    sealed,
    sig,
  )
}

/**
 * @param {Bytes} batch
 * @returns {[header: Bytes, sealed: Bytes, sig: Bytes][]}
 */
function frames(batch) {
  /** @type {[Bytes, Bytes, Bytes][]} */
  const found = []
  let at = 0
  /** @param {number} length */
  const take = (length) => {
    const part = batch.slice(at, at + length)
    if (part.length !== length) throw new SyncError("malformed", "a frame is cut off")
    at += length
    return part
  }
  const number = (/** @type {number} */ width) => take(width).reduce((value, byte) => value * 256 + byte, 0)
  while (at < batch.length) {
    const header = take(number(2))
    const sealed = take(number(4))
    found.push([header, sealed, take(SIGNATURE_BYTES)])
  }
  return found
}

/**
 * @template T
 * @param {string} id
 * @param {() => T} work
 * @returns {T}
 */
function named(id, work) {
  try {
    return work()
  } catch (error) {
    throw withId(error, id)
  }
}

/**
 * @param {unknown} error
 * @param {string} id
 */
function withId(error, id) {
  return error instanceof SyncError ? new SyncError(error.code, error.detail, id) : error
}

/**
 * @param {unknown} error
 * @returns {SyncError}
 */
function asSyncError(error) {
  if (error instanceof SyncError) return error
  throw error
}
