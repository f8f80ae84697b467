"""Texts for people, in Japanese and English, from the catalogues that phone and desk share.

`static/texts/{ja,en}/{common,phone,desk…,cli}.json` hold flat keys: "screen.key": "text with {name}".
English plural: `key.one` beside `key.other`; Japanese has `key.other` alone. A missing key is a
fault of ours and raises: a test keeps both languages equal, so a person never meets it.
"""

import json
import re
from functools import cache

from .program_files import ROOT

LANGS = ("ja", "en")
CATALOGUES = (
    "common",
    "phone",
    "field",
    "desk",
    "desk_records",
    "desk_people",
    "desk_paper",
    "desk_report",
    "desk_leaving",
    "desk_forms",
    "desk_meetings",
    "desk_begun",
    "desk_community",
    "desk_participation",
    "desk_learnings",
    "desk_organisations",
    "desk_years",
    "desk_requests",
    "desk_area",
    "desk_intake",
    "desk_security",
    "desk_plan",
    "desk_contacts",
    "desk_imports",
    "desk_handover",
    "desk_agency",
    "desk_section",
    "cli",
)
FOLDER = ROOT / "static/texts"
_SLOT = re.compile(r"\{([a-z_]+)\}")


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Every text of one language by its key. Raises ValueError if two files hold the same key."""
    texts: dict[str, str] = {}
    for name in CATALOGUES:
        file = FOLDER / lang / f"{name}.json"
        if not file.exists():
            continue
        for key, text in json.loads(file.read_text("utf-8")).items():
            if key in texts:
                raise ValueError(f"{lang}/{name}.json repeats {key}")
            texts[key] = text
    return texts


def t(lang: str, key: str, **params: object) -> str:
    """The text under `key` with its slots filled. With `count` given and plural forms there, the fitting form.

    Raises KeyError for an unknown key or a slot that was not given.
    """
    texts = catalogue(lang)
    text = texts.get(key)
    if text is None:
        form = "one" if params.get("count") == 1 and f"{key}.one" in texts else "other"
        text = texts[f"{key}.{form}"]
    return _SLOT.sub(lambda slot: str(params[slot[1]]), text)


def has(lang: str, key: str) -> bool:
    return key in catalogue(lang) or f"{key}.other" in catalogue(lang)


def slots(text: str) -> set[str]:
    return set(_SLOT.findall(text))
