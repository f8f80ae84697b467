"""The app's files in two parcels: a first visit over a weak line is few requests, not a hundred (SPEC 12.4).

What is in a parcel is worth nothing by itself: the worker keeps a file from it only if its hash is the one of the
signed list, and fetches alone what is missing or wrong. So this needs to be neither signed nor complete.
"""

import json
import posixpath
import re
from collections.abc import Mapping

from . import release as releases

FIRST = "/phone/release.first"  # what stands before a phone is enrolled
REST = "/phone/release.rest"
TYPE = "application/vnd.sotto.parcel"

BOOT = "/static/js/app/boot.js"
APP = "/static/js/app/app.js"
WORKER = "/service_worker/worker.js"
FIRST_TEXTS = {"/static/texts/ja/common.json", "/static/texts/ja/phone.json"}

IMPORT = re.compile(
    r"""(?m)^(?:import|export)\b[^;'"()]*?from\s*["']([^"']+)["']|^import\s*["']([^"']+)["']"""
)


def parcels(files: Mapping[str, bytes], headers: Mapping[str, Mapping[str, str]]) -> dict[str, bytes]:
    """URL -> parcel. `files`: URL -> bytes as served. `headers`: URL -> what the worker keeps beside them."""
    fetched_alone = {releases.SHELL, releases.STYLE} | loaded(files, BOOT) | loaded(files, WORKER)
    first = (loaded(files, APP) | FIRST_TEXTS) - fetched_alone
    rest = set(files) - first - fetched_alone
    return {FIRST: _parcel(files, headers, first), REST: _parcel(files, headers, rest)}


def loaded(files: Mapping[str, bytes], start: str) -> set[str]:
    """`start` and every module it imports before it runs; what is imported later is not among them."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        url = waiting.pop()
        if url in found or url not in files:
            continue
        found.add(url)
        names = (a or b for a, b in IMPORT.findall(files[url].decode()))
        waiting += [posixpath.normpath(posixpath.join(posixpath.dirname(url), name)) for name in names]
    return found


def _parcel(files: Mapping[str, bytes], headers: Mapping[str, Mapping[str, str]], urls: set[str]) -> bytes:
    """`u32 length ‖ JSON {"headers":[…],"files":[[URL, size, index of its headers]…]} ‖ the files' bytes`."""
    order = sorted(urls, key=lambda url: (url.rpartition(".")[2], url))  # like beside like: it packs smaller
    kinds: list[Mapping[str, str]] = []
    for url in order:
        if headers[url] not in kinds:
            kinds.append(headers[url])
    head = json.dumps(
        {"headers": kinds, "files": [[url, len(files[url]), kinds.index(headers[url])] for url in order]},
        separators=(",", ":"),
    ).encode()
    return b"".join([len(head).to_bytes(4, "big"), head, *(files[url] for url in order)])
