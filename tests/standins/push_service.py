"""A push service as browsers' makers run them, on loopback: checks what RFC 8030, 8188, 8291 and 8292 ask of a sender.

It decrypts with a library that is not ours (http-ece) and verifies the VAPID token by hand, so that a mistake
in our sender does not check itself. What fails is answered as a true service would, and told in `complaints`.
"""

import json
import os
import re
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LARGEST = 4_096
NEVER = 0  # an answer that does not come


@dataclass
class Subscription:
    """What a browser hands to the page, and the private key it keeps."""

    endpoint: str
    p256dh: str
    auth: str
    private: ec.EllipticCurvePrivateKey = field(repr=False)

    def to_json(self):
        return {"endpoint": self.endpoint, "keys": {"p256dh": self.p256dh, "auth": self.auth}}


@dataclass(frozen=True)
class Message:
    """One push as it arrived. `said`: the decrypted JSON. `body`: the bytes on the wire."""

    path: str
    headers: dict
    said: dict
    body: bytes
    token: dict


class PushService:
    """Use as a context manager. `answer` or `answers[path]` sets the status given to what is otherwise in order."""

    def __init__(self):
        self.subscriptions = {}
        self.messages = []
        self.requests = []  # (path, status) of every request
        self.complaints = []
        self.answer = 201
        self.answers = {}
        self.retry_after = None
        self._scheme, self._host = "http", "127.0.0.1"
        self._arrived = threading.Condition()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Door)
        self._server.service = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self):
        return f"{self._scheme}://{self._host}:{self._server.server_port}"

    @property
    def port(self):
        return self._server.server_port

    def use_tls(self, context, host):
        """Speak TLS from now on, as `host`. `context`: an ssl.SSLContext with that host's certificate."""
        self._scheme, self._host = "https", host
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def subscribe(self):
        """As `PushManager.subscribe` would: a new endpoint with its keys."""
        private = ec.generate_private_key(ec.SECP256R1())
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        path = f"/push/{os.urandom(12).hex()}"
        made = Subscription(self.origin + path, _b64u(point), _b64u(os.urandom(16)), private)
        self.subscriptions[path] = made
        return made

    def wait_for(self, count, seconds=60.0, what="messages"):
        """Until so many `messages` (or `requests`) have come; the list."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(getattr(self, what)) >= count, seconds)
        found = list(getattr(self, what))
        assert came, f"{len(found)} of {count} {what} came; complaints: {self.complaints}"
        return found

    def take(self, path, headers, body):
        """The status for one POST, or NEVER."""
        try:
            status = self._judge(path, headers, body)
        except _Complaint as complaint:
            self.complaints.append(str(complaint))
            status = complaint.status
        with self._arrived:
            self.requests.append((path, status))
            self._arrived.notify_all()
        if status == NEVER:
            self._closing.wait(60)
        return status

    def _judge(self, path, headers, body):
        subscription = self.subscriptions.get(path)
        if subscription is None:
            return 404
        token = _check_vapid(headers.get("authorization", ""), self.origin)
        _check_headers(headers)
        wanted = self.answers.get(path, self.answer)
        if len(body) > LARGEST or wanted == 413:
            # A service short of room takes only what is small.
            if len(body) > LARGEST or len(body) > 512:
                return 413
            wanted = 201
        if wanted != 201:
            return wanted
        said = _decrypt(subscription, body)
        with self._arrived:
            self.messages.append(Message(path, headers, said, body, token))
            self._arrived.notify_all()
        return 201


class _Complaint(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def _check_vapid(authorization, origin):
    """RFC 8292: a token signed by the key it comes with, for this very origin, for at most a day."""
    found = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)", authorization)
    if found is None:
        raise _Complaint(401, "no VAPID token")
    head, claims, sig, key = found.groups()
    raw = _unb64u(sig)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unb64u(key))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise _Complaint(403, "VAPID token is not signed by its key") from None
    said = json.loads(_unb64u(claims))
    if json.loads(_unb64u(head)).get("alg") != "ES256":
        raise _Complaint(403, "VAPID algorithm")
    if said.get("aud") != origin:
        raise _Complaint(403, f"VAPID aud is {said.get('aud')}, not {origin}")
    if not time.time() < said.get("exp", 0) <= time.time() + 24 * 3600:
        raise _Complaint(403, "VAPID exp")
    if not re.fullmatch(r"https://[^\s]+|mailto:[^\s:]+@[^\s:]+", said.get("sub", "")):
        raise _Complaint(403, f"VAPID sub is {said.get('sub')}")
    return said | {"k": key}


def _check_headers(headers):
    if headers.get("content-encoding") != "aes128gcm":
        raise _Complaint(415, "Content-Encoding")
    if not re.fullmatch(r"[0-9]{1,8}", headers.get("ttl", "")):
        raise _Complaint(400, "TTL")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "none")):
        raise _Complaint(400, "Topic")
    if headers.get("urgency", "normal") not in ("very-low", "low", "normal", "high"):
        raise _Complaint(400, "Urgency")


def _decrypt(subscription, body):
    try:
        text = http_ece.decrypt(
            body,
            private_key=subscription.private,
            auth_secret=_unb64u(subscription.auth),
            version="aes128gcm",
        )
        return json.loads(text)
    except (http_ece.ECEException, ValueError) as error:
        raise _Complaint(400, f"body does not open: {error}") from error


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # five, and the sixth who calls at once waits for seconds: a caller of ours gives up
    request_queue_size = 128
    service: PushService

    def handle_error(self, request, client_address):
        pass  # a caller that goes away, or does not trust us, is part of the play


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        service = self.server.service
        status = service.take(self.path, headers, body)
        if status == NEVER:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status == 201:
            self.send_header("Location", f"{service.origin}/message/{os.urandom(6).hex()}")
        if status in (301, 302, 307, 308):
            self.send_header("Location", f"{service.origin}/elsewhere")
        if service.retry_after is not None and status in (429, 503):
            self.send_header("Retry-After", str(service.retry_after))
        self.end_headers()

    def log_message(self, *_):
        pass


def _b64u(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64u(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
