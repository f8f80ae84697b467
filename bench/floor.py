"""The least a server can do: take a body, commit it, give it back. And what RxDB's guide asks a server for.

Run as `python -m bench.floor PORT FILE`. Both roads commit to SQLite with full synchronisation, as the relay does.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

LOCK = threading.Lock()


class Floor(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    db: sqlite3.Connection

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/rxdb/pull":
            self._pull(parse_qs(asked.query))
        elif asked.path == "/floor":
            self._say(self.db.execute("select body from kept where name = 'floor'").fetchone()[0])
        else:
            self._say(b"ok")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with LOCK:
            if self.path == "/rxdb/push":
                self._push(body)
            else:
                self.db.execute("insert or replace into kept values ('floor', ?)", (body,))
            self.db.commit()
        self._say(b"[]")

    def _push(self, body: bytes) -> None:
        """Rows `{newDocumentState, assumedMasterState}`; the conflicts are none here."""
        for row in json.loads(body):
            doc = row["newDocumentState"]
            self.db.execute(
                "insert or replace into docs (id, body) values (?, ?)",
                (doc["id"], json.dumps(doc, ensure_ascii=False)),
            )

    def _pull(self, asked: dict[str, list[str]]) -> None:
        after, limit = int(asked["after"][0]), int(asked["limit"][0])
        rows = self.db.execute(
            "select number, body from docs where number > ? order by number limit ?", (after, limit)
        )
        found = rows.fetchall()
        last = found[-1][0] if found else after
        self._say(
            f'{{"documents":[{",".join(row[1] for row in found)}],"checkpoint":{{"after":{last}}}}}'.encode()
        )

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    Floor.db = sqlite3.connect(sys.argv[2], check_same_thread=False)
    Floor.db.execute("pragma journal_mode = wal")
    Floor.db.execute("pragma synchronous = full")
    Floor.db.execute("create table if not exists kept (name text primary key, body blob)")
    Floor.db.execute(
        "create table if not exists docs (number integer primary key autoincrement, id text unique, body text)"
    )
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Floor).serve_forever()


if __name__ == "__main__":
    main()
