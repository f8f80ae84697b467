"""Full-text search over every record. An index beside the read model, brought up to the log's end as events come.

Each class of data a visit has is an entry of its own (`access.VISIT_PARTS`), so that a word somebody may not read
cannot be found by them either. The index knows texts and visits, not cases: a visit that moves keeps its entries.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.visit_fields import VISIT_FIELDS, texts_at

from ..core.tables import Row, among
from ..models.community import Notice
from ..models.consultations import Consultation
from ..models.handovers import Handover
from ..models.key_values import get_state, set_state
from ..models.office_and_cases import (
    Begun,
    CaseDocument,
    CaseFile,
    CaseName,
    Comment,
    Consent,
    FollowUp,
    LogEntry,
    Member,
    PromiseMade,
    SafetyFlag,
    SearchEntry,
    Tie,
    Visit,
    VisitVersion,
)
from ..models.participation import Match, MatchEntry, MatchPaper, ParticipationProfile
from ..models.plans import Ball, CaseClosing, Monitoring, PlanStep, PlanVersion
from . import search_text
from .access import TABLE, Actor, may
from .field_classes import FIELDS, written
from .former_names import joined_to

if TYPE_CHECKING:
    from ..core.desk import Desk

POSITION = "search_position_3"
SPELLING = "search_spelling"
BATCH = 500
MOST = 2000
# Tables whose rows say something of a case, by the map of their fields (`field_classes`).
ABOUT_CASES: tuple[type[Row], ...] = (
    CaseFile,
    Member,
    SafetyFlag,
    FollowUp,
    PromiseMade,
    Consent,
    CaseDocument,
    Tie,
    Begun,
    CaseName,
    PlanVersion,
    PlanStep,
    Monitoring,
    Ball,
    CaseClosing,
    Consultation,
    Handover,
    ParticipationProfile,
    Match,
    MatchEntry,
    MatchPaper,
)
NOTICES = "notices"
NAMES = {"core": "names", "identity": "readings"}  # class of data → the entry of every name a case ever bore
ABOUT_VISITS = ("visit.logged", "visit.corrected", "visit.commented")


@dataclass(frozen=True)
class Hit:
    """`visit` is None when the words stand in the case itself: its people, safety card, follow-ups, consent."""

    case: str
    visit: Any
    part: str
    text: str


def make_index(db: Any) -> None:
    db.execute_sql(
        "create virtual table if not exists search_index using fts5("
        "grams, content='', contentless_delete=1, tokenize=\"unicode61 remove_diacritics 0\")"
    )


def catch_up(desk: "Desk", most: int = 0) -> int:
    """Take in what the log got since last time (at most `most` events). Returns how many events."""
    count = 0
    if get_state(SPELLING) != search_text.fingerprint():
        _begin_anew(desk)
    while batch := next_batch(min(BATCH, most - count) if most else BATCH):
        index_batch(desk, batch)
        count += len(batch)
    return count


def index_batch(desk: "Desk", batch: list[Any]) -> None:
    with desk.write():
        _index_visits(desk.db, [row.id for row in batch if row.type in ABOUT_VISITS])
        _index_cases(desk.db, {row.case for row in batch if row.case and row.type != "visit.read"})
        if any(row.type.startswith("notice.") for row in batch):
            _index_notices(desk.db)
        set_state(POSITION, batch[-1].position)


def _begin_anew(desk: "Desk") -> None:
    """What was folded by another table than this program's, or indexed otherwise, is forgotten."""
    with desk.write():
        desk.db.execute_sql("drop table if exists search_index")
        SearchEntry.delete().execute()
        make_index(desk.db)
        set_state(POSITION, 0)
        set_state(SPELLING, search_text.fingerprint())


def is_behind() -> bool:
    """Whether the index has still to take in a part of the log, so that what is not found may yet be there."""
    return bool(next_batch(1))


def next_batch(most: int) -> list[Any]:
    """The log's oldest entries that the index has not taken in."""
    rows = LogEntry.select(LogEntry.position, LogEntry.id, LogEntry.type, LogEntry.case)
    rows = rows.where(LogEntry.position > int(get_state(POSITION, 0))).order_by(LogEntry.position)
    return list(rows.limit(most)) if most else []


