"""What a ledger of another program may hold, column by column: its words for each field, and how a cell is read.

A cell is taken as it stands, taken as something else that means the same (and that is named), or refused. There is no
fourth way: nothing is cut, nothing guessed. Days are read in the Japanese era or the common one.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sync import events
from sync.bounds import MAX_LINE, MAX_TEXT, is_life_date, is_plausible_date, utf16_length

from ... import texts
from ..models.consultations import AGES, SEXES
from .consultation_form import NUMBER
from .form_times import is_clock

KINDS = ("cases", "contacts")
SPLIT = re.compile(r"[、,，;；\n]")


class Unread(Exception):
    """A cell that cannot be taken. `code`: day, time, code, number_form, number_personal, long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class ImportField:
    """`heads`: words of a column's name, in any spelling. `group`: whose codes' words a cell may say."""

    name: str
    read: Callable[["ImportField", str], Any]
    heads: tuple[str, ...]
    needed: bool = False
    group: str = ""
    codes: tuple[Any, ...] = ()
    words: dict[str, Any] = field(default_factory=dict)  # other words for a code
    path: str = ""  # of a visit


def plain(text: str) -> str:
    """One spelling for comparing: full width as half, no spaces, small letters."""
    return re.sub(r"[\s_・/／()（）:：]+", "", unicodedata.normalize("NFKC", text)).casefold()


def text(_: ImportField, cell: str) -> str:
    if utf16_length(cell) > MAX_TEXT:
        raise Unread("long")
    return cell


def line(_: ImportField, cell: str) -> str:
    text = " ".join(cell.split())
    if utf16_length(text) > min(MAX_LINE, 200):
        raise Unread("long")
    return text


def listed(_: ImportField, cell: str) -> list[str]:
    parts = [one.strip() for one in SPLIT.split(cell) if one.strip()]
    if any(utf16_length(one) > MAX_LINE for one in parts):
        raise Unread("long")
    return parts


def case_number(_: ImportField, cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).strip()
    if not NUMBER.fullmatch(text):
        raise Unread("number_form")
    if sum(one.isdigit() for one in text) >= 10:
        raise Unread("number_personal")
    return text


def code(one: ImportField, cell: str) -> Any:
    text = plain(cell)
    for lang in texts.LANGS:
        for value in one.codes:
            if text in (plain(str(value)), plain(texts.t(lang, f"{one.group}.{value}"))):
                return value
    if text in one.words:
        return one.words[text]
    raise Unread("code")


def number(one: ImportField, cell: str) -> int:
    text = unicodedata.normalize("NFKC", cell).replace("−", "-").replace("△", "-").replace("+", "").strip()
    if re.fullmatch(r"-?[0-9]{1,3}(\.0+)?", text) and int(float(text)) in one.codes:
        return int(float(text))
    return int(code(one, cell))


ERAS = {
    "m": 1867,
    "明治": 1867,
    "t": 1911,
    "大正": 1911,
    "s": 1925,
    "昭和": 1925,
    "h": 1988,
    "平成": 1988,
    "r": 2018,
    "令和": 2018,
}
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[mtshr])\.?([0-9]{1,2}|元)[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?"
)
_COMMON = re.compile(r"([0-9]{4})[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?(?:[t ]?[0-9:]{4,8})?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}(\.[0-9]+)?")  # days since 30 December 1899, as Excel counts
_WEEKDAY = re.compile(r"[(（][月火水木金土日][)）]|[(（](?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[)）]")


def any_day(cell: str) -> date | None:
    """A day in any of the spellings ledgers have; None when it is none."""
    text = unicodedata.normalize("NFKC", cell).casefold()
    text = re.sub(r"\s+", "", _WEEKDAY.sub("", text))
    try:
        if found := _ERA.fullmatch(text):
            year = 1 if found[2] == "元" else int(found[2])
            return date(ERAS[found[1]] + year, int(found[3]), int(found[4])) if year else None
        if found := _COMMON.fullmatch(text) or _DIGITS.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if _SERIAL.fullmatch(text):
            return date(1899, 12, 30) + timedelta(days=int(float(text)))
    except ValueError:
        return None
    return None


def day(_: ImportField, cell: str) -> str:
    found = any_day(cell)
    if found is None or not is_plausible_date(found.isoformat()):
        raise Unread("day")
    return found.isoformat()


def birth(_: ImportField, cell: str) -> str:
    found = any_day(cell)
    if found is None or not is_life_date(found.isoformat()):
        raise Unread("day")
    return found.isoformat()


_CLOCK = re.compile(r"(午前|午後|am|pm)?([0-9]{1,2})(?:[:時]([0-9]{1,2})?分?|(半))(?::[0-9]{2})?(am|pm)?")


