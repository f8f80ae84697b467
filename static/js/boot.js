// The page's first script, and all it loads by itself: it has the worker fetch the app, in one piece
// instead of a hundred, and begins when the worker serves it. Without a worker the app is loaded
// file by file.

const WORKER = new URL("../../service_worker/worker.js", import.meta.url).pathname
const LONGEST = 60_000 // then file by file: slow, but it comes

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("sotto-worker", {
  createScriptURL: (/** @type {string} */ url) => {
    if (url !== WORKER) throw new TypeError("not the worker")
    return url
  },
})

/** @type {Promise<ServiceWorkerRegistration | null>} null: a private window, or a browser without modules in workers */
export const registered = register()

// What `app.js` loads, folder by folder (a test holds the list): asked for at once, not level by level.
const LOADED = {
  "/static/js/": "app clock code cover dates door handed idle installing router session texts textsize update view",
  "/static/js/parts/": "gate hooks icon language news numbers sharers together",
  "/static/js/road/": "alone blobs frames leaving push relay rhythm wipe",
  "/static/js/screens/": "choose_unlock ended enrol install lock",
  "/static/js/session/": "here joining lock rounds sharing standing writing",
  "/static/js/store/": "ids numbers open_db outbox_db passkey profiles vault_db",
  "/static/js/visit/": "paths",
  "/static/vendor/": "idb preact",
  "/sync/": "chain encoding enrolment errors limits signing strict_json wipe",
}

void served().then(() => {
  if (navigator.serviceWorker?.controller) foretell()
  return import("./app.js")
})

function foretell() {
  for (const [folder, names] of Object.entries(LOADED)) {
    for (const name of names.split(" ")) {
      const link = document.createElement("link")
      link.rel = "modulepreload"
      link.href = `${folder}${name}.js`
      document.head.append(link)
    }
  }
}

async function register() {
  try {
    return await navigator.serviceWorker.register(policy?.createScriptURL(WORKER) ?? WORKER,
      { scope: "/phone/", type: "module", updateViaCache: "none" })
  } catch {
    return null
  }
}

/** The very first worker of this phone has what the first screens need, or will not come. */
async function served() {
  if (!navigator.serviceWorker || navigator.serviceWorker.controller) return
  const coming = (await registered)?.installing
  if (!coming) return
  await new Promise((go) => {
    navigator.serviceWorker.addEventListener("controllerchange", go, { once: true })
    coming.addEventListener("statechange", () => { if (coming.state === "redundant") go(null) })
    setTimeout(go, LONGEST)
  })
}
