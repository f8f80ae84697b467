"""Everybody at once: sixteen people and the relay's callers walk every door of running servers at the same time.

For `tests/test_everybody_at_once.py`, in short; for minutes: `.venv/bin/python -m tests.everybody 300`. Nothing may
hang, nothing may answer 500, and nobody may wait out of proportion to somebody who is alone there.
"""

import itertools
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pwa_server import processes
from pwa_server.config import Config
from pwa_server.desk.accounts.staff import make_account
from pwa_server.desk.actions import act
from pwa_server.desk.app import create_desk
from pwa_server.desk.models.office_and_cases import CaseFile, FollowUp, Staff, Visit
from pwa_server.desk.open_desk import open_desk
from pwa_server.desk.projections.append_and_apply import new_id
from pwa_server.desk.queries.access import ROLES
from pwa_server.relay import create_relay
from pwa_server.trial import prepare
from tests.standins.ports import free_ports

PEOPLE = 16
PASSWORD = "four grey herons at dusk"
HANGS = 60.0  # seconds: longer is no waiting, it is standing still
# Not walked, and why. A route that is neither walked nor here fails the test.
EXCUSED = {
    ("desk", "POST", "sign_in.leave"): "walked when each person goes",
    ("desk", "POST", "person.sign_out"): "would end the others' windows",
    ("desk", "POST", "person.stop"): "would end the others",
    ("desk", "POST", "settings.end_session"): "would end the person's other windows",
    ("desk", "POST", "settings.password"): "would end the person's own windows",
}
FORMS: dict[str, dict[str, str]] = {
    "settings.language": {"lang": "ja"},
    "people.add": {"name": "", "role": "worker"},
    "person.role": {"role": ""},
}


@dataclass
class Door:
    part: str
    method: str
    endpoint: str
    rule: str
    names: tuple[str, ...]


