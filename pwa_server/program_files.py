"""Where the program's own files lie: pages, the phone's app, texts.

Beside the code in a checkout, inside it in a wheel.
"""

from pathlib import Path

_CODE = Path(__file__).resolve().parent
_CARRIED = _CODE / "files"  # pyproject.toml, [tool.hatch.build.targets.wheel.force-include]

IMPORTS = _CODE.parent  # what a process of ours needs on its path to find `pwa_server` and `sync`
ROOT = _CARRIED if _CARRIED.is_dir() else IMPORTS  # holds static/, templates/, service_worker/, sync/*.js
