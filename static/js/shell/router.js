// Hash routes. Which case or visit a screen shows lies in memory and never in the URL: a URL ends up in histories.
//
// After the app was killed that memory is gone: a screen that needs it falls back to its parent.

import { signal } from "../../vendor/preact.js"

/** @typedef {Record<string, any>} Carried */
/** @typedef {{ name: string, carried: Carried, key: number }} Place */

/** @type {Map<number, { carried: Carried, scroll: number }>} */
const remembered = new Map()
let nextKey = 1
let depth = 0

/** @type {import("../../vendor/preact.js").Signal<Place>} */
export const place = signal({ name: "", carried: {}, key: 0 })

/** Screens that stand for nothing without what was in memory. */
const FORGETFUL = new Set([
  "case",
  "contacts",
  "contact",
  "log-notes",
  "log-checklist",
  "log-check",
  "saved",
  "review",
  "hand-over",
  "consent",
  "take-back",
  "misfiled",
  "set-aside",
  "discard",
  "notice",
])

/** Listen to the browser's own back and forward. Call once. */
export function startRouter() {
  history.scrollRestoration = "manual"
  addEventListener("popstate", () => {
    keepScroll()
    arrive()
  })
  arrive()
}

/**
 * @param {string} name
 * @param {Carried} [carried] ids and such; stays in memory
 */
export function go(name, carried = {}) {
  keepScroll()
  const key = nextKey++
  remembered.set(key, { carried, scroll: 0 })
  depth += 1
  history.pushState({ key, depth }, "", `#/${name}`)
  place.value = { name, carried, key }
}

/** Take the place of this screen: Back will not return to it. @param {string} name @param {Carried} [carried] */
export function swap(name, carried = {}) {
  const key = nextKey++
  remembered.set(key, { carried, scroll: 0 })
  history.replaceState({ key, depth }, "", `#/${name}`)
  place.value = { name, carried, key }
}

/** One step back, or to the parent when this screen was the first. @param {string} parent @param {Carried} [carried] */
export function back(parent, carried) {
  if (depth > 0) {
    depth -= 1 // at once: a second tap may come before the browser has gone back, and must not lead out of the app
    history.back()
  } else swap(parent, carried)
}

/** Where the page was scrolled to when this place was left. */
export const leftAt = () => remembered.get(place.peek().key)?.scroll ?? 0

function arrive() {
  const { key = 0, depth: at = 0 } = history.state ?? {}
  depth = remembered.has(key) ? at : 0
  const name = location.hash.replace(/^#\/?/, "")
  if (FORGETFUL.has(name) && !remembered.has(key)) return swap("today")
  place.value = { name, carried: remembered.get(key)?.carried ?? {}, key }
}

function keepScroll() {
  const here = remembered.get(place.peek().key)
  if (here) here.scroll = globalThis.scrollY
}
