// A heading that breaks only where its words say so: `|` in the catalogue.

import { html } from "../../vendor/preact.js"

/** @param {string} text */
export const together = (text) => text.split("|").map((part) => html`<span class="together">${part}</span>`)
