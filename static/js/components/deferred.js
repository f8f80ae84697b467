// What lies below the first look of a long screen: it stands a frame later, so that a tap is answered at once.

import { html, useEffect, useState } from "../../vendor/preact.js"
import { leftAt } from "../shell/router.js"

/**
 * A screen one comes back to stands whole, or it could not be scrolled to where it was left.
 * @param {{ children?: any }} props what is dear to work out, as a function
 */
export function Below({ children }) {
  const [there, stand] = useState(leftAt() > 0)
  useEffect(() => stand(true), [])
  if (!there) return html`<template aria-busy="true"></template>`
  return typeof children === "function" ? children() : children
}
