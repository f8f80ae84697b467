// Answers the app's requests: files of the verified release, and nothing else. Requests to the relay
// pass by untouched and are never cached. A path that is not of the release does not exist.

import { meta } from "../static/js/store/outbox_db.js"
import { adopt, current, fileOf, lookAgain, lookNowAndThen } from "./release.js"

const SHELL = "/phone/"
const PASS = ["/v1/", "/phone/release.json", "/phone/release.sig", "/healthz"]
const PICTURES = ["/static/icons/", "/static/screenshots/"] // the system shows them at installing; they are never run

// What `app.js` loads, folder by folder (a test holds the list): asked for with the page itself, not level by level.
const LOADED = {
  "/static/js/app/": "app view",
  "/static/js/components/": "gate hooks icon language news numbers phrase_break sharers",
  "/static/js/screens/gate/": "choose_unlock ended enrol install lock",
  "/static/js/session/": "context idle joining lock session sharing state status sync_rounds writing",
  "/static/js/shell/": "handed_over installing privacy_cover router update",
  "/static/js/store/": "change_paths emergency_numbers ids locks open_db outbox_db passkey profiles vault_db",
  "/static/js/transport/": "blobs frames push relay schedule send_queue wipe",
  "/static/js/words/": "clock dates enrolment_code text_size texts",
  "/static/vendor/": "idb preact",
  "/sync/": "chain encoding enrolment errors limits read_stream signing strict_json wipe",
}

const MODULES = Object.entries(LOADED).flatMap(([folder, names]) =>
  names.split(" ").map((name) => `<${folder}${name}.js>; rel=modulepreload`),
)
const LINKS = [
  "</static/css/phone.css>; rel=preload; as=style",
  "</static/js/app/boot.js>; rel=modulepreload",
  ...MODULES,
].join(", ") // RFC 8288

/** @param {FetchEvent} event @param {ServiceWorkerGlobalScope} sw */
export function serve(event, sw) {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== sw.location.origin) {
    event.respondWith(Promise.resolve(Response.error())) // no third party, whatever a page asks for
    return
  }
  if (PASS.some((start) => url.pathname.startsWith(start))) return
  if (request.destination === "image" && PICTURES.some((start) => url.pathname.startsWith(start))) {
    event.respondWith(fileOf(url.pathname).then((file) => file ?? fetch(request)))
    return
  }
  event.respondWith(request.mode === "navigate" ? page(event, sw) : file(url.pathname))
}

/** @param {FetchEvent} event @param {ServiceWorkerGlobalScope} sw */
async function page(event, sw) {
  lookAgain()
  // A phone that was erased keeps nothing: it is shown what the site has.
  if (!(await current())) return fetch(event.request)
  // The first window of a start takes what waits; an open one is never changed under a person's hands.
  const open = await sw.clients.matchAll({ type: "window", includeUncontrolled: true })
  if (open.length === 0 && (await meta("staged"))) await adopt().catch(() => {}) // a full disk must not keep the worker out
  event.waitUntil(lookNowAndThen(sw).catch(() => {}))
  const shell = await file(SHELL)
  if (!shell.ok) return shell
  return new Response(shell.body, { headers: [...shell.headers, ["Link", LINKS]] })
}

/** @param {string} path */
async function file(path) {
  try {
    const held = await fileOf(path)
    if (held) return held
    if (!(await current())) return await fetch(path)
    return (await fileOf(path)) ?? gone() // asked again: the release may have begun between the two looks
  } catch {
    return Response.error()
  }
}

const gone = () => new Response("", { status: 404 })
