"""The decisions of `sync.chain`, as the model asks for them; `questions` keeps each with its answer while one
listens.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sync import chain
from sync.chain import Position, UpChain

P = ParamSpec("P")
T = TypeVar("T")

_trace: list[tuple[str, str]] | None = None


@contextmanager
def questions() -> Iterator[list[tuple[str, str]]]:
    """(question, answer) of everything asked within, both as lines of JSON."""
    global _trace
    _trace = []
    try:
        yield _trace
    finally:
        _trace = None


def _kept(answer: Callable[P, T]) -> Callable[P, T]:
    @wraps(answer)
    def ask(*given: P.args, **named: P.kwargs) -> T:
        if _trace is None:
            return answer(*given, **named)
        question = _line(
            [answer.__name__, [_plain(value) for value in given]]
        )  # before an argument is used up
        found = answer(*given, **named)
        _trace.append((question, _line(_plain(found))))
        return found

    return ask


def _plain(value: Any) -> Any:
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
    if isinstance(value, list | tuple | dict):
        return [_plain(part) for part in value]
    return value


def _line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


judge = _kept(chain.judge)
covers = _kept(chain.covers)
takes = _kept(chain.takes)
next_run = _kept(chain.next_run)
after_receipt = _kept(chain.after_receipt)
may_forget = _kept(chain.may_forget)
to_send_again = _kept(chain.to_send_again)
