"""A supervisor's morning with something of everything, brought about the long way: phones write, the relay carries.

小林 悠 logs an urgent visit, a worrying one that is corrected, one that fell through; 西村 恵 answers a question, and
two corrections of one record cross. One event is newer than this desk; one phone was revoked with work unsent.
"""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from pwa_server.desk import actions
from pwa_server.desk.actions import devices
from tests.standins.phone import Phone, new_id

RISK = dict.fromkeys(
    (
        "self_harm",
        "harm_to_others",
        "abuse",
        "self_neglect",
        "sudden_illness",
        "fire_housing",
        "exploitation",
        "danger_to_worker",
    ),
    "none",
)
LIVING = {"meals": "attention", "sleep": "attention", "hygiene": "good", "rooms": "good", "health": "unknown"}


@dataclass
class Morning:
    urgent: str
    worrying: str
    fell_through: str
    answered: str
    crossing: str
    held: str
    phone: Phone
    colleague: Phone
    stopped: Phone


def jpeg() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (64, 48), "#7a6").save(picture, "JPEG")
    return picture.getvalue()


def bring_about(office: Any) -> Morning:
    """All of it. The clock of the office moves on by a few minutes."""
    nakagawa = office.person("nakagawa")
    phone, colleague = office.phone_of("kobayashi", "業務用 1号"), office.phone_of("nishimura", "業務用 2号")
    stopped = office.phone_of("nishimura", "業務用 2号（旧）")
    urgent, worrying = urgent_visit(phone, office), worrying_visit(phone, office)
    fell_through = phone.visit(
        "demo-003",
        occurredAt=ago(office, hours=26),
        outcome="cancelled_by_household",
        planned="cancelled",
        reaction=0,
        notes={"fact": "朝の電話で、母の体調が悪いので今日はやめてほしいとのこと。"},
        risk=RISK,
    )
    answered = colleague.visit(
        "demo-006",
        occurredAt=ago(office, hours=30),
        reaction=2,
        stage=4,
        risk=RISK,
        stageEvent="次に来てよい日を言った",
        notes={"fact": "玄関で20分話した。", "view": "落ち着いている。"},
    )
    crossing = colleague.visit(
        "demo-001",
        occurredAt=ago(office, hours=50),
        channel="accompaniment",
        reaction=2,
        stage=4,
        risk=RISK,
        notes={"fact": "役所の窓口まで同行した。"},
    )
    newer = phone.event("visit.imagined", "demo-004", {"text": "まだ知らない書式"}, v=9)
    for visit in (urgent, worrying, fell_through):
        phone.write(visit)
    phone.write(newer)
    colleague.write(answered)
    colleague.write(crossing)
    colleague.write(
        colleague.event(
            "notice.given",
            None,
            {
                "notice": new_id(),
                "who": "青い屋根の家の方",
                "place": "木川町",
                "noticed": "雨戸がずっと閉まったまま、と民生委員から聞いた。",
                "named": "no",
            },
        )
    )
    colleague.write(
        colleague.event(
            "cover.asked",
            None,
            {
                "staff": "demo-nishimura",
                "to": "demo-kobayashi",
                "on": colleague.now()[:10],
                "note": "熱があります",
            },
        )
    )
    office.round(phone, colleague)
    office.clock.pass_(minutes=2)

    correct(phone, worrying, "demo-002", fact=CORRECTED, comment="聞きまちがいを直しました")
    review = actions.return_visit(
        office.desk, nakagawa, answered["id"], "notes.view", "どの様子からそう見ましたか。"
    )
    office.round(phone, colleague)
    correct(
        colleague,
        answered,
        "demo-006",
        answers=review,
        view="声が大きく、目が合った。落ち着いている。",
        comment="声の大きさと、目が合う長さからです。",
    )
    correct(colleague, crossing, "demo-001", fact="市役所の福祉の窓口まで同行した。")
    correct(stopped, crossing, "demo-001", fact="市役所の税の窓口まで同行した。")
    office.round(colleague, stopped)

    stopped.write(
        stopped.visit("demo-006", notes={"fact": "止められる前に書いた訪問。"}, outcome="voice_through_door")
    )
    devices.revoke(office.desk, nakagawa, stopped.id, "新しい電話に替えた")
    office.sync()
    stopped.push()
    office.sync()
    office.round(phone, colleague)
    return Morning(
        urgent["id"],
        worrying["id"],
        fell_through["id"],
        answered["id"],
        crossing["id"],
        newer["id"],
        phone,
        colleague,
        stopped,
    )


