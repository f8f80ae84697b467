// What the office says it holds, and what this phone does about it: send again, pack again under a
// new run, or at last forget (SPEC 4.4, 4.5). The decisions are those of `sync/chain.js`.

import { NONE } from "../../../sync/encoding.js"
import { START, afterReceipt, covers, mayForget, nextRun, toSendAgain } from "../../../sync/chain.js"
import { parseHeader } from "../../../sync/header.js"
import { pack as packPlain } from "../../../sync/plaintext.js"
import { outbox } from "../store/outbox_db.js"
import { isQuiet, rowOf, sealNext } from "./pack.js"
import { unsend } from "./push.js"

/** @import { Open } from "../store/keys.js" */
/** @import { EnvelopeRow, EventRow, BlobRow, Head } from "../store/outbox_db.js" */
/** @import { Position, UpChain } from "../../../sync/chain.js" */
/** @import { Receipt } from "../../../sync/wire.js" */

/**
 * Safe to call with the same receipt again.
 * @param {Open} open @param {Receipt} receipt @param {Set<string>} confirmed blobs that record documents call safe
 * @returns {Promise<"nothing" | "resend" | "repack">}
 */
export async function takeReceipt(open, { held, safe }, confirmed) {
  const chain = await upChain(open)
  const act = chain && !chain.lostKey && !chain.refused ? afterReceipt(chain, held) : "repack"
  if (!chain || act === "repack") {
    await repack(open, held)
    return "repack"
  }
  await outbox.run(["envelopes", "chain", "events", "blobs"], "readwrite", async (tx) => {
    if (act === "resend")
      await unsend(tx, (row) => row.from === open.identity.device && !covers(held, row.run, row.n))
    tx.objectStore("chain").put(held, "held")
    tx.objectStore("chain").put(safe, "safe")
    const upTo = mayForget({ ...chain, held }, held, safe)
    await forget(tx, open.identity.device, chain.head.run, upTo, confirmed)
  })
  return act
}

/** What the relay no longer lists and the office does not hold goes once more (SPEC 4.5).
 * @param {Open} open @param {[number, number, number][]} box */
export async function compareBox(open, box) {
  return outbox.run(["envelopes", "chain"], "readwrite", async (tx) => {
    const held = (await tx.objectStore("chain").get("held")) ?? START
    return unsend(tx, (row) => row.from === open.identity.device && toSendAgain([row], held, box).length > 0)
  })
}

/**
 * `lostKey`: something of this run is sealed to a key the office does not name any more (SPEC 4.5 c);
 * `refused`: something of it will never be taken, and what follows it would wait for it (e).
 * @param {Open} open @returns {Promise<(UpChain & { lostKey: boolean, refused: boolean }) | null>} null if it does not read
 */
async function upChain(open) {
  return outbox.run(["envelopes", "chain"], "readonly", async (tx) => {
    const chain = tx.objectStore("chain")
    const [head, floor, held] = await Promise.all([chain.get("up"), chain.get("floor"), chain.get("held")])
    if (!head) return null
    const kept = new Map()
    const keys = new Map()
    let refused = false
    const device = open.identity.device
    const range = IDBKeyRange.bound([device, head.run, 0], [device, head.run, Infinity])
    for (
      let cursor = await tx.objectStore("envelopes").index("order").openCursor(range);
      cursor;
      cursor = await cursor.continue()
    ) {
      kept.set(cursor.value.n, cursor.value.id)
      keys.set(cursor.value.n, keyOf(cursor.value))
      refused ||= cursor.value.state === "refused"
    }
    const here = floor?.run === head.run ? floor : { run: head.run, n: 0, id: NONE }
    for (const n of kept.keys()) if (n <= here.n) kept.delete(n) // kept for a photo only
    const named = new Set(open.officeSeal.map(({ id }) => id))
    const lostKey = [...kept.keys()].some((n) => keys.get(n) && !named.has(keys.get(n)))
    return {
      head: { run: head.run, n: head.n, id: head.id },
      floor: here,
      kept,
      held: held ?? START,
      lostKey,
      refused,
    }
  })
}

/** The seal key an envelope of the outbox was sealed to; null if its frame is damaged. @param {EnvelopeRow} row */
function keyOf({ frame }) {
  try {
    return parseHeader(new Uint8Array(frame, 2, new DataView(frame).getUint16(0))).key
  } catch {
    return null // the relay refuses it, and a person sees it
  }
}

/**
 * Events go when *safe* covers their envelope; the envelope stays while one of its photos is not
 * confirmed by a record document, because only an envelope lets the relay take a photo.
 * @param {any} tx @param {string} device @param {number} run @param {number} upTo @param {Set<string>} confirmed
 */
async function forget(tx, device, run, upTo, confirmed) {
  for (const id of confirmed) tx.objectStore("blobs").delete(id)
  if (upTo === 0) return
  const range = IDBKeyRange.bound([device, 0, 0], [device, run, upTo])
  let floor = null
  for (
    let cursor = await tx.objectStore("envelopes").index("order").openCursor(range);
    cursor;
    cursor = await cursor.continue()
  ) {
    const row = /** @type {EnvelopeRow} */ (cursor.value)
    if (row.state === "refused") continue // set aside: no number covers it
    const events = tx.objectStore("events")
    for (const name of await events.index("envelope").getAllKeys(row.id)) events.delete(name)
    if (row.run === run) floor = { run, n: row.n, id: row.id }
    const waiting = await Promise.all(row.blobs.map((id) => tx.objectStore("blobs").getKey(id)))
    if (waiting.every((id) => id === undefined)) await cursor.delete()
  }
  const before = await tx.objectStore("chain").get("floor")
  if (floor && (before?.run !== run || before.n < floor.n)) {
    tx.objectStore("chain").put(floor, "floor")
    tx.objectStore("chain").put(floor, "forgot") // outlives the run: a new one begins by saying it
  }
}

