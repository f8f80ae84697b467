// The road of a record: on this phone → sent → at the office → read. Each stop has a word and a shape, and the line
// is filled only as far as is true. A held record stops at the office with its reason.

import { html } from "../../vendor/preact.js"
import { t } from "../texts.js"

/** @import { RecordRow } from "../shapes.d.ts" */

const STOPS = ["on_phone", "sent", "at_office", "read"]

/** @param {{ record: RecordRow }} props */
export function Road({ record }) {
  const held = Boolean(record.held)
  const here = record.refused ? 0 : held ? 2 : STOPS.indexOf(record.state)
  return html`<ol class="road" aria-label=${t("road.where")}>
    ${STOPS.map((stop, i) => html`<li key=${stop} class=${look(i, here, held)} aria-current=${i === here ? "step" : undefined}>
      ${t(held && i === 2 ? "road.held" : `road.${stop}`)}</li>`)}
  </ol>`
}

/** @param {number} i @param {number} here @param {boolean} held */
function look(i, here, held) {
  if (i < here) return "been"
  if (i > here) return ""
  return here === 0 ? "waiting" : held ? "held" : "here"
}
