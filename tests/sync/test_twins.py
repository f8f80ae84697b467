"""The twins agree where nobody thought of it: thousands of vectors with something changed, asked of both.

What a changed case *should* be answered nobody says here, only that Python and JavaScript answer the same.
"""

import copy
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from sync.encoding import b64u, unb64u
from sync.errors import SyncError
from tests.sync.vector_runner import AREAS

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("SOTTO_TWIN_RUNS", "4000"))
BYTES = {
    "json": "bytes",
    "batch": "batch",
    "answer": "answer",
    "plaintext": "plain",
    "opening": "frame",
    "b64u": "text",
}
TEXTS = {
    "condition": "text",
    "header": "text",
    "code": "text",
    "int": "text",
    "b64u": "text",
    "date": "value",
    "time": "value",
}
SHAPES = {"event": "event", "body": "body", "receipt": "receipt"}
ODD = [
    None,
    True,
    False,
    0,
    1,
    -1,
    1.5,
    10**15,
    10**15 - 1,
    "",
    "a",
    "-",
    "2026-11-23T10:00:00Z",
    "2026-02-29",
    [],
    {},
    [0],
    {"a": 1},
    "\u3042" * 20_001,
    "A" * 43,
    "A" * 22,
    {"constructor": 1},
    "__proto__",
    "toString",
]
SYMBOLS = "0aA1 \n\t-_.:\"'\\{}[],+eZTOIl\u0130\u0131\u00df\uff21\uff10\u3000\u0661\U0001f338"
PIECES = [
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"0",
    b"1.0",
    b"-0",
    b"1e1",
    b"null",
    b"\xff",
    b"\\ud83c",
    b"\\u0061",
    b"\xef\xbb\xbf",
    b" ",
    b"\n",
    b"\x00",
    b'"a":1,',
    b"\xed\xa0\xbc",
    b"NaN",
    b"true",
]


@pytest.mark.skipif(shutil.which("node") is None and "CI" not in os.environ, reason="no node here")
def test_both_twins_answer_changed_vectors_alike():
    dice = random.Random(RUNS)
    files = sorted((ROOT / "sync" / "vectors").glob("*.json"))
    vectors = [v for v in (json.loads(f.read_text("utf-8")) for f in files) if len(json.dumps(v)) < 6000]
    vectors = [v for v in vectors if v["area"] in BYTES | TEXTS | SHAPES]
    good = [v for v in vectors if v["expect"] == "accept"]
    chosen = [dice.choice(dice.choice([good, good, vectors])) for _ in range(RUNS)]
    asked = [_changed(dice, copy.deepcopy(vector)) for vector in chosen]
    sent = json.dumps(asked)

    asked_js = subprocess.run(
        ["node", str(ROOT / "tests" / "js" / "answer_vectors.mjs")],
        input=sent,
        capture_output=True,
        text=True,
    )
    assert asked_js.returncode == 0, asked_js.stderr
    answers = json.loads(asked_js.stdout)

    differ = [
        (vector, here, there)
        for vector, there in zip(json.loads(sent), answers, strict=True)
        if (here := _answer(vector)) != there
    ]
    assert differ == []
    assert (
        0.02 < answers.count("accept") / RUNS < 0.9
    )  # changes that are all refused, or all taken, ask nothing


def _answer(vector):
    """As the runner, but what comes out of a changed case may be something else than the case said."""
    try:
        AREAS[vector["area"]](vector)
    except SyncError as error:
        return error.code
    except AssertionError:
        return "accept"
    except KeyError:
        return "accept"  # the case had nothing to compare with, as it was to be refused
    return "accept"


def _changed(dice, vector):
    area = vector["area"]
    if area in SHAPES:
        vector[SHAPES[area]] = _odd_somewhere(dice, vector[SHAPES[area]])
    elif area in TEXTS and isinstance(vector[TEXTS[area]], str):
        vector[TEXTS[area]] = _mistyped(dice, vector[TEXTS[area]])
    elif area in BYTES:
        vector[BYTES[area]] = _scrambled(dice, vector[BYTES[area]])
    return vector


def _odd_somewhere(dice, value):
    places = list(_places(value))
    if not places or dice.random() < 0.05:
        return dice.choice(ODD)
    for holder, key in dice.sample(places, min(len(places), dice.choice([1, 1, 1, 2]))):
        if dice.random() < 0.2 and isinstance(holder, dict):
            holder.pop(key, None)
        else:
            holder[key] = copy.deepcopy(dice.choice(ODD))
    return value


def _places(value):
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _mistyped(dice, text):
    for _ in range(dice.choice([1, 1, 2, 3])):
        at = dice.randrange(len(text) + 1)
        end = at + dice.choice([0, 1, 1, 2])
        text = text[:at] + dice.choice(["", dice.choice(SYMBOLS), dice.choice(SYMBOLS)]) + text[end:]
    return text


def _scrambled(dice, text):
    data = bytearray(unb64u(text)) if _reads(text) else bytearray(text.encode())
    for _ in range(dice.choice([1, 1, 2, 4])):
        at = dice.randrange(len(data) + 1)
        data[at : at + dice.choice([0, 0, 1, 3])] = dice.choice([*PIECES, bytes([dice.randrange(256)])])
    return b64u(bytes(data))


def _reads(text):
    try:
        unb64u(text)
    except SyncError:
        return False
    return True
