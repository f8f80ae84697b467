"""The small corpus that is committed: one file a target, a list of inputs in b64u. And the question put to
JavaScript.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from sync.encoding import b64u, unb64u

from .targets import Case

HERE = Path(__file__).parent
FOLDER = HERE / "corpus"


def read(target: str) -> list[bytes]:
    file = FOLDER / f"{target}.json"
    return [unb64u(one) for one in json.loads(file.read_text())] if file.exists() else []


def write(target: str, inputs: list[bytes]) -> None:
    FOLDER.mkdir(exist_ok=True)
    lines = ",\n".join(
        f'"{one}"' for one in sorted({b64u(data) for data in inputs}, key=lambda one: (len(one), one))
    )
    (FOLDER / f"{target}.json").write_text(f"[\n{lines}\n]\n")


def ask_node(cases: list[Case]) -> list[str]:
    """What the JavaScript twins say to these."""
    asked = subprocess.run(
        ["node", str(HERE / "targets.mjs")], input=json.dumps(cases), capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    answers: list[str] = json.loads(asked.stdout)
    return answers
