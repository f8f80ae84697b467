"""What was promised in visits, worked out for many at once: what is known is read together, and written together."""

from typing import Any

from ..core.clock import plain
from ..core.tables import among
from ..models.office_and_cases import PromiseMade


class Promises:
    """The promises of these visits. `versions`: by visit, in their order."""

    def __init__(self, versions: dict[str, list[Any]]) -> None:
        named = {
            promise["id"]
            for found in versions.values()
            for one in found
            for promise in one.body.get("promises", [])
        }
        known = list(PromiseMade.select().where(among(PromiseMade.id, sorted(named)))) if named else []
        self.kept = {row.id for row in known if row.kept}
        self.of = {row.id: row.visit for row in known}
        self.rows: dict[str, dict[str, Any]] = {}

    def take_out(self, case: str, visit: str, versions: list[Any]) -> None:
        """A visit that stands nowhere any more keeps none; what moved to another visit with it is that one's."""
        own: set[str] = set()
        for version in versions:
            for promise in version.body.get("promises", []):
                of = self.rows.get(promise["id"], {}).get("visit") or self.of.get(promise["id"])
                if of is None or of == visit:
                    own.add(promise["id"])
        self.settle(case, visit, versions, {}, own)

    def settle(
        self,
        case: str,
        visit: str,
        versions: list[Any],
        standing_record: dict[str, Any],
        only: set[str] | None = None,
    ) -> None:
        standing = {promise["id"] for promise in standing_record.get("promises", [])}
        for body in [
            *(version.body for version in versions),
            standing_record,
        ]:  # the current one last: its words stand
            for promise in body.get("promises", []):
                if only is not None and promise["id"] not in only:
                    continue
                self.rows[promise["id"]] = {
                    "id": promise["id"],
                    "case": case,
                    "visit": visit,
                    "text": promise["text"],
                    "due": promise.get("due"),
                    "to": promise.get("to", ""),
                    "made_on": plain(body["occurredAt"]),
                    "kept": promise["id"] in self.kept,
                    "current": promise["id"] in standing,
                }

    def write(self) -> None:
        PromiseMade.put_many(self.rows.values())