def _index_visits(db: Any, events: list[str]) -> None:
    changed = [
        row.visit for row in VisitVersion.select(VisitVersion.visit).where(among(VisitVersion.id, events))
    ]
    changed += [row.visit for row in Comment.select(Comment.visit).where(among(Comment.id, events))]
    visits = list(Visit.select().where(among(Visit.id, list(set(changed)))))
    current = [visit.current_version for visit in visits]
    bodies = {row.id: row.body for row in VisitVersion.select().where(among(VisitVersion.id, current))}
    said: dict[str, list[str]] = {}
    for row in (
        Comment.select().where(among(Comment.visit, [v.id for v in visits])).order_by(Comment.position)
    ):
        said.setdefault(row.visit, []).append(row.text)
    entries = []
    for visit in sorted(visits, key=lambda one: (one.occurred_at, one.id)):
        for part, text in texts_of(bodies[visit.current_version]).items():
            entries.append((f"{visit.id} {part}", visit.id, None, part, text))
        entries.append((f"{visit.id} review", visit.id, None, "review", "\n".join(said.get(visit.id, []))))
    _put(db, entries)


def texts_of(body: dict[str, Any]) -> dict[str, str]:
    """The words of a visit by the class of data they belong to."""
    by_part: dict[str, list[str]] = {}
    for one in VISIT_FIELDS:
        if one.search:
            by_part.setdefault(one.search, []).extend(texts_at(one, body))
    return {part: "\n".join(texts) for part, texts in by_part.items()}


def _index_cases(db: Any, cases: set[str]) -> None:
    """The cases' own entries. A record joined to another has none: its names and people are found as the other's."""
    became = Consultation.select(Consultation.into).where(among(Consultation.id, sorted(cases)))
    cases = cases | {row.into for row in became if row.into}
    joined = joined_to(cases)
    ids = sorted(cases | joined.keys() | set(joined.values()))
    texts: dict[tuple[str, str], list[str]] = {}
    table: Any
    for table in ABOUT_CASES:
        key = {CaseFile: CaseFile.id, Consultation: Consultation.into}.get(table) or table.case
        for row in table.select().where(among(key, ids)).order_by(table.id):
            case = row.id if table is CaseFile else row.case
            if table is CaseFile and case in joined:
                continue
            for part, words in written(row).items():
                texts.setdefault((joined.get(case, case), part), []).extend(words)
                if table is CaseName:
                    texts.setdefault((joined.get(case, case), NAMES[part]), []).extend(words)
    classes = {part: part for one in ABOUT_CASES for part in FIELDS[one].values() if part in TABLE}
    classes |= {name: part for part, name in NAMES.items()}
    entries = {(case, name): part for case in ids for name, part in classes.items()}
    _put(
        db,
        [
            (
                f"{case} {name}",
                None,
                case,
                part,
                "\n".join(text for text in texts.get((case, name), []) if text),
            )
            for (case, name), part in sorted(entries.items())
        ],
    )


def _index_notices(db: Any) -> None:
    """An office has few of them; one that did not change is left as it is."""
    rows = Notice.select().order_by(Notice.at, Notice.id)
    _put(
        db,
        [
            (
                f"{row.id} {NOTICES}",
                None,
                None,
                NOTICES,
                "" if row.withdrawn else "\n".join([row.who, row.place, row.noticed, row.thanks]),
            )
            for row in rows
        ],
    )


def _put(db: Any, entries: Sequence[tuple[str, str | None, str | None, str, str]]) -> None:
    known = {
        row.key: row
        for row in SearchEntry.select().where(among(SearchEntry.key, [one[0] for one in entries]))
    }
    for key, visit, case, part, text in entries:
        row = known.get(key)
        if row is not None and row.text == text:
            continue
        if row is None and not text:
            continue
        if row is None:
            row = SearchEntry.create(key=key, visit=visit, case=case, part=part, text=text)
        else:
            db.execute_sql("delete from search_index where rowid = ?", (row.id,))
            SearchEntry.update(text=text).where(SearchEntry.id == row.id).execute()
        db.execute_sql(
            "insert into search_index(rowid, grams) values (?, ?)", (row.id, search_text.grams(text))
        )


