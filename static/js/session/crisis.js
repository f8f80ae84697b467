// A crisis under way: what was asked and told by voice. It lasts through a phone call, a lock, an unlock and the end of
// the app; once the phone is open it goes into a draft (domain §3.6). It never becomes a score.

import { effect, signal } from "../../vendor/preact.js"
import { crisisKept, dropCrises, keepCrisis, openCrises } from "../store/crisis_rows.js"

/** @typedef {{ to: string, at: string }} Told
 * @typedef {{ step: number, field: string, asked: Record<string, "yes" | "no" | "unknown">, call: { to: string, at: string, result: string },
 *   safe: { who: string, means: string, contact: string }, told: Record<string, Told>, case: string | null, draft: string | null,
 *   refused: Record<string, string | undefined> }} Crisis  `refused`: times that are none, as they were typed */

const REST = 100 // ms after the last letter

/** @returns {Crisis} */
const blank = () => ({
  step: 0,
  field: "",
  asked: {},
  call: { to: "", at: "", result: "" },
  safe: { who: "", means: "", contact: "" },
  told: {},
  case: null,
  draft: null,
  refused: {},
})

/** @type {import("../../vendor/preact.js").Signal<Crisis>} */
export const crisis = signal(blank())
/** Notes from before the app was closed wait for the unlock. */
export const sealedBefore = signal(false)

/** Whether what is noted lies on the disk; a full one takes nothing. */
export const crisisIsKept = signal(false)

/** @param {Partial<Crisis>} change */
export const note = (change) => {
  crisis.value = { ...crisis.peek(), ...change }
}

export function clear() {
  clearTimeout(timer)
  crisis.value = blank()
  sealedBefore.value = false
  void dropCrises().catch(() => {})
}

/** Any plan together with means, or an attempt before: urgent, whatever else was answered. @param {Crisis["asked"]} asked */
export const isPressing = (asked) =>
  (asked.plan === "yes" && asked.means === "yes") || asked.attempt === "yes" || asked.soon === "yes"

/** @param {Crisis} of */
export const hasWords = ({ asked, call, safe, told, refused }) =>
  Object.keys(asked).length > 0 ||
  Object.keys(told).length > 0 ||
  Boolean(call.to || call.result || safe.who || safe.means || safe.contact) ||
  Object.keys(refused ?? {}).length > 0

/** Keep what is noted on the disk, sealed. Call once. */
export function keepCrises() {
  crisisKept().then(
    (there) => {
      sealedBefore.value = there
    },
    () => {},
  )
  effect(() => {
    const here = crisis.value
    clearTimeout(timer)
    crisisIsKept.value = false
    if (hasWords(here))
      timer = setTimeout(
        () =>
          void keepCrisis(here).then(
            () => {
              crisisIsKept.value = true
            },
            () => {
              crisisIsKept.value = false
            },
          ),
        REST,
      )
  })
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

/** Unlocked: what was noted before goes on here. @param {import("../store/keys.js").Open} open */
export async function takeUpCrises(open) {
  const before = await openCrises(open)
  sealedBefore.value = false
  if (before.length > 0) crisis.value = [...before, crisis.peek()].reduce(together)
}

/** Two lives of one crisis: every word of both. @param {Crisis} a @param {Crisis} b @returns {Crisis} */
function together(a, b) {
  const both = (/** @type {string} */ one, /** @type {string} */ other) =>
    [...new Set([one, other].filter(Boolean))].join(" / ")
  return {
    step: b.step || a.step,
    field: b.field || a.field,
    asked: { ...a.asked, ...b.asked },
    told: { ...a.told, ...b.told },
    call: {
      to: both(a.call.to, b.call.to),
      at: a.call.at || b.call.at,
      result: both(a.call.result, b.call.result),
    },
    safe: {
      who: both(a.safe.who, b.safe.who),
      means: both(a.safe.means, b.safe.means),
      contact: b.safe.contact || a.safe.contact,
    },
    case: b.case ?? a.case,
    draft: b.draft ?? a.draft,
    refused: { ...a.refused, ...b.refused },
  }
}
