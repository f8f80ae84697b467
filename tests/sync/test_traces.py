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

from tests.sync.model.asked import questions
from tests.sync.model.play import play

ROOT = Path(__file__).parents[2]
LIVES = int(os.environ.get("SOTTO_TRACE_LIVES", "200"))


@pytest.mark.timeout(600 if LIVES == 200 else 0)
@pytest.mark.skipif(shutil.which("node") is None and "CI" not in os.environ, reason="no node here")
def test_the_javascript_twin_decides_as_the_model_did():
    with questions() as trace:
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
