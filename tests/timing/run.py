"""Whether the time of an answer tells of what is there: what is another's and what nobody has, asked in turns.

python -m tests.timing.run --rounds 300

Each pair is asked alternately in this process, where no network hides a difference, and judged by the time of the
processor, which other work on the machine disturbs less. A figure is the median of what is another's over the median of
what nobody has; beside it how far two medians of what nobody has lie apart by themselves.
"""

import argparse
import logging
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pwa_server.config import Config
from pwa_server.desk import actions
from pwa_server.desk.accounts import staff
from pwa_server.desk.actions import sample
from pwa_server.desk.app import create_desk
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.office_and_cases import Visit
from pwa_server.desk.open_desk import create_desk_file
from pwa_server.desk.pages.layout.guards import COOKIE
from pwa_server.relay import create_relay
from sync.encoding import b64u, name_of
from sync.signing import SignKey
from sync.wire import PULL_TAG
from tests.desk.conftest import Office, TestClock, give_account, join
from tests.desk_pages import planted
from tests.relay.people import Clock, Desk, Phone, photo

Ask = Callable[[], Any]
NEAR = 1.05  # times: a longer answer than this is told apart over a network by many who ask long


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    logging.disable()
    worst = 0.0
    with tempfile.TemporaryDirectory() as place:
        for make in (_desk, _relay):
            for name, theirs, nobodys in make(Path(place)):
                worst = max(
                    worst, _told(name, theirs, nobodys, rounds // 20 if "sign in" in name else rounds)
                )
    print(f"worst: {worst:.3f} times")
    return int(worst > NEAR)


def _told(name: str, theirs: Ask, nobodys: Ask, rounds: int) -> float:
    spent: dict[str, list[float]] = {"theirs": [], "nobodys": [], "again": []}
    for _ in range(max(rounds, 8)):
        for kind, ask in (("nobodys", nobodys), ("theirs", theirs), ("again", nobodys)):
            while True:
                began = time.thread_time()
                answer = ask()
                took = time.thread_time() - began
                if getattr(answer, "status_code", 0) != 429:
                    break
                time.sleep(1)  # asked too often; such an answer says nothing of what is there
            spent[kind].append(took)
    theirs_, nobodys_, again = (statistics.median(one) * 1000 for one in spent.values())
    ratio = max(theirs_, nobodys_) / min(theirs_, nobodys_)
    by_itself = max(again, nobodys_) / min(again, nobodys_)
    print(
        f"{name:<34} {theirs_:8.3f} ms {nobodys_:8.3f} ms  {ratio:.3f} (by itself {by_itself:.3f})",
        flush=True,
    )
    return ratio / by_itself


def _desk(place: Path) -> list[tuple[str, Ask, Ask]]:
    config = Config(
        data=place / "data",
        desk_key_file=place / "key" / "desk.key",
        trial=True,
        relay_url="https://relay.test",
    )
    (place / "key").mkdir()
    desk = create_desk_file(config, TestClock())
    backup_key = make_keys(desk)
    sample.load(desk)
    desk.close()
    office = Office(config, TestClock(), backup_key)
    planted.plant(office)
    visit = planted.visit_by(office, office.person("kobayashi"))
    id_ = join(office.desk, "岡 直", "worker", "oka@sample.invalid")
    actions.assign(office.desk, office.person("nakagawa"), "demo-040", id_)
    give_account(office.desk, id_, "oka@sample.invalid")
    app = create_desk(office.config, office.desk)
    client = app.test_client()
    secret = staff.open_session(office.desk, id_, "password")
    client.set_cookie(COOKIE, secret)
    staff.step_up(office.desk, secret)
    mine = Visit.select().where(Visit.case == "demo-040").first()
    assert mine is None or client.get(f"/visits/{mine.id}").status_code == 200
    headers = {"Sec-Fetch-Site": "same-origin"}
    page = client.get("/keys").get_data(as_text=True)
    token = page.split('name="csrf" value="')[1][:64]

    def get(path: str) -> Ask:
        def ask() -> None:
            assert client.get(path).status_code == 403, path

        return ask

    def post(path: str, **form: str) -> Ask:
        return lambda: client.post(path, data=form | {"csrf": token}, headers=headers)

    def sign_in(email: str) -> Ask:
        """Wrong each time, and the pause of the last time is over."""

        def ask() -> None:
            office.clock.pass_(hours=25)
            with suppress(DeskError):
                staff.sign_in(office.desk, email, "wrong " + secrets.token_hex(4))

        return ask

    case, none = planted.CASE, "A" * 22
    return [
        ("desk: a case", get(f"/cases/{case}"), get("/cases/demo-950")),
        ("desk: its plan", get(f"/cases/{case}/plan"), get("/cases/demo-950/plan")),
        ("desk: a contact", get(f"/visits/{visit}"), get(f"/visits/{none}")),
        ("desk: its photo", get(f"/visits/{visit}/photos/0"), get(f"/visits/{none}/photos/0")),
        ("desk: a hand-over", get("/handovers/plant-Handover"), get(f"/handovers/{none}")),
        ("desk: a conference", get("/meetings/plant-Meeting"), get(f"/meetings/{none}")),
        (
            "desk: a follow-up, sent",
            post("/follow-ups/plant-FollowUp", do="done"),
            post(f"/follow-ups/{none}", do="done"),
        ),
        (
            "desk: a number in a form",
            post("/follow-ups", no=case.upper(), on="2026-11-30", at="10:00", kind="visit"),
            post("/follow-ups", no="DEMO-950", on="2026-11-30", at="10:00", kind="visit"),
        ),
        ("desk: sign in, an address", sign_in("oka@sample.invalid"), sign_in("nobody@sample.invalid")),
    ]


def _relay(place: Path) -> list[tuple[str, Ask, Ask]]:
    joel, south, clock = Desk(None), Desk(None), Clock()
    (place / "relay").mkdir()
    app = create_relay(
        Config(data=place / "relay", role="relay", trial=True, relay_offices=(joel.name, south.name)),
        clock=clock,
        background=False,
    )
    joel.http = south.http = app.test_client()
    amina, zoe = Phone(joel.http), Phone(joel.http)
    joel.enrol(amina).send_roster()
    south.enrol(zoe).send_roster()
    blob, sealed = photo(70_000)
    envelope = zoe.write(blobs=[(blob, len(sealed))])
    zoe.push(envelope)
    zoe.send_blob(sealed, blob)
    device, none = name_of(SignKey.generate().public), b64u(os.urandom(32))

    def pass_a_minute() -> None:
        """What is timed is no limit, and nothing that comes round by the clock."""
        clock.now += 50 + secrets.randbelow(20)

    def verb(name: str, **ids: Any) -> Ask:
        def ask() -> Any:
            pass_a_minute()
            return joel.ask(name, **ids)

        return ask

    def pull(of: str) -> Ask:
        def ask() -> Any:
            pass_a_minute()
            body = {"office": joel.name, "device": of, "nonce": amina.nonce()}
            cursor = {"cursor": {"incarnation": "-", "number": 0}, "follow": [0, 0, "-"], "app": "x"}
            return amina.signed("/v1/pull", PULL_TAG, body | cursor)

        return ask

    def order(of: str) -> Ask:
        def ask() -> Any:
            pass_a_minute()
            return joel.http.get(f"/v1/orders/{joel.name}/{of}")

        return ask

    return [
        ("relay: a photo", verb("blob", id=blob), verb("blob", id=none)),
        ("relay: a photo forgotten", verb("drop_blobs", ids=[blob]), verb("drop_blobs", ids=[none])),
        ("relay: an envelope forgotten", verb("drop", ids=[envelope.id]), verb("drop", ids=[none])),
        (
            "relay: reminders of a phone",
            verb("wakes", device=zoe.name, serial=9, wakes=[]),
            verb("wakes", device=device, serial=9, wakes=[]),
        ),
        ("relay: a phone's pull", pull(zoe.name), pull(device)),
        ("relay: an order to erase", order(zoe.name), order(device)),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
