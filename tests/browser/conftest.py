"""One Playwright for every browser test: a second one in the same thread would not start."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

expect.set_options(
    timeout=30_000
)  # ms; a machine with other work is slow, and what is there is seen at once all the same


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started