FIRST = "Bが玄関を開け、居室へ。Dは先に降りてきて、隣に座った。古いゲーム機の説明書を一緒に読んだ。Bは途中で疲れて横になった。"
CORRECTED = "Bが玄関を開け、居間へ。Dは10分ほどして降りてきて、隣に座った。古いゲーム機の説明書を一緒に読んだ。Bは途中でせき込み、横になった。"


def urgent_visit(phone: Phone, office: Any) -> dict[str, Any]:
    return phone.visit(
        "demo-004",
        occurredAt=ago(office, hours=20),
        reaction=1,
        stage=3,
        risk=RISK | {"fire_housing": "urgent"},
        riskCall={"to": "中川", "at": ago(office, hours=19), "result": "あす10時までに電話で無事を確かめる"},
        notes={
            "fact": "こたつのまわりに焦げ跡が新しく増えていた。",
            "quote": "「寒いから仕方ない」",
            "view": "一人では片づけられない。",
        },
        hook="灯油の配達の話から",
    )


def worrying_visit(phone: Phone, office: Any) -> dict[str, Any]:
    return phone.visit(
        "demo-002",
        occurredAt=ago(office, hours=22),
        endedAt=ago(office, hours=21),
        outcome="met_person",
        reaction=2,
        stage=5,
        metWith=["demo-002-d", "demo-002-b"],
        place="living_room",
        alone=False,
        staff=["demo-kobayashi", "demo-nishimura"],
        stageEvent="困りごと（電池を買いに行けない）を本人の言葉で話し、説明書を一緒に読んだ",
        notes={
            "fact": FIRST,
            "quote": "「これ、動くかな。電池さえあれば」　D\n「次は昼すぎがいい」　D\n「夜、眠れていないみたいで」　B",
            "thirdParty": "Bの通院は先月から間が空いている。\n地域包括支援センターから、電話で",
            "view": "物を介すると話しやすい。外へ誘うのはまだ早い。",
        },
        living=LIVING,
        risk=RISK | {"sudden_illness": "concern"},
        hook="電池を持っていき、ゲーム機が動くか一緒に試す",
        next={"with": "person", "mayCome": "agreed"},
        left={"what": "電池の型番を書いたメモ", "taken": "taken"},
        topics=["ゲーム", "体調"],
        interests=["古いゲーム機"],
        reflection="Bさんの前でDさんの話をどこまでしてよいか迷いました。",
        promises=[{"id": new_id(), "text": "単三電池を4本持っていく", "due": "2026-12-07", "to": "D"}],
        checklist={
            "id": "continuing_visit",
            "version": 1,
            "answers": {"B1": {"b": "yes", "t": "色見本"}, "B5": {"c": "person"}},
        },
        photos=[phone.photo(jpeg(), note="古いゲーム機の裏")],
    )


def correct(
    phone: Phone,
    visit: dict[str, Any],
    case: str,
    *,
    comment: str = "",
    answers: str | None = None,
    **notes: str,
) -> None:
    """A correction of the first version by this phone."""
    body = visit["body"] | {"notes": visit["body"]["notes"] | notes}
    phone.write(
        phone.event(
            "visit.corrected",
            case,
            {
                "visit": visit["id"],
                "replaces": visit["id"],
                "changed": [f"notes.{name}" for name in notes],
                "record": body,
                "answers": answers,
                "comment": comment,
            },
        )
    )


def ago(office: Any, **span: float) -> str:
    moment = office.clock() - timedelta(**span)
    return moment.strftime("%Y-%m-%dT%H:%M:00.000Z")
