// Text fields that a Japanese input method can trust: what is being composed is stored, and never written back.
//
// Every field says autocomplete="off": without it browsers write what is typed into their own files, to restore a tab or
// to offer it again, and there it lies readable (docs/proof.md, Canaries).

import { MAX_LINE, MAX_TEXT } from "../../../sync/bounds.js"
import { html, useEffect, useId, useLayoutEffect, useRef } from "../../vendor/preact.js"
import { t } from "../words/texts.js"

/**
 * A box for text. It takes its text once, when it appears; from then on the thumb alone writes into it, and another
 * window's hand: when `again` changes, and nothing is being composed, the text is asked for anew by `live`.
 *
 * @param {{ start: string, onText: (text: string) => void, id?: string, rows?: number, oneLine?: boolean, type?: string,
 *           placeholder?: string, describedby?: string, label?: string, invalid?: boolean, extra?: object, longest?: number,
 *           again?: { subscribe(look: () => void): () => void }, live?: () => string }} props
 */
export function Box({
  start,
  onText,
  id,
  rows = 3,
  oneLine,
  type,
  placeholder,
  describedby,
  label,
  invalid,
  extra,
  again,
  live,
  longest = oneLine ? MAX_LINE : MAX_TEXT,
}) {
  const element = useRef(/** @type {any} */ (null))
  const over = useRef(/** @type {any} */ (null))
  const composing = useRef(false)
  const measure = (/** @type {string} */ text) => {
    over.current.hidden = text.length <= longest
    if (!invalid && text.length > longest) element.current.setAttribute("aria-invalid", "true")
    else if (!invalid) element.current.removeAttribute("aria-invalid")
  }
  useLayoutEffect(() => {
    measure((element.current.value = start ?? ""))
  }, [])
  const look = () => {
    const box = element.current
    if (!box || !live || composing.current) return
    const text = live(),
      at = box.selectionEnd < box.value.length ? box.selectionEnd : text.length // whoever wrote on, writes on
    if (box.value === text) return
    box.value = text
    if (document.activeElement === box) box.setSelectionRange(at, at)
  }
  useEffect(() => again?.subscribe(look), [again])
  const said = (/** @type {any} */ { currentTarget: { value } }) => {
    measure(value)
    onText(value)
  }
  const shared = {
    class: "box",
    id,
    placeholder,
    "aria-describedby": describedby,
    "aria-label": label,
    "aria-invalid": invalid || undefined,
    autocomplete: "off",
    ref: element,
    onInput: said,
    onCompositionStart: () => {
      composing.current = true
    },
    onCompositionEnd: () => {
      composing.current = false
      if (again) look()
    },
    ...extra,
  }
  return html`
    ${
      oneLine
        ? html`<input ...${shared} type=${type ?? "text"} />`
        : html`<textarea ...${shared} rows=${rows}></textarea>`
    }
    <p class="help over" ref=${over} hidden role="alert">${t("field.too_long", { n: longest })}</p>
  `
}

/**
 * Label, one line of help, the box.
 *
 * @param {{ label: string, help?: string, must?: any, after?: any, name?: string } & Parameters<typeof Box>[0]} props
 *   `name`: by which somebody who is sent here finds it
 */
export function Field({ label, help, must, after, name, ...box }) {
  const id = useId()
  return html`<div class="field" data-field=${name}>
    <label for=${id}>${label}${must && html`<span class="must">${must}</span>`}</label>
    ${help && html`<p class="help" id=${`${id}h`}>${help}</p>`}
    <${Box} ...${box} id=${id} describedby=${help ? `${id}h` : undefined} />
    ${after}
  </div>`
}
