// Keeps a long form while it is being filled in, at the desk and not in this browser, and puts it back when
// the page is opened again. What a person does not want any more they throw away.

import { lettersOf } from "./letters.js"

const PAUSE = 1500

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

export function keepForms() {
  for (const form of document.querySelectorAll("form[data-keep]")) {
    if (form instanceof HTMLFormElement) void keepForm(form)
  }
}

/** @param {HTMLFormElement} form */
async function keepForm(form) {
  const address = form.dataset.keep ?? ""
  const told = form.querySelector("[data-kept-form]")
  const before = written(form, asCame) // not as it is now: somebody may be quicker than this script
  let last = before
  let waiting = 0
  const { send, over } = lettersOf(form, address)
  let answered = false
  const keep = async () => {
    const now = written(form)
    if (!answered || now === last || over()) return // before the answer a letter would take the place of all that is kept
    if ((await send(now === before ? "" : now))?.ok) last = now
  }

  // Before the desk has answered: somebody may be quicker.
  form.addEventListener("input", () => {
    clearTimeout(waiting)
    waiting = window.setTimeout(keep, PAUSE)
  })
  form.addEventListener("submit", () => clearTimeout(waiting))
  window.addEventListener("pagehide", () => void keep())

  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null)
  const { fields = [] } = answer?.ok ? await answer.json() : {}
  answered = true
  if (fields.length) {
    const quicker = touched(before, written(form))
    putBack(form, fields, quicker)
    last = quicker.size ? before : written(form)
    form.closest("details")?.setAttribute("open", "")
    if (told instanceof HTMLElement && written(form) !== before)
      say(told, () => send("").then(() => location.reload()))
  }
  if (written(form) !== last) void keep()
}

/** @param {HTMLFormElement} form @returns {Field[]} what a person fills in */
const fieldsOf = (form) =>
  [...form.querySelectorAll("input, textarea, select")]
    .filter(
      (/** @type {any} */ one) =>
        one.name && !one.hidden && !["hidden", "password", "file", "submit"].includes(one.type),
    )
    .map((one) => /** @type {Field} */ (one))

/** @typedef {(field: Field) => [boolean, string]} Reading whether a field tells anything, and what */

/** @param {Field} field */
const isChoice = (field) => field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type)

/** @type {Reading} */
const asIs = (field) => [!isChoice(field) || /** @type {HTMLInputElement} */ (field).checked, field.value]

/** What the desk's page said before anybody touched it. @type {Reading} */
function asCame(field) {
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options]
    return [
      true,
      (options.find((one) => one.defaultSelected) ?? options.find((one) => !one.disabled))?.value ?? "",
    ]
  }
  if (isChoice(field)) return [/** @type {HTMLInputElement} */ (field).defaultChecked, field.value]
  return [true, field.defaultValue]
}

/** @param {HTMLFormElement} form @param {Reading} read */
const written = (form, read = asIs) =>
  JSON.stringify(
    fieldsOf(form)
      .map((field) => ({ name: field.name, told: read(field) }))
      .filter(({ told }) => told[0])
      .map(({ name, told }) => [name, told[1]]),
  )

/** Names of the fields a person changed meanwhile. @param {string} before @param {string} now @returns {Set<string>} */
function touched(before, now) {
  const [was, is] = [before, now].map((text) =>
    JSON.parse(text).map((/** @type {[string, string]} */ pair) => JSON.stringify(pair)),
  )
  const differing = [
    ...was.filter((/** @type {string} */ one) => !is.includes(one)),
    ...is.filter((/** @type {string} */ one) => !was.includes(one)),
  ]
  return new Set(differing.map((pair) => JSON.parse(pair)[0]))
}

/** @param {HTMLFormElement} form @param {[string, string][]} pairs @param {Set<string>} but what stays as it is */
function putBack(form, pairs, but) {
  const left = [...pairs]
  for (const field of fieldsOf(form)) {
    if (but.has(field.name)) continue
    if (field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type)) {
      field.checked = pairs.some(([name, value]) => name === field.name && value === field.value)
    } else {
      const at = left.findIndex(([name]) => name === field.name)
      if (at >= 0) field.value = left.splice(at, 1)[0][1]
    }
  }
}

/** @param {HTMLElement} told @param {() => void} discard */
function say(told, discard) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "linklike"
  button.textContent = told.dataset.discard ?? ""
  button.addEventListener("click", discard)
  told.textContent = `${told.dataset.keptForm ?? ""} `
  told.append(button)
}
