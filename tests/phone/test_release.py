"""A release names every file the phone loads, whoever signed it, and how a live site differs from it (SPEC 12)."""

import json
import shutil
import threading
from dataclasses import replace
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask import Flask

from pwa_server import cli, releasing
from pwa_server.config import BadSetting, Config
from pwa_server.phone import blueprint
from pwa_server.phone import release as releases
from sync.encoding import b64u, sha256, unb64u
from sync.errors import SyncError
from sync.signing import SignKey
from sync.strict_json import read_json
from tests.phone.loaded import reached


@pytest.fixture(scope="module")
def release():
    return releases.build_release()


@pytest.fixture
def checkout(tmp_path):
    """A copy of the files a release is made of, to be changed by a test."""
    for folder in ("static", "sync", "service_worker", "templates"):
        shutil.copytree(releases.ROOT / folder, tmp_path / folder)
    return tmp_path


def test_everything_the_page_and_the_worker_load_is_in_it(release):
    beside = releases.beside_release()
    for start in ("/phone/", "/service_worker/worker.js"):
        missing = {
            url for url in reached(release.files, start) if url not in release.files and url not in beside
        }
        assert {url for url in missing if "." in url.rsplit("/", 1)[-1]} == set()


def test_it_lists_what_is_there(release):
    listed = read_json(release.list_bytes)
    assert listed["v"] == 1
    assert list(listed["files"]) == sorted(listed["files"])
    for url, said in listed["files"].items():
        assert said == {"sha256": b64u(sha256(release.files[url])), "size": len(release.files[url])}
    assert release.version == b64u(sha256(release.list_bytes))


def test_nothing_of_the_desk_and_nothing_but_scripts_texts_and_pictures_is_in_it(release):
    assert not [url for url in release.files if "/desk" in url]
    endings = {url.rsplit(".", 1)[-1] for url in release.files if url != "/phone/"}
    assert endings <= {"js", "css", "json", "webmanifest", "svg", "png"}


def test_the_same_files_make_the_same_release(release, checkout):
    assert releases.build_release(checkout) == release


def test_it_is_signed_and_a_changed_list_is_not(release):
    key = SignKey.generate()
    signature = releases.sign(release.list_bytes, key)
    assert releases.verify_release(release.list_bytes, signature) == key.public
    with pytest.raises(SyncError, match="bad_signature"):
        releases.verify_release(release.list_bytes + b" ", signature)


class TestSigningAway:
    def test_a_key_is_made_once_and_signs_the_files_here(self, checkout, tmp_path):
        key = tmp_path / "away" / "release.pem"
        file, count = releasing.sign_release(key, checkout)
        assert count == len(releases.build_release(checkout).files)
        first = unb64u(json.loads(file.read_bytes())["key"])
        releasing.sign_release(key, checkout)
        assert unb64u(json.loads(file.read_bytes())["key"]) == first
        assert key.stat().st_mode & 0o077 == 0

    def test_a_file_that_is_no_key_is_told(self, checkout, tmp_path):
        (tmp_path / "wrong.pem").write_text("no key")
        with pytest.raises(BadSetting, match=r"wrong\.pem"):
            releasing.sign_release(tmp_path / "wrong.pem", checkout)

    def test_the_carried_signature_is_served_before_any_of_our_own(self, checkout, tmp_path):
        releasing.sign_release(tmp_path / "release.pem", checkout)
        signature, carried = releases.signature_for(
            releases.build_release(checkout), _nobody, checkout / "release.sig"
        )
        assert carried
        assert signature == (checkout / "release.sig").read_bytes()

    def test_a_file_changed_after_signing_stops_the_start(self, checkout, tmp_path):
        releasing.sign_release(tmp_path / "release.pem", checkout)
        with (checkout / "static/js/app/app.js").open("a") as file:
            file.write("fetch('/evil')\n")
        with pytest.raises(releases.ReleaseDiffers, match="sotto release"):
            releases.signature_for(releases.build_release(checkout), _nobody, checkout / "release.sig")


