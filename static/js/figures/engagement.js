// 今の距離: a step line 0-7 with words on the axis, absences and letters as marks, reactions as dots below.
//
// A falling line is drawn like a rising one. More than 90 days without an event are hatched as unconfirmed. The table
// beside it says the same. Not for comparing workers, and it never says better or worse (domain §5.2).

import { html, useId } from "../../vendor/preact.js"
import { day, eraYear, monthDay, onClock, shortDay } from "../words/dates.js"
import { now } from "../words/clock.js"
import { icon } from "../components/icon.js"
import { coded, language, line as joined, t } from "../words/texts.js"
import { dayScale, monthTicks } from "./scale.js"

/** @import { LinePoint } from "../shapes.d.ts" */

const LEFT = 150,
  RIGHT = 346,
  TOP = 14,
  STEP = 30,
  UNCONFIRMED_AFTER = 90 * 86_400_000
const Y = { absent: 258, letter: 284, reaction: 386, months: 434, years: 454 }
const stageY = (/** @type {number} */ stage) => TOP + (7 - stage) * STEP
const reactionY = (/** @type {number} */ reaction) => Y.reaction - reaction * 22
const LETTERS = new Set(["letter", "left_note"])

/** Marks of days nobody was met. @type {Record<string, (x: number) => any>} */
const ABSENT = {
  cancelled: (x) => html`<rect class="mark" x=${x - 4} y=${Y.absent - 4} width="8" height="8" />`,
  not_met: (x) => html`<path class="mark" d=${`M${x} ${Y.absent - 7}l7 7-7 7-7-7z`} />`,
  refused: (x) => html`<path class="mark" d=${`M${x - 6} ${Y.absent - 5.5}h12l-6 11z`} />`,
}
const absence = (/** @type {string} */ outcome) =>
  outcome.startsWith("cancelled")
    ? "cancelled"
    : outcome.startsWith("not_met")
      ? "not_met"
      : outcome === "refused_at_door"
        ? "refused"
        : null

/** @param {{ line: LinePoint[] }} props in order of time */
export function Engagement({ line }) {
  const id = useId()
  const points = line
    .map((point) => ({ ...point, ms: new Date(point.at).getTime() }))
    .sort((a, b) => a.ms - b.ms)
  const to = Math.max(now.value.getTime(), points[points.length - 1].ms)
  const x = dayScale(points[0].ms, to, LEFT + 10, RIGHT)
  const judged = points.filter(({ stage }) => stage !== null)
  const last = judged[judged.length - 1]
  return html`
    <figure class="figure">
      <svg viewBox="0 0 358 460" role="img" aria-labelledby=${`${id}t ${id}d`}>
        <title id=${`${id}t`}>${t("distance.title")}</title>
        <desc id=${`${id}d`}>${described(judged)}</desc>
        <defs>
          <pattern id=${`${id}h`} width="6" height="6" patternUnits="userSpaceOnUse">
            <path class="hatch" d="M0 6L6 0" />
          </pattern>
        </defs>
        ${[0, 1, 2, 3, 4, 5, 6, 7].map((stage) => axis(stage, last?.stage ?? null))}
        ${gaps(judged, to).map(
          ([from, until]) =>
            html`
              <rect
                class="unconfirmed"
                fill=${`url(#${id}h)`}
                x=${x(from)}
                y=${TOP - 8}
                width=${Math.max(4, x(until) - x(from))}
                height=${7 * STEP + 16}
              />
            `,
        )}
        ${judged.length > 0 && html`<path class="stage-line" d=${steps(judged, x, to)} />`}
        ${
          last &&
          html`
            <circle class="stage-now" cx=${x(to)} cy=${stageY(/** @type {number} */ (last.stage))} r="5" />
          `
        }
        <text x="0" y=${Y.absent + 5}>${t("distance.absent")}</text>
        <path class="grid" d=${`M${LEFT} ${Y.absent}H${RIGHT}`} />
        ${points.map(({ ms, outcome }) => {
          const kind = absence(outcome)
          return kind && ABSENT[kind](x(ms))
        })}
        <text x="0" y=${Y.letter + 5}>${t("distance.letters")}</text>
        <path class="grid" d=${`M${LEFT} ${Y.letter}H${RIGHT}`} />
        ${points
          .filter(({ channel, outcome }) => LETTERS.has(channel) || outcome === "not_met_left_note")
          .map(
            ({ ms }) =>
              html`
                <path
                  class="mark"
                  d=${`M${x(ms) - 7} ${Y.letter - 5}h14v10h-14zM${x(ms) - 7} ${Y.letter - 5}l7 6 7-6`}
                />
              `,
          )}
        ${[3, 2, 1, 0, -1].map(reactionAxis)}
        ${points
          .filter(({ reaction }) => reaction !== null)
          .map(({ ms, reaction }) => dot(x(ms), Number(reaction)))}
        ${months(points[0].ms, to, x)}
      </svg>
      ${gaps(judged, to).length > 0 && html`<p class="note">${t("distance.unconfirmed")}</p>`}
      <ul class="legend">
        ${legendOf(points).map(
          (kind) =>
            html`
              <li key=${kind}>
                <svg viewBox="0 0 24 20" aria-hidden="true">
                  <g transform=${`translate(12 ${10 - Y.absent})`}>${ABSENT[kind](0)}</g>
                </svg>
                ${t(`distance.${kind}`)}
              </li>
            `,
        )}
      </ul>
      <figcaption class="note">${t("distance.caption")}</figcaption>
      <details class="as-list">
        <summary>${icon("go", true)}${t("as_table")}</summary>
        <${AsTable} points=${points} />
      </details>
    </figure>
  `
}

