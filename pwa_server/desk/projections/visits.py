"""Visits, their versions, and what supervisors say about them.

A visit's row is always worked out anew from all its versions and reviews (`settle`), so the order in which
they arrived cannot matter. A correction never overwrites: both versions stay; two corrections of the same
version are both kept and marked until a person decides by a correction that names what it settles.
"""

import copy
from typing import Any

from ..core.clock import plain
from ..core.tables import among
from ..log.event_log import Logged
from ..models.office_and_cases import (
    Assignment,
    Comment,
    Photo,
    PromiseMade,
    Review,
    Undone,
    Visit,
    VisitFlag,
    VisitRead,
    VisitVersion,
)
from . import bulk
from .appointments import reopen
from .cases import after_hand_over
from .promises import Promises

EMPTY: tuple[Any, ...] = (None, "", [], {})


def visit_logged(event: Logged) -> None:
    body = event.body or {}
    _keep_version(event, event.id, None, body, {})
    settle(event.id)


def visit_corrected(event: Logged) -> None:
    body = event.body or {}
    _keep_version(event, body["visit"], body["replaces"], body["record"], body)
    settle(body["visit"])


def visit_withdrawn(event: Logged) -> None:
    body = event.body or {}
    _undo(event, body["visit"], "withdrawn", {"reason": body["reason"], "moved_to": None, "moved_as": None})


def visit_misfiled(event: Logged) -> None:
    body = event.body or {}
    columns = {"reason": body["comment"], "moved_to": body["to"], "moved_as": body["as"]}
    _undo(event, body["visit"], "misfiled", columns)
    settle(body["as"])  # what was promised goes with it, whichever of the two came first


def _undo(event: Logged, visit: str, kind: str, values: dict[str, Any]) -> None:
    Undone.put(
        id=event.id,
        visit=visit,
        case=event.case or "",
        kind=kind,
        by=event.by,
        device=event.device,
        at=plain(event.at),
        **values,
    )
    settle(visit)


def visit_read(event: Logged) -> None:
    body = event.body or {}
    bulk.put(VisitRead, id=event.id, visit=body["visit"], staff=event.by, at=event.at)


def visit_approved(event: Logged) -> None:
    body = event.body or {}
    bulk.put(
        Review,
        id=event.id,
        visit=body["visit"],
        version=body["version"],
        status="approved",
        by=event.by,
        at=event.at,
        field=None,
        question=None,
        passage=None,
        answered_by=None,
        undone_by=None,
        undone_at=None,
        position=event.position,
    )
    settle(body["visit"])


def visit_returned(event: Logged) -> None:
    body = event.body or {}
    bulk.put(
        Review,
        id=body["review"],
        visit=body["visit"],
        version=body["version"],
        status="returned",
        by=event.by,
        at=event.at,
        field=body["field"],
        question=body["question"],
        passage=body.get("passage"),
        answered_by=None,
        undone_by=None,
        undone_at=None,
        position=event.position,
    )
    settle(body["visit"])


def approval_undone(event: Logged) -> None:
    body = event.body or {}
    bulk.catch_up()
    Review.update(status="undone", undone_by=event.by, undone_at=event.at).where(
        (Review.id == body["review"]) & (Review.status == "approved")
    ).execute()
    settle(body["visit"])


def visit_flagged(event: Logged) -> None:
    body = event.body or {}
    VisitFlag.put(
        id=body["flag"],
        visit=body["visit"],
        case=event.case or "",
        text=body["text"],
        on=body["on"],
        by=event.by,
        at=event.at,
        settled_at=None,
        settled_by=None,
        comment="",
    )


def flag_settled(event: Logged) -> None:
    body = event.body or {}
    VisitFlag.update(settled_at=event.at, settled_by=event.by, comment=body.get("comment", "")).where(
        (VisitFlag.id == body["flag"]) & VisitFlag.settled_at.is_null()
    ).execute()


def visit_commented(event: Logged) -> None:
    body = event.body or {}
    Comment.put(
        id=event.id,
        visit=body["visit"],
        case=event.case or "",
        text=body["text"],
        by=event.by,
        at=event.at,
        position=event.position,
    )


def promise_kept(event: Logged) -> None:
    promise = (event.body or {})["promise"]
    row = PromiseMade.get_or_none(PromiseMade.id == promise)
    if row is None:
        PromiseMade.create(
            id=promise,
            case=event.case or "",
            visit=None,
            text="",
            due=None,
            to="",
            made_on="",
            kept=True,
            current=False,
        )
    else:
        PromiseMade.update(kept=True).where(PromiseMade.id == promise).execute()


