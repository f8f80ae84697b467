"""What fuzzing once found its way with is asked of both twins again: the same answer, and never anything but
an answer.
"""

import os
import shutil
from collections import Counter

import pytest

from sync.errors import CODES
from tests.fuzz import corpus, seeds
from tests.fuzz.targets import TARGETS, answer, case

INPUTS = {target: [*seeds.of(target), *corpus.read(target)] for target in TARGETS}


@pytest.mark.parametrize("target", TARGETS)
def test_every_input_is_taken_or_refused_with_a_code(target):
    said = Counter(answer(case(target, data)).split(" ")[0] for data in INPUTS[target])
    assert set(said) <= {
        "accept",
        *CODES,
        "bad_code",
        "bad_mac",
        "unreadable",
        "unknown_event",
        "unknown_body",
    }
    assert said["accept"] > 0
    assert len(said) > 1


@pytest.mark.skipif(shutil.which("node") is None and "CI" not in os.environ, reason="no node here")
def test_both_twins_say_the_same_to_every_input():
    cases = [case(target, data) for target, inputs in INPUTS.items() for data in inputs]
    differ = [
        (asked["target"], asked["bytes"], here, there)
        for asked, there in zip(cases, corpus.ask_node(cases), strict=True)
        if (here := answer(asked)) != there
    ]
    assert differ == []
