// Which sentence of assurance is true just now. A screen says none of them without asking here first.

/** @import { Cover, FollowUp, Me } from "../shapes.d.ts" */
/** @typedef {{ permission: string, subscribed: boolean }} Standing  of this phone's notices */

/** Of these people, those whose phone shows what it is woken for. @param {Me | undefined} me @param {string[]} people */
const woken = (me, people) =>
  (me?.staff ?? [])
    .filter(({ id, woken: shows }) => shows && people.includes(id) && id !== me?.worker.id)
    .map(({ name }) => name)

/**
 * Who is told when somebody who went out alone is not back (SPEC 6.7): those named, ten minutes later whoever is on call.
 * @param {Me | undefined} me
 * @returns {{ key: "out.tells" | "out.tells_both" | "out.tells_on_call" | "out.tells_later" | "out.tells_nobody", first: string[], second: string[] }}
 */
export function whoIsTold(me) {
  const named = me?.watchers ?? []
  const first = woken(me, named),
    second = woken(
      me,
      (me?.onCall ?? []).filter((id) => !named.includes(id)),
    )
  if (first.length > 0) return { key: second.length > 0 ? "out.tells_both" : "out.tells", first, second }
  if (second.length > 0)
    return { key: named.length > 0 ? "out.tells_later" : "out.tells_on_call", first, second }
  return { key: "out.tells_nobody", first, second }
}

/**
 * How it stands with somebody who is out.
 * @param {{ state: string, until: number }} out @param {Me | undefined} me @param {Date} now
 * @returns {"ending" | "unwatched" | "unheard" | "late_unheard" | "late" | "watched"}
 */
export function outStands(out, me, now) {
  if (out.state === "ending") return "ending"
  if (out.state === "waiting") return "unwatched"
  const isLate = out.until < now.getTime()
  if (whoIsTold(me).key === "out.tells_nobody") return isLate ? "late_unheard" : "unheard"
  return isLate ? "late" : "watched"
}

/** What follows from a day that is taken over. @param {Cover} cover @param {Me | undefined} me */
export function coverSays({ state, to, pending }, me) {
  if (pending) return "cover_day.pending"
  if (state !== "granted") return `cover_day.${state}.what`
  if (to === me?.worker.id) return "cover_day.granted.here"
  return me?.staff.find(({ id }) => id === to)?.phone
    ? "cover_day.granted.what"
    : "cover_day.granted.no_phone"
}

/** @param {Standing | null | undefined} standing */
export const isWoken = (standing) => standing?.permission === "granted" && standing.subscribed

/**
 * Whether this phone rings for an appointment: "" where nothing is to be said.
 * @param {Partial<FollowUp> & { pending?: boolean }} followup @param {Date} rung when it would @param {boolean} moved by quiet hours
 * @param {Standing | null} standing @param {Date} now
 */
export function ringSays({ state, remind, pending }, rung, moved, standing, now) {
  if (state !== "open" || !remind || rung.getTime() <= now.getTime() || !standing) return ""
  if (!isWoken(standing)) return "calendar.rings_not"
  if (pending) return "calendar.rings_pending"
  return moved ? "calendar.rings_at" : "calendar.rings"
}

/** Whether a draft is safe on the disk as it stands. @param {{ savedAt: number | null, problem: unknown }} draft */
export const draftIsKept = ({ savedAt, problem }) => savedAt !== null && !problem

/** What an update can bring in by itself; everything else a person at the office decides. */
const AFTER_UPDATE = new Set(["unknown_event", "unknown_body"])
/** @param {string | undefined} reason */
export const heldNext = (reason) => (AFTER_UPDATE.has(reason ?? "") ? "held.next" : "held.by_hand")
