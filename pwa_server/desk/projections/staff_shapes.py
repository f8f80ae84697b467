"""The shape of every event that only staff write (EVENTS.md): what stands in each place of its body.

Asked of what is written and of what is applied: an event of the log without its shape is left out and held for a person
(`left_out`), so that no page meets a number where a text should be. Whoever adds an event adds its shape.

A shape is `str`, `int`, `bool`, `[shape]`, a dictionary of shapes by name, `{str: shape}` for names nobody knows
beforehand, a tuple of shapes of which one must fit, or None. `"name?"` may be missing. Other names are let through:
an older or newer program's.
"""

from typing import Any

from sync.encoding import name_of, unb64u
from sync.errors import SyncError

OPTIONAL = "?"
LINE = (str, None)
_MEMBER = {
    "id": str,
    "label": str,
    "role?": str,
    "roleCertainty?": str,
    "sex?": str,
    "ageBand?": str,
    "labels?": [str],
    "index?": bool,
    "inHousehold?": bool,
    "deceased?": bool,
    "keyPerson?": bool,
}
_MEMBER_CHANGES = {f"{name.rstrip('?')}?": shape for name, shape in _MEMBER.items() if name != "id"} | {
    "name?": str,
    "reading?": str,
    "birthDate?": LINE,
    "address?": str,
    "telephone?": str,
}
_ISSUE = {"no": int, "text": str}
_HOUSEHOLD = {
    "summary?": str,
    "note?": str,
    "history?": [str],
    "members?": [_MEMBER],
    "unions?": [{"a": str, "b": str, "union?": str, "kind?": str, "certainty?": str}],
    "parentage?": [{"child": str, "parents": [str], "kind?": str, "certainty?": str}],
}
_NAMES = {"ja": str, "en": str}
_QUESTION = {
    "id": str,
    "phase?": str,
    "must?": bool,
    "mustWhen?": str,
    "when?": str,
    "parts": [str],
    "text": _NAMES,
    "hint?": _NAMES,
    "choices?": [{"id": str, "ja": str, "en": str, "urgent?": bool}],
    "start?": {str: (str, int)},
    "least?": (int, str),
    "most?": (int, str),
}
_CHECKLIST = {"title": _NAMES, "intro": _NAMES, "items": [_QUESTION]}
_CONTENT = {
    "kinds": [str],
    "madeOn": LINE,
    "madeBy": LINE,
    "issues": [{"whose": LINE, "what": LINE, "topic": LINE}],
    "wishes": [{"whose": LINE, "quote": LINE, "on": LINE}],
    "longGoal": LINE,
    "direction": LINE,
    "goals": [{"id": str, "text": LINE, "until": LINE}],
    "actions": [
        {
            "id": str,
            "goal": (int, str, None),
            "what": str,
            "organisation": str,
            "person": str,
            "until": str,
            "often": str,
            "staff?": LINE,
        }
    ],
    "roles": [{"lead": bool, "organisation": LINE, "person": LINE, "role": LINE, "contact": LINE}],
    "services": LINE,
    "begins": LINE,
    "ends": LINE,
    "monitorOn": LINE,
    "beforeConsent": str,
}
_PASSED = {"ball": str, "organisation": str, "person": str, "staff?": LINE, "what": str, "until": str}
_ACCOUNT = {
    "name?": str,
    "kana?": str,
    "role?": str,
    "email?": str,
    "active?": bool,
    "organisation?": str,
}
_ANSWERS = {str: (str, [str], None)}

