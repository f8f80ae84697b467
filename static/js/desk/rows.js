// The row cursor of a list: j and k move, Enter and o open, x ticks. It is a mark on the row and real focus on its
// link, so that a screen reader follows and Tab goes on from there.

/** @returns {{ take: (key: string, target: EventTarget | null) => boolean }} */
export function rowCursor() {
  const rows = [...document.querySelectorAll("table[data-rows] tbody tr")].filter((row) =>
    row.querySelector("[data-open]"),
  )
  let at = -1

  /** @param {number} place */
  function go(place) {
    if (rows.length === 0) return false
    rows[at]?.classList.remove("is-here")
    at = Math.max(0, Math.min(rows.length - 1, place))
    rows[at].classList.add("is-here")
    link(at)?.focus({ preventScroll: true })
    rows[at].scrollIntoView({ block: "nearest" })
    return true
  }

  /** @param {number} place  @returns {HTMLElement | null} */
  function link(place) {
    return rows[place]?.querySelector("[data-open]") ?? null
  }

  function open() {
    const chosen = link(at)
    chosen?.click()
    return chosen !== null
  }

  function tick() {
    const box = rows[at]?.querySelector('input[type="checkbox"]')
    if (box instanceof HTMLInputElement) box.checked = !box.checked
    return box instanceof HTMLInputElement
  }

  return {
    take(key, target) {
      if (key === "j") return go(at + 1)
      if (key === "k") return go(at < 0 ? 0 : at - 1)
      if (key === "o") return at >= 0 && open()
      if (key === "Enter") return onPage(target) && (at >= 0 ? open() : rows.length > 0 && openFirst())
      return key === "x" && at >= 0 && tick()
    },
  }

  /** Enter on a link or button is the browser's own. @param {EventTarget | null} target */
  function onPage(target) {
    return target === document.body || (target instanceof Element && target.id === "main")
  }

  function openFirst() {
    link(0)?.click()
    return true
  }
}
