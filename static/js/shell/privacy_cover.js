// Quick cover: somebody looks over the shoulder. One gesture and the screen shows a clock and nothing else.
//
// A tap with two fingers anywhere, the key at the top, or Escape. What was being written stays where it is.

import { signal } from "../../vendor/preact.js"

const TAP = 300 // ms; longer, or moved, and it was a pinch
const STILL = 24 // px

export const covered = signal(false)

export const cover = () => {
  covered.value = true
}
export const uncover = () => {
  covered.value = false
}

/** Listen for the gesture. Call once. */
export function watchCover() {
  /** @type {{ at: number, x: number, y: number } | null} */
  let two = null
  addEventListener(
    "touchstart",
    ({ touches: [first, ...more], timeStamp }) => {
      two = more.length === 1 ? { at: timeStamp, x: first.clientX, y: first.clientY } : null
    },
    { passive: true, capture: true },
  )
  addEventListener(
    "touchmove",
    ({ touches: [first] }) => {
      if (two && Math.hypot(first.clientX - two.x, first.clientY - two.y) > STILL) two = null
    },
    { passive: true, capture: true },
  )
  addEventListener(
    "touchend",
    ({ touches, timeStamp }) => {
      if (two && timeStamp - two.at < TAP) cover()
      if (touches.length === 0 || (two && timeStamp - two.at >= TAP)) two = null
    },
    { passive: true, capture: true },
  )
  addEventListener("keydown", ({ key, isComposing }) => {
    if (key === "Escape" && !isComposing) cover()
  })
}
