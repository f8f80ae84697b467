"""What the sample office contains (domain.md 9). The two households and the numbers are published ones;
the timeline's dates, outcomes and stages are the acceptance data; every note text is invented and says so.
"""
# ruff: noqa: E501 - Japanese letters count double

from typing import Any

from .founding import NATIONAL_NUMBERS

OFFICE = {"name": "草津市（見本）", "lead": "人とくらしのサポートセンター", "sample": True}

# id, name, kana, role, email
STAFF = [
    ("demo-nakagawa", "中川 真理", "なかがわ まり", "supervisor", "nakagawa@sample.invalid"),
    ("demo-kobayashi", "小林 悠", "こばやし ゆう", "worker", "kobayashi@sample.invalid"),
    ("demo-nishimura", "西村 恵", "にしむら めぐみ", "worker", "nishimura@sample.invalid"),
    ("demo-tanaka", "田中 彩", "たなか あや", "administrator", "tanaka@sample.invalid"),
]

# Who receives, plans, decides and watches over phones and logs, where the sample tells its whole story.
STORY_STAFF = [
    ("demo-ishida", "石田 健", "いしだ けん", "coordinator", "ishida@sample.invalid"),
    ("demo-omori", "大森 和子", "おおもり かずこ", "chief", "omori@sample.invalid"),
    ("demo-kishimoto", "岸本 葉", "きしもと よう", "participation", "kishimoto@sample.invalid"),
    ("demo-mori", "森 直樹", "もり なおき", "security", "mori@sample.invalid"),
]

# National numbers first, then the office's own, which ring nowhere.
NUMBERS: list[dict[str, Any]] = [
    *NATIONAL_NUMBERS[:2],
    {
        "id": "supervisor",
        "label": {"ja": "SV（中川）", "en": "Supervisor (Nakagawa)"},
        "tel": "077-000-0001",
        "kind": "supervisor",
    },
    {
        "id": "night",
        "label": {"ja": "課の夜間連絡", "en": "Office at night"},
        "tel": "077-000-0002",
        "kind": "office_night",
    },
    {
        "id": "health",
        "label": {"ja": "保健所", "en": "Health centre"},
        "tel": "077-000-0003",
        "kind": "health_centre",
    },
    {
        "id": "psychiatric",
        "label": {"ja": "精神科救急", "en": "Psychiatric emergency"},
        "tel": "077-000-0004",
        "kind": "psychiatric",
    },
    *NATIONAL_NUMBERS[2:],
]


def _member(case: str, label: str, role: str, band: str = "unknown", **more: Any) -> dict[str, Any]:
    # Sex and exact age are not known from the published cases and must stay unknown.
    return {
        "id": f"{case}-{label.lower()}",
        "label": label,
        "role": role,
        "sex": "unknown",
        "ageBand": band,
        "roleCertainty": "stated",
        "labels": [],
        "index": False,
        "inHousehold": True,
        **more,
    }


def _line(case: str, child: str, parents: str, certainty: str) -> dict[str, Any]:
    return {
        "child": f"{case}-{child}",
        "parents": [f"{case}-{parent}" for parent in parents],
        "certainty": certainty,
    }


DEMO_001: dict[str, Any] = {
    "no": "DEMO-001",
    "title": "事例ケース①",
    "kana": "",
    "sample": True,
    "intake": {"receivedOn": "2023-05-10"},
    "referral": {"agency": "地域包括支援センター", "domain": "elderly"},
    "consent": {"status": "not_yet"},
    "household": {
        "summary": "知的障害がある高齢者と知的障害がある子２人の世帯。各自が金銭管理をしているが、生活環境の悪化や住まいの課題に"
        "見通しをもった対応ができていない。",
        "note": "世帯情報は一部加工しています",
        "members": [
            _member("demo-001", "A", "parent", "elderly", roleCertainty="inferred", labels=["知的障害"]),
            _member("demo-001", "B", "child", labels=["知的障害"]),
            _member("demo-001", "C", "child", labels=["知的障害"]),
        ],
        "unions": [],
        "parentage": [_line("demo-001", "b", "a", "inferred"), _line("demo-001", "c", "a", "inferred")],
        "otherParent": "unknown",
        "history": ["過去にBやCへの障害分野の支援介入があったが、継続支援につながっていない"],
    },
    "issues": [
        {"no": 1, "text": "世帯全体としての収支管理ができておらず、将来的な見通しを持った金銭管理が必要"},
        {
            "no": 2,
            "text": "住居の老朽化・破損など住まいの課題が顕在化。今後の居所、家計からの捻出、改善を決定する人がいない",
        },
        {"no": 3, "text": "各世帯員の生活の実態や意向が不明で、必要な支援を受けていない"},
    ],
}

