"""What every new office begins with besides its name: the checklists, and the numbers that are the same all over Japan.

The office adds its own numbers (supervisor, night, health centre) in the settings.
"""

from typing import Any

from .standard_checklists import CHECKLISTS

NATIONAL_NUMBERS: list[dict[str, Any]] = [
    {"id": "fire", "label": {"ja": "救急・消防", "en": "Ambulance, fire"}, "tel": "119", "kind": "fire"},
    {"id": "police", "label": {"ja": "警察", "en": "Police"}, "tel": "110", "kind": "police"},
    {
        "id": "inochi",
        "label": {"ja": "#いのちSOS", "en": "Inochi SOS"},
        "tel": "0120-061-338",
        "kind": "helpline",
    },
    {
        "id": "yorisoi",
        "label": {"ja": "よりそいホットライン", "en": "Yorisoi hotline"},
        "tel": "0120-279-338",
        "kind": "helpline",
    },
    {
        "id": "kokoro",
        "label": {"ja": "こころの健康相談統一ダイヤル", "en": "Mental health line"},
        "tel": "0570-064-556",
        "kind": "helpline",
    },
]

FIRST_EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("numbers.set", {"numbers": NATIONAL_NUMBERS}),
    *(
        ("checklist.published", {"checklist": one["id"], **{k: v for k, v in one.items() if k != "id"}})
        for one in CHECKLISTS
    ),
]
