"""The sample configurations of docs/ run as they stand: only names, ports and certificates are put in."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
NAMES = {"relay": "relay.example.jp", "desk": "sotto.intra.example.jp"}
PATIENCE = 60  # seconds


def there(name: str) -> bool:
    return program(name) is not None


def program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def running(
    name: str,
    port: int,
    behind: dict[str, int],
    cert: Path,
    key: Path,
    folder: Path,
    *,
    streams: bool = False,
) -> Iterator[int]:
    """nginx or caddy on 127.0.0.1:`port`, before relay and desk at the ports of `behind`.

    `streams`: it hands a body on as it comes, as the samples warn against.
    """
    text = {"nginx": _nginx, "caddy": _caddy}[name](port, folder)
    if streams:
        text = text.replace("proxy_request_buffering on", "proxy_request_buffering off")
    for part, usual in (("relay", 8600), ("desk", 8700)):
        text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{behind[part]}")
        text = text.replace(f"/etc/ssl/{part}.pem", str(cert)).replace(f"/etc/ssl/{part}.key", str(key))
    file = folder / {"nginx": "nginx.conf", "caddy": "Caddyfile"}[name]
    file.write_text(text, "utf-8")
    command = {
        "nginx": ["-e", str(folder / "error.log"), "-p", str(folder), "-c", str(file)],
        "caddy": ["run", "--config", str(file), "--adapter", "caddyfile"],
    }[name]
    with (folder / "said.log").open("wb") as said:
        one = subprocess.Popen(
            [program(name) or name, *command],
            stdout=said,
            stderr=said,
            env=os.environ
            | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        )
        try:
            _wait_for(port, one, folder / "said.log")
            yield port
        finally:
            one.terminate()
            one.wait(PATIENCE)


def _nginx(port: int, folder: Path) -> str:
    sample = (
        (DOCS / "nginx.conf").read_text("utf-8").replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.getuid() == 0 else ""
    start = f"{user}daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\n"
    return f"{start}http {{\naccess_log off;\n{places}{sample}\n}}\n"


def _caddy(port: int, folder: Path) -> str:
    sample = (DOCS / "Caddyfile").read_text("utf-8")
    sample = re.sub(
        r"^https://(\S+) \{", rf"https://\1:{port} {{\n  bind 127.0.0.1", sample, flags=re.MULTILINE
    )
    return sample.replace("  admin off\n", "  admin off\n  auto_https disable_redirects\n")


def _wait_for(port: int, one: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert one.poll() is None, log.read_text("utf-8")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8"))
