// Larger text than the phone's own setting gives: kept on this phone, asked for before the first screen stands.

import { signal } from "../../vendor/preact.js"

/** @typedef {"usual" | "large" | "larger"} TextSize */

const KEPT = "sotto.text"
export const FURIGANA = "sotto.furigana"
export const SIZES = /** @type {TextSize[]} */ (["usual", "large", "larger"])

export const textSize = signal(/** @type {TextSize} */ ("usual"))

/** @param {TextSize} size */
export function setTextSize(size) {
  textSize.value = size
  if (size === "usual") delete document.documentElement.dataset.text
  else document.documentElement.dataset.text = size
  try {
    globalThis.localStorage?.setItem(KEPT, size)
  } catch {
    /* then it is asked again next time */
  }
}

/** As it was last time. */
export function keptTextSize() {
  try {
    const kept = /** @type {any} */ (globalThis.localStorage?.getItem(KEPT))
    if (SIZES.includes(kept)) setTextSize(kept)
  } catch {
    /* storage is forbidden here */
  }
}

/** Readings above the words: loaded only for whoever turned them on. */
export function wantsFurigana() {
  try {
    return globalThis.localStorage?.getItem(FURIGANA) === "on"
  } catch {
    return false
  }
}
