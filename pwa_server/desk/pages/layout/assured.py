"""Which sentence of assurance is true just now: a page says none about somebody's phone without asking here first.

The table of all sentences is in tests/desk_pages/test_assurances.py.
"""

from ...exchange.watch_list import phones_of_staff


def for_phone(key: str, staff: str) -> str:
    """The sentence that tells of somebody's phone, or the one for whoever has none in use."""
    return key if staff in phones_of_staff() else f"{key}_no_phone"


def who_rings(called: list[str]) -> str:
    """Whether an urgent record wakes anybody: all who are called, some, or nobody whose phone shows it."""
    shows = phones_of_staff()
    rings = [one for one in called if shows.get(one)]
    if not rings:
        return "desk.today.on_call_nobody"
    return "desk.today.on_call_hint" if len(rings) == len(called) else "desk.today.on_call_some"
