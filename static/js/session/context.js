// The one door between screens and everything that stores, seals or sends: `session.js`, handed down as a context
// so that a screen can also be shown over plain documents.

import { createContext, useContext } from "../../vendor/preact.js"

/** @import { Door } from "../shapes.d.ts" */

export const DoorContext = createContext(/** @type {Door} */ (/** @type {unknown} */ (null)))

/** @returns {Door} */
export const useDoor = () => useContext(DoorContext)
