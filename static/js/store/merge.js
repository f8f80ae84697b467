// Two windows wrote one draft: both stand on what was on the disk before, so what each of them changed is known, and
// the two become one (a three-way merge). No written word gives way; of two different taps on one choice the last does.

import { ADDED } from "../../../sync/visit_fields.js"

/** Where people write sentences; every other text in a draft is a code, a time or an id, and is never put together. */
const TEXTS = [
  /^record\.(notes\.\w+|stageEvent|hook|reflection|left\.what|riskCall\.(to|result))$/,
  /^record\.(topics|interests)\.[^.]+$/,
  /^record\.checklist\.answers\.[^.]+\.t$/,
  /^record\.promises\.[^.]+\.(text|to)$/,
  /^record\.photos\.[^.]+\.note$/,
  /^adding\.\w+\.text$/,
  /^refused\.[^.]+$/,
  /^(comment|noticed|who|place|followup\.note|about|title|known\.\w+)$/,
]
const ADDED_TEXTS = new Set(ADDED.filter(({ kind }) => kind === "text").map(({ path }) => `record.${path}`))

/** @param {string} path of a leaf, list entries by their id @returns {boolean} */
export const isText = (path) => ADDED_TEXTS.has(path) || TEXTS.some((one) => one.test(path))

/**
 * @param {any} base what both began from @param {any} ours @param {any} theirs
 * @returns {{ value: any, gaveWay: string[] }} the paths at which an answer of theirs gave way to ours
 */
export function merge(base, ours, theirs) {
  const gaveWay = /** @type {string[]} */ ([])
  return { value: joined(base, ours, theirs, "", gaveWay), gaveWay }
}

/** @param {any} base @param {any} ours @param {any} theirs @param {string} path @param {string[]} gaveWay @returns {any} */
function joined(base, ours, theirs, path, gaveWay) {
  if (same(ours, theirs) || same(theirs, base)) return ours
  if (same(ours, base)) return theirs
  if (Array.isArray(ours) && Array.isArray(theirs))
    return lists(Array.isArray(base) ? base : [], ours, theirs, path, gaveWay)
  if (isPlain(ours) && isPlain(theirs)) return members(isPlain(base) ? base : {}, ours, theirs, path, gaveWay)
  if (typeof ours === "string" && typeof theirs === "string" && isText(path))
    return mergeText(typeof base === "string" ? base : "", ours, theirs)
  if (isNothing(ours)) return theirs // taken away here, written on there: the words stay
  if (!isNothing(theirs)) gaveWay.push(path)
  return ours
}

/** @param {any} base @param {any} ours @param {any} theirs @param {string} path @param {string[]} gaveWay */
function members(base, ours, theirs, path, gaveWay) {
  /** @type {Record<string, any>} */
  const value = {}
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const one = joined(
      own(base, key),
      own(ours, key),
      own(theirs, key),
      path ? `${path}.${key}` : key,
      gaveWay,
    )
    if (one !== undefined)
      Object.defineProperty(value, key, { value: one, enumerable: true, configurable: true, writable: true })
  }
  return value
}

/** Ours in our order, then what they added. @param {any[]} base @param {any[]} ours @param {any[]} theirs @param {string} path @param {string[]} gaveWay */
function lists(base, ours, theirs, path, gaveWay) {
  const in_ = (/** @type {any[]} */ list) => new Map(list.map((one) => [nameOf(one), one]))
  const [before, here, there] = [in_(base), in_(ours), in_(theirs)]
  const kept = [...here].flatMap(([name, one]) => {
    if (there.has(name)) return [joined(before.get(name), one, there.get(name), `${path}.${name}`, gaveWay)]
    return before.has(name) && same(before.get(name), one) ? [] : [one]
  })
  const added = [...there]
    .filter(([name, one]) => !here.has(name) && !(before.has(name) && same(before.get(name), one)))
    .map(([, one]) => one)
  return [...kept, ...added]
}

/**
 * One text of two that were changed from a third. Changes at different places both hold; at one place both stand.
 * @param {string} base @param {string} ours @param {string} theirs
 */
export function mergeText(base, ours, theirs) {
  if (ours === theirs || theirs === base) return ours
  if (ours === base) return theirs
  const a = change(base, ours),
    b = change(base, theirs)
  if (a.until < b.from || (a.until === b.from && a.from < a.until))
    return base.slice(0, a.from) + a.text + base.slice(a.until, b.from) + b.text + base.slice(b.until)
  if (b.until < a.from || (b.until === a.from && b.from < b.until))
    return base.slice(0, b.from) + b.text + base.slice(b.until, a.from) + a.text + base.slice(a.until)
  if (ours.includes(theirs)) return ours
  if (theirs.includes(ours)) return theirs
  const from = Math.min(a.from, b.from),
    until = Math.max(a.until, b.until)
  const whole = (/** @type {typeof a} */ one) =>
    base.slice(from, one.from) + one.text + base.slice(one.until, until)
  return base.slice(0, from) + whole(b) + (until > from ? "\n" : "") + whole(a) + base.slice(until)
}

/** Which part of `base` was replaced, and by what. @param {string} base @param {string} text */
function change(base, text) {
  const shorter = Math.min(base.length, text.length)
  let from = 0,
    end = 0
  while (from < shorter && base[from] === text[from]) from++
  while (end < shorter - from && base[base.length - 1 - end] === text[text.length - 1 - end]) end++
  if (isLow(base, from) || isLow(text, from)) from-- // never through the middle of a letter of two units
  if (end > 0 && (isLow(base, base.length - end) || isLow(text, text.length - end))) end--
  return { from, until: base.length - end, text: text.slice(from, text.length - end) }
}

/** @param {string} text @param {number} at */
const isLow = (text, at) => at > 0 && text.charCodeAt(at) >= 0xdc00 && text.charCodeAt(at) <= 0xdfff

/** @param {any} one */
const nameOf = (one) => (isPlain(one) ? (one.id ?? one.blob ?? JSON.stringify(one)) : String(one))
/** @param {any} a @param {any} b @returns {boolean} */
export const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b)
/** @param {any} value @param {string} key */
const own = (value, key) => (Object.hasOwn(value, key) ? value[key] : undefined)
/** @param {any} value */
const isPlain = (value) => value !== null && typeof value === "object" && !Array.isArray(value)
/** @param {any} value */
const isNothing = (value) => value === undefined || value === null || value === ""
