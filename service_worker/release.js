// One release of the app at a time, taken whole and only if its signature and every hash are right
// (SPEC 12). The key is pinned at the first release; a release by another key is not taken.
//
// A cache `sotto-release-VERSION` holds the files of that release and nothing else, ever. What a
// person wrote is never here: this file touches no record.

import { b64u, sha256, unb64u } from "../sync/encoding.js"
import { SyncError } from "../sync/errors.js"
import { readStream } from "../sync/read_stream.js"
import { verify } from "../sync/signing.js"
import { oneAfterAnother } from "../static/js/store/locks.js"
import { dropMeta, meta, outbox, setMeta } from "../static/js/store/outbox_db.js"
import { FIRST, REST, filesOf } from "./parcels.js"

const LIST = "/phone/release.json"
const SIGNATURE = "/phone/release.sig"
const PREFIX = "sotto-release-"
const AT_ONCE = 6
const MANY = 12 // files to fetch, from which on a parcel is cheaper than asking for each
const LIMIT = 30_000
const MOST_LIST = 1_000_000 // bytes; a list has a hundred and some lines
const MOST_PARCEL = 4_000_000
const LOOK_EVERY = 3_600_000
const KEPT_HEADERS = [
  "Content-Type",
  "Content-Security-Policy",
  "Cross-Origin-Opener-Policy",
  "Cross-Origin-Resource-Policy",
  "Permissions-Policy",
  "Referrer-Policy",
  "X-Content-Type-Options",
]

/** @typedef {{ sha256: string, size: number }} Wanted */
/** @typedef {{ version: string, key: string, files: Record<string, Wanted>, begun?: boolean }} Release
 *   `begun`: only what stands before a phone is enrolled is here; the rest is on its way */

/** @param {string} version */
const cacheOf = (version) => caches.open(PREFIX + version)

/** @returns {Promise<Release | undefined>} the one in use */
export const current = () => meta("release")

const IN_HAND = 3_000 // ms: a start asks for a hundred files at once, and each would read the list from the disk
/** @type {{ at: number, release: Release, cache: Cache } | null} */
let hand = null

/** The release in use with its cache, looked at again for every page. */
async function inHand() {
  if (hand && Math.abs(Date.now() - hand.at) < IN_HAND) return hand
  const release = await current()
  hand = release ? { at: Date.now(), release, cache: await cacheOf(release.version) } : null
  return hand
}

export function lookAgain() {
  hand = null
}

/**
 * Fetch the release the site offers now. The first one is used as soon as its first screens are here, and completed
 * behind them; a later one waits as "staged" until it is whole.
 * @returns {Promise<Release | null>} null: nothing new
 * @throws {SyncError} bad_signature, release_key_changed, release_incomplete, no_signal
 */
export async function stage() {
  const bytes = await got(LIST, LIST)
  const version = b64u(await sha256(bytes))
  const [inUse, staged] = await Promise.all([
    current(),
    /** @type {Promise<Release | undefined>} */ (meta("staged")),
  ])
  if (version === inUse?.version && (await caches.has(PREFIX + version))) {
    if (staged) await dropMeta("staged") // the site went back to what we have
    return null
  }
  if (version === staged?.version && (await caches.has(PREFIX + version))) return staged
  const key = await signedBy(bytes, inUse?.key)
  const release = { version, key, files: JSON.parse(new TextDecoder().decode(bytes)).files }
  if (!inUse && (await begin(release))) return release
  await fill(release, inUse)
  // Another release was adopted while this one came, and took its half-filled cache for an old one.
  if (!(await caches.has(PREFIX + version))) throw new SyncError("release_incomplete")
  await setMeta(inUse && inUse.version !== version ? "staged" : "release", release)
  return release
}

/** What the first screens need, in one piece. @param {Release} release @returns {Promise<boolean>} false: it did not come */
async function begin(release) {
  if (!(await unpack(release, FIRST))) return false
  await setMeta("release", { ...release, begun: true })
  return true
}

/** @type {Promise<void> | null} */
let completing = null

/** The rest of the release in use, if it was only begun. */
function complete() {
  completing ??= completed().finally(() => {
    completing = null
  })
  return completing
}

async function completed() {
  const release = await current()
  if (!release?.begun) return
  await fill(release, undefined)
  await outbox.run(["meta"], "readwrite", async (tx) => {
    const now = await tx.objectStore("meta").get("release")
    if (now?.version === release.version) tx.objectStore("meta").put({ ...now, begun: false }, "release")
  })
}

/** Look for a new release; say so when one is ready. One look at a time. */
export const look = oneAfterAnother(lookOnce)

/** @param {ServiceWorkerGlobalScope} sw */
async function lookOnce(sw) {
  try {
    if (await couldComplete()) return
    await setMeta("looked", Date.now())
    await stage()
    await dropMeta("releaseProblem")
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    if (error.code !== "no_signal") await setMeta("releaseProblem", error.code)
    return
  }
  if (!(await meta("staged"))) return
  for (const client of await sw.clients.matchAll({ type: "window" }))
    client.postMessage({ news: "release_ready" })
}

/** Was the release in use only begun, and is whole now? If the site has gone on meanwhile, its new one is taken whole. */
async function couldComplete() {
  if (!(await current())?.begun) return false
  try {
    await complete()
    return true
  } catch (error) {
    if (error instanceof SyncError && error.code === "release_incomplete") return false
    throw error
  }
}

/** @param {ServiceWorkerGlobalScope} sw */
export async function lookNowAndThen(sw) {
  if ((await current())?.begun) return look(sw)
  const looked = /** @type {number | undefined} */ (await meta("looked")) ?? 0
  if (Math.abs(Date.now() - looked) > LOOK_EVERY) await look(sw)
}

