// Signing in with a passkey, and making one. The button appears only where the browser can do it. The credential is
// sent without its extension results, which in some browsers carry secrets.

/** @typedef {{ options: string, answer: string, csrf: string }} Ceremony */

export function offerPasskeys() {
  if (typeof PublicKeyCredential !== "function" || !("parseRequestOptionsFromJSON" in PublicKeyCredential))
    return
  const gate = document.getElementById("passkey")
  const maker = document.getElementById("new-passkey")
  if (gate) {
    gate.hidden = false
    offer(gate, signIn)
  }
  if (maker) {
    const button = maker.querySelector("button")
    if (button) button.hidden = false
    offer(maker, make)
  }
}

/**
 * @param {HTMLElement} place
 * @param {(ceremony: Ceremony, place: HTMLElement) => Promise<string>} act  resolves with where to go
 */
function offer(place, act) {
  const { options = "", answer = "", csrf = "" } = place.dataset
  place.querySelector("button")?.addEventListener("click", async () => {
    say(place, "")
    try {
      location.assign(await act({ options, answer, csrf }, place))
    } catch (error) {
      say(place, error instanceof DOMException && error.name === "NotAllowedError" ? "away" : "failed")
    }
  })
}

/** @param {Ceremony} ceremony */
async function signIn({ options, answer, csrf }) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask(options, csrf, {}))
  const credential = await navigator.credentials.get({ publicKey })
  return (await ask(answer, csrf, plain(credential))).next
}

/** @param {Ceremony} ceremony  @param {HTMLElement} place */
async function make({ options, answer, csrf }, place) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await ask(options, csrf, {}))
  const credential = await navigator.credentials.create({ publicKey })
  const label = place.querySelector("input")?.value ?? ""
  return (await ask(answer, csrf, { credential: plain(credential), label })).next
}

/** @param {Credential | null} credential */
function plain(credential) {
  if (!(credential instanceof PublicKeyCredential)) throw new TypeError("no credential")
  const { clientExtensionResults: _, ...rest } = credential.toJSON()
  return { ...rest, clientExtensionResults: {} }
}

/**
 * @param {string} url
 * @param {string} csrf
 * @param {unknown} body
 * @returns {Promise<any>}
 */
async function ask(url, csrf, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-Csrf": csrf },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

/** @param {HTMLElement} place  @param {"" | "failed" | "away"} what */
function say(place, what) {
  const line = place.querySelector('[role="alert"]')
  if (!(line instanceof HTMLElement)) return
  line.textContent = what === "" ? "" : (line.dataset[what] ?? "")
  line.hidden = what === ""
}
