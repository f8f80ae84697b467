// Whole numbers as people type them on a phone in Japanese: full-width digits, and every sign that looks like a minus or a
// plus, among them the ones this app itself writes on its labels (+1, −1).

const MINUS = /^[−‐‑–—ー－]/
const LARGEST = 999_999_999

/**
 * @param {string} text @param {{ least?: number, most?: number }} [range] the question's own
 * @returns {number | undefined} undefined: no whole number, or none that answers the question
 */
export function wholeNumber(text, { least = -LARGEST, most = LARGEST } = {}) {
  const plain = text
    .trim()
    .normalize("NFKC")
    .replace(MINUS, "-")
    .replace(/^\+(?=[0-9])/, "")
    .replace(/^(-?)\s+/, "$1")
  const number = /^-?[0-9]{1,9}$/.test(plain) ? Number(plain) : NaN
  return number >= least && number <= most ? number + 0 : undefined
}
