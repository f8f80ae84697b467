"""Writes and sends one web push (RFC 8030, 8291, 8292). The text is the same for everybody and names nobody.

Wraps the `webpush` library, which only builds messages. What it leaves to us: it drops the port from `aud`
and writes every subject as mailto (`_Vapid`); a TTL given per call would leak into later ones (so one
instance a message); it knows no Topic, Urgency, padding, address check or status.
"""

import json
import ssl
import time
from email.utils import parsedate_to_datetime
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import httpx
import jwt
from webpush import WebPush, WebPushSubscription
from webpush.vapid import VAPID

from pwa_server.texts import t
from sync.errors import SyncError

from .push_hosts import Allowed, NotPublic
from .vapid import PushKey
from .wakes import Outcome

TTL_SECONDS = 12 * 3600
TOKEN_SECONDS = 12 * 3600
PADDED_BYTES = 1_024  # one size for every message; well below the 3,993 bytes a push service must take
SECONDS = httpx.Timeout(10.0, connect=5.0)
MOST_ADDRESSES = 3


class Subscribed(Protocol):
    """The part of a subscription's row that sending needs."""

    endpoint: str
    p256dh: str
    auth: str
    lang: str


class PushSender:
    """`key`: the VAPID key. `subject`: https:… or mailto:…, whom a push service may ask.

    `phone_url`: what a tap opens. `trust`: authorities of the push services; the usual ones, if not given.
    """

    def __init__(
        self,
        key: PushKey,
        subject: str,
        phone_url: str,
        allowed: Allowed,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.key = key
        self.subject = subject
        self.phone_url = phone_url
        self.allowed = allowed
        self.http = httpx.Client(
            timeout=SECONDS,
            follow_redirects=False,
            trust_env=False,
            verify=trust or True,
        )

    def close(self) -> None:
        self.http.close()

    def send(self, to: Subscribed, topic: str, urgency: Literal["normal", "high"] = "normal") -> Outcome:
        """Wake one phone. `topic` (at most 32 letters of b64u) lets a later message replace an undelivered one."""
        outcome = self._post(to, message(to.lang, topic, self.phone_url), topic, urgency)
        if outcome.problem == "413":
            outcome = self._post(to, message(to.lang, topic, self.phone_url, short=True), topic, urgency)
        return outcome

    def _post(self, to: Subscribed, text: bytes, topic: str, urgency: str) -> Outcome:
        try:
            parts = self.allowed.check(to.endpoint)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            host = parts.hostname or ""
            addresses = self.allowed.addresses(host, port)
            sealed, headers = self._seal(to, text)
        except NotPublic:
            return Outcome("refused", "not_public")
        except OSError:
            return Outcome("retry", "no_address")
        except (SyncError, ValueError):
            return Outcome("refused", "malformed")
        rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers |= {"host": parts.netloc, "topic": topic, "urgency": urgency}
        outcome = Outcome("retry", "no_address")
        for address in addresses[:MOST_ADDRESSES]:
            url = f"{parts.scheme}://{_bracketed(address)}:{port}{rest}"
            try:
                return read_status(self._call(url, sealed, headers, host))
            except httpx.ConnectTimeout:
                outcome = Outcome("retry", "timeout")
            except httpx.ConnectError:
                outcome = Outcome("retry", "no_connection")
            except httpx.TimeoutException:  # it may have arrived: not to be sent to a second address
                return Outcome("retry", "timeout")
            except httpx.HTTPError:
                return Outcome("retry", "no_connection")
        return outcome

    def _call(self, url: str, sealed: bytes, headers: dict[str, str], host: str) -> httpx.Response:
        # `host` is what the certificate must name: the address alone proves nothing.
        with self.http.stream(
            "POST", url, content=sealed, headers=headers, extensions={"sni_hostname": host}
        ) as answer:
            return answer  # the status says it all: what a service writes beside it is not read

    def _seal(self, to: Subscribed, text: bytes) -> tuple[bytes, dict[str, str]]:
        writer = WebPush(
            self.key.pem,
            self.key.public_pem,
            subscriber=self.subject,
            ttl=TTL_SECONDS,
            expiration=TOKEN_SECONDS,
        )
        writer.vapid = _Vapid(private_key=self.key.pem, public_key=self.key.public_pem)
        keys = {"p256dh": to.p256dh, "auth": to.auth}
        sealed = writer.get(text, WebPushSubscription(endpoint=to.endpoint, keys=keys))
        return sealed.encrypted, {**sealed.headers, "content-type": "application/octet-stream"}


class _Vapid(VAPID):  # type: ignore[misc]  # webpush ships no types
    def get_authorization_header(self, endpoint: Any, subscriber: str, expiration: int) -> str:
        parts = urlsplit(str(endpoint))
        default = {"https": 443, "http": 80}[parts.scheme]
        port = f":{parts.port}" if parts.port not in (None, default) else ""
        audience = f"{parts.scheme}://{parts.hostname}{port}"
        said = {"aud": audience, "exp": int(time.time()) + expiration, "sub": subscriber}
        token = jwt.encode(said, self.private_key, algorithm="ES256")
        return f"vapid t={token}, k={self.get_application_server_key(self.public_key)}"


def message(lang: str, tag: str, phone_url: str, *, short: bool = False) -> bytes:
    """A declarative push message: older browsers hand it to the worker, newer ones show it by themselves."""
    title, body = t(lang, "push.title"), t(lang, "push.body")
    shown = {"title": title, "lang": lang, "navigate": phone_url, "tag": tag} | (
        {} if short else {"body": body}
    )
    data = json.dumps({"web_push": 8030, "notification": shown}, ensure_ascii=False).encode()
    return data if short else data.ljust(PADDED_BYTES)


def read_status(answer: httpx.Response) -> Outcome:
    """What a push service's status means for the subscription and for trying again."""
    code = answer.status_code
    if code in (200, 201, 202, 204):
        return Outcome("delivered")
    if code in (404, 410):
        return Outcome("gone", "gone")
    if code == 429 or code >= 500:
        return Outcome("retry", str(code), _retry_after(answer.headers.get("retry-after")))
    return Outcome(
        "refused", str(code)
    )  # 400, 401, 403, 413, a redirect: trying the same again soon helps nobody


def _retry_after(said: str | None) -> int | None:
    if said is None:
        return None
    if said.isascii() and said.isdigit():
        return min(int(said[:9]), 24 * 3600)
    try:
        return max(0, min(int(parsedate_to_datetime(said).timestamp() - time.time()), 24 * 3600))
    except (ValueError, TypeError):
        return None


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
