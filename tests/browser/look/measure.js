// Evaluated in a page: what the look's rules (phone.md, "Measure") find wrong with it. The rules a screen must hold are
// passed in: { targets: true } for fingers, { text: true } for the smallest size.
rules => {
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

  // A finger hits everything: 44 px each way, on a phone 48 (`targets` says how much; seven days of a week stand in 320 px). The label of a radio or a tick is its target.
  for (const one of rules.targets ? document.querySelectorAll("a, button, summary, input, select, textarea") : []) {
    const target = one.matches("input") ? one.closest("label") ?? one : one
    const { width, height } = target.getBoundingClientRect()
    if (shown(one) && width > 0 && Math.min(width, height) < (rules.targets === true || one.closest(".month") ? 44 : rules.targets) - 0.5) found.push(`${Math.round(width)}×${Math.round(height)}px is no target: ${told(one)}`)
  }

  // Nothing a person reads is smaller than the root's size, except ticks, axes, tab labels, labels of the crisis steps, and
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
  return found
}
