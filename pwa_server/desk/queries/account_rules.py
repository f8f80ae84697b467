"""Who may do what to whose account: alone, only with a second person, or not at all.

One rule for each act, from the access table: nobody makes, enters or takes over by themselves what reads more of a
household than they do (`covers`), and nobody by themselves makes somebody who decides about others (`DECIDERS`).
`tests/desk_pages/test_account_acts.py` writes out every act × role × role and tries it.
"""

from typing import Any

from ..models.office_and_cases import CaseFile, Staff
from .access import BY_CASE, ROLES, Actor, cell

ALONE, TWO, NO = "alone", "two", "no"
# The second of two people is one of these. Whoever they are was let in by two.
DECIDERS = ("supervisor", "administrator", "chief", "security")
# What is about a household. The rest of the table is the office's own.
HOUSEHOLDS = BY_CASE | {"held", "referrals", "imports"}
ACTS = (
    "add",  # let somebody in with this role
    "give_role",  # make somebody who is here this
    "take_role",  # make somebody who is this something less
    "recover",  # a new first password
    "rename",  # another name or address
    "stop",
    "sign_out",  # end their sessions
    "meet_phone",  # hand out a code for a phone of theirs
    "take_phone",  # say that the words are the same: the phone is theirs, or opens again
    "stop_phone",
)


def how(act: str, actor: str, target: str) -> str:
    """`alone`, `two` or `no`, for a person of the role `actor` towards one of the role `target`."""
    people, phones = "office" in cell(actor, "people")[1], "office" in cell(actor, "devices")[1]
    if act in ("meet_phone", "stop_phone"):
        return ALONE if phones else NO
    if act == "take_phone":
        given = covers(actor, target) and (target == actor or target not in DECIDERS)
        return ALONE if phones and given else NO
    if not people:
        return NO
    if act in ("add", "give_role"):
        return TWO if target in DECIDERS or not covers(actor, target) else ALONE
    if act == "take_role":
        return TWO if target in DECIDERS else ALONE
    if act in ("recover", "rename"):
        return TWO if target in DECIDERS or reads_households(target) else ALONE
    if act == "stop":
        return TWO if target == "administrator" else ALONE
    return ALONE  # sign_out: it shows nobody anything


def covers(actor: str, target: str) -> bool:
    """Whether everything of a household that one role is shown, the other is shown too."""
    return all(
        "office" in cell(actor, name)[0] or cell(target, name)[0] <= cell(actor, name)[0]
        for name in HOUSEHOLDS
    )


def reads_households(role: str) -> bool:
    """Whether this role is shown anything of a household, be it one it is assigned to."""
    return any(cell(role, name)[0] for name in HOUSEHOLDS)


def of(act: str, actor: Actor, target: Any) -> str:
    """The same for two people: nobody acts on themselves but to give their phone a code and to end their sessions."""
    if not actor.active or actor.role not in ROLES or (actor.walled and actor.id != target.id):
        return NO
    if actor.id == target.id and act not in ("sign_out", "meet_phone", "take_phone", "stop_phone"):
        return NO
    found = how(act, actor.role, target.role)
    return ALONE if found == TWO and is_first(actor) else found


def of_role(actor: Actor, old: str, new: str) -> str:
    """From one role to another: the stricter of taking the one and giving the other."""
    both = {how("take_role", actor.role, old), how("give_role", actor.role, new)}
    return NO if NO in both or not actor.active or actor.walled else TWO if TWO in both else ALONE


def of_organisation(actor: Actor, target: Any, walled: bool) -> str:
    """To another organisation: out from behind a wall somebody reads more, and a second person agrees."""
    if (
        actor.id == target.id
        or actor.walled
        or not actor.active
        or "office" not in cell(actor.role, "people")[1]
    ):
        return NO
    return TWO if target.walled and not walled and not is_first(actor) else ALONE


def to_add(actor: Actor, role: str) -> str:
    if not actor.active or actor.walled:
        return NO
    found = how("add", actor.role, role)
    return ALONE if found == TWO and is_first(actor) else found


def is_first(actor: Actor) -> bool:
    """Whether this is a new office: no case yet, and nobody else who could decide. Its first people have no second."""
    others = Staff.select().where(Staff.role.in_(DECIDERS) & (Staff.id != actor.id))
    return not others.exists() and not CaseFile.select().exists()
