// What a worker writes, and what becomes of what was refused.

import { computed } from "../../vendor/preact.js"
import { inside, need, running, unlocked } from "./state.js"
import { afterWriting, follow } from "./sync_rounds.js"
import { refresh } from "./status.js"

/** @import { Bytes } from "../../../sync/encoding.js" */
/** @import { Draft } from "../store/draft.js" */

/** @param {Draft} draft kind "visit" or "correction" @returns {Promise<string>} visit id
 * @throws {SyncError} storage_full, malformed (detail: field), risk_call_needed: the draft stays as it is */
export async function save(draft) {
  const here = need()
  const visit = await here.save(draft)
  follow(here.afterSave(draft))
  return visit
}

/** Everything this phone has written and the office has not confirmed, oldest first. */
export const events = computed(() => unlocked.value?.events.value ?? [])

/** A record as it was written, or as the office has it. @param {string} visit @returns {Promise<any>} */
export async function bodyOf(visit) {
  const here = need()
  const {
    by: _,
    id: __,
    review: ___,
    version: ____,
    ...body
  } = here.records.bodyOf(visit) ?? here.documents.bodies.peek().get(`record/${visit}`)?.record ?? {}
  return body.occurredAt ? body : null
}

/** Events that belong together, in one envelope. @param {any[][]} told [type, case, body, id?] */
export async function writeAll(told) {
  await need().writeAll(told)
  await afterWriting()
}

/** A single event: promise.kept, followup.done … @param {string} type @param {string | null} caseId @param {object} body */
export async function write(type, caseId, body) {
  const id = await need().write(type, caseId, body)
  await afterWriting()
  return id
}

/** A person wants a refused record tried again. @param {string} envelope */
export async function sendAgain(envelope) {
  const { open } = need()
  await (await inside()).tryAgain(open, envelope)
  await refresh()
  running.rhythm?.soon()
}

/** What giving up a refused record would lose; `discard` wants this answer back. @param {string} envelope */
export const askToDiscard = async (envelope) => (await inside()).askToDiscard(envelope)

/** @param {Awaited<ReturnType<typeof askToDiscard>>} seen */
export async function discard(seen) {
  const { records } = need()
  const gone = records.aside.peek().find(({ envelope }) => envelope === seen.envelope)
  await (await inside()).discard(seen)
  await records.letGo(gone?.events ?? [])
  await refresh()
}

/** What the relay will not take as it is; it waits for a person. */
export const setAside = computed(() => unlocked.value?.records.aside.value ?? [])

/** Everything that has not become safe, sealed as it is, for another phone of the office (SPEC 4.9). */
export const rescue = {
  holds: async () => (await inside()).toRescue(),
  copy: async () => {
    const copy = await (await inside()).rescueCopy(need().open)
    await refresh()
    return copy
  },
  bringIn: async (/** @type {Blob} */ file) => {
    const told = await (await inside()).bringIn(file)
    await refresh()
    running.rhythm?.soon()
    return told
  },
}
