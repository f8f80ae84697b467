"""確認: the queue, one record beside its past, and the decision: approve and next, or return with a question."""

from typing import Annotated, Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for

from sync.limits import MAX_EVENTS

from ... import actions
from ...core.errors import DeskError
from ...core.tables import among
from ...log.event_log import read_entry
from ...models.office_and_cases import (
    BlobFile,
    Comment,
    FollowUp,
    LogEntry,
    Photo,
    Review,
    Staff,
    Visit,
    VisitFlag,
    VisitVersion,
)
from ...queries.access import demand, demand_row, may, may_review
from ...queries.access_log import note_view, note_views
from ..cases import engagement_chart
from ..cases import list as case_list
from ..cases.case import seen_contacts
from ..cases.engagement_chart import line
from ..layout import counts
from ..layout.assured import for_phone
from ..layout.forms import Form, Id, Ids, at_field, checked, most, needed, sent, typed
from ..layout.lookups import bodies, books, labels, readers, reviews
from ..layout.page import Undo, say
from ..layout.session import me, the_desk
from . import annotations, quotes, record, worker_saw
from . import conflicts as crossing
from .tags import highlights, needs_one_by_one, one_by_one

pages = Blueprint("review", __name__)
AGES = (1, 3, 7, 14)  # days a record has waited
LONGEST_QUESTION, LONGEST_FIELD = 2000, 4000  # a field may come with the passage that is asked about
MISSING = ("no_checklist", "unanswered")  # codes of tags


@pages.get("/review")
def queue() -> Any:
    demand(me(), "see", "review")
    chosen = request.args.get("show", "all")
    everything = counts.waiting_visits()
    staff, days = request.args.get("staff", ""), case_list.number(request.args.get("days", ""))
    waiting = [row for row in everything if fits(row, staff, days)]
    tags = highlights(waiting)
    kinds = {
        "all": waiting,
        "urgent": [row for row in waiting if row.urgent],
        "care": [row for row in waiting if any(tag.tone == "wait" for tag in tags[row.id])],
        "two": [row for row in waiting if row.conflict],
        "late": [row for row in waiting if row.after_hand_over],
        "answered": [row for row in waiting if row.review_status == "answered"],
        "checklist": [row for row in waiting if any(tag.code in MISSING for tag in tags[row.id])],
        "flagged": [row for row in waiting if any(tag.code == "flagged" for tag in tags[row.id])],
    }
    bulk = {row.id for row in waiting if not one_by_one(tags[row.id])}
    returned = returned_rows()
    shown = done_rows() if chosen == "done" else kinds.get(chosen, waiting)
    if chosen == "done":
        tags = highlights(shown)
    note_views(the_desk(), me(), "review", [*(row["case"] for row in returned), *(row.case for row in shown)])
    return render_template(
        "desk/review.html",
        rows=shown,
        tags=tags,
        chosen=chosen,
        kinds=kinds,
        returned=returned,
        bulk=bulk,
        waiting=waiting,
        everything=everything,
        writers=writers(everything),
        staff=staff,
        days=days,
        ages=AGES,
        **books(shown),
    )


def fits(visit: Any, staff: str, days: int) -> bool:
    """Whether a visit is of this worker, and waits for this many days at least."""
    return staff in ("", visit.staff) and (not days or g.words.days_since(visit.received_at) >= days)


def writers(visits: list[Any]) -> list[tuple[str, str]]:
    """Who wrote what waits, by their reading."""
    ids = list({row.staff for row in visits})
    return [
        (row.id, row.name)
        for row in Staff.select().where(among(Staff.id, ids)).order_by(Staff.kana, Staff.id)
    ]


def returned_rows() -> list[Any]:
    """Questions that went out, the newest first, with whether the answer came."""
    rows = (
        Review.select()
        .where(Review.status.in_(("returned", "answered")))
        .order_by(Review.at.desc())
        .limit(60)
    )
    asked = list(rows)
    named = Visit.select(Visit.id, Visit.case).where(among(Visit.id, [row.visit for row in asked]))
    cases = {row.id: row.case for row in named}
    pairs = [(row, cases.get(row.visit)) for row in asked]
    return [{"review": row, "case": case} for row, case in pairs if case in counts.my_cases()]


def done_rows() -> list[Any]:
    rows = (
        Visit.select().where(Visit.review_status == "approved").order_by(Visit.occurred_at.desc()).limit(100)
    )
    return [row for row in rows if row.case in counts.my_cases()]


class Ticked(Form):
    visit: Ids


class Version(Form):
    """The version the page was drawn with."""

    version: Id = ""


class Question(Version):
    field: Annotated[str, most(LONGEST_FIELD)] = ""
    question: Annotated[str, needed(LONGEST_QUESTION)]


