// A text field of a draft. Another window may write the same draft: what it writes appears here too, and what is typed
// here is put together with it, letter by letter.

import { html, useRef } from "../../vendor/preact.js"
import { mergeText } from "../store/merge.js"
import { readPath } from "../store/change_paths.js"
import { DateField } from "./date_field.js"
import { Box, Field } from "./field.js"
import { useField } from "./hooks.js"

/** @import { Draft } from "../shapes.d.ts" */
/**
 * @typedef {object} Of
 * @property {Draft} draft
 * @property {string} path where the text stands
 * @property {(value: any) => string} [read] the text of what stands there
 * @property {(text: string) => void} [write] otherwise the text itself is what stands there
 */

/** @param {Of} of */
function useText({ draft, path, read = (value) => value ?? "", write = (text) => draft.set(path, text) }) {
  const live = () => read(readPath(draft.value.peek(), path))
  const now = () => ({ text: live(), round: draft.outside?.peek() })
  const shown = useRef(/** @type {{ text: string, round: number } | null} */ (null))
  shown.current ??= now()
  const onText = (/** @type {string} */ text) => {
    const { text: before, round } = shown.current ?? now()
    write(round === draft.outside?.peek() ? text : mergeText(before, text, live()))
    shown.current = { text, round } // what stands in the box; `look` brings the rest
  }
  const look = () => (shown.current = now()).text
  return { start: live(), onText, live: look, again: draft.outside }
}

/** @param {Of & Omit<Parameters<typeof Field>[0], "start" | "onText">} props */
export const DraftField = ({ draft, path, read, write, ...field }) =>
  html`
    <${Field}
      name=${path.replace(/^record\.(notes\.)?/, "")}
      ...${field}
      ...${useText({ draft, path, read, write })}
    />
  `

/** @param {Of & Omit<Parameters<typeof Box>[0], "start" | "onText">} props */
export const DraftBox = ({ draft, path, read, write, ...box }) =>
  html`<${Box} ...${box} ...${useText({ draft, path, read, write })} />`

/**
 * A day of a draft. What is refused stays with the draft, so that it is there again, and asked about before saving.
 * @param {{ draft: Draft, name: string } & Omit<Parameters<typeof DateField>[0], "refused" | "onRefused">} props `name`: as in `data-field`
 */
export function DraftDate({ draft, name, ...field }) {
  const refused = useField(draft, `refusedDates.${name}`)
  return html`
    <${DateField}
      ...${field}
      refused=${refused}
      onRefused=${(/** @type {string | undefined} */ typed) => draft.set(`refusedDates.${name}`, typed)}
    />
  `
}
