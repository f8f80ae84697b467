// The frame of a screen: head, page, dock. The dock holds the thumb; 至急 sits in its left corner on every screen.

import { html, useLayoutEffect, useRef } from "../../vendor/preact.js"
import { useDoor } from "../session/context.js"
import { nearClock, nearTime } from "../words/dates.js"
import { now } from "../words/clock.js"
import { cover } from "../shell/privacy_cover.js"
import { back, go, leftAt, place } from "../shell/router.js"
import { t } from "../words/texts.js"
import { icon } from "./icon.js"
import { Undo } from "./undo.js"

/**
 * A screen with large title (a tab) or, with `parent`, a step that Back leaves.
 *
 * @param {{ title: string, over?: any, parent?: string, carried?: object, onBack?: () => void, side?: any,
 *           step?: [number, number], dock?: any, tight?: boolean, children?: any }} props
 */
export function Screen({ title, over, parent, carried, onBack, side, step, dock, tight, children }) {
  const heading = useArrival()
  return html`
    <header class=${parent ? "head head-step" : "head"}>
      ${
        parent &&
        html`
          <button
            class="back"
            type="button"
            aria-label=${t("back")}
            onClick=${onBack ?? (() => back(parent, carried))}
          >
            ${icon("back")}
          </button>
        `
      }
      ${over && html`<p class="soft">${over}</p>`}
      <h1 ref=${heading} tabindex="-1">${title}</h1>
      <div class="saved">
        ${side}
        <button class="back cover-key" type="button" aria-label=${t("cover")} onClick=${cover}>
          ${icon("veil")}
        </button>
      </div>
      ${
        step &&
        html`
          <ol class="steps" aria-label=${t("step", { n: step[0], of: step[1] })}>
            ${Array.from(
              { length: step[1] },
              (_, i) => html`<li key=${i} class=${i < step[0] ? "done" : ""}></li>`,
            )}
          </ol>
        `
      }
    </header>
    <main class=${tight ? "page page-tight" : "page"}>${children}</main>
    ${dock && html`<footer class="dock">${dock}</footer>`}
  `
}

/**
 * A new screen begins at its heading, so that a screen reader says where one is; a screen one comes back to
 * stands where it was left.
 */
export function useArrival() {
  const heading = useRef(/** @type {HTMLElement | null} */ (null))
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true })
    scrollTo(0, leftAt())
  }, [place.value.key])
  const called = CALLED[place.value.name.split("-")[0]]
  useLayoutEffect(() => {
    document.title = called ? `${t(called)} – ${t("app.name")}` : t("app.name")
  }, [called])
  return heading
}

/** What the window is called: browsers keep it in histories on the disk, so it names the screen and never a household.
 * @type {Record<string, string>} */
const CALLED = {
  today: "today",
  cases: "cases",
  case: "cases",
  contacts: "case.contacts",
  contact: "case.contacts",
  log: "tab.log",
  saved: "saved.title",
  review: "review.title",
  sync: "sync",
  settings: "settings",
  notifications: "notifications",
  erase: "erase",
  urgent: "urgent",
}

/** @param {{ at: any }} props the signal of a draft that says when it was last durable */
export function SavedAt({ at }) {
  const saved = at.value
  return html`
    ${icon("device", true)}
    <span role="status">${saved ? t("draft.at", { at: nearClock(saved, now.value) }) : t("draft")}</span>
  `
}

/** The dock of a task: 至急 and the one main action, or a quiet one beside it. @param {{ children?: any, two?: boolean }} props */
export const TaskDock = ({ children, two }) =>
  html`<${Undo} /><div class=${two ? "dock-row dock-two" : "dock-row"}><${UrgentKey} />${children}</div>`

export const UrgentKey = () => html`
  <button class="urgent-key" type="button" onClick=${() => go("urgent")}>
    ${icon("call", true)}
    <span>${t("urgent.key")}</span>
  </button>
`

const TABS = /** @type {const} */ ([
  ["today", "today"],
  ["cases", "cases"],
  ["log", "write"],
  ["sync", "send"],
])

/** The dock of the four main screens. @param {{ here: string, strip?: boolean }} props */
export function TabDock({ here, strip = true }) {
  const { unsent, oldest } = useDoor().road.value
  return html`
    <${Undo} />
    ${
      strip &&
      unsent > 0 &&
      html`
        <a class="unsent" href="#/sync" onClick=${follow("sync")}>
          ${icon("device", true)}
          <b>${t("unsent", { n: unsent })}</b>
          ${oldest && html`<span>${t("unsent.oldest", { at: nearTime(oldest, now.value) })}</span>`}
        </a>
      `
    }
    <div class="dock-row">
      <${UrgentKey} />
      <nav class="tabs" aria-label=${t("tabs")}>
        ${TABS.map(
          ([name, picture]) => html`
            <a
              key=${name}
              href=${`#/${name}`}
              aria-current=${here === name ? "page" : undefined}
              onClick=${follow(name)}
            >
              ${icon(picture)}
              <span>${t(`tab.${name}`)}</span>
              ${
                name === "sync" &&
                unsent > 0 &&
                html`
                  <span class="count">
                    ${unsent > 99 ? "99+" : unsent}
                    <span class="unseen">${t("unsent.unit")}</span>
                  </span>
                `
              }
            </a>
          `,
        )}
      </nav>
    </div>
  `
}

/** A real link that goes through the router, so that nothing but the screen's name is in the URL. @param {string} name @param {object} [carried] */
export const follow =
  (name, carried = {}) =>
  (/** @type {Event} */ event) => {
    event.preventDefault()
    go(name, carried)
  }