/** The staged release is the one in use from here on. */
export async function adopt() {
  const staged = /** @type {Release | undefined} */ (await meta("staged"))
  if (!staged) return
  await outbox.run(["meta"], "readwrite", async (tx) => {
    tx.objectStore("meta").put(staged, "release")
    tx.objectStore("meta").delete("staged")
  })
  lookAgain()
  await releaseCaches()
}

/** Caches of releases that are neither used nor waiting go. */
export async function releaseCaches() {
  const keep = new Set([(await current())?.version, /** @type {any} */ (await meta("staged"))?.version])
  for (const name of await caches.keys()) if (!keep.has(name.slice(PREFIX.length))) await caches.delete(name)
}

/**
 * A file of the release in use: from its cache, or, if the browser threw that away, from the site with its hash checked.
 * @param {string} path
 * @returns {Promise<Response | null>} null: not a file of this release
 */
export async function fileOf(path) {
  const held = await inHand()
  if (!held || !Object.hasOwn(held.release.files, path)) return null
  return (await held.cache.match(path)) ?? keep(held.cache, path, held.release.files[path], () => {}) // a full disk keeps nobody out
}

/** @param {Release} release @param {Release | undefined} before its unchanged files are not fetched again */
async function fill(release, before) {
  const cache = await cacheOf(release.version)
  const there = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname)) // begun before, and each was checked
  const waiting = Object.keys(release.files).filter((path) => !there.has(path))
  const paths = []
  for (const path of waiting) {
    const same =
      before?.files[path]?.sha256 === release.files[path].sha256
        ? await (await cacheOf(before.version)).match(path)
        : undefined
    if (same) await cache.put(path, same)
    else paths.push(path)
  }
  const came = paths.length < MANY ? new Set() : await unpack(release, REST)
  const left = paths.filter((path) => !came?.has(path))
  const next = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop())
      await keep(cache, path, release.files[path])
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
}

/**
 * Keep what a parcel brings, each file only if it is the one that is listed.
 * @param {Release} release @param {string} url
 * @returns {Promise<Set<string> | null>} the paths kept; null: no parcel came
 */
async function unpack(release, url) {
  const answer = await answered(url)
  if (!answer.ok) return null
  const cache = await cacheOf(release.version)
  const kept = new Set()
  await Promise.all(
    filesOf((await body(answer, MOST_PARCEL)) ?? new Uint8Array(0)).map(async ({ path, bytes, headers }) => {
      const wanted = Object.hasOwn(release.files, path) ? release.files[path] : undefined
      if (!wanted || !(await isIt(bytes, wanted))) return
      await cache.put(path, new Response(bytes, { headers: only((name) => headers[name]) }))
      kept.add(path)
    }),
  )
  return kept
}

/** @param {Cache} cache @param {string} path @param {Wanted} wanted @param {() => void} [full] without it a full disk is a fault */
async function keep(cache, path, wanted, full) {
  const { answer, bytes } = await right(path, wanted)
  const checked = new Response(bytes, { headers: only((name) => answer.headers.get(name)) })
  await cache.put(path, checked.clone()).catch(full)
  return checked
}

/** The headers that are kept. @param {(name: string) => string | null | undefined} of */
function only(of) {
  const headers = new Headers()
  for (const name of KEPT_HEADERS) {
    const value = of(name)
    if (typeof value === "string") headers.set(name, value)
  }
  return headers
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {Wanted} wanted */
const isIt = async (bytes, wanted) =>
  bytes.length === wanted.size && b64u(await sha256(bytes)) === wanted.sha256

/**
 * The file as listed. By its plain name first, from the browser's own cache if it is there: what page and worker have
 * just loaded costs nothing again, and the hash tells whether it is right. By its hash from the site if it is not.
 * @param {string} path @param {Wanted} wanted
 */
async function right(path, wanted) {
  for (const [url, mode] of /** @type {[string, RequestCache][]} */ ([
    [path, "force-cache"],
    [path, "no-cache"],
    [`${path}?sha256=${wanted.sha256}`, "default"],
  ])) {
    const answer = await answered(url, mode)
    const bytes = await body(answer, wanted.size)
    if (bytes && (await isIt(bytes, wanted))) return { answer, bytes }
  }
  throw new SyncError("release_incomplete", path)
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {string | undefined} pinned @returns {Promise<string>} the key */
async function signedBy(bytes, pinned) {
  const said = JSON.parse(new TextDecoder().decode(await got(SIGNATURE, SIGNATURE)))
  if (pinned !== undefined && said.key !== pinned) throw new SyncError("release_key_changed")
  await verify(unb64u(said.key, 65), "release", await sha256(bytes), unb64u(said.sig, 64))
  return said.key
}

/** @param {string} url @param {string} path */
async function got(url, path) {
  const answer = await answered(url)
  if (!answer.ok) throw new SyncError("release_incomplete", path)
  const bytes = await body(answer, MOST_LIST)
  if (bytes === null) throw new SyncError("release_incomplete", path)
  return bytes
}

/** @param {string} url @param {RequestCache} [cache] */
async function answered(url, cache = "no-store") {
  try {
    return await fetch(url, {
      cache,
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT),
    })
  } catch {
    throw new SyncError("no_signal")
  }
}

/** Null when it is more than it may be. @param {Response} answer @param {number} most */
async function body(answer, most) {
  try {
    return await readStream(answer.body, most)
  } catch (error) {
    if (error instanceof SyncError) return null
    throw new SyncError("no_signal")
  }
}
