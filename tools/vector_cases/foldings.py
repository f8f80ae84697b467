"""Names and words brought to one spelling for comparing (SPEC 1.8). The answers are written here, not computed."""

from tools.vector_cases.ground import Cases, case

# name of the case → (as written, as folded, the words of a question written so)
FOLDED: dict[str, tuple[str, str, list[str]]] = {
    "a variation selector and a wide space": (
        "\u845b\U000e0100\u57ce\u3000\U00020bb7\u7537",
        "\u845b\u57ce\u5409\u7537",
        ["\u845b\u57ce", "\u5409\u7537"],
    ),
    "kana with a space": ("かつらぎ\u3000よしお", "かつらぎよしお", ["かつらぎ", "よしお"]),
    "half-width kana": ("ｶﾂﾗｷﾞ ﾖｼｵ", "かつらぎよしお", ["かつらぎ", "よしお"]),
    "marks apart": ("か\u3099 か゛ ハ\u309a", "ががぱ", ["が", "が", "ぱ"]),
    "old and small kana": (
        "ヰヱヲ ぢづ ヴヶャッ ヷㇰ",
        "いえおじずぶけやつわく",
        ["いえお", "じず", "ぶけやつ", "わく"],
    ),
    "zero-width characters": ("高\u200b\u200d崎\ufeff\u2060", "高崎", ["高", "崎"]),
    "compatibility ideographs": ("\ufa19\uf9d1\U0002f80f", "\u795e\u516d\u514e", ["\u795e\u516d\u514e"]),
    "old kanji": ("髙﨑 渡邉 澤 濱 齋齊斉", "高崎渡辺沢浜斎斎斎", ["高崎", "渡辺", "沢", "浜", "斎斎斎"]),
    "a kanji again": ("佐々々木 みすゞ 々", "佐佐佐木みすず々", ["佐佐佐木", "みすず", "々"]),
    "full-width letters and digits": ("ＡＢＣ１２３　Ｄ君", "abc123 d君", ["abc123", "d君"]),
    "dashes in numbers": ("090-1234−5678 ラ-メン", "09012345678らーめん", ["09012345678", "らーめん"]),
    "a middle dot and an apostrophe": ("ジョン・O’Brien", "じよんobrien", ["じよんobrien"]),
    "words of letters keep their space": ("Nguyễn  Văn Đức", "nguyen van duc", ["nguyen", "van", "duc"]),
    "letters that are two": ("Straße Æ", "strasse ae", ["strasse", "ae"]),
    "sentences end": ("訪問。また\n来た（母）", "訪問 また 来た 母", ["訪問", "また", "来た", "母"]),
    "a sign in place of a name": ("○山 ◯山 〇山", "〇山〇山〇山", ["〇山", "〇山", "〇山"]),
    "marks of other scripts": ("สุรชัย देवी", "สุรชัย देवी", ["สุรชัย", "देवी"]),
    "hangul": ("김\u1100\u1161", "김가", ["김가"]),
    "nothing to compare": (" \u200b。、_ ", "", []),
}


def cases() -> Cases:
    for name, (text, folded, words) in FOLDED.items():
        yield case("fold", name, text=text, folded=folded, words=words)
