"""Events about a household: members, couples, parents, ties, consent, papers. And what two people told differently.

A field changed by somebody who had not seen the last change is not overwritten: both values stand in `TwoValues`
until a person decides. `saw` of the event is the case's revision on the form that was filled in.
"""

from typing import Any

from ..core.clock import day_in_japan
from ..core.tables import among
from ..log.event_log import Logged
from ..models.households import OWN
from ..models.office_and_cases import (
    CaseDocument,
    CaseFile,
    Consent,
    FieldOrigin,
    Member,
    Parentage,
    Tie,
    TwoValues,
    Union,
)
from . import bulk
from .cases import CONTACT_BLANK
from .consent_words import codes_of

# field of the event → column
MEMBER_FIELDS = {
    "label": "label",
    "role": "role",
    "roleCertainty": "role_certainty",
    "sex": "sex",
    "ageBand": "age_band",
    "labels": "labels",
    "index": "is_index",
    "inHousehold": "in_household",
    "deceased": "deceased",
    "keyPerson": "key_person",
}
# The same, of the class `contact`: in no drawing and no household of a document.
CONTACT_FIELDS = {
    "name": "name",
    "reading": "reading",
    "birthDate": "birth_date",
    "address": "address",
    "telephone": "telephone",
}
ALL_FIELDS = MEMBER_FIELDS | CONTACT_FIELDS
MEMBER_BLANK: dict[str, Any] = {
    "label": "",
    "role": "unknown",
    "role_certainty": "",
    "sex": "unknown",
    "age_band": "unknown",
    "labels": [],
    "is_index": False,
    "in_household": True,
    "deceased": False,
    "key_person": False,
    **CONTACT_BLANK,
}
CASE_FIELDS = ("no", "title", "kana", "summary", "preferences", "worked", "avoid", "issues")


def case_changed(event: Logged) -> None:
    bulk.catch_up()
    row = CaseFile.get_or_none(CaseFile.id == event.case)
    if row is None:
        return
    changes = (event.body or {})["changes"]
    columns = {
        name: _change(event, "case", name, getattr(row, name), changes[name])
        for name in CASE_FIELDS
        if name in changes
    }
    if columns:
        CaseFile.update(**columns).where(CaseFile.id == event.case).execute()
        settle_household(event.case or "")


def member_set(event: Logged) -> None:
    """A new member, or some fields of one. The index person is one at most."""
    body = event.body or {}
    member, changes = body["member"], body["changes"]
    bulk.catch_up()
    row = Member.get_or_none((Member.id == member) & (Member.case == event.case))
    values: dict[str, Any]
    if row is None:
        values = {column: changes.get(name, MEMBER_BLANK[column]) for name, column in ALL_FIELDS.items()}
        Member.put(id=member, case=event.case, position=event.position, merged_into=None, **values)
    else:
        values = {
            column: _change(event, member, name, getattr(row, column), changes[name])
            for name, column in ALL_FIELDS.items()
            if name in changes
        }
        if values:
            Member.update(**values).where(Member.id == member).execute()
    if values.get("is_index"):
        Member.update(is_index=False).where((Member.case == event.case) & (Member.id != member)).execute()
    settle_household(event.case or "")


def member_removed(event: Logged) -> None:
    member = (event.body or {})["member"]
    bulk.catch_up()
    Member.delete().where(Member.id == member).execute()
    Parentage.delete().where((Parentage.child == member) | (Parentage.parent == member)).execute()
    Union.delete().where((Union.a == member) | (Union.b == member)).execute()
    Tie.delete().where(Tie.member == member).execute()
    settle_household(event.case or "")


def member_merged(event: Logged) -> None:
    """Two entries are one person. The entry stays and points to the other; `into` null takes that back."""
    body = event.body or {}
    bulk.catch_up()
    Member.update(merged_into=body["into"]).where(Member.id == body["member"]).execute()
    settle_household(event.case or "")


