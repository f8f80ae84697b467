"""Before every door: one shape for errors, bounds on what is read, headers, and logs that name nobody."""

import json
import logging
import os

import pytest

from pwa_server.config import BadSetting
from pwa_server.relay import tables
from pwa_server.relay.desk_doors import VERBS
from pwa_server.relay.guards import Rates
from pwa_server.relay.migrations import NewerSchema
from pwa_server.relay.store import Store
from sync.encoding import b64u
from sync.errors import CODES, SyncError
from sync.limits import MAX_BATCH_BYTES
from tests.relay.people import Clock, Desk, photo


def shape(answer):
    said = answer.get_json()
    assert {"error", "detail"} <= set(said) <= {"error", "detail", "incarnation", "nonce", "offset"}
    assert said["error"] in CODES
    return answer.status_code, said["error"]


class TestOneShapeForErrors:
    @pytest.mark.parametrize(
        ("method", "path", "expected"),
        [
            ("get", "/nothing/here", (404, "not_found")),
            ("get", "/v1/nothing", (404, "not_found")),
            ("get", "/static/js/nothing.js", (404, "not_found")),
            ("get", "/static/../pyproject.toml", (404, "not_found")),
            ("get", "/static/%2e%2e/pyproject.toml", (404, "not_found")),
            ("delete", "/v1/push", (405, "method_not_allowed")),
            ("post", "/phone/", (405, "method_not_allowed")),
            ("get", f"/v1/blobs/{'A' * 43}", (405, "method_not_allowed")),
            ("post", "/v1/desk/nothing", (404, "not_found")),
            ("post", "/v1/pull", (400, "malformed")),
            ("patch", "/v1/blobs/short", (400, "malformed")),
            ("get", "/v1/orders/somebody/else", (404, "unknown_office")),
            ("get", "/v1/enrol/short/p2", (400, "malformed")),
        ],
    )
    def test_everywhere(self, people, method, path, expected):
        assert shape(getattr(people.http, method)(path)) == expected

    def test_too_much_is_refused_before_it_is_read(self, people):
        announced = {"CONTENT_LENGTH": str(MAX_BATCH_BYTES + 1)}  # not one byte of it is sent
        answer = people.http.post("/v1/push", environ_overrides=announced)
        assert shape(answer) == (413, "too_big")
        assert shape(people.http.post("/v1/pull", data=b" " * 70_000)) == (413, "too_big")
        assert shape(people.http.post("/v1/desk/push_state", data=b" " * (1 << 20) + b" ")) == (
            413,
            "too_big",
        )

    def test_a_body_cut_off_on_the_way_is_not_taken_for_a_whole_one(self, people, amina, joel):
        id_, sealed = photo()
        amina.push(amina.write(blobs=[(id_, len(sealed))]))
        answer = people.http.patch(
            f"/v1/blobs/{id_}",
            data=sealed[:50_000],
            headers={"Upload-Offset": "0"},
            environ_overrides={"CONTENT_LENGTH": "70000"},
        )
        assert answer.status_code == 400
        assert people.http.head(f"/v1/blobs/{id_}").headers["Upload-Offset"] == "0"

    def test_a_fault_says_nothing_more(self, app, amina, caplog):
        store = app.extensions["sotto_relay"].store
        with store.connected():
            store.db.execute_sql("DROP TABLE envelopes")
        letter = amina.write()
        answer = amina.http.post("/v1/push", data=letter.to_frame())
        assert (answer.status_code, answer.get_json()) == (500, {"error": "fault", "detail": ""})
        (line,) = [json.loads(record.message) for record in caplog.records if '"fault"' in record.message][:1]
        assert line["at"]
        assert letter.id not in caplog.text
        assert "envelopes" not in json.dumps(line)


@pytest.mark.parametrize("path", ["/phone/", "/v1/config", "/nothing", "/static/js/nothing.js", "/v1/push"])
def test_every_answer_is_guarded(people, path):
    headers = people.http.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_what_the_relay_answers_is_never_kept(people):
    assert people.http.get("/v1/config").headers["Cache-Control"] == "no-store"
    assert people.http.post("/v1/nonce").headers["Cache-Control"] == "no-store"


