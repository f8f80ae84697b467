// Keeps a question while it is being typed, at the desk and not in this browser: a city's browser may be thrown
// away at any moment, and what a supervisor writes about a household must not lie in a profile folder.

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
  let last = field.value
  const leaving = new AbortController() // what was sent in must not be kept again behind it

  const keep = async () => {
    const text = field.value
    if (text === last || leaving.signal.aborted) return
    const body = new URLSearchParams({ csrf: new FormData(form).get("csrf")?.toString() ?? "", text })
    const answer = await fetch(form.dataset.draft ?? "", { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true, signal: leaving.signal }).catch(() => null)
    if (!answer?.ok) return
    last = text
    if (told instanceof HTMLElement) told.textContent = told.dataset.kept ?? ""
  }

  field.addEventListener("input", () => {
    if (told) told.textContent = ""
    clearTimeout(waiting)
    waiting = window.setTimeout(keep, PAUSE)
  })
  form.addEventListener("submit", () => {
    clearTimeout(waiting)
    leaving.abort()
  })
  window.addEventListener("pagehide", keep)
}
