// What is being typed goes to the desk as letters, one after the other. The form itself goes only once the last of
// them has been answered: a letter that arrived behind it would put back what was taken in already.

const PATIENCE = 5000 // ms; on a line as slow as this the form goes all the same

/**
 * @param {HTMLFormElement} form
 * @param {string} address
 * @returns {{ send: (text: string) => Promise<Response | null>, over: () => boolean }}
 */
export function lettersOf(form, address) {
  const leaving = new AbortController()
  /** @type {Promise<unknown> | null} */
  let underWay = null
  let held = false

  form.addEventListener("submit", (event) => {
    if (!underWay) return leaving.abort()
    event.preventDefault()
    if (held) return
    held = true
    const patience = new Promise((done) => window.setTimeout(done, PATIENCE))
    const button = event.submitter
    void Promise.race([underWay, patience]).then(() => {
      underWay = null
      form.requestSubmit(button)
    })
  })

  const send = async (/** @type {string} */ text) => {
    const body = new URLSearchParams({ csrf: new FormData(form).get("csrf")?.toString() ?? "", text })
    const letter = fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      keepalive: true,
      signal: leaving.signal,
    }).catch(() => null)
    underWay = letter
    const answer = await letter
    if (underWay === letter) underWay = null
    return answer
  }
  return { send, over: () => held || leaving.signal.aborted }
}
