// Search that forgives: full and half width, hiragana and katakana, capital letters are the same (NFKC, then folded).

/** @param {string} text */
export function fold(text) {
  return text.normalize("NFKC").toLowerCase().replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/[\s・，、。]+/g, " ").trim()
}

/**
 * Which of the texts hold every word of the question.
 *
 * @template T
 * @param {string} question
 * @param {T[]} places
 * @param {(place: T) => string} textOf already folded
 */
export function find(question, places, textOf) {
  const words = fold(question).split(" ").filter(Boolean)
  return words.length === 0 ? places : places.filter((place) => words.every((word) => textOf(place).includes(word)))
}

/** Everything of a case sheet one might remember it by, folded. @param {import("../shapes.d.ts").CaseSheet} sheet */
export function sheetText(sheet) {
  const contacts = sheet.contacts.flatMap(({ notes, hook, topics, interests, stageEvent }) =>
    [...Object.values(notes ?? {}), hook, stageEvent, ...(topics ?? []), ...(interests ?? [])])
  return fold([
    sheet.no, sheet.title, sheet.kana, sheet.household.summary, sheet.hook?.text, sheet.preferences,
    ...sheet.household.members.flatMap(({ label, labels = [] }) => [label, ...labels]),
    ...(sheet.worked ?? []), ...(sheet.avoid ?? []), ...(sheet.issues ?? []).map(({ text }) => text),
    ...sheet.promises.map(({ text }) => text), ...sheet.safety.map(({ text }) => text), ...contacts,
  ].filter(Boolean).join(" "))
}
