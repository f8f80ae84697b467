// One thing the relay will not take: why, what is in it, and the three ways on. Giving it up takes two deliberate steps:
// first one is shown what would be lost, then one says that one knows it.

import { html, useState } from "../../../vendor/preact.js"
import { dayTime } from "../../words/dates.js"
import { useDoor } from "../../session/context.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useAsked, useCases } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { troubleText } from "../../components/news.js"
import { go, place, swap } from "../../shell/router.js"
import { coded, known, line, t } from "../../words/texts.js"

/** @import { Aside, CaseSheet } from "../../shapes.d.ts" */

/** Why, in words. @param {"held" | "refused"} group @param {string | undefined} code */
export const reason = (group, code) =>
  code && known(`${group}.${code}`) ? t(`${group}.${code}`) : t(`${group}.other`, { code: code ?? "" })

export function SetAside() {
  const door = useDoor()
  const aside = useAside()
  const again = async () => {
    await door.sendAgain(place.value.carried.envelope)
    await door.syncNow()
    swap("sync")
  }
  if (!aside) return html`<${Gone} />`
  return html`
    <${Screen}
      title=${t("aside.title")}
      parent="sync"
      dock=${html`
        <${TaskDock}>
          <button class="button button-main" type="button" onClick=${again}>
            ${icon("send")}
            ${t("refused.retry")}
          </button>
        <//>
      `}
    >
      <div class="reason">
        <strong>${icon("pause", true)}${t("refused.title")}</strong>
        <p>${reason("refused", aside.reason)}</p>
        <p class="soft">${t("refused.next")}</p>
      </div>
      <${Part} title=${t("aside.holds")}><${Contents} aside=${aside} /><//>
      <${Part} title=${t("aside.ways")}>
        <p class="note">${t("aside.ways.what")}</p>
        <div class="stack">
          <button class="button" type="button" onClick=${() => go("rescue")}>
            ${icon("lock")}
            ${t("aside.copy")}
          </button>
          <button
            class="button button-plain"
            type="button"
            onClick=${() => go("discard", { envelope: aside.envelope })}
          >
            ${t("aside.discard")}
          </button>
        </div>
      <//>
    <//>
  `
}

export function Discard() {
  const { envelope } = place.value.carried
  const door = useDoor()
  const aside = useAside()
  const [sure, setSure] = useState(false)
  const [trouble, setTrouble] = useState("")
  const seen = useAsked(() => door.askToDiscard(envelope).catch(() => null), [envelope, trouble])
  const discard = async () => {
    try {
      await door.discard(/** @type {any} */ (seen))
      swap("sync")
    } catch (/** @type {any} */ error) {
      setSure(false)
      setTrouble(error?.code ?? "fault")
    }
  }
  if (!aside) return html`<${Gone} />`
  return html`
    <${Screen}
      title=${t("aside.discard.title")}
      parent="set-aside"
      carried=${{ envelope }}
      dock=${html`
        <${TaskDock}>
          <button class="button" type="button" onClick=${() => swap("set-aside", { envelope })}>
            ${t("aside.discard.not")}
          </button>
        <//>
      `}
    >
      <p>${t("aside.discard.what")}</p>
      <${Contents} aside=${aside} />
      <div class="reason">
        <strong>${icon("missing", true)}${t("aside.discard.lost")}</strong>
        <p>${t("aside.discard.copy_first")}</p>
      </div>
      <label class="promise plain">
        <input type="checkbox" autocomplete="off" checked=${sure} onChange=${() => setSure(!sure)} />
        <span>${t("aside.discard.sure")}</span>
      </label>
      ${
        trouble &&
        html`
          <p class="reason" role="alert">
            ${known(`aside.trouble.${trouble}`) ? t(`aside.trouble.${trouble}`) : troubleText(trouble)}
          </p>
        `
      }
      <button class="button" type="button" disabled=${!sure || !seen} onClick=${discard}>
        ${t("aside.discard.do")}
      </button>
      ${!sure && html`<p class="help">${t("aside.discard.tick")}</p>`}
    <//>
  `
}

const Gone = () =>
  html`
    <${Screen} title=${t("aside.title")} parent="sync" dock=${html`<${TaskDock} />`}>
      <p class="note">${t("aside.gone")}</p>
    <//>
  `

/** @returns {Aside | undefined} */
const useAside = () =>
  useDoor().setAside.value.find(({ envelope }) => envelope === place.value.carried.envelope)

/** @param {{ aside: Aside }} props */
function Contents({ aside }) {
  const cases = useCases()
  return html`
    <ul class="sheet">
      ${contents(aside, cases).map(
        ({ name, small }, i) =>
          html`
            <li key=${i} class="row row-bare">
              <span class="row-body">
                <span class="row-name">${name}</span>
                ${small && html`<span class="soft">${small}</span>`}
              </span>
            </li>
          `,
      )}
      ${
        aside.photos > 0 &&
        html`
          <li class="row row-bare">
            <span class="row-body">${line(t("field.photos"), t("photos.count", { n: aside.photos }))}</span>
          </li>
        `
      }
    </ul>
  `
}

/** What is in it, a line an event. @param {Aside} aside @param {CaseSheet[]} cases @returns {{ name: string, small: string }[]} */
export function contents({ events }, cases) {
  if (events.length === 0) return [{ name: t("aside.brought"), small: t("aside.brought.what") }]
  return events.map(({ type, case: id, at, body }) => ({
    name: line(
      cases.find((one) => one.id === id)?.title,
      t(known(`aside.of.${type}`) ? `aside.of.${type}` : "aside.of.other"),
    ),
    small: line(coded("channel", body.channel), dayTime(body.occurredAt ?? at)),
  }))
}
