// Going somewhere alone: until when, and who is woken if one is not back. Armed while there is signal; it says plainly
// when nobody watches.

import { html, useState } from "../../../vendor/preact.js"
import { nearClock } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useCase, useMe } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { NumberList, useNumbers } from "../../components/numbers.js"
import { place, swap } from "../../shell/router.js"
import { timeText } from "../../store/ids.js"
import { line, t } from "../../words/texts.js"
import { outStands, whoIsTold } from "../../visit/assured.js"
import { timeOfWork } from "../../visit/times.js"

const MINUTES = [30, 60, 90, 120]
const MORE = 30

export function Departing() {
  const { case: caseId = null } = place.value.carried
  const door = useDoor(),
    me = useMe(),
    sheet = useCase(caseId)
  const [minutes, setMinutes] = useState(60)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState("")
  const [choosing, setChoosing] = useState(false)
  const watchers = me?.watchers ?? []
  const names = (me?.staff ?? []).filter(({ id }) => watchers.includes(id)).map(({ name }) => name)
  const told = whoIsTold(me)
  const depart = async () => {
    setBusy(true)
    try {
      const watched = await door.depart(caseId, minutes * 60)
      await door.planDay(({ trips }) => ({ trips: [...trips, { left: timeText(), back: null }] }), now.peek())
      await door.write("worker.departed", caseId, {
        until: timeOfWork(Date.now() + minutes * 60_000),
        watched,
      })
      swap("today")
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    } finally {
      setBusy(false)
    }
  }
  return html`
    <${Screen}
      title=${t("out.title")}
      parent="today"
      dock=${html`
        <${TaskDock}>
          <button class="button button-main" type="button" disabled=${busy} onClick=${depart}>
            ${t("out.depart")}
          </button>
        <//>
      `}
    >
      ${sheet && html`<p class="context"><b class="strong">${sheet.title}</b></p>`}
      <fieldset class="field">
        <legend>${t("out.how_long")}</legend>
        <${Choices}
          shape="two"
          centre
          value=${minutes}
          onPick=${setMinutes}
          options=${MINUTES.map((n) => ({ value: n, label: t("out.minutes", { n }) }))}
        />
        <p class="help">
          ${t("out.until", { at: nearClock(now.value.getTime() + minutes * 60_000, now.value) })}
        </p>
      </fieldset>
      <${Part}
        title=${t("out.watchers")}
        aside=${html`
          <button
            class="link"
            type="button"
            aria-expanded=${choosing}
            onClick=${() => setChoosing(!choosing)}
          >
            ${t(choosing ? "close" : "change")}
          </button>
        `}
      >
        <p>${names.length > 0 ? line(...names) : t("out.nobody_named")}</p>
        <p class=${told.key === "out.tells_nobody" ? "reason" : undefined} role="status">
          ${t(told.key, { first: line(...told.first), second: line(...told.second) })}
        </p>
        ${
          choosing &&
          html`
            <${Choices}
              shape="two"
              centre
              many
              value=${watchers}
              onPick=${(/** @type {string[]} */ staff) => door.write("watchers.named", null, { staff })}
              options=${(me?.staff ?? [])
                .filter(({ id }) => id !== me?.worker.id)
                .map(({ id, name }) => ({ value: id, label: name }))}
            />
          `
        }
        <p class="note">${t("out.what_happens")}</p>
      <//>
      <${Trouble} code=${trouble} />
    <//>
  `
}

/** On Today: who is out is told so, and ends it with one tap. */
export function OutNow() {
  const door = useDoor()
  const out = door.outing.value
  if (!out) return null
  const back = async () => {
    await door.backSafe()
    await door.write("worker.back", null, {})
    await door.planDay(
      ({ trips }) => ({
        trips: trips.map((trip, i) =>
          i === trips.length - 1 && !trip.back ? { ...trip, back: timeText() } : trip,
        ),
      }),
      now.peek(),
    )
  }
  const state = outStands(out, useMe(), now.value)
  return html`
    <section class=${state === "watched" ? "ready ready-big" : "sending"} role="status">
      <h2>${icon("clock")}${t(`out.${state}.title`, { at: nearClock(out.until, now.value) })}</h2>
      <p>${t(`out.${state}`, { at: nearClock(out.until, now.value) })}</p>
      ${
        out.state !== "ending" &&
        html`
          <div class="pair">
            <button class="button" type="button" onClick=${() => door.extendOuting(MORE * 60)}>
              ${t("out.more", { n: MORE })}
            </button>
            <button class="button button-main" type="button" onClick=${back}>${t("out.back")}</button>
          </div>
        `
      }
    </section>
  `
}

/** A colleague is not back. Names only on an open phone. */
export function Alarms() {
  const door = useDoor(),
    me = useMe(),
    numbers = useNumbers()
  const late = door.alarms.value
    .map((/** @type {any} */ alarm) => ({
      ...alarm,
      staff: me?.watching?.find(({ device }) => device === alarm.device)?.staff,
    }))
    .filter(({ staff }) => staff && staff !== me?.worker.id)
  return late.map(
    ({ tag, staff, at }) => html`
      <section class="reason" key=${tag} role="alert">
        <strong>
          ${icon("missing", true)}
          ${t("alarm.title", { name: me?.staff.find(({ id }) => id === staff)?.name ?? "" })}
        </strong>
        <p>${t("alarm.what", { at: nearClock(at, now.value) })}</p>
        <${NumberList}
          numbers=${numbers.filter(({ kind, tel }) => tel && ["supervisor", "office_night"].includes(kind))}
        />
      </section>
    `,
  )
}
