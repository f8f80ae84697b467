// Rows on one sheet, titled parts, promises, the ready strip.

import { html, useId, useState } from "../../vendor/preact.js"
import { gap, t } from "../words/texts.js"
import { icon } from "./icon.js"

/** A titled part of a page. @param {{ title: any, aside?: any, children?: any, class?: string }} props */
export function Part({ title, aside, children }) {
  const id = useId()
  return html`<section class="part" aria-labelledby=${id}>
    <div class="part-title"><h2 id=${id}>${title}</h2>${aside}</div>${children}
  </section>`
}

/**
 * A row one can open.
 *
 * @param {{ time?: any, under?: any, at?: string, name: any, lines?: any[], hints?: [string, any][], onOpen?: () => void, strong?: boolean }} props
 */
export function Row({ time, under, at, name, lines = [], hints = [], onOpen, strong }) {
  const inner = html`
    ${
      time !== undefined &&
      html`<time class="row-time" datetime=${at}>${time}${under && html`<small>${under}</small>`}</time>`
    }
    <span class="row-body">
      <span class=${strong ? "strong" : "row-name"}>${name}</span>
      ${lines.filter(Boolean).map((text, i) => html`<span key=${i} class="soft">${text}</span>`)}
      ${hints.map(([picture, text]) => hint(picture, text))}
    </span>
    ${onOpen && html`<span class="go">${icon("go", true)}</span>`}
  `
  const look = time === undefined ? "row row-bare" : "row"
  return onOpen
    ? html`<button class=${look} type="button" onClick=${onOpen}>${inner}</button>`
    : html`<div class=${look}>${inner}</div>`
}

/** @param {string} picture @param {any} text */
export const hint = (picture, text) =>
  html`<span class="hint">${icon(picture, true)}<span>${text}</span></span>`

/**
 * A promise once kept stays ticked, for it has left this phone: so a slip of the thumb is asked about first.
 *
 * @param {{ text: string, small: string[], kept: boolean, onKeep: () => void }} props
 */
export function Promised({ text, small, kept, onKeep }) {
  const [asked, setAsked] = useState(false)
  const keep = () => {
    setAsked(false)
    onKeep()
  }
  return html`
    <label class="promise">
      <input
        type="checkbox"
        autocomplete="off"
        checked=${kept || asked}
        disabled=${kept}
        onChange=${() => setAsked(!asked)}
      />
      <span>
        ${text}
        ${
          small.length > 0 &&
          html`<small>${small.map((one, i) => html`${i > 0 && gap()}<span key=${one}>${one}</span>`)}</small>`
        }
      </span>
    </label>
    ${
      asked &&
      !kept &&
      html`<div class="pair promise-asked">
      <button class="button" type="button" onClick=${() => setAsked(false)}>${t("promise.not_yet")}</button>
      <button class="button" type="button" onClick=${keep}>${t("promise.is_kept")}</button>
    </div>`
    }
  `
}
