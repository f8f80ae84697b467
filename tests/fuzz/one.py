"""One target under libFuzzer, in this process: `python -m tests.fuzz.one TARGET libfuzzer-options`. `run.py`
starts it.
"""

import sys

import atheris

with atheris.instrument_imports(include=["sync"]):
    from . import targets

target, given = sys.argv[1], sys.argv[2:]


def look(data: bytes) -> None:
    targets.answer(targets.case(target, data))


atheris.Setup([sys.argv[0], *given], look)
atheris.Fuzz()
