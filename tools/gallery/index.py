"""docs/gallery/README.md: what lies in the gallery, read from the pictures that are there."""

from __future__ import annotations

from pathlib import Path

HEAD = """# Every screen, in pictures

Made by `.venv/bin/python -m tools.gallery` (Chromium). People, places and records are invented. A strip of the phone
shows Japanese in light and dark, then English in light and dark, at 390 × 844. Desk pages were 1440 wide.

- [A day with the running product](#a-day-with-the-running-product)
- [Every screen and state of the phone](#every-screen-and-state-of-the-phone)
- [Every page of the desk](#every-page-of-the-desk)
"""


def write_index(out: Path) -> None:
    parts = [HEAD, "## A day with the running product\n", _strips(out, "field")]
    parts += ["## Every screen and state of the phone\n", _strips(out, "scenes")]
    parts += ["## Every page of the desk\n", *_pages(out)]
    (out / "README.md").write_text("\n".join(parts), "utf-8")


def _strips(out: Path, folder: str) -> str:
    files = sorted((out / folder).glob("*.webp"))
    return "".join(
        f"### {_words(file.stem)}\n\n![{_words(file.stem)}]({folder}/{file.name})\n\n" for file in files
    )


def _pages(out: Path) -> list[str]:
    found = []
    for file in sorted((out / "desk").glob("*-ja-light.webp")):
        name = file.stem.removesuffix("-ja-light")
        others = " ".join(f"![{one}](desk/{name}-{one}.webp)" for one in ("ja-dark", "en-light", "en-dark"))
        found.append(f"### {_words(name)}\n\n![{_words(name)}](desk/{file.name})\n\n{others}\n")
    return found


def _words(stem: str) -> str:
    return stem.lstrip("0123456789-").replace("-", " ").replace("_", " ")
