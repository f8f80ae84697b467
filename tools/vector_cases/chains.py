"""Every decision of chain.py (SPEC 4, 6.2), line by line."""

from __future__ import annotations

from typing import Any

from sync.encoding import NONE, b64u
from tools.vector_cases.ground import Cases, case, seeded

A, B, C, D, X = (b64u(seeded(f"id {letter}")) for letter in "abcdx")
RUN = 1_790_000_000

Json = dict[str, Any]


def at(run: int, n: int, id_: str) -> Json:
    return {"run": run, "n": n, "id": id_}


START = at(0, 0, NONE)


def cases() -> Cases:
    yield from _judge()
    yield from _takes()
    yield from _after_receipt()
    yield from _again()
    yield case("next_run", "the clock is ahead", now=RUN, highest=5, run=RUN)
    yield case("next_run", "the clock stands still", now=RUN, highest=RUN, run=RUN + 1)
    yield case("next_run", "the clock is wrong", now=0, highest=RUN + 7, run=RUN + 8)


def _judge() -> Cases:
    def one(
        name: str,
        position: Json,
        run: int,
        n: int,
        prev: str,
        id_: str,
        says: str,
        known: list[str] | None = None,
    ) -> Json:
        envelope = {"id": id_, "run": run, "n": n, "prev": prev}
        return case("judge", name, position=position, envelope=envelope, known=known, says=says)

    second = at(RUN, 2, B)
    yield one("the very first", START, RUN, 1, NONE, A, "new_run")
    yield one("the very first is missing", START, RUN, 2, A, B, "gap")
    yield one("the next", second, RUN, 3, B, C, "next")
    yield one("the next, on another's chain", second, RUN, 3, X, C, "fork")
    yield one("one too far", second, RUN, 4, C, D, "gap")
    yield one("the same again", second, RUN, 2, A, B, "known")
    yield one("another in its place", second, RUN, 2, A, X, "fork")
    yield one("an earlier one, known", second, RUN, 1, NONE, A, "known", [A, B])
    yield one("an earlier one, not known", second, RUN, 1, NONE, X, "fork", [A, B])
    yield one("an earlier one, nobody remembers", second, RUN, 1, NONE, X, "known")
    yield one("a new run", second, RUN + 1, 1, NONE, X, "new_run")
    yield one("a new run, its first missing", second, RUN + 1, 2, X, C, "gap")
    yield one("an old run", second, RUN - 1, 3, X, C, "old_run")
    yield one("an old run's first", second, RUN - 1, 1, NONE, X, "old_run")


def _takes() -> Cases:
    def one(name: str, position: Json, run: int, n: int, says: str) -> Json:
        return case("takes", name, position=position, run=run, n=n, says=says)

    tenth = at(RUN, 10, A)
    yield one("the first of a phone", START, RUN, 1, "take")
    yield one("at the position", tenth, RUN, 10, "covered")
    yield one("below the position", tenth, RUN, 3, "covered")
    yield one("an old run, however far", tenth, RUN - 1, 500, "covered")
    yield one("the next", tenth, RUN, 11, "take")
    yield one("the last of the window", tenth, RUN, 1034, "take")
    yield one("beyond the window", tenth, RUN, 1035, "too_many")
    yield one("a new run", tenth, RUN + 1, 1, "take")
    yield one("a new run, last of its window", tenth, RUN + 1, 1024, "take")
    yield one("a new run, beyond its window", tenth, RUN + 1, 1025, "too_many")


def _after_receipt() -> Cases:
    def one(
        name: str, told: Json, says: str, forgets: int = 0, safe: tuple[int, int] = (0, 0), **changed: Any
    ) -> Json:
        chain = {"head": at(RUN, 4, D), "floor": at(RUN, 1, A), "kept": {"2": B, "3": C, "4": D}}
        chain |= {"held": at(RUN, 2, B)} | changed
        receipt = {"held": told, "safe": {"run": safe[0], "n": safe[1]}}
        return case("after_receipt", name, chain=chain, receipt=receipt, says=says, forgets=forgets)

    fresh = {"head": at(RUN, 4, D), "floor": START, "kept": {"1": A, "2": B, "3": C, "4": D}}
    none: Json = {"head": START, "floor": START, "kept": {}, "held": START}
    yield one("further than before", at(RUN, 3, C), "nothing")
    yield one("further, and safe up to there", at(RUN, 3, C), "nothing", 3, (RUN, 3))
    yield one("everything held and safe", at(RUN, 4, D), "nothing", 4, (RUN, 4))
    yield one("the same as before", at(RUN, 2, B), "nothing", 2, (RUN, 2))
    yield one("held at what was just forgotten", at(RUN, 1, A), "resend", 1, (RUN, 1))
    yield one("another's id in our place", at(RUN, 3, X), "repack", 0, (RUN, 3))
    yield one("another's id where we forgot", at(RUN, 1, X), "repack", 0, (RUN, 1))
    yield one("beyond our head: we were put back", at(RUN, 5, X), "repack", 0, (RUN, 4))
    yield one("a higher run than ours", at(RUN + 9, 1, X), "repack", 0, (RUN + 9, 1))
    yield one("back, below what was forgotten", START, "repack")
    yield one("back, to an earlier run, something forgotten", at(RUN - 5, 7, X), "repack", 0, (RUN - 5, 7))
    yield one(
        "back, but nothing forgotten",
        at(RUN, 1, A),
        "resend",
        0,
        **fresh,
    )
    yield one("back to the start, nothing forgotten", START, "resend", **fresh)
    yield one("back to an earlier run, nothing forgotten", at(RUN - 5, 7, X), "resend", **fresh)
    waits = fresh | {"held": at(RUN - 5, 7, X)}
    yield one("our new run is not there yet", at(RUN - 5, 7, X), "nothing", **waits)
    yield one("safe of an earlier run frees nothing", at(RUN, 2, B), "nothing", 0, (RUN - 5, 7), **fresh)
    yield one("safe of an earlier run, held too", at(RUN - 5, 7, X), "nothing", 0, (RUN - 5, 7), **waits)
    yield one("a phone that never wrote", START, "nothing", **none)
    yield one("a phone that forgot it ever wrote", at(RUN, 3, X), "repack", 0, (RUN, 3), **none)
    begun = {"head": at(RUN, 0, NONE), "floor": START, "kept": {}, "held": at(RUN - 5, 7, X)}
    yield one("a run begun and nothing in it", at(RUN - 5, 7, X), "nothing", **begun)


def _again() -> Cases:
    def one(name: str, held: Json, box: list[list[int]], again: list[list[int]]) -> Json:
        sent = [[RUN, n] for n in range(1, 6)]
        return case("send_again", name, sent=sent, held=held, box=box, again=again)

    yield one("all listed", START, [[RUN, 1, 5]], [])
    yield one("all held", at(RUN, 5, A), [], [])
    yield one("held by a newer run", at(RUN + 1, 1, A), [], [])
    yield one("nothing listed, nothing held", START, [], [[RUN, n] for n in range(1, 6)])
    yield one("some held, some listed", at(RUN, 2, B), [[RUN, 4, 4]], [[RUN, 3], [RUN, 5]])
    yield one("two stretches", START, [[RUN, 1, 2], [RUN, 4, 5]], [[RUN, 3]])
    yield one("listed, but of another run", START, [[RUN - 1, 1, 5]], [[RUN, n] for n in range(1, 6)])
