"""Who does what in a case and who has the next promise, for its sheet on a phone. Nothing of a conference is in it."""

from typing import Any

from ...projections.plans import PROMISE
from ...queries.access import may
from ...queries.plans import balls_of, decided

ROLE = ("organisation", "person", "role", "contact")


def roles_of(worker: Any, case: str) -> dict[str, Any] | None:
    """Of the plan the city decided; None where there is none, or it is not for this phone."""
    if not may(worker, "see", "plan", case, place="phone"):
        return None
    version = decided(case)
    if version is None:
        return None
    roles = sorted(version.content["roles"], key=lambda one: not one["lead"])
    return {
        "roles": [
            {name: one[name] for name in ROLE} | {"lead": one["lead"], "own": one.get("staff") == worker.id}
            for one in roles
        ],
        "balls": [
            {name: getattr(one, name) for name in PROMISE}
            | {"heardOn": one.heard_on, "own": one.staff == worker.id}
            for one in balls_of(case)
        ],
        "monitorOn": version.content["monitorOn"],
    }
