"""Writes the table of settings into docs/operating.md from the one in pwa_server/config.py."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pwa_server.config import table, variable  # noqa: E402 - the path comes first

HEAD = "| setting | default | what it is |\n|---|---|---|\n"


def shown(default: object) -> str:
    if isinstance(default, bool):
        return "`1`" if default else "`0`"
    if isinstance(default, tuple):
        return "`" + ",".join(default) + "`" if default else ""
    if isinstance(default, Path):
        return f"`./{default}`"
    return f"`{default}`" if default not in (None, "") else ""


def main() -> None:
    rows = "".join(
        f"| `{variable(name)}` | {shown(default)} | {help_} |\n" for name, default, help_ in table()
    )
    guide = ROOT / "docs/operating.md"
    before = guide.read_text("utf-8").partition(HEAD)[0]
    guide.write_text(before + HEAD + rows, "utf-8")


if __name__ == "__main__":
    main()
