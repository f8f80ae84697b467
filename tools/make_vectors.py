"""Writes sync/vectors/: one file a case, the same bytes every time. Both twins must answer them alike.

python tools/make_vectors.py            writes, and removes cases that are no more
python tools/make_vectors.py --check    says whether the files are what this would write
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tools.vector_cases import (  # noqa: E402
    chains,
    conditions,
    enrolments,
    envelopes,
    events,
    foldings,
    office,
    plaintexts,
    spelling,
)

VECTORS = ROOT / "sync" / "vectors"
AREAS = (spelling, envelopes, plaintexts, chains, office, enrolments, events, foldings, conditions)


def texts() -> dict[str, str]:
    """File name → text of every case."""
    found: dict[str, str] = {}
    for area in AREAS:
        for case in area.cases():
            name = f"{case['area']}-{_slug(case['name'])}.json"
            if name in found:
                raise SystemExit(f"two cases would be {name}")
            found[name] = json.dumps(case, ensure_ascii=True, indent=1) + "\n"
    return found


def main() -> None:
    wanted = texts()
    if "--check" in sys.argv:
        here = {path.name: path.read_text("utf-8") for path in VECTORS.glob("*.json")}
        differ = sorted(name for name in wanted.keys() | here.keys() if wanted.get(name) != here.get(name))
        raise SystemExit(f"not as made: {', '.join(differ)}" if differ else 0)
    VECTORS.mkdir(exist_ok=True)
    for path in VECTORS.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (VECTORS / name).write_text(text, "utf-8")
    print(f"{len(wanted)} cases")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


if __name__ == "__main__":
    main()
