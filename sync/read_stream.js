// A stream's bytes, as long as there are no more than were expected: whatever inflates on its way is counted as it comes.

import { join } from "./encoding.js"
import { SyncError } from "./errors.js"

/** @import { Bytes } from "./encoding.js" */

/**
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {number} most
 * @returns {Promise<Bytes>}  `too_big` beyond `most`: the rest is not read
 */
export async function readStream(stream, most) {
  const parts = []
  let length = 0
  if (stream === null) return join()
  const reader = stream.getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length
    if (length > most) {
      await reader.cancel().catch(() => {})
      throw new SyncError("too_big", "more than was expected")
    }
    parts.push(step.value)
  }
  return join(...parts)
}
