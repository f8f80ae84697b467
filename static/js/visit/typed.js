// What was typed beside a key that adds it belongs to the record, pressed or not.

/** Every list with a key of its own for adding. The draft holds under `adding` what is not added yet, with its id. */
export const ADDING = /** @type {const} */ (["promises"])

/** @param {any} one */
const says = (one) => Boolean(one?.text?.trim())

/** The draft's value with everything added. @param {any} value @returns {any} */
export function withTyped(value) {
  const waiting = ADDING.filter((list) => says(value.adding?.[list]))
  if (waiting.length === 0) return value
  const { adding, ...rest } = value
  const lists = waiting.map((list) => [
    list,
    [...(rest.record[list] ?? []), { ...adding[list], text: adding[list].text.trim() }],
  ])
  return { ...rest, record: { ...rest.record, ...Object.fromEntries(lists) } }
}

/** The same in the draft itself. @param {import("../shapes.d.ts").Draft} draft */
export function addTyped(draft) {
  const value = draft.value.peek()
  if (!value.adding) return
  const { record } = withTyped(value)
  for (const list of ADDING) draft.set(`record.${list}`, record[list] ?? [])
  draft.set("adding", undefined)
}
