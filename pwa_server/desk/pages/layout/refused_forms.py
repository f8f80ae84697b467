"""A form that was refused stands on the page it came from as it was typed, with a sentence beside each field.

Many small forms share a page, and their answer is that page again. What was typed waits with the session (in the desk's
own encrypted database, for that person and that page alone, once) and is put into the form it was sent from: the one
with the same address and the same hidden fields. It works without a script. Never put back: passwords, codes, files.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from flask import Flask, Response, redirect, request
from flask_login import current_user

from ...accounts.page_state import note, read_note, take_note
from .forms import WrongForm
from .guards import session_id
from .said import is_read, say
from .session import NEVER_KEPT, me, the_desk

NOTE = "refused form"
LONGEST = 200_000  # letters of all fields
OF_THE_PAGE = (*NEVER_KEPT, "once", "drawn", "keep")  # hidden fields that each drawing of a form has anew
UNSEEN = ("hidden", "submit", "button", "image", "reset")
NEVER_FILLED = ("password", "file")


def install(app: Flask) -> None:
    app.register_error_handler(WrongForm, send_back)
    app.after_request(put_back)


def send_back(error: WrongForm) -> Any:
    """Keep what was typed, say that it was not taken in, and go back to the page it was typed on."""
    say(error.told, tone="wrong", **error.slots)
    sent = [
        [name, value] for name, value in request.form.items(multi=True) if name not in (*NEVER_KEPT, "once")
    ]
    if current_user.is_authenticated and sum(len(value) for _, value in sent) <= LONGEST:
        kept = {"staff": me().id, "action": request.path, "page": _path(error.back), "sent": sent}
        note(session_id(), NOTE, kept | {"wrong": error.wrong}, the_desk().clock())
    return redirect(error.back, 303)


def put_back(answer: Response) -> Response:
    """After a request: the page the form was sent from gets it back, once."""
    shows = request.method == "GET" and answer.status_code == 200 and answer.mimetype == "text/html"
    if not shows or answer.is_streamed or not current_user.is_authenticated or not is_read():
        return answer
    kept = read_note(session_id(), NOTE)
    if not isinstance(kept, dict) or kept["staff"] != me().id or kept["page"] != request.path:
        return answer
    take_note(session_id(), NOTE)
    answer.set_data(filled_again(answer.get_data(as_text=True), kept["action"], kept["sent"], kept["wrong"]))
    return answer


def _path(address: str) -> str:
    return unquote(urlsplit(urljoin(request.path, address)).path)


@dataclass
class Piece:
    """A tag or a text of a page, as it is written there."""

    text: str
    tag: str = ""  # of a start tag; "/form" of an end tag
    attrs: dict[str, str] = field(default_factory=dict)


class Pieces(HTMLParser):
    """A page cut into its pieces; put together they are the page to the letter."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Piece] = []
        self.starts: list[tuple[int, str, dict[str, str]]] = []
        self.lines = [0]
        for line in page.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.feed(page)
        self.close()
        places = [place for place, _, _ in self.starts] + [len(page)]
        self.found.append(Piece(page[: places[0]]))
        for (place, tag, attrs), after in zip(self.starts, places[1:], strict=True):
            self.found.append(Piece(page[place:after], tag, attrs))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.starts.append((self._place(), tag, {name: value or "" for name, value in attrs}))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.starts.append((self._place(), f"/{tag}", {}))

    def _place(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column


@dataclass
class Drawn:
    """A form on the page: where its pieces are, and the folds it lies in."""

    first: int
    last: int
    folds: list[int]


def filled_again(page: str, action: str, sent: list[list[str]], wrong: dict[str, str]) -> str:
    pieces = Pieces(page).found
    typed: dict[str, list[str]] = defaultdict(list)
    for name, value in sent:
        typed[name].append(value)
    fitting = [(_likeness(pieces, one, typed), one) for one in _forms(pieces, action)]
    fitting = [pair for pair in fitting if pair[0] > 0]
    if not fitting:
        return page
    drawn = max(fitting, key=lambda pair: pair[0])[1]
    for place in drawn.folds:
        if "open" not in pieces[place].attrs:
            pieces[place].text = _with(pieces[place].text, "open")
    _fill(pieces, drawn, typed, dict(wrong))
    return "".join(one.text for one in pieces)


def _forms(pieces: list[Piece], action: str) -> list[Drawn]:
    found, folds, begun = [], [], None
    for place, one in enumerate(pieces):
        if one.tag == "details":
            folds.append(place)
        elif one.tag == "/details" and folds:
            folds.pop()
        elif one.tag == "form" and one.attrs.get("method", "").lower() == "post":
            begun = Drawn(place, place, list(folds)) if _path(one.attrs.get("action", "")) == action else None
        elif one.tag == "/form" and begun is not None:
            begun.last = place
            found.append(begun)
            begun = None
    return found


def _likeness(pieces: list[Piece], drawn: Drawn, typed: dict[str, list[str]]) -> int:
    """How many of the sent fields this form has; 0 when it is about something else: a hidden field says another id."""
    names = set()
    for one in pieces[drawn.first : drawn.last]:
        name = one.attrs.get("name", "")
        if one.tag not in ("input", "select", "textarea", "button") or not name:
            continue
        if one.attrs.get("type") == "hidden":
            is_of_the_page = name in OF_THE_PAGE or name.startswith("was")
            if not is_of_the_page and one.attrs.get("value", "") not in typed.get(name, []):
                return 0
        if one.tag != "button" or one.attrs.get("value", "") in typed.get(name, []):
            names.add(name)
    return len(names & typed.keys())


def _fill(pieces: list[Piece], drawn: Drawn, typed: dict[str, list[str]], wrong: dict[str, str]) -> None:
    left = {name: list(values) for name, values in typed.items()}
    chosen: str | None = None
    for place in range(drawn.first, drawn.last):
        one = pieces[place]
        name, kind = one.attrs.get("name", ""), one.attrs.get("type", "text").lower()
        if one.tag == "option" and chosen is not None:
            _mark(one, "selected", one.attrs.get("value", "") == chosen)
        elif one.tag == "/select":
            chosen = None
        if one.tag not in ("input", "select", "textarea") or not name or name in OF_THE_PAGE:
            continue
        if one.tag == "input" and kind in UNSEEN:
            continue
        if one.tag == "input" and kind in ("checkbox", "radio"):
            _mark(one, "checked", one.attrs.get("value", "on") in typed.get(name, []))
        elif left.get(name) and kind not in NEVER_FILLED:
            value = left[name].pop(0)
            if one.tag == "input":
                one.text = _with(_without(one.text, "value"), f'value="{escape(value)}"')
            elif one.tag == "textarea":
                start = one.text[: one.text.index(">", _end_of_attrs(one.text)) + 1]
                one.text = f"{start}\n{escape(value)}" if value.startswith("\n") else start + escape(value)
            else:
                chosen = value
        if name in wrong:
            _say_beside(one, name, wrong.pop(name))


def _say_beside(one: Piece, name: str, sentence: str) -> None:
    id_ = f"refused-{name}"
    before = one.attrs.get("aria-describedby", "")
    tied = f'aria-invalid="true" aria-describedby="{escape(" ".join(filter(None, [before, id_])))}"'
    one.text = _with(_without(_without(one.text, "aria-describedby"), "aria-invalid"), tied)
    one.text = f'<span class="error" id="{escape(id_)}">{escape(sentence)}</span>{one.text}'


def _mark(one: Piece, attribute: str, is_set: bool) -> None:
    one.text = _without(one.text, attribute)
    if is_set:
        one.text = _with(one.text, attribute)


def _end_of_attrs(text: str) -> int:
    """Where the start tag's `>` may be looked for: behind the last quote that opens a value."""
    place, quote = 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == ">":
            return place
    return place


def _with(text: str, attribute: str) -> str:
    end = _end_of_attrs(text)
    end -= text[:end].endswith("/")
    return f"{text[:end].rstrip()} {attribute}{text[end:]}"


def _without(text: str, attribute: str) -> str:
    """The tag without this attribute, whatever stands in the quotes of others."""
    end = _end_of_attrs(text)
    place, quote, begin = 0, "", None
    while place <= end:
        letter = text[place]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter.isspace() or place == end:
            if begin is not None and text[begin:place].split("=", 1)[0].lower() == attribute:
                return text[:begin].rstrip() + text[place:]
            begin = place + 1 if letter.isspace() else begin
        place += 1
    return text
