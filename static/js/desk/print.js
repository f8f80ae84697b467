// The print button: shown only where a script can press it. Without it, the browser's own command prints.

for (const button of document.querySelectorAll("[data-print]")) {
  if (!(button instanceof HTMLButtonElement)) continue
  button.hidden = false
  button.addEventListener("click", () => window.print())
}
