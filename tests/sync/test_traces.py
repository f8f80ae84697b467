"""The JavaScript twin lives the lives of the model: every decision chain.py took there, chain.js takes too.

The model (`model/`) is played by dice; each question its phones, relay and desk ask is written down and asked of
node. `SOTTO_TRACE_LIVES=10000 pytest tests/sync/test_traces.py` asks more. (That the model notices when a rule is
left out, `test_model.py` shows.)
"""

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from sync import chain
from sync.chain import Position, UpChain
from tests.sync.model import desk, phone, relay
from tests.sync.model.play import play

ROOT = Path(__file__).parents[2]
LIVES = int(os.environ.get("SOTTO_TRACE_LIVES", "200"))
ASKED = ("judge", "covers", "takes", "next_run", "after_receipt", "may_forget", "to_send_again")


@pytest.mark.timeout(600 if LIVES == 200 else 0)
@pytest.mark.skipif(shutil.which("node") is None and "CI" not in os.environ, reason="no node here")
def test_the_javascript_twin_decides_as_the_model_did(monkeypatch):
    trace = _listen(monkeypatch)
    for seed in range(LIVES):
        assert play(seed, steps=80) is None, seed
    asked_js = subprocess.run(
        ["node", str(ROOT / "tests" / "js" / "answer_traces.mjs")],
        input="\n".join(line for line, _ in trace),
        capture_output=True,
        text=True,
    )
    assert asked_js.returncode == 0, asked_js.stderr
    answers = asked_js.stdout.splitlines()

    differ = [
        (line, here, there) for (line, here), there in zip(trace, answers, strict=True) if here != there
    ]
    assert differ[:3] == []
    seen = Counter((json.loads(line)[0], answer) for line, answer in trace)
    for name, answers_wanted in WANTED.items():  # a trace without them would ask nothing
        assert {answer for asked, answer in seen if asked == name} >= answers_wanted


WANTED = {
    "judge": {f'"{one}"' for one in ("next", "known", "fork", "gap", "old_run", "new_run")},
    "after_receipt": {'"nothing"', '"resend"', '"repack"'},
    "takes": {'"take"', '"covered"'},
    "covers": {"true", "false"},
}


def _listen(monkeypatch):
    """Whatever the model asks of chain.py is answered by it, and written down."""
    trace = []

    def listening(name):
        answer = getattr(chain, name)

        def ask(*given):
            given = [
                list(one) if name == "to_send_again" and at != 1 else one for at, one in enumerate(given)
            ]
            told = answer(*given)
            trace.append((_line([name, [_plain(one) for one in given]]), _line(_plain(told))))
            return told

        return ask

    for module in (phone, relay, desk):
        for name in ASKED:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, listening(name))
    return trace


def _plain(value):
    if isinstance(value, Position):
        return {"run": value.run, "n": value.n, "id": value.id}
    if isinstance(value, UpChain):
        kept = sorted((value.kept or {}).items())
        return {
            "head": _plain(value.head),
            "floor": _plain(value.floor),
            "held": _plain(value.held),
            "kept": kept,
        }
    if hasattr(value, "header"):
        header = value.header
        return {"id": value.id, "header": {"run": header.run, "n": header.n, "prev": header.prev}}
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _line(value):
    return json.dumps(value, separators=(",", ":"))
