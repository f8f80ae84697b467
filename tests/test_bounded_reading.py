"""What unpacks, and what reads another machine's answer, is bounded: every place is found here by its words."""

import gzip
import re
import threading
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from pwa_server.bounded_http import Unbounded, ask
from pwa_server.desk.exchange.relay_client import RelayClient, RelayError
from sync.signing import SignKey

ROOT = Path(__file__).parent.parent
MIB = 1024 * 1024
PYTHON = re.compile(
    r"\b(?:decompress(?:obj)?|zlib|gzip|brotli\w*|zstd\w*|lzma|bz2|zipfile|tarfile|unpack_archive|urlopen|iter_raw|iter_bytes"
    r"|httpx\.(?:get|post|request|stream|AsyncClient)|(?<=\n)(?:import|from) requests|getresponse|\.stream\(|_?http\.(?:get|post|put|request)\()"
)
JAVASCRIPT = re.compile(
    r"\b(?:DecompressionStream|arrayBuffer\(\)|json\(\)|text\(\)|formData\(\)|blob\(\)|bytes\(\)|getReader)"
)
# file → why what it reads there cannot grow past a bound
READS = {
    "pwa_server/bounded_http.py": "counts as it reads, and takes nothing packed",
    "pwa_server/desk/actions/imports.py": "what the desk packed itself, with a bound all the same: a backup may be made elsewhere",
    "pwa_server/desk/core/spreadsheets.py": "in a process with bounds (confined.py), sizes told by the archive first",
    "pwa_server/desk/pages/office/leaving.py": "packs the office's own records, reads nothing",
    "pwa_server/phone/__init__.py": "packs files of our own, reads nothing",
    "pwa_server/processes.py": "our own process, its status alone",
    "pwa_server/relay/webpush_out.py": "looks at the status, and never at the body",
    "sync/plaintext.py": "zlib's own bound: max_length",
}
READS_JS = {
    "sync/plaintext.js": "through readStream",
    "sync/read_stream.js": "counts as it reads",
    "static/js/store/photos.js": "a picture of this page's own camera and canvas",
    "static/js/transport/rescue.js": "a file somebody picks: piece by piece, sizes told and bounded first",
    "service_worker/notices.js": "a push message: 4 KB at most (RFC 8030), and our own file of texts",
    # files of the release, which the worker hands out only as listed, by size and hash
    "static/js/words/furigana.js": "release",
    "static/js/words/texts.js": "release",
    "static/js/store/passphrase.js": "release",
    # pages of the desk read answers of the desk they came from
    "static/js/desk/passkeys.js": "desk",
    "static/js/desk/meeting.js": "desk",
    "static/js/desk/kept_form.js": "desk",
}


def code(file: Path) -> str:
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)


def test_every_place_that_unpacks_or_reads_an_answer_is_known():
    python = [file for room in ("pwa_server", "sync") for file in (ROOT / room).rglob("*.py")]
    found = {str(file.relative_to(ROOT)) for file in python if PYTHON.search(file.read_text("utf-8"))}
    assert found == set(READS)
    scripts = [
        file for room in ("sync", "static/js", "service_worker") for file in (ROOT / room).rglob("*.js")
    ]
    found = {str(file.relative_to(ROOT)) for file in scripts if JAVASCRIPT.search(code(file))}
    assert found == set(READS_JS)


class Site(BaseHTTPRequestHandler):
    """Answers by path: a bomb, a stream without end, an honest body."""

    bomb = gzip.compress(bytes(64 * MIB), 9)
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(self.headers.get("Accept-Encoding"))
        kind = self.path.rpartition("/")[2]
        self.send_response(200)
        if kind in ("gzip", "nonce") and self.server.evil:
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(self.bomb)))
            self.end_headers()
            self.wfile.write(self.bomb)
        elif kind == "endless":
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            try:
                while True:
                    self.wfile.write(bytes(65536))
            except OSError:
                return
        else:
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    server.asked, server.evil = [], True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_an_answer_that_inflates_or_never_ends_is_refused_in_little_memory(site):
    url = f"http://127.0.0.1:{site.server_port}"
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        assert ask(http, "POST", "/honest", 5).content == b"hello"
        with pytest.raises(Unbounded):
            ask(http, "POST", "/honest", 4)
        tracemalloc.start()
        try:
            for path in ("/gzip", "/endless"):
                with pytest.raises(Unbounded):
                    ask(http, "POST", path, 100_000)
            with pytest.raises(RelayError) as told:
                RelayClient(http, "", SignKey.generate()).ask("roster")
            assert told.value.code == "relay_fault"
            assert tracemalloc.get_traced_memory()[1] < 8 * MIB
        finally:
            tracemalloc.stop()
    assert set(site.asked) == {"identity"}
