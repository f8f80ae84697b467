// The gate: lock screen and enrolment. It shows no name, no place, no number of a case.

import { html } from "../../vendor/preact.js"
import { t } from "../words/texts.js"

const STEPS = ["install", "code", "words", "unlock"]

/** @param {{ at: number }} props which of the four steps is under way */
export const EnrolSteps = ({ at }) =>
  html`
    <ol class="enrol-steps">
      ${STEPS.map(
        (step, i) => html`
          <li key=${step} class=${i < at ? "done" : ""} aria-current=${i === at ? "step" : undefined}>
            ${t(`enrol.step.${step}`)}
          </li>
        `,
      )}
    </ol>
  `
