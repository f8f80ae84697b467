// The versions of a record. A correction does not replace what was there: both are shown, with who and when.

import { html } from "../../../vendor/preact.js"
import { nearTime } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { Part } from "../../components/list.js"
import { t } from "../../words/texts.js"
import { fieldName, inWords } from "../../visit/fields.js"

/** @typedef {{ id: string, at: string, by: string, changed?: string[], was?: Record<string, any>, comment?: string }} Version */

/** @param {{ versions: Version[], people: { members: any[] } }} props oldest first */
export const History = ({ versions, people }) =>
  versions.length > 1 &&
  html`
    <${Part} title=${t("history")}>
      <ol class="sheet">
        ${versions.map(
          (version, i) => html`
            <li key=${version.id} class="version">
              <p>
                <b>${t(i === 0 ? "history.first" : "history.corrected", { n: i })}</b> <span class="soft">${version.by}　${nearTime(version.at, now.value)}</span>
              </p>
              ${(version.changed ?? []).map(
                (path) => html`
                  <div key=${path} class="was">
                    <span class="soft">${t("history.was", { field: fieldName(path) })}</span>
                    <blockquote class="quoted">
                      ${inWords(path, version.was?.[path], people) || t("history.empty")}
                    </blockquote>
                  </div>
                `,
              )}
              ${version.comment && html`<p>${version.comment}</p>`}
            </li>
          `,
        )}
      </ol>
    <//>
  `
