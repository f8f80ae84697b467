"""The floods, each as a function that goes on until it is stopped: from another address than the phones, as
true ones do.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from sync.encoding import b64u
from sync.envelope import make_batch
from sync.limits import MAX_BATCH_BYTES
from tests.relay.people import Desk, Phone, photo

ATTACKER = "127.0.0.66"  # every address of 127/8 is this machine: the flood is not counted with the phones
Flood = Callable[["Attack"], None]


class Attack:
    """What a flood needs to know. `seen`: what the relay said, by status or error."""

    def __init__(self, port: int, office: str, device: str, sealed: bytes) -> None:
        self.port, self.office, self.device, self.sealed = port, office, device, sealed
        self.seen: Counter[str] = Counter()
        self.sent = 0
        self.stop = threading.Event()

    def client(self) -> httpx.Client:
        transport = httpx.HTTPTransport(local_address=ATTACKER)
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", transport=transport, timeout=60, trust_env=False
        )

    def note(self, answer: httpx.Response) -> None:
        self.sent += 1
        try:
            told = answer.json()
        except ValueError:
            told = {}
        answers = told.get("answers")
        self.seen[
            f"{answer.status_code} {told.get('error') or (answers and answers[0]['answer']) or ''}".strip()
        ] += 1

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """A line the relay ended is no end of the flood."""
        try:
            yield
        except httpx.TransportError:
            self.seen["cut off"] += 1


def bad_signatures(attack: Attack) -> None:
    """Envelopes of an enrolled phone with a signature that does not hold: the dearest thing to refuse."""
    forged = [attack.sealed[:-64] + os.urandom(64) for _ in range(20)]
    with attack.client() as http:
        while not attack.stop.is_set():
            with attack.cut_off():
                attack.note(http.post("/v1/push", content=b"".join(forged)))
                attack.sent += len(forged) - 1


def bad_statements(attack: Attack) -> None:
    """Signed pulls that are not."""
    with attack.client() as http:
        while not attack.stop.is_set():
            body = {"office": attack.office, "device": attack.device, "nonce": b64u(os.urandom(16))}
            with attack.cut_off():
                attack.note(
                    http.post("/v1/pull", json=body, headers={"Sotto-Signature": b64u(os.urandom(64))})
                )


def oversized_bodies(attack: Attack) -> None:
    """Announced too large, and endless without being announced."""
    with attack.client() as http:
        while not attack.stop.is_set():
            with attack.cut_off():
                attack.note(http.post("/v1/push", content=bytes(MAX_BATCH_BYTES + 1)))
                attack.note(http.post("/v1/push", content=_endless()))


def _endless() -> Iterator[bytes]:
    for _ in range(200):
        yield bytes(65_536)


def slow_bodies(attack: Attack, lines: int = 100) -> None:
    """Slowloris: many lines, each with a body that comes a byte a second; and as many whose head never ends."""
    held: list[socket.socket] = []
    heads = (
        b"POST /v1/push HTTP/1.1\r\nHost: relay\r\nContent-Type: application/octet-stream\r\nContent-Length: 5000\r\n\r\n",
        b"POST /v1/push HTTP/1.1\r\nHost: relay\r\n",
    )
    try:
        while not attack.stop.is_set():
            while len(held) < lines:
                held.append(
                    socket.create_connection(("127.0.0.1", attack.port), 60, source_address=(ATTACKER, 0))
                )
                held[-1].sendall(heads[len(held) % 2])
                attack.sent += 1
            for line in list(held):
                try:
                    line.sendall(b"x")
                except OSError:
                    held.remove(line)
                    line.close()
                    attack.seen["line ended by the relay"] += 1
            attack.stop.wait(1)
    finally:
        for line in held:
            line.close()


def orphan_blobs(attack: Attack) -> None:
    """Photos that no envelope names."""
    with attack.client() as http:
        while not attack.stop.is_set():
            id_, sealed = photo(200_000)
            with attack.cut_off():
                attack.note(http.patch(f"/v1/blobs/{id_}", content=sealed, headers={"Upload-Offset": "0"}))


def guessed_codes(attack: Attack) -> None:
    """Slots of enrolments that do not exist, asked for one after another."""
    with attack.client() as http:
        while not attack.stop.is_set():
            with attack.cut_off():
                attack.note(http.get(f"/v1/enrol/{b64u(os.urandom(16))}/p2"))


FLOODS: dict[str, Flood] = {
    "bad signatures": bad_signatures,
    "bad statements": bad_statements,
    "oversized bodies": oversized_bodies,
    "slow bodies": slow_bodies,
    "orphan blobs": orphan_blobs,
    "guessed codes": guessed_codes,
}


@contextmanager
def flooded(flood: Flood | None, attack: Attack, threads: int = 2) -> Iterator[None]:
    """While inside, the flood runs."""
    running = (
        [threading.Thread(target=flood, args=(attack,), daemon=True) for _ in range(threads)] if flood else []
    )
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        attack.stop.set()
        for thread in running:
            thread.join(60)


def serve_phones(phones: list[Phone], joel: Desk, rounds: int) -> list[float]:
    """Each phone sends a record and pulls, again and again; the desk reads it all. Seconds of each request of
    a phone.
    """
    spent: list[float] = []
    for _ in range(rounds):
        for phone in phones:
            letter = phone.write("x" * 2_000)
            for act in (lambda phone=phone, letter=letter: phone.push(letter) == ["stored"], phone.pull):
                began = time.perf_counter()
                assert act()
                spent.append(time.perf_counter() - began)
            joel.covers(phone, letter)
    joel.send_roster()
    joel.pull_all()
    return spent


def attack_on(port: int, joel: Desk, phone: Phone) -> Attack:
    return Attack(port, joel.name, phone.name, make_batch([phone.write("x" * 2_000)]))
