"""参加支援: what leaves, by a canary in each field; reasons in words; steps in any order; both sides asked; undone."""

import itertools
import re
from datetime import date

import pytest

from pwa_server import texts
from pwa_server.desk import actions
from pwa_server.desk.actions import opportunities as places
from pwa_server.desk.actions import participation as acts
from pwa_server.desk.core.errors import DeskError
from pwa_server.desk.exchange.documents.participation import participation_of
from pwa_server.desk.models.office_and_cases import READ_MODEL, AccessView, CaseFile, Consent, Staff
from pwa_server.desk.models.opportunities import FIELDS, KINDS, LOADS, SHORTEST, Opportunity
from pwa_server.desk.models.participation import (
    AFTER,
    COMPANY,
    PARTICIPATION_TABLES,
    PROFILE,
    SIDE_ROADS,
    STEPS,
    TAKING_PART,
    TELLABLE,
    WHY,
    Match,
    MatchEntry,
    MatchPaper,
    ParticipationProfile,
)
from pwa_server.desk.models.requests import PersonRequest
from pwa_server.desk.projections.append_and_apply import make_event, record
from pwa_server.desk.projections.rebuild import dump, rebuild
from pwa_server.desk.queries import figures, grounds, requests
from pwa_server.desk.queries import participation as matches
from pwa_server.desk.queries.field_classes import FIELDS as COLUMNS
from sync.events import MATCH_ANSWERS
from tests.desk_pages.planted import ROWS

CASE = "demo-002"
PLACE = {one.name: "" for one in FIELDS} | {
    "name": "おもちゃ修理の会", "doing": "古いゲーム機を直す", "times": "第1・第3土曜 13:30", "kind": "volunteering",
    "state": "open", "district": "", "people": 2, "noise": 2, "gaze": None, "talk": 4, "talk_words": "自己紹介がある",
    "shortest": 15, "alone": True, "anonymous": False, "contact": "電器屋 077-000-0051",
    "verified_until": "2027-05-31",
}  # fmt: skip
LIMITS = dict.fromkeys(LOADS) | {"minutes": 30, "anonymous": False, "alone": False}


def agree(office, case=CASE, **more):
    told = {
        "purpose": "participation",
        "recipient": "",
        "scope": "",
        "method": "oral",
        "status": "given",
        "givenBy": "",
    }
    codes = {"to": ["host"], "scopes": ["profile"], "by": "person", "on": "2026-11-20", "until": None}
    return actions.note_consent(office.desk, office.person("nakagawa"), case, told | codes | more)


@pytest.fixture
def ohno(comes, office):
    person = comes("大野 恵", "participation")
    actions.assign(office.desk, office.person("nakagawa"), CASE, person.id)
    person.row = Staff.get_by_id(person.id)
    return person


@pytest.fixture
def match(office, ohno):
    """A place, a profile with two lines that may be told, a candidate."""
    place = places.write(office.desk, ohno.row, PLACE)
    told = {"texts": {"likes": "ゲーム機", "care": "自己紹介なし", "waves": "月末はつらい"}, "company": "at_first",
            "told": ["likes", "care", "company"], "limits": LIMITS}  # fmt: skip
    acts.write_profile(office.desk, ohno.row, CASE, told)
    return acts.weigh(office.desk, ohno.row, CASE, place, ["直す作業そのもの"], ["月末は12人"])


