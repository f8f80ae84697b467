"""Events of the register of what the area has: written, checked, ended."""

from ..core.clock import day_in_japan
from ..log.event_log import Logged
from ..models.resources import Resource


def written(event: Logged) -> None:
    """Whole, the last one stands; who wrote it asked whether it is so."""
    body = event.body or {}
    before = Resource.get_or_none(Resource.id == body["resource"])
    today = day_in_japan(event.at).isoformat()
    Resource.put(
        id=body["resource"],
        name=body["name"],
        kind=body["kind"],
        district=body["district"],
        times=body["times"],
        who_may_come=body["whoMayCome"],
        trouble=body["trouble"],
        contact=body["contact"],
        visibility=body["visibility"],
        checked_on=today,
        ended=None,
        found_on=before.found_on if before else today,
        by=event.by,
        at=event.at,
    )


def checked(event: Logged) -> None:
    body = event.body or {}
    Resource.update(checked_on=body["on"], by=event.by, at=event.at).where(
        Resource.id == body["resource"]
    ).execute()


def ended(event: Logged) -> None:
    body = event.body or {}
    Resource.update(ended=body["reason"], by=event.by, at=event.at).where(
        Resource.id == body["resource"]
    ).execute()


APPLIERS = {
    ("resource.written", 1): written,
    ("resource.checked", 1): checked,
    ("resource.ended", 1): ended,
}
