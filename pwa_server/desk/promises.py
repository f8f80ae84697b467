"""What was promised in visits, worked out for many at once: what is known is read together, and written together."""

from typing import Any

from .clock import plain
from .model import PromiseMade
from .rows import among


class Promises:
    """The promises of these visits. `versions`: by visit, in their order."""

    def __init__(self, versions: dict[str, list[Any]]) -> None:
        named = {
            promise["id"] for found in versions.values() for one in found for promise in one.body.get("promises", [])
        }
        known = PromiseMade.select().where(among(PromiseMade.id, sorted(named))) if named else ()
        self.kept = {row.id for row in known if row.kept}
        self.rows: dict[str, dict[str, Any]] = {}

    def settle(self, case: str, visit: str, versions: list[Any], standing_record: dict[str, Any]) -> None:
        standing = {promise["id"] for promise in standing_record.get("promises", [])}
        for body in [*(version.body for version in versions), standing_record]:  # the current one last: its words stand
            for promise in body.get("promises", []):
                self.rows[promise["id"]] = {
                    "id": promise["id"], "case": case, "visit": visit, "text": promise["text"],
                    "due": promise.get("due"), "to": promise.get("to", ""), "made_on": plain(body["occurredAt"]),
                    "kept": promise["id"] in self.kept, "current": promise["id"] in standing,
                }  # fmt: skip

    def write(self) -> None:
        PromiseMade.put_many(self.rows.values())
