"""b64u, integers, dates, times, names, strict JSON (SPEC 1)."""

from sync.encoding import b64u, name_of
from sync.limits import MAX_VALUES
from tools.vector_cases.ground import OFFICE, Cases, case, seeded


def cases() -> Cases:
    yield from _b64u()
    yield from _numbers_and_times()
    yield from _json()
    yield case("name", "name of a public key", public=b64u(OFFICE.public), is_name=name_of(OFFICE.public))


def _b64u() -> Cases:
    yield case("b64u", "empty", text="", hex="")
    yield case("b64u", "one byte", text="_w", hex="ff")
    yield case("b64u", "sixteen bytes", text=b64u(seeded("a", 16)), hex=seeded("a", 16).hex())
    yield case("b64u", "padded", "malformed", text="_w==")
    yield case("b64u", "trailing bits", "malformed", text="_x")
    yield case("b64u", "the other alphabet", "malformed", text="+/+/")
    yield case("b64u", "impossible length", "malformed", text="AAAAA")
    yield case("b64u", "a line end after it", "malformed", text="AAAA\n")
    yield case("b64u", "full-width letter", "malformed", text="AAA\uff21")


def _numbers_and_times() -> Cases:
    for text in ("0", "7", "999999999999999"):
        yield case("int", f"int {text}", text=text, value=int(text))
    bad = {
        "leading zero": "01",
        "plus": "+1",
        "minus": "-1",
        "fraction": "1.0",
        "exponent": "1e3",
        "empty": "",
        "sixteen digits": "1000000000000000",
        "arabic digit": "\u0663",
        "line end": "1\n",
        "space": " 1",
    }
    for name, text in bad.items():
        yield case("int", f"int {name}", "malformed", text=text)
    for value in ("2026-11-23", "2024-02-29", "2000-02-29"):
        yield case("date", f"date {value}", value=value)
    for value in (
        "2026-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-04-31",
        "2026-1-01",
        "0000-01-01",
        "2026-11-23\n",
        1,
    ):
        yield case("date", f"no date {value!r}", "malformed", value=value)
    for value in ("2026-11-23T10:00:00Z", "2026-11-23T23:59:59.999999Z"):
        yield case("time", f"time {value}", value=value)
    bad_times = {
        "hour 24": "2026-11-23T24:00:00Z",
        "minute 60": "2026-11-23T10:60:00Z",
        "leap second": "2026-12-31T23:59:60Z",
        "another zone": "2026-11-23T10:00:00+09:00",
        "a space for T": "2026-11-23 10:00:00Z",
        "small z": "2026-11-23T10:00:00z",
        "no seconds": "2026-11-23T10:00Z",
        "a point": "2026-11-23T10:00:00.Z",
        "seven decimals": "2026-11-23T10:00:00.1234567Z",
        "a day that is not": "2026-02-29T10:00:00Z",
    }
    for why, value in bad_times.items():
        yield case("time", why, "malformed", value=value)


def _json() -> Cases:
    good = {
        "members of every kind": '{"a":[1,-1,0,true,false,null,"\u8a2a\u554f"],"b":{}}',
        "space between": ' { "a" :\t1 ,\r\n"b": [ ] } ',
        "a pair of surrogates": '{"a":"\\ud83c\\udf38"}',
        "names that only look alike": '{"a":1,"A":2,"\\u00e4":3,"a\\u0308":4}',
        "the same name in two objects": '{"a":{"x":1},"b":{"x":2}}',
        "quotes and backslashes": '{"a\\"b\\\\":"c\\\\\\"d","e":"\\\\"}',
        "text that looks like a number": '{"a":"1.5","b":"-0"}',
        "32 deep": '{"a":' + "[" * 31 + "]" * 31 + "}",
    }
    for name, text in good.items():
        yield case("json", name, bytes=b64u(text.encode()))
    bad = {
        "a name twice": '{"a":1,"a":2}',
        "a name twice, once escaped": '{"a":1,"\\u0061":2}',
        "a name twice, deep inside": '{"a":[{"b":1,"c":{},"b":1}]}',
        "a fraction": '{"a":1.0}',
        "an exponent": '{"a":1e3}',
        "minus nought": '{"a":-0}',
        "sixteen digits": '{"a":1000000000000000}',
        "not a number": '{"a":NaN}',
        "infinity": '{"a":Infinity}',
        "a lone surrogate": '{"a":"\\ud83c"}',
        "a lone surrogate in a name": '{"\\udf38":1}',
        "__proto__": '{"__proto__":{"a":1}}',
        "33 deep": '{"a":' + "[" * 32 + "]" * 32 + "}",
        "a list": "[1]",
        "a text": '"a"',
        "nothing": "",
        "more after it": '{"a":1} {}',
        "a comma too many": '{"a":1,}',
        "a byte order mark": '\ufeff{"a":1}',
        "a line end in a text": '{"a":"\n"}',
        "single quotes": "{'a':1}",
        "cut off": '{"a":1',
        "one value too many": '{"a":[' + ",".join("0" * (MAX_VALUES - 1)) + "]}",
    }
    for name, text in bad.items():
        yield case("json", name, "malformed", bytes=b64u(text.encode()))
    yield case("json", "not UTF-8", "malformed", bytes=b64u(b'{"a":"\xff"}'))
    yield case("json", "a surrogate in UTF-8", "malformed", bytes=b64u(b'{"a":"\xed\xa0\xbc"}'))
    yield case(
        "json", "10,000 deep", "malformed", bytes=b64u(b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}")
    )
