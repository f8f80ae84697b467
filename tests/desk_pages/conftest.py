"""People at the desk's pages, through HTTP: 中川 (supervisor), 小林 and 西村 (workers), 田中 (administrator)."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from pwa_server.desk.accounts import staff
from pwa_server.desk.app import create_desk
from pwa_server.desk.models.office_and_cases import Account
from pwa_server.desk.pages.layout.guards import COOKIE
from tests.desk.conftest import (  # noqa: F401
    Office,
    TestClock,
    bare_desk,
    clock,
    config,
    copied_office,
    desk,
    give_account,
    join,
    kobayashi,
    nakagawa,
    put_away,
    sample_office,
    settings_in,
    synced_files,
)
from tests.desk_pages.morning import Morning, bring_about

PASSWORD = "a-password-of-{}"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Reader(HTMLParser):
    """What a person without a script sees: forms with their fields, links, headings, the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page

    def __getattr__(self, name: str) -> Any:
        """Read when first asked: most pages are looked at by their status or text alone."""
        if name not in ("links", "forms", "text", "title"):
            raise AttributeError(name)
        self.links: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.text = ""
        self.title = ""
        self._in: list[str] = []
        self.feed(self._page)
        return self.__dict__[name]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._in.append(tag)
        if tag == "a" and told.get("href"):
            self.links.append(told["href"] or "")
        elif tag == "form":
            self.forms.append(
                {"action": told.get("action"), "method": told.get("method", "get"), "fields": {}}
            )
        elif tag in ("input", "textarea", "select") and told.get("name") and self.forms:
            self.forms[-1]["fields"][told["name"]] = told.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._in:
            while self._in.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "title" in self._in and "svg" not in self._in:
            self.title += data
        else:
            self.text += data


KEPT = re.compile(r"(<(textarea|pre)\b.*?</\2>)", re.DOTALL)


def as_shown(page: str) -> str:
    """A page without the line breaks a template is written with: tests ask for what a person sees."""
    parts = KEPT.split(page)
    for place in range(0, len(parts), 3):
        text = re.sub(r"<[^<>]*>", lambda tag: re.sub(r"\s{2,}", " ", tag[0]), parts[place])
        text = re.sub(r">([ ]*\n\s*|[ ]{2,})", ">", text)
        text = re.sub(r"([ ]*\n\s*|[ ]{2,})<", "<", text)
        parts[place] = re.sub(r"\n[ ]{2,}", " ", text)
    for place in range(1, len(parts), 3):
        opening, rest = parts[place].split(">", 1)
        parts[place] = re.sub(r"\s{2,}", " ", opening) + ">" + rest
    return "".join(part for place, part in enumerate(parts) if place % 3 != 2)


class AtTheDesk:
    """One person's browser, without scripts."""

    def __init__(self, app: Any, name: str) -> None:
        self.client = app.test_client()
        self.name = name
        self.status = 0
        self.page = ""
        self.path = ""

    def open(self, path: str, **headers: str) -> Reader:
        return self._seen(self.client.get(path, headers=headers, follow_redirects=True))

    def send(self, path: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Reader:
        """Post a form as the page would, with its token."""
        given = {"csrf": self.token(), **fields}
        return self._seen(
            self.client.post(path, data=given, headers=headers or SAME_ORIGIN, follow_redirects=True)
        )

    def token(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.page)
        if found is None:
            self.open("/keys")  # a light page; a stranger is sent to the sign-in
            found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.page)
        assert found is not None, "no form on this page"
        return found[1]

    def sign_in(self, **other: str) -> Reader:
        self.open("/sign-in")
        given = {
            "email": f"{self.name}@sample.invalid",
            "password": PASSWORD.format(self.name),
            "code": "",
        } | other
        return self.send("/sign-in", **given)

    def _seen(self, answer: Any) -> Reader:
        self.status, self.page, self.path = (
            answer.status_code,
            as_shown(answer.get_data(as_text=True)),
            answer.request.full_path,
        )
        self.answer = answer
        return Reader(self.page)


@pytest.fixture(scope="session")
def morning_files(tmp_path_factory, sample_office, synced_files):  # noqa: F811
    """The desk after `bring_about`, made once; tests that ask for `morning` get a copy of its files."""
    folder = tmp_path_factory.mktemp("morning")
    clock = TestClock()  # noqa: F811
    office = copied_office(synced_files, settings_in(folder), clock, sample_office[1])
    told = bring_about(office)
    put_away(office)
    return folder, clock.time, told


@pytest.fixture
def office(request, config, clock, sample_office, synced_files):  # noqa: F811
    """As in tests/desk: a desk with the sample, or with the whole morning where a test asks for it."""
    folder = synced_files
    if "morning" in request.fixturenames:
        folder, clock.time, _ = request.getfixturevalue("morning_files")
    office = copied_office(folder, config, clock, sample_office[1])
    yield office
    office.desk.close()
    office.http.close()


@pytest.fixture(scope="session")
def hashes():
    """The four passwords hashed once: Argon2id is slow on purpose."""
    return {
        name: staff.hash_password(PASSWORD.format(name))
        for name in ("nakagawa", "kobayashi", "nishimura", "tanaka")
    }


@pytest.fixture
def app(office, hashes):
    for name, phc in hashes.items():
        Account.put(
            staff=f"demo-{name}",
            email=f"{name}@sample.invalid",
            password=phc,
            totp_secret=None,
            totp_confirmed=False,
            totp_last_step=0,
            totp_required=False,
            must_change=False,
            failures=0,
            locked_until=None,
            epoch=0,
        )
    return create_desk(office.config, office.desk)


@pytest.fixture
def signs_in(app):
    """Sign somebody in the long way, page by page: signs_in("nakagawa"). Argon2id is slow on purpose."""

    def come(name: str) -> AtTheDesk:
        person = AtTheDesk(app, name)
        person.sign_in()
        assert person.status == 200, person.page
        return person

    return come


@pytest.fixture
def at_desk(app, office):
    """Somebody who signed in with their password: at_desk("nakagawa"). Modules that try how they signed in
    use `signs_in`.
    """

    def come(name: str) -> AtTheDesk:
        person = AtTheDesk(app, name)
        secret = staff.open_session(office.desk, f"demo-{name}", "password")
        staff.step_up(office.desk, secret)  # as `session.enter` does for a password just given
        person.client.set_cookie(COOKIE, secret)
        return person

    return come


@pytest.fixture
def comes(app, office):
    """comes("木村", "community"): somebody with this role, signed in; no password is worked out."""

    def come(name: str, role: str) -> AtTheDesk:
        email = f"{role}-{Account.select().count()}@sample.invalid"
        id_ = join(office.desk, name, role, email)
        give_account(office.desk, id_, email)
        person = AtTheDesk(app, name)
        person.client.set_cookie(COOKIE, staff.open_session(office.desk, id_, "password"))
        person.id = id_
        return person

    return come


@pytest.fixture
def visitor(app):
    return AtTheDesk(app, "nobody")


@pytest.fixture
def supervisor(at_desk):
    return at_desk("nakagawa")


@pytest.fixture
def morning(app, morning_files) -> Morning:
    """What came about; its phones are elsewhere. A test that needs them asks for `live_morning`."""
    return morning_files[2]


@pytest.fixture
def live_morning(app, office) -> Morning:
    return bring_about(office)