def clock(_: ImportField, cell: str) -> str:
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell).casefold()).replace("時半", "時30分")
    if re.fullmatch(r"0?\.[0-9]+", text):  # a part of a day, as Excel counts
        minutes = round(float(text) * 1440)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise Unread("time")
    hour = int(found[2]) + (12 if "午後" in text or "pm" in text else 0) * (int(found[2]) < 12)
    read = f"{hour:02d}:{int(found[3] or 0):02d}"
    if not is_clock(read):
        raise Unread("time")
    return read


PERSON_WORDS = {
    "男": "male",
    "男性": "male",
    "m": "male",
    "女": "female",
    "女性": "female",
    "f": "female",
    "": "unknown",
}
CHANNEL_WORDS = {
    "tel": "phone",
    "架電": "phone",
    "入電": "phone",
    "電話相談": "phone",
    "来所": "office_visit",
    "窓口": "office_visit",
    "面談": "office_visit",
    "来庁": "office_visit",
    "訪問支援": "visit",
    "家庭訪問": "visit",
    "自宅訪問": "visit",
    "同行支援": "accompaniment",
    "ファックス": "fax",
    "ファクス": "fax",
    "郵送": "letter",
    "メール": "online",
    "mail": "online",
    "email": "online",
    "zoom": "online",
    "関係機関": "agency_call",
    "連絡調整": "agency_call",
    "ケース会議": "conference",
}
OUTCOME_WORDS = {
    "本人": "met_person",
    "本人と面談": "met_person",
    "会えた": "met_person",
    "面会": "met_person",
    "家族": "met_family_only",
    "不在": "not_met_no_trace",
    "留守": "not_met_no_trace",
    "拒否": "refused_at_door",
    "通話": "reached",
    "つながった": "reached",
    "応答なし": "not_reached",
    "不通": "not_reached",
    "受信": "note_taken",
    "送付": "note_taken",
}

FIELDS: dict[str, tuple[ImportField, ...]] = {
    "cases": (
        ImportField(
            "no",
            case_number,
            ("ケース番号", "管理番号", "台帳番号", "受付番号", "番号", "id", "caseno", "casenumber"),
            needed=True,
        ),
        ImportField("title", line, ("世帯名", "ケース名", "件名", "title", "casename", "household")),
        ImportField("name", line, ("氏名", "名前", "本人氏名", "対象者", "対象者氏名", "利用者名", "name")),
        ImportField("reading", line, ("ふりがな", "フリガナ", "カナ", "氏名カナ", "よみ", "reading", "kana")),
        ImportField("birthDate", birth, ("生年月日", "誕生日", "birthdate", "dateofbirth", "birthday")),
        ImportField(
            "sex", code, ("性別", "sex", "gender"), group="member.sex", codes=SEXES, words=PERSON_WORDS
        ),
        ImportField("ageBand", code, ("年代", "年齢層", "ageband", "age"), group="member.age", codes=AGES),
        ImportField("address", line, ("住所", "現住所", "所在地", "address")),
        ImportField("telephone", line, ("電話番号", "電話", "連絡先", "tel", "telephone", "phone")),
        ImportField(
            "receivedOn",
            day,
            ("受付日", "相談受付日", "初回相談日", "開始日", "登録日", "receivedon", "opened"),
        ),
        ImportField(
            "sourceOrg",
            line,
            ("紹介元", "つなぎ元", "紹介機関", "相談経路", "sourceorganisation", "referredby"),
        ),
        ImportField(
            "summary",
            text,
            ("世帯状況", "世帯の状況", "家族構成", "概要", "経過", "summary", "householdsituation"),
        ),
        ImportField("issues", listed, ("主訴", "相談内容", "課題", "issues", "topics")),
        ImportField("worker", line, ("担当", "担当者", "支援員", "担当支援員", "worker", "assignedto")),
    ),
    "contacts": (
        ImportField(
            "caseNo",
            case_number,
            ("ケース番号", "管理番号", "台帳番号", "受付番号", "番号", "id", "caseno", "casenumber"),
            needed=True,
        ),
        ImportField(
            "on", day, ("日付", "実施日", "対応日", "訪問日", "支援日", "年月日", "date", "day"), needed=True
        ),
        ImportField("at", clock, ("時刻", "時間", "開始時刻", "開始", "time", "start")),
        ImportField("until", clock, ("終了時刻", "終了", "end", "until")),
        ImportField(
            "channel",
            code,
            ("手段", "方法", "対応方法", "支援方法", "区分", "channel", "method"),
            needed=True,
            group="channel",
            codes=events.CHANNELS,
            words=CHANNEL_WORDS,
            path="channel",
        ),
        ImportField(
            "outcome",
            code,
            ("結果", "対応結果", "面会", "outcome", "result"),
            needed=True,
            group="outcome",
            codes=events.OUTCOMES,
            words=OUTCOME_WORDS,
            path="outcome",
        ),
        ImportField(
            "planned",
            code,
            ("予定との関係", "予定", "planned"),
            group="planned",
            codes=events.PLANNED,
            path="planned",
        ),
        ImportField("place", code, ("場所", "place"), group="place", codes=events.PLACES, path="place"),
        ImportField("staff", line, ("対応者", "支援員", "担当", "担当者", "記録者", "worker", "staff")),
        ImportField(
            "fact",
            text,
            ("内容", "支援内容", "記録", "経過", "対応内容", "事実", "notes", "fact"),
            path="notes.fact",
        ),
        ImportField("quote", text, ("本人の言葉", "発言", "quote"), path="notes.quote"),
        ImportField(
            "thirdParty", text, ("第三者からの情報", "関係者情報", "thirdparty"), path="notes.thirdParty"
        ),
        ImportField("view", text, ("見立て", "所見", "考察", "assessment", "view"), path="notes.view"),
        ImportField("topics", listed, ("話題", "topics"), path="topics"),
        ImportField("interests", listed, ("興味", "関心", "interests"), path="interests"),
        ImportField(
            "reaction",
            number,
            ("反応", "reaction"),
            group="reaction",
            codes=events.REACTIONS,
            path="reaction",
        ),
        ImportField(
            "stage", number, ("関係段階", "段階", "stage"), group="stage", codes=events.STAGES, path="stage"
        ),
        ImportField("stageEvent", text, ("段階の根拠", "stageevent"), path="stageEvent"),
        ImportField("left", text, ("残したもの", "配布物", "left"), path="left"),
        ImportField("hook", text, ("次の切り口", "次回", "申し送り", "hook"), path="hook"),
    ),
}
# What a ledger cannot say in a cell, or what is not for whoever was not there: a test holds both to the visit's table.
NOT_TAKEN = (
    "alone",
    "byHand",
    "metWith",
    "living",
    "risk",
    "riskCall",
    "next",
    "promises",
    "checklist",
    "photos",
    "reflection",
)


