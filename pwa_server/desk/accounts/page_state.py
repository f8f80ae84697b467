"""What the pages themselves remember: a sentence to show next, a search, a form kept while somebody signs in again.

It lies in the encrypted database and not in cookies or the browser: a city's browser keeps nothing, and what a
supervisor typed about a household must not lie in a profile folder. Nothing here is a record.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from peewee import AutoField, BlobField, BooleanField, CompositeKey, IntegerField, TextField

from ..core.clock import stamp
from ..core.tables import JsonField, Row

KEPT_FOR = timedelta(hours=12)
FORGET_EVERY = timedelta(minutes=10)
MOST_DRAFTS = 300  # of one person
SENTENCE = "said "  # begins the name of such a note
SENTENCE_LATE = timedelta(seconds=20)  # the page a sentence was for did not come: any page may say it
SENTENCE_KEPT = timedelta(minutes=10)  # later it would be news of long ago
_forgotten: datetime | None = None


class PageNote(Row):
    """One small fact of one session (or of a visitor who has not signed in), by name."""

    session = TextField()
    name = TextField()
    value = JsonField()
    at = TextField()

    class Meta:
        primary_key = CompositeKey("session", "name")


class KeptForm(Row):
    """What a person had typed when the session ended or a fresh proof was asked for.

    Shown to that person alone, and only where they sign in again in the window it was typed in.
    """

    id = AutoField()
    staff = TextField(index=True)
    session = TextField(index=True)
    path = TextField()
    endpoint = TextField()
    fields = JsonField()  # [[name, value], …] in the form's order
    sends = BooleanField()  # whether it may be sent on from here; else its words are only shown
    at = TextField()

    class Meta:
        table_name = "kept_form"  # `keptform` was the one that knew no session


class KeptFile(Row):
    """A file that was being sent with a kept form; it goes when the form goes."""

    id = AutoField()
    form = IntegerField(index=True)
    field = TextField()
    name = TextField()
    type = TextField()
    bytes = BlobField()


class Draft(Row):
    """A text being typed, kept as it grows, by the page it belongs to."""

    staff = TextField()
    page = TextField()
    text = TextField()
    at = TextField()

    class Meta:
        primary_key = CompositeKey("staff", "page")


def keep_draft(staff: str, page: str, text: str, at: str) -> None:
    """The newest text of a page; of more pages than anybody writes at, the oldest goes: whoever sends names them."""
    Draft.put(staff=staff, page=page, text=text, at=at)
    of_person = Draft.select(Draft.page).where(Draft.staff == staff).order_by(Draft.at.desc())
    for old in of_person.offset(MOST_DRAFTS).limit(MOST_DRAFTS):
        Draft.delete().where((Draft.staff == staff) & (Draft.page == old.page)).execute()


class SignInTry(Row):
    """A failed sign-in from an address, to slow down guessing. Rows older than an hour go."""

    id = AutoField()
    address = TextField(index=True)
    at = TextField()


class Choice(Row):
    """How a person wants the desk: language, row height, keys."""

    staff = TextField(primary_key=True)
    value = JsonField()


class SeenChange(Row):
    """A change to an account this person has seen."""

    staff = TextField()
    change = TextField()

    class Meta:
        primary_key = CompositeKey("staff", "change")


PAGE_TABLES: tuple[type[Row], ...] = (PageNote, KeptForm, KeptFile, Draft, SignInTry, Choice, SeenChange)


def forget_files_without_form() -> None:
    KeptFile.delete().where(KeptFile.form.not_in(KeptForm.select(KeptForm.id))).execute()


def note(session: str, name: str, value: Any, now: datetime) -> None:
    forget_now_and_then(now)
    PageNote.put(session=session, name=name, value=value, at=stamp(now))


def read_note(session: str, name: str, since: datetime | None = None) -> Any:
    """The fact, or None; one written before `since` counts no more."""
    row = PageNote.get_or_none(PageNote.session == session, PageNote.name == name)
    return None if row is None or (since is not None and row.at < stamp(since)) else row.value


def take_note(session: str, name: str) -> Any:
    """Read it once: it is gone afterwards."""
    row = PageNote.get_or_none(PageNote.session == session, PageNote.name == name)
    if row is None:
        return None
    PageNote.delete().where(PageNote.session == session, PageNote.name == name).execute()
    return row.value


def leave_sentence(session: str, address: str, sentence: dict[str, Any], now: datetime) -> None:
    """`sentence`: a sentence about what happened, for the page at `address`; "" is whichever page comes first."""
    PageNote.put(
        session=session, name=f"{SENTENCE}{secrets.token_hex(8)}", value=[address, sentence], at=stamp(now)
    )


def take_sentence(session: str, address: str, now: datetime) -> dict[str, Any] | None:
    """The oldest sentence that waits for this page, or for one that never came. It is given once."""
    late, gone = stamp(now - SENTENCE_LATE), stamp(now - SENTENCE_KEPT)
    mine = (PageNote.session == session) & PageNote.name.startswith(SENTENCE)
    for row in list(PageNote.select().where(mine).order_by(PageNote.at)):
        meant, sentence = row.value
        if meant not in ("", address) and not gone <= row.at < late:
            continue
        if PageNote.delete().where((PageNote.session == session) & (PageNote.name == row.name)).execute():
            return dict(sentence)
    return None


def readdress_sentences(session: str, address: str, on: str) -> None:
    """The page at `address` sent its reader on: so go the sentences that wait for it."""
    mine = (PageNote.session == session) & PageNote.name.startswith(SENTENCE)
    for row in list(PageNote.select().where(mine)):
        if row.value[0] == address:
            PageNote.put(session=session, name=row.name, value=[on, row.value[1]], at=row.at)


def move_notes(old: str, new: str, person: str) -> None:
    """A sign-in gives a new cookie; what this person was about to do goes along, and nothing of anybody else."""
    PageNote.update(session=new).where(PageNote.session == old).execute()
    here = KeptForm.session == old
    KeptForm.update(session=new).where(here & (KeptForm.staff == person)).execute()
    KeptForm.delete().where(here).execute()
    forget_files_without_form()


def forget_session(session: str) -> None:
    """Somebody left: whoever comes with this cookie again is nobody, and what they send is kept for nobody."""
    PageNote.delete().where(PageNote.session == session).execute()
    KeptForm.delete().where(KeptForm.session == session).execute()
    forget_files_without_form()


def forget_now_and_then(now: datetime) -> None:
    """`forget_old` while running, at most once in FORGET_EVERY."""
    global _forgotten
    if _forgotten is None or not timedelta() <= now - _forgotten < FORGET_EVERY:
        _forgotten = now
        forget_old(now)


def forget_old(now: datetime) -> None:
    """Notes, kept forms and tries have their day."""
    limit = stamp(now - KEPT_FOR)
    PageNote.delete().where(PageNote.at < limit).execute()
    KeptForm.delete().where(KeptForm.at < limit).execute()
    forget_files_without_form()
    SignInTry.delete().where(SignInTry.at < stamp(now - timedelta(hours=1))).execute()