@dataclass
class Walked:
    seconds: list[float] = field(default_factory=list)
    doors: set[tuple[str, str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.seconds, n=20)[18]


class Place:
    """Relay and desk as processes of their own over a sample office with sixteen people more."""

    def __init__(self, folder: Path) -> None:
        relay_port, desk_port = free_ports(2)
        trial = prepare(Config(data=folder, port=relay_port, desk_port=desk_port, sync_seconds=1))
        self.config = trial.config
        desk = open_desk(self.config)
        self.emails = [self._person(desk, n) for n in range(PEOPLE)]
        self.ids = _ids()
        self.versions = {row.id: row.current_version for row in Visit.select()}
        office = (self.config.desk_data / "office.id").read_text("ascii").strip()
        self.config = Config(**{**self.config.__dict__, "relay_offices": (office,)})
        relay = create_relay(
            Config(data=folder / "map", role="relay", trial=True, relay_offices=(office,)), background=False
        )
        self.doors = _doors("desk", create_desk(self.config, desk)) + _doors("relay", relay)
        desk.close()
        self.parts: list[processes.Part] = []

    def _person(self, desk: Any, n: int) -> str:
        email, role, staff = f"p{n}@sample.invalid", ROLES[n % len(ROLES)], new_id()
        told = {"staff": staff, "name": f"人 {n}", "kana": "", "role": role, "email": email}
        act(desk, Staff.get_by_id("demo-tanaka"), "staff.added", told)
        make_account(desk, staff, email, PASSWORD, totp_required=False, must_change=False)
        return email

    def __enter__(self) -> "Place":
        for role in ("relay", "desk"):
            with (self.config.data / f"{role}.out").open("wb") as log:
                self.parts.append(processes.start(self.config, role, log))
        processes.wait_ready(self.parts)
        return self

    def __exit__(self, *_: object) -> None:
        processes.end(self.parts)

    def said(self) -> str:
        return "".join(path.read_text("utf-8", "replace") for path in self.config.data.glob("*.out"))

    def address(self, part: str) -> str:
        return f"http://127.0.0.1:{self.config.desk_port if part == 'desk' else self.config.port}"


def _doors(part: str, app: Any) -> list[Door]:
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            found.append(Door(part, method, rule.endpoint, rule.rule, tuple(rule.arguments)))
    return sorted(found, key=lambda door: (door.part, door.rule, door.method))


def _ids() -> dict[str, list[str]]:
    """By the name a rule gives its place."""
    visits = [row.id for row in Visit.select().order_by(Visit.id)]
    cases = ["demo-002", *(row.id for row in CaseFile.select().order_by(CaseFile.id).limit(8))]
    return {
        "case": cases,
        "visit": visits,
        "followup": [row.id for row in FollowUp.select().limit(8)],
        "person": ["demo-kobayashi", "demo-nakagawa"],
        "filename": ["css/tokens.css"],
        "path": ["css/tokens.css"],
    }


def _address(place: Place, door: Door, chance: random.Random) -> str:
    path = door.rule
    for name in door.names:
        value = chance.choice(place.ids.get(name, ["demo-002"]))
        path = re.sub(rf"<(?:[^<>:]+:)?{name}>", value, path)
    return path


class Person:
    """One browser of one person: signs in, walks, signs out."""

    def __init__(self, place: Place, email: str, chance: random.Random, walked: Walked) -> None:
        self.place, self.email, self.chance, self.walked = place, email, chance, walked
        self.line = httpx.Client(timeout=HANGS, headers={"Sec-Fetch-Site": "same-origin"})
        self.token = ""

    def ask(self, part: str, method: str, path: str, **more: Any) -> Any:
        began = time.monotonic()
        try:
            answer = self.line.request(method, self.place.address(part) + path, **more)
        except httpx.HTTPError as error:
            self.walked.wrong.append(f"{method} {path}: {type(error).__name__}")
            return None
        self.walked.seconds.append(time.monotonic() - began)
        if answer.status_code >= 500:
            self.walked.wrong.append(f"{method} {path}: {answer.status_code}")
        if found := re.search(r'name="csrf" value="([0-9a-f]{64})"', answer.text if method == "GET" else ""):
            self.token = found[1]
        return answer

    def sign_in(self) -> None:
        self.ask("desk", "GET", "/sign-in")
        told = {"email": self.email, "password": PASSWORD, "code": "", "csrf": self.token}
        answer = self.ask("desk", "POST", "/sign-in", data=told)
        if answer is None or answer.status_code != 302:
            self.walked.wrong.append(f"{self.email} could not sign in")
        self.ask("desk", "GET", "/settings")

    def walk(self, door: Door) -> None:
        path = _address(self.place, door, self.chance)
        more: dict[str, Any] = {}
        if door.method != "GET" and door.part == "desk":
            version = self.place.versions.get(path.split("/")[2] if path.startswith("/visits/") else "", "")
            more["data"] = {"csrf": self.token, "version": version} | FORMS.get(door.endpoint, {})
        elif door.method != "GET":
            more["content"] = b"{}"
        self.ask(door.part, door.method, path, **more)
        self.walked.doors.add((door.part, door.method, door.endpoint))

    def leave(self) -> None:
        self.ask("desk", "POST", "/sign-out", data={"csrf": self.token})
        self.line.close()


def walk(place: Place, emails: list[str], seconds: float) -> Walked:
    """Each person begins with their share of the doors, then goes through any, until the time is over."""
    walked, ends = Walked(), time.monotonic() + seconds
    doors = [door for door in place.doors if (door.part, door.method, door.endpoint) not in EXCUSED]

    def one(n: int, email: str) -> None:
        chance = random.Random(email)
        person = Person(place, email, chance, walked)
        person.sign_in()
        for count in itertools.count():
            mine = count * len(emails) + n
            if mine >= len(doors) and time.monotonic() > ends:
                break
            person.walk(doors[mine] if mine < len(doors) else chance.choice(doors))
        person.leave()

    lines = [threading.Thread(target=one, args=(n, email), daemon=True) for n, email in enumerate(emails)]
    for line in lines:
        line.start()
    for line in lines:
        line.join(seconds + 4 * HANGS)
        if line.is_alive():
            walked.wrong.append("somebody never came back")
    return walked


def main(seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder, Place(Path(folder) / "data") as place:
        alone = walk(place, place.emails[1:2], 5)
        together = walk(place, place.emails, seconds)
        print(f"alone: {len(alone.seconds)} requests, 95 of 100 within {alone.p95 * 1000:.0f} ms")
        print(f"together: {len(together.seconds)} requests, 95 of 100 within {together.p95 * 1000:.0f} ms")
        print(f"ratio {together.p95 / alone.p95:.1f}")
        for text in (*alone.wrong, *together.wrong):
            print("WRONG", text)
        print(place.said()[-2000:] if alone.wrong or together.wrong else "nothing wrong")
    return 1 if alone.wrong or together.wrong else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
