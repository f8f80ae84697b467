"""The sample's places to take part in, and one invented household whose person goes to one of them (domain.md 1.8).

Of the two published households nothing of it is told: the publication says no more than that it is in view.
"""

from typing import Any

HOUSEHOLD = "demo-003"
REPAIR, BOOKS, GATHERING = "demo-place-repair", "demo-place-books", "demo-place-gathering"
MATCH, SECOND_MATCH = "demo-match-repair", "demo-match-gathering"


def _place(name: str, **values: Any) -> dict[str, Any]:
    texts = ("host", "district", "place", "times", "doing", "pay", "care", "room", "note", "contact")
    words = ("peopleWords", "noiseWords", "gazeWords", "talkWords")
    plain = {"kind": "volunteering", "state": "open", "shortest": 15, "alone": True, "anonymous": True}
    return dict.fromkeys((*texts, *words), "") | plain | {"name": name} | values


# (id, days from today until which it was checked, what is known of it)
PLACES: tuple[tuple[str, int, dict[str, Any]], ...] = (
    (
        REPAIR,
        150,
        _place(
            "おもちゃ修理の会",
            host="退職した電器屋の会",
            place="公民館の裏。駐輪場あり",
            times="第1・第3土曜 13:30–15:30",
            doing="おもちゃや古いゲーム機を直す。道具の手入れ",
            pay="",
            care="自己紹介なし。休む連絡も要らない",
            room="あと1人",
            people=2,
            peopleWords="ふだん5人。月末は12人",
            noise=2,
            noiseWords="工具の音。ラジオは消せる",
            gaze=1,
            gazeWords="壁向きの机がある",
            talk=1,
            talkWords="用事だけで過ごせる",
        ),
    ),
    (
        BOOKS,
        -20,
        _place(
            "旧街道の古本とゲームの店",
            kind="short_work",
            state="opening",
            times="平日 13–16時",
            shortest=30,
            doing="説明書をそろえる",
            pay="30分300円",
            people=2,
            noise=1,
            gaze=4,
            gazeWords="店先から見える",
            talk=2,
            anonymous=False,
        ),
    ),
    (
        GATHERING,
        60,
        _place(
            "まちの居場所　ひだまり",
            kind="gathering",
            host="社会福祉協議会",
            times="火・木 10–15時。出入り自由",
            doing="お茶、手芸、何もしない",
            people=3,
            noise=3,
            gaze=3,
            talk=4,
            talkWords="はじめに自己紹介がある",
        ),
    ),
)
PROFILE: dict[str, Any] = {
    "texts": {
        "likes": "古い機械。説明書を読むこと",
        "good_at": "細かい手作業",
        "hours": "土曜の昼すぎ。はじめは30分",
        "people": "5人くらいまで",
        "hard": "急に質問されること",
        "care": "自己紹介はなしで。用事は一つずつ",
        "waves": "月のはじめは眠れないことがある",
    },
    "told": ["likes", "good_at", "hours", "people", "care", "company"],
    "company": "at_first",
    "limits": {
        "minutes": 30,
        "people": 2,
        "noise": None,
        "gaze": 2,
        "talk": 2,
        "anonymous": True,
        "alone": True,
    },
}
# (match, place, ○, △)
REASONS: tuple[tuple[str, str, list[str], list[str]], ...] = (
    (
        MATCH,
        REPAIR,
        ["直す作業そのものが好き", "奥の机で一人でできる"],
        ["月末の回は12人ほどになる → その回は休む"],
    ),
    (SECOND_MATCH, GATHERING, ["いつ来ていつ帰ってもよい"], ["「しゃべらないと、いけない感じがした」"]),
)
# (match, days ago, step, minutes, words of the person, of the host, who came along)
STEPS: tuple[tuple[str, int, str, int | None, str, str, str], ...] = (
    (SECOND_MATCH, 80, "seen", 15, "「しゃべらないと、いけない感じがした」", "", "岸本"),
    (SECOND_MATCH, 78, "changed", None, "「静かなほうがいい」", "", ""),
    (MATCH, 75, "asked", None, "", "「机は空いてますよ」", ""),
    (MATCH, 66, "seen", 20, "「見るだけなら、また来れる」", "「静かに見てくれました」", "岸本、小林"),
    (MATCH, 52, "tried", 30, "「接点をみがいたら動いた」", "「説明書を読める人がいると助かる」", "岸本"),
    (MATCH, 38, "joined", 30, "「次のも、見てみたい」", "「名前は聞かずにやっています」", ""),
)
# (side, period, days ago, did, felt, words)
HEARD: tuple[tuple[str, str, int, str, str, str], ...] = (
    ("person", "week", 31, "inside", "again", "「次も行ける」"),
    ("host", "week", 30, "going_well", "go_on", "「道具を一つ、まかせたい」"),
    ("person", "month", 7, "inside", "again", "「たまに休んでも、いいなら」"),
)
ARRANGED = {"days": "第1・第3土曜 13:30–14:00", "call": "岸本　077-000-0041"}
TALK = (9, "phone", "休みの日にどう声をかけるか迷うと相談。「連絡は要らない。次の回の日だけ紙で」と決めた。")
