"""What is not right with what this desk keeps, in sentences: photos, envelopes, the backup, its logs."""

from typing import Any

from flask import g

from ...backup import ageing
from ...backup.backup import archives, room
from ...backup.wrong_photos import not_right
from ...models.key_values import get_state
from ...models.years import CARRIED_OUT, Disposal
from ...open_desk import COMPACTED
from ...queries import log_checks
from ..layout.page import opens, sees
from ..layout.session import the_desk


def troubles() -> list[dict[str, Any]]:
    """[{text, since}] of what concerns this person, the oldest first."""
    found: list[dict[str, Any]] = []
    if sees("held"):
        found += [*_of_photos(), *_of_envelopes()]
    if sees("held") or sees("settings"):
        found += [*_of_the_backup(), *_of_room()]
    if sees("certificates"):
        found += _of_disposals()
    if opens("security_log"):
        found += _of_logs()
    return sorted(found, key=lambda one: str(one["since"]))


def _of_logs() -> list[dict[str, Any]]:
    """A chain that breaks, a journal that is not what it was: somebody may have had a hand in it."""
    return [
        {"text": g.words.t(f"desk.trouble.log.{one['kind']}", place=one["place"]), "since": one["since"]}
        for one in log_checks.found()
    ]


def _of_photos() -> list[dict[str, Any]]:
    rows = not_right()
    found = {
        reason: [row.at for row in rows if row.reason == reason] for reason in ("wrong_bytes", "damaged")
    }
    return [
        {"text": g.words.t(f"desk.trouble.{reason}", count=len(times)), "since": min(times)}
        for reason, times in found.items()
        if times
    ]


def _of_envelopes() -> list[dict[str, Any]]:
    state = get_state("wrong_envelopes", {"count": 0, "at": ""})
    if not state["count"]:
        return []
    return [{"text": g.words.t("desk.trouble.envelopes", count=state["count"]), "since": state["at"]}]


def _of_the_backup() -> list[dict[str, Any]]:
    problem = get_state("backup_problem")
    if problem is None:
        return []
    why = g.words.t(f"desk.error.{problem['code']}")
    return [{"text": g.words.t("desk.trouble.backup", why=why), "since": problem["at"]}]


def _of_disposals() -> list[dict[str, Any]]:
    """What two people disposed of and that may still be somewhere: in a restored desk, in backups, in unused pages."""
    desk, found = the_desk(), []
    missing = get_state(ageing.MISSING, {"ids": [], "at": ""})
    if missing["ids"]:
        which = " ".join(one[:8] for one in missing["ids"])
        text = g.words.t("desk.trouble.disposals_missing", count=len(missing["ids"]), which=which)
        found.append({"text": text, "since": missing["at"]})
    done = Disposal.select().where(Disposal.state == CARRIED_OUT).order_by(Disposal.decided_at)
    rows = list(done)
    over = [row for row in rows if row.until and row.until < desk.today().isoformat()]
    if over and desk.config.backup_dir is not None:
        old = ageing.backups_before(
            archives(desk.config.backup_dir, desk.keys.office), str(over[-1].decided_at)
        )
        if old:
            text = g.words.t("desk.trouble.old_backups", count=len(old))
            found.append({"text": text, "since": over[-1].until})
    if rows and get_state(COMPACTED) is None:
        found.append({"text": g.words.t("desk.trouble.not_compacted"), "since": rows[0].decided_at})
    return found


def _of_room() -> list[dict[str, Any]]:
    """Said while there is still time: the next two backups would not fit."""
    desk = the_desk()
    if desk.config.backup_dir is None or room(desk).lasts(2):
        return []
    needed = room(desk).needed // 1_000_000
    return [{"text": g.words.t("desk.trouble.room", size=needed), "since": desk.now()}]
