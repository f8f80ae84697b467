// Gives the screens' words to a test: the real catalogues, read from the folder instead of a site.

import { readFileSync } from "node:fs"
import { learn, speak } from "../../../static/js/words/texts.js"

/** @param {"ja" | "en"} language */
export async function speaking(language) {
  Object.assign(globalThis, {
    fetch: async (/** @type {string} */ url) => ({
      ok: true,
      json: async () => JSON.parse(readFileSync(new URL(url), "utf8")),
    }),
    document: { documentElement: {} },
  })
  await speak(language)
  await learn("field")
}