def test_another_site_is_not_answered(people):
    answer = people.http.post("/v1/nonce", headers={"Sec-Fetch-Site": "cross-site"})
    assert shape(answer) == (404, "not_found")
    assert people.http.post("/v1/nonce", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert people.http.options("/v1/push").headers.get("Access-Control-Allow-Origin") is None


class TestRates:
    def test_a_burst_passes_and_a_flood_does_not(self):
        clock = Clock(0)
        rates = Rates(60, 5, clock=clock)
        for _ in range(5):
            rates.spend("somebody")
        with pytest.raises(SyncError, match="too_many"):
            rates.spend("somebody")
        rates.spend("somebody else")
        clock.now += 1
        rates.spend("somebody")

    def test_memory_is_bounded_however_many_call(self):
        rates = Rates(60, 5, clock=Clock(0))
        for n in range(rates.most + 500):
            rates.spend(f"address {n}")
        assert len(rates._buckets) == rates.most

    def test_one_phone_cannot_take_all_the_time(self, amina, app):
        app.extensions["sotto_relay"].rates.device = Rates(60, 3, clock=Clock(0))
        answers = [shape_or_200(amina.ask_pull()) for _ in range(5)]
        assert answers == [200, 200, 200, (429, "too_many"), (429, "too_many")]

    def test_an_address_that_floods_is_told_when_to_come_back(self, people, app):
        app.extensions["sotto_relay"].rates.address = Rates(60, 2, clock=Clock(0))
        answers = [people.http.get("/v1/config") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["Retry-After"]) > 0
        assert people.http.get("/phone/").status_code == 200


def shape_or_200(answer):
    return 200 if answer.status_code == 200 else shape(answer)


def test_logs_name_nobody(people, amina, joel, caplog):
    caplog.set_level(logging.DEBUG)
    id_, sealed = photo()
    letter = amina.write(blobs=[(id_, len(sealed))])
    amina.push(letter)
    amina.send_blob(sealed, id_)
    amina.pull()
    joel.pull()
    amina.orders()
    slot = b64u(os.urandom(16))
    people.http.get(f"/v1/enrol/{slot}/p2", headers={"X-Forwarded-For": "203.0.113.9"})
    joel.told("wipe", device=amina.name, order=joel.order(amina))
    people.http.get("/v1/orders/" + "Q" * 3_000)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("sotto")]
    assert len(lines) > 8
    text = "\n".join(lines)
    for secret in (amina.name, joel.name, letter.id, id_, slot, "203.0.113.9", "127.0.0.1", "QQQ"):
        assert secret not in text
    assert all(
        set(json.loads(line)) <= {"time", "event", "method", "route", "status", "ms"} for line in lines
    )


def test_a_database_of_a_newer_sotto_is_left_alone(app, database):
    store = app.extensions["sotto_relay"].store
    with store.write():
        store.db.execute_sql("INSERT INTO schema (version) VALUES (99)")
    with pytest.raises(NewerSchema, match="99"):
        Store(database)


def test_the_tables_are_what_the_models_say(app):
    store = app.extensions["sotto_relay"].store
    with store.connected():
        for table in tables.ALL:
            bound = getattr(store, table.__name__)
            name = bound._meta.table_name
            columns = {column.name: column for column in store.db.get_columns(name)}
            assert set(columns) == {field.column_name for field in bound._meta.sorted_fields}, name
            for field in bound._meta.sorted_fields:
                assert columns[field.column_name].null == field.null or field.primary_key, (name, field.name)
            keys = store.db.get_primary_keys(name)
            assert set(keys) == {field.column_name for field in bound._meta.get_primary_keys()}


def test_a_wrong_web_push_key_stops_the_start_with_a_sentence(make_relay, tmp_path):
    wrong = tmp_path / "vapid.pem"
    for content in (None, "not a key"):
        if content:
            wrong.write_text(content)
        with pytest.raises(BadSetting, match="SOTTO_VAPID_KEY_FILE"):
            make_relay(f"sqlite:///{tmp_path / 'other.db'}", ["x"], vapid_key_file=wrong)


def test_a_stranger_leaves_nothing_in_the_database(people, app):
    """Every door of the relay's own map, unsigned, with ids nobody has, as JSON, as bytes and without a body."""
    store = app.extensions["sotto_relay"].store

    def rows():
        with store.connected():
            return {
                table: store.db.execute_sql(f'select count(*) from "{table}"').fetchone()[0]
                for table in store.db.get_tables()
            }

    before, http = rows(), app.test_client()
    told = {
        "office": people.joel.name,
        "device": "A" * 43,
        "nonce": "A" * 43,
        "slot": "A" * 22,
        "id": "A" * 43,
    }
    doors = [
        (rule, name)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1")
        for name in ("A" * 22, "A" * 43)
    ]
    for rule, name in doors:
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            for verb in VERBS if "verb" in rule.arguments else ("-",):
                ids = dict.fromkeys(rule.arguments, name) | {"verb": verb, "office": people.joel.name}
                named = {one: ids[one] for one in rule.arguments}
                path = rule.build({one: 1 if one == "part" else value for one, value in named.items()})[1]
                for body in ({"json": told}, {"data": bytes(700)}, {}):
                    answer = http.open(
                        path,
                        method=method,
                        headers={"Sotto-Signature": "A" * 86, "Upload-Offset": "0"},
                        **body,
                    )
                    assert answer.status_code < 500, (path, method)
    assert len(doors) > 20
    stranger = Desk(people.http)
    data, sig = stranger.roster()
    for _ in range(3):  # whose own key it is signed with
        told = stranger.ask("roster", bytes=b64u(data), sig=b64u(sig), sign=b64u(stranger.sign.public))
        assert told.status_code in (401, 403, 404)
    assert rows() == before
