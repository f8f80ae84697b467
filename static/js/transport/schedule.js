// When to sync by itself: at start, when signal seems back, when the app is looked at again, after a
// save, and every minute or so while it is open. iPhones have no background sync: while the app is
// open is the only time there is.

const EVERY = 60_000
const LONGEST = 15 * 60_000
const AWAY = new Set(["no_signal", "unavailable"]) // nothing to be had there now

/**
 * @param {() => Promise<{ problem: string | null, after?: number }>} sync  `after`: seconds the relay wants to be left alone
 * @returns {{ soon(): void, stop(): void }}
 */
export function keepRhythm(sync) {
  let failures = 0
  let stopped = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const later = (/** @type {number} */ wait) => {
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(round, wait)
  }
  const round = async () => {
    if (document.visibilityState === "hidden") return later(EVERY)
    const { problem, after = 0 } = await sync()
    failures = AWAY.has(problem ?? "") ? failures + 1 : 0
    // Spread out, so that a whole office coming back from a valley does not call at one moment.
    later(
      Math.min(Math.max(EVERY * 2 ** Math.max(0, failures - 1), after * 1_340), LONGEST) *
        (0.75 + crypto.getRandomValues(new Uint8Array(1))[0] / 510),
    )
  }
  const soon = () => later(0)
  const seen = () => {
    if (document.visibilityState === "visible") soon()
  }
  addEventListener("online", soon)
  document.addEventListener("visibilitychange", seen)
  soon()
  return {
    soon,
    stop() {
      stopped = true
      clearTimeout(timer)
      removeEventListener("online", soon)
      document.removeEventListener("visibilitychange", seen)
    },
  }
}
