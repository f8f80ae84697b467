// How a phone joins an office, and how its worker chooses to open it.

import { SyncError } from "../../../sync/errors.js"
import { passkeysThere } from "../store/passkey.js"
import { inside, relay, state } from "./state.js"
import { enter, knowWays } from "./lock.js"

/** @typedef {import("../transport/enrol.js").Newcomer} Newcomer */

/** @type {Newcomer | null} */
let newcomer = null
/** The storage key, handed back by the office and not wrapped anew yet. @type {Uint8Array<ArrayBuffer> | null} */
let handedBack = null
/** @type {string[]} */
let offered = []
/** @type {object | null} the asking that still counts */
let asking = null

/**
 * @param {string} code as typed
 * @returns {Promise<{ words: {ja: string, en: string}[], confirmed: Promise<void> }>} `confirmed` resolves
 *   when the supervisor has pressed *same*; then `state` is "choose_unlock"
 *   (it rejects with office_differs when they pressed *differ*)
 * @throws {SyncError} bad_code code_used code_expired not_found no_signal bad_mac
 */
export async function enrol(code) {
  const met = await (await inside()).meet(code, relay)
  newcomer = met.newcomer
  const confirmed = met.confirmed.then(() => {
    if (newcomer === met.newcomer) state.value = "choose_unlock"
  })
  confirmed.catch(() => {}) // the caller is told; a screen that went away is no fault
  return { words: met.words, confirmed }
}

/**
 * The worker cannot open this phone; the office lets them in (SPEC 8.6). When `confirmed` resolves, `state` is
 * "choose_unlock": a new way in is chosen, and everything on the phone is as it was.
 * @param {string} code as typed
 * @returns {Promise<{ words: {ja: string, en: string}[], confirmed: Promise<void> }>}
 * @throws {SyncError} bad_code code_used code_expired not_found no_signal bad_mac unknown_office
 */
export async function askIn(code) {
  const mine = (asking = {})
  const { words, key } = await (await inside()).askIn(code, relay)
  const confirmed = key.then((bytes) => {
    if (asking !== mine) return
    handedBack = bytes
    state.value = "choose_unlock"
  })
  confirmed.catch(() => {})
  return { words, confirmed }
}

/** The worker says that the words differ: whatever the office presses now, nothing comes to this phone. */
export function refuseWords() {
  newcomer = null
  asking = null
}

/** Is a passkey worth offering on this phone? */
export const passkeysPossible = () => passkeysThere()

/** Four generated words to write down. @param {"ja" | "en"} [lang] @returns {Promise<string[]>} */
export async function choosePassphrase(lang) {
  offered = await (await inside()).newPassphrase(lang)
  return [...offered]
}

/** @param {string[]} words typed again by the worker @throws {SyncError} words_differ */
export async function confirmPassphrase(words) {
  checkOffered(words)
  await moveIn({ passphrase: offered })
  offered = []
}

/** The new words, typed again. @param {string[]} words @throws {SyncError} words_differ */
export function checkOffered(words) {
  if (words.some((word) => /\p{Script=Han}/u.test(word))) throw new SyncError("kanji")
  if (offered.length === 0 || words.map(flat).join(" ") !== offered.map(flat).join(" "))
    throw new SyncError("words_differ")
}

/** @throws {SyncError} passkey_unsupported passkey_declined */
export const choosePasskey = () => moveIn({ passkey: true })

/**
 * Another way in, or new words for the old ones; drafts and records stay.
 * @param {{ passphrase?: string, passkey?: boolean }} present @param {"words" | "passkey"} to the words last offered
 * @throws {SyncError} wrong_passphrase wait passkey_declined passkey_unsupported
 */
export async function changeUnlock(present, to) {
  await (await inside()).addWay(present, to === "words" ? { passphrase: offered } : { passkey: true })
  offered = []
  await knowWays()
}

/** @param {{ passphrase?: string[], passkey?: boolean }} how */
async function moveIn(how) {
  if (!handedBack && !newcomer) throw new SyncError("not_enrolled")
  const within = await inside()
  const { rows, keys } = handedBack
    ? await within.openAnew(how, handedBack)
    : await within.settleIn(/** @type {Newcomer} */ (newcomer), how, relay)
  if (!handedBack) navigator.serviceWorker?.controller?.postMessage({ type: "look" }) // an erased phone had let go of its release
  handedBack = newcomer = null
  await knowWays()
  await enter(rows, keys)
}

/** @param {string} word */
const flat = (word) =>
  word
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))
