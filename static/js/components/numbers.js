// Emergency numbers. 119 and 110 are built in; the others come from the office, and a missing one says who sets it.

import { html } from "../../vendor/preact.js"
import { useDoor } from "../session/context.js"
import { said, t } from "../words/texts.js"
import { icon } from "./icon.js"

/** @import { OfficeNumber } from "../shapes.d.ts" */

const ORDER = ["supervisor", "office_night", "health_centre", "psychiatric", "helpline"]

/** The office's numbers in the order they are needed; without 119 and 110. @returns {OfficeNumber[]} */
export function useNumbers() {
  const door = useDoor()
  const all = /** @type {OfficeNumber[]} */ (door.numbers.value)
  return all.filter(({ kind }) => kind !== "fire" && kind !== "police").sort((a, b) => rank(a) - rank(b))
}

/** @param {OfficeNumber} number */
const rank = ({ kind }) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length)

/** While the phone is locked a number has its kind and no name. @param {OfficeNumber} number */
export const numberName = ({ label, kind }) => said(label) || t(`number.${kind}`)

/** @param {string} tel */
export const telLink = (tel) => `tel:${tel.replace(/[^0-9+#*]/g, "")}`

/** 119, 110 and the supervisor in one row. */
export function QuickNumbers() {
  const supervisor = useNumbers().find(({ kind, tel }) => kind === "supervisor" && tel)
  return html`
    <nav class="urgent-quick" aria-label=${t("urgent.quick")}>
      <a href="tel:119"><span class="num">119</span>${t("number.fire")}</a>
      <a href="tel:110"><span class="num">110</span>${t("number.police")}</a>
      ${
        supervisor
          ? html`<a href=${telLink(supervisor.tel)}>${icon("call")}${t("number.supervisor")}</a>`
          : html`<span class="unset">${t("number.supervisor")}<small>${t("number.unset")}</small></span>`
      }
    </nav>
  `
}

/** @param {{ numbers: OfficeNumber[] }} props */
export const NumberList = ({ numbers }) =>
  html`
    <ul class="numbers">
      ${numbers.map(
        (number) =>
          html`
            <li key=${number.id}>
              ${
                number.tel
                  ? html`
                    <a href=${telLink(number.tel)}>
                      <b class="strong">${numberName(number)}</b>
                      <span class="num">${number.tel}</span>
                      ${icon("call")}
                    </a>
                  `
                  : html`
                    <p>
                      <b class="strong">${numberName(number)}</b>
                      <span class="soft">${t("number.unset.who")}</span>
                    </p>
                  `
              }
            </li>
          `,
      )}
    </ul>
  `
