// The time screens show. It ticks so that Today turns at midnight and "2 days ago" stays true; it decides nothing.

import { signal } from "../../vendor/preact.js"

export const now = signal(new Date())

/** Begin to tick. */
export function startClock() {
  const tick = () => {
    now.value = new Date()
  }
  setInterval(tick, 30_000)
  document.addEventListener("visibilitychange", tick)
}
