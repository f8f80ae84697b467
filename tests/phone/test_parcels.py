"""The app in two parcels: each file once, the first screens first, and nothing a phone has already loaded by itself."""

import json
import re

import pytest
from flask import Flask

from pwa_server.config import Config
from pwa_server.phone import blueprint, parcels
from pwa_server.phone import release as releases
from tests.phone.loaded import reached

FIRST_LOAD_BYTES = 103_000
SERVER_ADDS = 80  # the status line and the date, which the web server writes


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(blueprint(Config(data=tmp_path_factory.mktemp("data"))))
    return app.test_client()


@pytest.fixture(scope="module")
def release():
    return releases.build_release()


def brought(parcel):
    """{URL: (bytes, headers)} of a parcel, read as SPEC 12.4 spells it."""
    start = 4 + int.from_bytes(parcel[:4], "big")
    head = json.loads(parcel[4:start])
    found = {}
    for url, size, kind in head["files"]:
        found[url] = (parcel[start : start + size], head["headers"][kind])
        start += size
    assert start == len(parcel)
    return found


@pytest.fixture(scope="module")
def first(site):
    return brought(site.get(parcels.FIRST).data)


@pytest.fixture(scope="module")
def rest(site):
    return brought(site.get(parcels.REST).data)


def test_every_file_comes_once(release, first, rest):
    alone = reached(release.files, "/service_worker/worker.js", later=False)
    alone |= {releases.SHELL, releases.STYLE, parcels.BOOT}
    assert not first.keys() & rest.keys()
    assert not (first.keys() | rest.keys()) & alone
    assert first.keys() | rest.keys() | alone == release.files.keys()


def test_each_is_the_file_as_it_is_served_with_its_headers(site, release, first, rest):
    for url, (data, headers) in (first | rest).items():
        assert data == release.files[url]
        served = site.get(url).headers
        assert headers["Content-Security-Policy"]
        assert headers.items() <= dict(served).items()


def test_the_first_one_has_what_runs_before_a_phone_is_enrolled_and_no_more(release, first):
    needed = reached(release.files, "/static/js/app/app.js", later=False) & release.files.keys()
    alone = reached(release.files, "/service_worker/worker.js", later=False) | {parcels.BOOT}
    texts = {"/static/texts/ja/common.json", "/static/texts/ja/phone.json"}
    assert first.keys() == (needed | texts) - alone
    for later in ("/static/js/screens/day/today.js", "/static/vendor/hpke.js", "/sync/words.json"):
        assert later not in first


def test_a_parcel_is_smaller_than_its_files_one_by_one(site, first, rest):
    for url, files in ((parcels.FIRST, first), (parcels.REST, rest)):
        whole = site.get(url, headers={"Accept-Encoding": "br"})
        assert whole.headers["Content-Encoding"] == "br"
        one_by_one = sum(len(site.get(file, headers={"Accept-Encoding": "br"}).data) for file in files)
        assert len(whole.data) < 0.9 * one_by_one


def test_a_first_load_stays_within_its_budget(site, release):
    """Everything page and worker ask for until the first screen stands, with the headers of each answer."""
    alone = reached(release.files, "/service_worker/worker.js", later=False)
    alone |= {releases.SHELL, releases.STYLE, parcels.BOOT}
    bytes_ = 0
    for url in alone | {releases.LIST, releases.SIGNATURE, parcels.FIRST}:
        answer = site.get(url, headers={"Accept-Encoding": "br"})
        bytes_ += len(answer.data) + len(str(answer.headers)) + SERVER_ADDS
    assert bytes_ <= FIRST_LOAD_BYTES


def test_the_worker_names_with_the_page_just_what_the_app_loads(release):
    script = release.files["/service_worker/serving.js"].decode()
    table = re.search(r"const LOADED = \{(.*?)\n\}", script, re.S)
    assert table is not None
    told = {
        f"{folder}{name}.js"
        for folder, names in re.findall(r'"([^"]+)": "([^"]+)"', table[1])
        for name in names.split()
    }
    assert told == {url for url in parcels.loaded(release.files, parcels.APP) if url.endswith(".js")}
