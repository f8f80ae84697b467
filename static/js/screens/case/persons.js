// Who lives there and how they are reached: only in the sheet of a case this phone is assigned, never in a title,
// an address or a notification. A number is called by one tap, an address is copied, or handed to the phone's own map
// once it was said whom that tells what.

import { html, useState } from "../../../vendor/preact.js"
import { Part } from "../../components/list.js"
import { telLink } from "../../components/numbers.js"
import { icon } from "../../components/icon.js"
import { isApple } from "../../shell/installing.js"
import { mapLink } from "../../visit/map_link.js"
import { day } from "../../words/dates.js"
import { t } from "../../words/texts.js"

/** @import { Person } from "../../shapes.d.ts" */

/** @param {{ persons: Person[] | undefined }} props */
export const Persons = ({ persons = [] }) =>
  persons.length > 0 &&
  html`<${Part} title=${t("persons")}>
  ${persons.map((one) => html`<${Reached} key=${one.member} person=${one} />`)}<//>`

/** @param {{ person: Person }} props */
const Reached = ({ person: { label, name, reading, birthDate, address, telephone } }) => html`
  <dl class="facts">
    <dt>${label}</dt>
    <dd><b>${name || t("persons.no_name")}</b>${reading && html`<br />${reading}`}</dd>
    ${birthDate && html`<dt>${t("persons.born")}</dt><dd>${day(birthDate)}</dd>`}
    ${
      address &&
      html`
        <dt>${t("persons.address")}</dt>
        <dd>${address}<br /><${Copy} text=${address} /> <${OnMap} address=${address} /></dd>
      `
    }
    ${
      telephone &&
      html`
        <dt>${t("persons.telephone")}</dt>
        <dd>
          <a class="button" href=${telLink(telephone)}>
            ${icon("call")}
            <span class="num">${telephone}</span>
          </a>
        </dd>
      `
    }
  </dl>
`

/** Copied for the phone's own map; what that means is said before it is pasted anywhere. @param {{ text: string }} props */
function Copy({ text }) {
  const [told, setTold] = useState("")
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setTold(t("persons.copied")),
      () => setTold(t("persons.not_copied")),
    )
  return html`
    <button class="button" type="button" onClick=${copy}>${t("persons.copy")}</button>
    <span role="status" class="soft">${told}</span>
  `
}

/** The link is there only after the sentence, so no address stands in one before. @param {{ address: string }} props */
function OnMap({ address }) {
  const [asked, setAsked] = useState(false)
  if (!asked)
    return html`
      <button class="button" type="button" onClick=${() => setAsked(true)}>${t("persons.map")}</button>
    `
  return html`
    <span role="status" class="soft">${t("persons.map.tells")}</span>
    <span class="pair">
      <button class="button" type="button" onClick=${() => setAsked(false)}>${t("persons.map.not")}</button>
      <a
        class="button"
        href=${mapLink(address, isApple())}
        target="_blank"
        rel="noopener noreferrer"
        onClick=${() => setAsked(false)}
      >
        ${t("persons.map.open")}
      </a>
    </span>
  `
}
