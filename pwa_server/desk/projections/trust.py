"""Events about trust: emergency access to a case, and changes to accounts that two people make."""

from ..log.event_log import Logged
from ..models.trust import AccessGrant, Incident, IncidentReport, StaffProposal
from .office import staff_changed


def access_granted(event: Logged) -> None:
    body = event.body or {}
    AccessGrant.put(
        id=event.id,
        case=event.case,
        staff=event.by,
        reason=body["reason"],
        at=event.at,
        until=body["until"],
        noticed_by=None,
        noticed_at=None,
    )


def access_noticed(event: Logged) -> None:
    """The first who took note is kept."""
    body = event.body or {}
    AccessGrant.update(noticed_by=event.by, noticed_at=event.at).where(
        (AccessGrant.id == body["grant"]) & AccessGrant.noticed_by.is_null()
    ).execute()


def staff_proposed(event: Logged) -> None:
    body = event.body or {}
    StaffProposal.put(
        id=event.id,
        staff=body["staff"],
        changes=body["changes"],
        by=event.by,
        at=event.at,
        open=True,
        accepted=False,
        decided_by=None,
        decided_at=None,
    )


def staff_decided(event: Logged) -> None:
    """Applies only what another person than the one who asked accepted."""
    body = event.body or {}
    row = StaffProposal.get_or_none((StaffProposal.id == body["proposal"]) & StaffProposal.open)
    if row is None or row.by == event.by:
        return
    StaffProposal.update(
        open=False, accepted=bool(body["accepted"]), decided_by=event.by, decided_at=event.at
    ).where(StaffProposal.id == row.id).execute()
    if body["accepted"]:
        staff_changed(Logged(**{**event.__dict__, "body": {"staff": row.staff, **row.changes}}))


def incident_reported(event: Logged) -> None:
    body = event.body or {}
    Incident.put(
        id=event.id,
        device=body["device"],
        staff=body["staff"],
        kind=body["kind"],
        noticed_at=body["noticedAt"],
        facts=body["facts"],
        items=body["items"],
        written_by=None,
        written_at=None,
        by=event.by,
        at=event.at,
    )


def incident_told(event: Logged) -> None:
    """A report was made, or it was decided that none is needed."""
    body = event.body or {}
    IncidentReport.put(
        id=f"{body['incident']} {body['report']}",
        incident=body["incident"],
        report=body["report"],
        how=body["how"],
        on=body["on"],
        why=body["why"],
        by=event.by,
        at=event.at,
    )


def incident_written(event: Logged) -> None:
    body = event.body or {}
    Incident.update(items=body["items"], written_by=event.by, written_at=event.at).where(
        Incident.id == body["incident"]
    ).execute()


APPLIERS = {
    ("incident.reported", 1): incident_reported,
    ("incident.written", 1): incident_written,
    ("incident.told", 1): incident_told,
    ("access.granted", 1): access_granted,
    ("access.noticed", 1): access_noticed,
}
