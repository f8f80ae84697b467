"""The relay as it really runs: a process of its own, on a line that breaks, within its budgets."""

import json
import os
from pathlib import Path

import httpx
import pytest

from pwa_server import processes
from pwa_server.config import Config
from pwa_server.keyfiles import write_vapid_key
from sync.envelope import make_batch
from tests.relay.people import Desk, Phone, photo
from tests.standins.tcp_proxy import TcpProxy

MEMORY_MIB = 120
START_SECONDS = 8.0  # of the processor, whatever else it does; alone it is about 1


class Line:
    """The part of Flask's test client that `people` use, over a true connection."""

    def __init__(self, url):
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def _asked(self, method, path, data=b"", headers=None, json=None):
        answer = self.http.request(
            method, path, content=data if json is None else None, headers=headers, json=json
        )
        answer.data, answer.get_json = answer.content, answer.json
        return answer

    def get(self, path, **more):
        return self._asked("GET", path, **more)

    def head(self, path, **more):
        return self._asked("HEAD", path, **more)

    def post(self, path, **more):
        return self._asked("POST", path, **more)

    def patch(self, path, **more):
        return self._asked("PATCH", path, **more)


class Running:
    """A relay process; it can be killed and started again over the same data."""

    def __init__(self, config, log):
        self.config, self.log = config, log
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.config.port}"

    def start(self):
        with self.log.open("ab") as log:
            self.part = processes.start(self.config, "relay", log)
        processes.wait_ready([self.part], 110)
        self.took = sum(map(processor_seconds, self.family()))

    def family(self):
        """Process ids: the server and its workers."""
        found = [self.part.process.pid]
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(status.read_text().rsplit(")", 1)[1].split()[1]) == self.part.process.pid:
                    found.append(int(status.parent.name))
            except (OSError, ValueError):
                continue  # it ended while we looked
        return found

    def memory(self):
        """MiB of all of them, what they share counted once."""
        total = 0
        for pid in self.family():
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return total / 1024

    def kill(self):
        """As a power cut would."""
        for pid in self.family()[::-1]:
            os.kill(pid, 9)
        self.part.process.wait()

    def stop(self):
        processes.end([self.part])


def processor_seconds(pid):
    spent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def joel():
    return Desk(None)


@pytest.fixture
def running(tmp_path, free_port, joel):
    write_vapid_key(tmp_path / "vapid.pem")
    config = Config(
        role="relay",
        trial=True,
        data=tmp_path / "data",
        port=free_port,
        relay_offices=(joel.name,),
        vapid_key_file=tmp_path / "vapid.pem",
        vapid_subject="mailto:relay@example.jp",
    )
    running = Running(config, tmp_path / "relay.log")
    yield running
    if running.part.process.poll() is None:
        running.stop()


@pytest.fixture
def amina(running, joel):
    joel.http = Line(running.url)
    amina = Phone(joel.http)
    joel.enrol(amina).send_roster()
    yield amina
    joel.http.http.close()


def test_it_starts_soon_and_stays_small(running, amina, joel, record_property):
    for _ in range(5):
        amina.push(*[amina.write("x" * 20_000) for _ in range(20)])
    id_, sealed = photo(900_000)
    amina.push(amina.write(blobs=[(id_, len(sealed))]))
    amina.send_blob(sealed, id_)
    joel.pull_all()
    for path in json.loads(joel.http.get("/phone/release.json").data)["files"]:
        assert joel.http.get(path).status_code == 200
    memory = running.memory()
    record_property("relay", f"{memory:.0f} MiB, up in {running.took:.1f} s of the processor")
    assert memory <= MEMORY_MIB
    assert running.took <= START_SECONDS


def test_what_was_answered_stored_survives_a_power_cut(running, amina, joel):
    letters = [amina.write() for _ in range(5)]
    assert amina.push(*letters) == ["stored"] * 5
    running.kill()
    running.start()
    assert joel.pull_all() == [letter.id for letter in letters]
    assert amina.push(*letters) == ["already_stored"] * 5


def test_it_ends_cleanly_when_asked(running, tmp_path):
    running.stop()
    assert running.part.process.returncode == 0
    assert "Traceback" not in (tmp_path / "relay.log").read_text()


def test_an_answer_lost_on_the_way_loses_and_repeats_nothing(running, amina, joel):
    letter = amina.write()
    with TcpProxy("127.0.0.1", running.config.port) as line:
        line.reset_after = 10
        with pytest.raises(httpx.TransportError):
            Line(line.url).post("/v1/push", data=make_batch([letter]))
    assert amina.push(letter) == ["already_stored"]
    assert joel.pull_all() == [letter.id]


def test_a_request_cut_on_the_way_stores_nothing_by_half(running, amina, joel):
    letters = [amina.write("x" * 50_000 + str(n)) for n in range(3)]
    id_, sealed = photo(200_000)
    amina.push(amina.write(blobs=[(id_, len(sealed))]))
    joel.pull_all()
    with TcpProxy("127.0.0.1", running.config.port) as line:
        line.reset_after_sent = 900
        with pytest.raises(httpx.TransportError):
            Line(line.url).post("/v1/push", data=make_batch(letters))
        line.reset_after_sent = 60_000
        with pytest.raises(httpx.TransportError):
            Line(line.url).patch(f"/v1/blobs/{id_}", data=sealed, headers={"Upload-Offset": "0"})
    assert joel.pull_all() == []
    assert joel.http.head(f"/v1/blobs/{id_}").headers["Upload-Offset"] == "0"
    assert amina.send_blob(sealed, id_).get_json()["offset"] == len(sealed)
    assert joel.ask("blob", id=id_).data == sealed


def test_a_body_of_unknown_length_is_bounded_too(running, amina):
    def endless():
        for _ in range(200):
            yield b"x" * 65_536

    try:
        answer = amina.http.http.post("/v1/push", content=endless())
    except httpx.TransportError:
        return  # cut off while still sending
    assert answer.status_code in (400, 413)
    assert set(answer.json()) >= {"error", "detail"}


def test_its_log_names_nobody(running, amina, joel, tmp_path):
    letter = amina.write()
    amina.push(letter)
    amina.pull()
    joel.pull()
    joel.http.get(f"/v1/orders/{joel.name}/{amina.name}")
    running.stop()
    log = (tmp_path / "relay.log").read_text()
    assert '"route": "/v1/push"' in log
    for secret in (amina.name, joel.name, letter.id, "127.0.0.1"):
        assert secret not in log
