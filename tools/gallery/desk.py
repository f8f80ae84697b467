"""Every page of the desk on a morning with something of everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, Playwright

from pwa_server.config import Config
from pwa_server.desk.accounts import staff
from pwa_server.desk.actions import conferences, sample
from pwa_server.desk.app import create_desk
from pwa_server.desk.log.office_keys import make_keys
from pwa_server.desk.models.office_and_cases import Account
from pwa_server.desk.open_desk import create_desk_file
from tests.browser.look.walking import Walker, serving
from tests.desk.conftest import Office, TestClock
from tests.desk_pages.conftest import PASSWORD
from tests.desk_pages.morning import Morning, bring_about

from .pictures import in_both_schemes, keep, plain, speaking

WIDE = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", "timezone_id": "Asia/Tokyo"}
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
MORE = [  # what no link of these pages leads to
    "/consultations/new",
    "/meetings/demo-002-table",
    "/meetings/demo-001-table",
    "/cases/demo-001/plan",
    "/cases/demo-007/closing",
    "/consultations/demo-002-told",
    "/triage?case=demo-002",
]
LONGEST = 1600  # further rows show nothing new


@contextmanager
def morning() -> Iterator[tuple[Office, Morning]]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder, clock = Path(name), TestClock()
        config = Config(
            data=folder / "data",
            desk_key_file=folder / "key/desk.key",
            backup_dir=folder / "backups",
            trial=True,
            journal_dir=folder / "journal",
            second_place="folder",
            relay_url="https://relay.test",
        )
        config.desk_key_file.parent.mkdir(parents=True)
        desk = create_desk_file(config, clock)
        backup_key = make_keys(desk)
        sample.load(desk, story=True)
        desk.close()
        office = Office(config, clock, backup_key)
        office.sync()
        yield office, bring_about(office)
        office.desk.close()
        office.http.close()


def give_account(name: str) -> None:
    Account.put(
        staff=f"demo-{name}",
        email=f"{name}@sample.invalid",
        password=staff.hash_password(PASSWORD.format(name)),
        totp_secret=None,
        totp_confirmed=False,
        totp_last_step=0,
        totp_required=False,
        must_change=False,
        failures=0,
        locked_until=None,
        epoch=0,
    )


def take(playwright: Playwright, out: Path) -> list[str]:
    """Four pictures a page, in a browser of each language: days and buttons are its own. Returns the names."""
    with morning() as (office, told):
        give_account("nakagawa")
        conferences.acknowledge(office.desk, office.person("nakagawa"), "demo-002-table")
        begin = ["/today", f"/visits/{told.worrying}", "/cases/demo-002", "/people", *MORE]
        with serving(create_desk(office.config, office.desk)) as address:
            for lang, locale in LOCALES.items():
                browser = speaking(playwright, locale)
                context = browser.new_context(locale=locale, **WIDE)
                context.add_cookies([{"name": "sotto_lang", "value": lang, "url": address}])
                walker = Walker(context.new_page(), address, create_desk(office.config, office.desk))
                _walk(walker, ["/sign-in"], out, lang)
                walker.sign_in("nakagawa")
                _walk(walker, begin, out, lang)
                browser.close()
    return sorted({kind.replace(".", "-") for kind in walker.seen})


def stretch(page: Page) -> None:
    """A window as tall as the page: a bar that sticks to its lower edge then lies where the page ends."""
    page.set_viewport_size(WIDE["viewport"])
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size(WIDE["viewport"] | {"height": min(max(height, 900), LONGEST)})


def _walk(walker: Walker, begin: list[str], out: Path, lang: str) -> None:
    for kind in walker.kinds(*begin):
        stretch(walker.page)
        for scheme, picture in zip(("light", "dark"), in_both_schemes(walker.page), strict=True):
            if (lang, scheme) != ("ja", "light"):
                picture = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
            keep(plain(picture), out / f"{kind.replace('.', '-')}-{lang}-{scheme}.webp")
