// The road of a record: on this phone → sent → at the office → read. Each stop has a word and a shape, and the line
// is filled only as far as is true. A held record stops at the office with its reason.

import { html } from "../../vendor/preact.js"
import { now } from "../words/clock.js"
import { nearTime } from "../words/dates.js"
import { icon } from "./icon.js"
import { known, t } from "../words/texts.js"
import { ORDER } from "../store/record_states.js"

/** @import { RecordRow } from "../shapes.d.ts" */

/** @param {{ record: RecordRow }} props */
export function Road({ record }) {
  const held = Boolean(record.held)
  const here = record.refused ? 0 : held ? 2 : ORDER.indexOf(record.state)
  return html`<ol class="road" aria-label=${t("road.where")}>
    ${ORDER.map(
      (
        stop,
        i,
      ) => html`<li key=${stop} class=${look(i, here, held)} aria-current=${i === here ? "step" : undefined}>
      ${t(held && i === 2 ? "road.held" : `road.${stop}`)}</li>`,
    )}
  </ol>`
}

/** Who read it, and what they said of it: approved, or asked, or the answer is on its way back. @param {{ record: RecordRow }} props */
export function Heard({ record: { readBy, review } }) {
  const said =
    review &&
    known(`review.said.${review.status}`) &&
    t(`review.said.${review.status}`, { name: review.by, at: nearTime(review.at, now.value) })
  return html`
    ${readBy.map(
      ({ name, at }) =>
        html`<p key=${name} class="soft">${t("read.by", { name, at: nearTime(at, now.value) })}</p>`,
    )}
    ${
      said &&
      html`
        <p class=${review?.status === "approved" ? "approved" : "soft"}>
          ${review?.status === "approved" && icon("done", true)}
          ${said}
        </p>
      `
    }
  `
}

/** @param {number} i @param {number} here @param {boolean} held */
function look(i, here, held) {
  if (i < here) return "been"
  if (i > here) return ""
  return here === 0 ? "waiting" : held ? "held" : "here"
}
