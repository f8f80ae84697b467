// Fetches what the office sent to this device: verifies, judges the chain, opens, keeps. Only an
// unlocked phone pulls. Anything wrong on the way down is reported as a gap, and the office answers
// with a new run (SPEC 4.6); nothing here touches drafts or the outbox.

import { nameOf, unb64u } from "../../../sync/encoding.js"
import { judge } from "../../../sync/chain.js"
import { parseBatch, verifyEnvelope } from "../../../sync/envelope.js"
import { SyncError } from "../../../sync/errors.js"
import { unpack } from "../../../sync/plaintext.js"
import { openSealed } from "../../../sync/sealing.js"
import { PULL_TAG, parseAnswer, readReceipt } from "../../../sync/wire.js"
import { unsentCount } from "../store/outbox_db.js"
import { renewed } from "../store/lease.js"
import { alone } from "../store/locks.js"
import { change, readDown, sealedDown } from "./down_position.js"
import { noteIncarnation } from "./push.js"
import { askSigned } from "./signed.js"

/** @import { Documents } from "../store/documents.js" */
/** @import { Open } from "../store/keys.js" */
/** @import { Relay } from "./relay.js" */
/** @import { Down } from "./down_position.js" */
/** @import { Envelope } from "../../../sync/envelope.js" */
/** @import { Receipt } from "../../../sync/wire.js" */

/** @typedef {{ accepted: number, more: boolean, gap: boolean, box: [number, number, number][] | null, wipe: any, alarms: any[], incarnation: string, problem: string | null }} Pulled */

/**
 * @param {Open} open @param {Documents} documents @param {Relay} relay @param {string} app version
 * @returns {Promise<Pulled>}
 */
export function pull(open, documents, relay, app) {
  return alone("pull", async () => {
    const { answer, batch } = await askRelay(open, relay, app)
    await noteIncarnation(answer.incarnation)
    /** @type {Pulled} */
    const pulled = {
      accepted: 0,
      more: answer.more === true,
      gap: false,
      box: answer.box ?? null,
      wipe: answer.wipe ?? null,
      alarms: answer.alarms ?? [],
      incarnation: answer.incarnation,
      problem: null,
    }
    for (const envelope of await parseBatch(batch)) {
      const outcome = await take(open, documents, envelope)
      if (outcome === "accepted") {
        pulled.accepted += 1
        pulled.gap = false
      } else if (outcome === "gap") {
        pulled.gap = true // read on: behind a gap may lie the new run that answers it (SPEC 4.6)
      } else if (outcome !== "ignored") {
        pulled.problem = outcome
        pulled.more = false
        break
      }
    }
    if (!pulled.problem) await moveCursor(open, documents, answer)
    return pulled
  })
}

/** @param {Open} open @param {Relay} relay @param {string} app */
async function askRelay(open, relay, app) {
  const { down } = await readDown(open)
  const statement = {
    cursor: down.cursor,
    follow: down.position,
    highest: down.highest,
    gap: down.gap,
    unsent: await unsentCount(),
    app,
  }
  const answer = parseAnswer(
    await askSigned(open, relay, PULL_TAG, statement, (body, signature) => relay.pull(body, signature)),
  )
  return { answer: answer.body, batch: answer.batch }
}

/**
 * @param {Open} open @param {Documents} documents @param {Envelope | SyncError} envelope
 * @returns {Promise<"accepted" | "ignored" | "gap" | "update_needed">}
 */
async function take(open, documents, envelope) {
  if (envelope instanceof SyncError)
    return envelope.code === "unknown_version" ? "update_needed" : note(open, documents)
  const { header } = envelope
  // Not from our office or not for us: the relay's mistake or malice, nothing to report to the office.
  if (header.from !== open.identity.office || header.to !== open.identity.device) return "ignored"
  try {
    await verifyEnvelope(envelope, open.officeSign)
  } catch {
    return "ignored"
  }
  for (;;) {
    const { down, row } = await readDown(open)
    const judged = judge(down.position, envelope)
    if (judged === "known" || judged === "old_run") return "ignored"
    if (judged !== "next" && judged !== "new_run") return note(open, documents, header.run)
    const body = await openBody(open, envelope)
    if (body === null) return note(open, documents)
    if (body.v !== 1) return "update_needed"
    await documents.upTo(row)
    if (await accept(open, documents, { down, row, envelope, body, newRun: judged === "new_run" }))
      return "accepted"
  }
}

/** @param {Open} open @param {Envelope} envelope @returns {Promise<any | null>} */
async function openBody(open, envelope) {
  try {
    return await unpack(await openSealed(open.seal, envelope.headerBytes, envelope.sealed))
  } catch {
    return null
  }
}

/**
 * @param {Open} open @param {Documents} documents
 * @param {{ down: Down, row: ArrayBuffer | undefined, envelope: Envelope, body: any, newRun: boolean }} found
 */
async function accept(open, documents, { down, row, envelope, body, newRun }) {
  const { run, n } = envelope.header
  const next = {
    ...down,
    position: { run, n, id: envelope.id },
    highest: Math.max(down.highest, run),
    gap: false,
    receipt: plainReceipt(body.receipt) ?? down.receipt,
    lease: Number.isNaN(Date.parse(body.time))
      ? down.lease
      : renewed(down.lease, Date.parse(body.time), Date.now()),
    seal: (await announced(body.keys)) ?? down.seal,
  }
  const docs = Array.isArray(body.docs) ? body.docs.filter(wellFormed) : []
  const plan = await documents.plan({ run, n, first: newRun, snapshot: body.snapshot, docs })
  // Not waited for the disk: the cursor's own commit at the end of this page is, and until then nothing counts on it.
  const done = await documents.commit(plan, [await sealedDown(open, next)], { key: "down", row }, "relaxed")
  if (done) open.seen = next.position
  if (done && next.seal) open.officeSeal = next.seal.map(({ id, key }) => ({ id, bytes: unb64u(key, 65) }))
  return done
}

/** Remember the gap, so that the next statement reports it, and the run it was seen in: the office begins above.
 * @param {Open} open @param {Documents} documents @param {number} [run] @returns {Promise<"gap">} */
async function note(open, documents, run = 0) {
  await change(open, documents, (down) => ({ ...down, gap: true, highest: Math.max(down.highest, run) }))
  return "gap"
}

/** @param {Open} open @param {Documents} documents @param {any} answer */
async function moveCursor(open, documents, answer) {
  await change(open, documents, (down) => ({
    ...down,
    contact: Date.now(),
    cursor: { incarnation: answer.incarnation, number: answer.cursor },
  }))
}

/** @param {any} keys @returns {Promise<{ id: string, key: string }[] | null>} */
async function announced(keys) {
  if (!Array.isArray(keys) || keys.length === 0) return null
  const named = await Promise.all(keys.map(async ({ id, seal }) => (await nameOf(unb64u(seal, 65))) === id))
  return named.every(Boolean) ? keys.map(({ id, seal }) => ({ id, key: seal })) : null
}

/** @param {any} receipt @returns {Receipt | null} null if it says nothing, or contradicts itself */
function plainReceipt(receipt) {
  try {
    return readReceipt(receipt)
  } catch {
    return null
  }
}

/** @param {any} doc */
const wellFormed = (doc) => typeof doc?.path === "string" && Number.isSafeInteger(doc.rev) && "body" in doc
