"""A household: its fields, members, couples, parents, ties, consent, papers; and what two people told differently."""

import hashlib
from typing import Any

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.office_and_cases import (
    CaseDocument,
    CaseFile,
    CaseMerge,
    Consent,
    DocumentFile,
    Member,
    TwoValues,
)
from ..projections.append_and_apply import new_id
from ..projections.households import CONTACT_FIELDS
from ..queries.access import NOBODYS, Actor, demand
from ..queries.grounds import Standing, standing
from .act import act

MOST_BYTES = 5 * 1024 * 1024


def change_case(desk: Desk, actor: Actor, case: str, changes: dict[str, Any], saw: int) -> None:
    """Change some fields (`apply_household.CASE_FIELDS`). `saw` is the revision on the form that was filled in."""
    demand(actor, "change", "core", case)
    if changes:
        act(desk, actor, "case.changed", {"changes": changes, "anybody": True}, case, saw=saw)


def set_member(
    desk: Desk, actor: Actor, case: str, member: str | None, changes: dict[str, Any], saw: int = 0
) -> str:
    """Add a member, or change some fields of one. Returns their id."""
    demand(actor, "change", "identity", case)
    if CONTACT_FIELDS.keys() & changes.keys():
        demand(actor, "change", "contact", case)
    if member is not None:
        _of_case(Member, member, case)
    member = member or new_id()
    if changes:
        act(desk, actor, "member.set", {"member": member, "changes": changes, "anybody": True}, case, saw=saw)
    return member


def draw(desk: Desk, actor: Actor, case: str, type_: str, body: dict[str, Any]) -> None:
    """Set or take away a line of the genogram or ecomap: union.*, parentage.*, tie.*, member.removed, member.merged."""
    demand(actor, "change", "identity", case)
    for name in ("member", "a", "b", "child", "parent", "into"):
        if body.get(name):
            _of_case(Member, body[name], case)
    if (body.get("a"), body.get("child")) != (None, None) and (
        body.get("a") == body.get("b") and body.get("child") == body.get("parent")
    ):
        raise DeskError("same_member")
    if type_ == "member.merged" and body["member"] == body["into"]:
        raise DeskError("same_member")
    act(desk, actor, type_, body, case)


def decide_two_values(desk: Desk, actor: Actor, two: str, take: str) -> None:
    """Of two values, the one that stands (`stands`) or the `other`. Both stay in the log."""
    row = TwoValues.get_or_none(TwoValues.id == two)
    if row is None:
        raise DeskError("not_found", two)
    demand(actor, "change", "core", row.case)
    act(desk, actor, "two_values.decided", {"two": two, "take": take}, row.case)


def note_consent(desk: Desk, actor: Actor, case: str, fields: dict[str, Any]) -> str:
    """A line in the ledger. Returns its id.

    `fields`: purpose, recipient, scope, method, status, givenBy, on; and in codes (`models.households`) to, scopes, by,
    until. Without the codes its words are read (`projections.consent_words`). A no, or a narrower yes, ends what stood
    on the one before.
    """
    demand(actor, "change", "core", case)
    consent = new_id()
    with desk.write():
        before = standing(case, desk.today())
        act(desk, actor, "consent.noted", {"consent": consent, **fields}, case)
        _end_what_stood(desk, actor, case, before)
    return consent


def withdraw_consent(desk: Desk, actor: Actor, case: str, consent: str, on: str, reason: str) -> None:
    """The person took it back. The line stays, with its end; what stood on it ends in the same act."""
    demand(actor, "change", "core", case)
    _of_case(Consent, consent, case)
    with desk.write():
        before = standing(case, desk.today())
        act(desk, actor, "consent.withdrawn", {"consent": consent, "on": on, "reason": reason}, case)
        _end_what_stood(desk, actor, case, before)


def _end_what_stood(desk: Desk, actor: Actor, case: str, before: list[Standing]) -> None:
    """Others' assignments end, the case leaves meetings by consent. Hand-overs and the plan ask by themselves."""
    after = set(standing(case, desk.today()))
    for one in before:
        if one not in after and one.kind == "assigned":
            act(desk, actor, "case.unassigned", {"staff": one.id, "reason": ""}, case)
        elif one not in after and one.kind == "meeting":
            act(desk, actor, "conference.case_set", {"conference": one.id, "taken": False}, case)


def add_document(
    desk: Desk, actor: Actor, case: str, title: str, kind: str, name: str, type_: str, content: bytes
) -> str:
    """Keep a paper with the case, inside the encrypted database. Returns its id. Raises DeskError: too_big, empty."""
    demand(actor, "change", "core", case)
    if not content:
        raise DeskError("empty_file")
    if len(content) > MOST_BYTES:
        raise DeskError("too_big")
    document = new_id()
    body = {
        "document": document,
        "title": title,
        "kind": kind,
        "name": name,
        "type": type_,
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
    }
    with desk.write():
        DocumentFile.put(id=document, bytes=content)
        act(desk, actor, "document.added", body, case)
    return document


def remove_document(desk: Desk, actor: Actor, case: str, document: str, reason: str) -> None:
    """Take a paper off the page. Its bytes stay until the case is disposed of."""
    demand(actor, "change", "core", case)
    _of_case(CaseDocument, document, case)
    act(desk, actor, "document.removed", {"document": document, "reason": reason}, case)


def merge_cases(desk: Desk, actor: Actor, source: str, target: str, reason: str) -> None:
    """Two records are one household: `source` is shown within `target` from now on."""
    demand(actor, "change", "core", target)
    demand(actor, "change", "core", source)
    active = {row.id for row in CaseFile.select(CaseFile.id).where(CaseFile.status == "active")}
    if source == target or source not in active or target not in active:
        raise DeskError("not_two_records")
    act(desk, actor, "case.merged", {"source": source, "reason": reason}, target)


def undo_merge(desk: Desk, actor: Actor, merge: str, reason: str) -> None:
    """They were two after all."""
    row = CaseMerge.get_or_none((CaseMerge.id == merge) & ~CaseMerge.undone)
    demand(actor, "change", "core", NOBODYS if row is None else row.target)
    if row is None:
        raise DeskError("not_found", merge)
    act(desk, actor, "case.merge_undone", {"merge": merge, "reason": reason}, row.target)


def _of_case(table: Any, id_: str, case: str) -> Any:
    row = table.get_or_none((table.id == id_) & (table.case == case))
    if row is None:
        raise DeskError("not_found", id_)
    return row
