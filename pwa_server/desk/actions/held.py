"""What arrived and did not fit: held cards, and envelopes of revoked phones."""

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.key_values import bump
from ..queries.access import Actor, demand
from .act import act


def retry_held(desk: Desk, actor: Actor, held: str) -> bool:
    """Try a held event again (after an update, or when what it needs has come). True when it was applied."""
    from ..exchange.retry_held import retry_held as again

    demand(actor, "change", "held")
    return again(desk, held)


def dismiss_held(desk: Desk, actor: Actor, held: str, how: str, comment: str) -> None:
    """Close a held card: it was recorded by hand, or is not needed. What arrived is kept."""
    from ..models.office_and_cases import Held

    demand(actor, "change", "held")
    row = Held.get_or_none(Held.id == held)
    if row is None:
        raise DeskError("not_found", held)
    with desk.write():
        act(desk, actor, "held.dismissed", {"held": held, "how": how, "comment": comment})
        Held.update(state="dismissed").where(Held.id == held).execute()
        bump()  # a photo whose card is closed may leave the phone


def admit_envelope(desk: Desk, actor: Actor, envelope: str) -> None:
    """Take an envelope of a revoked phone from the review box: its events are applied."""
    from ..exchange.review_box import admit

    demand(actor, "change", "devices")
    with desk.write():
        act(desk, actor, "review_box.admitted", {"envelope": envelope})
        admit(desk, envelope)


def reject_envelope(desk: Desk, actor: Actor, envelope: str, reason: str) -> None:
    """Do not take it; the envelope is kept, sealed, with the reason."""
    from ..exchange.review_box import reject

    demand(actor, "change", "devices")
    with desk.write():
        act(desk, actor, "review_box.rejected", {"envelope": envelope, "reason": reason})
        reject(desk, envelope)