def guess(kind: str, heads: list[str], known: dict[str, str]) -> dict[int, str]:
    """Column → field, from what was matched last time and from the words of its name. Each field once."""
    text: dict[int, str] = {}
    names = {one.name for one in FIELDS[kind]}
    for exact in (True, False):
        for at, head in enumerate(heads):
            if at in text:
                continue
            remembered = known.get(plain(head), "") if exact else ""
            likely = [remembered] if remembered in names else _by_words(kind, plain(head), exact=exact)
            found = next((one for one in likely if one not in text.values()), "")
            if found:
                text[at] = found
    return text


def _by_words(kind: str, head: str, *, exact: bool) -> list[str]:
    """The longest word first: 電話番号 is no 番号."""
    fits = [
        (-len(word), one.name)
        for one in FIELDS[kind]
        for word in map(plain, one.heads)
        if (word == head if exact else len(word) > 1 and word in head)
    ]
    return [name for _, name in sorted(fits)]


def read_row(
    kind: str, matched: dict[int, str], row: list[str]
) -> tuple[dict[str, Any], list[tuple[int, str]]]:
    """(values by field, [(column, code of a fault)]) of one row; empty cells are no values."""
    by_name = {one.name: one for one in FIELDS[kind]}
    values: dict[str, Any] = {}
    faults: list[tuple[int, str]] = []
    for at, name in matched.items():
        cell = row[at] if at < len(row) else ""
        if not cell.strip():
            continue
        try:
            values[name] = by_name[name].read(by_name[name], cell)
        except Unread as why:
            faults.append((at, why.code))
    missing = [one.name for one in FIELDS[kind] if one.needed and one.name not in values]
    columns = {name: at for at, name in matched.items()}
    text = {at for at, _ in faults}
    faults += [(columns[name], "blank") for name in missing if name in columns and columns[name] not in text]
    return values, faults


def as_shown(value: Any) -> str:
    """A value as the trial run shows what became of a cell."""
    return "、".join(value) if isinstance(value, list) else str(value)


def is_changed(one: ImportField, cell: str, value: Any) -> bool:
    """Whether a cell was taken as something else than it says; blanks around and between words count as nothing."""
    if one.codes:
        said = {plain(texts.t(lang, f"{one.group}.{value}")) for lang in texts.LANGS} | {plain(str(value))}
        return plain(cell) not in said
    return " ".join(cell.split()) != " ".join(as_shown(value).split())
