// Choices of one or of several: real radios and checkboxes, the whole row is the target.

import { html, useId } from "../../vendor/preact.js"
import { icon } from "./icon.js"

/**
 * @typedef {{ value: any, label: any, small?: any, num?: string, wide?: boolean, urgent?: boolean }} Option
 * @param {{ options: Option[], value: any, onPick: (value: any) => void, shape?: "" | "two" | "three" | "four", big?: boolean,
 *           centre?: boolean, many?: boolean, name?: string, describedby?: string }} props
 *   `many`: checkboxes; then `value` is a list
 */
export function Choices({ options, value, onPick, shape = "", big, centre, many, name, describedby }) {
  const own = useId()
  return html`
    <div class=${shape ? `choices choices-${shape}` : "choices"}>
      ${options.map(
        (option) => html`
          <label key=${String(option.value)} class=${look(option, big, centre)}>
            <input
              type=${many ? "checkbox" : "radio"}
              name=${name ?? own}
              autocomplete="off"
              aria-describedby=${describedby}
              checked=${many ? value.includes(option.value) : value === option.value}
              onChange=${() => onPick(many ? toggled(value, option.value) : option.value)}
            />
            ${option.num && html`<span class="num">${option.num}</span>`}
            <span>${option.label}${option.small && html`<small>${option.small}</small>`}</span>
            ${!centre && html`<span class="tick">${icon("check")}</span>`}
          </label>
        `,
      )}
    </div>
  `
}

/** @param {Option} option @param {boolean | undefined} big @param {boolean | undefined} centre */
function look(option, big, centre) {
  return [
    "choice",
    big && "choice-big",
    centre && "choice-centre",
    option.wide && "choice-wide",
    option.urgent && "choice-urgent",
  ]
    .filter(Boolean)
    .join(" ")
}

/** @param {any[]} list @param {any} value */
const toggled = (list, value) =>
  list.includes(value) ? list.filter((one) => one !== value) : [...list, value]
