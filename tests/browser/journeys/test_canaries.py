"""Two hundred strings go through every field of a day. Afterwards nobody but phone and desk has one of them.

`tests/canary/test_searcher.py` shows that the search finds every spelling; `test_planted.py`, in every place.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.browsers import CHROMIUM, Phone, close_whole
from tests.canary import office_day
from tests.canary.needles import Needles
from tests.canary.search import Found, Search
from tests.standins.push_service import PushService
from tests.standins.tcp_proxy import TcpProxy

from . import canary_day as day
from .conftest import TOKYO
from .product import Product
from .supervisor import PATIENT, Supervisor
from .worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NEEDLES = 200


@dataclass
class Day:
    """What the day left behind."""

    needles: Needles
    folder: Path
    data: Path
    phone_line: dict[tuple[int, int], bytes]
    office_line: dict[tuple[int, int], bytes]
    pushes: list[bytes]
    told: list[dict]
    processes: dict[str, bytes]
    running: Path
    search: Search = field(default_factory=Search)


@pytest.fixture(scope="module")
def canaries(playwright: Playwright, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder, needles = tmp_path_factory.mktemp("canaries"), Needles()
    titles = office_day.open_cases(data, needles)
    temporary = folder / "tmp"
    temporary.mkdir()
    product = Product(
        data,
        environ={
            "TMPDIR": str(temporary),
            "SOTTO_JOURNAL_DIR": str(folder / "journal"),
            "SOTTO_SECOND_PLACE": "folder",
        },
    )
    with (
        TcpProxy("127.0.0.1", product.relay_port) as phone_line,
        TcpProxy("127.0.0.1", product.relay_port) as office_line,
        PushService() as push,
    ):
        phone_line.recorded, office_line.recorded = [], []
        product.line = phone_line
        product.start(
            "--public-url",
            product.phone,
            "--relay-url",
            office_line.url,
            "--push-hosts",
            "127.0.0.1",
            "--allow-insecure-push",
        )
        try:
            one = _live(playwright, product, titles, needles, folder, push)
        finally:
            product.stop()
        assert push.complaints == []
        one.pushes, one.told = (
            [message.body for message in push.messages],
            [message.said for message in push.messages],
        )
        one.phone_line, one.office_line = phone_line.streams(), office_line.streams()
    for name, secret in office_day.secrets_of_the_office(data).items():
        one.search.for_secret(name, secret)
    return one


def _live(
    playwright: Playwright,
    product: Product,
    titles: list[str],
    needles: Needles,
    folder: Path,
    push: PushService,
) -> Day:
    """The whole day, and copies of what lay on disks at its most telling moments."""
    desk_browser = playwright.chromium.launch_persistent_context(
        str(folder / "desk-browser"), executable_path=CHROMIUM, headless=True, args=["--no-sandbox"], **TOKYO
    )
    desk_browser.set_default_timeout(PATIENT)
    supervisor = Supervisor(desk_browser.new_page(), product)
    phone = Phone(
        playwright,
        folder / "profile",
        product.phone,
        options=TOKYO | {"permissions": ["notifications"]},
        scripts=[day.push_script(push.subscribe())],
    )
    worker = Worker(phone, label=needles.for_field("phone label", "hiragana"), airplane=product.airplane)
    search = Search()
    try:
        supervisor.sign_in()
        _remember(search, worker, worker.joins(supervisor), needles)
        day.writes_a_visit_by_hand(worker, titles[0], needles, folder)
        visits = day.writes_through_the_same_door(worker, titles, needles)
        day.everything_arrives(worker, 4)
        day.asks_at_the_desk(supervisor, visits, titles[0], needles)
        day.answers_and_begins_anew(worker, visits[:2], titles[1], needles)
        worker.page.wait_for_timeout(
            9_000
        )  # browsers write what they keep of a page some seconds later: `test_planted.py`
        worker.app_is_killed()
        shutil.copytree(folder / "profile", folder / "after-a-crash", symlinks=True)
        worker.opens_the_app()
        worker.unlocks()
        day.everything_arrives(worker, 4)
        worker.closes_the_app()
        shutil.copytree(folder / "profile", folder / "after-a-day", symlinks=True)
        supervisor.stop_phone(worker.label, "wipe", needles.for_field("reason to stop"))
        push.wait_for(1, seconds=90)
        _copy_while_it_runs(product.data, folder / "running")
        processes = _processes(product)
    finally:
        phone.close()
        close_whole(desk_browser, folder / "desk-browser")
    assert phone.faults == []
    return Day(needles, folder, product.data, {}, {}, [], [], processes, folder / "running", search)


def _remember(search: Search, worker: Worker, code: str, needles: Needles) -> None:
    """What is searched for: a mark of each script, the code and the passphrase as people write them, the
    phone's keys.
    """
    for between in ("", " ", "-"):
        search.for_text("enrolment code", between.join(code.split()))
    for between in ("", " ", "\u3000", '","', "\n"):
        search.for_text("passphrase", between.join(worker.words.split()))
    for name, key in day.device_keys(worker).items():
        search.for_secret(name, key)
    for script, mark in needles.marks.items():
        search.for_text(script, mark)


def _copy_while_it_runs(data: Path, to: Path) -> None:
    """WAL, half-made backups and all; what is gone before it is copied was not there."""
    for folder, _, names in os.walk(data):  # passes over a folder that is gone, which rglob does not
        for file in (Path(folder) / name for name in names):
            (to / file.relative_to(data)).parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(file, to / file.relative_to(data))


def _processes(product: Product) -> dict[str, bytes]:
    """Environment and command line of each process of the product."""
    assert product.program is not None
    found: dict[str, bytes] = {}
    mine = {product.program.pid}
    for _ in range(3):
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(stat.read_text().rsplit(")", 1)[1].split()[1]) in mine:
                    mine.add(int(stat.parent.name))
            except OSError:
                continue
    for pid in mine:
        for part in ("environ", "cmdline"):
            with contextlib.suppress(OSError):  # it ended meanwhile
                found[f"{pid} {part}"] = (Path("/proc") / str(pid) / part).read_bytes()
    return found


def nothing(found: list[Found]) -> None:
    assert found == [], "\n".join(
        f"{one.what} as {one.form} in {one.place} ({one.way}): {one.near}" for one in found
    )


def test_the_day_put_a_needle_into_every_field(canaries: Day) -> None:
    assert len(canaries.needles.given) >= NEEDLES


def test_the_relay_holds_none(canaries: Day) -> None:
    nothing(canaries.search.in_folder(canaries.running / "relay"))
    nothing(canaries.search.in_folder(canaries.data / "relay"))


def test_the_desks_files_backups_and_journal_at_rest_show_none(canaries: Day) -> None:
    for place in (
        canaries.running / "desk",
        canaries.data / "desk",
        canaries.data / "backups",
        canaries.folder / "journal",
    ):
        assert any(place.rglob("*")), place
        nothing(canaries.search.in_folder(place))


def test_logs_and_temporary_files_tell_none(canaries: Day) -> None:
    nothing(canaries.search.in_bytes("log", (canaries.data.parent / "data.log").read_bytes()))
    nothing(canaries.search.in_folder(canaries.folder / "tmp"))


def test_what_went_over_both_lines_shows_none(canaries: Day) -> None:
    assert len(canaries.phone_line) > 2
    assert len(canaries.office_line) > 1
    for name, line in (("phone", canaries.phone_line), ("office", canaries.office_line)):
        for (number, way), stream in line.items():
            nothing(
                canaries.search.in_bytes(f"{name} line {number}, {'answers' if way else 'requests'}", stream)
            )


def test_pushes_say_the_same_neutral_words_to_everybody(canaries: Day) -> None:
    for body in canaries.pushes:
        nothing(canaries.search.in_bytes("push", body))
    for said in canaries.told:
        shown = said["notification"]
        assert set(said) == {"web_push", "notification"}
        assert {key: shown[key] for key in ("title", "body", "lang")} == NEUTRAL
        assert set(shown) == {*NEUTRAL, "navigate", "tag"}


NEUTRAL = {"title": "お知らせ", "body": "アプリを開いて予定を確かめてください。", "lang": "ja"}


def test_no_process_carries_one_in_its_environment_or_on_its_command_line(canaries: Day) -> None:
    assert len(canaries.processes) >= 6
    for name, text in canaries.processes.items():
        nothing(canaries.search.in_bytes(name, text))


@pytest.mark.parametrize("when", ["after-a-day", "after-a-crash"])
def test_the_phones_browser_keeps_none_on_its_disk(canaries: Day, when: str) -> None:
    nothing(canaries.search.in_folder(canaries.folder / when))


def test_the_desks_browser_keeps_none_on_its_disk(canaries: Day) -> None:
    nothing(canaries.search.in_folder(canaries.folder / "desk-browser"))


def test_the_office_can_read_what_was_sent(canaries: Day) -> None:
    """Else there would have been nothing to find: every needle that travels stands in the desk's log, opened
    with its key.
    """
    told = office_day.all_that_the_desk_knows(canaries.data)
    unsent = ("left unsent", "EXIF", "crisis", "search", "question left", "phone label")
    missing = {
        name
        for needle, name in canaries.needles.given.items()
        if needle not in told and not name.startswith(unsent)
    }
    assert missing == set()
