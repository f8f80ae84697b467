"""The phone app's files as a browser meets them: only those of the release, with the headers that guard them."""

import gzip
import json
import re
from html.parser import HTMLParser

import brotli
import pytest
from flask import Flask
from PIL import Image

from pwa_server.config import Config
from pwa_server.phone import blueprint
from pwa_server.phone import release as releases
from sync.encoding import b64u, sha256

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}


UNDO = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(blueprint(Config(data=tmp_path_factory.mktemp("data"))))
    return app.test_client()


@pytest.fixture(scope="module")
def release():
    return releases.build_release()


def test_every_file_of_the_release_is_served_as_listed(site, release):
    for url, data in release.files.items():
        plain = site.get(url)
        assert plain.status_code == 200
        assert plain.data == data
        for coding, undo in UNDO.items():
            small = site.get(url, headers={"Accept-Encoding": coding})
            unpacked = undo(small.data) if small.headers.get("Content-Encoding") == coding else small.data
            assert unpacked == data, url
            assert len(small.data) <= len(plain.data)


def test_list_and_signature_belong_together(site):
    listed, signature = site.get("/phone/release.json").data, site.get("/phone/release.sig").data
    assert releases.verify_release(listed, signature)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/phone/", "text/html; charset=utf-8"),
        ("/static/js/app/app.js", "text/javascript; charset=utf-8"),
        ("/service_worker/worker.js", "text/javascript; charset=utf-8"),
        ("/static/css/phone.css", "text/css; charset=utf-8"),
        ("/sync/words.json", "application/json"),
        ("/phone/manifest.webmanifest", "application/manifest+json"),
        ("/static/icons/favicon.svg", "image/svg+xml"),
        ("/static/icons/icon-192.png", "image/png"),
        ("/phone/release.sig", "application/json"),
    ],
)
def test_each_kind_is_called_by_its_name(site, url, kind):
    assert site.get(url).headers["Content-Type"] == kind


@pytest.mark.parametrize(
    "url",
    [
        "/sync/SPEC.md",
        "/sync/header.py",
        "/static/texts/ja/desk.json",
        "/static/css/desk/base.css",
        "/static/vendor/VENDOR.json",
        "/static/js/../../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/js/./nothing.js",
        "/phone/shell.html",
        "/service_worker/",
        "/static/",
        "/templates/phone/shell.html",
        "/phone/release.json/",
        "/static/js/app/app.js%00",
        "/phone",
    ],
)
def test_nothing_else_is_served(site, url):
    answer = site.get(url)
    assert answer.status_code in (404, 308)
    if answer.status_code == 308:
        assert answer.headers["Location"].endswith("/phone/")


def test_the_door_leads_to_the_app(site):
    answer = site.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/phone/")


def test_an_unchanged_file_costs_no_bytes(site):
    first = site.get("/static/js/app/app.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again = site.get("/static/js/app/app.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_asked_for_by_its_hash_is_that_file_for_ever_or_none(site, release):
    hash_ = b64u(sha256(release.files["/static/js/app/app.js"]))
    answer = site.get(f"/static/js/app/app.js?sha256={hash_}")
    assert "immutable" in answer.headers["Cache-Control"]
    assert site.get(f"/static/js/app/app.js?sha256={'A' * 43}").status_code == 404


def test_the_policy_begins_with_nothing(site, release):
    """It names the policies for trusted scripts that our code makes, and no other."""
    code = "".join(data.decode() for url, data in release.files.items() if url.endswith(".js"))
    made = set(re.findall(r"""createPolicy\(\s*["']([^"']+)""", code))
    for url in ("/phone/", "/service_worker/worker.js"):
        said = dict(
            part.split(" ", 1) for part in site.get(url).headers["Content-Security-Policy"].split("; ")
        )
        assert {name: said[name] for name in POLICY} == POLICY
        assert set(said) == {*POLICY, "trusted-types"}
        assert set(said["trusted-types"].split()) == made
        assert not any("unsafe" in value or "*" in value or "http" in value for value in said.values())


def test_what_page_and_worker_load_can_be_nothing_by_itself(site, release):
    for url in release.files:
        headers = site.get(url).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        if url.startswith("/static/"):
            assert sum(len(name) + len(value) + 4 for name, value in headers.items()) < 400


def test_the_phones_other_senses_are_closed(site):
    headers = site.get("/phone/").headers
    allowed = dict(part.split("=") for part in headers["Permissions-Policy"].split(", "))
    assert {name for name, who in allowed.items() if who == "(self)"} == {
        "camera",
        "publickey-credentials-create",
        "publickey-credentials-get",
    }
    assert {
        who for name, who in allowed.items() if name in ("microphone", "geolocation", "usb", "payment")
    } == {"()"}
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert site.get("/service_worker/worker.js").headers["Service-Worker-Allowed"] == "/phone/"


class Page(HTMLParser):
    """Tags and attributes of the shell."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] in ("script", "style"):
            self.texts.append(data.strip())


def test_the_page_runs_nothing_but_the_release(site):
    page = Page(site.get("/phone/").get_data(as_text=True))
    assert ("html", {"lang": "ja"}) in page.tags
    assert "".join(page.texts) == ""  # no inline script or style
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        for name in ("src", "href"):
            assert attrs.get(name, "/").startswith("/"), (tag, attrs)
    assert ("div", {"id": "app"}) in page.tags
    viewport = next(attrs["content"] for _, attrs in page.tags if attrs.get("name") == "viewport")
    assert "viewport-fit=cover" in viewport
    assert "user-scalable" not in viewport  # people must be able to enlarge
    assert "maximum-scale" not in viewport


def test_the_manifest_is_what_a_phone_needs_to_install(site):
    said = json.loads(site.get("/phone/manifest.webmanifest").data)
    assert (said["id"], said["start_url"], said["scope"], said["display"]) == (
        "/phone/",
        "/phone/",
        "/phone/",
        "standalone",
    )
    assert said["lang"] == "ja"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in said["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    shortcuts = [icon for shortcut in said["shortcuts"] for icon in shortcut["icons"]]
    for picture in [*said["icons"], *shortcuts, *said["screenshots"]]:
        assert site.get(picture["src"]).headers["Content-Type"] == picture["type"]
        if picture["type"] == "image/png":
            with Image.open(releases.ROOT / picture["src"].lstrip("/")) as image:
                assert "x".join(map(str, image.size)) == picture["sizes"]
    assert {picture["form_factor"] for picture in said["screenshots"]} == {"narrow", "wide"}
    assert not {picture["src"] for picture in said["screenshots"]} & set(releases.build_release().files)
    for shortcut in said["shortcuts"]:
        assert re.fullmatch(r"/phone/#/[a-z_]+", shortcut["url"])


def test_nothing_on_the_home_screen_tells_what_it_is_for(site):
    seen = site.get("/phone/manifest.webmanifest").get_data(as_text=True) + site.get("/phone/").get_data(
        as_text=True
    )
    for word in (
        "ひきこもり",
        "引きこもり",
        "障害",
        "支援",
        "訪問",
        "相談",
        "hikikomori",
        "welfare",
        "outreach",
    ):
        assert word not in seen.lower()
