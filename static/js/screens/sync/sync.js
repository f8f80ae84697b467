// Where each record truly is. Held ones come first, with their reason and who sees them; nothing is called "synced".

import { html, useState } from "../../../vendor/preact.js"
import { clockTime, nearDay, nearTime, sameDay, shortDay } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Below } from "../../components/deferred.js"
import { Screen, TabDock } from "../../components/frame.js"
import { useCases, useNews } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { LOUD, NewsStrips, Strip, troubleText } from "../../components/news.js"
import { Heard, Road } from "../../components/record_road.js"
import { go } from "../../shell/router.js"
import { coded, gap, t } from "../../words/texts.js"
import { heldNext } from "../../visit/assured.js"
import { contents, reason } from "./refused.js"

/** @import { Aside, RecordRow } from "../../shapes.d.ts" */

const FIRST_LOOK = 4 // records that fill a screen

export function Sync() {
  const { records, road, setAside } = useDoor()
  const cases = useCases()
  const names = new Map(cases.map(({ id, title }) => [id, title]))
  const stuck = records.value.filter((record) => record.held || record.refused)
  const rest = records.value.filter((record) => !record.held && !record.refused)
  const small = setAside.value.filter(({ envelope }) => !stuck.some((record) => record.envelope === envelope))
  const { lastContact, officeTime } = road.value
  useNews(records.value.some(({ state }) => state === "sent"))
  const one = (/** @type {RecordRow} */ record) =>
    html`<${One} key=${record.visit} record=${record} name=${names.get(record.case) ?? t("case.gone")} />`
  const list = (/** @type {RecordRow[]} */ rows) =>
    html`
      <ol class="sheet">
        ${rows.slice(0, FIRST_LOOK).map(one)}
        <${Below}>${() => rows.slice(FIRST_LOOK).map(one)}<//>
      </ol>
    `
  return html`
    <${Screen} title=${t("sync")} dock=${html`<${TabDock} here="sync" strip=${false} />`}>
      <${NewsStrips} />
      <${Sending} />
      ${
        stuck.length + small.length > 0 &&
        html`
          <${Part} title=${t("sync.look")}>
            ${stuck.length > 0 && list(stuck)}
            ${
              small.length > 0 &&
              html`
                <ol class="sheet">
                  ${small.map(
                    (aside) =>
                      html`
                        <li key=${aside.envelope} class="record">
                          <h3>${contents(aside, cases)[0].name}</h3>
                          <${Refused} aside=${aside} />
                        </li>
                      `,
                  )}
                </ol>
              `
            }
          <//>
        `
      }
      ${rest.length > 0 && html`<${Part} title=${t("sync.records")}>${list(rest)}<//>`}
      <p class="note">
        ${t("sync.kept")} ${officeTime || lastContact ? t("sync.last", { at: nearTime(/** @type {string} */ (officeTime ?? lastContact), now.value) }) : t("sync.never")}
      </p>
      <button class="button button-plain" type="button" onClick=${() => go("rescue")}>
        ${t("rescue.link")}
      </button>
    <//>
  `
}

/** What is on this phone only, and the one button. */
function Sending() {
  const door = useDoor()
  const { unsent, oldest, busy, problem } = door.road.value
  const [tried, setTried] = useState(false)
  const send = async () => {
    await door.syncNow()
    setTried(true)
  }
  const photos = door.records.value.reduce((sum, { unsentBlobs }) => sum + (unsentBlobs ?? 0), 0)
  const left = unsent > 0 || photos > 0
  return html`
    <section class=${left ? "sending" : "sending sending-done"} aria-labelledby="left">
      <h2 id="left">
        ${icon(left ? "device" : "done")}
        ${
          left
            ? t(unsent > 0 ? "sync.here" : "sync.photos_here", { n: unsent || photos })
            : t("sync.nothing_left")
        }
      </h2>
      <p>${t(left ? "sync.auto" : "sync.nothing_left.why")}</p>
      ${
        unsent > 0 &&
        oldest &&
        html`
          <p class="soft">
            ${t("unsent.oldest", { at: nearTime(oldest, now.value) })}
            ${photos > 0 && html`${gap()}${t("sync.photos_too", { n: photos })}`}
          </p>
        `
      }
      <p role="status">
        ${
          busy
            ? t("sync.busy")
            : problem
              ? !LOUD.has(problem.code) && troubleText(problem.code)
              : tried
                ? t(left ? "sync.tried" : "sync.fresh", { at: clockTime(now.value) })
                : ""
        }
      </p>
      <button class="button button-main" type="button" disabled=${busy} onClick=${send}>
        ${icon("send")}
        ${t(left ? "sync.now" : "sync.ask")}
      </button>
    </section>
  `
}

/** @param {{ record: RecordRow, name: string }} props */
function One({ record, name }) {
  const door = useDoor()
  return html`
    <li class="record">
      <h3>
        <button
          class="link"
          type="button"
          onClick=${() => go("contact", { case: record.case, visit: record.visit })}
        >
          ${name}
          ${gap()}
          ${coded("channel", record.channel)}
        </button>
        <time datetime=${record.at}>
          ${sameDay(record.at, now.value) ? `${nearDay(record.at, now.value)} ` : `${shortDay(record.at)} `}
          ${clockTime(record.at)}
        </time>
      </h3>
      ${
        record.undone
          ? html`<p class="soft">${t(`undo.was.${record.undone}`)}</p>`
          : html`<${Road} record=${record} /><${Heard} record=${record} />`
      }
      ${
        record.unsentBlobs > 0 && html`<p class="soft">${t("sync.photos_too", { n: record.unsentBlobs })}</p>`
      }
      ${
        record.review?.status === "returned" &&
        html`
          <button class="button" type="button" onClick=${() => go("review", { visit: record.visit })}>
            ${t("returned.open")}
          </button>
        `
      }
      ${
        record.held &&
        html`
          <${Strip}
            picture="pause"
            title=${t("held.title")}
            text=${html`
              ${reason("held", record.held.reason)}
              <br />
              <span class="soft">${t(heldNext(record.held.reason))}</span>
            `}
          />
        `
      }
      ${
        record.refused &&
        record.envelope &&
        html`<${Refused} aside=${{ envelope: record.envelope, reason: record.refused }} />`
      }
    </li>
  `
}

/** The reason, *try again*, and the way to all the rest. @param {{ aside: Pick<Aside, "envelope" | "reason"> }} props */
function Refused({ aside: { envelope, reason: code } }) {
  const door = useDoor()
  return html`
    <${Strip}
      picture="pause"
      title=${t("refused.title")}
      text=${html`${reason("refused", code)}<br /><span class="soft">${t("refused.next")}</span>`}
      act=${t("refused.retry")}
      onAct=${() => door.sendAgain(envelope).then(() => door.syncNow())}
    />
    <button class="button button-plain" type="button" onClick=${() => go("set-aside", { envelope })}>
      ${t("aside.more")}
    </button>
  `
}
