"""The page that helps a phone to trust this building's authority. Plain http on a port beside the relay's.

It cannot be https: the phone does not trust us yet. It gives away a public certificate and nothing else; the
fingerprint on the start lines is what a careful person compares.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .config import Config
from .processes import CannotStart
from .program_files import ROOT
from .texts import t
from .tls import Lan

CERTIFICATE = "/sotto-ca.crt"
STYLE = "/trust.css"


@contextmanager
def trust_page(lan: Lan, config: Config) -> Iterator[str]:
    """Serve while inside; gives the page's address."""
    port = config.trust_port
    pages = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined
    )
    try:
        server = ThreadingHTTPServer((config.host, port), partial(_Answers, lan, config, pages))
    except OSError as error:
        raise CannotStart("cli.port_refused", host=config.host, port=port, why=error.strerror) from None
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="trust page", daemon=True)
    thread.start()
    try:
        yield f"http://{lan.addresses[0] if lan.addresses else 'localhost'}:{port}/trust"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    timeout = 10

    def version_string(self) -> str:
        """Which Python answers is nobody's business."""
        return "sotto"

    def __init__(self, lan: Lan, config: Config, pages: Environment, *args: Any) -> None:
        self.lan, self.config, self.pages = lan, config, pages
        super().__init__(*args)  # what the server hands to every handler

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if where.path == CERTIFICATE:
            self._send("application/x-x509-ca-cert", self.lan.authority.read_bytes())
        elif where.path == STYLE:
            self._send("text/css; charset=utf-8", (ROOT / "static/css/trust.css").read_bytes())
        elif where.path in ("/", "/trust"):
            self._send("text/html; charset=utf-8", self._page(parse_qs(where.query)).encode())
        else:
            self.send_error(404)

    def _page(self, query: dict[str, list[str]]) -> str:
        asked = query.get("lang", [self.config.lang])[0]
        lang = asked if asked in ("ja", "en") else self.config.lang
        return self.pages.get_template("trust.html").render(
            lang=lang,
            other="en" if lang == "ja" else "ja",
            t=partial(t, lang),
            fingerprint=self.lan.fingerprint,
            certificate=CERTIFICATE,
            style=STYLE,
            app=f"{self.config.phone_address}/phone/",
        )

    def _send(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
        )
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Which phones asked is nobody's business."""
