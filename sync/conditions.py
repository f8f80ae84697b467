"""When a checklist asks a question: a small language every phone and desk answers alike (EVENTS, "Conditions").

Total: each condition that can be read has an answer, whatever was given. It reads answers and nothing else.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .errors import SyncError

Value = str | int | float | bool
Condition = list[
    Any
]  # ["or", a, b] ["=", a, b] ["not", a] ["selected", name, text] ["answer", name] ["value", v]

LONGEST = 1000
DEEPEST = 20
_TOKEN = re.compile(
    r"\s*(?:(\$\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\})|('[^']*'|\"[^\"]*\")|(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)(?![0-9.A-Za-z_])"
    r"|(!=|<=|>=|[=<>(),])|([a-z]+))"
)
_COMPARE = ("=", "!=", "<", "<=", ">", ">=")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PARTS = ("c", "b", "n", "d", "t")


def parse(text: str) -> Condition:
    """The condition. Raises SyncError malformed; its detail is the piece that is not of this language."""
    if len(text) > LONGEST:
        raise SyncError("malformed", "too long")
    reading = _Reading(text)
    condition = reading.either(0)
    if reading.kind != "end":
        raise SyncError("malformed", reading.piece())
    return condition


def names_in(condition: Condition) -> set[str]:
    """The questions it looks at."""
    if condition[0] in ("answer", "selected"):
        return {str(condition[1])}
    return {name for part in condition[1:] if isinstance(part, list) for name in names_in(part)}


def holds(condition: Condition, answer_of: Callable[[str], Value]) -> bool:
    """Whether it is so. `answer_of`: what was answered to a question; "" for nothing."""
    return _true(_value(condition, answer_of))


def asked(items: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[str]:
    """Ids of the items that are asked, in their order. An answer to one that is not asked counts as none."""
    reading = _Answers(list(items), answers)
    return [item["id"] for item in reading.items if reading.is_asked(item["id"])]


def required(items: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[str]:
    """Ids of the items that are asked and must be answered."""
    reading = _Answers(list(items), answers)
    return [item["id"] for item in reading.items if reading.is_asked(item["id"]) and reading.must(item)]


class _Answers:
    def __init__(self, items: list[Mapping[str, Any]], answers: Mapping[str, Any]) -> None:
        self.items, self.answers = items, answers
        self.by_id = {item["id"]: item for item in items}
        self.known: dict[str, bool] = {}

    def is_asked(self, name: str) -> bool:
        if name not in self.known:
            self.known[name] = False  # one that waits for itself is not asked
            self.known[name] = self._is_so(self.by_id[name].get("when"), unread=True)
        return self.known[name]

    def must(self, item: Mapping[str, Any]) -> bool:
        return bool(item.get("must")) or self._is_so(item.get("mustWhen") or "false()", unread=False)

    def _is_so(self, text: str | None, *, unread: bool) -> bool:
        """A condition of a newer language hides nothing and demands nothing."""
        if not text:
            return True
        try:
            condition = parse(text)
        except SyncError:
            return unread
        return holds(condition, self.answer_of)

    def answer_of(self, name: str) -> Value:
        item, part = self._item_of(name)
        if item is None or not self.is_asked(item["id"]):
            return ""
        given = self.answers.get(item["id"]) or {}
        value = given.get(part or (item.get("parts") or ["t"])[0], "")
        return value if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def _item_of(self, name: str) -> tuple[Mapping[str, Any] | None, str]:
        if name in self.by_id:
            return self.by_id[name], ""
        stem, _, part = name.rpartition("_")
        return (self.by_id.get(stem), part) if part in PARTS else (None, "")


def _value(condition: Condition, answer_of: Callable[[str], Value]) -> Value:
    kind = condition[0]
    if kind == "value":
        return condition[1]  # type: ignore[no-any-return]
    if kind == "answer":
        return answer_of(condition[1])
    if kind == "selected":
        return condition[2] in str(answer_of(condition[1])).split(" ") if condition[2] else False
    if kind == "not":
        return not _true(_value(condition[1], answer_of))
    left = _value(condition[1], answer_of)
    if kind == "or":
        return _true(left) or _true(_value(condition[2], answer_of))
    if kind == "and":
        return _true(left) and _true(_value(condition[2], answer_of))
    return _compare(kind, left, _value(condition[2], answer_of))


def _compare(sign: str, left: Value, right: Value) -> bool:
    a: Any
    b: Any
    if isinstance(left, bool) or isinstance(right, bool):
        a, b = int(_true(left)), int(_true(right))
    elif isinstance(left, str) and isinstance(right, str) and (sign in ("=", "!=") or _are_days(left, right)):
        a, b = left, right
    else:
        a, b = _number(left), _number(right)
        if a is None or b is None:
            return sign == "!="
    return bool({"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign])


def _are_days(left: str, right: str) -> bool:
    return _DAY.fullmatch(left) is not None and _DAY.fullmatch(right) is not None


def _number(value: Value) -> float | None:
    if not isinstance(value, str):
        return float(value)
    return float(value) if _NUMBER.fullmatch(value) else None


def _true(value: Value) -> bool:
    return value != "" and value != 0


class _Reading:
    """One condition, token by token."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.kind, self.found = text, 0, "", ""
        self.start = 0
        self.step()

    def piece(self) -> str:
        return self.text[self.start : self.start + 30].strip()

    def step(self) -> None:
        self.start = self.at
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            if self.text[self.at :].strip():
                raise SyncError("malformed", self.piece())
            self.kind, self.found = "end", ""
            return
        self.at = match.end()
        place = next(n for n in (1, 3, 4, 5, 6) if match[n] is not None)
        self.kind = {1: "answer", 3: "text", 4: "number", 5: "sign", 6: "word"}[place]
        self.found = match[2] if place == 1 else match[place]

    def take(self, token: str) -> None:
        if self.kind not in ("sign", "word") or self.found != token:
            raise SyncError("malformed", self.piece() or self.text[-30:])
        self.step()

    def is_word(self, word: str) -> bool:
        return self.kind == "word" and self.found == word

    def either(self, depth: int) -> Condition:
        condition = self.both(depth)
        while self.is_word("or"):
            self.step()
            condition = ["or", condition, self.both(depth)]
        return condition

    def both(self, depth: int) -> Condition:
        condition = self.comparison(depth)
        while self.is_word("and"):
            self.step()
            condition = ["and", condition, self.comparison(depth)]
        return condition

    def comparison(self, depth: int) -> Condition:
        left = self.operand(depth)
        if self.kind == "sign" and self.found in _COMPARE:
            sign = self.found
            self.step()
            return [sign, left, self.operand(depth)]
        return left

    def operand(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise SyncError("malformed", "too deep")
        kind, found = self.kind, self.found
        if kind == "answer":
            self.step()
            return ["answer", found]
        if kind == "text":
            self.step()
            return ["value", found[1:-1]]
        if kind == "number":
            self.step()
            return ["value", float(found) if "." in found else int(found)]
        if kind == "sign" and found == "(":
            return self.inside(depth)
        if kind == "word" and found in ("true", "false"):
            self.step()
            self.take("(")
            self.take(")")
            return ["value", found == "true"]
        if kind == "word" and found == "not":
            self.step()
            return ["not", self.inside(depth)]
        if kind == "word" and found == "selected":
            return self.selected()
        raise SyncError("malformed", self.piece() or self.text[-30:])

    def inside(self, depth: int) -> Condition:
        self.take("(")
        condition = self.either(depth + 1)
        self.take(")")
        return condition

    def selected(self) -> Condition:
        self.step()
        self.take("(")
        name = self.found
        if self.kind != "answer":
            raise SyncError("malformed", self.piece())
        self.step()
        self.take(",")
        wanted = self.found
        if self.kind != "text":
            raise SyncError("malformed", self.piece())
        self.step()
        self.take(")")
        return ["selected", name, wanted[1:-1]]
