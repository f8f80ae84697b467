"""Three PostgreSQL nodes under Patroni and etcd, and a HAProxy for each relay, all on the loopback of one machine.

As a cell is installed in earnest (docs/decisions/0017-a-cell.md), from Debian's packages. PostgreSQL does not run as root: as
root its processes become Debian's user `postgres`.
"""

from __future__ import annotations

import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NODES = 3
PROGRAMS = {"patroni": "patroni python3-etcd", "etcd": "etcd-server", "haproxy": "haproxy"}
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
TTL, LOOP, RETRY = 20, 3, 5  # seconds; how soon a node that says nothing is replaced
PASSWORD = "of-this-run-alone"
LINUX_PYTHON = "/usr/bin/python3"  # Debian's patroni finds Debian's libraries with it


def missing() -> str:
    """What cannot be found here, as a sentence; empty when all is there."""
    lacking = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    lacking += [] if BINARIES else ["postgresql"]
    if not lacking:
        return ""
    return f"bench/cluster needs programs that are not here: apt install --no-install-recommends {' '.join(lacking)}"


def free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


@dataclass
class Node:
    """One machine of the cell: PostgreSQL, and the Patroni that looks after it."""

    name: str
    folder: Path
    pg: int
    rest: int
    process: subprocess.Popen[bytes] | None = None

    def role(self) -> str:
        """`primary`, `replica`, or empty while it does not answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.rest, timeout=2)
        try:
            line.request("GET", "/patroni")
            told = json.loads(line.getresponse().read())
            return {"master": "primary"}.get(told.get("role", ""), str(told.get("role", "")))
        except (OSError, ValueError, http.client.HTTPException):
            return ""
        finally:
            line.close()

    def pids(self) -> list[int]:
        """Of Patroni and of every process of its PostgreSQL."""
        found = [self.process.pid] if self.process and self.process.poll() is None else []
        if postmaster := self.postmaster():
            found += [postmaster, *_children(postmaster)]
        return found

    def postmaster(self) -> int:
        """0 while there is none."""
        try:
            return int((self.folder / "data/postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return 0

    def signal(self, number: int) -> None:
        for pid in self.pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == parent:
            found.append(int(status.parent.name))
    return found


@dataclass
class Cell:
    """Start with `start`, end with `end`; `urls`: one address a relay, each through a HAProxy of its own."""

    folder: Path
    nodes: list[Node] = field(default_factory=list)
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    etcd: list[int] = field(default_factory=list)

    def start(self, relays: int = 2) -> None:
        self.folder.chmod(0o755)
        self._start_etcd()
        for number in range(NODES):
            pg, rest = free_ports(2)
            node = Node(f"node{number}", self._own(self.folder / f"node{number}"), pg, rest)
            self.nodes.append(node)
            self.start_node(node)
            if number == 0:
                self.wait_primary(60)  # the others are made from it
        self.wait_nodes(120)
        for _ in range(relays):
            self.urls.append(self._start_haproxy())
        self._make_database()

    def end(self) -> None:
        for node in self.nodes:
            node.signal(signal.SIGCONT)
            node.signal(signal.SIGKILL)
        for process in [*self.others, *(node.process for node in self.nodes if node.process)]:
            process.kill()
            process.wait()

    def start_node(self, node: Node) -> None:
        settings = node.folder / "patroni.json"
        settings.write_text(json.dumps(self._patroni(node)))
        self._give(settings)
        node.process = self._run(
            node.folder / "patroni.log", LINUX_PYTHON, shutil.which("patroni") or "", str(settings)
        )

    def primary(self) -> Node | None:
        return next((node for node in self.nodes if node.role() == "primary"), None)

    def wait_primary(self, seconds: float) -> Node:
        return until(self.primary, seconds, "no node became the primary")

    def wait_nodes(self, seconds: float) -> None:
        """Until every node answers, one of them as primary, with a standby that confirms each commit."""

        def settled() -> bool:
            roles = [node.role() for node in self.nodes]
            return all(roles) and roles.count("primary") == 1 and self._has_sync()

        for _ in range(2):  # what was true before the last failure is still told for a moment
            until(settled, seconds, "the nodes did not come together")
            time.sleep(2 * LOOP)
        until(settled, seconds, "the nodes did not come together")

    def _has_sync(self) -> bool:
        return self.ask(
            "/cluster", lambda told: any(one.get("role") == "sync_standby" for one in told["members"])
        )

    def ask(self, path: str, judge: Any) -> bool:
        for node in self.nodes:
            line = http.client.HTTPConnection("127.0.0.1", node.rest, timeout=2)
            try:
                line.request("GET", path)
                if judge(json.loads(line.getresponse().read())):
                    return True
            except (OSError, ValueError, KeyError, http.client.HTTPException):
                continue
            finally:
                line.close()
        return False

    def switch(self) -> None:
        """As an operator does before work on a machine."""
        old = self.wait_primary(10)
        line = http.client.HTTPConnection("127.0.0.1", old.rest, timeout=60)
        line.request(
            "POST", "/switchover", json.dumps({"leader": old.name}), {"Content-Type": "application/json"}
        )
        answer = line.getresponse()
        said = answer.read().decode()
        line.close()
        if answer.status != 200:
            raise RuntimeError(f"no switch: {said}")

    def _start_etcd(self) -> None:
        ports = free_ports(2 * NODES)
        self.etcd = ports[:NODES]
        peers = ports[NODES:]
        members = ",".join(f"e{n}=http://127.0.0.1:{peers[n]}" for n in range(NODES))
        for n in range(NODES):
            folder = self._own(self.folder / f"etcd{n}")
            client, peer = f"http://127.0.0.1:{self.etcd[n]}", f"http://127.0.0.1:{peers[n]}"
            words = [
                "--enable-v2",
                "--name",
                f"e{n}",
                "--data-dir",
                str(folder / "data"),
                "--initial-cluster",
                members,
            ]
            words += ["--listen-client-urls", client, "--advertise-client-urls", client]
            words += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
            self.others.append(self._run(folder / "etcd.log", shutil.which("etcd") or "", *words))

    def _start_haproxy(self) -> str:
        (port,) = free_ports(1)
        servers = "\n".join(
            f"  server {node.name} 127.0.0.1:{node.pg} check port {node.rest}" for node in self.nodes
        )
        settings = self.folder / f"haproxy-{port}.cfg"
        settings.write_text(HAPROXY.format(port=port, servers=servers))
        self._give(settings)
        self.others.append(
            self._run(settings.with_suffix(".log"), shutil.which("haproxy") or "", "-f", str(settings))
        )
        return f"postgresql://sotto:{PASSWORD}@127.0.0.1:{port}/sotto"

    def _make_database(self) -> None:
        import psycopg

        primary = self.wait_primary(10)
        address = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{primary.pg}/postgres"
        with psycopg.connect(address, autocommit=True) as line:
            line.execute(f"create role sotto login password '{PASSWORD}'")
            line.execute("create database sotto owner sotto")

    def _patroni(self, node: Node) -> dict[str, Any]:
        return {
            "scope": "sotto",
            "name": node.name,
            "restapi": {"listen": f"127.0.0.1:{node.rest}", "connect_address": f"127.0.0.1:{node.rest}"},
            # By the second of etcd's languages: Debian 12's Patroni 3.0.2 keeps a stale view of its own key
            # in the third
            # after a failover, and then names no standby any more ("Synchronous replication key updated by
            # someone else").
            "etcd": {"hosts": [f"127.0.0.1:{port}" for port in self.etcd]},
            "bootstrap": {
                "dcs": {
                    "ttl": TTL,
                    "loop_wait": LOOP,
                    "retry_timeout": RETRY,
                    "synchronous_mode": True,
                    "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 100}},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
                "pg_hba": ["host all all 127.0.0.1/32 md5", "host replication all 127.0.0.1/32 md5"],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{node.pg}",
                "connect_address": f"127.0.0.1:{node.pg}",
                "data_dir": str(node.folder / "data"),
                "bin_dir": str(BINARIES[-1].parent),
                "pgpass": str(node.folder / "pgpass"),
                "authentication": {
                    "superuser": {"username": "postgres", "password": PASSWORD},
                    "replication": {"username": "replicator", "password": PASSWORD},
                },
                "parameters": {"unix_socket_directories": str(node.folder)},
            },
        }

    def _run(self, log: Path, *words: str) -> subprocess.Popen[bytes]:
        as_user: dict[str, Any] = {}
        if os.getuid() == 0:
            as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        with log.open("ab") as out:
            return subprocess.Popen(
                list(words),
                stdout=out,
                stderr=out,
                env=environ,
                cwd=log.parent,
                start_new_session=True,
                **as_user,
            )

    def _own(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700)
        return self._give(folder)

    def _give(self, place: Path) -> Path:
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(place, user.pw_uid, user.pw_gid)
        return place


def until(look: Any, seconds: float, complaint: str) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise RuntimeError(complaint)


HAPROXY = """\
global
  maxconn 500
defaults
  mode tcp
  timeout connect 3s
  timeout client 30m
  timeout server 30m
  timeout check 2s
listen postgresql
  bind 127.0.0.1:{port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""