DEMO_002: dict[str, Any] = {
    "no": "DEMO-002",
    "title": "事例ケース②",
    "kana": "",
    "sample": True,
    "intake": {"receivedOn": "2023-06-06"},
    "referral": {
        "agency": "地域包括支援センター",
        "domain": "elderly",
        "discoveredBy": "民生委員（高齢者への訪問時に聞き取り）",
    },
    "consent": {"status": "not_yet"},
    "household": {
        "summary": "本人（D30代）と高齢者の両親等の4人世帯。家族は本人の長年のひきこもり状態を心配しているが、援助希求力が乏しく"
        "相談・支援につながっていない。",
        "members": [
            _member("demo-002", "A", "parent", "elderly", roleCertainty="inferred"),
            _member("demo-002", "B", "parent", "elderly", labels=["体調不良が続く"]),
            _member("demo-002", "C", "unknown", roleCertainty="inferred"),
            _member("demo-002", "D", "child", "30s", labels=["ひきこもり状態（長年）"], index=True),
        ],
        "unions": [],
        "parentage": [
            _line("demo-002", "d", "b", "stated"),
            _line("demo-002", "d", "a", "inferred"),
            _line("demo-002", "c", "ab", "inferred"),
        ],
    },
    "issues": [
        {
            "no": 1,
            "text": "民生委員の高齢者訪問時に、ひきこもり状態の子が心配との話を聞きとった。相談窓口の情報提供をしたが"
            "家族からの相談にはつながらなかった",
        },
        {
            "no": 2,
            "text": "高齢の親（B）も体調不良が続き、訪問介入を約束しても予定通り訪問できない状態が続いた",
        },
        {"no": 3, "text": "援助希求が乏しい世帯へ支援を行う体制が不十分（既存）"},
    ],
}

