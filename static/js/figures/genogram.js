// The genogram of a household, read-only: letters instead of names, unknown stays unknown, and a relation that was only
// inferred is dotted. A list beside it says the same (domain §4).

import { html, useId } from "../../vendor/preact.js"
import { icon } from "../components/icon.js"
import { coded, line, t } from "../words/texts.js"
import { lives, standing, WIDTH } from "./household.js"

/** @import { Household, Member } from "../shapes.d.ts" */
/** @import { Stood } from "./household.js" */

const TOP = 34,
  SHAPE = 54,
  TEXT = 20

/** @param {{ household: Household }} props */
export function Genogram({ household }) {
  const id = useId()
  const { stood, rows, slot, homeColumns } = standing(household)
  const single = soleParents(household)
  const notes = new Map(
    household.members.map((member) => [
      member.id,
      wrapped(noteOf(member), single.has(member.id) ? (WIDTH - slot) / 2 : slot - 8),
    ]),
  )
  const tops = rowTops(rows, (member) => (single.has(member.id) ? 0 : (notes.get(member.id)?.length ?? 0)))
  const height = tops[tops.length - 1] - 16
  const y = (/** @type {Stood} */ { row }) => tops[row]
  return html`
    <figure class="figure">
      <svg viewBox=${`0 0 ${WIDTH} ${height + 8}`} role="img" aria-labelledby=${`${id}t ${id}d`}>
        <title id=${`${id}t`}>${t("genogram.title")}</title>
        <desc id=${`${id}d`}>
          ${household.members.map((member) => memberLine(member, household)).join(" / ")}
        </desc>
        ${
          household.members.some(lives) &&
          html`
            <rect
              class="home"
              x="6"
              y="6"
              width=${Math.round(homeColumns * slot) - 12}
              height=${height - 6}
              rx="24"
            />
          `
        }
        ${links(household, stood, y)
          .sort((a, b) => (a.certainty === "stated" ? 1 : 0) - (b.certainty === "stated" ? 1 : 0))
          .map(
            ({ d, certainty }) =>
              html`<path class=${certainty === "stated" ? "stated" : "inferred"} d=${d} />`,
          )}
        ${[...stood.values()].map(
          (one) => html`
            <g key=${one.member.id}>
              ${figure(one, y(one))}
              ${(notes.get(one.member.id) ?? []).map((text, i) =>
                single.has(one.member.id)
                  ? html`<text x=${one.x + 38} y=${y(one) + 20 + i * TEXT}>${text}</text>`
                  : html`
                    <text
                      class=${one.member.index && i === 0 ? "now mid" : "mid"}
                      x=${one.x}
                      y=${y(one) + SHAPE + (one.member.index ? 27 : 20) + i * TEXT}
                    >
                      ${text}
                    </text>
                  `,
              )}
            </g>
          `,
        )}
      </svg>
      <ul class="legend">${legend(household)}</ul>
      <details class="as-list">
        <summary>${icon("go", true)}${t("as_list")}</summary>
        <ul class="said">
          ${household.members.map(
            (member) => html`<li key=${member.id}>${memberLine(member, household)}</li>`,
          )}
        </ul>
      </details>
    </figure>
  `
}

/** @param {Stood} stood @param {number} y top of the figure */
function figure({ member, x }, y) {
  const shape = (/** @type {number} */ more) => {
    const half = SHAPE / 2 + more
    const middle = y + SHAPE / 2
    if (member.sex === "male")
      return html`
        <rect class="person" x=${x - half} y=${middle - half} width=${half * 2} height=${half * 2} />
      `
    if (member.sex === "female") return html`<circle class="person" cx=${x} cy=${middle} r=${half} />`
    return html`
      <path
        class="person"
        d=${`M${x} ${y - more * 1.5}L${x + 30 + more * 1.5} ${y + SHAPE + more}H${x - 30 - more * 1.5}z`}
      />
    `
  }
  return html`
    ${member.index && shape(5)}
    ${shape(0)}
    ${
      member.deceased &&
      html`<path class="stated" d=${`M${x - 24} ${y}l48 ${SHAPE}M${x + 24} ${y}l-48 ${SHAPE}`} />`
    }
    <text class="letter mid" x=${x} y=${y + (member.sex === "male" || member.sex === "female" ? 33 : 44)}>
      ${member.label}
    </text>
  `
}

/**
 * Each known relation as a line: from the parent's side to the middle between the parents, down, and to the child.
 *
 * @param {Household} household @param {Map<string, Stood>} stood @param {(one: Stood) => number} y
 * @returns {{ d: string, certainty: string }[]}
 */
