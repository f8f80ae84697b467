"""The three visit checklists (domain.md 3.7), published when an office is made."""

import json
from pathlib import Path
from typing import Any

CHECKLISTS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("standard_checklists.json").read_text(encoding="utf-8")
)
