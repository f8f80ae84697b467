// Every word a person reads comes out of static/texts/{ja,en}: the catalogue shared by phone and desk, the phone's own, and
// `field`, for the screens that come behind the first ones.

import { computed, signal } from "../../vendor/preact.js"

/** @typedef {"ja" | "en"} Language */
/** @typedef {Record<string, string | number>} Fill */

const KEPT = "sotto.language"
const parts = ["common", "phone"]
let place = new URL("../../texts/", import.meta.url).href

/** @type {import("../../vendor/preact.js").Signal<Language>} */
export const language = signal(firstLanguage())
const catalogue = signal(/** @type {Record<string, string>} */ ({}))

/**
 * Load and show a language. The old words stay until the new ones are here.
 *
 * @param {Language} wanted
 * @param {string} [base] folder of the catalogues
 */
export async function speak(wanted, base = place) {
  place = base
  const texts = await Promise.all(parts.map((name) => read(wanted, name)))
  catalogue.value = Object.assign({}, ...texts)
  language.value = wanted
  document.documentElement.lang = wanted
  document.title = t("app.name")
  keep(wanted)
}

/** Screens that came later have words of their own. @param {string} name of a catalogue */
export async function learn(name) {
  if (parts.includes(name)) return
  const texts = await read(language.peek(), name)
  parts.push(name)
  catalogue.value = { ...catalogue.peek(), ...texts }
}

/** @param {Language} wanted @param {string} name @returns {Promise<Record<string, string>>} */
async function read(wanted, name) {
  const answer = await fetch(`${place}${wanted}/${name}.json`)
  if (!answer.ok) throw new Error(`catalogue ${name}`)
  return answer.json()
}

/**
 * The words behind a key. `{name}` is filled in; with a count of 1, `key.one` is taken where it exists.
 *
 * @param {string} key
 * @param {Fill} [fill]
 */
export function t(key, fill) {
  const words = catalogue.value
  const text = (fill?.n === 1 ? words[`${key}.one`] : undefined) ?? words[key] ?? key
  return fill
    ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in fill ? String(fill[name]) : whole))
    : text
}

/** Words of ours, whole, with nothing filled in. @param {string} text */
export const isOwn = (text) => own.value.has(text)
const own = computed(() => new Set(Object.values(catalogue.value)))

/** Every screen says its words again. */
export function retell() {
  catalogue.value = { ...catalogue.peek() }
}

/** @param {string} key */
export const known = (key) => key in catalogue.value

/** The word for a code of a document; a code nobody has a word for yet is left out. @param {string} group @param {string | null | undefined} code */
export const coded = (group, code) => (code && known(`${group}.${code}`) ? t(`${group}.${code}`) : "")

/** The text of a document in the language in use: `{ja, en}` with one side perhaps empty. @param {{ja?: string, en?: string} | null | undefined} both */
export const said = (both) => both?.[language.value] || both?.ja || both?.en || ""

/** The space between two words on one line: full width in Japanese. */
export const gap = () => (language.value === "ja" ? "　" : " · ")

/** Parts of one line, the empty ones left out. @param {unknown[]} parts */
export const line = (...parts) => parts.filter(Boolean).join(language.value === "ja" ? "・" : " · ")

/** @returns {Language} */
function firstLanguage() {
  let kept = null
  try {
    kept = globalThis.localStorage?.getItem(KEPT)
  } catch {
    /* storage is forbidden here: ask the browser */
  }
  if (kept === "ja" || kept === "en") return kept
  return globalThis.navigator?.language?.startsWith("ja") === false ? "en" : "ja"
}

/** @param {Language} wanted */
function keep(wanted) {
  try {
    globalThis.localStorage?.setItem(KEPT, wanted)
  } catch {
    /* then it is asked again next time */
  }
}
