// Field paths like "record.notes.fact" or "record.promises.0.text".

/** A copy of `value` with `v` at the path; what is not on the path is shared. Nothing (undefined) is absent.
 * @param {any} value @param {string} path @param {unknown} v @returns {any} */
export function setAt(value, path, v) {
  return put(value, path.split("."), v)
}

/** @param {any} value @param {string[]} keys @param {unknown} v @returns {any} */
function put(value, [key, ...rest], v) {
  const next = Array.isArray(value) ? [...value] : { ...value }
  const inner = rest.length
    ? put(own(value, key) ?? (/^[0-9]+$/.test(rest[0]) ? [] : {}), rest, v)
    : absent(v)
  if (inner === undefined && !Array.isArray(next)) {
    delete next[key]
    return next
  }
  // defineProperty: a key called __proto__ stays a plain key
  Object.defineProperty(next, key, { value: inner, enumerable: true, configurable: true, writable: true })
  return next
}

/** Without members that say nothing: on the disk and on the wire there are none. @param {any} value @returns {any} */
export function absent(value) {
  if (Array.isArray(value)) return value.map(absent)
  if (!plain(value) || Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value)
  return entries.some(([, one]) => one === undefined || typeof one === "object")
    ? Object.fromEntries(
        entries.filter(([, one]) => one !== undefined).map(([key, one]) => [key, absent(one)]),
      )
    : value
}

/** @param {any} value @param {string} key */
function own(value, key) {
  return value !== null && typeof value === "object" && Object.hasOwn(value, key) ? value[key] : undefined
}

/** What stands at the path. @param {any} value @param {string} path @returns {any} */
export const readPath = (value, path) => path.split(".").reduce(own, value)

/** Paths of the leaves that differ, arrays taken as one field.
 * @param {any} before @param {any} after @param {string} [at] @returns {string[]} */
export function changedPaths(before, after, at = "") {
  if (plain(before) && plain(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys]
      .sort()
      .flatMap((key) => changedPaths(own(before, key), own(after, key), at ? `${at}.${key}` : key))
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [at]
}

/** @param {any} value */
const plain = (value) => value !== null && typeof value === "object" && !Array.isArray(value)
