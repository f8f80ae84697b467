// Requests to the relay. A request ends: with an answer, with the relay's own error code, or with
// `no_signal` after a time limit. `navigator.onLine` is not asked: it says yes on dead networks.
//
// Loaded by the page and by the service worker: no DOM.

import { SyncError } from "../../../sync/errors.js"
import { BATCH_TYPE, JSON_TYPE, MAX_BATCH_BYTES, SIGNATURE_HEADER } from "../../../sync/limits.js"
import { readStream } from "../../../sync/read_stream.js"

const SHORT = 15_000
const LONG = 45_000
const MOST_ANSWER = 2 * MAX_BATCH_BYTES // however small it is on the way: browsers inflate what says it is deflated
const NONCE_LIVES = 540_000 // the relay's ten minutes, and a margin

export class Relay {
  /** @param {string} [origin] */
  constructor(origin = self.location.origin) {
    this.origin = origin
    /** What both clocks said when the relay last answered, in ms. */
    this.clock = /** @type {{ phone: number, relay: number } | null} */ (null)
    /** @type {{ nonce: string, incarnation: string, at: number } | null} came with an answer, good for one request */
    this.spare = null
  }

  config() {
    return this.json("GET", "/v1/config")
  }

  /** The one that came with the last answer, or a round trip for one. An old one costs no more: it is refused with a fresh one.
   * @param {{ office: string, device: string }} who @returns {Promise<{ nonce: string, incarnation: string }>} */
  async nonce({ office, device }) {
    const spare = this.spare
    this.spare = null
    if (spare && Math.abs(Date.now() - spare.at) < NONCE_LIVES) return spare
    return this.json(
      "POST",
      "/v1/nonce",
      { body: JSON.stringify({ office, device }), type: JSON_TYPE },
      false,
    )
  }

  /** @param {Uint8Array} batch */
  push(batch) {
    return this.json("POST", "/v1/push", { body: batch, type: BATCH_TYPE, limit: LONG })
  }

  /** @param {Uint8Array} body @param {string} signature @returns {Promise<Uint8Array<ArrayBuffer>>} framed answer (SPEC 7) */
  async pull(body, signature) {
    const answer = await this.ask("POST", "/v1/pull", { body, type: JSON_TYPE, signature, limit: LONG })
    const bytes = await read(readStream(answer.body, MOST_ANSWER))
    this.#keep(framed(bytes))
    return bytes
  }

  /** @param {Uint8Array} body @param {string} signature */
  subscription(body, signature) {
    return this.json("POST", "/v1/subscription", { body, type: JSON_TYPE, signature })
  }

  /** @param {Uint8Array} body @param {string} signature @returns {Promise<{ incarnation: string, due: string | null }>} */
  timer(body, signature) {
    return this.json("POST", "/v1/timer", { body, type: JSON_TYPE, signature })
  }

  /** @param {{ office: string, device: string }} who */
  orders({ office, device }) {
    return this.json("GET", `/v1/orders/${office}/${device}`)
  }

  /** @param {string} id @returns {Promise<number>} how many bytes of this blob the relay has */
  async blobOffset(id) {
    const answer = await this.ask("HEAD", `/v1/blobs/${id}`)
    return Number(answer.headers.get("Upload-Offset") ?? 0)
  }

  /** @param {string} id @param {number} offset @param {Uint8Array} bytes @returns {Promise<number>} the next offset */
  async appendBlob(id, offset, bytes) {
    const answer = await this.json("PATCH", `/v1/blobs/${id}`, {
      body: bytes,
      type: "application/octet-stream",
      offset,
      limit: LONG,
    })
    return answer.offset
  }

  /** @param {string} slot @param {object} p1 */
  postP1(slot, p1) {
    return this.json("POST", `/v1/enrol/${slot}/p1`, { body: JSON.stringify(p1), type: JSON_TYPE })
  }

  /** @param {string} slot */
  p2(slot) {
    return this.json("GET", `/v1/enrol/${slot}/p2`)
  }

  /** @param {string} method @param {string} path @param {Parcel} [parcel] @param {boolean} [spare] @returns {Promise<any>} */
  async json(method, path, parcel, spare = true) {
    const told = await read(jsonOf(await this.ask(method, path, parcel)))
    if (spare) this.#keep(told)
    return told
  }

  /** @param {any} told */
  #keep(told) {
    const { nonce, incarnation } = told ?? {}
    if (typeof nonce === "string" && typeof incarnation === "string")
      this.spare = { nonce, incarnation, at: Date.now() }
  }

  /**
   * @typedef {{ body?: Uint8Array | string, type?: string, signature?: string, offset?: number, limit?: number }} Parcel
   * @param {string} method @param {string} path @param {Parcel} [parcel]
   * @returns {Promise<Response>}
   */
  async ask(method, path, { body, type, signature, offset, limit = SHORT } = {}) {
    const headers = new Headers()
    if (type) headers.set("Content-Type", type)
    if (signature) headers.set(SIGNATURE_HEADER, signature)
    if (offset !== undefined) headers.set("Upload-Offset", String(offset))
    const answer = await read(
      fetch(this.origin + path, {
        method,
        headers,
        body: /** @type {BodyInit | undefined} */ (body),
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(limit),
      }),
    )
    if (!answer.ok) throw await refusal(answer)
    const told = Date.parse(answer.headers.get("Date") ?? "")
    this.clock = Number.isNaN(told) ? null : { phone: Date.now(), relay: told }
    return answer
  }
}

/** The JSON at the beginning of a framed answer (SPEC 7); whoever asked reads the answer strictly. @param {Uint8Array} bytes */
function framed(bytes) {
  try {
    return JSON.parse(
      new TextDecoder().decode(bytes.subarray(4, 4 + new DataView(bytes.buffer).getUint32(0))),
    )
  } catch {
    return null
  }
}

/** @param {Response} answer @returns {Promise<any>} */
async function jsonOf({ body }) {
  return JSON.parse(new TextDecoder().decode(await readStream(body, MOST_ANSWER)))
}

/** @template T @param {Promise<T>} reading @returns {Promise<T>} */
async function read(reading) {
  try {
    return await reading
  } catch {
    throw new SyncError("no_signal")
  }
}

/** A refusal with the whole answer beside it: `bad_nonce` brings a fresh nonce, `wrong_offset` the right offset;
 * `after`: seconds until the relay wants to be asked again.
 * @param {Response} answer @returns {Promise<SyncError & { answer: any, status: number, after: number }>} */
async function refusal(answer) {
  const said = await jsonOf(answer).catch(() => null)
  // A captive portal or a proxy answers with pages of its own: that is not our relay speaking.
  const code = typeof said?.error === "string" ? said.error : headerless(answer)
  const after = Number(answer.headers.get("Retry-After")) || 0
  return Object.assign(new SyncError(code, said?.detail ?? ""), {
    answer: said,
    status: answer.status,
    after,
  })
}

/** @param {Response} answer HEAD has no body */
function headerless({ status }) {
  if (status === 404) return "not_found"
  if (status === 413) return "refused_on_way" // a proxy's limit: there is signal, and smaller pieces may pass
  if (status === 503) return "unavailable"
  return status === 429 ? "too_many" : "no_signal"
}
