// Sends what is packed. An envelope counts as sent only when the relay says it holds it; a refused
// one stays, with the reason, until a person decides, and never stops the ones behind it. Text goes
// before photos. Nothing here can read a record: it runs in the locked phone's worker too.
//
// Loaded by the page and by the service worker: no DOM.

import { MAX_BATCH_ENVELOPES, PLAIN_BATCH_ENVELOPES } from "../../../sync/limits.js"
import { SyncError } from "../../../sync/errors.js"
import { covers } from "../../../sync/chain.js"
import { identity, outbox, setMeta } from "../store/outbox_db.js"
import { alone } from "../store/locks.js"
import { sendBlobs } from "./blobs.js"
import { joined } from "./frames.js"
import { Leaving, wentWell, wentWrong } from "./send_queue.js"

/** @import { Door } from "../store/open_db.js" */
/** @import { EnvelopeRow } from "../store/outbox_db.js" */
/** @import { Relay } from "./relay.js" */
/** @typedef {{ sent: number, refused: number, waiting: number, blobs: number, problem: string | null }} Tally */

const SENT = new Set(["stored", "already_stored", "covered"])
const NEVER = new Set(["too_big", "malformed", "bad_signature", "unknown_version"])

/** Safe at any time, in page and worker at once. @param {Relay} relay @returns {Promise<Tally>} */
export function push(relay, box = outbox) {
  return alone("push", async () => {
    const tally = { sent: 0, refused: 0, waiting: 0, blobs: 0, problem: null }
    await sendEnvelopes(relay, tally, box)
    await sendBlobs(relay, tally, box)
    return tally
  })
}

/**
 * While one batch is on its way, the next is read from the disk and what became of the one before is noted there.
 * @param {Relay} relay @param {Tally} tally @param {Door} box
 */
async function sendEnvelopes(relay, tally, box) {
  const device = (await identity(box))?.device
  const leaving = new Leaving(box, device)
  const offer = new Offer(relay, leaving)
  /** @type {Promise<void>} */
  let noting = Promise.resolve()
  try {
    for (let batch = await offer.next(); batch.length > 0; batch = await offer.next()) {
      leaving.ahead().catch(() => {}) // who takes reads again, and is told
      const [{ incarnation, answers }] = await Promise.all([offer.make(batch), noting])
      const lost = await noteIncarnation(incarnation, box)
      noting = settle(box, batch, answers, tally, device)
      noting.catch(() => {}) // told where it is awaited
      if (lost) {
        await noting
        leaving.again()
      }
    }
  } finally {
    await noting
  }
}

/** @typedef {{ id: string, answer: string }} Answer */

/** How this relay is spoken to. One of before short frames is sent what every relay takes (SPEC 3.3). */
class Offer {
  /** @param {Relay} relay @param {Leaving} leaving */
  constructor(relay, leaving) {
    this.relay = relay
    this.leaving = leaving
    this.plain = false
  }

  next() {
    return this.leaving.take(this.plain ? PLAIN_BATCH_ENVELOPES : MAX_BATCH_ENVELOPES)
  }

  /** @param {EnvelopeRow[]} batch @returns {Promise<{ incarnation: string, answers: Answer[] }>} */
  async make(batch) {
    const told = await this.#send(batch).catch((error) => {
      if (this.plain || error?.code !== "too_many") throw error
      return null
    })
    const known = new Set(told?.answers.map(({ id }) => id))
    if (this.plain || batch.every(({ id }) => known.has(id)))
      return /** @type {NonNullable<typeof told>} */ (told)
    this.plain = true
    this.leaving.giveBack(batch.splice(PLAIN_BATCH_ENVELOPES))
    return this.#send(batch)
  }

  /** @param {EnvelopeRow[]} batch @returns {Promise<{ incarnation: string, answers: Answer[] }>} */
  async #send(batch) {
    const bytes = joined(batch, !this.plain)
    const began = performance.now()
    try {
      const told = await this.relay.push(bytes)
      if (!Array.isArray(told?.answers)) throw new SyncError("malformed")
      wentWell(bytes.length, performance.now() - began)
      return told
    } catch (/** @type {any} */ error) {
      if (["no_signal", "refused_on_way"].includes(error?.code)) wentWrong()
      throw error
    }
  }
}

/**
 * Only what is still here is noted: meanwhile it may have been packed anew. A note the disk loses costs a question more.
 * @param {Door} box @param {EnvelopeRow[]} batch @param {Answer[]} answers @param {Tally} tally @param {string | undefined} device
 */
async function settle(box, batch, answers, tally, device) {
  const said = new Map(answers.map(({ id, answer }) => [id, answer]))
  await box.run(
    ["envelopes"],
    "readwrite",
    async (tx) => {
      const envelopes = tx.objectStore("envelopes")
      const range = IDBKeyRange.bound(placeOf(batch[0]), placeOf(batch.at(-1)))
      const here = new Set(await envelopes.index("order").getAllKeys(range))
      for (const row of batch) {
        if (!here.has(row.id)) continue
        const answer = said.get(row.id) ?? "no_answer"
        if (SENT.has(answer)) {
          tally.sent += 1
          // An envelope of a device this phone no longer is was only to be offered (SPEC 9).
          if (row.from === device) envelopes.put({ ...row, state: "sent", reason: "" })
          else envelopes.delete(row.id)
        } else if (NEVER.has(answer) || (row.from !== device && answer === "unknown_device")) {
          // Who brought a copy can give up what no office knows; what this phone signed itself waits to be known again.
          tally.refused += 1
          envelopes.put({ ...row, state: "refused", reason: answer })
        } else {
          // too_many, unknown_device, not_ready, or a word of a newer relay: keep it, ask again later.
          tally.waiting += 1
          tally.problem ??= answer
          if (row.reason !== answer) envelopes.put({ ...row, reason: answer })
        }
      }
    },
    "relaxed",
  )
}

/** @param {any} row */
const placeOf = ({ from, run, n }) => [from, run, n]

/**
 * The relay's database is another one than last time: take everything it was sent for lost, unless
 * the office holds it (SPEC 6.1).
 * @param {string} incarnation
 * @returns {Promise<boolean>} whether it was so
 */
export async function noteIncarnation(incarnation, box = outbox) {
  if (typeof incarnation !== "string" || incarnation === "") throw new SyncError("malformed")
  if ((await box.get("meta", "incarnation")) === incarnation) return false
  return box.run(["envelopes", "blobs", "chain", "meta"], "readwrite", async (tx) => {
    const known = await tx.objectStore("meta").get("incarnation")
    if (known === incarnation) return false
    tx.objectStore("meta").put(incarnation, "incarnation")
    if (known === undefined) return false
    const held = (await tx.objectStore("chain").get("held")) ?? { run: 0, n: 0, id: "-" }
    await unsend(tx, (row) => !covers(held, row.run, row.n))
    for (let cursor = await tx.objectStore("blobs").openCursor(); cursor; cursor = await cursor.continue()) {
      if (cursor.value.state === "sent") await cursor.update({ ...cursor.value, state: "waiting" })
    }
    return true
  })
}

/** Call sent envelopes unsent once more. @param {any} tx @param {(row: EnvelopeRow) => boolean} which */
export async function unsend(tx, which) {
  let count = 0
  for (
    let cursor = await tx.objectStore("envelopes").openCursor();
    cursor;
    cursor = await cursor.continue()
  ) {
    if (cursor.value.state === "sent" && which(cursor.value)) {
      await cursor.update({ ...cursor.value, state: "packed" })
      count += 1
    }
  }
  return count
}

export const noteContact = () => setMeta("contact", Date.now())