@pages.post("/review/approve")
def approve_many() -> Any:
    """Approve what was ticked. Urgent, worrying and two-valued records are left: each wants its own look."""
    demand(me(), "change", "review")
    desk, done, left = the_desk(), [], 0
    for visit in sent(Ticked).visit[:100]:
        row = Visit.get_or_none(Visit.id == visit)
        if row is None or row.review_status == "approved" or needs_one_by_one(row):
            left += 1
            continue
        actions.read_visit(desk, me(), visit)
        actions.approve(desk, me(), visit)
        done.append(visit)
    undo = (url_for("annotations.undo"), [("visit", one) for one in done]) if done else None
    say(
        "desk.said.approved_many" if not left else "desk.said.approved_some",
        undo=undo,
        count=len(done),
        left=left,
    )
    return redirect(url_for("review.queue"))


@pages.get("/visits/<visit>")
def page(visit: str) -> Any:
    """Opening it is written down, and for a reviewer told to the phone as "read by NAME"."""
    row = actions.read_visit(the_desk(), me(), visit)
    words, versions = g.words, record.versions_of(visit)
    current = next(one for one in versions if one.id == row.current_version)
    body = record.shown_body(current, row)
    if body is None:
        raise DeskError("not_allowed")
    members, here = labels(row.case), (row.occurred_at, row.id)
    asked = may(me(), "see", "review", row.case, author=row.staff)
    all_reviews = reviews(visit) if asked else []
    past = [one for one in seen_contacts(row.case) if (one.occurred_at, one.id) <= here]
    ids = [one.id for one in counts.waiting_visits()]
    place = ids.index(visit) if visit in ids else None
    crossing_now = [one for one in versions if one.conflict]
    marks = VisitFlag.select().where(VisitFlag.visit == visit).order_by(VisitFlag.on, VisitFlag.id)
    talk = Comment.select().where(Comment.visit == visit).order_by(Comment.position)
    before = past[:-1][-3:][::-1]
    return render_template(
        "desk/visit.html",
        visit=row,
        body=body,
        current=current,
        versions=versions,
        members=members,
        notes=record.notes(row, current, versions, all_reviews),
        changes=record.other_changes(current, versions, row, words, members),
        reviews=all_reviews,
        checklist=record.checklist(body, words),
        record=record,
        words=words,
        chart=engagement_chart.draw(line(past[-12:]), words, width=378, reactions=False, step=24),
        line=past,
        before=before,
        before_bodies=bodies(before),
        readers=readers(visit),
        photos=photos_of(visit) if "photos" in body else [],
        **appointments(row),
        place=place,
        total=len(ids),
        next_id=_beside(ids, place, 1),
        previous_id=_beside(ids, place, -1),
        can_review=may_review(me(), row),
        own=row.staff == me().id,
        may_correct=may(me(), "change", "visit_facts", row.case, author=row.staff),
        waits_for_me=row.staff == me().id and actions.open_review(visit) is not None,
        ask=request.args.get("ask", ""),
        draft=annotations.draft_of(f"visit {visit}"),
        flags=list(marks) if asked else [],
        crossing=crossing_now,
        fields=crossing.fields(crossing_now),
        passages=quotes,
        choices=quotes.choices(body),
        saw=worker_saw.seen(row),
        talk=list(talk) if asked else [],
        may_talk=actions.may_converse(me(), row),
        comment_draft=annotations.draft_of(f"comment {visit}"),
        flag_draft=annotations.draft_of(f"flag {visit}"),
        flagging=request.args.get("flag", ""),
        may_flag=may(me(), "change", "review", row.case),
        corrections=record.corrections(versions, row, words, members),
        **books(),
    )


def _beside(ids: list[str], place: int | None, step: int) -> str | None:
    if place is None:
        return None
    return ids[place + step] if 0 <= place + step < len(ids) else None


def appointments(visit: Any) -> dict[str, Any]:
    """What was agreed with this record, as it stands now, and the case's next where that is another."""
    if not may(me(), "see", "followups", visit.case, author=visit.staff):
        return {"agreed": [], "following": None}
    agreed, following = agreed_with(visit), next_followup(visit.case)
    others = following is not None and following.id not in {row.id for row in agreed}
    return {"agreed": agreed, "following": following if others else None}


def agreed_with(visit: Any) -> list[Any]:
    """Follow-ups that came in the record's own envelope: they stand behind it in the log, from the same phone."""
    entry = LogEntry.get_or_none(LogEntry.id == visit.id)
    if entry is None:
        return []
    behind = LogEntry.select().where(
        (LogEntry.position > entry.position)
        & (LogEntry.position <= entry.position + MAX_EVENTS)
        & (LogEntry.source == entry.source)
        & (LogEntry.received_at == entry.received_at)
    )
    found = []
    for row in behind.order_by(LogEntry.position):
        if row.type == "visit.logged":
            break
        if row.type == "followup.scheduled" and row.case == entry.case:
            found.append(row.id)
    agreed_with = [one.body["followup"] for one in map(read_entry, found) if one is not None and one.body]
    return list(FollowUp.select().where(among(FollowUp.id, agreed_with)).order_by(FollowUp.at))


