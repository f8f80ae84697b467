// Whether anything waits to leave this phone. Loaded by the page and by the service worker: no DOM.

import { outbox } from "../store/outbox_db.js"

/** Is anything waiting to leave? */
export async function somethingWaits(box = outbox) {
  return box.run(["envelopes", "blobs"], "readonly", async (tx) => {
    const [text, photos] = await Promise.all([
      tx.objectStore("envelopes").index("state").count("packed"),
      tx.objectStore("blobs").index("state").count("waiting"),
    ])
    return text + photos > 0
  })
}