SHAPES: dict[str, Any] = {
    "office.created": {"name": str, "lead": str, "sample?": bool},
    "office.option_set": {
        "name": str,
        "value": (str, bool, [str], {str: (str, bool, [str])}, [{str: (str, bool, [str], None)}]),
    },
    "numbers.set": {"numbers": [{"id": str, "kind": str, "label?": {"ja?": str, "en?": str}, "tel?": str}]},
    "checklist.published": {"checklist": str, "version": int, **_CHECKLIST},
    "checklist.drafted": {"checklist": str, "body": {"id?": str, **_CHECKLIST}},
    "checklist.retired": {"checklist": str},
    "case.opened": {
        "no": str,
        "title": str,
        "kana?": str,
        "sample?": bool,
        "intake?": {"receivedOn?": LINE},
        "referral?": {"agency?": str},
        "household?": _HOUSEHOLD,
        "issues?": [_ISSUE],
        "consent?": {"status?": str},
    },
    "case.changed": {
        "changes": {
            "no?": str,
            "title?": str,
            "kana?": str,
            "summary?": str,
            "preferences?": str,
            "worked?": [str],
            "avoid?": [str],
            "issues?": [_ISSUE],
        }
    },
    "case.noted": {"preferences?": str, "worked?": [str], "avoid?": [str]},
    "case.assigned": {"staff": str, "from": str, "note?": str},
    "case.unassigned": {"staff": str, "reason?": str},
    "case.merged": {"source": str, "reason?": str},
    "case.merge_undone": {"merge": str, "reason?": str},
    "case.closed": {
        "on": str,
        "changes": [{"change": str, "who": LINE, "fact": LINE}],
        "words": str,
        "result": str,
        "stays": [{"role": str, "organisation": LINE, "person": LINE, "what": LINE, "until": LINE}],
        "untold": str,
    },
    "case.reopened": {"closing": str, "on": str, "reason": str},
    "triage.decided": {
        "decision": str,
        "conferenceKind?": LINE,
        "reason?": str,
        "assumed?": bool,
        "reviewOn?": LINE,
    },
    "conference.set": {
        "conference": str,
        "kind": str,
        "status": str,
        "on?": LINE,
        "meeting?": LINE,
        "members?": [{"staff?": LINE, "acknowledgedOn?": LINE}],
    },
    "safety.set": {"flag": str, "kind": str, "text": str, "source?": str, "setOn": str, "reviewOn": str},
    "safety.removed": {"flag": str, "reason?": str},
    "member.set": {"member": str, "changes": _MEMBER_CHANGES},
    "member.removed": {"member": str},
    "member.merged": {"member": str, "into": LINE},
    "union.set": {"union": str, "a": str, "b": str, "kind": str, "certainty?": str},
    "union.removed": {"union": str},
    "parentage.set": {"child": str, "parent": str, "kind?": str, "certainty?": str},
    "parentage.removed": {"child": str, "parent": str},
    "tie.set": {
        "tie": str,
        "member?": str,
        "label": str,
        "otherKind?": str,
        "kind": str,
        "direction?": str,
        "note?": str,
        "certainty?": str,
    },
    "tie.removed": {"tie": str},
    "two_values.decided": {"two": str, "take": str},
    "consent.noted": {
        "consent": str,
        "purpose": str,
        "recipient": str,
        "scope?": str,
        "to?": [str],
        "scopes?": [str],
        "by?": str,
        "until?": LINE,
        "method": str,
        "status": str,
        "givenBy?": str,
        "on": str,
    },
    "consent.withdrawn": {"consent": str, "on": str, "reason?": str},
    "document.added": {
        "document": str,
        "title": str,
        "kind": str,
        "name": str,
        "type": str,
        "size": int,
        "digest": str,
    },
    "document.removed": {"document": str, "reason": str},
    "visit.read": {"visit": str},
    "visit.approved": {"visit": str, "version": str},
    "visit.returned": {
        "visit": str,
        "version": str,
        "review": str,
        "field": str,
        "question": str,
        "passage?": LINE,
    },
    "visit.approval_undone": {"visit": str, "review": str},
    "visit.flagged": {"flag": str, "visit": str, "text": str, "on": str},
    "visit.flag_settled": {"flag": str, "comment?": str},
    "visit.commented": {"visit": str, "text": str},
    "followup.assigned": {"followup": str, "staff": str},
    "incident.reported": {
        "device": str,
        "staff": str,
        "kind": str,
        "noticedAt": str,
        "facts": {
            "cases": [str],
            "people?": (int, None),
            "lastHeard?": LINE,
            "unsent?": (int, None),
            "photos?": (int, None),
        },
        "items": {str: str},
    },
    "incident.told": {"incident": str, "report": str, "how": str, "on": str, "why": str},
    "incident.written": {"incident": str, "items": {str: str}},
    "access.granted": {"reason": str, "until": str},
    "access.noticed": {"grant": str},
    "staff.added": {
        "staff": str,
        "name": str,
        "kana?": str,
        "role": str,
        "email?": str,
        "active?": bool,
        "organisation?": str,
    },
    "staff.changed": {"staff": str, **_ACCOUNT},
    "staff.proposed": {"staff": str, "changes": {**_ACCOUNT, "recover?": bool}},
    "staff.decided": {"proposal": str, "accepted": bool},
    "staff.recovered": {"staff": str},
    "staff.signed_out": {"staff": str},
    "staff.factor_set": {"staff": str, "factor": str},
    "device.enrolled": {"device": str, "staff": str, "sign": str, "seal": str, "label?": str},
    "device.revoked": {"device": str, "reason?": str},
    "device.wiped": {"device": str},
    "device.let_in": {"device": str},
    "month.closed": {"month": str, "figures": {}},
    "disclosure.decided": {"requester": str, "requestedOn": str, "paragraphs": [str], "masks": {str: str}},
    "notice.answered": {"notice": str, "answer": str, "thanks": str},
    "opportunity.written": {
        "opportunity": str,
        **dict.fromkeys(
            ("name", "host", "place", "times", "doing", "pay", "care", "room", "note", "contact"), str
        ),
        **dict.fromkeys(("kind", "district", "state"), str),
        **dict.fromkeys(("people", "noise", "gaze", "talk", "shortest"), (int, None)),
        **dict.fromkeys(("peopleWords", "noiseWords", "gazeWords", "talkWords"), str),
        "alone": bool,
        "anonymous": bool,
        "verifiedUntil": LINE,
    },
    "opportunity.checked": {"opportunity": str, "until": str},
    "host.contacted": {"contact": str, "opportunity": str, "on": str, "how": str, "words": str},
    "host.contact_undone": {"contact": str},
    "opportunity.set": {
        "opportunity": str,
        "name": str,
        "host": str,
        "kind": str,
        "place": str,
        "times": str,
        "calm": int,
        "anonymous": bool,
        "note": str,
        "state": str,
        "verifiedUntil": LINE,
    },
    "issue.written": {
        "issue": str,
        "title": str,
        "what": str,
        "whom": str,
        "impact": str,
        "noticedBy": str,
        "have": str,
        "lack": str,
        "districts": [str],
    },
    "issue.moved": {"issue": str, "state": str, "on": str, "until": LINE, "words": str},
    "issue.proposed": {"issue": str, "proposal": str, "text": str},
    "issue.proposal_answered": {"proposal": str, "result": str, "words": str},
    "issue.talked": {"issue": str, "council": str, "on": str, "words": str},
    "issue.evidence_given": {"issue": str, "district": str, "noticed": str},
    "issue.evidence_taken_back": {"issue": str},
    "organisation.written": {
        "organisation": str,
        "name": str,
        "kind": str,
        "contact": str,
        "active": bool,
    },
    "contract.written": {
        "contract": str,
        "organisation": str,
        "title": str,
        "begins": str,
        "ends": str,
        "note": str,
    },
    "case.entrusted": {"organisation": str},
    "transfer.made": {
        "transfer": str,
        "organisation": str,
        "to": str,
        "note": str,
        "items": [{"kind": str, "person": str, "thing": str, "case": LINE, "was": str, "now": str}],
    },
    "transfer.taken_back": {"transfer": str, "items": [str]},
    "resource.written": {
        "resource": str,
        "name": str,
        "kind": str,
        "district": str,
        "times": str,
        "whoMayCome": str,
        "trouble": str,
        "contact": str,
        "visibility": str,
    },
    "resource.checked": {"resource": str, "on": str},
    "resource.ended": {"resource": str, "reason": str},
    "learning.written": {
        "learning": str,
        "situation": [str],
        "title": str,
        "when": str,
        "did": str,
        "changed": str,
        "failed": str,
        "needed": str,
    },
    "learning.checked": {"learning": str, "version": str, "result": str, "note": str},
    "learning.tried": {"learning": str, "fits": bool, "words": str},
    "learning.withdrawn": {"learning": str},
    "learning.set_aside": {"learning": str},
    "issue.set": {"issue": str, "title": str, "area": str, "what": str, "resources": str, "state": str},
    "import.begun": {"import": str, "kind": str, "rows": int, "left": [str]},
    "import.rows_taken": {"import": str, "rows": [{"n": int, "case": str, "visit": LINE}]},
    "import.rows_taken_back": {"import": str, "rows": [int]},
    "handover.answered": {
        "handover": str,
        "answer": str,
        "why": str,
        "by": str,
        "how": str,
        "on": str,
    },
    "profile.written": {
        "texts": {str: str},
        "told": [str],
        "company": str,
        "limits": {
            **dict.fromkeys(("minutes", "people", "noise", "gaze", "talk"), (int, None)),
            "anonymous": bool,
            "alone": bool,
        },
    },
    "match.weighed": {"match": str, "opportunity": str, "fits": [str], "minds": [str]},
    "match.arranged": {"match": str, "days": str, "call": str},
    "match.stepped": {
        "match": str,
        "step": str,
        "on": str,
        "minutes": (int, None),
        "person": str,
        "host": str,
        "company": str,
        "why": str,
        "next": str,
        "nextOn": LINE,
    },
    "match.undone": {"match": str, "entry": str},
    "match.paper_handed": {"match": str, "paper": str, "side": str, "lines": {str: str}, "on": str},
    "profile.set": {
        "likes": str,
        "pace": str,
        "avoid": (str, [str]),
        "company": str,
        "shareable": str,
    },
    "consultation.received": {"consultation": str, "notice?": LINE, "answers": _ANSWERS},
    "consultation.corrected": {"consultation": str, "changes": _ANSWERS},
    "consultation.ended": {"consultation": str, "how": str, "note?": str},
    "consultation.reopened": {"consultation": str},
    "consultation.became_case": {"consultation": str, "into": str},
    "referral.sent": {"referral": str, "called": str, "organisation": str},
    "referral.taken": {"referral": str},
    "referral.asked": {"referral": str, "asked": str, "until": LINE},
    "cover.decided": {"cover": str, "granted": bool, "to?": LINE, "cases?": [str], "followups?": [str]},
    "cover.ended": {"cover": str},
    "plan.drafted": {"plan": str, "content": _CONTENT},
    "plan.changed": {"plan": str, "replaces?": LINE, "what?": str, "content": _CONTENT},
    "plan.agreed": {"version": str, "on": str, "result": str, "note": str},
    "plan.decided": {"version": str, "on": str, "result": str, "reason": str},
    "plan.monitored": {
        "version": str,
        "on": str,
        "method": str,
        "items": [{"goal": str, "progress": str, "fact": str}],
        "next": str,
        "why": str,
        "nextOn": LINE,
        "promise": (_PASSED, None),
        "done": [str],
    },
    "ball.passed": _PASSED,
    "ball.noted": {"ball": str, "how": str, "until?": LINE, "note?": str},
    "conference_kind.set": {"kind": str, "name": str, "convenor": str, "gate": str, "active": bool},
    "conference.planned": {
        "conference": str,
        "kind": str,
        "gate": str,
        "on": str,
        "begins": str,
        "ends": str,
        "place": str,
        "convenor": str,
        "chair": str,
        "recorder": LINE,
        "closes": str,
    },
    "conference.changed": {
        "conference": str,
        "changes": {
            "on?": str,
            "begins?": str,
            "ends?": str,
            "place?": str,
            "convenor?": str,
            "chair?": str,
            "recorder?": LINE,
            "closes?": str,
        },
    },
    "conference.cancelled": {"conference": str, "reason": str},
    "conference.held": {"conference": str, "on": str, "attended": [str]},
    "conference.case_set": {"conference": str, "taken": bool},
    "conference.member_set": {
        "conference": str,
        "member": str,
        "staff": LINE,
        "name": str,
        "organisation": str,
        "capacity": str,
        "cases": [str],
        "seated": bool,
    },
    "conference.acknowledged": {"conference": str, "member": str, "how": str, "on": str},
    "conference.agenda_set": {
        "conference": str,
        "item": str,
        "begins": str,
        "topic": str,
        "text": str,
        "removed": bool,
        "place?": int,
    },
    "conference.material_added": {"conference": str, "material": str, "title": str, "text": str},
    "conference.material_removed": {"material": str},
    "conference.asked": {"conference": str, "request": str, "to": str, "what": str, "due": LINE},
    "conference.answered": {"request": str, "came": str, "on": LINE},
    "conference.minuted": {"conference": str, "text": str, "replaces": [str]},
    "conference.decided": {
        "conference": str,
        "decision": str,
        "what": str,
        "why": str,
        "staff": LINE,
        "member": str,
        "until": LINE,
        "followup": LINE,
        "agreed": bool,
    },
    "conference.decision_removed": {"decision": str},
    "conference.decision_carried": {"decision": str, "version": str},
    "hold.set": {"reason": str},
    "hold.lifted": {"hold": str, "reason": str},
    "disposal.proposed": {
        "disposal": str,
        "ground": str,
        "subjects": [{"kind": str, "id": str, "no": str, "ended": str, "due": str}],
    },
    "disposal.refused": {"disposal": str},
    "disposal.carried_out": {
        "disposal": str,
        "keys": [str],
        "entries": [str],
        "touched": [str],
        "things": [str],
        "gone": {str: int},
        "until": LINE,
        "chained": str,
    },
    "request.received": {"request": str, "kind": str, "requester": str, "on": str, "words": str},
    "request.part_seen": {"request": str, "part": str, "reason": str, "seen": int},
    "request.decided": {"request": str, "decision": str, "on": str, "answer": str},
    "request.checked": {"request": str, "version": str, "result": str, "note": str},
    "request.answered": {"request": str, "on": str},
    "disposal.reapplied": {"disposal": str, "chained": str},
    "access_log.headed": {"views": int, "chain": str, "lines?": int, "lines_chain?": str},
    "review_box.admitted": {"envelope": str},
    "review_box.rejected": {"envelope": str, "reason": str},
    "held.dismissed": {"held": str, "how": str, "comment": str},
}
# Events about a household: without one they would lie nowhere.
OF_A_CASE = ("case.", "triage.", "safety.", "member.", "union.", "parentage.", "tie.", "two_values.", "consent.",
             "document.", "access.", "disclosure.", "profile.", "match.", "plan.", "ball.", "issue.evidence_",
             "learning.set_aside", "hold.", "request.", "referral.")  # fmt: skip


