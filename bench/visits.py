"""The same thousand visits for everybody: about 2 KiB of JSON in Japanese each, none like another."""

from __future__ import annotations

import base64
import json
import os
import random
from typing import Any

SENTENCES = (
    "玄関先で{n}分ほど立ち話をした。",
    "本人は二階の部屋から顔を出し、{n}回うなずいた。",
    "母は台所で待っており、疲れた様子だった。",
    "前回渡した色見本を{n}枚見返したとのこと。",
    "食事は一日{n}回、夜が中心。",
    "窓の外の工事の音が気になると話した。",
    "次は{n}日の午後に来てほしいと言われた。",
    "近所の民生委員から、夜に明かりがついているとの連絡。",
    "「手紙は読んでいる」とドア越しに聞こえた。",
    "体調は先週より良い。眠れる時間が{n}時間に増えた。",
    "父の仕事の話になると黙り込む。無理に続けなかった。",
    "模型の部品を{n}点並べて見せてくれた。",
    "洗濯物がたたまれ、廊下が片付いていた。",
    "市役所の手続きの紙を一緒に読み、{n}か所に印をつけた。",
    "弟が帰省しており、{n}年ぶりに三人で夕食を取った。",
)
TOPICS = ("work", "family", "health", "money", "housing", "hobby")
SIZE = 2_048


def visits(count: int, seed: int = 17) -> list[dict[str, Any]]:
    """Bodies of `visit.logged` (EVENTS.md)."""
    return [_visit(random.Random(f"{seed} {n}"), n) for n in range(count)]


def _visit(dice: random.Random, n: int) -> dict[str, Any]:
    boxes = {"fact": "", "quote": "", "thirdParty": "", "view": ""}
    body: dict[str, Any] = {
        "occurredAt": f"2026-{1 + n % 12:02d}-{1 + n % 28:02d}T{n % 24:02d}:{n % 60:02d}:00Z",
        "channel": "visit",
        "planned": "as_planned",
        "outcome": "met_person",
        "metWith": ["person"],
        "alone": True,
        "staff": [],
        "topics": [],
        "interests": [],
        "reaction": dice.randint(-1, 3),
        "stage": dice.randint(0, 7),
        "stageEvent": "自分から挨拶した",
        "notes": boxes,
        "living": {},
        "risk": {},
        "riskCall": None,
        "left": {"what": "", "taken": ""},
        "hook": "青い塗料の話から",
        "reflection": "",
        "promises": [],
        "checklist": None,
        "photos": [],
    }
    names = list(boxes)
    while len(json.dumps(body, ensure_ascii=False).encode()) < SIZE:
        boxes[dice.choice(names)] += dice.choice(SENTENCES).format(n=dice.randint(2, 90))
    return body


def as_sealed(visit: dict[str, Any]) -> dict[str, Any]:
    """What a server that reads nothing is given in its place by a system whose records are JSON: as many bytes as
    sealing makes of it (nonce and tag added), in base64."""
    size = len(json.dumps(visit, ensure_ascii=False, separators=(",", ":")).encode()) + 28
    return {"sealed": base64.b64encode(os.urandom(size)).decode()}
