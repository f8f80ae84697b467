// Wherever a tap takes words away, moves something or marks it for others, one can take the tap back, or
// was asked first.
// Every such act of every screen stands in this table; a new one that is not in it fails.

import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { test } from "node:test"

const JS = new URL("../../../static/js/", import.meta.url)
const ACTS =
  /(?:\btakeAway\(|offerUndo\(|(?:removePhoto|changesRead|moveFollowUp|cancelFollowUp|keepPromise|eraseThisPhone|backSafe|keptPhotos\.remove|planDay|handTo)\(|discard\(|clear\(\)|door\.write(?:All)?\()|"(?:visit\.withdrawn|visit\.misfiled)"/g
/** How each is met. `undo`: one tap brings it back; `asked`: a step of its own says what will be; `saved`: the words went on. */
const MET = {
  "components/quiet_hours.js": "undo",
  "components/record_photos.js": "asked",
  "screens/case/followup.js": "undo",
  "screens/case/case.js": "asked",
  "screens/case/pass_on.js": "asked",
  "screens/case/hand_over.js": "saved",
  "screens/day/ask_cover.js": "saved",
  "screens/day/departing.js": "saved",
  "screens/day/plan.js": "undo",
  "screens/log/log_check.js": "asked",
  "screens/log/log_checklist.js": "undo",
  "screens/log/log_next.js": "undo",
  "screens/log/log_photos.js": "undo",
  "screens/case/taking_part.js": "saved",
  "screens/notice.js": "asked",
  "screens/record/undo.js": "asked",
  "screens/settings/settings.js": "asked",
  "screens/sync/refused.js": "asked",
  "screens/urgent/urgent_steps.js": "undo",
  "screens/day/today.js": "undo",
  "components/sharers.js": "saved",
  "components/undo.js": "undo",
}
const files = ["screens", "components"]
  .flatMap((room) =>
    readdirSync(new URL(room, JS), { recursive: true }).map(
      (name) => `${room}/${String(name).replaceAll("\\", "/")}`,
    ),
  )
  .filter((name) => name.endsWith(".js"))
const text = (/** @type {string} */ name) =>
  readFileSync(new URL(name, JS), "utf8").replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, "")

test("every act that takes away, moves or marks can be taken back, or is asked about first", () => {
  const acting = files.filter((name) => [...text(name).matchAll(ACTS)].length > 0)
  assert.ok(acting.length > 12)
  assert.deepEqual(
    acting.filter((name) => !(name in MET)),
    [],
  )
  assert.deepEqual(
    Object.keys(MET).filter((name) => !acting.includes(name)),
    [],
  )
})

for (const [name, how] of Object.entries(MET))
  if (how !== "saved")
    test(`${name}: ${how}`, () => {
      if (how === "undo") assert.match(text(name), /offerUndo\(|takeAway\(/)
      else assert.match(text(name), /useState\(false\)|useState\(""\)|Promised|LetGo/)
    })
