// Chains, runs and positions: every decision of SPEC 4 and 6.2 that does not need a key or a store.
//
// The phone asks these functions; relay and desk ask their twins in chain.py, and so does the model that looks
// for holes in the rules. Nothing here reads a clock: order comes from chains.

import { NONE } from "./encoding.js"
import { WINDOW } from "./limits.js"

/** @typedef {{ run: number, n: number, id: string }} Position  what a reader has accepted last from one writer */
/** @typedef {{ id: string, header: { run: number, n: number, prev: string } }} Chained */
/** @typedef {"next" | "known" | "fork" | "gap" | "old_run" | "new_run"} Judgement */
/** @typedef {"take" | "covered" | "too_many"} Taking */
/** @typedef {"nothing" | "resend" | "repack"} AfterReceipt */
/**
 * A phone's own chain, as its store tells it.
 * @typedef {object} UpChain
 * @property {Position} head  last envelope packed; n is 0 when a run has begun and nothing is packed in it
 * @property {Position} floor  the last envelope of this run that was forgotten, n 0 for none
 * @property {Map<number, string>} kept  n → id of this run's kept envelopes: every n above floor up to the head
 * @property {Position} held  the *held* of the last receipt it took in
 */

/** @type {Position} */
export const START = Object.freeze({ run: 0, n: 0, id: NONE })

/**
 * What a verified envelope is to a reader at `position` (SPEC 4.2). Accept on `next` and `new_run` only.
 *
 * `known`: ids of the envelopes accepted in this run. A reader that does not keep them passes null, and then
 * an envelope below its position counts as known: a fork shows itself at the position or right after it.
 *
 * @param {Position} position
 * @param {Chained} envelope
 * @param {Set<string> | null} [known]
 * @returns {Judgement}
 */
export function judge(position, envelope, known = null) {
  const { run, n, prev } = envelope.header
  if (run < position.run) return "old_run"
  if (run > position.run) return n === 1 ? "new_run" : "gap"
  if (envelope.id === position.id) return "known"
  if (n < position.n) return known === null || known.has(envelope.id) ? "known" : "fork"
  if (n === position.n) return "fork"
  if (n > position.n + 1) return "gap"
  return prev === position.id ? "next" : "fork"
}

/**
 * The number of a new run: above every run either side knows of, near the clock where that is higher.
 * @param {number} now  seconds
 * @param {number} highest
 */
export function nextRun(now, highest) {
  return Math.max(now, highest + 1)
}

/**
 * Is (run, n) at or below the position? Then its reader has it, or has no more use for it.
 * @param {Position} position
 * @param {number} run
 * @param {number} n
 */
export function covers(position, run, n) {
  return run < position.run || (run === position.run && n <= position.n)
}

/**
 * What the relay answers a phone, going by the office's signed position alone (SPEC 6.2).
 * @param {Position} position
 * @param {number} run
 * @param {number} n
 * @returns {Taking}
 */
export function takes(position, run, n) {
  if (covers(position, run, n)) return "covered"
  const start = run === position.run ? position.n : 0
  return n <= start + WINDOW ? "take" : "too_many"
}

/**
 * What a phone does about the office's *held*, before anything else (SPEC 4.5).
 *
 * `repack`: begin a new run above held.run and pack everything kept again. `resend`: everything kept above
 * *held* is called unsent once more. `nothing`: *safe* may now be used (`mayForget`).
 *
 * @param {UpChain} chain
 * @param {Position} held
 * @returns {AfterReceipt}
 */
export function afterReceipt(chain, held) {
  if (held.run > chain.head.run) return "repack" // this phone was put back, or cloned
  if (held.run < chain.head.run) {
    // The office has not seen this run yet, or was put back to before it.
    if (chain.floor.n > 0) return "repack"
    return chain.held.run === chain.head.run ? "resend" : "nothing"
  }
  if (held.n > 0 && idAt(chain, held.run, held.n) !== held.id) {
    return "repack" // not on this chain, or below what is still kept
  }
  if (held.run === chain.held.run && held.n < chain.held.n) {
    return "resend" // the office was put back, but not below what is kept
  }
  return "nothing"
}

/**
 * Up to which n of the current run the phone may forget; 0 for nothing (SPEC 4.4).
 *
 * A *safe* of an earlier run frees nothing: whatever is kept was packed again since. Nor does a receipt whose
 * *held* is not on this chain: its numbers count another device's envelopes.
 *
 * @param {UpChain} chain
 * @param {Position} held
 * @param {{ run: number, n: number }} safe
 */
export function mayForget(chain, held, safe) {
  if (afterReceipt(chain, held) === "repack") return 0
  if (safe.run !== chain.head.run || held.run !== chain.head.run) return 0
  return Math.min(safe.n, held.n)
}

/**
 * Which envelopes called sent the relay no longer lists and the office does not hold (SPEC 4.5).
 * @template {{ run: number, n: number }} T
 * @param {T[]} sent
 * @param {Position} held
 * @param {[run: number, first: number, last: number][]} box  what the relay has from this device
 * @returns {T[]}
 */
export function toSendAgain(sent, held, box) {
  return sent.filter(
    ({ run, n }) =>
      !covers(held, run, n) && !box.some(([r, first, last]) => run === r && first <= n && n <= last),
  )
}

/**
 * @param {UpChain} chain
 * @param {number} run
 * @param {number} n
 * @returns {string | undefined}  undefined where this chain has, or remembers, none
 */
function idAt(chain, run, n) {
  if (run !== chain.head.run) return undefined
  if (n === chain.floor.n && n > 0) return chain.floor.id
  return chain.kept.get(n)
}