def canaries(office):
    """A word of its own in every column and every name of every column, of every table, about one case."""
    sign = itertools.count(10000)
    where = {}

    def mark(name):
        word = f"鵺{next(sign)}鵺"
        where[word] = name
        return word

    for table in READ_MODEL:
        if table in (ParticipationProfile, Match, Opportunity) or table not in ROWS:
            continue
        row = {"id": f"canary-{table.__name__}", "case": CASE} | ROWS[table]
        for name, data_class in COLUMNS[table].items():
            if name not in row and data_class:
                row[name] = mark(f"{table.__name__}.{name}")
        table.put(**{name: value for name, value in row.items() if name in COLUMNS[table]})
    CaseFile.update(
        title=mark("CaseFile.title"), no=mark("CaseFile.no"), kana=mark("CaseFile.kana"),
        summary=mark("CaseFile.summary"), preferences=mark("CaseFile.preferences"), household={"note": mark("household")},
    ).where(CaseFile.id == CASE).execute()  # fmt: skip
    Opportunity.update(
        **{one.name: mark(f"place.{one.name}") for one in FIELDS},
        contact=mark("place.contact"),
        district=mark("place.district"),
    ).execute()
    texts_ = {one.name: mark(f"profile.{one.name}") for one in PROFILE}
    ParticipationProfile.update(texts=texts_, limits={"minutes": mark("profile.limits")}).execute()
    Match.update(
        fits=[mark("match.fits")],
        minds=[mark("match.minds")],
        days=mark("match.days"),
        call=mark("match.call"),
    ).execute()
    MatchEntry.update(match="other").where(MatchEntry.id.startswith("canary")).execute()
    return where


ON_THE_HOSTS = {"match.days", "match.call"}
ON_THE_PERSONS = {"match.days", "place.district"} | {
    f"place.{one.name}" for one in FIELDS if one.name not in ("note", "room")
}


def test_nothing_but_what_may_be_told_reaches_a_paper_whatever_is_typed_elsewhere(ohno, office, match):
    """Each line of the profile told alone, and none: the host's paper holds that line and two of the match."""
    where = canaries(office)
    agree(office)
    sheet = re.compile(r'<article class="sheet">.*?</article>', re.DOTALL)

    def on_paper(side):
        ohno.open(f"/matches/{match}/{side}-paper")
        page = sheet.search(ohno.page)
        assert page, ohno.page[-800:]
        return {name for word, name in where.items() if word in page[0]}

    for told in [[], *([name] for name in TELLABLE)]:
        ParticipationProfile.update(told=told).execute()
        lines = {f"profile.{name}" for name in told if name != "company"}
        assert on_paper("host") == ON_THE_HOSTS | lines, told
    assert on_paper("person") == ON_THE_PERSONS
    ParticipationProfile.update(told=list(TELLABLE)).execute()
    ohno.send(f"/matches/{match}/papers", side="host")
    kept = MatchPaper.select().where(MatchPaper.match == match).get()
    assert {where.get(text, text) for text in kept.lines.values()} == ON_THE_HOSTS | {
        f"profile.{one.name}" for one in PROFILE
    } | {"at_first"}
    told = matches.told_to_host(CASE, office.desk.today())
    assert set(told.lines) == set(TELLABLE)


def test_what_a_person_asks_for_holds_how_they_take_part_in_words(ohno, office, match, supervisor):
    """Each row of each of its tables is there, also one without a word; no code of any kind stands in it."""
    agree(office)
    acts.step(office.desk, ohno.row, match, acts.Step("paused", "2026-11-20", why="rest", next="ask_again"))
    heard = {"did": "inside", "felt": "again", "next": "apart", "host_words": "「助かりました」"}
    acts.follow(office.desk, ohno.row, match, acts.Heard("person", "visit", "2026-11-21", **heard))
    for side in ("host", "person"):
        ohno.send(f"/matches/{match}/papers", side=side)
    kept = requests.kept(office.person("nakagawa"), CASE)
    there = [one for part in ("participation_profile", "matching") for one in kept[part][0]]
    rows = {table.__name__: table.select().count() for table in PARTICIPATION_TABLES}
    assert {name: sum(one.table == name for one in there) for name in rows} == rows
    codes = {*STEPS, *SIDE_ROADS, *COMPANY, *WHY, *AFTER, *KINDS, "host", "person", "visit", "yes"}
    codes |= {code for answers in MATCH_ANSWERS.values() for some in answers.values() for code in some}
    assert [word for one in there for word in one.words if word in codes or word.isdecimal()] == []
    supervisor.send(
        "/requests/new", kind="disclosure", requester="person", on="2026-11-20", no="DEMO-002", words="全部"
    )
    asked = PersonRequest.get().id
    for part in ("participation_profile", "matching"):
        supervisor.send(f"/requests/{asked}/part", part=part, reason="")
    for page in (f"/requests/{asked}", f"/requests/{asked}/sheet"):
        text = supervisor.open(page).text
        for told in (
            PLACE["name"], "月末はつらい", "直す作業そのもの", "月末は12人", "中断", "今は休みたい", "中で過ごした",
            "「助かりました」", "はじめだけ", texts.t("ja", "desk.match.host_paper"), PLACE["doing"], "30分",
        ):  # fmt: skip
            assert told in text, (page, told)


