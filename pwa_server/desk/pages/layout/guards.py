"""What stands before and after every page: where a form may come from, headers, and one shape for what went wrong."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from logging import getLogger
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, jsonify, render_template, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from pwa_server import fault_lines, texts

from ...accounts.page_state import read_note
from ...core.errors import DeskError
from ...queries.access import sees_all

log = getLogger("sotto.desk")
COOKIE = "sotto_desk"
OLDER_FORMS = "older_forms"  # note of a session: tokens of forms drawn before its last proofs
# Over HTTPS no other host of the same domain, and nothing over plain http, can set a cookie of this name (RFC 6265bis).
OURS_ALONE = "__Host-"
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # same-origin and not no-referrer: with that, browsers send `Origin: null` on our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
STATUS = {
    "malformed": 400,
    "not_allowed": 403,
    "not_found": 404,
    "bad_form": 403,
    "too_many": 429,
    "full": 507,
}
NOT_TO_TELL_APART = ("not_found", "not_allowed")
CODES = {
    400: "malformed",
    401: "sign_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    410: "gone",
    413: "too_big",
    429: "too_many",
}


def install(app: Flask, secure: bool, hsts: str) -> None:
    """Put the guards around every request of the desk."""

    @app.before_request
    def meet() -> None:
        g.secret = request.cookies.get(named(COOKIE, secure)) or ""
        g.fresh_cookie = len(g.secret) != 43
        if g.fresh_cookie:
            g.secret = secrets.token_urlsafe(32)

    @app.before_request
    def check_form() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            refuse_foreign_form()

    @app.after_request
    def dress(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        if secure:
            response.headers["Strict-Transport-Security"] = hsts
        if request.endpoint == "static" and "v" in request.args:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
            if g.get("fresh_cookie"):
                give_cookie(response, g.secret, secure)
        return response

    app.register_error_handler(HTTPException, _http_fault)
    app.register_error_handler(DeskError, _desk_fault)
    app.register_error_handler(Exception, _our_fault)


def named(cookie: str, secure: bool) -> str:
    """What the cookie is called in the browser."""
    return f"{OURS_ALONE}{cookie}" if secure else cookie


def give_cookie(response: Response, secret: str, secure: bool) -> None:
    """The cookie is a random secret and nothing else; it goes when the browser closes."""
    response.set_cookie(named(COOKIE, secure), secret, httponly=True, samesite="Lax", secure=secure, path="/")


def new_secret() -> str:
    """A new cookie for this visitor, at every sign-in: a cookie planted before is worth nothing after."""
    g.secret, g.fresh_cookie = secrets.token_urlsafe(32), True
    return str(g.secret)


def session_id() -> str:
    """Under which name the desk keeps this visitor. The cookie's secret itself is not stored."""
    return hashlib.sha256(b"sotto desk session\n" + g.secret.encode()).hexdigest()


def csrf_token() -> str:
    """The token every form carries: from the cookie's secret, which no other site can read."""
    return hmac.new(g.secret.encode(), b"sotto desk form\n", hashlib.sha256).hexdigest()


def refuse_foreign_form() -> None:
    """A form counts only when it came from this desk's own page. Raises DeskError bad_form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        raise DeskError("bad_form", f"Sec-Fetch-Site: {site}")
    origin = request.headers.get("Origin")
    if site is None and origin is not None and urlsplit(origin).netloc != request.host:
        raise DeskError("bad_form", "another origin")
    given = request.form.get("csrf") or request.headers.get("X-Csrf") or ""
    if not any(hmac.compare_digest(given.encode(), one.encode()) for one in _tokens()):
        raise DeskError("bad_form", "the token does not fit")


def _tokens() -> Iterator[str]:
    """Of this cookie, then of those the same session had before a fresh proof."""
    yield csrf_token()
    yield from read_note(session_id(), OLDER_FORMS) or ()


def _http_fault(error: HTTPException) -> Any:
    status = error.code or 500
    if 300 <= status < 400:
        return error
    return _say(CODES.get(status, "fault"), status)


def _desk_fault(error: DeskError) -> Any:
    return _say(error.code, STATUS.get(error.code, 409))


def _say(code: str, status: int) -> Any:
    """To whom not every case is shown, what is not theirs and what is not there are one answer (domain.md 7.2)."""
    by_id = code in NOT_TO_TELL_APART and request.view_args
    if by_id and current_user.is_authenticated and not sees_all(current_user):
        answer = say_fault("not_yours", 403)
        g.security_outcome = code
        return answer
    return say_fault(code, status)


def _our_fault(error: Exception) -> Any:
    fault_lines.note(log, f"fault at {request.endpoint}", error)
    return say_fault("fault", 500)


def say_fault(code: str, status: int) -> Any:
    """A page for people, `{"error","detail"}` for a script. Both say what happened and what to do next."""
    g.security_outcome = code
    lang = g.get("lang", "ja")
    key = f"desk.error.{code}"
    if not texts.has(lang, key):
        key = "desk.error.other"
    detail = texts.t(lang, key, code=code)
    wants_json = request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    if wants_json or request.is_json:
        return jsonify({"error": code, "detail": detail}), status
    return render_template("desk/error.html", code=code, status=status, detail=detail, lang=lang), status
