"""What the office calls its forms."""

from ..core.desk import Desk
from ..core.errors import DeskError
from ..queries.access import Actor, demand
from ..queries.paper_headings import FORMS, LONGEST, OPTION
from .act import act


def set_headings(desk: Desk, actor: Actor, headings: dict[str, str]) -> None:
    """All of them; an empty one is the usual one again. Raises DeskError too_long with the form."""
    demand(actor, "change", "settings")
    kept = {form: headings.get(form, "").strip() for form in FORMS}
    for form, heading in kept.items():
        if len(heading) > LONGEST:
            raise DeskError("too_long", form)
    act(
        desk,
        actor,
        "office.option_set",
        {"name": OPTION, "value": {form: text for form, text in kept.items() if text}},
    )