def _keep_version(
    event: Logged, visit: str, replaces: str | None, record: dict[str, Any], values: dict[str, Any]
) -> None:
    bulk.put(
        VisitVersion,
        id=event.id,
        visit=visit,
        case=event.case or "",
        replaces=replaces,
        at=plain(event.at),
        by=event.by,
        device=event.device,
        received_at=event.received_at,
        changed=values.get("changed", []),
        comment=values.get("comment", ""),
        answers=values.get("answers"),
        settles=values.get("settles", []),
        body=record,
        sent=None,
        conflict=False,
    )


def settle(visit: str) -> None:
    """Work out the visit's row, promises, photos and review state from all that is known of it."""
    if not bulk.later("visits", visit):
        settle_many([visit])


def settle_many(visits: list[str]) -> None:
    """The same for many at once: each is worked out from its own versions, reviews and assignments alone."""
    versions: dict[str, list[Any]] = {}
    values = VisitVersion.select().where(among(VisitVersion.visit, visits))
    for version in values.order_by(*VisitVersion.in_order()).namedtuples():
        versions.setdefault(version.visit, []).append(version)
    answered = [visit for visit, found in versions.items() if any(version.answers for version in found)]
    for visit in answered:
        _answer_reviews(visit, versions[visit])
    last: dict[str, Any] = {}
    said = Review.select().where(among(Review.visit, visits) & (Review.status != "undone"))
    for review in said.order_by(Review.position).namedtuples():
        last[review.visit] = review
    running: dict[str, list[Any]] = {}
    cases = {version.case for found in versions.values() for version in found}
    for row in Assignment.select().where(among(Assignment.case, list(cases))).namedtuples():
        running.setdefault(row.case, []).append(row)
    undone: dict[str, list[Any]] = {}
    for out in Undone.select().where(among(Undone.visit, visits)).order_by(Undone.at, Undone.id):
        undone.setdefault(out.visit, []).append(out)
    came_from = {row.moved_as: row.visit for row in Undone.select().where(among(Undone.moved_as, visits))}
    photographed = {row.visit for row in Photo.select(Photo.visit).where(among(Photo.visit, visits))}
    rows, gone, promised = [], [], Promises(versions)
    for visit, found in versions.items():  # one that has only a review so far waits for its visit
        found = carry_over(found, _photos_of(came_from.get(visit)))
        current, disputed = choose(found)
        first = _first_of(visit, found)
        if visit in undone and undone_by(undone[visit], first.by) is not None:
            promised.take_out(first.case, visit, found)
            gone.append(visit)
            continue
        rows.append(_row(visit, found, current, disputed, last.get(visit), running))
        promised.settle(rows[-1]["case"], visit, found, current.body)
        if visit in photographed or current.body.get("photos"):
            _settle_photos(rows[-1]["case"], visit, current.body)
    promised.write()
    Visit.put_many(rows)
    if gone:
        _take_out(gone)


def _row(
    visit: str,
    versions: list[Any],
    current: Any,
    disputed: set[str],
    review: Any,
    running: dict[str, list[Any]],
) -> dict[str, Any]:
    for version in versions:
        if version.conflict != (version.id in disputed):
            VisitVersion.update(conflict=version.id in disputed).where(
                VisitVersion.id == version.id
            ).execute()
    first = _first_of(visit, versions)
    record = current.body
    return {
        "id": visit,
        "case": first.case,
        "device": first.device,
        "staff": first.by,
        "occurred_at": plain(record["occurredAt"]),
        "received_at": first.received_at,
        "channel": record["channel"],
        "outcome": record["outcome"],
        "met": record.get("metWith", []),
        "planned": record.get("planned", ""),
        "reaction": record.get("reaction"),
        "stage": record.get("stage"),
        "stage_event": record.get("stageEvent", ""),
        "current_version": current.id,
        "review_status": _review_status(review, current),
        "urgent": "urgent" in record.get("risk", {}).values(),
        "after_hand_over": after_hand_over(
            first.device, first.by, first.received_at, running.get(first.case, [])
        ),
        "by_hand": bool(record.get("byHand")),
        "conflict": bool(disputed),
    }


def _first_of(visit: str, versions: list[Any]) -> Any:
    return next((version for version in versions if version.id == visit), versions[0])


def _take_out(visits: list[str]) -> None:
    """Out of every list."""
    Visit.delete().where(among(Visit.id, visits)).execute()
    Photo.delete().where(among(Photo.visit, visits)).execute()
    reopen(visits)


def undone_by(undone: list[Any], writer: str) -> Any | None:
    """What takes it out, if it may: its writer's own word, or a person's at the desk."""
    return next((row for row in undone if row.device is None or row.by == writer), None)


def _photos_of(visit: str | None) -> list[Any]:
    """The photos of a visit that was moved to another household, whatever the phone that moved it held of them."""
    moved = VisitVersion.select().where(VisitVersion.visit == visit).order_by(*VisitVersion.in_order())
    versions = [] if visit is None else list(moved.namedtuples())
    return list(choose(versions)[0].body.get("photos", [])) if versions else []