/**
 * A new run with everything this phone still keeps, oldest first, before anything is forgotten. What the relay
 * refused for good is set aside, outside every run, until a person decides (SPEC 4.5 e). Its first
 * envelope goes even without events, and says what this phone forgot because it was called safe: an office that
 * was put back behind that learns what it lacks.
 * @param {Open} open @param {Position} held
 */
export async function repack(open, held) {
  for (;;) {
    const { groups, head, device, forgot } = await keptGroups(open)
    const highest = Math.max(head.run, held.run, ...groups.map(({ run }) => run))
    const run = nextRun(Math.floor(Date.now() / 1000), highest)
    let at = { run, n: 0, id: NONE }
    /** @type {{ row: EnvelopeRow, group: typeof groups[number] }[]} */
    const made = []
    for (const group of groups) {
      const body = { v: 1, events: group.events }
      const plain = await packPlain(at.n === 0 && forgot ? { ...body, forgot } : body)
      const envelope = await sealNext(
        open,
        at,
        plain,
        group.blobs.map(({ id, size }) => [id, size]),
      )
      made.push({ row: { ...rowOf(envelope), quiet: isQuiet(group.events) }, group })
      at = { run, n: envelope.header.n, id: envelope.id }
    }
    open.head = null
    if (await swap(device, head, at, made)) return made.length
  }
}

/** @param {Open} open */
async function keptGroups(open) {
  const device = open.identity.device
  const read = await outbox.run(["envelopes", "events", "blobs", "chain"], "readonly", async (tx) => {
    const events = tx.objectStore("events")
    const [names, rows, envelopes, blobs, head, forgot] = await Promise.all([
      events.getAllKeys(),
      events.getAll(),
      tx.objectStore("envelopes").getAll(),
      tx.objectStore("blobs").getAll(),
      tx.objectStore("chain").get("up"),
      tx.objectStore("chain").get("forgot"),
    ])
    return { names, rows, envelopes, blobs, forgot, head: head ?? { run: 0, n: 0, id: NONE, order: 0 } }
  })
  const states = new Map(read.envelopes.map((/** @type {EnvelopeRow} */ row) => [row.id, row.state]))
  const runs = new Map(read.envelopes.map((/** @type {EnvelopeRow} */ row) => [row.id, row]))
  const opened = (
    await Promise.all(
      read.rows.map(async (/** @type {EventRow} */ row, /** @type {number} */ i) => ({
        ...row,
        name: read.names[i],
        event: await open.rows.open("events", read.names[i], row.sealed),
      })),
    )
  ).sort((a, b) => a.order - b.order)
  /** @type {Map<string, ReturnType<typeof emptyGroup>>} */
  const groups = new Map()
  for (const { envelope, name, event } of opened) {
    if (states.get(envelope) === "refused") continue
    const blobs = read.blobs.filter((/** @type {BlobRow} */ blob) => blob.envelope === envelope)
    const group = groups.get(envelope) ?? emptyGroup(runs.get(envelope)?.run ?? 0, blobs)
    group.names.push(name)
    group.events.push(event)
    groups.set(envelope, group)
  }
  const found = groups.size > 0 ? [...groups.values()] : [emptyGroup(0, [])]
  return {
    groups: found,
    head: /** @type {Head} */ (read.head),
    device,
    forgot: /** @type {Position | undefined} */ (read.forgot),
  }
}

/** @param {number} run @param {BlobRow[]} blobs */
function emptyGroup(run, blobs) {
  return { run, blobs, names: /** @type {string[]} */ ([]), events: /** @type {any[]} */ ([]) }
}

/**
 * @param {string} device @param {Head} head @param {Position} at
 * @param {{ row: EnvelopeRow, group: { names: string[], blobs: BlobRow[] } }[]} made
 */
async function swap(device, head, at, made) {
  return outbox.run(["envelopes", "events", "blobs", "chain"], "readwrite", async (tx) => {
    const now = (await tx.objectStore("chain").get("up")) ?? head
    if (now.run !== head.run || now.n !== head.n || now.id !== head.id) return false
    /** @type {Set<string>} */
    const replaced = new Set()
    for (const { row, group } of made) {
      for (const name of group.names) {
        const event = await tx.objectStore("events").get(name)
        replaced.add(event.envelope)
        tx.objectStore("events").put({ ...event, envelope: row.id }, name)
      }
      for (const { id } of group.blobs) {
        const blob = await tx.objectStore("blobs").get(id)
        if (blob) tx.objectStore("blobs").put({ ...blob, envelope: row.id, state: "waiting" })
      }
    }
    for (const id of replaced) tx.objectStore("envelopes").delete(id)
    for (const { row } of made) tx.objectStore("envelopes").put(row)
    tx.objectStore("chain").delete("held")
    tx.objectStore("chain").delete("safe")
    tx.objectStore("chain").delete("floor")
    await tx.objectStore("chain").put({ ...at, order: now.order }, "up")
    return true
  })
}
