// Whether a text names somebody of a household: their name, reading, address or telephone number stands in it.
// The office asks the same again (`queries/gates.names_somebody`), so this only helps before it is sent.

/** @import { Person } from "../shapes.d.ts" */

const DIGITS = 6 // so many in a row are somebody's number

/** @param {string} text */
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s/g, "")

/** @param {string} text */
const digits = (text) => text.normalize("NFKC").replace(/\D+/g, "")

/** @param {Person[]} persons @param {string} text */
export function names(persons, text) {
  const inside = plain(text),
    numbers = digits(text)
  return persons.some(
    ({ name, reading, address, telephone }) =>
      [...name.split(/\s/), ...reading.split(/\s/), address]
        .map(plain)
        .some((word) => word.length > 1 && inside.includes(word)) ||
      (digits(telephone).length >= DIGITS && numbers.includes(digits(telephone))),
  )
}
