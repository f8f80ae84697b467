"""Where and when figures were taken: said beside them, because they are worth little without it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bench.chromium import CHROMIUM

QUIET = 0.3  # of the processors busy with other things, above which it is said


def sentence(rounds: int) -> str:
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0))
    browser = subprocess.run(
        [CHROMIUM or "chromium", "--version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    shared = (
        f" The machine was busy with other work too (load {load:.1f}): times are longer than on a quiet one."
        if load > cores * (1 + QUIET)
        else ""
    )
    return (
        f"Medians of {rounds} rounds in turns (least–most), {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {cores} cores, "
        f"{browser}, Python {platform.python_version()}.{shared}"
    )


def write(page: Path, part: str, text: str) -> None:
    """Put figures where the page has `<!-- PART -->` … `<!-- /PART -->`."""
    before = page.read_text("utf-8")
    after, found = re.subn(
        rf"(<!-- {part} -->\n).*?(<!-- /{part} -->)",
        lambda marks: f"{marks[1]}{text}{marks[2]}",
        before,
        flags=re.DOTALL,
    )
    if not found:
        raise SystemExit(f"{page} has no place for {part}")
    page.write_text(after, "utf-8")
