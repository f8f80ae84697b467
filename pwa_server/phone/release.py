"""The list of every file the phone app loads, and its signature (SPEC 12).

Who can change a file the phone loads can read what that phone opens. So the files are listed with their
hashes, the list is signed by a key kept away from the server, the service worker serves nothing else, and
`check` compares a live site with the list from outside.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pwa_server.program_files import ROOT
from sync.encoding import b64u, sha256, unb64u
from sync.errors import SyncError
from sync.signing import SignKey, verify
from sync.strict_json import read_json

from .lean import lean, one_style

TAG = "release"
SHELL = "/phone/"
STYLE = "/static/css/phone.css"
MANIFEST = "/phone/manifest.webmanifest"
LIST = "/phone/release.json"
SIGNATURE = "/phone/release.sig"
SIGNATURE_FILE = "release.sig"  # beside the checkout's own files, carried with them

# URL of a page that is kept under another name in the repository.
PAGES = {SHELL: "templates/phone/shell.html", MANIFEST: "templates/phone/manifest.json"}
PARTS = (
    "static/css/phone.css",
    "static/css/tokens.css",
    "static/css/phone/*.css",
    "static/js/**/*.js",
    "static/vendor/*.js",
    "static/icons/favicon.svg",
    "static/icons/icon-192.png",
    "static/icons/badge-96.png",
    "static/texts/*/common.json",
    "static/texts/*/phone.json",
    "static/texts/*/field.json",
    "static/texts/readings.json",
    "sync/*.js",
    "sync/words.json",
    "service_worker/*.js",
)
NOT_THE_PHONES = ("static/js/desk/",)
# What the system fetches to show the installed app. It is never run, and the app does without it.
BESIDE = ("static/icons/*.png", "static/screenshots/*.png", "static/screenshots/*.webp")


class ReleaseDiffers(ValueError):
    """The files here are not those that were signed. Its text says what to do."""


@dataclass(frozen=True)
class Release:
    """`list_bytes`: release.json. `files`: URL path -> bytes of every file in it, as they are served."""

    list_bytes: bytes
    files: dict[str, bytes]

    @property
    def version(self) -> str:
        return b64u(sha256(self.list_bytes))


def build_release(root: Path = ROOT) -> Release:
    """The release that lies in a checkout."""
    files = {url: (root / path).read_bytes() for url, path in PAGES.items()}
    paths = {path.relative_to(root).as_posix(): path for path in _matching(root, PARTS)}
    files |= {f"/{name}": lean(name, path.read_bytes()) for name, path in paths.items()}
    files[STYLE], within = one_style(STYLE, files)
    files = {url: data for url, data in files.items() if url not in within}
    listed = {url: {"sha256": b64u(sha256(files[url])), "size": len(files[url])} for url in sorted(files)}
    text = json.dumps({"v": 1, "files": listed}, separators=(",", ":"), ensure_ascii=False)
    return Release(text.encode(), files)


def beside_release(root: Path = ROOT) -> dict[str, bytes]:
    """Pictures for the system's install page, by URL path."""
    return {f"/{path.relative_to(root).as_posix()}": path.read_bytes() for path in _matching(root, BESIDE)}


def sign(list_bytes: bytes, key: SignKey) -> bytes:
    """The bytes of release.sig."""
    said = {"key": b64u(key.public), "sig": b64u(key.sign(TAG, sha256(list_bytes)))}
    return json.dumps(said, separators=(",", ":")).encode()


def verify_release(list_bytes: bytes, signature: bytes) -> bytes:
    """The public key that signed; raises SyncError. Whether it is the right key is for whoever pinned one."""
    key = signed_by(signature)
    verify(key, TAG, sha256(list_bytes), unb64u(read_json(signature).get("sig"), 64))
    return key


def signed_by(signature: bytes) -> bytes:
    """The public key a release.sig names; raises SyncError. It says nothing until `verify_release` agreed."""
    return unb64u(read_json(signature).get("key"), 65)


def signature_for(release: Release, own_key: Callable[[], SignKey], carried: Path) -> tuple[bytes, bool]:
    """(release.sig, whether it was carried here, as the file `carried`). Without it, our own key signs.

    Raises ReleaseDiffers when a signature lies here that does not fit: somebody changed a file.
    """
    if not carried.exists():
        return sign(release.list_bytes, own_key()), False
    signature = carried.read_bytes()
    try:
        verify_release(release.list_bytes, signature)
    except SyncError as error:
        raise ReleaseDiffers(
            f"{SIGNATURE_FILE} does not fit the phone app's files here: a file was changed after signing. "
            "Get the release again, or sign these files with `sotto release KEY`."
        ) from error
    return signature, True


def read_key(file: Path) -> SignKey:
    """A release key (PEM, P-256), made by `new_key`."""
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(f"{file} is not a P-256 private key")
    return SignKey.from_bytes(key.private_numbers().private_value.to_bytes(32, "big"))


def new_key() -> bytes:
    """PEM of a fresh release key."""
    form = serialization.PrivateFormat.PKCS8
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def check(ours: Release, fetch: Callable[[str], bytes | None], key: bytes | None = None) -> list[str]:
    """How a live site differs from `ours`, one line a difference; empty when it is the same.

    `fetch` gives the bytes under a URL path, or None when the site does not have it. `key`: who must have signed.
    """
    differs = list(_check_list(ours, fetch, key))
    for url, data in ours.files.items():
        live = fetch(url)
        if live is None:
            differs.append(f"{url} is missing")
        elif live != data:
            differs.append(f"{url} differs")
    return differs


def _check_list(ours: Release, fetch: Callable[[str], bytes | None], key: bytes | None) -> Iterator[str]:
    listed, signature = fetch(LIST), fetch(SIGNATURE)
    if listed is None or signature is None:
        yield f"{LIST} or {SIGNATURE} is missing"
        return
    if listed != ours.list_bytes:
        try:
            extra = set(read_json(listed).get("files") or ()) - set(ours.files)
        except (SyncError, TypeError):
            extra = set()
        yield f"{LIST} differs"
        yield from (f"{url} is not part of this release" for url in sorted(map(str, extra)))
    try:
        signed_by = verify_release(listed, signature)
    except SyncError:
        yield f"{SIGNATURE} does not fit {LIST}"
        return
    if key is not None and signed_by != key:
        yield f"{SIGNATURE} is by another key"


def _matching(root: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and not path.relative_to(root).as_posix().startswith(NOT_THE_PHONES):
                yield path
