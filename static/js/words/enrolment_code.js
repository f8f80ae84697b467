// The enrolment code while it is typed: forgiving about case, O and 0, I and 1, spaces and hyphens, full width (SPEC 8.1).

import { readCode } from "../../../sync/enrolment.js"

export const LENGTH = 17

/** @param {string} typed */
export const readCharacters = (typed) =>
  typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\-‐ー―]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1")

/** K7QM 2F4T XB @param {string} characters */
export const groups = (characters) => (characters.match(/.{1,4}/gu) ?? []).join(" ")

/** @param {string} characters */
export const isWhole = (characters) => characters.length === LENGTH

/** Told at once: a letter that no code has, or a check symbol that does not fit. @param {string} characters */
export function wrongSymbol(characters) {
  if (/[^0-9A-HJKMNP-TV-Z]/.test(characters) || characters.length > LENGTH) return true
  if (!isWhole(characters)) return false
  try {
    readCode(characters)
    return false
  } catch {
    return true
  }
}
