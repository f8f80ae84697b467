// Single keys for a supervisor who reads all day. Every key presses a visible control (`data-key`), follows a rail
// entry (`data-go` after g), moves the row cursor or, a digit, chooses a line of a list (`data-digits`). None works inside a field, while an IME composes, with a
// modifier, or once switched off. Decisions of trust carry no data-key, so no key can press them.

import { rowCursor } from "./rows.js"

const GO_LASTS = 1500

export function listenForKeys() {
  if (document.body.dataset.keys === "off") return
  document.documentElement.classList.add("has-keys")
  const cursor = rowCursor()
  let goSince = -Infinity

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (event.key === "Escape") return leaveField(event)
    if (isTyping(event.target)) return
    const wentGo = event.timeStamp - goSince < GO_LASTS
    goSince = -Infinity
    if (wentGo && press(`[data-go="${CSS.escape(event.key)}"]`)) return event.preventDefault()
    if (event.key === "g") goSince = event.timeStamp
    else if (event.key === "/") focusSearch(event)
    else if (event.key === "?") toggleOverlay(event)
    else if (
      !openDialog() &&
      (press(`[data-key="${CSS.escape(event.key)}"]`) ||
        choose(event.key) ||
        cursor.take(event.key, event.target))
    )
      event.preventDefault()
  })
  document.querySelector('[data-overlay="keys"]')?.addEventListener("click", toggleOverlay)
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"))
  )
}

/** @param {string} selector */
function press(selector) {
  const control = document.querySelector(`main ${selector}, nav ${selector}`)
  if (!(control instanceof HTMLElement) || control.hasAttribute("aria-disabled")) return false
  const field = control.matches("summary") ? control.closest("details") : null
  if (
    control instanceof HTMLAnchorElement &&
    control.hash &&
    control.pathname === location.pathname &&
    !control.search
  ) {
    openAt(control.hash)
  } else if (field) {
    field.open = true
    firstField(field)?.focus()
  } else {
    control.click()
  }
  return true
}

/** The line of that number; what is kept by a press of its button only. @param {string} key */
function choose(key) {
  const list = document.querySelector("main select[data-digits]")
  const place = /^[1-9]$/.test(key) ? Number(key) - 1 : -1
  if (!(list instanceof HTMLSelectElement) || place < 0 || place >= list.options.length) return false
  list.selectedIndex = place
  list.dispatchEvent(new Event("input", { bubbles: true }))
  list.dispatchEvent(new Event("change", { bubbles: true }))
  list.scrollIntoView({ block: "nearest" })
  return true
}

/** @param {string} hash */
function openAt(hash) {
  const place = document.getElementById(hash.slice(1))
  if (place instanceof HTMLDetailsElement) place.open = true
  place?.scrollIntoView({ block: "center" })
  if (place) firstField(place)?.focus()
}

/** @param {Element} place  @returns {HTMLElement | null} */
function firstField(place) {
  return place.querySelector("input:not([type=hidden]), textarea, select")
}

/** @param {Event} event */
function focusSearch(event) {
  const field = document.querySelector("[data-focus-key]")
  if (field instanceof HTMLElement) {
    event.preventDefault()
    field.focus()
  }
}

/** Esc leaves a field and never discards what is in it. @param {KeyboardEvent} event */
function leaveField(event) {
  if (event.target instanceof HTMLElement && isTyping(event.target)) event.target.blur()
}

/** @param {Event} event */
function toggleOverlay(event) {
  const dialog = document.getElementById("keys")
  if (!(dialog instanceof HTMLDialogElement)) return
  event.preventDefault()
  if (dialog.open) dialog.close()
  else dialog.showModal()
}

function openDialog() {
  return document.querySelector("dialog[open]") !== null
}
