"""Know-how of the sample office: invented, told by situation, about nobody. One still waits for a reader."""

from typing import Any

# (days before today, read by a second person, what was written)
LEARNINGS: list[tuple[int, bool, dict[str, Any]]] = [
    (
        90,
        True,
        {
            "title": "行く日を決めず、電話の日だけを決める",
            "situation": ["parent_and_adult_child", "promises_fall_through"],
            "when": "親の体調しだいで、訪問の約束が続けて流れる。断るたびに親が謝り、連絡が減っていく。",
            "did": "帰るときに次の訪問日を決め、前の日に確かめていた。",
            "changed": "月に二日、朝に電話する日だけを決めた。来てよい日かどうかは、その朝に親が選ぶ。"
            "断ることが、約束を破ることにならなくなった。",
            "failed": "はじめは毎週にした。電話そのものが重くなり、出てもらえなくなった。",
            "needed": "朝に動ける支援員が二人。出られないときに代わる人。",
        },
    ),
    (
        60,
        True,
        {
            "title": "手紙は一枚、返事を求めない",
            "situation": ["before_meeting", "withdrawn"],
            "when": "本人に会えない月が続き、手紙だけがつながりになっている。",
            "did": "制度の案内を同封し、連絡をくださいと結んでいた。",
            "changed": "季節のことと、こちらの次に来る日だけを一枚に書いた。返事はいらないと書いた。"
            "受け取られたことが、ポストの様子でわかるようになった。",
            "failed": "本人の好きなものを書きすぎた。知られていることが、こわかったのかもしれない。",
            "needed": "書いた控えを残すこと。次の人が同じことを書かずにすむ。",
        },
    ),
    (
        12,
        False,
        {
            "title": "あいだを空けすぎて、はじめからになった",
            "situation": ["support_broke_off", "before_meeting"],
            "when": "支援する側の都合で、訪問が長く空いた。",
            "did": "空いたあとも、前と同じ調子で訪ねた。",
            "changed": "空いたことを先に詫び、玄関の外で短く帰ることからやり直した。",
            "failed": "再開の日に二人で行った。人が増えたことが負担になった。",
            "needed": "",
        },
    ),
]