def test_without_the_persons_own_word_no_host_is_asked_and_no_paper_is_made(ohno, office, match):
    """Every state of consent that is not a yes of theirs to a host; a withdrawal says what it stops."""

    def shut():
        with pytest.raises(DeskError) as error:
            acts.step(office.desk, ohno.row, match, acts.Step("asked", "2026-11-24"))
        with pytest.raises(DeskError) as paper:
            acts.hand_paper(office.desk, ohno.row, match, "host", {"days": "x"})
        page = ohno.open(f"/matches/{match}/host-paper")
        assert "ゲーム機" not in page.text
        assert "ゲーム機" not in ohno.open(f"/cases/{CASE}/matching?match={match}").text.split("候補")[0]
        return {error.value.code, paper.value.code} == {"host_consent_missing"}

    assert shut()
    for more in (
        {"status": "refused"}, {"by": "family"}, {"to": ["agencies"]}, {"to": []}, {"scopes": ["needs"]},
        {"until": "2026-11-23"}, {"purpose": "sharing"},
    ):  # fmt: skip
        Consent.delete().where(Consent.case == CASE).execute()
        agree(office, **more)
        assert shut(), more
    Consent.delete().where(Consent.case == CASE).execute()
    line = agree(office)
    acts.step(office.desk, ohno.row, match, acts.Step("asked", "2026-11-24"))
    assert "ゲーム機" in ohno.open(f"/matches/{match}/host-paper").text
    stops = grounds.stops(office.desk, Consent.get_by_id(line) if isinstance(line, str) else Consent.get())
    assert [(one.kind, one.name) for one in stops] == [("match", PLACE["name"])]


def test_a_place_whose_day_is_over_is_a_candidate_and_is_asked_first_itself(ohno, office, match):
    agree(office)
    Opportunity.update(verified_until="2026-11-23").execute()
    page = ohno.open(f"/cases/{CASE}/matching")
    assert texts.t("ja", "desk.places.old") in page.text
    ohno.send(f"/matches/{match}/steps", step="asked", on="2026-11-24")
    assert ohno.status == 400
    assert texts.t("ja", "desk.match.wrong.place_unchecked") in ohno.page
    place = Match.get_by_id(match).opportunity
    places.check(office.desk, ohno.row, place, "2027-05-24")
    ohno.send(f"/matches/{match}/steps", step="asked", on="2026-11-24")
    assert Match.get_by_id(match).step == "asked"


