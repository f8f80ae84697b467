"""`sotto support-bundle`: what somebody who helps from afar needs to see, and nothing of any person or office.

Only what is named here goes in: versions, settings that say nothing about a place, states and numbers, and of the log
lines the members below. Everything is text, shown before it is written.
"""

import builtins
import json
import platform
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from . import status
from .config import Config, table, variable
from .log_files import FOLDER

# Settings whose value says nothing about who runs it; of all others only whether they are given.
TOLD = {
    "role",
    "lang",
    "trial",
    "hsts_subdomains",
    "workers",
    "allow_insecure_push",
    "sync_seconds",
    "backup_keep",
    "second_place",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{8,15}Z")
HEX = re.compile(r"[0-9a-f]{16}")
INVENTED = "sample"  # modules that hold invented people
LINES = 200
MOST_MS = 1e7


def bundle(config: Config) -> str:
    bundle = {
        "sotto": version("sotto"),
        "python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "sqlite": sqlite3.sqlite_version,
        "libraries": dict(_libraries()),
        "settings": dict(_settings(config)),
        "status": [_check(check) for check in status.checks(config)],
        "log": {file.stem: list(_lines(file)) for file in sorted((config.data / FOLDER).glob("*.log"))},
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1) + "\n"


def _libraries() -> Iterator[tuple[str, str]]:
    for wanted in requires("sotto") or ():
        if name := re.match(r"[\w.-]+", wanted):
            try:
                yield name[0], version(name[0])
            except PackageNotFoundError:
                yield name[0], "-"


def _settings(config: Config) -> Iterator[tuple[str, Any]]:
    for name, default, _ in table():
        value = getattr(config, name)
        if name in TOLD:
            yield variable(name), list(value) if isinstance(value, tuple) else value
        else:
            yield variable(name), "default" if value == default else "given"


def _check(check: status.Check) -> dict[str, Any]:
    """Its numbers alone: its words may name a folder, and folders are named after offices."""
    numbers = {name: value for name, value in check.values.items() if isinstance(value, int)}
    return {"name": check.name, "state": status.WORDS[check.state], "key": check.key, **numbers}


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text("utf-8", errors="replace").splitlines()[-LINES:]:
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(content, dict):
            yield _line(content)


def _like(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


@cache
def _own_words() -> frozenset[str]:
    """Every word the program itself is written with. What is made of them alone tells of nobody."""
    code = [file for file in Path(__file__).parent.rglob("*.py") if not file.name.startswith(INVENTED)]
    words = {word for file in code for word in re.findall(r"[A-Za-z_]+", file.read_text("utf-8"))}
    return frozenset(
        words | {name for name in dir(builtins) if name.endswith(("Error", "Exception", "Exit"))}
    )


def _is_ours(value: Any) -> bool:
    """Our own words and what stands between them; no number, which might be somebody's."""
    value = value.removeprefix("/v1") if isinstance(value, str) else ""
    if not re.fullmatch(r"[A-Za-z_ :/<>.,;-]{1,200}", value):
        return False
    return set(re.findall("[A-Za-z_]+", value)) <= _own_words()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST_MS


def _our_places(value: Any) -> list[str]:
    """Those of `file.py:12 function` (fault_lines.py) that lie in the program; the libraries' are left out."""
    places = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    return [one for one in places if _is_ours(re.sub(r"\.py:\d{1,5} ", ".py: ", one, count=1))]


def _line(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {name: entry[name] for name, fits in MEMBERS.items() if name in entry and fits(entry[name])}
    return kept | ({"at": _our_places(entry["at"])} if "at" in entry else {})


# Members of log lines, and whether a value of one tells of the program alone.
MEMBERS: dict[str, Callable[[Any], bool]] = {
    "time": _like(TIME),
    "request": _like(HEX),
    **dict.fromkeys(("event", "level", "fault", "method", "route", "outcome", "problem"), _is_ours),
    **dict.fromkeys(("status", "ms", "attempt"), _is_number),
}
