// What this phone carries into a home without signal, counted: how much, how old, and byte by byte what is not here.

import { meta, outbox } from "../store/outbox_db.js"
import { standing } from "./push_subscription.js"

/** @import { Unlocked } from "../session/unlocked.js" */
/** @typedef {{ what: string, n: number, bytes: number, oldest: string | null }} Carried */
/**
 * @typedef {object} Inventory
 * @property {Carried[]} carried
 * @property {{ n: number, of: number, bytes: number, ofBytes: number }} app files of the release that are here, and all of them
 * @property {{ n: number, bytes: number }} waiting envelopes and photos that have not left
 * @property {{ used: number, free: number, persisted: boolean }} storage
 * @property {import("./push_subscription.js").Standing} notifications
 */

const KINDS = /** @type {[string, (path: string) => boolean][]} */ ([
  ["cases", (path) => path.startsWith("case/")],
  ["followups", (path) => path === "followups"],
  ["checklists", (path) => path.startsWith("checklist/")],
  ["numbers", (path) => path === "numbers"],
  ["records", (path) => path.startsWith("record/")],
])

/** @param {Unlocked} here @returns {Promise<Inventory>} */
export async function inventory(here) {
  const bodies = [...here.documents.bodies.peek()]
  const carried = KINDS.map(([what, fits]) => {
    const own = bodies.filter(([path]) => fits(path)).map(([, body]) => body)
    const times = own
      .map(({ readyAt }) => readyAt)
      .filter(Boolean)
      .sort()
    return {
      what,
      n: what === "followups" || what === "numbers" ? (own[0]?.[what]?.length ?? 0) : own.length,
      bytes: own.reduce((sum, body) => sum + bytesOf(body), 0),
      oldest: times[0] ?? null,
    }
  })
  const kept = here.kept.list.peek()
  if (kept.length > 0)
    carried.push({
      what: "kept",
      n: kept.length,
      bytes: kept.reduce((sum, { size }) => sum + size, 0),
      oldest: null,
    })
  const [app, waiting, storage, notifications] = await Promise.all([appHere(), notLeft(), room(), standing()])
  return { carried, app, waiting, storage, notifications }
}

/** @param {any} body */
const bytesOf = (body) => new TextEncoder().encode(JSON.stringify(body)).length

async function appHere() {
  const release = /** @type {any} */ (await meta("release"))
  const files = Object.entries(/** @type {Record<string, { size: number }>} */ (release?.files ?? {}))
  const names = release
    ? (await (await caches.open(`sotto-release-${release.version}`)).keys()).map(
        ({ url }) => new URL(url).pathname,
      )
    : []
  const there = new Set(names)
  const kept = files.filter(([path]) => there.has(path))
  const size = (/** @type {[string, { size: number }][]} */ some) =>
    some.reduce((sum, [, one]) => sum + one.size, 0)
  return { n: kept.length, of: files.length, bytes: size(kept), ofBytes: size(files) }
}

async function notLeft() {
  return outbox.run(["envelopes", "blobs"], "readonly", async (tx) => {
    const [packed, refused, photos] = await Promise.all([
      tx.objectStore("envelopes").index("state").getAll("packed"),
      tx.objectStore("envelopes").index("state").getAll("refused"),
      tx.objectStore("blobs").index("state").getAll("waiting"),
    ])
    const own = [...packed, ...refused].filter(({ quiet }) => !quiet)
    const bytes =
      own.reduce((sum, { frame }) => sum + frame.byteLength, 0) +
      photos.reduce((/** @type {number} */ sum, /** @type {any} */ { size }) => sum + size, 0)
    return { n: own.length + photos.length, bytes }
  })
}

async function room() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {}
  const persisted = Boolean(await navigator.storage?.persisted?.().catch(() => false))
  return { used: usage, free: Math.max(0, quota - usage), persisted }
}