def test_reasons_are_words_of_each_side_of_each_limit_and_no_order_by_fit(office, ohno):
    """Every limit there is, kept and passed: a sentence of its own, in both languages; no number ranks a place."""
    today = office.desk.today()
    place = Opportunity(**PLACE | {"id": "x", "found_on": "", "by": "", "at": ""})
    assert matches.offer_of(place, {}, today).fits == []
    for name, good, bad in (
        *((load, 5, 1) for load in ("people", "noise", "talk")),
        ("minutes", max(SHORTEST), min(SHORTEST)),
    ):
        place.shortest = 30
        for limit, list_ in ((good, "fits"), (bad, "minds")):
            said = getattr(matches.offer_of(place, {name: limit}, today), list_)
            assert len(said) == 1, (name, limit)
            assert all(texts.t(lang, said[0].key, **said[0].slots) for lang in ("ja", "en"))
    for name in ("anonymous", "alone"):
        for there, list_ in ((True, "fits"), (False, "minds")):
            setattr(place, name, there)
            said = getattr(matches.offer_of(place, {name: True}, today), list_)
            assert [one.key for one in said] == [f"desk.match.{list_[:-1]}.{name}"]
    place.pay, place.state, place.verified_until = "1回500円", "full", None
    keys = {one.key for one in matches.offer_of(place, {}, today).minds}
    assert keys == {"desk.match.mind.pay", "desk.match.mind.state.full", "desk.match.mind.old"}
    for until, name in (("2027-01-01", "合う"), ("2027-02-01", "合わない")):
        people = 1 if name == "合う" else 5
        places.write(office.desk, ohno.row, PLACE | {"name": name, "people": people, "verified_until": until})
    acts.write_profile(
        office.desk,
        ohno.row,
        CASE,
        {"texts": {}, "company": "", "told": [], "limits": LIMITS | {"people": 1}},
    )
    assert [one.place.name for one in matches.offers(CASE, today)] == ["合わない", "合う"]


def test_steps_go_in_any_order_and_both_sides_are_asked_while_somebody_takes_part(ohno, office, match):
    """Each step from each: it stands where it was said to, and only taking part brings days to ask."""
    agree(office)
    for before, after in itertools.product((*STEPS, *SIDE_ROADS), repeat=2):
        MatchEntry.delete().execute()
        for step, on in ((before, "2026-08-31"), (after, "2026-09-30")):
            acts.step(office.desk, ohno.row, match, acts.Step(step, on))
        row = Match.get_by_id(match)
        assert row.step == after, (before, after)
        since = None if after not in TAKING_PART else "2026-08-31" if before in TAKING_PART else "2026-09-30"
        assert row.started == since
        asked = matches.follow_ups(row)
        assert len(asked) == (6 if since else 0)
    assert [matches.due_on(date(2026, 11, 30), one) for one in ("week", "month", "quarter")] == [
        date(2026, 12, 7), date(2026, 12, 30), date(2027, 2, 28),
    ]  # fmt: skip
    MatchEntry.delete().execute()
    late = acts.step(office.desk, ohno.row, match, acts.Step("joined", "2026-10-01"))
    acts.step(
        office.desk, ohno.row, match, acts.Step("tried", "2026-09-01")
    )  # written later, happened before
    row = Match.get_by_id(match)
    assert (row.step, row.started) == ("joined", "2026-10-01")
    today = office.desk.today()
    assert {(one.period, one.side) for _, one in matches.due(matches.open_matches(ohno.row), today)} == {
        (period, side) for period in ("week", "month") for side in MATCH_ANSWERS
    }
    assert "4" in ohno.open("/participation").text
    for side, answers in MATCH_ANSWERS.items():
        told = {part: codes[0] for part, codes in answers.items()}
        ohno.send(f"/matches/{match}/heard", ask=f"{side} week", on="2026-10-08", **told)
        assert ohno.status == 200, ohno.page[-500:]
    nobody = {"did": "not_reached", "felt": "not_asked", "next": "same"}
    ohno.send(f"/matches/{match}/heard", ask="host month", on="2026-11-02", next_on="2026-11-30", **nobody)
    waits = next(one for one in matches.follow_ups(Match.get_by_id(match)) if one.tried)
    assert (waits.side, waits.on) == ("host", date(2026, 11, 30))
    assert [(one.period, one.side) for _, one in matches.due(matches.open_matches(ohno.row), today)] == [
        ("month", "person")
    ]
    wrong = {"did": "going_well", "felt": "again", "next": "same"}
    ohno.send(f"/matches/{match}/heard", ask="person month", on="2026-11-02", **wrong)
    assert ohno.status == 400  # the other side's answer
    ohno.send(f"/matches/{match}/undo", entry=late)
    row = Match.get_by_id(match)
    assert (row.step, row.started) == ("tried", None)
    assert texts.t("ja", "desk.match.undone") in ohno.open(f"/cases/{CASE}/matching").text


