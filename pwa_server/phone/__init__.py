"""Serves the phone app: the files of one release, from memory, and nothing else.

The release is read once, when the process starts: what a phone is given is what was listed and signed.
"""

import gzip
import mimetypes
from functools import cached_property
from pathlib import Path

import brotli
from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from pwa_server.config import BadSetting, Config
from pwa_server.keyfiles import write_secret
from pwa_server.program_files import ROOT
from sync.encoding import b64u, sha256
from sync.signing import SignKey

from . import parcels
from . import release as releases

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
}
ALREADY_SMALL = ("image/png", "image/webp")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types sotto-worker",
    )
)
# The camera takes photos of the visit, the passkey unlocks; nothing else of the phone is the app's business.
ALLOWED_FEATURES = ("camera", "publickey-credentials-create", "publickey-credentials-get")
NO_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "xr-spatial-tracking",
)
# For what becomes a page or a worker: their policies come from their own answer.
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [f"{name}=(self)" for name in ALLOWED_FEATURES] + [f"{name}=()" for name in NO_FEATURES]
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# For everything these load. Short, because over HTTP/1.1 a hundred files repeat them a hundred times.
FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
ASK_EACH_TIME = "no-cache"  # the name of a file says nothing about its content, so its ETag is asked for
FOR_EVER = "public, max-age=31536000, immutable"


class Served:
    """A file as it goes over the wire."""

    def __init__(self, url: str, data: bytes) -> None:
        self.data = data
        self.mimetype = mimetype(url)
        self.hash = b64u(sha256(data))
        stands_alone = url == releases.SHELL or url.startswith("/service_worker/")
        self.headers = PAGE_HEADERS if stands_alone else FILE_HEADERS
        if url.startswith("/service_worker/"):
            self.headers = self.headers | {"Service-Worker-Allowed": releases.SHELL}

    def encoded(self) -> tuple[str, bytes]:
        """(content coding, bytes) as this request takes them, the smallest it can read."""
        wanted = request.accept_encodings
        if self.mimetype not in ALREADY_SMALL:
            if wanted.quality("br") > 0 and len(self.brotli) < len(self.data):
                return "br", self.brotli
            if wanted.quality("gzip") > 0 and len(self.gzip) < len(self.data):
                return "gzip", self.gzip
        return "", self.data

    # Made when first asked for. Brotli's last step up costs five times the time and saves a fiftieth.

    @cached_property
    def brotli(self) -> bytes:
        small: bytes = brotli.compress(self.data, mode=brotli.MODE_TEXT, quality=10, lgwin=20)
        return small

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.data, 9, mtime=0)


def blueprint(config: Config, root: Path = ROOT) -> Blueprint:
    """Routes of the phone app.

    Raises BadSetting when the files here are not those of their signature, and at a relay in earnest when they have
    none, or one by a key that lies on this server.
    """
    check_signing(config, root)
    release = releases.build_release(root)
    try:
        signature, _ = releases.signature_for(
            release, lambda: _own_key(config), carried_signature(config, root)
        )
    except releases.ReleaseDiffers as error:
        raise BadSetting(str(error)) from error
    files = release.files | releases.beside_release(root)
    files |= {releases.LIST: release.list_bytes, releases.SIGNATURE: signature}
    served = {url: Served(url, data) for url, data in files.items()}
    kept = {url: {"Content-Type": served[url].mimetype, **served[url].headers} for url in release.files}
    served |= {url: Served(url, data) for url, data in parcels.parcels(release.files, kept).items()}
    phone = Blueprint("phone", __name__)

    @phone.get("/")
    def door() -> ResponseReturnValue:
        return redirect(releases.SHELL, 302)

    @phone.get("/phone/", defaults={"path": ""})
    @phone.get("/<any(phone, static, sync, service_worker):room>/<path:path>")
    def file(path: str, room: str = "phone") -> ResponseReturnValue:
        found = served.get(f"/{room}/{path}")
        if found is None:
            abort(404)
        return _answer(found)

    return phone


def _answer(found: Served) -> Response:
    asked = request.args.get("sha256")
    if asked is not None and asked != found.hash:
        abort(404)  # the content that was asked for is of another release (SPEC 12.2)
    coding, data = found.encoded()
    answer = Response(data, content_type=found.mimetype)
    answer.headers.update(found.headers)
    answer.headers["Cache-Control"] = FOR_EVER if asked else ASK_EACH_TIME
    answer.set_etag(found.hash)
    if found.mimetype not in ALREADY_SMALL:
        answer.headers["Vary"] = "Accept-Encoding"
    if coding:
        answer.headers["Content-Encoding"] = coding
    answer.make_conditional(request)
    return answer


def mimetype(url: str) -> str:
    if url == releases.SHELL:
        return "text/html; charset=utf-8"
    if url == releases.SIGNATURE:
        return "application/json"
    if url in (parcels.FIRST, parcels.REST):
        return parcels.TYPE
    ending = url[url.rindex(".") :]
    return TYPES.get(ending) or mimetypes.types_map[ending]


def check_signing(config: Config, root: Path = ROOT) -> None:
    """Raise BadSetting at a relay of its own, outside the trial, that would sign by itself or holds the key that did.

    Facing the internet, it must not be able to: who breaks in would sign any change. On one machine with the desk a
    break-in reads records anyway.
    """
    if config.role != "relay" or config.trial:
        return
    carried, key = carried_signature(config, root), _own_key_file(config)
    if not carried.exists():
        raise BadSetting(_unsigned(carried, key))
    if key.exists() and releases.read_key(key).public == releases.signed_by(carried.read_bytes()):
        raise BadSetting(
            f"The key that signed the phone app's files lies on this server ({key}): who breaks in here signs any "
            "change with it. Move the file to the machine where releases are signed, and start again."
        )


def carried_signature(config: Config, root: Path = ROOT) -> Path:
    """Where the signature made elsewhere lies: by the setting, or beside the program's files."""
    return config.release_signature_file or root / releases.SIGNATURE_FILE


def _own_key(config: Config) -> SignKey:
    """A release key of this machine, made once: for trials, and where one machine is relay and desk."""
    file = _own_key_file(config)
    write_secret(file, releases.new_key())
    return releases.read_key(file)


def _own_key_file(config: Config) -> Path:
    return config.relay_data / "release-key.pem"


def _unsigned(carried: Path, key: Path) -> str:
    unsigned = (
        f"{releases.SIGNATURE_FILE} is missing: nobody signed the phone app's files here, and a relay does not sign "
        "them itself. Run `sotto release KEY` in the same release on a machine away from this server and put the "
        f"{releases.SIGNATURE_FILE} it writes to {carried}. To try Sotto out, use --trial."
    )
    if key.exists():
        unsigned += (
            f" Phones know the key {key}, with which this relay signed until now: move that file away and use it as "
            "KEY, or every phone keeps the release it has."
        )
    return unsigned
