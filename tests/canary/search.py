"""Looks for needles and secrets in places, whatever they were written as, and says what was found where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from . import forms
from .unfold import views


@dataclass(frozen=True, order=True)
class Found:
    """`what`: a script's mark or a secret's name; `form`: how it was written; `way`: how it was unfolded."""

    what: str
    form: str
    place: str
    way: str
    near: str = field(default="", compare=False)


@dataclass
class Search:
    """Patterns, and what was looked through so far."""

    patterns: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    seen: dict[bytes, list[Found]] = field(default_factory=dict)

    def for_text(self, what: str, text: str) -> None:
        for pattern, form in forms.of_text(text).items():
            self.patterns.setdefault(pattern, (what, form))

    def for_secret(self, what: str, secret: bytes) -> None:
        for pattern, form in forms.of_secret(secret).items():
            self.patterns.setdefault(pattern, (what, form))

    def in_bytes(self, place: str, data: bytes) -> list[Found]:
        """The same bytes in two places are looked through once."""
        self.files += 1
        self.bytes += len(data)
        digest = sha256(data).digest()
        if digest not in self.seen:
            self.seen[digest] = sorted(set(self._look(place, data)))
        return self.seen[digest]

    def _look(self, place: str, data: bytes) -> Iterator[Found]:
        for way, view in views(data):
            for pattern, (what, form) in self.patterns.items():
                if (at := view.find(pattern)) >= 0:
                    yield Found(what, form, place, way, repr(view[max(0, at - 30) : at + len(pattern) + 30]))

    def in_folder(self, folder: Path, skip: Iterable[Path] = ()) -> list[Found]:
        """Every file below, and every file's name."""
        left_out = set(skip)
        found: list[Found] = []
        for file in sorted(folder.rglob("*")):
            found += self.in_bytes(f"name of {file.name}", str(file.relative_to(folder)).encode())
            if file.is_file() and not file.is_symlink() and file not in left_out:
                found += self.in_bytes(str(file.relative_to(folder)), file.read_bytes())
        return found

    def in_process(self, pid: int) -> list[Found]:
        """Its environment and command line, as anybody with its rights reads them."""
        return [
            one
            for part in ("environ", "cmdline")
            for one in self.in_bytes(f"/proc/{part}", (Path("/proc") / str(pid) / part).read_bytes())
        ]