def test_one_match_or_four_ask_the_database_as_often_on_board_rail_and_phone(
    ohno, office, match, count_questions
):
    today = office.desk.today()

    def asked():
        count = count_questions()
        rows = matches.open_matches(ohno.row)
        matches.due(rows, today)
        participation_of(office.desk, office.person("kobayashi"), CASE)
        return len(rows), count()

    acts.step(office.desk, ohno.row, match, acts.Step("joined", "2026-11-10"))
    one, times = asked()
    place = Match.get_by_id(match).opportunity
    for _ in range(3):
        more = acts.weigh(office.desk, ohno.row, CASE, place, [], [])
        acts.step(office.desk, ohno.row, more, acts.Step("joined", "2026-11-10"))
    assert asked() == (one + 3, times)


def test_from_the_profile_to_the_slip_in_forms(ohno, office, supervisor):
    ohno.open(f"/cases/{CASE}")
    assert f"/cases/{CASE}/participation" in ohno.page
    ohno.open(f"/cases/{CASE}/participation")
    profile = {
        "likes": "鉄道模型",
        "hours": "午後",
        "waves": "月末",
        "told": ["likes"],
        "company": "at_first",
        "minutes": "30",
    }
    ohno.send(f"/cases/{CASE}/participation", **profile | {"likes": "DEMO-002の方"})
    assert ohno.status == 400
    assert "月末" in ohno.page
    ohno.send(f"/cases/{CASE}/participation", **profile)
    assert "鉄道模型" in supervisor.open(f"/cases/{CASE}/participation").text
    supervisor.send(f"/cases/{CASE}/participation", **profile)
    assert supervisor.status == 403
    place = places.write(office.desk, ohno.row, PLACE)
    ohno.open(f"/cases/{CASE}/matching")
    assert texts.t("ja", "desk.match.missing.host_consent_missing") in ohno.page
    assert "15分からはじめられる" in ohno.page
    ohno.send(f"/cases/{CASE}/matching", opportunity=place, fits="直す作業\n午後", minds="")
    match = Match.get().id
    agree(office)
    ohno.send(f"/matches/{match}/arranged", days="DEMO-002", call="")
    assert ohno.status == 400
    ohno.send(f"/matches/{match}/arranged", days="第1土曜 13:30–14:00", call="大野 077-000-0041")
    ohno.send(f"/matches/{match}/steps", step="seen", on="2026-11-20", minutes="20", person="「また来れる」",
              host="「静かに見てくれました」", company="小林")  # fmt: skip
    ohno.send(f"/matches/{match}/steps", step="seen", on="2027-01-01")
    assert ohno.status == 400
    page = supervisor.open(f"/cases/{CASE}/matching").text
    for told in (
        "「また来れる」",
        "「静かに見てくれました」",
        "20分",
        "小林",
        "大野 恵",
        "第1土曜 13:30–14:00",
        "鉄道模型",
    ):
        assert told in page, told
    ohno.send(f"/matches/{match}/reasons", fits="○" * 201, minds="")
    assert ohno.status == 400
    assert AccessView.select().where((AccessView.what == "matching") & (AccessView.case == CASE)).exists()
    before = list(dump())
    assert rebuild(office.desk)[1] == []
    assert list(dump()) == before