def union_set(event: Logged) -> None:
    body = event.body or {}
    Union.put(
        id=body["union"],
        case=event.case,
        a=body["a"],
        b=body["b"],
        kind=body["kind"],
        certainty=body.get("certainty", "unknown"),
    )
    settle_household(event.case or "")


def union_removed(event: Logged) -> None:
    Union.delete().where(Union.id == (event.body or {})["union"]).execute()
    settle_household(event.case or "")


def parentage_set(event: Logged) -> None:
    body = event.body or {}
    bulk.catch_up()
    Parentage.put(
        id=f"{body['child']} {body['parent']}",
        case=event.case,
        child=body["child"],
        parent=body["parent"],
        kind=body.get("kind", "birth"),
        certainty=body.get("certainty", "unknown"),
    )
    settle_household(event.case or "")


def parentage_removed(event: Logged) -> None:
    body = event.body or {}
    bulk.catch_up()
    Parentage.delete().where(
        (Parentage.child == body["child"]) & (Parentage.parent == body["parent"])
    ).execute()
    settle_household(event.case or "")


def tie_set(event: Logged) -> None:
    body = event.body or {}
    Tie.put(
        id=body["tie"],
        case=event.case,
        member=body.get("member", ""),
        label=body["label"],
        other_kind=body.get("otherKind", "org"),
        kind=body["kind"],
        direction=body.get("direction", "none"),
        note=body.get("note", ""),
        certainty=body.get("certainty", "stated"),
    )


def tie_removed(event: Logged) -> None:
    Tie.delete().where(Tie.id == (event.body or {})["tie"]).execute()


def settle_household(case: str) -> None:
    """The household as phones read it, from its rows."""
    if not bulk.later("households", case):
        settle_households([case])


def settle_households(cases: list[str]) -> None:
    """The same for many cases at once."""
    rows = list(
        CaseFile.select(CaseFile.id, CaseFile.household, CaseFile.summary).where(among(CaseFile.id, cases))
    )
    members, links, unions = (_by_case(table, cases) for table in (Member, Parentage, Union))
    for row in rows:
        living = [one for one in members.get(row.id, ()) if one.merged_into is None]
        columns = _household(row, living, links.get(row.id, []), unions.get(row.id, []))
        index = next((one.id for one in living if one.is_index), None)
        CaseFile.update(household=columns, index_member=index).where(CaseFile.id == row.id).execute()


def _household(row: Any, members: list[Any], links: list[Any], unions: list[Any]) -> dict[str, Any]:
    parents: dict[tuple[str, str], list[str]] = {}
    for link in links:
        parents.setdefault((link.child, link.certainty), []).append(link.parent)
    return dict(row.household) | {
        "summary": row.summary,
        "members": [member_of(one) for one in members],
        "unions": [
            {"union": one.id, "a": one.a, "b": one.b, "kind": one.kind, "certainty": one.certainty}
            for one in unions
        ],
        "parentage": [
            {"child": child, "parents": household, "certainty": certainty}
            for (child, certainty), household in parents.items()
        ],
    }


def member_of(row: Any) -> dict[str, Any]:
    """A member as events and documents write one."""
    columns: dict[str, Any] = {"id": row.id}
    return columns | {name: getattr(row, column) for name, column in MEMBER_FIELDS.items()}


