"""Where each phone's records are, in words: 届いている, 控え待ち, 預かり, 音沙汰なし."""

from dataclasses import dataclass
from typing import Any

from flask import g
from peewee import fn

from ...core.clock import read_stamp
from ...exchange.app_versions import newest_app
from ...exchange.roster import lacks
from ...models.office_and_cases import DeviceNote, DeviceRow, Held, PhoneStatement, Received, UpPosition
from ..layout import counts
from ..visits.tags import Tag


@dataclass(frozen=True)
class PhoneState:
    last: str | None
    unsent: int | None  # what the phone itself said last
    arrived: str
    tag: Tag
    note: dict[str, Any]
    app: str
    waiting: int  # held or to be decided
    drift: int | None  # minutes its clock is ahead of the desk's, when it last said so
    older: bool  # another version than the newest in use


def phone_state() -> dict[str, PhoneState]:
    last = counts.last_contacts()
    silent = {row.id for row, _ in counts.silent_phones()}
    statements = {row.device: row.body for row in PhoneStatement.select()}
    notes = {row.device: row.body for row in DeviceNote.select()}
    positions = {row.device: row for row in UpPosition.select()}
    newest = newest_app()
    held = _count(Held, Held.state == "held")
    box = _count(Received, Received.status == "for_review")
    return {
        row.id: _state(
            row,
            last.get(row.id),
            row.id in silent,
            statements.get(row.id),
            notes.get(row.id, {}),
            positions.get(row.id),
            held.get(row.id, 0),
            box.get(row.id, 0),
            newest,
            lacks(row.id),
        )
        for row in DeviceRow.select()
    }


def _count(table: Any, which: Any) -> dict[str, int]:
    rows = table.select(table.device, fn.COUNT(table.id)).where(which).group_by(table.device)
    return dict(rows.tuples())


def _state(
    row: Any,
    last: str | None,
    silent: bool,
    entries: Any,
    note: dict[str, Any],
    at: Any,
    held: int,
    box: int,
    newest: str,
    missing: int,
) -> PhoneState:
    words = g.words
    unsent = entries.get("unsent") if entries else None
    if row.status != "active":
        tag = Tag(words.t(f"desk.phone.{row.status}"), "open")
    elif silent:
        tag = Tag(words.t("desk.phone.silent", count=words.days_since(last or row.enrolled_at)), "wait", True)
    elif last is None:
        tag = Tag(words.t("desk.phone.not_yet"), "open")
    elif missing:
        tag = Tag(words.t("desk.phone.lacks_tag"), "wait", True)
    elif held:
        tag = Tag(words.t("desk.phone.held"), "wait", True)
    else:
        tag = Tag(words.t("desk.phone.arrives"), "ok")
    parts = []
    if at is not None and (at.run, at.n) != (at.safe_run, at.safe_n):
        waiting = at.n - at.safe_n if at.run == at.safe_run else at.n
        parts.append(words.t("desk.phone.unsafe", count=waiting))
    if missing:
        parts.append(words.t("desk.phone.lacks_count", count=missing))
    if held:
        parts.append(words.t("desk.phone.held_count", count=held))
    if box:
        parts.append(words.t("desk.phone.box_count", count=box))
    if not parts:
        parts.append(words.t("desk.phone.all_safe") if at is not None else "")
    arrived = words.t("desk.comma").join(part for part in parts if part)
    app = str((entries or {}).get("app", ""))
    return PhoneState(
        last, unsent, arrived, tag, note, app, held + box, drift_of(note), bool(app) and app != newest
    )


def drift_of(note: dict[str, Any]) -> int | None:
    """Both clocks as the phone saw them at once. Without: a note can lie, but not arrive before it was written."""
    if "clock" in note:
        return _minutes(note["clock"]["phone"], note["clock"]["relay"])
    if "heardAt" not in note or "saidAt" not in note:
        return None
    return max(0, _minutes(note["saidAt"], note["heardAt"]))


def _minutes(phone: str, other: str) -> int:
    return round((read_stamp(phone) - read_stamp(other)).total_seconds() / 60)