def test_a_profile_of_before_is_read_line_by_line(office):
    told = {
        "likes": "模型",
        "pace": "午後",
        "avoid": "大人数",
        "company": "at_first",
        "shareable": "模型が好きなこと",
    }
    desk = office.desk
    record(desk, make_event("profile.set", CASE, told, desk.now()), "demo-nakagawa", "demo-nakagawa")
    agree(office)
    assert matches.told_to_host(CASE, desk.today()).lines == {"other": "模型が好きなこと"}
    row = matches.profile_of(CASE)
    assert (row.texts["likes"], row.texts["hours"], row.texts["avoid"]) == ("模型", "午後", "大人数")


def test_what_is_tapped_at_the_hosts_door_answers_at_the_desk_and_without_consent_a_phone_holds_no_line(
    ohno, office, match
):
    phone = office.phone_of("kobayashi")
    acts.step(office.desk, ohno.row, match, acts.Step("joined", "2026-11-10"))

    def on_the_phone():
        office.round(phone)
        return phone.m.documents[f"case/{CASE}"]["participation"]

    held = on_the_phone()
    assert (held["missing"], held["told"]) == ("host_consent_missing", [])
    agree(office)
    held = on_the_phone()
    assert {one["name"]: one["text"] for one in held["told"]} == {
        "likes": "ゲーム機", "care": "自己紹介なし", "company": "at_first"
    }  # fmt: skip
    assert held["kept"] == 1
    assert "月末はつらい" not in str(phone.m.documents)
    asked = {(one["side"], one["period"]): one["on"] for one in held["matches"][0]["ask"]}
    assert asked["person", "week"] == "2026-11-17"
    told = {"match": match, "side": "person", "period": "week", "on": "2026-11-23", "did": "inside", "felt": "again",
            "next": "same", "nextOn": None, "personWords": "「また来れる」", "hostWords": ""}  # fmt: skip
    phone.write(phone.event("match.followed", CASE, told))
    held = on_the_phone()
    assert ("person", "week") not in {(one["side"], one["period"]) for one in held["matches"][0]["ask"]}
    assert "「また来れる」" in ohno.open(f"/cases/{CASE}/matching").text
    assert MatchEntry.get(MatchEntry.period == "week").by == "demo-kobayashi"


def test_the_codes_of_both_sides_have_words_on_phone_and_desk():
    for lang in ("ja", "en"):
        for answers in MATCH_ANSWERS.values():
            assert all(
                texts.has(lang, f"part.{part}.{code}") for part, codes in answers.items() for code in codes
            )
        assert all(texts.has(lang, f"part.step.{step}") for step in (*STEPS, *SIDE_ROADS))
        assert all(texts.has(lang, f"part.line.{name}") for name in (*TELLABLE, "days", "call"))


def test_the_month_counts_who_took_part_by_the_day_it_happened_and_forgets_what_was_taken_back(
    ohno, office, match
):
    def counted(month):
        return {
            name: number
            for name, number in figures.count(figures.month_span(month)).items()
            if name[:5] == "part_"
        }

    acts.step(office.desk, ohno.row, match, acts.Step("seen", "2026-10-05"))
    acts.step(office.desk, ohno.row, match, acts.Step("seen", "2026-10-12"))
    joined = acts.step(office.desk, ohno.row, match, acts.Step("joined", "2026-11-02"))
    place = Match.get_by_id(match).opportunity
    places.note_contact(office.desk, ohno.row, place, "2026-11-03", "phone", "声かけを相談した")
    nothing = dict.fromkeys(dict(figures.GROUPS)["participation"], 0)
    assert counted("2026-10") == nothing | {"part_people": 1, "part_new": 1, "part_seen": 1}
    here = {"part_people": 1, "part_matches": 1, "part_joined": 1, "part_places": 1, "part_talks": 1}
    assert counted("2026-11") == nothing | here
    acts.undo(office.desk, ohno.row, match, joined)
    assert counted("2026-11") == nothing | here | {"part_people": 0, "part_joined": 0}
