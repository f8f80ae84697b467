// The covered screen: the time of day. Nothing of the app can be read, reached or heard under it; a while later it locks.

import { html, useEffect, useLayoutEffect, useRef } from "../../../vendor/preact.js"
import { clockTime, day } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { uncover } from "../../shell/privacy_cover.js"
import { useDoor } from "../../session/context.js"
import { t } from "../../words/texts.js"

const LOCKS_AFTER = 60_000

export function Cover() {
  const door = useDoor()
  const here = useRef(/** @type {HTMLElement | null} */ (null))
  useLayoutEffect(() => {
    const title = document.title
    const writing = /** @type {HTMLElement | null} */ (document.activeElement)
    const others = /** @type {HTMLElement[]} */ ([...(here.current?.parentElement?.children ?? [])]).filter(
      (one) => one !== here.current,
    )
    for (const one of others) one.inert = true
    document.title = t("app.name")
    here.current?.focus()
    return () => {
      for (const one of others) one.inert = false
      document.title = title
      writing?.focus({ preventScroll: true })
    }
  }, [])
  useEffect(() => {
    const timer = setTimeout(() => {
      uncover()
      void door.lock()
    }, LOCKS_AFTER)
    return () => clearTimeout(timer)
  }, [])
  return html`
    <div class="cover" ref=${here} tabindex="-1" role="dialog" aria-modal="true" aria-label=${t("cover")}>
      <p class="cover-time"><time>${clockTime(now.value)}</time></p>
      <p>${day(now.value)}</p>
      <button class="button button-plain" type="button" onClick=${uncover}>${t("back")}</button>
    </div>
  `
}
