// The generated four-word passphrase: 44 random bits that a person can say and type, stretched by
// PBKDF2. Words are not chosen by people: a chosen one falls in minutes once a phone is taken apart.
//
// The same four words may be typed in hiragana, katakana or in English, with any spaces.

import { SyncError } from "../../../sync/errors.js"

const WORDS = 4
const encoder = new TextEncoder()

/** @type {Promise<{ja: string[], en: string[]}> | null} */
let lists = null

/** @returns {Promise<{ja: string[], en: string[]}>} 2,048 words each; the same place, the same index */
export function wordLists() {
  lists ??= fetch(new URL("../../../sync/words.json", import.meta.url))
    .then((answer) => {
      if (!answer.ok) throw new SyncError("no_signal", "the list of words did not load")
      return answer.json()
    })
    .catch((error) => {
      lists = null
      throw error instanceof SyncError ? error : new SyncError("no_signal", "the list of words did not load")
    })
  return lists
}

/** @param {"ja" | "en"} [lang] @returns {Promise<string[]>} four words */
export async function newPassphrase(lang = "ja") {
  const list = (await wordLists())[lang]
  // 65,536 is a multiple of 2,048: the remainder is without bias.
  return [...crypto.getRandomValues(new Uint16Array(WORDS))].map((n) => list[n % list.length])
}

/**
 * One spelling for whatever was typed.
 * @param {string | string[]} typed
 * @returns {Promise<Uint8Array>} UTF-8 bytes for PBKDF2
 * @throws {SyncError} kanji: the keyboard turned a word into another script, and which word that was cannot be known
 */
export async function canonical(typed) {
  const text = plain(Array.isArray(typed) ? typed.join(" ") : typed)
  if (/\p{Script=Han}/u.test(text)) throw new SyncError("kanji", "the words are typed in kana, or in English")
  const words = text.split(/\s+/u).filter(Boolean)
  const { ja, en } = await wordLists()
  const english = words.map((word) => en.indexOf(word))
  if (words.length === WORDS && english.every((n) => n >= 0))
    return encoder.encode(english.map((n) => ja[n]).join(""))
  return encoder.encode(words.join(""))
}

/** NFKC, small letters, katakana to hiragana. @param {string} text */
function plain(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .trim()
    .replace(/[\u30a1-\u30f6]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))
}
