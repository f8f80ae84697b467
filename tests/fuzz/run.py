"""Coverage-guided fuzzing of every parser, then the same inputs to the JavaScript twins.

    python -m tests.fuzz.run --seconds 60            # every target, a minute each
    python -m tests.fuzz.run --target header --keep  # and take what reached new code into the committed corpus

Needs atheris (`uv sync --group fuzz`), which `./test` does not: that replays the corpus through both twins.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from . import corpus, seeds
from .targets import TARGETS, answer, case

BATCH = 2_000
KEPT = 25  # of each answer
KEPT_BYTES = 600  # a longer input is not taken into the committed corpus


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", choices=TARGETS, action="append")
    parser.add_argument("--seconds", type=int, default=30, help="for each target")
    parser.add_argument("--keep", action="store_true", help="write what is worth it into tests/fuzz/corpus")
    asked = parser.parse_args()
    faults = sum(_fuzz(target, asked.seconds, asked.keep) for target in asked.target or TARGETS)
    print("no fault, no difference" if faults == 0 else f"{faults} FAULTS")
    return min(faults, 1)


def _fuzz(target: str, seconds: int, keep: bool) -> int:
    """One target in a process of its own; how many faults."""
    with tempfile.TemporaryDirectory() as place:
        found = Path(place) / "found"
        found.mkdir()
        for n, data in enumerate([*seeds.of(target), *corpus.read(target)]):
            (found / f"seed-{n}").write_bytes(data)
        began = time.monotonic()
        program = _atheris(
            target,
            f"-max_total_time={seconds}",
            "-max_len=4096",
            "-timeout=20",
            f"-artifact_prefix={place}/",
            str(found),
        )
        runs = re.findall(r"stat::number_of_executed_units:\s+(\d+)", program.stderr) or re.findall(
            r"#(\d+)\s+DONE", program.stderr
        )
        inputs = [file.read_bytes() for file in found.iterdir()]
        differ = list(differences(target, inputs))
        crashed = program.returncode != 0
        print(
            f"{target:10} {runs[-1] if runs else '?':>9} inputs in {time.monotonic() - began:.0f} s, {len(inputs)} kept for new code, "
            f"{len(differ)} answered otherwise in JavaScript{', A FAULT' if crashed else ''}"
        )
        for data, here, there in differ[:5]:
            print(f"  {data!r}\n    Python: {here[:200]}\n    JavaScript: {there[:200]}")
        if crashed:
            print(program.stderr[-3_000:])
        if keep and not crashed:
            corpus.write(target, list(_worth_keeping(target, inputs)))
        return len(differ) + crashed


def _worth_keeping(target: str, inputs: list[bytes]) -> Iterator[bytes]:
    """The shortest of what reached new code, a few for each answer."""
    known, said = set(seeds.of(target)), Counter[str]()
    short = sorted(
        (data for data in set(inputs) - known if len(data) <= KEPT_BYTES), key=lambda data: (len(data), data)
    )
    for data in short:
        code = answer(case(target, data)).split(" ")[0]
        said[code] += 1
        if said[code] <= KEPT:
            yield data


def _atheris(target: str, *given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz.one", target, "-print_final_stats=1", *given]
    return subprocess.run(command, capture_output=True, text=True, errors="replace")


def differences(target: str, inputs: list[bytes]) -> Iterator[tuple[bytes, str, str]]:
    """(input, Python's answer, JavaScript's) where they are not the same."""
    for at in range(0, len(inputs), BATCH):
        cases = [case(target, data) for data in inputs[at : at + BATCH]]
        for data, asked, there in zip(inputs[at : at + BATCH], cases, corpus.ask_node(cases), strict=True):
            if (here := answer(asked)) != there:
                yield data, here, there


if __name__ == "__main__":
    sys.exit(main())
