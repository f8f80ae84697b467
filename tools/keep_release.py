"""Keeps the phone app of a checkout for the tests: phones enrolled by it must come to every later release whole.

    python tools/keep_release.py NAME [CHECKOUT]

writes tests/browser/releases/NAME.tar.xz; tests/browser/core/test_earlier_releases.py takes every file it finds there.
"""

import argparse
import io
import tarfile
from pathlib import Path

from pwa_server.phone import release

HERE = Path(__file__).resolve().parent.parent


def keep(name: str, root: Path) -> Path:
    release.build_release(root)  # all of it is there
    paths = sorted(
        {root / path for path in release.PAGES.values()} | set(release._matching(root, release.PARTS))
    )
    kept = HERE / "tests/browser/releases" / f"{name}.tar.xz"
    with tarfile.open(kept, "w:xz", preset=9) as archive:
        for path in paths:
            member = tarfile.TarInfo(path.relative_to(root).as_posix())
            data = path.read_bytes()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return kept


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Keeps the phone app of a checkout for the tests.")
    parser.add_argument("name", help="2026-11-26")
    parser.add_argument("checkout", type=Path, nargs="?", default=HERE)
    asked = parser.parse_args()
    print(keep(asked.name, asked.checkout.resolve()))
