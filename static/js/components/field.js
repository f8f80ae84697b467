// Text fields that a Japanese input method can trust: what is being composed is stored, and never written back.
//
// Every field says autocomplete="off": without it browsers write what is typed into their own files, to restore a tab or
// to offer it again, and there it lies readable (docs/proof.md, Canaries).

import { html, useId, useLayoutEffect, useRef } from "../../vendor/preact.js"
import { t } from "../words/texts.js"

const LONGEST = 20_000 // characters a box, sync/EVENTS.md

/**
 * A box for text. It takes its text once, when it appears; from then on the thumb alone writes into it.
 *
 * @param {{ start: string, onText: (text: string) => void, id?: string, rows?: number, oneLine?: boolean, type?: string,
 *           placeholder?: string, describedby?: string, label?: string, invalid?: boolean, extra?: object }} props
 */
export function Box({ start, onText, id, rows = 3, oneLine, type, placeholder, describedby, label, invalid, extra }) {
  const element = useRef(/** @type {any} */ (null))
  const over = useRef(/** @type {any} */ (null))
  useLayoutEffect(() => { element.current.value = start ?? "" }, [])
  const said = (/** @type {any} */ { currentTarget: { value } }) => {
    over.current.hidden = value.length <= LONGEST
    onText(value.normalize("NFC"))
  }
  const shared = {
    class: "box", id, placeholder, "aria-describedby": describedby, "aria-label": label, "aria-invalid": invalid || undefined,
    autocomplete: "off", ref: element, onInput: said, ...extra,
  }
  return html`
    ${oneLine ? html`<input ...${shared} type=${type ?? "text"} />` : html`<textarea ...${shared} rows=${rows}></textarea>`}
    <p class="help over" ref=${over} hidden role="alert">${t("field.too_long", { n: LONGEST })}</p>`
}

/**
 * Label, one line of help, the box.
 *
 * @param {{ label: string, help?: string, must?: any, after?: any } & Parameters<typeof Box>[0]} props
 */
export function Field({ label, help, must, after, ...box }) {
  const id = useId()
  return html`<div class="field">
    <label for=${id}>${label}${must && html`<span class="must">${must}</span>`}</label>
    ${help && html`<p class="help" id=${`${id}h`}>${help}</p>`}
    <${Box} ...${box} id=${id} describedby=${help ? `${id}h` : undefined} />
    ${after}
  </div>`
}

/**
 * A day, or a day and a time, with the phone's own picker.
 *
 * @param {{ label: string, type: "date" | "datetime-local" | "time", value: string, onPick: (value: string) => void, must?: any, unseen?: boolean, min?: string }} props
 */
export function DateField({ label, type, value, onPick, must, unseen, min }) {
  const id = useId()
  return html`<div class="field">
    <label for=${id} class=${unseen ? "unseen" : undefined}>${label}${must && html`<span class="must">${must}</span>`}</label>
    <input class="box" id=${id} type=${type} autocomplete="off" value=${value} min=${min} onChange=${(/** @type {any} */ event) => onPick(event.currentTarget.value)} />
  </div>`
}
