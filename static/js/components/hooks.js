// How a screen follows a draft: by single fields, so that writing in one box redraws nothing else.

import { useComputed, useEffect, useMemo, useState } from "../../vendor/preact.js"
import { useDoor } from "../session/context.js"
import { readPath } from "../store/change_paths.js"

const FIRST_LOOK = 2_000
const LAST_LOOK = 60_000

/** @import { CaseSheet, Draft } from "../shapes.d.ts" */

/**
 * The draft under way for a case, or a new one begun with `begin`.
 *
 * @param {string | null} caseId
 * @param {string} kind
 * @param {{ about?: string | null, value?: any, id?: string }} [begin]
 * @returns {Draft | null} null while it is being opened
 */
export function useDraft(caseId, kind, begin) {
  const { drafts } = useDoor()
  const [draft, setDraft] = useState(/** @type {Draft | null} */ (null))
  useEffect(() => {
    let gone = false
    /** @type {Draft | undefined} */
    let opened
    Promise.resolve(drafts.open(caseId, kind, begin)).then((one) => {
      opened = one
      if (!gone) setDraft(one)
    })
    return () => {
      gone = true
      opened?.flush().catch(() => {}) // leaving does not wait for the next 300 ms; the draft tells trouble by itself
    }
  }, [caseId, kind])
  return draft
}

/**
 * What is typed on a screen that writes no record: kept as a draft, over a lock and the end of the app, until it is done.
 *
 * @param {string} kind
 * @param {{ case?: string | null, about?: string | null, value: any }} begin
 * @returns {Draft}
 */
export function useKept(kind, { case: caseId = null, about = null, value }) {
  const { drafts } = useDoor()
  const draft = useMemo(() => drafts.open(caseId, kind, { about, value }), [kind, caseId, about])
  useEffect(
    () => () => {
      draft.flush().catch(() => {})
    },
    [draft],
  )
  return draft
}

/**
 * One field of a draft: redraws only when this field changes.
 *
 * @param {Draft} draft
 * @param {string} path
 * @returns {any}
 */
export function useField(draft, path) {
  return useComputed(() => readPath(draft.value.value, path)).value
}

/** @param {string | null | undefined} caseId @returns {CaseSheet | undefined} */
export function useCase(caseId) {
  const { documents } = useDoor()
  return caseId ? documents.value.get(`case/${caseId}`) : undefined
}

/**
 * While one looks at the road and a record is under way, ask the office again: soon, then less often.
 *
 * @param {boolean} underWay
 */
export function useNews(underWay) {
  const door = useDoor()
  useEffect(() => {
    if (!underWay) return
    let pause = FIRST_LOOK
    /** @type {ReturnType<typeof setTimeout>} */
    let timer
    const look = async () => {
      await door.syncNow()
      pause = Math.min(pause * 2, LAST_LOOK)
      timer = setTimeout(look, pause)
    }
    timer = setTimeout(look, pause)
    return () => clearTimeout(timer)
  }, [underWay])
}

/** @returns {CaseSheet[]} */
export function useCases() {
  const all = useDoor().documents.value
  return useMemo(() => [...all].filter(([path]) => path.startsWith("case/")).map(([, body]) => body), [all])
}

/** @returns {import("../shapes.d.ts").Me | undefined} */
export const useMe = () => useDoor().documents.value.get("me")

/** A promise as it comes in. @template T @param {() => T | Promise<T>} ask @param {unknown[]} on @param {T | null} [first] @returns {T | null} */
export function useAsked(ask, on, first = null) {
  const [answer, setAnswer] = useState(/** @type {T | null} */ (first))
  useEffect(() => {
    let gone = false
    Promise.resolve(ask()).then((value) => {
      if (!gone) setAnswer(value)
    })
    return () => {
      gone = true
    }
  }, on)
  return answer
}
