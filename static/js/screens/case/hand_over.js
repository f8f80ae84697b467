// Before the phone is handed to the person, and after: which page, whom the consent is about, and what they said.

import { MAX_LINE } from "../../../../sync/bounds.js"
import { CONSENT_ANSWERS } from "../../../../sync/events.js"
import { html, useEffect, useState } from "../../../vendor/preact.js"
import { handed } from "../../shell/handed_over.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { DraftField } from "../../components/draft_field.js"
import { SavedAt, Screen, TaskDock } from "../../components/frame.js"
import { useCase, useDraft, useField, useKept, useMe } from "../../components/hooks.js"
import { Part } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { useNumbers } from "../../components/numbers.js"
import { back, place, swap } from "../../shell/router.js"
import { coded, t } from "../../words/texts.js"

/** @import { Draft } from "../../shapes.d.ts" */

const HOW = ["spoken", "signed"]
const NOTHING_SAID = { answer: "", about: "", how: "", comment: "" }

/** Choose the page, then the phone locks and shows it alone. */
export function HandOverPhone() {
  const { case: caseId } = place.value.carried
  const door = useDoor(),
    me = useMe(),
    sheet = useCase(caseId)
  const draft = useKept("consent", { case: caseId, value: NOTHING_SAID })
  const about = useField(draft, "about") ?? ""
  const office = useNumbers().find(({ kind, tel }) => kind === "supervisor" && tel)
  const hand = async (/** @type {"explain" | "consent"} */ page) => {
    handed.value = {
      page,
      case: caseId,
      office: me?.office.name ?? "",
      tel: office?.tel ?? "",
      about: about.trim(),
      answer: "",
      back: false,
    }
    await door.lock()
  }
  return html`
    <${Screen}
      title=${t("hand.title")}
      parent="case"
      carried=${{ case: caseId }}
      dock=${html`<${TaskDock} />`}
    >
      <p class="note">${t("hand.why")}</p>
      <${Part} title=${t("hand.explain")}>
        <p>${t("hand.explain.what")}</p>
        <button class="button button-main" type="button" onClick=${() => hand("explain")}>
          ${t("hand.explain.do")}
        </button>
      <//>
      <${Part} title=${t("hand.consent")}>
        <p class="note">
          ${t("hand.consent.now", { status: coded("consent", sheet?.consent) || t("consent.unknown") })}
        </p>
        <${DraftField}
          draft=${draft}
          path="about"
          label=${t("hand.about")}
          help=${t("hand.about.help")}
          rows=${2}
          longest=${MAX_LINE}
        />
        <button class="button" type="button" disabled=${!about.trim()} onClick=${() => hand("consent")}>
          ${t("hand.consent.do")}
        </button>
        <button
          class="button button-plain"
          type="button"
          onClick=${() => swap("consent", { case: caseId, about: about.trim() })}
        >
          ${t("hand.consent.aloud")}
        </button>
      <//>
    <//>
  `
}

/** What the person said, pressed on the screen or aloud, becomes part of the case. */
export function ConsentNoted() {
  const { case: caseId, about = "", answer: pressed = "" } = place.value.carried
  const draft = useDraft(caseId, "consent", { value: NOTHING_SAID })
  const [ready, setReady] = useState(false)
  useEffect(() => {
    if (!draft) return
    if (pressed) draft.set("answer", pressed) // their finger, and what they were shown, over whatever was begun before
    if (about) draft.set("about", about)
    setReady(true)
  }, [draft])
  return draft && ready
    ? html`<${Noting} key=${draft.id} draft=${draft} caseId=${caseId} pressed=${pressed} />`
    : html`<main class="gate" aria-busy="true"></main>`
}

/** @param {{ draft: Draft, caseId: string, pressed: string }} props */
function Noting({ draft, caseId, pressed }) {
  const door = useDoor(),
    sheet = useCase(caseId)
  const answer = useField(draft, "answer"),
    about = useField(draft, "about")
  const told = useField(draft, "how")
  const how = pressed ? "on_screen" : told
  const [trouble, setTrouble] = useState("")
  const save = async () => {
    try {
      const { comment } = draft.value.peek()
      await door.write("consent.answered", caseId, { answer, about: about.trim(), how, comment })
      await draft.discard()
      back("case", { case: caseId })
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  return html`
    <${Screen}
      title=${t("consent.title", { name: sheet?.title ?? "" })}
      parent="case"
      carried=${{ case: caseId }}
      side=${html`<${SavedAt} at=${draft.savedAt} />`}
      dock=${html`
        <${TaskDock}>
          <button
            class="button button-main"
            type="button"
            disabled=${!answer || !how || !about.trim()}
            onClick=${save}
          >
            ${t("consent.save")}
          </button>
        <//>
      `}
    >
      ${
        pressed &&
        html`
          <p class="now-here">
            <span class="soft">${t("consent.pressed")}</span>
            <b>${t(`consent.answer.${pressed}`)}</b>
          </p>
        `
      }
      <${DraftField}
        draft=${draft}
        path="about"
        label=${t("hand.about")}
        help=${t("hand.about.help")}
        rows=${2}
        longest=${MAX_LINE}
      />
      ${
        !pressed &&
        html`
          <fieldset class="field">
            <legend>${t("consent.answer")}</legend>
            <${Choices}
              value=${answer}
              onPick=${(/** @type {string} */ value) => draft.set("answer", value)}
              options=${CONSENT_ANSWERS.map((value) => ({ value, label: t(`consent.answer.${value}`) }))}
            />
          </fieldset>
          <fieldset class="field">
            <legend>${t("consent.how")}</legend>
            <${Choices}
              shape="two"
              centre
              value=${how}
              onPick=${(/** @type {string} */ value) => draft.set("how", value)}
              options=${HOW.map((value) => ({ value, label: t(`consent.how.${value}`) }))}
            />
          </fieldset>
        `
      }
      <${DraftField}
        draft=${draft}
        path="comment"
        label=${t("consent.comment")}
        help=${t("consent.comment.help")}
        rows=${2}
      />
      <${Trouble} code=${trouble} />
    <//>
  `
}
