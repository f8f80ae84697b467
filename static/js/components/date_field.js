// Days and times, with the phone's own picker, and what is none refused in words.

import { html, useId, useState } from "../../vendor/preact.js"
import { clockTime, day } from "../words/dates.js"
import { t } from "../words/texts.js"

/**
 * A day, or a day and a time, with the phone's own picker. What lies outside, or is not a whole day, is not taken: it stays
 * on the screen with the reason, and is kept by whoever asks for it with `onRefused`.
 *
 * @param {{ label: string, type: "date" | "datetime-local" | "time", value: string, onPick: (value: string) => void, must?: any, unseen?: boolean,
 *           min?: string, max?: string, refused?: string, onRefused?: (typed: string | undefined) => void }} props
 */
export function DateField({
  label,
  type,
  value,
  onPick,
  must,
  unseen,
  min = LEAST[type],
  max = MOST[type],
  refused,
  onRefused,
}) {
  const id = useId()
  const [own, setOwn] = useState(/** @type {string | undefined} */ (undefined))
  const wrong = refused ?? own
  const tell = onRefused ?? setOwn
  const picked = (/** @type {any} */ { currentTarget: field }) => {
    const bad = field.validity.badInput || (field.value !== "" && !within(field.value, min, max))
    tell(bad ? field.value : undefined)
    if (!bad) onPick(field.value)
  }
  return html`
    <div class="field">
      <label for=${id} class=${unseen ? "unseen" : undefined}>
        ${label}
        ${must && html`<span class="must">${must}</span>`}
      </label>
      <input
        class="box"
        id=${id}
        type=${type}
        autocomplete="off"
        value=${wrong ?? value}
        min=${min}
        max=${max}
        aria-invalid=${wrong !== undefined || undefined}
        aria-describedby=${wrong !== undefined ? `${id}w` : undefined}
        onChange=${picked}
      />
      ${
        wrong !== undefined &&
        html`<p class="help over" id=${`${id}w`} role="alert">${why(wrong, type, min, max)}</p>`
      }
    </div>
  `
}

export const LEAST = { date: "1900-01-01", "datetime-local": "2000-01-01T09:00", time: undefined } // the wire's year begins then
export const MOST = { date: "2100-12-31", "datetime-local": "2100-12-31T23:59", time: undefined }

/** Pickers write years of four digits: their order is that of their letters. @param {string} value @param {string} [min] @param {string} [max] */
export const within = (value, min, max) => (!min || value >= min) && (!max || value <= max)

/** @param {string} value @param {string} type @param {string} [min] @param {string} [max] */
export function why(value, type, min = "", max = "") {
  const told = (/** @type {string} */ at) => (type === "date" ? day(at) : `${day(at)} ${clockTime(at)}`)
  return value && min && max ? t("date.outside", { from: told(min), until: told(max) }) : t("date.half")
}