# date, channel, outcome, stage, reaction: the acceptance timeline of DEMO-002. Then invented texts:
# fact, the person's words, third-party, the worker's view, the event that shows the stage, hook, interests
TIMELINE: list[tuple[str, str, str, int, int, str, str, str, str, str, str, list[str]]] = [
    (
        "2023-06-06",
        "agency_call",
        "reached",
        0,
        0,
        "包括から電話でつなぎを受けた。",
        "",
        "包括：両親は本人の将来を心配しているが、相談には来ないとのこと。",
        "まず両親の話を聞くところから。",
        "",
        "",
        [],
    ),
    (
        "2023-06-14",
        "visit",
        "met_family_only",
        1,
        0,
        "Bと玄関先で20分話した。本人は2階から降りてこなかった。",
        "B「誰かに話せるだけで少し楽です」",
        "",
        "Bの疲れが強い。次も短く。",
        "Bから家の様子を聞けた",
        "Bの体調を先にたずねる",
        [],
    ),
    (
        "2023-06-28",
        "visit",
        "cancelled_by_household",
        1,
        0,
        "朝、Bから電話で中止。",
        "",
        "",
        "責めない言い方で次の候補日を伝えた。",
        "",
        "",
        [],
    ),
    (
        "2023-07-12",
        "visit",
        "cancelled_by_household",
        1,
        0,
        "訪問前の電話で中止。",
        "",
        "",
        "中止が続いても「待っています」と伝える。",
        "",
        "",
        [],
    ),
    (
        "2023-07-26",
        "visit",
        "met_family_only",
        2,
        0,
        "A・Bと居間で40分。次に来ることを本人に伝えてもらう約束。",
        "A「昔はよく模型を作っていた」",
        "",
        "家族が来訪を本人に伝えられるようになった。",
        "家族が本人に来訪を伝えた",
        "模型の話",
        ["模型"],
    ),
    (
        "2023-08-23",
        "left_note",
        "not_met_left_note",
        2,
        0,
        "応答なし。無地の封筒で短い手紙を残した。",
        "",
        "",
        "Bの受診日だった可能性。",
        "",
        "",
        [],
    ),
    (
        "2023-09-13",
        "visit",
        "voice_through_door",
        3,
        1,
        "ドア越しに名乗ると「はい」と返事があった。",
        "D「はい」",
        "",
        "声を聞けたのは初めて。長居しない。",
        "ドア越しに返事があった",
        "次も同じ曜日・同じ時刻に",
        [],
    ),
    (
        "2023-10-04",
        "letter",
        "note_taken",
        3,
        1,
        "模型の雑誌の切り抜きを同封。Bによると部屋に持って入った。",
        "",
        "B：手紙は机の上に置いてあった。",
        "",
        "手紙を受け取った",
        "切り抜きの続き",
        ["模型", "鉄道"],
    ),
    (
        "2023-10-25",
        "visit",
        "met_person",
        3,
        2,
        "廊下で5分、顔を合わせて話した。",
        "D「…あの記事、読みました」",
        "",
        "目は合わないが自分から話題を出した。",
        "初めて顔を合わせた",
        "記事の感想を聞く",
        ["鉄道模型"],
    ),
    (
        "2023-11-15",
        "visit",
        "met_person",
        4,
        2,
        "居間で15分。次回の日を本人と決めた。",
        "D「来てもいいです」",
        "",
        "会うことを拒まなくなった。",
        "2回続けて会えて次回を約束した",
        "鉄道模型の展示の話",
        ["鉄道模型"],
    ),
    (
        "2023-12-06",
        "visit",
        "refused_at_door",
        3,
        -1,
        "玄関でBから「今日は会いたくないと言っている」と。短く帰った。",
        "",
        "B：昨夜から眠れていないようだ。",
        "疲れがたまったか。距離を置く。",
        "今日は会わないと伝えられた",
        "手紙で「待っています」とだけ",
        [],
    ),
    (
        "2023-12-20",
        "letter",
        "note_taken",
        3,
        1,
        "挨拶の葉書。受け取ったとB。",
        "",
        "",
        "",
        "葉書を受け取った",
        "",
        [],
    ),
    (
        "2024-01-17",
        "visit",
        "met_person",
        4,
        2,
        "居間で20分。前回のことは触れず、模型の話をした。",
        "D「この前はすみません」",
        "",
        "断った後も会えたことが大きい。",
        "断りの後にまた会えた",
        "次は工具を見せてもらう",
        ["鉄道模型"],
    ),
    (
        "2024-02-07",
        "visit",
        "met_person",
        5,
        3,
        "部屋の前で模型を見せてくれた。塗料が切れているという困りごとを一緒に調べた。",
        "D「店に行くのは無理だけど、通販の頼み方がわからない」",
        "",
        "自分から困りごとを話した。一緒に取り組めた。",
        "希望を自分の言葉で話し、一つ一緒に取り組んだ",
        "塗料が届いたか、色見本を持って行く",
        ["鉄道模型", "塗装"],
    ),
]

# kind, text, source, set on, review on
SAFETY_002 = [
    ("approach", "大きな声・長い呼び鈴は避ける。呼び鈴は一回、名乗ってから待つ。", "A・B", "2023-06-14"),
    ("health", "Bの体調不良が多い。訪問当日の朝に電話で確かめる。", "地域包括", "2023-07-12"),
]