def carry_over(versions: list[Any], photos: list[Any]) -> list[Any]:
    """The versions, each with what it left out and does not name as changed taken from the one it replaces.

    A phone cannot send what it does not hold (the keys of photos another phone took, a part its worker may not see
    any more). `photos` are those of the visit this one was moved from. What was sent is kept in `sent`, so that the
    order in which versions arrive decides nothing.
    """
    by_id = {one.id: one for one in versions}
    root = _first(versions)
    whole: dict[str, Any] = {root.id: _complete(root, {"photos": photos}) if photos else root}
    for version in versions:
        line = _line_to(whole, version, by_id, root)
        for one in reversed(line):
            before = whole.get(one.replaces, root)
            whole[one.id] = _complete(one, before.body)
    return [whole[one.id] for one in versions]


def _line_to(whole: dict[str, Any], version: Any, by_id: dict[str, Any], root: Any) -> list[Any]:
    """This version and those it replaces, the latest first, as far as they are not worked out yet."""
    line: list[Any] = []
    while version.id not in whole and version not in line:  # a forged circle of corrections ends
        line.append(version)
        version = by_id.get(version.replaces, root)
    return line


def _complete(version: Any, before: dict[str, Any]) -> Any:
    sent = version.body if version.sent is None else version.sent
    body = carried(before, sent, version.changed)
    complete = None if body == sent else sent
    if body != version.body or complete != version.sent:
        VisitVersion.update(body=body, sent=complete).where(VisitVersion.id == version.id).execute()
    return version._replace(body=body, sent=complete)


def carried(before: Any, now: Any, changed: list[str], at: str = "") -> Any:
    """`now` with everything of `before` that it leaves empty though no path of `changed` names it."""
    merged = copy.copy(now)
    for name, value in before.items():
        path = f"{at}.{name}" if at else name
        if any(path == one or path.startswith(f"{one}.") for one in changed):
            continue
        mine = now.get(name)
        inner = isinstance(value, dict) and (isinstance(mine, dict) or mine is None)
        if inner and any(one.startswith(f"{path}.") for one in changed):
            merged[name] = carried(value, mine or {}, changed, path)
        elif inner and mine:
            merged[name] = carried(value, mine, changed, path)
        elif mine in EMPTY and value not in EMPTY:
            merged[name] = value
    return merged


def _first(versions: list[Any]) -> Any:
    return next((one for one in versions if one.replaces is None), versions[0])


def choose(versions: list[Any]) -> tuple[Any, set[str]]:
    """The version that stands, and the versions that cross with no decision yet.

    `versions` are in order of (at, id). Corrections form a tree under the first record; where two replace the
    same one, the one a later correction settled for goes on, else the earlier.
    """
    by_id = {version.id: version for version in versions}
    settled = {one for version in versions for one in version.settles}
    root = _first(versions)
    children: dict[str, list[Any]] = {}
    for version in versions:
        if version is not root:
            # A correction of something that is not here yet hangs under the first record.
            parent = version.replaces if version.replaces in by_id else root.id
            children.setdefault(parent, []).append(version)
    disputed: set[str] = set()
    current, seen = root, {root.id}
    while current.id in children:
        crossing = [one for one in children[current.id] if one.id not in settled] or children[current.id]
        if len(crossing) > 1:
            disputed.update(one.id for one in crossing)
        current = crossing[0]
        if current.id in seen:
            break  # a forged circle of corrections
        seen.add(current.id)
    return current, disputed


def _answer_reviews(visit: str, versions: list[Any]) -> None:
    for version in versions:
        if version.answers:
            Review.update(status="answered", answered_by=version.id).where(
                (Review.id == version.answers)
                & (Review.visit == visit)
                & (Review.answered_by.is_null() | (Review.answered_by > version.id))
            ).execute()


def _review_status(last: Any, current: Any) -> str:
    if last is None:
        # Years of another program's records are nobody's to review; a correction of one is.
        return "imported" if current.replaces is None and current.body.get("import") else "waiting"
    if last.status == "approved":
        # What was approved was another version: somebody has to look again.
        return "approved" if last.version == current.id else "waiting"
    return str(last.status)


def _settle_photos(case: str, visit: str, record: dict[str, Any]) -> None:
    Photo.delete().where(Photo.visit == visit).execute()
    for place, photo in enumerate(record.get("photos", [])):
        Photo.put(
            id=f"{visit} {photo['blob']}",
            blob=photo["blob"],
            visit=visit,
            case=case,
            key=photo["key"],
            size=photo["size"],
            type=photo["type"],
            width=photo.get("width", 0),
            height=photo.get("height", 0),
            note=photo.get("note", ""),
            place=place,
        )
