// A crisis under way: what was asked and told by voice. It stays through a phone call, a lock and an unlock, in memory;
// once the phone is open it goes into a draft, sealed (domain §3.6). It never becomes a score.

import { signal } from "../vendor/preact.js"

/** @typedef {{ step: number, asked: Record<string, "yes" | "no" | "unknown">, call: { to: string, at: string, result: string },
 *   safe: { who: string, means: string, contact: string }, told: Record<string, boolean>, case: string | null, draft: string | null }} Crisis */

/** @returns {Crisis} */
const blank = () => ({ step: 0, asked: {}, call: { to: "", at: "", result: "" }, safe: { who: "", means: "", contact: "" }, told: {}, case: null, draft: null })

/** @type {import("../vendor/preact.js").Signal<Crisis>} */
export const crisis = signal(blank())

/** @param {Partial<Crisis>} change */
export const note = (change) => { crisis.value = { ...crisis.peek(), ...change } }

export const clear = () => { crisis.value = blank() }

/** Any plan together with means, or an attempt before: urgent, whatever else was answered. @param {Crisis["asked"]} asked */
export const isPressing = (asked) => (asked.plan === "yes" && asked.means === "yes") || asked.attempt === "yes" || asked.soon === "yes"

/** @param {Crisis} of */
export const hasWords = ({ asked, call, safe }) => Object.keys(asked).length > 0 || Boolean(call.to || call.result || safe.who || safe.means || safe.contact)
