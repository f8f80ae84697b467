"""What is written on screens, by the key of the catalogues: a journey reads in either language."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from pwa_server.texts import CATALOGUES

FOLDER = Path(__file__).parents[3] / "static" / "texts"


@cache
def catalogue(lang: str) -> dict[str, str]:
    return {
        key: text
        for part in CATALOGUES
        for key, text in json.loads((FOLDER / lang / f"{part}.json").read_text("utf-8")).items()
    }


def t(lang: str, key: str, **params: Any) -> str:
    """As the screens do: `{n}` filled in; a count takes `.one` or `.other` where the catalogue has them."""
    texts = catalogue(lang)
    count = params.get("n", params.get("count"))
    if count is not None:
        form = ".one" if count == 1 and f"{key}.one" in texts else ".other"
        key = key + form if key + form in texts else key
    text = texts[key]
    for name, value in params.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text
