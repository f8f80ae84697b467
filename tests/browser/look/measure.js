// Evaluated in a page: what the look's rules (phone.md, "Measure") find wrong with it. The rules a screen must hold are
// passed in: { targets: true } for fingers, { text: true } for the smallest size.
rules => {
  dispatchEvent(new Event("resize")) // what a page does of itself in a new width is done now
  const found = []
  const told = (one) => `<${one.tagName.toLowerCase()} class="${one.getAttribute("class") ?? ""}"> ${(one.textContent ?? "").trim().slice(0, 40)}`
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".unseen, .vh")
  const edge = document.documentElement.clientWidth

  // Nothing makes the page scroll sideways. What is wide scrolls in a frame of its own.
  const over = document.documentElement.scrollWidth - edge
  if (over > 0) {
    const out = [...document.querySelectorAll("body *")].filter((one) => shown(one) && one.getBoundingClientRect().right > edge + 0.5)
    found.push(`the page scrolls sideways by ${over}px: ${out.slice(0, 2).concat(out.slice(-1)).map(told).join(" ... ")}`)
  }

  // Nor does anything a person reads scroll sideways in its own frame: its end is never seen. A drawing
  // may, whose words keep their size.
  for (const one of document.querySelectorAll("body, body *")) {
    const within = one.scrollWidth - one.clientWidth
    if (within > 1 && shown(one) && /auto|scroll/.test(getComputedStyle(one).overflowX) && !one.matches("input, textarea, select, :has(> svg)")) found.push(`scrolls sideways by ${within}px within: ${told(one)}`)
  }

  // A table stays in its panel.
  for (const one of document.querySelectorAll(".panel table")) {
    const out = one.getBoundingClientRect().right - one.closest(".panel").getBoundingClientRect().right
    if (shown(one) && out > 1) found.push(`a table leaves its panel by ${Math.round(out)}px: ${told(one)}`)
  }

  // Fields beside each other in one form, and the words above them, stand on one line.
  const beside = [...document.querySelectorAll("form .label, form legend, form input.field:not([aria-invalid='true']), form select.field:not([aria-invalid='true'])")].filter((one) => shown(one) && !one.matches(".vh"))
  const placed = beside.map((one) => {
    const words = document.createRange()
    words.selectNodeContents(one)
    return { one, field: one.matches(".field"), form: one.closest("form"), at: (one.matches(".field") ? one : words).getBoundingClientRect() }
  })
  placed.forEach((a, n) => {
    for (const b of placed.slice(n + 1)) {
      if (a.form !== b.form || a.field !== b.field || !a.at.width || !b.at.width || (a.at.right > b.at.left && b.at.right > a.at.left)) continue
      const both = Math.min(a.at.bottom, b.at.bottom) - Math.max(a.at.top, b.at.top)
      const off = Math.min(Math.abs(a.at.top - b.at.top), Math.abs(a.at.bottom - b.at.bottom)) // longer words begin higher
      if (off >= 1 && both > Math.min(a.at.height, b.at.height) / 2) found.push(`${off.toFixed(1)}px off the line: ${told(a.one)} ${a.one.name ?? ""} | ${told(b.one)} ${b.one.name ?? ""}`)
    }
  })

  // A finger hits everything: 44 px each way, on a phone 48 (`targets` says how much; seven days of a week
  // stand in 320 px). The label of a radio or a tick is its target.
  for (const one of rules.targets ? document.querySelectorAll("a, button, summary, input, select, textarea") : []) {
    const target = one.matches("input") ? one.closest("label") ?? one : one
    const { width, height } = target.getBoundingClientRect()
    if (shown(one) && width > 0 && Math.min(width, height) < (rules.targets === true || one.closest(".month") ? 44 : rules.targets) - 0.5) found.push(`${Math.round(width)}×${Math.round(height)}px is no target: ${told(one)}`)
  }

  // Nothing a person reads is smaller than the root's size, except ticks, axes, tab labels, labels of the
  // crisis steps, and
  // readings above a word.
  const root = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = words.nextNode(); text; text = words.nextNode()) {
    const one = text.parentElement
    if (!text.data.trim() || !shown(one) || one.closest("script, style, option")) continue
    const { fontSize, overflowX } = getComputedStyle(one)
    if (rules.text && parseFloat(fontSize) < root && !one.closest("svg, .tabs, .crisis-steps, rt")) found.push(`${fontSize} is too small: ${told(one)}`)
    if (overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1) found.push(`words are cut off: ${told(one)}`)
  }
  // No words lie on other words, and at the usual size the tabs stand in one row.
  const seen = []
  for (const text of everyText()) {
    const range = document.createRange()
    range.selectNodeContents(text)
    const end = text.parentElement.closest("h1")?.getBoundingClientRect().bottom ?? Infinity // a title is cut after three lines
    for (const at of range.getClientRects()) if (at.width > 1 && at.height > 1 && at.top < end - 4) seen.push({ one: text.parentElement, at })
  }
  seen.sort((a, b) => a.at.top - b.at.top)
  seen.forEach(({ one, at }, n) => {
    for (let next = n + 1; next < seen.length && seen[next].at.top < at.bottom - 6; next++) {
      const other = seen[next]
      const wide = Math.min(at.right, other.at.right) - Math.max(at.left, other.at.left)
      if (other.one !== one && wide > 3 && Math.min(at.bottom, other.at.bottom) - other.at.top > Math.min(at.height, other.at.height) / 2) found.push(`words on words: ${told(one)} | ${told(other.one)}`)
    }
  })
  for (const title of document.querySelectorAll("h1")) {
    const words = document.createRange()
    words.selectNodeContents(title)
    const below = title.getBoundingClientRect().bottom
    const lines = new Set([...words.getClientRects()].filter((one) => one.top < below - 2).map((one) => Math.round(one.top / 4)))
    if (rules.text && lines.size > 3) found.push(`a title of ${lines.size} lines: ${told(title)}`)
  }
  const tabs = [...document.querySelectorAll(".tabs a")].map((one) => one.getBoundingClientRect().top)
  if (root <= 16 && new Set(tabs).size > 1) found.push("the tabs stand in two rows")
  return found

  /** What stands still and is read: no readings above a word, no dock that lies over the page. */
  function* everyText() {
    const over = document.querySelector(".cover")
    const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let text = all.nextNode(); text; text = all.nextNode()) {
      const one = text.parentElement
      if (text.data.trim() && shown(one) && !one.closest("script, style, option, ruby, .dock, .act, [popover]") && !one.closest(".stacked > thead") && (!over || over.contains(one))) yield text
    }
  }
}
