// Pull to refresh: from the very top, a thumb draws the page down and lets go. It asks the office once; the button on
// 送信 does the same for whoever does not draw.

import { html, useEffect, useState } from "../../vendor/preact.js"
import { useDoor } from "../session/context.js"
import { t } from "../words/texts.js"
import { icon } from "./icon.js"

const FAR = 72 // px

export function PullDown() {
  const door = useDoor()
  const [state, setState] = useState(/** @type {"" | "pulled" | "asking"} */ (""))
  useEffect(() => {
    let from = -1,
      far = false
    const start = (/** @type {TouchEvent} */ { touches }) => {
      from = touches.length === 1 && scrollY <= 0 ? touches[0].clientY : -1
      far = false
    }
    const move = (/** @type {TouchEvent} */ { touches }) => {
      if (from < 0) return
      const now = touches.length === 1 && touches[0].clientY - from > FAR
      if (now !== far) setState(now ? "pulled" : "")
      far = now
    }
    const end = async () => {
      from = -1
      if (!far) return
      far = false
      setState("asking")
      await door.syncNow()
      setState("")
    }
    addEventListener("touchstart", start, { passive: true })
    addEventListener("touchmove", move, { passive: true })
    addEventListener("touchend", end)
    return () => {
      removeEventListener("touchstart", start)
      removeEventListener("touchmove", move)
      removeEventListener("touchend", end)
    }
  }, [])
  return html`
    <p class=${state ? "wait-line" : "unseen"} role="status">
      ${state && html`${icon("send", true)}<span>${t(`pull.${state}`)}</span>`}
    </p>
  `
}
