"""Starts relay and desk as processes of their own and sees them to a clean end.

Each runs granian with its own settings; the desk's key file is named to the desk alone. Nothing here opens
a database or a key.
"""

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from .config import Config
from .program_files import IMPORTS

STARTS_WITHIN = 60.0
STOPS_WITHIN = 12.0  # a person waits 15 at most
LOOK_EVERY = 0.05
PROBE_SECONDS = 4  # longer than a database may take to answer (probes.py)
RELAY_THREADS, DESK_THREADS = 16, 8  # requests answered at once (front.py)
LINUX_PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """Key of a `cli.` text and what fills its slots."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(f"{key} {params}")
        self.key = key
        self.params = params


@dataclass
class Asked:
    """What signals asked of this program: they set a flag that is waited for, wherever the program happens to be.

    An exception raised by a signal is swallowed where it meets a destructor or a callback, and then nothing ends.
    """

    stop: bool = False
    reload: bool = False
    before: dict[int, object] = field(default_factory=dict)
    terminal: bool = field(default_factory=lambda: _has_terminal())

    def __enter__(self) -> "Asked":
        for number, note in (
            (signal.SIGINT, self._stop),
            (signal.SIGTERM, self._stop),
            (signal.SIGHUP, self._hang_up),
        ):
            self.before[number] = signal.signal(number, note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # as it was given by signal itself

    def _stop(self, _number: int, _frame: object) -> None:
        self.stop = True

    def _hang_up(self, _number: int, _frame: object) -> None:
        """`systemctl reload`, or the window this was started in has been closed."""
        self.reload, self.stop = True, self.stop or (self.terminal and not _has_terminal())


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


@dataclass
class Part:
    """One running role."""

    role: str
    host: str
    port: int
    secure: bool
    process: subprocess.Popen[bytes]


def roles(config: Config) -> tuple[str, ...]:
    return ("relay", "desk") if config.role == "all" else (config.role,)


@contextmanager
def hold_data(folder: Path) -> Iterator[None]:
    """Keep a second Sotto off the same data folder: two desks over one log would both sign. Raises CannotStart."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart("cli.data_taken", folder=folder) from None
        yield


def place(config: Config, role: str) -> tuple[str, int, bool]:
    """Host, port and whether the role speaks TLS itself."""
    if role == "relay":
        return config.host, config.port, config.tls_cert is not None
    return config.desk_host, config.desk_port, config.desk_secure


def check_ports(config: Config) -> None:
    """Raises CannotStart. Asked before the start, because the web server would share a taken port silently."""
    for role in roles(config):
        host, port, _ = place(config, role)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == 98:
                    option = "--port" if role == "relay" else "--desk-port"
                    raise CannotStart("cli.port_taken", port=port, option=option) from None
                raise CannotStart("cli.port_refused", host=host, port=port, why=error.strerror) from None


def start(config: Config, role: str, log: IO[bytes] | int | None = None, *, to_stdout: bool = False) -> Part:
    """`log`: where the part's own words go; `subprocess.PIPE` for whoever reads them, None for this terminal.

    `to_stdout`: there they go to standard output instead of standard error.
    """
    host, port, secure = place(config, role)
    options = [
        "--interface",
        "rsgi",
        "--factory",
        "--host",
        host,
        "--port",
        str(port),
        "--no-ws",
        "--workers",
        str(config.workers if role == "relay" else 1),
        "--respawn-failed-workers",
        "--workers-kill-timeout",
        "10",
        "--log-level",
        "error",
        # What may wait of one request's headers, before front.py has a word in it.
        "--http1-buffer-size",
        "131072",
        "--http2-max-headers-size",
        "65536",
        "--ssl-protocol-min",
        "tls1.3",
    ]
    if secure:
        options += ["--ssl-certificate", str(config.tls_cert), "--ssl-keyfile", str(config.tls_key)]
    environ = {key: text for key, text in os.environ.items() if not key.startswith("SOTTO_")}
    environ |= _settings_for(config, role).environ()
    # glibc gives each thread a heap and keeps what it freed there: 40 MB after a busy hour (docs/measures.md, Load).
    environ.setdefault("MALLOC_ARENA_MAX", "2")
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, arguments from checked settings
        [sys.executable, "-m", "granian", *options, f"pwa_server.wsgi:{role}"],
        env=environ,
        cwd=IMPORTS,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log if log != subprocess.PIPE and not to_stdout else subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches us alone, and we end both in order
        preexec_fn=_end_with_parent,
    )
    return Part(role, host, port, secure, process)


