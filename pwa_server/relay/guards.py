"""What stands before every door: sizes, rates, headers, and one shape for every error."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from flask import Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from sync.encoding import is_int, parse_int
from sync.errors import HTTP_STATUS, SyncError

from .log import note, note_fault

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
}
HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_big", 429: "too_many"}
RETRY_AFTER = {
    "too_many": 30,
    "unavailable": 10,
}  # seconds; a database of several takes that long to change places
Extra = Callable[[SyncError], dict[str, object]]


class Rates:
    """Token buckets, in this process alone, for its own sake: they keep one caller from taking all its time.

    What must hold across processes (quotas, single use, windows) is in the store. A shared bucket would make
    every request, refused ones too, a write to the database, and so make flooding cheaper, not dearer.
    """

    def __init__(self, per_minute: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = per_minute / 60
        self.burst = burst
        self.clock = clock
        self.most = 10_000
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, who: str) -> None:
        """Raise `too_many` when `who` has asked too often."""
        with self._lock:
            now = self.clock()
            tokens, at = self._buckets.pop(who, (float(self.burst), now))
            tokens = min(float(self.burst), tokens + (now - at) * self.rate)
            self._buckets[who] = (max(0.0, tokens - 1), now)
            while len(self._buckets) > self.most:
                self._buckets.popitem(last=False)
        if tokens < 1:
            raise SyncError("too_many", "too many requests; wait a minute and try again")


class AllRates:
    """A worker's phone needs about ten requests a sync; a whole office may stand behind one address."""

    def __init__(self) -> None:
        self.address = Rates(3_000, 1_000)
        self.device = Rates(120, 120)
        self.office = Rates(3_000, 1_000)
        self.wrong_codes = Rates(2, 20)  # an enrolment slot that is not there: 80 random bits, and few tries


def read_body(most: int) -> bytes:
    """The request's bytes, refused by their announced length before any is read."""
    request.max_content_length = most
    if request.content_length is not None and request.content_length > most:
        raise SyncError("too_big", f"at most {most} bytes")
    data = request.get_data(cache=False)
    if request.content_length is not None and len(data) != request.content_length:
        raise SyncError("malformed", "the body was cut off")
    return data


def read_number(header: str) -> int:
    """A whole number in a header."""
    number = parse_int(request.headers.get(header, ""))
    if not is_int(number):
        raise SyncError("malformed", header)
    return number


def guard(app: Flask, extra: Extra, hsts: str) -> None:
    """Errors, headers and log lines for every answer of `app`. `extra`: members that go with an error."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") and request.path.startswith(
            "/v1/"
        ):
            raise SyncError("not_found", "the relay answers its own pages and programs, no other site")

    @app.errorhandler(SyncError)
    def refused(error: SyncError) -> ResponseReturnValue:
        return _said(error, extra(error))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400 and error.response is not None:
            return error.get_response()
        code = HTTP_CODES.get(status, "malformed" if status < 500 else "fault")
        refusal = SyncError(code, "" if status >= 500 else error.name)
        answer = _said(refusal, extra(refusal) if status < 500 else {})
        if status == 405 and (allow := dict(error.get_headers()).get("Allow")):
            answer.headers["Allow"] = allow
        return answer

    @app.errorhandler(Exception)
    def fault(error: Exception) -> ResponseReturnValue:
        note_fault("fault", error)
        return _said(SyncError("fault", ""), {})

    @app.after_request
    def finish(answer: Response) -> Response:
        if request.blueprint != "phone" or answer.status_code >= 400:  # the phone app's files bring their own
            for name, value in HEADERS.items():
                answer.headers.setdefault(name, value)
        if request.is_secure:
            answer.headers.setdefault("Strict-Transport-Security", hsts)
        rule = request.url_rule.rule if request.url_rule else "-"
        spent = round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None
        note("request", method=_method(), route=rule, status=answer.status_code, ms=spent)
        return answer


def _said(error: SyncError, more: dict[str, object]) -> Response:
    answer = jsonify({"error": error.code, "detail": error.detail, **more})
    answer.status_code = HTTP_STATUS.get(error.code, 400)
    if "offset" in more:
        answer.headers["Upload-Offset"] = str(more["offset"])
    if seconds := RETRY_AFTER.get(error.code):
        answer.headers["Retry-After"] = str(seconds)
    return answer


def _method() -> str:
    return (
        request.method
        if request.method in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
        else "other"
    )
