"""Events about organisations: written down, their contracts, whose a case is, and what moved between them."""

from ..log.event_log import Logged
from ..models.office_and_cases import CaseFile
from ..models.organisations import Contract, Organisation, Transfer


def written(event: Logged) -> None:
    """Whole, the last one stands. Its kind is the first one's: walls do not move under those who stand behind them."""
    body = event.body or {}
    known = Organisation.get_or_none(Organisation.id == body["organisation"])
    Organisation.put(
        id=body["organisation"],
        name=body["name"],
        kind=body["kind"] if known is None else known.kind,
        contact=body["contact"],
        active=body["active"],
        by=event.by,
        at=event.at,
    )


def contract_written(event: Logged) -> None:
    body = event.body or {}
    names = ("organisation", "title", "begins", "ends", "note")
    Contract.put(id=body["contract"], **{name: body[name] for name in names}, by=event.by, at=event.at)


def entrusted(event: Logged) -> None:
    body = event.body or {}
    CaseFile.update(organisation=body["organisation"]).where(CaseFile.id == event.case).execute()


def transfer_made(event: Logged) -> None:
    body = event.body or {}
    names = ("organisation", "to", "note", "items")
    Transfer.put(
        id=body["transfer"], **{name: body[name] for name in names}, back=[], by=event.by, at=event.at
    )


def taken_back(event: Logged) -> None:
    body = event.body or {}
    row = Transfer.get_or_none(Transfer.id == body["transfer"])
    if row is not None:
        row.back = sorted({*row.back, *body["items"]})
        row.save()


APPLIERS = {
    ("organisation.written", 1): written,
    ("contract.written", 1): contract_written,
    ("case.entrusted", 1): entrusted,
    ("transfer.made", 1): transfer_made,
    ("transfer.taken_back", 1): taken_back,
}