def _settings_for(config: Config, role: str) -> Config:
    """The relay is not told where the desk's key lies, nor the desk which key signs pushes."""
    if role == "relay":
        return replace(
            config,
            desk_key_file=None,
            backup_dir=None,
            journal_dir=None,
            second_place="none",
            breached_passwords=None,
        )
    return replace(config, vapid_key_file=None, database_url="", database_url_file=None, workers=1)


def _end_with_parent() -> None:
    """If we are killed outright, the kernel ends the child, so that no orphan keeps the port (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(LINUX_PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_ready(
    parts: list[Part],
    seconds: float = STARTS_WITHIN,
    at_work: Callable[[], bool] = lambda: False,
    asked: Asked | None = None,
) -> None:
    """Until every part answers, or somebody asks to stop. Raises CannotStart.

    One that comes further with long work (`at_work`) is waited for.
    """
    deadline = time.monotonic() + seconds
    waiting = list(parts)
    while waiting and not (asked and asked.stop):
        for part in list(waiting):
            if has_ended(part):
                raise CannotStart("cli.part_failed", part=part.role, code=end([part]))
            if answers(part):
                waiting.remove(part)
        if waiting and at_work():
            deadline = time.monotonic() + seconds
        if waiting and time.monotonic() > deadline:
            raise CannotStart("cli.part_slow", part=waiting[0].role, seconds=int(seconds))
        time.sleep(LOOK_EVERY)


def answers(part: Part) -> bool:
    return probe(part.host, part.port, part.secure, "/healthz") == 200


def probe(host: str, port: int, secure: bool, path: str) -> int | None:
    """The status that our own process answers with; None where nobody answers."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    line: http.client.HTTPConnection
    if secure:
        # Our own process on our own port: only whether it answers is asked, and nothing is told it.
        line = http.client.HTTPSConnection(
            host,
            port,
            timeout=PROBE_SECONDS,
            context=ssl._create_unverified_context(),  # noqa: S323
        )
    else:
        line = http.client.HTTPConnection(host, port, timeout=PROBE_SECONDS)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def watch(parts: list[Part], asked: Asked, reload: Callable[[], None]) -> Part | None:
    """Until a part ends by itself, which is returned, or somebody asks to stop (None)."""
    while not asked.stop:
        for part in parts:
            if has_ended(part):
                return part
        if asked.reload:
            asked.reload = False
            reload()
        time.sleep(LOOK_EVERY)
    return None


def renew_workers(part: Part) -> None:
    """The web server starts new worker processes, which read certificates again, and ends the old ones after them."""
    part.process.send_signal(signal.SIGHUP)


def end(parts: list[Part]) -> int | None:
    """Ask each to finish what it is doing; kill what does not. The desk first: it still speaks to the relay.

    Returns what the last one ended with.
    """
    deadline = time.monotonic() + STOPS_WITHIN
    code = None
    for part in sorted(parts, key=lambda part: part.role != "desk"):
        if part.process.returncode is None:
            part.process.terminate()
            while not has_ended(part) and time.monotonic() < deadline:
                time.sleep(LOOK_EVERY)
            _kill_group(part.process.pid)
        code = part.process.wait()
    return code


def has_ended(part: Part) -> bool:
    """Asked without reaping it: until then its id, which is its group's, is given to nobody else."""
    if part.process.returncode is not None:
        return True
    return os.waitid(os.P_PID, part.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill_group(group: int) -> None:
    """The server, if it did not end, and any worker it left behind: one would keep the port and our output open."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
