"""A line to the relay that loses the n-th request from now, or its answer; or the program dies there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

LOST = ("request", "answer")


class Killed(BaseException):
    """The program at this end of the line was killed; no `except Exception` may hold it up."""


class BadLine(httpx.BaseTransport):
    """WSGI inside this process. `lose(n, what)`: once, `what` of the n-th request is lost."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._inner = httpx.WSGITransport(app)
        self._left, self._what, self._kill = 0, "", False

    def lose(self, n: int, what: str, *, kill: bool = False) -> None:
        self._left, self._what, self._kill = n + 1, what, kill

    def heal(self) -> None:
        self._left = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left != 0:
            return self._inner.handle_request(request)
        if self._what == "answer":
            self._inner.handle_request(request).read()
        if self._kill:
            raise Killed
        raise httpx.ReadError("the line broke")
