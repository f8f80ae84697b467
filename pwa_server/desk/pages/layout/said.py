"""The sentence about what happened, on the page that follows the act, whatever else this browser loads meanwhile.

A form's answer sends the browser on; the sentence waits for the page at that address. Another window, a script's look
or a page fetched ahead neither shows it nor uses it up.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from flask import Response, g, request

from ...accounts.page_state import leave_sentence, readdress_sentences, take_sentence
from .guards import session_id
from .session import the_desk

Undo = tuple[str, list[tuple[str, str]]]  # address, fields
SENT_ON = (301, 302, 303, 307, 308)
GATES = ("/sign-in", "/prove")  # whoever comes through is sent to where they were going


def say(key: str, tone: str = "", *, undo: Undo | None = None, **slots: Any) -> None:
    """The sentence the next page begins with: what happened. `undo`: the form that takes it back."""
    g.refused = g.get("refused", False) or tone == "wrong"
    say_again({"key": key, "tone": tone, "slots": slots, "undo": list(undo) if undo else None})


def say_again(entries: dict[str, Any]) -> None:
    g.told, g.told_shown = entries, False


def said() -> dict[str, Any] | None:
    """What this page begins with; the same for every part of one page."""
    if g.get("told") is None and is_read():
        g.told = take_sentence(session_id(), _address(request.full_path), the_desk().clock())
    said = g.get("told")
    if said is None:
        return None
    g.told_shown = True
    text = g.words.t(said["key"], **said.get("slots", {}))
    return {"tone": said.get("tone", ""), "text": text, "undo": said.get("undo")}


def is_read() -> bool:
    """Whether a person will read the answer: not what a script fetches, nor a page loaded ahead."""
    ahead = request.headers.get("Sec-Purpose", "").startswith("prefetch")
    meant = request.headers.get("Sec-Fetch-Dest", "document")
    return request.method != "HEAD" and not ahead and meant == "document"


def pass_on(answer: Response) -> Response:
    """After a request: what was said, and not shown in its own answer, waits for the page the browser is sent to."""
    sent_on = _address(answer.location or "") if answer.status_code in SENT_ON else ""
    if g.get("told") is not None and not g.told_shown:
        leave_sentence(session_id(), sent_on, g.told, the_desk().clock())
    elif sent_on and request.method == "GET" and not sent_on.startswith(GATES):
        readdress_sentences(session_id(), _address(request.full_path), sent_on)
    return answer


def _address(location: str) -> str:
    """Path and query in one spelling, without the fragment, which no browser sends."""
    parts = urlsplit(urljoin(request.path, location))
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return unquote(parts.path) + (f"?{query}" if query else "")
