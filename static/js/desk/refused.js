// A form that was refused: what is wrong is in sight, its folds are open, and one stands in the field that is meant.

export function showWhatIsWrong() {
  const wrong =
    document.querySelector("main .error, main [aria-invalid='true']") ??
    document.querySelector(".said.is-wrong")
  if (!(wrong instanceof HTMLElement)) return
  for (let fold = wrong.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null) {
    fold.open = true
  }
  const meant = document.querySelector(`[aria-describedby~="${CSS.escape(wrong.id || "none")}"]`)
  const place = meant instanceof HTMLElement ? meant : wrong
  if (place === wrong && !wrong.matches("input, select, textarea")) wrong.tabIndex = -1
  place.focus({ preventScroll: true })
  wrong.scrollIntoView({ block: "center" })
}
