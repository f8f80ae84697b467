"""Photos whose bytes came wrong, or went wrong here: wanted again, never safe, and named until they are right."""

import logging

from ..core.desk import Desk
from ..models.key_values import bump
from ..models.office_and_cases import BlobFile, Held

log = logging.getLogger("sotto.desk")


def want_again(desk: Desk, blobs: list[str]) -> None:
    """Photos kept here whose bytes turned out wrong: asked for anew, and named. Call inside `desk.write()`."""
    for blob in blobs:
        log.warning("the bytes kept of photo %s are not right", blob)
        BlobFile.update(
            state="wanted",
            reason="damaged",
            jpeg=None,
            thumb=None,
            sealed=None,
            safe=False,
            tries=0,
            at=desk.now(),
        ).where((BlobFile.id == blob) & (BlobFile.state != "wanted")).execute()
        Held.update(state="applied").where((Held.id == blob) & (Held.state == "held")).execute()
    if blobs:
        bump()


def not_right() -> list[BlobFile]:
    """Photos whose bytes came wrong, or went wrong here, and that are still asked for."""
    return list(
        BlobFile.select().where((BlobFile.state == "wanted") & (BlobFile.reason != "")).order_by(BlobFile.at)
    )
