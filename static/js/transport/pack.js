// Packs events into a sealed, signed envelope and puts it into the outbox (SPEC 4.7).
//
// Sealing and signing happen outside the transaction. Inside, the head of the chain must still be
// the one that was sealed against, or everything is done again: two tabs would otherwise sign two
// envelopes for one number. Nothing signed leaves before the commit.

import { NONE } from "../../../sync/encoding.js"
import { SyncError } from "../../../sync/errors.js"
import { makeEnvelope, toFrame } from "../../../sync/envelope.js"
import { headerBytes } from "../../../sync/header.js"
import { pack as packPlain } from "../../../sync/plaintext.js"
import { seal } from "../../../sync/sealing.js"
import { buffer } from "../store/open_db.js"
import { outbox } from "../store/outbox_db.js"

/** @import { Bytes } from "../../../sync/encoding.js" */
/** @import { Envelope } from "../../../sync/envelope.js" */
/** @import { Open } from "../store/keys.js" */
/** @import { Head } from "../store/outbox_db.js" */
/** @typedef {{ id: string, type: string, v: number, at: string, case: string | null, saw: number, body: any }} Event */
/** @typedef {{ id: string, sealed: Uint8Array }} NewBlob */

/**
 * @param {Open} open
 * @param {Event[]} events 1 to 200 that belong together
 * @param {NewBlob[]} [blobs]
 * @returns {Promise<string>} the envelope's id; of the earlier one if these events were packed before
 */
export async function pack(open, events, blobs = []) {
  const [plain, rows] = await Promise.all([packPlain({ v: 1, events }), sealedEvents(open, events)])
  for (;;) {
    const head = open.head ?? (await readHead())
    const envelope = await sealNext(
      open,
      head,
      plain,
      blobs.map(({ id, sealed }) => [id, sealed.length]),
    )
    const { stored, now } = await commit(head, envelope, rows, blobs, isQuiet(events))
    open.head = now
    if (stored) return stored
  }
}

const QUIET = new Set(["case.viewed", "device.noted"])

/** Only notes of what was looked at, or of the phone: they leave like the rest, but no worker waits for them. @param {Event[]} events */
export const isQuiet = (events) => events.every(({ type }) => QUIET.has(type))

/** @returns {Promise<Head>} */
export async function readHead() {
  const head = /** @type {Head | undefined} */ (await outbox.get("chain", "up"))
  if (!head) throw new SyncError("storage_gone", "the outbox was cleared under an open page")
  return head
}

/**
 * @param {Open} open @param {{ run: number, n: number, id: string }} head @param {Bytes} plain
 * @param {[string, number][]} blobs
 * @returns {Promise<Envelope>}
 */
export async function sealNext(open, head, plain, blobs) {
  const { id: key, bytes: officeKey } = open.officeSeal[0]
  const header = {
    from: open.identity.device,
    to: open.identity.office,
    key,
    run: head.run,
    n: head.n + 1,
    prev: head.n === 0 ? NONE : head.id,
    seen: /** @type {import("../../../sync/header.js").Seen} */ ([open.seen.run, open.seen.n, open.seen.id]),
    blobs,
  }
  return makeEnvelope(header, await seal(officeKey, headerBytes(header), plain), open.sign)
}

/** @param {Open} open @param {Event[]} events @returns {Promise<{ name: string, sealed: ArrayBuffer }[]>} */
export async function sealedEvents(open, events) {
  return Promise.all(
    events.map(async (event) => {
      const name = await open.rows.name("events", event.id)
      return { name, sealed: await open.rows.seal("events", name, event) }
    }),
  )
}

/** @param {Envelope} envelope @returns {import("../store/outbox_db.js").EnvelopeRow} */
export function rowOf(envelope) {
  const { from, run, n, blobs } = envelope.header
  return {
    id: envelope.id,
    from,
    run,
    n,
    state: "packed",
    reason: "",
    frame: buffer(toFrame(envelope)),
    blobs: blobs.map(([id]) => id),
  }
}

/**
 * @param {Head} head @param {Envelope} envelope
 * @param {{ name: string, sealed: ArrayBuffer }[]} rows @param {NewBlob[]} blobs @param {boolean} quiet
 * @returns {Promise<{ stored: string | null, now: Head }>} null: the head had moved, to `now`
 */
async function commit(head, envelope, rows, blobs, quiet) {
  const row = { ...rowOf(envelope), quiet }
  const photos = blobs.map(({ id, sealed }) => ({
    id,
    envelope: row.id,
    size: sealed.length,
    state: "waiting",
    reason: "",
    sealed: buffer(sealed),
  }))
  return outbox.run(["envelopes", "blobs", "events", "chain"], "readwrite", async (tx) => {
    const [before, now] = await Promise.all([
      tx.objectStore("events").get(rows[0].name),
      tx.objectStore("chain").get("up"),
    ])
    if (before) return { stored: before.envelope, now }
    if (!now) throw new SyncError("storage_gone", "the outbox was cleared under an open page")
    if (now.run !== head.run || now.n !== head.n || now.id !== head.id) return { stored: null, now }
    tx.objectStore("envelopes").put(row)
    for (const photo of photos) tx.objectStore("blobs").put(photo)
    rows.forEach(({ name, sealed }, i) =>
      tx.objectStore("events").put({ envelope: row.id, order: now.order + i, sealed }, name),
    )
    const next = { run: row.run, n: row.n, id: row.id, order: now.order + rows.length }
    tx.objectStore("chain").put(next, "up")
    return { stored: row.id, now: next }
  })
}