/** @param {number} stage @param {number | null} here */
function axis(stage, here) {
  const y = stageY(stage),
    look = stage === here ? "now" : undefined
  const words = t(`stage.${stage}.axis`).split("|")
  const first = words.length > 1 ? y - 4 : y + 5
  return html`
    <path class="grid" d=${`M${LEFT} ${y}H${RIGHT}`} />
    <text class=${look} x="0" y=${y + 5}>${stage}</text>
    ${words.map((word, i) => html`<text class=${look} x="18" y=${first + i * 16}>${word}</text>`)}
  `
}

/** @param {number} reaction */
const reactionAxis = (reaction) => html`
  <path class="grid" d=${`M${LEFT} ${reactionY(reaction)}H${RIGHT}`} />
  <text x="16" y=${reactionY(reaction) + 5} class="end">${signed(reaction)}</text>
  <text x="24" y=${reactionY(reaction) + 5}>${t(`reaction.${reaction}.axis`)}</text>
`

/** @param {number} x @param {number} reaction */
function dot(x, reaction) {
  const y = reactionY(reaction)
  if (reaction > 0) return html`<circle class="react" cx=${x} cy=${y} r="4.5" />`
  return html`
    <circle class="react-none" cx=${x} cy=${y} r=${reaction < 0 ? 5 : 4.5} />
    ${reaction < 0 && html`<path class="react-bar" d=${`M${x - 3} ${y}h6`} />`}
  `
}

/** @param {{ ms: number, stage: number | null }[]} judged @param {(ms: number) => number} x @param {number} to */
function steps(judged, x, to) {
  return (
    judged.reduce(
      (path, { ms, stage }, i) =>
        `${path}${i === 0 ? "M" : "H"}${x(ms)}${i === 0 ? " " : "V"}${stageY(Number(stage))}`,
      "",
    ) + `H${x(to)}`
  )
}

/** Stretches of more than 90 days that no event confirms. @param {{ ms: number }[]} judged @param {number} to @returns {[number, number][]} */
function gaps(judged, to) {
  return judged
    .map(({ ms }, i) => /** @type {[number, number]} */ ([ms + UNCONFIRMED_AFTER, judged[i + 1]?.ms ?? to]))
    .filter(([from, until]) => until > from)
}

/** @param {number} from @param {number} to @param {(ms: number) => number} x */
function months(from, to, x) {
  const ticks = monthTicks(from, to, 5)
  const name = (/** @type {Date} */ date) =>
    language.value === "ja" ? `${onClock(date).month}月` : monthDay(date).split(" ")[1]
  const year = (/** @type {number | Date} */ at) =>
    language.value === "ja" ? eraYear(at) : String(onClock(at).year)
  return html`
    ${ticks.map((date) => html`<text class="mid" x=${x(date.getTime())} y=${Y.months}>${name(date)}</text>`)}
    <text x=${LEFT} y=${Y.years}>${year(from)}</text>
    ${year(from) !== year(to) && html`<text class="end" x=${RIGHT + 8} y=${Y.years}>${year(to)}</text>`}
  `
}

/** @param {{ outcome: string }[]} points @returns {string[]} */
const legendOf = (points) =>
  ["cancelled", "not_met", "refused"].filter((kind) =>
    points.some(({ outcome }) => absence(outcome) === kind),
  )

/** @param {number} reaction */
const signed = (reaction) => (reaction > 0 ? `+${reaction}` : reaction < 0 ? `−${-reaction}` : "0")

/** @param {(LinePoint & { ms: number })[]} judged */
function described(judged) {
  if (judged.length === 0) return t("distance.nothing")
  const [first, last] = [judged[0], judged[judged.length - 1]]
  return t("distance.described", {
    from: day(first.at),
    first: t(`stage.${first.stage}`),
    to: day(last.at),
    last: t(`stage.${last.stage}`),
    n: judged.length,
  })
}

/** @param {{ points: (LinePoint & { ms: number })[] }} props */
const AsTable = ({ points }) => html`
  <table>
    <thead>
      <tr>
        <th scope="col">${t("table.day")}</th>
        <th scope="col">${t("table.what")}</th>
        <th scope="col">${t("distance")}</th>
        <th scope="col">${t("reaction")}</th>
      </tr>
    </thead>
    <tbody>
      ${points.toReversed().map(
        ({ at, channel, outcome, stage, reaction, stageEvent }) => html`
          <tr key=${at}>
            <td><time datetime=${at}>${shortDay(at)}</time></td>
            <td>
              ${joined(coded("channel", channel), coded("outcome", outcome))}
              ${stageEvent && html`<br />${stageEvent}`}
            </td>
            <td>${stage === null ? "–" : `${stage} ${t(`stage.${stage}`)}`}</td>
            <td>${reaction === null ? "–" : signed(reaction)}</td>
          </tr>
        `,
      )}
    </tbody>
  </table>
`