class TestARelayInEarnest:
    """It does not sign the app's files itself, and does not keep the key that did (SPEC 12.3)."""

    @pytest.fixture
    def config(self, tmp_path):
        return Config(data=tmp_path / "data", role="relay", relay_offices=("A" * 43,))

    def test_refuses_to_start_without_a_carried_signature(self, config, checkout):
        with pytest.raises(BadSetting, match=r"release\.sig is missing.*sotto release KEY.*--trial"):
            blueprint(config, checkout)
        assert not (config.relay_data / "release-key.pem").exists()

    def test_says_which_key_phones_know_where_it_signed_itself_before(self, config, checkout):
        blueprint(replace(config, trial=True), checkout)
        with pytest.raises(BadSetting, match=r"move that file away and use it as KEY"):
            blueprint(config, checkout)

    def test_starts_with_a_signature_made_elsewhere(self, config, checkout, tmp_path):
        releasing.sign_release(tmp_path / "away" / "release.pem", checkout)
        blueprint(config, checkout)
        assert not (config.relay_data / "release-key.pem").exists()

    def test_takes_the_signature_from_where_the_setting_says(self, config, checkout, tmp_path):
        carried = tmp_path / "carried" / "release.sig"
        carried.parent.mkdir()
        releasing.sign_release(tmp_path / "away" / "release.pem", checkout, carried)
        assert not (checkout / "release.sig").exists()
        blueprint(replace(config, release_signature_file=carried), checkout)
        with pytest.raises(BadSetting, match=r"release\.sig is missing"):
            blueprint(config, checkout)

    def test_refuses_while_the_key_that_signed_lies_on_it(self, config, checkout):
        releasing.sign_release(config.relay_data / "release-key.pem", checkout)
        with pytest.raises(BadSetting, match="lies on this server"):
            blueprint(config, checkout)

    def test_a_key_that_signed_nothing_here_stops_nobody(self, config, checkout, tmp_path):
        blueprint(replace(config, trial=True), checkout)
        releasing.sign_release(tmp_path / "away" / "release.pem", checkout)
        blueprint(config, checkout)

    def test_serve_says_it_in_one_sentence(self, tmp_path, capfd):
        data = str(tmp_path / "data")
        said = cli.main(["serve", "--role", "relay", "--relay-offices", "A" * 43, "--data", data])
        told = capfd.readouterr()
        assert said != 0
        assert "release.sig is missing" in told.out + told.err
        assert "Traceback" not in told.out + told.err

    def test_only_a_trial_and_one_building_sign_themselves(self, config, checkout):
        for role in ("all", "relay", "desk"):
            for trial in (True, False):
                there = replace(config, role=role, trial=trial)
                if role == "relay" and not trial:
                    continue
                blueprint(there, checkout)


def _nobody():
    raise AssertionError("no key of our own is wanted")


class TestCheckingALiveSite:
    @pytest.fixture
    def live(self, tmp_path):
        """A running site, and what it answers instead of its own files."""
        app = Flask(__name__, static_folder=None)
        app.register_blueprint(blueprint(Config(data=tmp_path / "data")))
        changed = {}

        def site(environ, start_response):
            path = environ["PATH_INFO"]
            if path in changed:
                start_response("200 OK" if changed[path] is not None else "404 NOT FOUND", [])
                return [changed[path] or b""]
            return app.wsgi_app(environ, start_response)

        class Quiet(WSGIRequestHandler):
            def log_message(self, *_):
                pass

        server = make_server("127.0.0.1", 0, site, handler_class=Quiet)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", changed
        server.shutdown()
        thread.join()
        server.server_close()

    def test_that_is_the_same(self, live, release):
        assert releasing.compare(live[0]) == (len(release.files), [])

    def test_with_a_changed_file(self, live, release):
        live[1]["/static/js/app/app.js"] = release.files["/static/js/app/app.js"] + b"fetch('/evil')"
        assert releasing.compare(live[0])[1] == ["/static/js/app/app.js differs"]

    def test_with_a_missing_file(self, live):
        live[1]["/sync/header.js"] = None
        assert releasing.compare(live[0])[1] == ["/sync/header.js is missing"]

    def test_with_a_list_of_its_own_and_a_file_more(self, live, release):
        listed = read_json(release.list_bytes)
        listed["files"]["/static/js/evil.js"] = {"sha256": "A" * 43, "size": 1}
        data = json.dumps(listed).encode()
        live[1].update(
            {
                "/phone/release.json": data,
                "/phone/release.sig": releases.sign(data, SignKey.generate()),
            }
        )
        assert releasing.compare(live[0])[1] == [
            "/phone/release.json differs",
            "/static/js/evil.js is not part of this release",
        ]

    def test_signed_by_another_key(self, live, checkout, tmp_path):
        releasing.sign_release(tmp_path / "release.pem", checkout)
        assert releasing.compare(live[0], root=checkout)[1] == ["/phone/release.sig is by another key"]

    def test_with_a_signature_that_does_not_fit(self, live, release):
        live[1]["/phone/release.sig"] = releases.sign(b"another list", SignKey.generate())
        assert releasing.compare(live[0])[1] == ["/phone/release.sig does not fit /phone/release.json"]

    def test_that_answers_anything(self, live):
        live[1].update({"/phone/release.json": b"\xff{", "/phone/release.sig": b"[]"})
        differs = releasing.compare(live[0])[1]
        assert differs == [
            "/phone/release.json differs",
            "/phone/release.sig does not fit /phone/release.json",
        ]

    def test_that_is_not_there(self, free_port):
        with pytest.raises(BadSetting, match="not reached"):
            releasing.compare(f"http://127.0.0.1:{free_port}")
