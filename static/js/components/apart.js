// The dock of a last step: what keeps, moves or takes back stands above, and where every step before had its key to go
// on stands the way back. A press too many of the same thumb then does nothing.

import { html } from "../../vendor/preact.js"
import { TaskDock } from "./frame.js"

/** @param {{ back: string, onBack: () => void, children?: any }} props `back`: what the way back says */
export const ActApart = ({ back, onBack, children }) => html`
  <${TaskDock}>
    <div class="stack">
      ${children}
      <button class="button button-plain" type="button" onClick=${onBack}>${back}</button>
    </div>
  <//>
`