def _by_case(table: Any, cases: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in table.select().where(among(table.case, cases)).order_by(table.id):
        found.setdefault(row.case, []).append(row)
    return found


# --- two values -----------------------------------------------------------------------------------------


def _change(event: Logged, thing: str, field: str, stands: Any, found: Any) -> Any:
    """The value that stands after this event."""
    if found == stands:
        return stands
    name = f"{event.case} {thing} {field}"
    origin = FieldOrigin.get_or_none(FieldOrigin.id == name) if event.saw else None
    # Events from before one's own other window counted say nothing of it, and are read as they were.
    asks = (event.body or {}).get("anybody") or (origin is not None and origin.by != event.by)
    if event.saw and origin is not None and origin.position > event.saw and asks:
        TwoValues.put(
            id=f"{event.id} {thing} {field}",
            case=event.case,
            thing=thing,
            field=field,
            stands=stands,
            stands_by=origin.by,
            other=found,
            other_by=event.by,
            at=event.at,
            decided_by=None,
        )
        return stands
    FieldOrigin.put(id=name, case=event.case, position=event.position, by=event.by)
    return found


def two_values_decided(event: Logged) -> None:
    body = event.body or {}
    row = TwoValues.get_or_none((TwoValues.id == body["two"]) & TwoValues.decided_by.is_null())
    if row is None:
        return
    value = row.other if body["take"] == "other" else row.stands
    if row.thing == "case":
        CaseFile.update({row.field: value}).where(CaseFile.id == row.case).execute()
    else:
        Member.update({ALL_FIELDS[row.field]: value}).where(Member.id == row.thing).execute()
    TwoValues.update(decided_by=event.by).where(TwoValues.id == row.id).execute()
    FieldOrigin.put(
        id=f"{row.case} {row.thing} {row.field}", case=row.case, position=event.position, by=event.by
    )
    settle_household(row.case)


# --- consent and papers ---------------------------------------------------------------------------------


ASKED = {"spoken": "oral", "signed": "written", "on_screen": "on_screen"}
ANSWERED = {"yes": "given", "no": "refused", "later": "not_yet"}


def consent_noted(event: Logged) -> None:
    body = event.body or {}
    Consent.put(
        id=body["consent"],
        case=event.case,
        purpose=body["purpose"],
        recipient=body["recipient"],
        scope=body.get("scope", ""),
        **codes_of(body, event.case or ""),
        method=body["method"],
        status=body["status"],
        given_by=body.get("givenBy", ""),
        on=body["on"],
        noted_by=event.by,
        position=event.position,
        withdrawn_on=None,
        withdrawn_reason="",
    )
    _settle_consent(event.case or "")


def consent_answered(event: Logged) -> None:
    """What the person said to a worker's phone: a line of the same ledger."""
    body = event.body or {}
    Consent.put(
        id=event.id,
        case=event.case,
        purpose="sharing",
        recipient=body["about"],
        scope=body["comment"],
        **codes_of({"recipient": body["about"], "scope": body["comment"]}, event.case or ""),
        method=ASKED[body["how"]],
        status=ANSWERED[body["answer"]],
        given_by="",
        on=day_in_japan(event.at).isoformat(),
        noted_by=event.by,
        position=event.position,
        withdrawn_on=None,
        withdrawn_reason="",
    )
    _settle_consent(event.case or "")


def consent_withdrawn(event: Logged) -> None:
    body = event.body or {}
    Consent.update(withdrawn_on=body["on"], withdrawn_reason=body.get("reason", "")).where(
        Consent.id == body["consent"]
    ).execute()
    _settle_consent(event.case or "")


def _settle_consent(case: str) -> None:
    """What phones and lists show: may others be told? The person's own latest answer about sharing says so."""
    own = (Consent.purpose == "sharing") & Consent.giver.in_(OWN)
    rows = Consent.select().where((Consent.case == case) & own)
    last = rows.order_by(Consent.on.desc(), Consent.position.desc()).first()
    if last is not None:
        taken_back = last.status == "refused" and rows.where(Consent.status == "given").exists()
        status = "withdrawn" if last.withdrawn_on or taken_back else last.status
        CaseFile.update(consent=status).where(CaseFile.id == case).execute()


def document_added(event: Logged) -> None:
    body = event.body or {}
    CaseDocument.put(
        id=body["document"],
        case=event.case,
        title=body["title"],
        kind=body["kind"],
        name=body["name"],
        type=body["type"],
        size=body["size"],
        digest=body["digest"],
        by=event.by,
        at=event.at,
        removed_reason=None,
    )


def document_removed(event: Logged) -> None:
    body = event.body or {}
    CaseDocument.update(removed_reason=body["reason"]).where(CaseDocument.id == body["document"]).execute()
