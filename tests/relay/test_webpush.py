"""A wake-up on its way to a push service: true messages, checked and decrypted by a service that is not ours."""

import ssl
from datetime import UTC, datetime

import httpx
import pytest

from pwa_server.keyfiles import write_vapid_key
from pwa_server.relay import webpush_out
from pwa_server.relay.push_hosts import Allowed, NotPublic
from pwa_server.relay.vapid import read_push_key
from pwa_server.relay.wakes import Outcome
from pwa_server.relay.webpush_out import PADDED_BYTES, PushSender, message
from pwa_server.tls import prepare
from sync.errors import SyncError
from tests.standins.push_service import NEVER, PushService
from tests.standins.tcp_proxy import TcpProxy

TELLING = (
    "ひきこもり",
    "引きこもり",
    "障害",
    "支援",
    "訪問",
    "hikikomori",
    "disab",
    "support",
    "visit",
    "client",
)
PHONE = "https://relay.example.jp/phone/"
LOCAL = Allowed(("127.0.0.1",), insecure=True)


@pytest.fixture
def service():
    with PushService() as running:
        yield running


@pytest.fixture
def key(tmp_path):
    write_vapid_key(tmp_path / "vapid.pem")
    return read_push_key(tmp_path / "vapid.pem")


@pytest.fixture
def sender(key):
    sender = PushSender(key, "mailto:relay@example.jp", PHONE, LOCAL)
    yield sender
    sender.close()


class Phone:
    """What the store keeps of a subscription."""

    def __init__(self, subscription, lang="ja"):
        self.endpoint, self.p256dh, self.auth = subscription.endpoint, subscription.p256dh, subscription.auth
        self.lang = lang


def test_the_message_opens_and_says_nothing_of_anybody(sender, service):
    for lang in ("ja", "en"):
        assert sender.send(Phone(service.subscribe(), lang), "topic-1").kind == "delivered"
    japanese, english = service.messages
    assert service.complaints == []
    for arrived, lang in ((japanese, "ja"), (english, "en")):
        assert arrived.said["web_push"] == 8030
        shown = arrived.said["notification"]
        assert set(shown) == {"title", "body", "lang", "navigate", "tag"}
        assert (shown["lang"], shown["navigate"], shown["tag"]) == (lang, PHONE, "topic-1")
        assert not any(word in f"{shown['title']} {shown['body']}".lower() for word in TELLING)
    assert len(japanese.body) == len(english.body)  # the size tells nothing either


def test_the_headers_let_a_service_replace_and_drop_it(sender, service):
    sender.send(Phone(service.subscribe()), "topic-1", "high")
    (arrived,) = service.messages
    assert arrived.headers["topic"] == "topic-1"
    assert arrived.headers["urgency"] == "high"
    assert int(arrived.headers["ttl"]) == webpush_out.TTL_SECONDS


def test_the_token_is_for_this_service_and_names_whom_to_ask(key, service):
    for subject in ("mailto:relay@example.jp", "https://relay.example.jp"):
        sender = PushSender(key, subject, PHONE, LOCAL)
        assert sender.send(Phone(service.subscribe()), "t").kind == "delivered"
        sender.close()
        token = service.messages[-1].token
        assert (token["aud"], token["sub"], token["k"]) == (service.origin, subject, key.public)


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_told_so(sender, service, status):
    service.answer = status
    assert sender.send(Phone(service.subscribe()), "t").kind == "gone"


def test_a_service_short_of_room_gets_a_shorter_message(sender, service):
    service.answer = 413
    assert sender.send(Phone(service.subscribe()), "t").kind == "delivered"
    (arrived,) = service.messages
    assert arrived.said["notification"]["title"]
    assert "body" not in arrived.said["notification"]
    assert [status for _, status in service.requests] == [413, 201]


@pytest.mark.parametrize(("status", "after"), [(429, 120), (503, 7), (500, None)])
def test_a_busy_service_is_asked_again_when_it_says(sender, service, status, after):
    service.answer, service.retry_after = status, after
    outcome = sender.send(Phone(service.subscribe()), "t")
    assert (outcome.kind, outcome.problem, outcome.after) == ("retry", str(status), after)


