"""The next version of the app, offered by the same site and signed by the same key: one text changed, or the
worker too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pwa_server.phone.release import LIST, SIGNATURE, build_release, read_key, sign
from sync.encoding import b64u, sha256

TEXT, WORKER = "/static/texts/en/common.json", "/service_worker/worker.js"


class NextRelease:
    """WSGI, before a relay. `offer()` again and again: each time another version."""

    def __init__(self, app: Any) -> None:
        self.app, self.extensions = app, app.extensions
        config = app.extensions["sotto_relay"].config
        self.key = read_key(config.relay_data / "release-key.pem")
        self.release = build_release()
        self.changed: dict[str, bytes] = {}
        self.offered = 0

    def offer(self, *, worker: bool) -> None:
        self.offered += 1
        changed = {TEXT: self.release.files[TEXT] + b"\n" * self.offered}
        if worker:
            changed[WORKER] = self.release.files[WORKER] + b"// %d\n" % self.offered
        files = json.loads(self.release.list_bytes)["files"]
        files |= {url: {"sha256": b64u(sha256(data)), "size": len(data)} for url, data in changed.items()}
        changed[LIST] = json.dumps({"v": 1, "files": files}, separators=(",", ":")).encode()
        changed[SIGNATURE] = sign(changed[LIST], self.key)
        self.changed = changed

    @property
    def version(self) -> str:
        return b64u(sha256(self.changed.get(LIST, self.release.list_bytes)))

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        changed = self.changed.get(environ["PATH_INFO"])
        if changed is None:
            answer: Iterable[bytes] = self.app(environ, start)
            return answer
        plain = {
            name: value
            for name, value in environ.items()
            if name not in ("HTTP_IF_NONE_MATCH", "HTTP_ACCEPT_ENCODING")
        }

        def begin(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            kept = [
                one for one in headers if one[0].lower() not in ("content-length", "etag", "cache-control")
            ]
            return start(
                status, [*kept, ("Content-Length", str(len(changed))), ("Cache-Control", "no-cache")]
            )

        for _ in self.app(plain | {"QUERY_STRING": ""}, begin):
            pass
        return [changed]
