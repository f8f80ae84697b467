"""Takes away what the machine keeps of records that two people disposed of: everything beside the log's own rows.

The log is emptied (`log/destroying`), and with it go photos, papers, the search index, what somebody was typing,
envelopes that brought it and envelopes that are still on their way to phones. The read model's rows go when the act is
applied (`projections/disposals`). A restored desk comes here too, when its journal tells of a disposal.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from peewee import DatabaseError

from .accounts.page_state import Draft, KeptFile, KeptForm, PageNote, forget_files_without_form
from .core.desk import Desk
from .core.tables import among, canonical
from .log.destroying import destroy, entries_of
from .models.imports import ImportedRow, ImportLines
from .models.key_values import get_state, set_state
from .models.office_and_cases import (
    BlobFile,
    CaseDocument,
    CaseFile,
    CaseName,
    DeviceRow,
    DocumentFile,
    DownChain,
    DownEnvelope,
    Held,
    Member,
    Photo,
    PhotoDigest,
    Received,
    SearchEntry,
    Sent,
    VisitVersion,
)

TAKEN_IN = ("applied", "admitted", "known", "old_run", "rejected")  # what such an envelope says is decided
PAGES = tuple(table._meta.table_name for table in (Draft, KeptForm, KeptFile, PageNote))
UNTIDY = "untidy"  # in the machine's own notes: how many acts `tidy` has not yet come after
SHORTEST_NAME = 2  # letters of a name that is looked for in what somebody was typing


def erase(desk: Desk, keys: Sequence[str], entries: Sequence[str], things: Sequence[str]) -> None:
    """`keys`: cases and consultations; `entries`: events elsewhere in the log; `things`: notices, meetings.

    Call inside `desk.write()`, before the act itself is applied.
    """
    visits = visits_of(keys, entries)
    _forget_files(keys, visits)
    _forget_search(desk, keys, visits, things)
    if set(PAGES) <= set(desk.db.get_tables()):  # a desk that was never opened by a browser has none
        with desk.db.bind_ctx([Draft, KeptForm, KeptFile, PageNote]):
            _forget_typing([*keys, *visits, *things], _names(keys))
    _forget_mail(keys, entries, visits)
    batches = [row.batch for row in ImportedRow.select().where(among(ImportedRow.opened, keys))]
    ImportLines.delete().where(among(ImportLines.file, batches)).execute()
    Held.delete().where(among(Held.case, keys) | among(Held.visit, visits)).execute()
    destroy(keys, entries)
    set_state(UNTIDY, get_state(UNTIDY, 0) + 1)


def visits_of(keys: Sequence[str], entries: Sequence[str]) -> list[str]:
    """Every contact of these cases, and those elsewhere that the entries are of."""
    rows = VisitVersion.select(VisitVersion.visit).where(
        among(VisitVersion.case, keys) | among(VisitVersion.id, entries)
    )
    return sorted({row.visit for row in rows})


def photos_of(visits: Sequence[str]) -> list[str]:
    """Of any version of these contacts, taken back ones too; not what a contact elsewhere shows as well."""
    versions = VisitVersion.select(VisitVersion.body).where(among(VisitVersion.visit, visits))
    named = {photo.get("blob") for row in versions for photo in row.body.get("photos", [])}
    named |= {row.blob for row in Photo.select(Photo.blob).where(among(Photo.visit, visits))}
    blobs = [one for one in named if isinstance(one, str)]
    elsewhere = Photo.select(Photo.blob).where(among(Photo.blob, blobs) & ~among(Photo.visit, visits))
    return sorted(set(blobs) - {row.blob for row in elsewhere})


def _forget_files(keys: Sequence[str], visits: Sequence[str]) -> None:
    blobs = photos_of(visits)
    BlobFile.delete().where(among(BlobFile.id, blobs)).execute()
    PhotoDigest.delete().where(among(PhotoDigest.id, blobs)).execute()
    papers = [row.id for row in CaseDocument.select(CaseDocument.id).where(among(CaseDocument.case, keys))]
    DocumentFile.delete().where(among(DocumentFile.id, papers)).execute()


def _forget_search(desk: Desk, keys: Sequence[str], visits: Sequence[str], things: Sequence[str]) -> None:
    notices = [f"{thing} notices" for thing in things]
    here = among(SearchEntry.visit, visits) | among(SearchEntry.case, keys) | among(SearchEntry.key, notices)
    rows = [row.id for row in SearchEntry.select(SearchEntry.id).where(here)]
    for row in rows:
        desk.db.execute_sql("delete from search_index where rowid = ?", (row,))
    SearchEntry.delete().where(among(SearchEntry.id, rows)).execute()


def _names(keys: Sequence[str]) -> set[str]:
    """What these households and their people are called: a form somebody has open may hold it without any id."""
    found = [row.title for row in CaseFile.select().where(among(CaseFile.id, keys))]
    found += [row.title for row in CaseName.select().where(among(CaseName.case, keys))]
    found += [row.name for row in Member.select().where(among(Member.case, keys))]
    return {name for name in found if name and len(name) >= SHORTEST_NAME}


def _forget_typing(ids: Iterable[str], names: set[str]) -> None:
    needles = (*ids, *names)

    def tells(*texts: Any) -> bool:
        text = canonical(texts)
        return any(needle in text for needle in needles)

    for draft in Draft.select():
        if tells(draft.page, draft.text):
            Draft.delete().where((Draft.staff == draft.staff) & (Draft.page == draft.page)).execute()
    for form in KeptForm.select():
        if tells(form.path, form.fields):
            KeptForm.delete().where(KeptForm.id == form.id).execute()
    forget_files_without_form()
    for note in PageNote.select():
        if tells(note.value):
            PageNote.delete().where(
                (PageNote.session == note.session) & (PageNote.name == note.name)
            ).execute()


def _forget_mail(keys: Sequence[str], entries: Sequence[str], visits: Sequence[str]) -> None:
    """Envelopes as they came, sealed to the office, whose events are in the log; and what lies ready for phones."""
    rows = entries_of(keys, entries)
    latest = max((row.received_at for row in rows), default="")
    from_phones = among(Received.device, sorted({row.source for row in rows}))
    undecided = Held.select(Held.envelope).where((Held.kind == "envelope") & (Held.state == "held"))
    Received.update(frame=None).where(
        from_phones
        & Received.status.in_(TAKEN_IN)
        & (Received.received_at <= latest)
        & Received.id.not_in(undecided)
    ).execute()
    paths = [*(f"case/{key}" for key in keys), *(f"record/{visit}" for visit in visits)]
    had = {row.device for row in Sent.select(Sent.device).where(among(Sent.path, paths))}
    waiting = DownEnvelope.select(DownEnvelope.device).where(DownEnvelope.frame.is_null(False)).distinct()
    theirs = sorted(had & {row.device for row in waiting})
    active = DeviceRow.select(DeviceRow.id).where(DeviceRow.status == "active")
    # Everything anew for them: what is on its way is thrown away with the run it belongs to.
    DownChain.update(snapshot_wanted=True).where(
        among(DownChain.device, theirs) & DownChain.device.in_(active)
    ).execute()
    DownEnvelope.update(frame=None).where(DownEnvelope.device.not_in(active)).execute()


def tidy(desk: Desk) -> bool:
    """Leave nothing in the files of what was deleted. Outside any transaction; others may go on meanwhile.

    Deleted rows were overwritten where they lay (`secure_delete`); the index keeps deleted words until it is merged,
    and the file beside the database keeps earlier pages until it is emptied. False where somebody reads just now: the
    note stays, and whoever finds it calls this again (`backup/ageing.finish_disposals`), after a power cut too.
    """
    noted = get_state(UNTIDY, 0)
    with desk.write():
        desk.db.execute_sql("insert into search_index(search_index) values('optimize')")
    try:
        [(busy, _, _)] = desk.db.execute_sql("pragma wal_checkpoint(truncate)").fetchall()
    except DatabaseError:
        busy = True
    if busy:
        return False
    with desk.write():
        if get_state(UNTIDY, 0) == noted:  # else another act came meanwhile
            set_state(UNTIDY, 0)
    return True
