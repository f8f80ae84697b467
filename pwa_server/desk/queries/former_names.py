"""What a case was called, and which records count to which. Reads the model alone: the search index stands on it."""

from ..models.office_and_cases import CaseMerge, CaseName


def former_names(case: str, now: list[str]) -> list[str]:
    """What it was called and is no more, the oldest first; of the records joined to it as well. `now`: its names."""
    rows = CaseName.select().where(CaseName.case == case).order_by(CaseName.position)
    former_names = dict.fromkeys(name for row in rows for name in (row.title, row.kana, row.no))
    return [name for name in former_names if name and name not in now]


def joined_to(cases: set[str]) -> dict[str, str]:
    """Records joined to another that have to do with these cases → the record each counts to."""
    rows = CaseMerge.select(CaseMerge.source, CaseMerge.target).where(~CaseMerge.undone)
    target = {row.source: row.target for row in rows.order_by(CaseMerge.id)}
    counted = {}
    for source in target:
        seen = [source]
        while (into := target.get(seen[-1])) and into not in seen:
            seen.append(into)
        if cases.intersection(seen):
            counted[source] = seen[-1]
    return counted
