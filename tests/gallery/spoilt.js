// Every field of every document the office sends, with values no screen was drawn for. A desk can hold them: they were
// stored before anything bounded what enters.

import { html, render } from "../../static/vendor/preact.js"
import { place } from "../../static/js/shell/router.js"
import { App } from "../../static/js/app/view.js"

/** By what stands there in the sample: a day or a time, a number, a word. @type {[(value: any) => boolean, any[]][]} */
const ABSURD = [
  [
    (value) => typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value),
    ["", "yesterday", "0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-02-30", null],
  ],
  [(value) => typeof value === "number", [100_000_000_000_000, -1, 0.5, null]],
  [(value) => typeof value === "string", ["", "unheard_of", "字".repeat(2_000)]],
]
const AT = 4 // screens a place is looked at alone
const SHOWING = [
  "today",
  "cases",
  "case",
  "contacts",
  "contact",
  "roles",
  "calendar",
  "review",
  "sync",
  "notice-home",
]

/** Where values stand, lists taken together: "case/c-d contacts[].occurredAt". @param {any} value @param {string} at @param {Map<string, any>} found */
function places(value, at, found) {
  if (Array.isArray(value)) for (const one of value) places(one, `${at}[]`, found)
  else if (value && typeof value === "object")
    for (const [name, one] of Object.entries(value)) places(one, at ? `${at}.${name}` : name, found)
  else if (value !== null && value !== undefined && typeof value !== "boolean" && !found.has(at))
    found.set(at, value)
  return found
}

/** A copy with another value there. @param {any} value @param {string[]} path @param {any} to @returns {any} */
function put(value, path, to) {
  if (path.length === 0) return to
  const [step, ...rest] = path
  if (step === "[]") return Array.isArray(value) ? value.map((one) => put(one, rest, to)) : value
  if (!value || typeof value !== "object" || !(step in value)) return value
  return { ...value, [step]: put(value[step], rest, to) }
}

const stepsOf = (/** @type {string} */ at) => at.replaceAll("[]", ".[]").split(".").filter(Boolean)

/** Kinds of document: one case sheet speaks for all. @param {string} path */
const kindOf = (path) => path.split("/")[0]

/**
 * Each value everywhere at once, and each place alone with one value after another: a value that breaks alone is not hidden
 * by another that broke first.
 * @param {Record<string, any>} scenes @param {Element} box
 * @returns {Promise<{ tried: number, broken: string[], places: string[], unsaid: string[] }>}
 */
export async function spoilEverything(scenes, box) {
  const broken = new Set(),
    unsaid = new Set(),
    seen = new Map()
  let tried = 0,
    here = ""
  const log = console.error
  console.error = (...told) => {
    broken.add(`${here}: ${told.join(" ")}`)
  }
  for (const scene of SHOWING)
    for (const [path, body] of scenes[scene].door().documents.value) {
      for (const [at, value] of places(body, "", new Map()))
        if (valuesFor(value).length > 0) seen.set(`${kindOf(path)} ${at}`, value)
    }
  const look = async (
    /** @type {string} */ name,
    /** @type {[string, any][]} */ changes,
    /** @type {string} */ told,
  ) => {
    here = `${name}, ${told}`
    tried += 1
    const words = await shown(scenes[name], box, changes)
    const found = words.match(/.{0,12}(NaN|Invalid Date|undefined|null|1970).{0,12}/)
    if (found) unsaid.add(`${here}: ${found[0]}`)
  }
  const all = [...seen]
  for (let turn = 0; turn < 7; turn += 1)
    for (const name of SHOWING) {
      await look(
        name,
        all.map(([where, value]) => [where, pick(value, turn)]),
        `everything, ${turn}`,
      )
    }
  for (const [number, [where, value]] of all.entries())
    for (let turn = 0; turn < AT; turn += 1) {
      const name = SHOWING[(number * AT + turn) % SHOWING.length]
      const absurd = pick(value, number + turn)
      await look(name, [[where, absurd]], `${where} = ${String(absurd).slice(0, 20)}`)
    }
  console.error = log
  render(null, box)
  return { tried, broken: [...broken], places: all.map(([where]) => where), unsaid: [...unsaid] }
}

const valuesFor = (/** @type {any} */ value) => ABSURD.find(([fits]) => fits(value))?.[1] ?? []
const pick = (/** @type {any} */ value, /** @type {number} */ turn) =>
  valuesFor(value)[turn % valuesFor(value).length]

/** What the screen says with these values. @param {any} scene @param {Element} box @param {[string, any][]} changes */
async function shown(scene, box, changes) {
  render(null, box)
  const door = scene.door()
  door.documents.value = new Map(
    [...door.documents.value].map(([path, body]) => [
      path,
      changes.reduce((now, [where, absurd]) => {
        const [kind, at] = where.split(" ")
        return kind === kindOf(path) ? put(now, stepsOf(at), absurd) : now
      }, body),
    ]),
  )
  place.value = { name: scene.route ?? "", carried: scene.carried ?? {}, key: 0 } // without the browser's history, which slows who goes so often
  render(html`<${App} door=${door} />`, box)
  await null
  return box.textContent ?? ""
}

/** Words somebody planted, to be run, to turn a line around, to burst a screen. */
const PLANTED = [
  "<img src=x onerror=globalThis.ran=1>",
  "<script>globalThis.ran=1</script>",
  '"><svg onload=globalThis.ran=1>',
  "javascript:globalThis.ran=1",
  "{{7*7}}${globalThis.ran=1}",
  "\u202e\u2066left is right\u202e",
  `z${"\u0300\u0301\u0302".repeat(40)}algo`,
  "W".repeat(3_000),
  "字".repeat(400),
  "\ufdfd".repeat(40),
  "a\0b\u0007\u2028c\ud800",
  "\n".repeat(50),
]
const RUNS =
  "img[onerror], script:not([src]), svg[onload], iframe, object, embed, [onclick], a[href^='javascript' i], a[href^='data' i]"

/**
 * Each of them in every text of every document at once, on every screen that shows documents.
 * @param {Record<string, any>} scenes @param {Element} box
 * @returns {Promise<{ tried: number, places: number, said: number, ran: string[], wide: string[], broken: string[] }>}
 */
export async function plantEverything(scenes, box) {
  const told = {
    tried: 0,
    places: 0,
    said: 0,
    ran: /** @type {string[]} */ ([]),
    wide: /** @type {string[]} */ ([]),
    broken: /** @type {string[]} */ ([]),
  }
  const log = console.error
  let here = ""
  console.error = (...said) => {
    told.broken.push(`${here}: ${said.join(" ")}`)
  }
  const texts = new Set()
  for (const scene of SHOWING)
    for (const [path, body] of scenes[scene].door().documents.value) {
      for (const [at, value] of places(body, "", new Map()))
        if (/[^\u0000-\u007f]/.test(String(value))) texts.add(`${kindOf(path)} ${at}`)
    }
  told.places = texts.size
  for (const name of SHOWING)
    for (const words of PLANTED) {
      here = `${name}, ${JSON.stringify(words.slice(0, 20))}`
      told.tried += 1
      const said = await shown(
        scenes[name],
        box,
        [...texts].map((where) => [where, words]),
      )
      if (said.includes(words.slice(0, 12))) told.said += 1
      if (box.querySelector(RUNS) || "ran" in globalThis) told.ran.push(here)
      if (document.documentElement.scrollWidth > innerWidth) told.wide.push(here)
    }
  console.error = log
  render(null, box)
  return told
}
