// Locks an open phone that nobody touches or that lies hidden: it may have been left on a table.
// Timers stop while a phone sleeps, so the time away is measured when it wakes.

const TOUCHES = ["pointerdown", "keydown", "input", "scroll", "touchstart"]
const CHECK_EVERY = 5_000

/**
 * @param {() => void} lock
 * @param {() => number} limit ms
 * @returns {() => void} stop
 */
export function lockWhenIdle(lock, limit) {
  let last = Date.now()
  const touch = () => {
    // Woken after a long sleep, a touch comes before the timer: it must not count as presence.
    if (away()) lock()
    else last = Date.now()
  }
  const away = () => Math.abs(Date.now() - last) >= limit()
  const look = () => {
    if (away()) lock()
  }
  const timer = setInterval(look, CHECK_EVERY)
  for (const name of TOUCHES) addEventListener(name, touch, { passive: true, capture: true })
  document.addEventListener("visibilitychange", look)
  return () => {
    clearInterval(timer)
    for (const name of TOUCHES) removeEventListener(name, touch, { capture: true })
    document.removeEventListener("visibilitychange", look)
  }
}
