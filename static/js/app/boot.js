// The page's first script, and all it loads by itself: it has the worker fetch the app, in one piece
// instead of a hundred, and begins when the worker serves it. Without a worker the app is loaded
// file by file.

const WORKER = new URL("../../../service_worker/worker.js", import.meta.url).pathname
const LONGEST = 60_000 // then file by file: slow, but it comes

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("sotto-worker", {
  createScriptURL: (/** @type {string} */ url) => {
    if (url !== WORKER) throw new TypeError("not the worker")
    return url
  },
})

/** @type {Promise<ServiceWorkerRegistration | null>} null: a private window, or a browser without modules in workers */
const registered = register()

void served().then(() => import("./app.js"))

async function register() {
  try {
    return await navigator.serviceWorker.register(policy?.createScriptURL(WORKER) ?? WORKER, {
      scope: "/phone/",
      type: "module",
      updateViaCache: "none",
    })
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
    coming.addEventListener("statechange", () => {
      if (coming.state === "redundant") go(null)
    })
    setTimeout(go, LONGEST)
  })
}
