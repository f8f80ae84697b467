// Japanese anybody can read: 支援員《しえんいん》 in the catalogue becomes a word with its reading above it.

import { html } from "../../vendor/preact.js"

/** @param {string} text */
export const ruby = (text) =>
  text.split(/([々〆ヶ一-鿿]+《[^》]+》)/).map((part) => {
    const found = part.match(/^(.+)《(.+)》$/)
    return found
      ? html`<ruby>${found[1]}<rp>（</rp><rt aria-hidden="true">${found[2]}</rt><rp>）</rp></ruby>`
      : part
  })
