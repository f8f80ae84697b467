"""JSON nested too deep is 400 at every door of the relay that reads JSON, taken from its own map of addresses."""

import pytest

from pwa_server.relay.desk_doors import VERBS

NO_JSON = {"desks.ask", "phones.push", "phones.nonce"}  # asked for each verb below; frames; no body is read


@pytest.mark.parametrize("deep", [b"[" * 2_000, b'{"a":' * 400, b'{"a":' * 33 + b"1" + b"}" * 33])
def test_it_is_malformed_at_every_door(app, joel, deep):
    http = app.test_client()
    asked = [f"/v1/desk/{verb}" for verb in VERBS]
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint not in NO_JSON:
            asked.append(
                app.url_map.bind("x").build(rule.endpoint, dict.fromkeys(rule.arguments, "A" * 22), "POST")
            )
    assert len(asked) > len(VERBS) + 3
    for path in asked:
        answer = http.post(path, data=deep, headers={"Sotto-Signature": "A" * 86})
        assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed"), path
