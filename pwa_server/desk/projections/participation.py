"""Events of taking part: the profile, reasons, steps, what was heard, papers. Where a match stands is worked out anew
each time from its entries by the day they happened, so that it is the same in whatever order they came."""

from typing import Any

from ..core.clock import day_in_japan
from ..log.event_log import Logged
from ..models.participation import (
    COMPANY,
    PROFILE,
    SIDE_ROADS,
    STEPS,
    TAKING_PART,
    TELLABLE,
    Match,
    MatchEntry,
    MatchPaper,
    ParticipationProfile,
)

OF_BEFORE = {"likes": "likes", "pace": "hours", "avoid": "avoid", "shareable": "other"}
ENTRY = {
    "minutes": None,
    "side": None,
    "period": None,
    "went": "",
    "felt": "",
    "next": "",
    "next_on": None,
    "why": "",
    "person_words": "",
    "host_words": "",
    "company": "",
}


def profile_set(event: Logged) -> None:
    """As it was before each line had a yes of its own: what stood under "may be told" may be told."""
    body = event.body or {}
    words = {new: _text(body[old]) for old, new in OF_BEFORE.items()}
    texts = {one.name: words.get(one.name, "") for one in PROFILE}
    _put_profile(event, texts, body["company"], ["other"], {})


def _text(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def profile_written(event: Logged) -> None:
    body = event.body or {}
    texts = {one.name: body["texts"].get(one.name, "") for one in PROFILE}
    _put_profile(event, texts, body["company"], body["told"], body["limits"])


def _put_profile(
    event: Logged, texts: dict[str, str], company: str, values: list[str], limits: dict[str, Any]
) -> None:
    ParticipationProfile.put(
        id=event.case,
        case=event.case,
        texts=texts,
        company=company if company in COMPANY else "",
        told=[name for name in TELLABLE if name in values],
        limits=limits,
        by=event.by,
        at=event.at,
    )


def weighed(event: Logged) -> None:
    """A candidate, or its reasons written anew."""
    body = event.body or {}
    before = Match.get_or_none(Match.id == body["match"])
    on = before.begun_on if before else day_in_japan(event.at).isoformat()
    Match.put(
        id=body["match"],
        case=event.case,
        opportunity=body["opportunity"],
        fits=body["fits"],
        minds=body["minds"],
        step=STEPS[0],
        step_on=on,
        started=None,
        days=before.days if before else "",
        call=before.call if before else "",
        begun_on=on,
        by=event.by,
        at=event.at,
    )
    settle(body["match"])


def arranged(event: Logged) -> None:
    body = event.body or {}
    Match.update(days=body["days"], call=body["call"]).where(Match.id == body["match"]).execute()


def stepped(event: Logged) -> None:
    body = event.body or {}
    values = {name: body[name] for name in ("on", "minutes", "why", "next", "company")}
    words = {"person_words": body["person"], "host_words": body["host"], "next_on": body["nextOn"]}
    _put_entry(event, step=body["step"], **values, **words)


def followed(event: Logged) -> None:
    body = event.body or {}
    values = {name: body[name] for name in ("side", "period", "on", "felt", "next")} | {"went": body["did"]}
    words = {
        "person_words": body["personWords"],
        "host_words": body["hostWords"],
        "next_on": body["nextOn"],
    }
    _put_entry(event, step=None, **values, **words)


def _put_entry(event: Logged, **values: Any) -> None:
    match = (event.body or {})["match"]
    MatchEntry.put(
        id=event.id,
        case=event.case or "",
        match=match,
        **ENTRY | values,
        undone=False,
        by=event.by,
        at=event.at,
        position=event.position,
    )
    settle(match)


def undone(event: Logged) -> None:
    body = event.body or {}
    MatchEntry.update(undone=True).where(
        (MatchEntry.id == body["entry"]) & (MatchEntry.match == body["match"])
    ).execute()
    settle(body["match"])


def settle(match: str) -> None:
    """The step, its day, and since when somebody takes part."""
    row = Match.get_or_none(Match.id == match)
    if row is None:
        return
    step, on, started = STEPS[0], row.begun_on, None
    steps = MatchEntry.select().where(
        (MatchEntry.match == match) & MatchEntry.step.is_null(False) & ~MatchEntry.undone
    )
    for entry in steps.order_by(MatchEntry.on, MatchEntry.position):
        if entry.step not in (*STEPS, *SIDE_ROADS):
            continue
        started = (started or entry.on) if entry.step in TAKING_PART else None
        on = on if entry.step == step else entry.on
        step = entry.step
    Match.update(step=step, step_on=on, started=started).where(Match.id == match).execute()


def paper_handed(event: Logged) -> None:
    body = event.body or {}
    MatchPaper.put(
        id=body["paper"],
        case=event.case,
        match=body["match"],
        side=body["side"],
        lines=body["lines"],
        on=body["on"],
        by=event.by,
        at=event.at,
    )


APPLIERS = {
    ("profile.set", 1): profile_set,
    ("profile.written", 1): profile_written,
    ("match.weighed", 1): weighed,
    ("match.arranged", 1): arranged,
    ("match.stepped", 1): stepped,
    ("match.followed", 1): followed,
    ("match.undone", 1): undone,
    ("match.paper_handed", 1): paper_handed,
}
