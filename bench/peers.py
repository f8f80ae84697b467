"""Gets the peers into `bench/.cache` (from npm and PyPI, once) and starts their servers, a fresh one each time."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE / ".cache"
NPM = (
    "pouchdb@9.0.0",
    "express-pouchdb@4.2.0",
    "express@4",
    "rxdb@17.6.0",
    "rxjs@7",
    "kinto@17.1.1",
    "esbuild@0.28.2",
)
PYPI = ("kinto==26.5.0", "waitress==3.0.2")
RXDB_ENTRY = """
export { addRxPlugin, createRxDatabase } from "rxdb/plugins/core"
export { getRxStorageDexie } from "rxdb/plugins/storage-dexie"
export { replicateRxCollection } from "rxdb/plugins/replication"
"""
POUCHDB_SERVER = """
const PouchDB = require("pouchdb").defaults({ prefix: process.argv[3] + "/" })
const app = require("express")()
app.use("/", require("express-pouchdb")(PouchDB, { mode: "minimumForPouchDB", overrideMode: { include: [] },
  configPath: process.argv[3] + "/config.json", logPath: process.argv[3] + "/log.txt" }))
app.listen(Number(process.argv[2]), "127.0.0.1")
"""
KINTO = """
[app:main]
use = egg:kinto
kinto.userid_hmac_secret = only-for-a-bench
kinto.storage_backend = kinto.core.storage.memory
kinto.permission_backend = kinto.core.permission.memory
kinto.cache_backend = kinto.core.cache.memory
kinto.bucket_create_principals = system.Everyone
kinto.includes = kinto.plugins.default_bucket
multiauth.policies = basicauth
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 8
[loggers]
keys = root
[handlers]
keys =
[formatters]
keys =
[logger_root]
level = ERROR
handlers =
"""


def install() -> None:
    """Nothing if it is there already."""
    stamp = CACHE / "installed"
    wanted = "\n".join((*NPM, *PYPI))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Getting the peers from npm and PyPI (once) …", flush=True)
    CACHE.mkdir(exist_ok=True)
    (CACHE / "package.json").write_text('{"name":"peers","private":true}')
    _do("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *NPM)
    (CACHE / "rxdb_entry.js").write_text(RXDB_ENTRY)
    _do(
        "node_modules/.bin/esbuild",
        "rxdb_entry.js",
        "--bundle",
        "--minify",
        "--format=iife",
        "--global-name=RxDB",
        "--outfile=rxdb.js",
        "--log-level=error",
    )
    (CACHE / "pouchdb_server.js").write_text(POUCHDB_SERVER)
    _do(sys.executable, "-m", "venv", "kinto")
    _do("kinto/bin/python", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *PYPI)
    stamp.write_text(wanted)


def script(name: str) -> str:
    places = {
        "pouchdb": "node_modules/pouchdb/dist/pouchdb.min.js",
        "rxdb": "rxdb.js",
        "kinto": "node_modules/kinto/dist/kinto.min.js",
    }
    return (CACHE / places[name]).read_text("utf-8")


@contextmanager
def serving(name: str, folder: Path) -> Iterator[int]:
    """A fresh server of this peer ("floor" too); its port."""
    port = free_port()
    folder.mkdir()
    command = {
        "pouchdb": ["node", str(CACHE / "pouchdb_server.js"), str(port), str(folder)],
        "rxdb": [sys.executable, "-m", "bench.floor", str(port), str(folder / "kept.db")],
        "floor": [sys.executable, "-m", "bench.floor", str(port), str(folder / "kept.db")],
        "kinto": [str(CACHE / "kinto/bin/kinto"), "start", "--ini", str(folder / "kinto.ini")],
    }[name]
    if name == "kinto":
        (folder / "kinto.ini").write_text(KINTO.format(port=port))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=HERE.parent, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _wait_for(port, process, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/")
            line.getresponse().read()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        finally:
            line.close()
    raise RuntimeError(f"the server did not start: {log.read_text()[-1000:]}")


def _do(*command: str) -> None:
    subprocess.run(command, cwd=CACHE, check=True)
