// The phone in the hands of the person it is about. It is locked before it is handed over: nothing but this page can be
// read, and giving it back ends at the lock. What they pressed waits in memory until the worker has unlocked.

import { signal } from "../../vendor/preact.js"

/** @typedef {{ page: "explain" | "consent", case: string, office: string, tel: string, about: string,
 *   answer: "" | "yes" | "no" | "later", back: boolean }} Handed */

export const handed = signal(/** @type {Handed | null} */ (null))

/** @param {Partial<Handed>} change */
export const noteHanded = (change) => {
  if (handed.peek()) handed.value = { .../** @type {Handed} */ (handed.peek()), ...change }
}