def next_followup(case: str) -> Any:
    starts = counts.today_starts()
    rows = FollowUp.select().where((FollowUp.case == case) & (FollowUp.state == "open") & FollowUp.known)
    return rows.where(FollowUp.at >= starts).order_by(FollowUp.at).first()


def photos_of(visit: str) -> list[Any]:
    rows = list(Photo.select().where(Photo.visit == visit).order_by(Photo.place))
    here = {row.id for row in BlobFile.select(BlobFile.id).where(BlobFile.state == "here")}
    return [{"row": row, "here": row.blob in here} for row in rows]


@pages.get("/visits/<visit>/photos/<int(max=99):place>")
def photo(visit: str, place: int) -> Any:
    row = Visit.get_or_none(Visit.id == visit)
    picture = Photo.get_or_none((Photo.visit == visit) & (Photo.place == place))
    row = demand_row(me(), "see", "photos", row, "staff")
    if picture is None:
        abort(404)
    blob = BlobFile.get_or_none((BlobFile.id == picture.blob) & (BlobFile.state == "here"))
    if blob is None:
        abort(404)
    note_view(the_desk(), me(), f"photo {visit} {place}", row.case)
    return Response(bytes(blob.jpeg or b""), mimetype="image/jpeg")


@pages.post("/visits/<visit>/approve")
def approve(visit: str) -> Any:
    ids = [one.id for one in counts.waiting_visits()]
    following = _beside(ids, ids.index(visit), 1) if visit in ids else None
    actions.approve(the_desk(), me(), visit, sent(Version).version or None)
    _say_of("desk.said.approved", visit, undo=(url_for("annotations.undo"), [("visit", visit)]))
    rest = [one for one in ids if one != visit]
    return _go_on(following or (rest[0] if rest else None))


@pages.post("/visits/<visit>/return")
def return_(visit: str) -> Any:
    row = Visit.get_or_none(Visit.id == visit)
    if row is None:
        abort(404)
    body = record.shown_body(VisitVersion.get_by_id(row.current_version), row) or {}
    asked = typed(Question)
    annotations.keep(f"visit {visit}", asked["question"])  # whatever refuses it now
    again = url_for("review.page", visit=visit, ask=asked["field"][:40]) + "#ask"
    form = checked(Question, again, "desk.error.question_missing")
    about = quotes.read_choice(form.field, body)
    if about is None:
        raise at_field(again, "field", "desk.error.question_missing")
    actions.return_visit(the_desk(), me(), visit, about[0], form.question, form.version or None, about[1])
    annotations.forget_draft(f"visit {visit}")
    _say_of("desk.said.returned", visit)
    return redirect(url_for("review.page", visit=visit))


@pages.post("/visits/<visit>/choose")
def choose(visit: str) -> Any:
    """Decide between two corrections that crossed: the chosen one stands, the other stays in the history."""
    chosen = VisitVersion.get_or_none(
        (VisitVersion.visit == visit) & (VisitVersion.id == sent(Version).version)
    )
    if chosen is None:
        abort(404)
    crossing = VisitVersion.select().where((VisitVersion.visit == visit) & VisitVersion.conflict)
    others = [row.id for row in crossing if row.id != chosen.id]
    actions.correct_visit(
        the_desk(), me(), visit, chosen.id, [], chosen.body, g.words.t("desk.visit.chosen_comment"), others
    )
    _say_of("desk.said.chosen", visit)
    return redirect(url_for("review.page", visit=visit))


@pages.post("/visits/<visit>/draft")
def keep_draft(visit: str) -> Any:
    """What is being typed, kept as it grows. It lies in the desk's own encrypted database, not in the browser."""
    annotations.keep(f"visit {visit}", typed(annotations.BeingTyped)["text"])
    return {"kept": True}


def _say_of(key: str, visit: str, undo: Undo | None = None) -> None:
    row = Visit.get_by_id(visit)
    case = books()["cases"].get(row.case)
    sentence = key if key == "desk.said.chosen" else for_phone(key, row.staff)
    say(
        sentence,
        undo=undo,
        case=case.no if case else "",
        channel=g.words.term("channel", row.channel),
        name=books()["people"].get(row.staff, ""),
    )


def _go_on(visit: str | None) -> Any:
    return redirect(url_for("review.page", visit=visit) if visit else url_for("review.queue"))
