// Frames of one request (SPEC 3.3). A header that only follows on the one before is left out: a fifth of the bytes.
//
// Loaded by the page and by the service worker: no DOM, and nothing imported, so that the worker stays small.

/** @typedef {{ id: string, n: number, frame: ArrayBuffer }} Framed */

const text = new TextDecoder("latin1")

/** @param {Framed[]} batch @param {boolean} short */
export function joined(batch, short) {
  const parts = batch.map((row, at) =>
    part(row, short && at > 0 ? /** @type {Framed} */ (batch[at - 1]) : null),
  )
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const bytes of parts) {
    all.set(bytes, at)
    at += bytes.length
  }
  return all
}

/** @param {Framed} row @param {Framed | null} before */
function part({ frame }, before) {
  if (!before || header(frame) !== following(before)) return new Uint8Array(frame)
  const bytes = new Uint8Array(frame.slice(header(frame).length))
  bytes.fill(0, 0, 2)
  return bytes
}

/** The header that follows on this one; never equal to another if this one is damaged. @param {Framed} row */
function following({ id, n, frame }) {
  const lines = header(frame).split("\n").slice(0, 8)
  return [...lines.slice(0, 5), `n ${n + 1}`, `prev ${id}`, lines[7], ""].join("\n")
}

/** @param {ArrayBuffer} frame */
function header(frame) {
  const length = new DataView(frame).getUint16(0)
  return text.decode(new Uint8Array(frame, 2, Math.min(length, frame.byteLength - 2)))
}
