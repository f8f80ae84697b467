"""Writes docs/modules.md: every module once, with the first sentence of its head. `python -m tools.module_list`

A module says what it is for in its own head and nowhere else; this list is only where all of them can be read together.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = ROOT / "docs" / "modules.md"
ROOMS = ("sync", "pwa_server", "static/js", "service_worker")
HEAD = """# Modules

Every module once, by its folder, with the first sentence of its own head. What a folder may import stands in
[architecture.md](architecture.md). Written by `python -m tools.module_list`; `tests/test_arrows.py` holds it equal.
"""
COMMENT = re.compile(r"\A(?:[ \t]*//[^\n]*\n)+")
END = re.compile(r"(?<=[^.\s][.!?])(?=\s|$)")


def modules() -> list[Path]:
    """Every module of the product, by its path from the root. A twin in the other language is a module of its own."""
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*") if file.suffix in {".py", ".js"}]
    return sorted(file.relative_to(ROOT) for file in files if file.stat().st_size)


def purpose(module: Path) -> str:
    """The first sentence of a module's head; "" where it has none."""
    text = (ROOT / module).read_text("utf-8")
    if module.suffix == ".py":
        head = ast.get_docstring(ast.parse(text)) or ""
    else:
        comment = COMMENT.match(text)
        lines = comment[0].splitlines() if comment else []
        head = "\n".join(line.strip().removeprefix("//").strip() for line in lines)
    paragraph = " ".join(head.strip().partition("\n\n")[0].split())
    return END.split(paragraph)[0].strip()


def module_list() -> str:
    """The whole file: a folder a heading, a module a line; twins that say the same share one."""
    lines, folder = [HEAD], None
    for module in sorted(modules(), key=lambda path: (_room(path), path.parent, path.name)):
        if module.parent != folder:
            folder = module.parent
            lines.append(f"\n## {folder}/\n")
        says = f": {purpose(module)}"
        if says != ": " and lines[-1].endswith(says):  # the twin in Python of the one above
            lines[-1] = f"{lines[-1].removesuffix(says)}, `{module.name}`{says}"
        else:
            lines.append(f"- `{module.name}`{says}")
    return "\n".join(lines) + "\n"


def _room(path: Path) -> int:
    return next(place for place, room in enumerate(ROOMS) if path.is_relative_to(room))


if __name__ == "__main__":
    LIST.write_text(module_list(), "utf-8")
