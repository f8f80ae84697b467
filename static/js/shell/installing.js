// Is this the installed app, and can the browser install it?

import { signal } from "../../vendor/preact.js"

/** @type {any} the browser's own question, kept until the worker asks for it */
let kept = null

export const canAsk = signal(false)

/** Listen before anything else: the browser offers once, early. */
export function watchInstalling() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault()
    kept = event
    canAsk.value = true
  })
  addEventListener("appinstalled", () => {
    canAsk.value = false
  })
}

export async function askToInstall() {
  await kept?.prompt()
  kept = null
  canAsk.value = false
}

export const isInstalled = () =>
  /** @type {any} */ (navigator).standalone === true ||
  matchMedia("(display-mode: standalone), (display-mode: fullscreen), (display-mode: minimal-ui)").matches

/** An iPhone or iPad in a browser tab: only Safari's own menu can add to the home screen. */
export const isApple = () => "standalone" in navigator
