// What is inside an envelope before it is sealed: length, deflated JSON, zeros (SPEC 3.4).

import { join, u32 } from "./encoding.js"
import { SyncError } from "./errors.js"
import { MAX_INFLATED_BYTES, MAX_PLAIN_BYTES, MIN_PADDED_BYTES } from "./limits.js"
import { readStream } from "./read_stream.js"
import { readJson, writeJson } from "./strict_json.js"

/** @import { Bytes } from "./encoding.js" */
/** @import { Json } from "./strict_json.js" */

/**
 * 512, or Padmé above it (Nikitin et al. 2019): sizes leak at most log log of the length.
 * @param {number} size  below 2^32
 */
export function paddedSize(size) {
  if (size <= MIN_PADDED_BYTES) return MIN_PADDED_BYTES
  const exponent = bitLength(size) - 1
  const step = 2 ** (exponent - bitLength(exponent))
  return Math.ceil(size / step) * step
}

/**
 * Plaintext of a body. `too_big` when it would not fit one envelope, `malformed` if no reader would take it.
 * @param {Json} body
 * @returns {Promise<Bytes>}
 */
export async function pack(body) {
  const text = writeJson(body)
  if (text.length > MAX_INFLATED_BYTES) throw new SyncError("too_big", "over 4 MiB of text")
  const deflated = await through(new CompressionStream("deflate-raw"), text, Infinity)
  const total = paddedSize(4 + deflated.length)
  if (total > MAX_PLAIN_BYTES) throw new SyncError("too_big", "over 1 MiB sealed")
  return join(u32(deflated.length), deflated, new Uint8Array(total - 4 - deflated.length))
}

/**
 * The body of a plaintext; `unreadable` whatever is wrong with it, as the envelope is held, not refused.
 * @param {Bytes} plain
 * @returns {Promise<Json>}
 */
export async function unpack(plain) {
  try {
    return readJson(await inflate(deflatedOf(plain)))
  } catch (error) {
    if (error instanceof SyncError) throw new SyncError("unreadable", error.detail)
    throw error
  }
}

/** @param {Bytes} plain */
function deflatedOf(plain) {
  if (plain.length < MIN_PADDED_BYTES) throw new SyncError("unreadable", "too short")
  const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0)
  if (paddedSize(4 + length) !== plain.length) throw new SyncError("unreadable", "not the padded size")
  if (plain.subarray(4 + length).some((byte) => byte !== 0)) {
    throw new SyncError("unreadable", "padding is not zeros")
  }
  return plain.slice(4, 4 + length)
}

/**
 * Bounded, and exact to the last byte. Some platforms say nothing about bytes left over after the end, so the
 * end is asked for: without its last byte an exact stream is cut off, one with bytes left over is not.
 * @param {Bytes} deflated
 */
async function inflate(deflated) {
  const text = await inflated(deflated)
  if (text === null) throw new SyncError("unreadable", "does not inflate, or is cut off")
  if ((await inflated(deflated.slice(0, -1))) !== null) throw new SyncError("unreadable", "bytes left over")
  return text
}

/**
 * @param {Bytes} deflated
 * @returns {Promise<Bytes | null>}  null when the stream is broken or does not end
 */
async function inflated(deflated) {
  try {
    return await through(new DecompressionStream("deflate-raw"), deflated, MAX_INFLATED_BYTES)
  } catch (error) {
    if (error instanceof SyncError) throw new SyncError("unreadable", "over 4 MiB of text")
    return null
  }
}

/**
 * What a stream makes of these bytes, as long as it is no more than `most`.
 * @param {CompressionStream | DecompressionStream} stream
 * @param {Bytes} bytes
 * @param {number} most
 * @returns {Promise<Bytes>}
 */
async function through(stream, bytes, most) {
  const writer = stream.writable.getWriter()
  const written = Promise.all([writer.write(bytes), writer.close()])
  written.catch(() => {}) // told by the reader as well
  return readStream(stream.readable, most)
}

/** @param {number} value */
function bitLength(value) {
  return 32 - Math.clz32(value)
}