def misfit(type_: str, case: str | None, body: Any) -> str | None:
    """The place of a staff event that does not have its shape, or None."""
    if type_ not in SHAPES:
        return None
    if not case and type_.startswith(OF_A_CASE):
        return "event.case"
    found = _misfit(SHAPES[type_], body, "body")
    if found is None and type_ == "device.enrolled" and not _keys_fit(body):
        return "body.sign"
    return found


def _keys_fit(body: dict[str, Any]) -> bool:
    """Whether a roster could name this phone: one that could not be signed stops every phone."""
    try:
        sign, _ = unb64u(body["sign"], 65), unb64u(body["seal"], 65)
    except SyncError:
        return False
    return bool(name_of(sign) == body["device"])


def _misfit(shape: Any, value: Any, place: str) -> str | None:
    if isinstance(shape, tuple):
        return None if any(_misfit(one, value, place) is None for one in shape) else place
    if shape is None:
        return None if value is None else place
    if isinstance(shape, list):
        return _first(shape[0], enumerate(value), place) if isinstance(value, list) else place
    if isinstance(shape, dict):
        return _object(shape, value, place) if isinstance(value, dict) else place
    return None if type(value) is shape else place


def _object(shape: dict[Any, Any], value: dict[str, Any], place: str) -> str | None:
    if str in shape:
        return _first(shape[str], value.items(), place)
    for name, one in shape.items():
        plain = name.removesuffix(OPTIONAL)
        if plain in value:
            found = _misfit(one, value[plain], f"{place}.{plain}")
            if found is not None:
                return found
        elif plain == name:
            return f"{place}.{plain}"
    return None


def _first(shape: Any, pairs: Any, place: str) -> str | None:
    found = (_misfit(shape, value, f"{place}.{name}") for name, value in pairs)
    return next((one for one in found if one is not None), None)
