// The safety card: an ink frame, no alarm colour, never folded. Flags go stale: each shows where it comes from and when
// it is to be looked at again; a flag past that date stays, hatched.

import { html } from "../../vendor/preact.js"
import { day, isoDay, month } from "../words/dates.js"
import { now } from "../words/clock.js"
import { gap, t } from "../words/texts.js"
import { icon } from "./icon.js"

/** @param {{ flags: import("../shapes.d.ts").SafetyFlag[], checkedOn?: string | null }} props */
export const SafetyCard = ({ flags, checkedOn }) => html`
  <section class="safety" aria-labelledby="safety">
    <h2 id="safety">${icon("shield", true)}${t("safety")}<span>${t("safety.when")}</span></h2>
    ${
      flags.length > 0
        ? html`
          <ul>
            ${flags.map(
              (flag) => html`
                <li key=${flag.flag} class=${isStale(flag) ? "stale" : ""}>
                  <b>${flag.text}</b>
                  <small>
                    ${t("safety.source", { source: flag.source })}
                    ${gap()}
                    <span class="together">
                      ${t(isStale(flag) ? "safety.stale" : "safety.review", { month: month(flag.reviewOn) })}
                    </span>
                  </small>
                </li>
              `,
            )}
          </ul>
        `
        : html`
          <p class="safety-none">
            <b>${t("safety.none")}</b>
            <small>${checkedOn ? t("safety.checked", { day: day(checkedOn) }) : t("safety.unchecked")}</small>
          </p>
        `
    }
  </section>
`

/** @param {{ reviewOn: string }} flag */
const isStale = ({ reviewOn }) => reviewOn < isoDay(now.value)
