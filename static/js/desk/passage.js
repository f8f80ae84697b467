// A sentence marked with the mouse or the keys is the one asked about: opening the question form chooses it.

export function askAboutSelection() {
  const fold = document.getElementById("ask")
  const field = document.getElementById("field")
  if (!(fold instanceof HTMLDetailsElement) || !(field instanceof HTMLSelectElement)) return
  let marked = ""
  const remember = () => {
    const chosen = getSelection()
    const note = chosen?.anchorNode?.parentElement?.closest(".note")
    const text = chosen?.toString().trim() ?? ""
    if (note && text) marked = text
  }
  // selectionchange comes a task late, and opening the form moves the selection into it: the key and the finger
  // that open it look once more.
  document.addEventListener("selectionchange", remember)
  document.addEventListener("keydown", remember, { capture: true })
  document.addEventListener("pointerdown", remember, { capture: true })
  fold.addEventListener("toggle", () => {
    const option = fold.open && marked ? sentenceOf(field, marked) : undefined
    if (option) option.selected = true
    marked = ""
  })
}

/** @param {HTMLSelectElement} field @param {string} text @returns {HTMLOptionElement | undefined} */
function sentenceOf(field, text) {
  return [...field.options].find(
    ({ dataset: { sentence } }) => sentence && (sentence.includes(text) || text.includes(sentence)),
  )
}
