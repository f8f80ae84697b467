// The worker forgot how this phone opens: the office lets them in under a fresh code, and nothing is lost by it.

import { html } from "../../vendor/preact.js"
import { useDoor } from "../door.js"
import { Meeting } from "./enrol.js"

export const LetIn = () => html`<${Meeting} ask=${useDoor().askIn} name="let_in" />`
