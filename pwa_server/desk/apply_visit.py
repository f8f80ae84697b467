"""Visits, their versions, and what supervisors say about them.

A visit's row is always worked out anew from all its versions and reviews (`settle`), so the order in which
they arrived cannot matter. A correction never overwrites: both versions stay; two corrections of the same
version are both kept and marked until a person decides by a correction that names what it settles.
"""

from typing import Any

from .apply_case import after_hand_over
from .clock import plain
from .log import Logged
from .model import Assignment, Photo, PromiseMade, Review, Visit, VisitRead, VisitVersion


def visit_logged(event: Logged) -> None:
    body = event.body or {}
    _keep_version(event, event.id, None, body, {})
    settle(event.id)


def visit_corrected(event: Logged) -> None:
    body = event.body or {}
    _keep_version(event, body["visit"], body["replaces"], body["record"], body)
    settle(body["visit"])


def visit_read(event: Logged) -> None:
    body = event.body or {}
    VisitRead.put(id=event.id, visit=body["visit"], staff=event.by, at=event.at)


def visit_approved(event: Logged) -> None:
    body = event.body or {}
    Review.put(
        id=event.id, visit=body["visit"], version=body["version"], status="approved", by=event.by,
        at=event.at, field=None, question=None, answered_by=None, position=event.position,
    )  # fmt: skip
    settle(body["visit"])


def visit_returned(event: Logged) -> None:
    body = event.body or {}
    Review.put(
        id=body["review"], visit=body["visit"], version=body["version"], status="returned", by=event.by,
        at=event.at, field=body["field"], question=body["question"], answered_by=None,
        position=event.position,
    )  # fmt: skip
    settle(body["visit"])


def promise_kept(event: Logged) -> None:
    promise = (event.body or {})["promise"]
    row = PromiseMade.get_or_none(PromiseMade.id == promise)
    if row is None:
        PromiseMade.create(
            id=promise, case=event.case or "", visit=None, text="", due=None, to="", made_on="", kept=True,
            current=False,
        )  # fmt: skip
    else:
        PromiseMade.update(kept=True).where(PromiseMade.id == promise).execute()


def _keep_version(
    event: Logged, visit: str, replaces: str | None, record: dict[str, Any], told: dict[str, Any]
) -> None:
    VisitVersion.put(
        id=event.id, visit=visit, case=event.case or "", replaces=replaces, at=plain(event.at), by=event.by,
        device=event.device, received_at=event.received_at, changed=told.get("changed", []),
        comment=told.get("comment", ""), answers=told.get("answers"), settles=told.get("settles", []),
        body=record, conflict=False,
    )  # fmt: skip


def settle(visit: str) -> None:
    """Work out the visit's row, promises, photos and review state from all that is known of it."""
    versions = list(
        VisitVersion.select().where(VisitVersion.visit == visit).order_by(*VisitVersion.in_order())
    )
    if not versions:
        return  # only a review so far: its visit has not come yet
    current, disputed = choose(versions)
    for version in versions:
        if version.conflict != (version.id in disputed):
            VisitVersion.update(conflict=version.id in disputed).where(VisitVersion.id == version.id).execute()
    first = next((version for version in versions if version.id == visit), versions[0])
    record = current.body
    _answer_reviews(visit, versions)
    row = Visit(
        id=visit, case=first.case, device=first.device, staff=first.by, occurred_at=plain(record["occurredAt"]),
        received_at=first.received_at, channel=record["channel"], outcome=record["outcome"],
        planned=record.get("planned", ""), reaction=record.get("reaction"), stage=record.get("stage"),
        stage_event=record.get("stageEvent", ""), current_version=current.id,
        review_status=_review_status(visit, current.id),
        urgent="urgent" in record.get("risk", {}).values(), after_hand_over=False,
        by_hand=bool(record.get("byHand")), conflict=bool(disputed),
    )  # fmt: skip
    row.after_hand_over = after_hand_over(
        row, list(Assignment.select().where(Assignment.case == first.case))
    )
    Visit.put(**row.__data__)
    _settle_promises(first.case, visit, versions, current)
    _settle_photos(first.case, visit, record)


def choose(versions: list[Any]) -> tuple[Any, set[str]]:
    """The version that stands, and the versions that cross with no decision yet.

    `versions` are in order of (at, id). Corrections form a tree under the first record; where two replace the
    same one, the one a later correction settled for goes on, else the earlier.
    """
    by_id = {version.id: version for version in versions}
    settled = {one for version in versions for one in version.settles}
    root = next((one for one in versions if one.replaces is None), versions[0])
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


def _review_status(visit: str, current: str) -> str:
    last = Review.select().where(Review.visit == visit).order_by(Review.position.desc()).first()
    if last is None:
        return "waiting"
    if last.status == "approved":
        # What was approved was another version: somebody has to look again.
        return "approved" if last.version == current else "waiting"
    return str(last.status)


def _settle_promises(case: str, visit: str, versions: list[Any], current: Any) -> None:
    standing = {promise["id"] for promise in current.body.get("promises", [])}
    for version in [*versions, current]:  # the current one last: its words stand
        for promise in version.body.get("promises", []):
            known = PromiseMade.get_or_none(PromiseMade.id == promise["id"])
            PromiseMade.put(
                id=promise["id"], case=case, visit=visit, text=promise["text"], due=promise.get("due"),
                to=promise.get("to", ""), made_on=plain(version.body["occurredAt"]),
                kept=bool(known and known.kept), current=promise["id"] in standing,
            )  # fmt: skip


def _settle_photos(case: str, visit: str, record: dict[str, Any]) -> None:
    Photo.delete().where(Photo.visit == visit).execute()
    for place, photo in enumerate(record.get("photos", [])):
        Photo.put(
            id=f"{visit} {photo['blob']}", blob=photo["blob"], visit=visit, case=case, key=photo["key"],
            size=photo["size"], type=photo["type"], width=photo.get("width", 0),
            height=photo.get("height", 0), note=photo.get("note", ""), place=place,
        )  # fmt: skip