def find(
    desk: "Desk", actor: Actor, cases: list[str] | None, query: str, wanted: dict[str, str]
) -> tuple[list[Hit], bool]:
    """Hits this person may read, the latest first, and whether there are more than are looked at.

    `cases`: None for the whole office. `wanted`: staff, channel, since, until (dates), what ("visits" | "cases").
    """
    catch_up(desk, BATCH)
    terms = search_text.asked(query)
    if not terms:
        return [], False
    where, values = _conditions(cases, wanted)
    rows = list(
        desk.db.execute_sql(
            'select e.id, e.visit, coalesce(v."case", e."case"), e.part, v.staff from search_index f'  # noqa: S608
            " join searchentry e on e.id = f.rowid left join visit v on v.id = e.visit"
            f" where search_index match ?{where} order by f.rowid desc limit {MOST + 1}",
            (terms, *values),
        )
    )
    everywhere = {part for part in TABLE if cases is None and may(actor, "see", part)}
    seen = [
        (id_, visit, case, part)
        for id_, visit, case, part, staff in rows[:MOST]
        if part in everywhere or may(actor, "see", part, case, author=staff)
    ]
    return _hits(seen), len(rows) > MOST


def named(actor: Actor, query: str) -> list[str]:
    """Cases whose number, name or reading, today's or a former one, holds every word of the question."""
    read = [case for case in _keys(query, "% readings") if may(actor, "see", "identity", case)]
    return [*_keys(query, "% names"), *read]


def notices(actor: Actor, query: str) -> list[Any]:
    """Notices this person may read in which every word is found, the latest first."""
    rows = Notice.select().where(among(Notice.id, _keys(query, f"% {NOTICES}")) & ~Notice.withdrawn)
    return [
        row for row in rows.order_by(Notice.at.desc(), Notice.id) if may(actor, "see", NOTICES, author=row.by)
    ]


def _keys(query: str, like: str) -> list[str]:
    terms = search_text.asked(query)
    if not terms:
        return []
    rows = SearchEntry._meta.database.execute_sql(
        "select e.key from search_index f join searchentry e on e.id = f.rowid"
        " where search_index match ? and e.key like ? order by f.rowid desc limit ?",
        (terms, like, MOST),
    )
    return [key.rpartition(" ")[0] for (key,) in rows]


def _conditions(cases: list[str] | None, wanted: dict[str, str]) -> tuple[str, list[Any]]:
    where, values = f" and e.part <> '{NOTICES}'", []
    if cases is not None:
        where += ' and coalesce(v."case", e."case") in (select value from json_each(?))'
        values.append(json.dumps(cases))
    for name, sql in (
        ("staff", " and v.staff = ?"),
        ("channel", " and v.channel = ?"),
        ("since", " and v.occurred_at >= ?"),
        ("until", " and v.occurred_at < ?"),
    ):
        if wanted.get(name):
            where += sql
            values.append(wanted[name])
    what = wanted.get("what")
    return where + {"visits": " and e.visit is not null", "cases": " and e.visit is null"}.get(
        what or "", ""
    ), values


def _hits(seen: list[tuple[int, str | None, str, str]]) -> list[Hit]:
    """One hit a visit or case, with the text it was found in."""
    first: dict[tuple[str | None, str], tuple[int, str]] = {}
    for id_, visit, case, part in seen:
        first.setdefault((visit, case if visit is None else ""), (id_, part))
    ids = [id_ for id_, _ in first.values()]
    texts = {row.id: row.text for row in SearchEntry.select().where(among(SearchEntry.id, ids))}
    visits = {row.id: row for row in Visit.select().where(among(Visit.id, [v for v, _ in first if v]))}
    hits = []
    for (visit, case), (id_, part) in first.items():
        row = visits.get(visit or "")
        hits.append(Hit(row.case if row else case, row, part, texts[id_]))
    hits.sort(key=lambda hit: hit.visit.occurred_at if hit.visit else "9", reverse=True)
    return hits
