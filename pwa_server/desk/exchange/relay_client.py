"""The desk's line to the relay: outbound HTTPS to one host, every request signed over a nonce (SPEC 6.5, 7).

Nothing here opens an envelope. What the relay says is believed only where a signature of our own phones or of
this office stands behind it.
"""

import ssl
import threading
from typing import TYPE_CHECKING, Any

import httpx

from pwa_server import fault_lines
from pwa_server.bounded_http import Answer, Unbounded, ask
from sync.encoding import parse_int, unb64u
from sync.envelope import Envelope, make_batch, parse_batch
from sync.errors import SyncError
from sync.limits import MAX_BATCH_BYTES, MAX_BLOB_BYTES, MAX_ROSTER_BYTES
from sync.signing import SignKey
from sync.strict_json import read_json
from sync.wire import BATCH_TYPE, DESK_TAG, JSON_TYPE, SIGNATURE_HEADER, desk_tag, parse_answer, sign_request

from ..core.errors import DeskError

if TYPE_CHECKING:
    from ..core.desk import Desk

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
MOST_ANSWER = MAX_BATCH_BYTES + 2 * MAX_ROSTER_BYTES  # a box full of envelopes, with what is said beside it


class RelayError(DeskError):
    """The relay could not be reached, or refused. `code` is one of SPEC 7, or `relay_unreachable`, `relay_fault`.

    `after`: seconds until it wants to be asked again, 0 if it said nothing of it.
    """

    def __init__(self, code: str, detail: str = "", after: int = 0) -> None:
        super().__init__(code, detail)
        self.after = after


class RelayClient:
    """SPEC 7 as one office speaks it. Safe to use from several threads."""

    def __init__(self, http: httpx.Client, office: str, sign_key: SignKey) -> None:
        self._http = http
        self._office = office
        self._sign_key = sign_key
        self._nonce = ""
        self._one_at_a_time = threading.Lock()
        self._takes_verbs: bool | None = (
            None  # whether this relay takes a signed verb; None before it took anything
        )
        self.incarnation = ""  # of the last answer

    def ask(self, verb: str, **body: Any) -> dict[str, Any]:
        """A desk verb answered in JSON."""
        return self._read(self._signed(verb, body))

    def pull(self, incarnation: str, number: int) -> tuple[dict[str, Any], list[Envelope | SyncError]]:
        """What lies in the office's box after the cursor."""
        answer = self._signed("pull", {"cursor": {"incarnation": incarnation, "number": number}})
        try:
            answer_head, batch = parse_answer(answer.content)
            self._note(answer_head)
            return answer_head, parse_batch(batch)
        except SyncError as error:
            raise RelayError("relay_fault", error.code) from error

    def blob(self, id_: str) -> bytes:
        """The sealed bytes of a photo. RelayError not_found while they are not complete."""
        answer = self._signed("blob", {"id": id_}, MAX_BLOB_BYTES)
        self._nonce = answer.headers.get("Sotto-Nonce", "")
        return answer.content

    def push(self, envelopes: list[Envelope]) -> dict[str, str]:
        """Answers by envelope id."""
        push = self._read(self._post("/v1/push", make_batch(envelopes), {"Content-Type": BATCH_TYPE}))
        return {answer["id"]: answer["answer"] for answer in push["answers"]}

    def _signed(self, verb: str, body: dict[str, Any], most: int = MOST_ANSWER) -> Answer:
        with self._one_at_a_time:
            try:
                answer = self._send(
                    verb, body, most, desk_tag(verb) if self._takes_verbs is not False else DESK_TAG
                )
            except RelayError as error:
                if error.code != "bad_signature" or self._takes_verbs is not None:
                    raise
                # Relays are updated after desks (SPEC 6.5). One that took a signed verb is never asked in the old form.
                answer = self._send(verb, body, most, DESK_TAG)
                self._takes_verbs = False
                return answer
            self._takes_verbs = self._takes_verbs is not False
            return answer

    def _send(self, verb: str, body: dict[str, Any], most: int, tag: str) -> Answer:
        """Asked once more with a fresh nonce when the one at hand was used up or too old."""
        for last_try in (False, True):
            nonce = self._nonce or self._fresh_nonce()
            self._nonce = ""
            data, signature = sign_request(
                self._sign_key, tag, {"office": self._office, "nonce": nonce, **body}
            )
            try:
                headers = {"Content-Type": JSON_TYPE, SIGNATURE_HEADER: signature}
                return self._post(f"/v1/desk/{verb}", data, headers, most)
            except RelayError as error:
                if error.code != "bad_nonce" or last_try:
                    raise
        raise AssertionError("unreachable")  # the second try returns or raises

    def _fresh_nonce(self) -> str:
        return str(self._read(self._post("/v1/nonce", b"{}", {"Content-Type": JSON_TYPE}))["nonce"])

    def _post(self, path: str, content: bytes, headers: dict[str, str], most: int = MOST_ANSWER) -> Answer:
        if under_way := fault_lines.request_id():
            headers = headers | {fault_lines.REQUEST_HEADER: under_way}
        try:
            answer = ask(self._http, "POST", path, most, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise RelayError("relay_unreachable", type(error).__name__) from error
        except Unbounded as error:
            raise RelayError("relay_fault", str(error)) from error
        if answer.status_code != 200:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: Answer) -> RelayError:
        try:
            content = read_json(answer.content)
            self._note(content)
            return RelayError(str(content["error"]), str(content.get("detail", "")), _retry_after(answer))
        except (SyncError, KeyError):
            # A proxy's page, or something that is no relay of ours.
            return RelayError("relay_fault", f"HTTP {answer.status_code}")

    def _read(self, answer: Answer) -> dict[str, Any]:
        try:
            content = read_json(answer.content)
        except SyncError as error:
            raise RelayError("relay_fault", "no JSON") from error
        self._note(content)
        return content

    def _note(self, answer: dict[str, Any]) -> None:
        if isinstance(answer.get("nonce"), str):
            self._nonce = answer["nonce"]
        if isinstance(answer.get("incarnation"), str):
            self.incarnation = answer["incarnation"]


def _retry_after(answer: Answer) -> int:
    """Seconds; 0 without a number, for dates are for those whose clocks agree."""
    try:
        return parse_int(answer.headers.get("Retry-After", "0"))
    except SyncError:
        return 0


def relay_of(desk: "Desk") -> RelayClient:
    """This desk's client, made on first use."""
    if desk.relay is None:
        verify: ssl.SSLContext | bool = True
        if desk.config.relay_ca is not None:
            verify = ssl.create_default_context(cafile=str(desk.config.relay_ca))
        http = httpx.Client(base_url=desk.config.relay_address, timeout=TIMEOUT, verify=verify)
        desk.relay = RelayClient(http, desk.keys.office, desk.keys.sign)
    client: RelayClient = desk.relay
    return client


def as_bytes(answer: dict[str, Any], name: str) -> bytes:
    """A b64u member of an answer. RelayError relay_fault when it is none."""
    try:
        return unb64u(answer.get(name))
    except SyncError as error:
        raise RelayError("relay_fault", name) from error
