// One spelling of a name or a word, for comparing alone: what is stored stays as it was written (SPEC 1.8).

import { ALIKE } from "./alike.js"

/** @type {Map<string, string>} */
const STANDS_FOR = new Map(Object.entries(ALIKE.two))
for (const groups of [ALIKE.kanji, ALIKE.kana, ALIKE.latin]) {
  for (const group of groups.join(" ").split(" ")) {
    const [first, ...others] = [...group]
    for (const other of others) STANDS_FOR.set(other, first)
  }
}

// What is written and not seen: soft hyphens, zero-width characters, directions, variation selectors, tags.
const UNSEEN = new RegExp(
  "[\\u00ad\\u0300-\\u036f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e" +
    "\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\ufff9-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{e0000}-\\u{e0fff}]",
  "gu",
)
const KATAKANA = /[\u30a1-\u30f6\u30fd\u30fe]/g
const REPEATED = /[々〻ゝゞ]/u
const JOINER = /[・'’‘`´=゠·]/g
const GAP = /[^\p{L}\p{N}\p{M}\p{Sc}\p{Sm}\p{So}\p{Cn}\u0020\t]+/gu
// Scripts written without spaces: one beside such a letter says nothing.
const UNSPACED =
  "[\\u3005-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\u{16fe0}-\\u{18dff}\\u{1b000}-\\u{1b16f}\\u{20000}-\\u{3ffff}]"
const SPACE_AFTER = new RegExp(`(${UNSPACED})[\\u0020\\t]+`, "gu")
const SPACE_BEFORE = new RegExp(`[\\u0020\\t]+(?=${UNSPACED})`, "gu")
const DASH_IN_NUMBER = /([0-9])ー(?=[0-9])/g

/**
 * Width, case, accents, katakana or hiragana, small and old kana, and the variants of a kanji make no difference;
 * nor do spaces and dots inside a name. A line's end or a sentence's is one space.
 *
 * @param {string} text
 * @returns {string}
 */
export function fold(text) {
  const plain = text
    .replaceAll("\u309b", "\u3099")
    .replaceAll("\u309c", "\u309a")
    .normalize("NFKD")
    .replace(UNSEEN, "")
    .toLowerCase()
    .normalize("NFC")
    .replace(JOINER, "")
    .replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
  let letters = ""
  for (const letter of REPEATED.test(plain) ? repeat(plain) : plain)
    letters += STANDS_FOR.get(letter) ?? letter
  return letters
    .replace(GAP, "\n")
    .replace(SPACE_AFTER, "$1")
    .replace(SPACE_BEFORE, "")
    .replace(DASH_IN_NUMBER, "$1")
    .replace(/[\n\t ]+/g, " ")
    .trim()
}

/**
 * The words of a question, folded: a text in which each is found is an answer.
 *
 * @param {string} question
 * @returns {string[]}
 */
export const wordsOf = (question) =>
  question
    .split(/[\s\u200b]+/u)
    .flatMap((word) => fold(word).split(" "))
    .filter((word) => word !== "")

/**
 * Where in a text the letter stands that is the n-th of its folded form.
 *
 * @param {string[]} letters  of the text
 * @param {number} n
 * @returns {number}
 */
export function placeOf(letters, n) {
  let low = 0,
    high = letters.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (fold(letters.slice(0, middle + 1).join("")).length > n) high = middle
    else low = middle + 1
  }
  return low
}

/** 佐々木 is 佐佐木, みすゞ is みすず. @param {string} text */
function repeat(text) {
  let written = ""
  let before = ""
  for (const letter of text) {
    if (before.trim() !== "" && REPEATED.test(letter))
      before = letter === "ゞ" ? (before + "\u3099").normalize("NFC") : before
    else before = letter
    written += before
  }
  return written
}
