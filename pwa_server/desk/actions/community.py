"""What neighbours notice: told, and answered."""

from typing import Any

from sync.events import NAMED

from ..core.desk import Desk
from ..core.errors import DeskError, NotAllowed
from ..models.community import Notice
from ..projections.append_and_apply import new_id
from ..queries.access import Actor, demand, may
from .act import act

ANSWERS = ("taken_up", "known", "not_now")


def give_notice(desk: Desk, actor: Actor, who: str, place: str, noticed: str, named: str) -> str:
    """Anybody whose role has notices of their own may tell the office. Raises malformed, empty."""
    if not may(actor, "change", "notices", author=actor.id):
        raise NotAllowed("change notices")
    if not noticed.strip():
        raise DeskError("empty")
    _one_of(named, NAMED)
    notice = new_id()
    body = {"notice": notice, "who": who, "place": place, "noticed": noticed, "named": named}
    act(desk, actor, "notice.given", body)
    return notice


def answer_notice(desk: Desk, actor: Actor, notice: str, answer: str, thanks: str) -> None:
    """A yes or a no with a word of thanks; for those who see all of them."""
    demand(actor, "change", "notices")
    _one_of(answer, ANSWERS)
    _known(Notice, notice)
    act(desk, actor, "notice.answered", {"notice": notice, "answer": answer, "thanks": thanks})


def _one_of(value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise DeskError("malformed", value[:40])


def _known(table: Any, id_: str) -> str:
    if table.get_or_none(table.id == id_) is None:
        raise DeskError("not_found", id_)
    return id_
