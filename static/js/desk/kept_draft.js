// Keeps a question while it is being typed, at the desk and not in this browser: a city's browser may be thrown
// away at any moment, and what a supervisor writes about a household must not lie in a profile folder.

import { lettersOf } from "./letters.js"

const PAUSE = 1200

export function keepDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (form instanceof HTMLFormElement) keepDraft(form)
  }
}

/** @param {HTMLFormElement} form */
function keepDraft(form) {
  const field = form.querySelector("textarea")
  const told = form.querySelector("[data-kept]")
  if (!field) return
  let waiting = 0
  let last = field.defaultValue // somebody may have typed before this script came
  const { send, over } = lettersOf(form, form.dataset.draft ?? "")

  const keep = async () => {
    const text = field.value
    if (text === last || over()) return
    if (!(await send(text))?.ok) return
    last = text
    if (told instanceof HTMLElement) told.textContent = told.dataset.kept ?? ""
  }

  field.addEventListener("input", () => {
    if (told) told.textContent = ""
    clearTimeout(waiting)
    waiting = window.setTimeout(keep, PAUSE)
  })
  form.addEventListener("submit", () => clearTimeout(waiting))
  window.addEventListener("pagehide", keep)
}
