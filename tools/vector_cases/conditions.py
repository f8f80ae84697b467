"""Which questions of a checklist are asked, and which must be answered (EVENTS, "Conditions")."""

from typing import Any

from tools.vector_cases.ground import Cases, case

ITEMS: list[dict[str, Any]] = [
    {"id": "yes", "parts": ["b"]},
    {"id": "who", "parts": ["c", "t"]},
    {"id": "meals", "parts": ["n"]},
    {"id": "day", "parts": ["d"]},
    {"id": "word", "parts": ["t"]},
]
GIVEN: dict[str, Any] = {
    "yes": {"b": "yes"},
    "who": {"c": "family", "t": "母"},
    "meals": {"n": 2},
    "day": {"d": "2026-11-30"},
}

SO = (
    "${yes} = 'yes'",
    "${yes}='yes'",
    '${ yes } = "yes"',
    "selected(${yes}, 'yes')",
    "${yes} != 'no'",
    "not(${yes} = 'no')",
    "${meals} < 3",
    "${meals} <= 2",
    "${meals} >= 2",
    "${meals} > 1.5",
    "${meals} = 2",
    "${meals} = '2'",
    "${meals} != 3",
    "${day} < '2026-12-01'",
    "${day} = '2026-11-30'",
    "${word} = ''",
    "not(${word})",
    "${who}",
    "${who_t} = '母'",
    "${who} = 'person' or ${who} = 'family'",
    "${yes} = 'yes' and (${meals} < 1 or ${meals} > 1)",
    "true()",
    "${yes} = 'no' or ${yes} = 'yes' and ${meals} = 2",
    "not(false())",
    "${nobody} = ''",
    "${word} != 3",
    "3 > -1",
    "'a'",
    "(${yes} = 'yes') = true()",
    "selected(${who}, 'family') and not(selected(${who}, 'person'))",
)
NOT_SO = (
    "${yes} = 'no'",
    "${word}",
    "${word} > 0",
    "${word} = 3",
    "${who} < 3",
    "selected(${word}, '')",
    "false()",
    "0",
    "''",
    "${meals} > 2",
    "${nobody}",
    "${day} > '2026-12-01'",
    "${yes} = 'YES'",
    "(${yes} = 'no' or ${yes} = 'yes') and ${meals} = 3",
)
UNREADABLE = (
    "",
    "${yes",
    "yes = 'yes'",
    "${yes} = yes",
    "${yes} == 'yes'",
    "count(${yes}) > 1",
    "${meals} + 1 = 3",
    "${yes} = 'yes' and",
    "not ${yes}",
    "selected('yes', ${yes})",
    "regex(${word}, '.')",
    "if(${yes}, 1, 2)",
    "once(1)",
    ". = 1",
    "${yes} AND ${who}",
    "(${yes}",
    "${yes})",
    "${yes} = 'a' = 'b'",
    "1e5",
    "12345678901",
    "today() > ${day}",
    "${yes} ${who}",
    "'open",
    "(" * 30 + "1" + ")" * 30,
    " or ".join(["${yes}"] * 200),
    "position(..)",
    "../yes = 'yes'",
    "${yes}*2",
    "\uff11 = 1",
)


def cases() -> Cases:
    for number, text in enumerate(SO):
        yield case("condition", f"so {number}", text=text, items=ITEMS, answers=GIVEN, holds=True)
    for number, text in enumerate(NOT_SO):
        yield case("condition", f"not so {number}", text=text, items=ITEMS, answers=GIVEN, holds=False)
    for number, text in enumerate(UNREADABLE):
        yield case(
            "condition", f"unreadable {number}", "malformed", text=text, items=ITEMS, answers={}, holds=False
        )
    yield from _checklists()


def _checklists() -> Cases:
    items = [
        {"id": "a", "parts": ["b"], "must": True},
        {"id": "b", "parts": ["t"], "must": False, "when": "${a} = 'yes'", "mustWhen": "true()"},
        {"id": "c", "parts": ["t"], "must": False, "when": "${b} != ''"},
        {"id": "d", "parts": ["t"], "must": False, "mustWhen": "${a} = 'yes'"},
        {"id": "e", "parts": ["t"], "must": True, "when": "a newer language", "mustWhen": "a newer language"},
        {"id": "f", "parts": ["t"], "must": True, "when": "${g} = ''"},
        {"id": "g", "parts": ["t"], "must": False, "when": "${f} = ''"},
    ]
    answered = {"a": {"b": "yes"}, "b": {"t": "左の手"}}
    hidden = {"a": {"b": "no"}, "b": {"t": "左の手"}}
    for name, given, asked, required in (
        ("nothing answered", {}, ["a", "d", "e", "f", "g"], ["a", "e", "f"]),
        (
            "a question that opens another",
            answered,
            ["a", "b", "c", "d", "e", "f", "g"],
            ["a", "b", "d", "e", "f"],
        ),
        (
            "an answer to a question no longer asked counts as none",
            hidden,
            ["a", "d", "e", "f", "g"],
            ["a", "e", "f"],
        ),
    ):
        yield case("asked", name, items=items, answers=given, asked=asked, required=required)
