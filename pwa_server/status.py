"""`sotto status`: what an operator asks first, judged, with an exit code that monitors understand.

It changes nothing and waits for nobody who writes. Who runs it is the user the service runs as.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from .config import Config
from .office import offices_of
from .processes import place, probe, roles
from .sentences import sentence
from .texts import t

if TYPE_CHECKING:
    from .desk.health import DeskHealth

OK, WARNING, CRITICAL, UNKNOWN = range(4)  # exit codes, as Nagios and its kin read them
WORDS = ("ok", "warning", "critical", "unknown")
GRAVEST = (OK, WARNING, UNKNOWN, CRITICAL)
MINUTE, HOUR, DAY, MB = 60, 3600, 86_400, 1_000_000
# What is watched: from which number on it is a warning, from which critical. docs/monitoring/alarms.yml has the same.
RELAY_UNSEEN = (15 * MINUTE, 2 * HOUR)
UNSAVED = (2 * HOUR, DAY)
WAKES_LATE = (5 * MINUTE, HOUR)
UNSWEPT = (15 * MINUTE, DAY)
BACKUPS_WITH_ROOM = (2, 1)  # fewer than that
FREE = (2_000 * MB, 300 * MB)
CERTIFICATE = (21 * DAY, 3 * DAY)


@dataclass(frozen=True)
class Check:
    """`key`: of a `cli.status.` text. `values`: what fills it; numbers and dates of the machine, never of people."""

    name: str
    state: int
    key: str
    values: Mapping[str, str | int]

    def says(self, lang: str) -> str:
        return t(lang, f"cli.status.{self.key}", **self.values)


def checks(config: Config) -> list[Check]:
    config = replace(config, relay_offices=offices_of(config))
    found = []
    for role in roles(config):
        found += [_serving(config, role), *LOOKS[role](config)]
    return [*found, _disk(config), *_certificate(config)]


def gravest(found: list[Check]) -> int:
    return max((check.state for check in found), key=GRAVEST.index, default=UNKNOWN)


def as_json(config: Config, found: list[Check]) -> str:
    as_json = {
        "state": WORDS[gravest(found)],
        "version": version("sotto"),
        "role": config.role,
        "checks": [
            {
                "name": check.name,
                "state": WORDS[check.state],
                "says": check.says(config.lang),
                "values": dict(check.values),
            }
            for check in found
        ],
    }
    return json.dumps(as_json, ensure_ascii=False, indent=1)


def as_text(config: Config, found: list[Check]) -> str:
    words = [t(config.lang, f"cli.status.word.{word}") for word in WORDS]
    lines = [f"{words[check.state]}  {check.says(config.lang)}" for check in found]
    as_text = t(config.lang, "cli.status.all", version=version("sotto"), word=words[gravest(found)])
    return "\n".join([as_text, *lines])


def _serving(config: Config, role: str) -> Check:
    answer = probe(*place(config, role), "/readyz")
    word = {200: "yes", 503: "not_ready"}.get(answer or 0, "no")
    state = {"yes": OK, "not_ready": CRITICAL, "no": CRITICAL}[word]
    part = t(config.lang, f"cli.part.{role}")
    return Check(f"{role}_serving", state, f"serving.{word}", {"part": part, "port": place(config, role)[1]})


def _look_at_relay(config: Config) -> Iterator[Check]:
    from .relay import health
    from .relay.store import Store

    here = config.relay_data / "relay.db"
    if (
        config.database.startswith("sqlite:")
        and not Path(config.database.removeprefix("sqlite:///")).exists()
    ):
        yield Check("relay_database", UNKNOWN, "database.none", {"file": str(here)})
        return
    try:
        store = Store(config.database, begin=False)
    except Exception as error:  # noqa: BLE001 - whatever keeps it shut, the rest is told
        yield _fault(config, "relay_database", error)
        return
    try:
        found = health.look(store, config.relay_offices, time.time())
    except Exception as error:  # noqa: BLE001
        yield _fault(config, "relay_database", error)
        return
    finally:
        store.close()
    yield Check("relay_database", OK, "database.yes", {})
    slots = {"offices": found.offices, "devices": found.devices}
    yield Check(
        "offices", OK if found.offices else WARNING, "offices" if found.offices else "offices_none", slots
    )
    waiting = {
        "envelopes": found.envelopes,
        "mb": found.envelope_bytes // MB,
        "photos": found.blob_bytes // MB,
    }
    yield Check("waiting", OK, "waiting", waiting)
    yield _wakes(config, found.wakes_late_seconds)
    yield _since("swept", found.swept_seconds, UNSWEPT)


def _wakes(config: Config, late: float) -> Check:
    if config.vapid_key_file is None:
        return Check("wakes", OK, "wakes_off", {})
    return Check("wakes", _above(late, WAKES_LATE), "wakes", {"minutes": int(late // MINUTE)})


def _look_at_desk(config: Config) -> Iterator[Check]:
    from .desk import health
    from .desk.open_desk import open_to_look

    try:
        desk = open_to_look(config)
    except Exception as error:  # noqa: BLE001 - whatever keeps it shut, the rest is told
        yield _fault(config, "desk_database", error)
        return
    try:
        found = health.look(desk)
    except Exception as error:  # noqa: BLE001
        yield _fault(config, "desk_database", error)
        return
    finally:
        desk.close()
    yield from judge_desk(config, found)


def judge_desk(config: Config, found: "DeskHealth") -> Iterator[Check]:
    yield Check("desk_database", OK, "desk", {"events": found.events, "mb": found.database_bytes // MB})
    seen = _since("relay_seen", found.relay_seen_seconds, RELAY_UNSEEN)
    if found.relay_problem and seen.state == OK:
        seen = replace(seen, state=WARNING, key="relay_fails")
    yield seen
    yield _backup(config, found)
    if config.backup_dir is not None:
        with_room = found.backups_with_room or 0
        state = (
            CRITICAL
            if with_room < BACKUPS_WITH_ROOM[1]
            else WARNING
            if with_room < BACKUPS_WITH_ROOM[0]
            else OK
        )
        yield Check("backup_room", state, "backup_room", {"count": with_room})
    yield Check("held", WARNING if found.held else OK, "held", {"count": found.held})
    yield Check("journal", OK, "journal" if found.journal else "journal_none", {})


def _backup(config: Config, found: "DeskHealth") -> Check:
    if config.backup_dir is None:
        return Check("backup", CRITICAL, "backup_nowhere", {})
    if found.backup_seconds is None:
        return Check("backup", max(WARNING, _above(found.unsaved_seconds, UNSAVED)), "backup_none", {})
    backup = {"hours": int(found.backup_seconds // HOUR), "unsaved": int(found.unsaved_seconds // MINUTE)}
    state = _above(found.unsaved_seconds, UNSAVED)
    if found.backup_problem:
        return Check("backup", max(state, WARNING), "backup_fails", backup)
    return Check("backup", state, "backup", backup)


def _disk(config: Config) -> Check:
    folder = config.data if config.data.exists() else config.data.parent
    free = shutil.disk_usage(folder).free
    return Check("disk", _below(free, FREE), "disk", {"mb": free // MB, "folder": str(config.data)})


def _certificate(config: Config) -> Iterator[Check]:
    if config.tls_cert is None:
        return
    left = certificate_seconds(config.tls_cert, time.time())
    if left is None:
        yield Check("certificate", CRITICAL, "certificate_unread", {"file": str(config.tls_cert)})
        return
    until = datetime.fromtimestamp(time.time() + left, UTC).strftime("%Y-%m-%d")
    yield Check("certificate", _below(left, CERTIFICATE), "certificate", {"until": until})


def certificate_seconds(file: Path, now: float) -> float | None:
    """How long the first certificate of a file is good for. None: there is none that can be read."""
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc.timestamp() - now
    except (OSError, ValueError):
        return None


def _since(name: str, seconds: float | None, bounds: tuple[int, int]) -> Check:
    if seconds is None:
        return Check(name, WARNING, f"{name}_never", {})
    return Check(name, _above(seconds, bounds), name, {"minutes": int(seconds // MINUTE)})


def _above(number: float, bounds: tuple[int, int]) -> int:
    return CRITICAL if number >= bounds[1] else WARNING if number >= bounds[0] else OK


def _below(number: float, bounds: tuple[int, int]) -> int:
    return CRITICAL if number < bounds[1] else WARNING if number < bounds[0] else OK


def _fault(config: Config, name: str, error: Exception) -> Check:
    """By its sentence where it has one, else by its kind: its text may quote what was stored."""
    why = sentence(config.lang, error) or type(error).__name__
    return Check(name, CRITICAL, "fault", {"why": why})


LOOKS: dict[str, Callable[[Config], Iterator[Check]]] = {"relay": _look_at_relay, "desk": _look_at_desk}
