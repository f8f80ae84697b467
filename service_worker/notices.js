// Reminders, as the phone shows them. What they say names nobody: the words of the push itself, or our own if it has none.

import { fileOf } from "./release.js"
import { meta, setMeta } from "../static/js/store/outbox_db.js"

const TODAY = "/phone/#/today"
const LONGEST = 120

/** @typedef {{ title: string, body: string, lang: string, tag: string }} Notice */

/** @param {PushMessageData | null} data @returns {Partial<Notice>} */
export function notice(data) {
  try {
    const said = data?.json()?.notification ?? {}
    /** @type {Partial<Notice>} */
    const kept = {}
    for (const name of /** @type {const} */ (["title", "body", "lang", "tag"])) {
      if (typeof said[name] === "string") kept[name] = said[name].slice(0, LONGEST)
    }
    return kept
  } catch {
    return {} // a push without words, or with others than ours: still shown
  }
}

/** @param {ServiceWorkerGlobalScope} sw @param {Partial<Notice>} said @param {"lastPush" | "lastTest"} mark */
export async function shown(sw, said, mark) {
  const lang =
    said.lang || /** @type {string | undefined} */ (await meta("lang").catch(() => undefined)) || "ja"
  const texts = said.title ? {} : await words(lang)
  await sw.registration.showNotification(said.title || texts["push.title"] || "そっと", {
    body: said.body ?? texts["push.body"] ?? "",
    lang,
    tag: said.tag || "sotto",
    icon: "/static/icons/icon-192.png",
    badge: "/static/icons/badge-96.png",
    data: null,
  })
  await setMeta(mark, Date.now()).catch(() => {})
}

/** @param {ServiceWorkerGlobalScope} sw @param {NotificationEvent} event */
export async function opened(sw, event) {
  event.notification.close()
  const [window] = await sw.clients.matchAll({ type: "window" })
  if (!window) return sw.clients.openWindow(TODAY)
  window.postMessage({ news: "go", to: "today" })
  return window.focus()
}

/** @param {string} lang @returns {Promise<Record<string, string>>} */
async function words(lang) {
  try {
    const file = await fileOf(`/static/texts/${lang === "en" ? "en" : "ja"}/common.json`)
    return (await file?.json()) ?? {}
  } catch {
    return {}
  }
}