function links({ parentage = [], unions = [] }, stood, y) {
  const parentsOf = new Map()
  for (const { child, parents } of parentage)
    parentsOf.set(child, [...new Set([...(parentsOf.get(child) ?? []), ...parents])])
  const middle = (/** @type {string} */ child) => {
    const xs = parentsOf.get(child).flatMap((/** @type {string} */ id) => stood.get(id)?.x ?? [])
    return (Math.min(...xs) + Math.max(...xs)) / 2
  }
  const descents = parentage
    .filter(({ certainty }) => certainty !== "unknown")
    .flatMap(({ child, parents, certainty }) =>
      parents.flatMap((parent) => {
        const above = stood.get(parent),
          below = stood.get(child)
        if (!above || !below) return []
        const mid = middle(child),
          bus = y(below) - 28,
          side = y(above) + 36
        const start =
          above.x === mid
            ? `M${mid} ${y(above) + SHAPE}`
            : `M${above.x + Math.sign(mid - above.x) * 22} ${side}H${mid}`
        return [{ d: `${start}V${bus}H${below.x}V${y(below) - (below.member.index ? 7 : 0)}`, certainty }]
      }),
    )
  return [
    ...descents,
    ...unions.flatMap(({ a, b, kind, certainty = "stated" }) => {
      const one = stood.get(a),
        two = stood.get(b)
      if (!one || !two) return []
      const [left, right] = one.x < two.x ? [one, two] : [two, one]
      const mid = (left.x + right.x) / 2,
        side = y(left) + 36
      const slash =
        kind === "separated"
          ? `M${mid - 4} ${side + 8}l8-16`
          : kind === "divorced"
            ? `M${mid - 8} ${side + 8}l8-16M${mid} ${side + 8}l8-16`
            : ""
      return [
        {
          d: `M${left.x + 22} ${side}H${right.x - 22}${slash}`,
          certainty: kind === "common_law" ? "inferred" : certainty,
        },
      ]
    }),
  ]
}

/** A parent alone above the children: its words stand beside it, so that the line down does not cross them. @param {Household} household */
function soleParents({ parentage = [] }) {
  const count = new Map()
  for (const { child, parents } of parentage)
    count.set(child, [...new Set([...(count.get(child) ?? []), ...parents])])
  return new Set([...count.values()].filter((parents) => parents.length === 1).flat())
}

/** @param {Stood[][]} rows @param {(member: Member) => number} lines @returns {number[]} tops of the rows, and the end */
function rowTops(rows, lines) {
  return rows.reduce(
    (tops, row) => {
      const text = Math.max(0, ...row.map(({ member }) => lines(member)))
      const outline = row.some(({ member }) => member.index) ? 7 : 0
      return [...tops, tops[tops.length - 1] + SHAPE + outline + text * TEXT + 62]
    },
    [TOP],
  )
}

/** @param {Member} member @returns {string[]} */
function noteOf({ index, ageBand, labels = [], role }) {
  const age = ageBand && ageBand !== "unknown" ? coded("member.age", ageBand) : ""
  const relation = !index && (!role || role === "unknown") ? t("genogram.role_unknown") : ""
  return [index ? line(t("member.index"), age) : age, relation, ...labels].filter(Boolean)
}

/** Break words into lines that fit; a full-width letter is 14 wide. @param {string[]} texts @param {number} room @returns {string[]} */
function wrapped(texts, room) {
  return texts.flatMap((text) => {
    const lines = [""]
    let used = 0
    for (const piece of text.match(/[\x20-\x7e]+\s?|./gu) ?? []) {
      const width = /^[\x20-\x7e]/.test(piece) ? piece.length * 7.5 : 14
      if (used + width > room && used > 0) {
        lines.push("")
        used = 0
      }
      lines[lines.length - 1] += piece
      used += width
    }
    return lines
  })
}

/** D・本人・30代・ひきこもり状態　親：B（聞き取り済み）、A（推定） @param {Member} member @param {Household} household */
function memberLine(member, { members, parentage = [] }) {
  const letter = new Map(members.map(({ id, label }) => [id, label]))
  const parents = parentage
    .filter(({ child }) => child === member.id)
    .flatMap(({ parents: ids, certainty }) =>
      ids.map((id) => `${letter.get(id) ?? "?"}（${t(`certainty.${certainty}`)}）`),
    )
  return line(
    member.label,
    member.index && t("member.index"),
    member.role && coded("member.role", member.role),
    member.ageBand && coded("member.age", member.ageBand),
    t(`member.sex.${member.sex ?? "unknown"}`),
    ...(member.labels ?? []),
    !lives(member) && t("genogram.away"),
    parents.length > 0 && `${t("genogram.parents")} ${parents.join(" ")}`,
  )
}

/** @param {Household} household */
function legend({ members, parentage = [] }) {
  const sample = (/** @type {string} */ key, /** @type {any} */ drawing) =>
    html`
      <li key=${key}><svg viewBox="0 0 24 20" aria-hidden="true">${drawing}</svg>${t(`genogram.${key}`)}</li>
    `
  const has = (/** @type {string} */ sex) => members.some((member) => (member.sex ?? "unknown") === sex)
  return [
    has("male") && sample("male", html`<rect class="person" x="4" y="2" width="16" height="16" />`),
    has("female") && sample("female", html`<circle class="person" cx="12" cy="10" r="8" />`),
    (has("unknown") || has("other")) && sample("unknown", html`<path class="person" d="M12 2l10 16H2z" />`),
    members.some(({ index }) => index) &&
      sample(
        "index",
        html`<path class="person" d="M12 1l11.500 18H.5z" /><path class="person" d="M12 6l6.500 10h-13z" />`,
      ),
    parentage.some(({ certainty }) => certainty === "stated") &&
      sample("stated", html`<path class="stated" d="M2 10h20" />`),
    parentage.some(({ certainty }) => certainty === "inferred") &&
      sample("inferred", html`<path class="inferred" d="M2 10h20" />`),
    members.some(lives) &&
      sample("home", html`<rect class="home" x="2" y="3" width="20" height="14" rx="4" />`),
  ]
}
