"""An app that leaks by every way a browser offers. What it leaks must be found, or the search of a true phone
is worth nothing.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"""<!doctype html><meta charset=utf-8><title>leaky</title>
<form><textarea id=textarea></textarea><input id=input name=said></form><script src=leak.js></script>"""

# Each function takes a needle and leaves it somewhere.
SCRIPT = b"""
const rows = (value) => new Promise((done, failed) => {
  const opened = indexedDB.open("leaky-" + crypto.randomUUID())
  opened.onupgradeneeded = () => opened.result.createObjectStore("rows")
  opened.onerror = failed
  opened.onsuccess = () => {
    const tx = opened.result.transaction("rows", "readwrite", { durability: "strict" })
    tx.objectStore("rows").put(value, 1)
    tx.oncomplete = done
  }
})
const utf8 = (text) => new TextEncoder().encode(text)
globalThis.leaks = {
  "a text in IndexedDB": (text) => rows({ note: text }),
  "bytes in IndexedDB": (text) => rows(utf8(text)),
  "a blob in IndexedDB": (text) => rows(new Blob([text.repeat(2000)])),
  "a long text in IndexedDB": (text) => rows((text + "\\u3042 and the same words again ").repeat(4000)),
  "base64 in IndexedDB": (text) => rows(btoa("x" + String.fromCharCode(...utf8(text)))),
  "localStorage": (text) => localStorage.setItem(crypto.randomUUID(), text),
  "sessionStorage": (text) => sessionStorage.setItem(crypto.randomUUID(), text),
  "Cache Storage": async (text) => (await caches.open("leaky")).put("/" + crypto.randomUUID(), new Response(text)),
  "the name in Cache Storage": async (text) => (await caches.open("leaky")).put("/" + encodeURIComponent(text), new Response("")),
  "the address": (text) => history.pushState(null, "", "#/" + text),
  "the title": (text) => { document.title = text; history.pushState(null, "", "#" + Math.random()) },
  "the history's state": (text) => history.pushState({ text }, "", "#" + Math.random()),
  "an answer kept by the HTTP cache": (text) => fetch("/kept?" + Math.random(), { method: "GET", headers: { "X-Say": encodeURIComponent(text) } }).then((a) => a.text()),
}
"""


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        from urllib.parse import unquote

        if self.path.startswith("/kept"):
            self._say(
                "text/plain", gzip.compress(unquote(self.headers.get("X-Say", "")).encode()), packed=True
            )
        elif self.path.endswith(".js"):
            self._say("text/javascript", SCRIPT)
        else:
            self._say("text/html; charset=utf-8", PAGE)

    def do_POST(self) -> None:
        """Says again what it heard: as JSON in pieces, compressed."""
        heard = self.rfile.read(int(self.headers["Content-Length"]))
        self._say(
            "application/json", gzip.compress(json.dumps({"heard": heard.decode()}).encode()), packed=True
        )

    def _say(self, kind: str, body: bytes, packed: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=9999")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[int]:
    """The port of the leaky app."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
