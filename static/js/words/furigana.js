// Readings above the app's own words, for whoever wants them. Only what stands in the catalogue gets one, and only by
// the list of readings kept beside it: what people wrote is never read for them, because a reading guessed wrong in a
// record would be one more thing somebody said.

import { h, options, signal } from "../../vendor/preact.js"
import { ruby } from "./ruby.js"
import { isOwn, retell } from "./texts.js"
import { FURIGANA } from "./text_size.js"

const PLAIN = new Set(["option", "textarea", "title", "text", "tspan", "ruby", "rt", "rp"])
const KANJI = /[々〆ヶ一-鿿]/

export const furigana = signal(false)
/** word -> the word with its readings, 記録 -> 記録《きろく》 @type {Map<string, string>} */
const readings = new Map()
/** @type {Map<string, any>} */
const made = new Map()
let longest = 0

/** @param {boolean} on */
export async function setFurigana(on) {
  if (on && readings.size === 0) await learn()
  furigana.value = on
  try {
    globalThis.localStorage?.setItem(FURIGANA, on ? "on" : "off")
  } catch {
    /* then it is asked again next time */
  }
  retell()
}

async function learn() {
  const answer = await fetch(new URL("../../texts/readings.json", import.meta.url))
  for (const word of /** @type {string[]} */ (await answer.json())) {
    const plain = word.replace(/《[^》]+》/g, "")
    readings.set(plain, word)
    longest = Math.max(longest, plain.length)
  }
  const before = /** @type {any} */ (options).vnode
  Object.assign(options, {
    vnode: (/** @type {any} */ vnode) => {
      if (furigana.peek() && typeof vnode.type === "string" && !PLAIN.has(vnode.type))
        vnode.props.children = above(vnode.props.children)
      before?.(vnode)
    },
  })
}

/** @param {any} children @returns {any} */
function above(children) {
  if (Array.isArray(children)) return children.map((one) => (typeof one === "string" ? above(one) : one))
  if (typeof children !== "string" || !isOwn(children)) return children
  if (!made.has(children)) made.set(children, spelled(children))
  const text = made.get(children)
  return text === children ? children : h("span", null, ...ruby(text))
}

/** @param {string} text @returns {string} with the readings that are known; a run of kanji is read whole or not at all */
export function spelled(text) {
  let out = ""
  for (let at = 0; at < text.length;) {
    const { plain, read } = KANJI.test(text[at]) ? run(text, at) : { plain: text[at], read: text[at] }
    out += read
    at += plain.length
  }
  return out
}

/** @param {string} text @param {number} at */
function run(text, at) {
  let end = at
  let read = ""
  while (end < text.length && KANJI.test(text[end])) {
    let size = Math.min(longest, text.length - end)
    while (size > 0 && !readings.has(text.slice(end, end + size))) size -= 1
    if (size === 0) {
      while (end < text.length && KANJI.test(text[end])) end += 1
      return { plain: text.slice(at, end), read: text.slice(at, end) }
    }
    read += readings.get(text.slice(end, end + size))
    end += size
  }
  return { plain: text.slice(at, end), read }
}