# The ties the published case tells of: with whom, what they are, kind, direction, note
TIES_002 = [
    ("民生委員", "person", "normal", "none", "気づいた人"),
    ("地域包括支援センター", "org", "normal", "in", "つなぎ元・A、Bを訪問"),
    ("多機関協働", "org", "normal", "none", "会議・情報の整理"),
    ("アウトリーチ支援", "org", "strong", "in", "Dへ定期的に訪問"),
    ("参加支援", "org", "weak", "none", "活用を視野・未着手"),
]

# Invented cases that make a worker's phone worth opening: no, title, summary, member label, band, safety, note.
ACTIVE: list[tuple[str, str, str, str, str, tuple[str, str], str]] = [
    (
        "DEMO-003",
        "見本 三",
        "一人暮らし。家賃の督促が続き、電話に出なくなった。",
        "本人",
        "50s",
        ("dog", "玄関に犬。先に電話し、つないでもらう。"),
        "ポストに手紙がたまっていないか見る",
    ),
    (
        "DEMO-004",
        "見本 四",
        "一人暮らし。学校を離れて二年、夜に起きている。母が週末に来る。",
        "本人",
        "20s",
        ("two_people", "二人で訪問。知らない車があるときは玄関で。"),
        "雨の日の過ごし方をたずねる",
    ),
    (
        "DEMO-005",
        "見本 五",
        "一人暮らし。片付けが進まず、近隣から心配の声。",
        "本人",
        "70s",
        ("housing", "床が傷んでいる。奥の部屋には入らない。"),
        "猫の話から入る",
    ),
    (
        "DEMO-006",
        "見本 六",
        "一人暮らし。長く外に出ていない。兄が近くに住む。",
        "本人",
        "40s",
        ("approach", "兄が来ている日は訪ねない（本人の希望）。"),
        "将棋の本を持って行く",
    ),
]

REFERRERS = (
    "地域包括支援センター",
    "自立相談支援",
    "民生委員",
    "障害福祉課",
    "子ども家庭課",
    "社会福祉協議会",
)
CONCERNS = (
    "親の介護と本人の外出のしづらさが重なっている。",
    "家計の見通しが立たず、公共料金の支払いが遅れている。",
    "離職のあと人と会う機会がなくなった。",
    "住まいの傷みと片付けに手が回らない。",
    "家族の間の役割が一人に偏っている。",
    "通院が途切れ、手続きの期限が過ぎている。",
)


def plain_case(number: int) -> dict[str, Any]:
    """An invented consultation that only counts in the table."""
    no = f"DEMO-{number:03d}"
    case = no.lower()
    return {
        "no": no,
        "title": f"見本 {number}",
        "kana": "",
        "sample": True,
        "intake": {"receivedOn": f"2023-{4 + number % 9:02d}-{1 + number % 28:02d}"},
        "referral": {"agency": REFERRERS[number % len(REFERRERS)]},
        "consent": {"status": "not_yet"},
        "household": {
            "summary": CONCERNS[number % len(CONCERNS)],
            "members": [_member(case, "本人", "self", id=f"{case}-p", index=True)],
            "unions": [],
            "parentage": [],
        },
        "issues": [{"no": 1, "text": CONCERNS[number % len(CONCERNS)]}],
    }


def active_case(place: int) -> dict[str, Any]:
    """One of `ACTIVE`, as `case.opened` wants it."""
    no, title, summary, label, band, _, _ = ACTIVE[place]
    case = no.lower()
    body = plain_case(int(no[-3:]))
    return body | {
        "title": title,
        "household": {
            "summary": summary,
            "unions": [],
            "parentage": [],
            "members": [_member(case, label, "self", band, id=f"{case}-p", index=True)],
        },
        "issues": [{"no": 1, "text": summary}],
    }


# Who was entrusted with what (domain.md 9.1): id, name, what.
ORGANISATIONS = (
    ("demo-outreach", "NPO法人 宅老所心", "アウトリーチ等支援"),
    ("demo-participation", "NPO法人 滋賀県社会就労事業振興センター", "参加支援"),
)
