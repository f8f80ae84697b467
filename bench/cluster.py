"""Two relays over three database nodes: what is lost, and for how long nothing is stored, when a node fails.

Builds the nodes on loopback (bench/cluster_nodes.py), lets phones push all the time, and kills, freezes and switches the
primary, and renews the relays one after another. Judged: nothing that was answered `stored` is lost; nothing was stored for
at most half a minute; whatever was refused was refused as `unavailable`. Ends with 1 if one of these is not so.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import httpx

from bench import cluster_nodes, machine
from bench.cluster_nodes import Cell
from pwa_server import processes
from pwa_server.config import Config
from sync.encoding import b64u, name_of
from sync.envelope import Envelope, make_batch, parse_batch
from sync.header import Header
from sync.plaintext import pack
from sync.roster import Device, make_roster
from sync.sealing import SealKey, seal
from sync.signing import SignKey
from sync.wire import desk_tag, parse_answer, sign_request

LONGEST = 30.0  # seconds nothing may be stored
MOST_CUT = (
    2  # lines cut before an answer: one being opened just as one of two relays ends; the phone sends again
)
PHONES = 8
PAUSE = 0.1  # seconds a phone waits after a refusal; in earnest it waits longer
TIME = "2026-04-01T09:00:00Z"


@dataclass
class Office:
    sign: SignKey = field(default_factory=SignKey.generate)
    seal: SealKey = field(default_factory=SealKey.generate)

    @property
    def name(self) -> str:
        return name_of(self.sign.public)

    def ask(self, http: httpx.Client, verb: str, **body: object) -> httpx.Response:
        nonce = http.post("/v1/nonce", json={}).json()["nonce"]
        data, signature = sign_request(
            self.sign, desk_tag(verb), {"office": self.name, "nonce": nonce, **body}
        )
        headers = {"Sotto-Signature": signature, "Content-Type": "application/json"}
        return http.post(f"/v1/desk/{verb}", content=data, headers=headers)

    def send_roster(self, http: httpx.Client, phones: list[Phone]) -> None:
        devices = [Device(one.name, one.sign.public, one.seal.public, "active") for one in phones]
        data, sig = make_roster(self.sign, 1, TIME, [self.seal.public], devices)
        answer = self.ask(http, "roster", bytes=b64u(data), sig=b64u(sig), sign=b64u(self.sign.public))
        answer.raise_for_status()

    def fetch_all(self, http: httpx.Client) -> set[str]:
        """Ids of everything that lies in its box."""
        found: set[str] = set()
        cursor: dict[str, object] = {"incarnation": "", "number": 0}
        while True:
            answer = self.ask(http, "pull", cursor=cursor)
            answer.raise_for_status()
            body, batch = parse_answer(answer.content)
            found |= {one.id for one in parse_batch(batch) if isinstance(one, Envelope)}
            cursor = {"incarnation": body["incarnation"], "number": body["cursor"]}
            if not body["more"]:
                return found


@dataclass
class Phone:
    """Pushes one envelope after another, to the other relay when one does not answer, as behind a proxy."""

    office: Office
    ports: list[int]
    sign: SignKey = field(default_factory=SignKey.generate)
    seal: SealKey = field(default_factory=SealKey.generate)
    n: int = 0
    head: str = "-"
    stored: list[tuple[float, str]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        return name_of(self.sign.public)

    def write(self) -> Envelope:
        key = self.office.seal.public
        header = Header(self.name, self.office.name, name_of(key), 1, self.n + 1, self.head)
        sealed = seal(key, header.to_bytes(), pack({"v": 1, "events": [{"text": "visit"}]}))
        return Envelope.make(header, sealed, self.sign)

    def run(self, stop: threading.Event) -> None:
        """What was not answered `stored` is pushed again, unchanged, until it is."""
        envelope, turn = self.write(), 0
        while not stop.is_set():
            answer = self._push(self.ports[turn % len(self.ports)], envelope)
            if answer in ("stored", "already_stored"):
                self.stored.append((time.monotonic(), envelope.id))
                self.n, self.head = self.n + 1, envelope.id
                envelope = self.write()
                continue
            turn += 1
            if answer != "closed":
                self.refused[answer] += 1
                stop.wait(PAUSE)

    def _push(self, port: int, envelope: Envelope) -> str:
        """`stored`, `already_stored`, `closed` where nobody listens, `cut` before an answer, or how it was refused."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.request(
                "POST", "/v1/push", make_batch([envelope]), {"Content-Type": "application/sotto-batch"}
            )
            answer = line.getresponse()
            told = json.loads(answer.read())
            if answer.status == 200:
                return str(told["answers"][0]["answer"])
            return str(told.get("error", answer.status))
        except ConnectionRefusedError:
            return "closed"
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            return "cut"
        except (OSError, ValueError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            line.close()


@dataclass
class Judged:
    """What came of one act. `longest`: seconds nothing was stored; `others`: refusals by another code; `cut`: lines."""

    act: str
    stored: int
    lost: int
    longest: float
    refused: int
    others: dict[str, int]
    cut: int = 0

    @property
    def good(self) -> bool:
        answered = not self.others and self.cut <= MOST_CUT
        return self.stored > 0 and self.lost == 0 and self.longest <= LONGEST and answered


@dataclass
class Relays:
    """Two relay processes, each with a database address of its own."""

    configs: list[Config]
    parts: list[processes.Part] = field(default_factory=list)

    def start(self) -> None:
        self.parts = [self._start(config) for config in self.configs]
        processes.wait_ready(self.parts, 60)

    def _start(self, config: Config) -> processes.Part:
        config.data.mkdir(exist_ok=True)
        with (config.data / "relay.log").open("ab") as log:
            return processes.start(config, "relay", log.fileno())

    def renew(self) -> None:
        """One after the other: ended as a service manager does it, started anew, waited for."""
        for place, config in enumerate(self.configs):
            processes.end([self.parts[place]])
            self.parts[place] = self._start(config)
            processes.wait_ready([self.parts[place]], 60)


def relays_over(urls: list[str], folder: Path, office: Office) -> Relays:
    configs = []
    for number, url in enumerate(urls):
        (port,) = cluster_nodes.free_ports(1)
        place = folder / f"relay{number}"
        configs.append(
            Config(
                role="relay",
                trial=True,
                data=place,
                port=port,
                database_url=url,
                relay_offices=(office.name,),
            )
        )
    return Relays(configs)


@dataclass
class Load:
    """Phones that push all the time, and what they were answered."""

    phones: list[Phone]
    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Load:
        self.threads = [
            threading.Thread(target=one.run, args=(self.stop,), daemon=True) for one in self.phones
        ]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(90)

    def refused(self) -> Counter[str]:
        return sum((Counter(phone.refused) for phone in self.phones), Counter())

    def stored(self, begin: float, end: float) -> list[tuple[float, str]]:
        return sorted(one for phone in self.phones for one in list(phone.stored) if begin <= one[0] < end)


@dataclass
class Window:
    act: str
    begin: float
    end: float
    refused: Counter[str]

    def judge(self, load: Load, there: set[str]) -> Judged:
        stored = load.stored(self.begin, self.end)
        times = [self.begin, *(at for at, _ in stored), self.end]
        longest = max(later - earlier for earlier, later in pairwise(times))
        lost = sum(1 for _, id_ in stored if id_ not in there)
        others = {code: count for code, count in self.refused.items() if code not in ("unavailable", "cut")}
        return Judged(
            self.act, len(stored), lost, longest, self.refused["unavailable"], others, self.refused["cut"]
        )


def during(load: Load, name: str, act: Callable[[], None], around: float) -> Window:
    """`around`: seconds of load before the act and after it."""
    begin, before = time.monotonic(), load.refused()
    time.sleep(around)
    act()
    time.sleep(around)
    return Window(name, begin, time.monotonic(), load.refused() - before)


def everything_there(office: Office, port: int) -> set[str]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as line:
        return office.fetch_all(line)


def enrol(office: Office, ports: list[int], count: int) -> list[Phone]:
    phones = [Phone(office, ports[n % 2 :] + ports[: n % 2]) for n in range(count)]
    with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", timeout=60) as line:
        office.send_roster(line, phones)
    return phones


def acts_of(cell: Cell, relays: Relays) -> list[tuple[str, Callable[[], None]]]:
    def killed() -> None:
        node = cell.wait_primary(60)
        node.signal(signal.SIGKILL)
        cell.wait_primary(120)
        cell.start_node(node)
        cell.wait_nodes(180)

    def killed_database() -> None:
        """Patroni lives and starts it again, or another node takes over."""
        node = cell.wait_primary(60)
        before = node.postmaster()
        os.kill(before, signal.SIGKILL)
        cluster_nodes.until(lambda: node.postmaster() != before, 120, "PostgreSQL did not come again")
        cell.wait_nodes(180)

    def frozen() -> None:
        node = cell.wait_primary(60)
        node.signal(signal.SIGSTOP)
        others = [one for one in cell.nodes if one is not node]
        cluster_nodes.until(lambda: any(one.role() == "primary" for one in others), 120, "no other took over")
        time.sleep(3)
        node.signal(signal.SIGCONT)
        cell.wait_nodes(180)

    def switched() -> None:
        cell.switch()
        cell.wait_nodes(180)

    return [
        ("the primary's machine killed", killed),
        ("its PostgreSQL killed", killed_database),
        ("the primary frozen", frozen),
        ("switched over", switched),
        ("relays renewed one after another", relays.renew),
    ]


def table(judged: list[Judged]) -> str:
    rows = [
        "| act | stored | lost | nothing stored for, s | refused `unavailable` | refused otherwise | cut |"
    ]
    rows.append("|---|---|---|---|---|---|---|")
    for one in judged:
        other = ", ".join(f"{code} {count}" for code, count in sorted(one.others.items())) or "0"
        counted = f"{one.stored} | {one.lost} | {one.longest:.1f} | {one.refused} | {other} | {one.cut}"
        rows.append(f"| {one.act} | {counted} |")
    return "\n".join(rows)


def main() -> int:
    ask = argparse.ArgumentParser(prog="bench/cluster", description=__doc__)
    ask.add_argument("--around", type=float, default=8.0, help="seconds of load before and after each act")
    ask.add_argument(
        "--acts", default="", help="only the acts whose names hold one of these words; commas between"
    )
    ask.add_argument("--keep", action="store_true", help="leave the nodes' folders, with their logs")
    told = ask.parse_args()
    if lacking := cluster_nodes.missing():
        print(lacking, file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="sotto-cluster-"))
    cell, office = Cell(folder), Office()
    relays = Relays([])
    try:
        cell.start()
        relays = relays_over(cell.urls, folder, office)
        relays.start()
        ports = [config.port for config in relays.configs]
        acts = acts_of(cell, relays)
        words = [word for word in told.acts.split(",") if word]
        windows = []
        with Load(enrol(office, ports, PHONES)) as load:
            for name, act in acts:
                if not words or any(word in name for word in words):
                    print(f"{name} …", file=sys.stderr, flush=True)
                    windows.append(during(load, name, act, told.around))
        there = everything_there(office, ports[0])
        judged = [window.judge(load, there) for window in windows]
        print(f"{machine.sentence(1)}\n\n{table(judged)}")
        return 0 if all(one.good for one in judged) else 1
    finally:
        processes.end(relays.parts)
        cell.end()
        if told.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