def test_retry_after_may_be_a_date():
    soon = datetime.now(UTC).replace(microsecond=0).timestamp() + 900
    said = datetime.fromtimestamp(soon, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    outcome = webpush_out.read_status(httpx.Response(429, headers={"Retry-After": said}))
    assert 600 < outcome.after <= 900
    assert webpush_out.read_status(httpx.Response(429, headers={"Retry-After": "soon"})).after is None


def test_a_service_that_never_answers_is_given_up_in_time(sender, service, monkeypatch):
    service.answer = NEVER
    sender.http.timeout = httpx.Timeout(0.3)
    assert sender.send(Phone(service.subscribe()), "t") == Outcome("retry", "timeout")


def test_a_line_that_breaks_is_tried_again(sender, service):
    subscription = service.subscribe()
    with TcpProxy("127.0.0.1", int(service.origin.rsplit(":", 1)[1])) as line:
        subscription.endpoint = subscription.endpoint.replace(service.origin, line.url)
        line.refuse()
        assert sender.send(Phone(subscription), "t") == Outcome("retry", "no_connection")


def test_a_redirect_is_not_followed(sender, service):
    service.answer = 307
    assert sender.send(Phone(service.subscribe()), "t").kind == "refused"
    assert len(service.requests) == 1


def test_a_subscription_with_broken_keys_is_refused(sender, service):
    phone = Phone(service.subscribe())
    phone.p256dh = phone.p256dh[:-4]
    assert sender.send(phone, "t") == Outcome("refused", "malformed")


class TestWhereARelayMayCall:
    HOSTS = Allowed(("fcm.googleapis.com", "*.push.apple.com"))

    @pytest.mark.parametrize(
        "endpoint",
        [
            "https://fcm.googleapis.com/fcm/send/abc",
            "https://web.push.apple.com/QAbc",
            "https://fcm.googleapis.com:443/x",
        ],
    )
    def test_known_services(self, endpoint):
        self.HOSTS.check(endpoint)

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://fcm.googleapis.com/fcm/send/abc",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evil.example/?fcm.googleapis.com",
            "https://push.apple.com/x",
            "https://.push.apple.com/x",
            "https://user@fcm.googleapis.com/x",
            "https://fcm.googleapis.com@169.254.169.254/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://fcm.googleapis.com\r\nHost: evil/x",
            "file:///etc/passwd",
            "https://fcm.googleapis.com:99999/x",
            "https://" + "a" * 2_000,
            "",
            None,
            7,
        ],
    )
    def test_and_nobody_else(self, endpoint):
        with pytest.raises(SyncError) as refusal:
            self.HOSTS.check(endpoint)
        assert refusal.value.code == "malformed"

    def test_a_name_that_leads_into_the_own_network_is_not_called(self, key, service):
        with pytest.raises(NotPublic):
            Allowed(("localhost",)).addresses("localhost", 443)
        phone = Phone(service.subscribe())
        phone.endpoint = "https://localhost/push/abc"
        sender = PushSender(key, "mailto:a@example.jp", PHONE, Allowed(("localhost",)))
        assert sender.send(phone, "t") == Outcome("refused", "not_public")
        sender.close()


def test_the_services_certificate_is_checked_against_its_name(key, service, tmp_path):
    """The address is looked up once and called as a number; the certificate must still be the name's."""
    made = prepare(tmp_path / "authority", ("127.0.0.1",), datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.cert, made.key)
    service.use_tls(context, "localhost")
    subscription = service.subscribe()
    trusting = ssl.create_default_context(cafile=str(made.authority))
    for trust, kind in ((trusting, "delivered"), (None, "retry")):
        sender = PushSender(key, "mailto:a@example.jp", PHONE, Allowed(("localhost",), insecure=True), trust)
        assert sender.send(Phone(subscription), "t").kind == kind
        sender.close()
    (arrived,) = service.messages
    assert arrived.headers["host"] == f"localhost:{service.port}"


def test_a_message_fits_every_service():
    for lang in ("ja", "en"):
        assert len(message(lang, "t" * 32, PHONE)) == PADDED_BYTES
        assert len(message(lang, "t" * 32, PHONE, short=True)) < 300
