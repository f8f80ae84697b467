"""The desk's log, its mail and its own state: tables that `rebuild` never touches."""

from peewee import BigIntegerField, BlobField, BooleanField, CompositeKey, IntegerField, TextField
from playhouse.sqlite_ext import AutoIncrementField

from ..core.tables import JsonField, Row
from .imports import IMPORT_FILES


class LogEntry(Row):
    """One event of the append-only log. The body lies under its case's key; the chain runs over ciphertext."""

    position = AutoIncrementField()
    id = TextField(unique=True)
    type = TextField()
    v = IntegerField()
    at = TextField()  # the writer's clock
    received_at = TextField()  # the desk's clock when it was appended
    source = TextField()  # a device id, or the id of a person at the desk
    by = TextField()  # the person
    case = TextField(null=True, index=True)
    saw = BigIntegerField()
    sealed = BlobField()
    digest = BlobField()  # of the plain event: tells a repeat from a conflict
    chain = BlobField()

    class Meta:
        indexes = ((("source", "by"), False),)  # counting what lies behind the last backup reads no body


class CaseKey(Row):
    """The key the events of one case lie under. It is destroyed with the case (`log/destroying`)."""

    case = TextField(primary_key=True)  # "" is the office itself
    key = BlobField()


class OfficeKey(Row):
    id = TextField(primary_key=True)  # the name of the key
    kind = TextField()  # sign | seal | backup (public half only)
    private = BlobField(null=True)
    public = BlobField()
    made_at = TextField()
    current = BooleanField()


class State(Row):
    """Small facts of the machine: cursor, incarnation, roster serial, last contact …"""

    name = TextField(primary_key=True)
    value = JsonField()


class Received(Row):
    """Every envelope that came, as it came, before anybody tried to understand it."""

    id = TextField(primary_key=True)
    device = TextField(index=True)
    run = BigIntegerField()
    n = BigIntegerField()
    prev = TextField()
    frame = BlobField(null=True)  # dropped 90 days after it is safe
    received_at = TextField()
    # new | applied | waiting | fork | old_run | known | for_review | admitted | rejected
    status = TextField(index=True)
    bytes = IntegerField()


class Held(Row):
    """What arrived and could not be applied, with the reason. Nothing leaves here but by a person's act."""

    id = TextField(primary_key=True)  # envelope id, "-" and the event's place in it
    digest = TextField(index=True)  # of what is held: a repacked copy is not held twice
    kind = TextField()  # event | envelope | blob
    envelope = TextField(null=True, index=True)
    device = TextField(null=True)
    by = TextField()
    case = TextField(null=True)
    type = TextField()
    visit = TextField(null=True)
    # unreadable | unknown_body | unknown_event | malformed | conflict | not_theirs | not_yet | back_dated |
    # fork | old_run | failed | bad_picture | disposed (its body is not kept)
    reason = TextField()
    detail = TextField()
    event = JsonField(null=True)
    at = TextField()
    tries = IntegerField()
    state = TextField(index=True)  # held | applied | dismissed


class UpPosition(Row):
    device = TextField(primary_key=True)
    run = BigIntegerField()
    n = BigIntegerField()
    id = TextField()
    safe_run = BigIntegerField()
    safe_n = BigIntegerField()


class DownChain(Row):
    """The chain towards one phone, and what it last said about it."""

    device = TextField(primary_key=True)
    run = BigIntegerField()
    n = BigIntegerField()
    id = TextField()
    seen = JsonField()  # the up position last told: [run, n, id]
    receipt = JsonField(null=True)  # the receipt last sent
    snapshot_wanted = BooleanField()
    last_sent_at = TextField(null=True)
    seal_told = TextField()  # the office's seal key the phone was last told
    built_for = TextField()  # what the documents were last built from; unchanged: nothing to look at


class DownEnvelope(Row):
    """A signed envelope for a phone, kept until the phone's own statement covers it."""

    id = TextField(primary_key=True)
    device = TextField(index=True)
    run = BigIntegerField()
    n = BigIntegerField()
    frame = BlobField(null=True)  # dropped once the phone has it; the id is kept while its run lasts
    pushed = BooleanField()


class Sent(Row):
    """Which documents a phone has in its current run."""

    device = TextField()
    path = TextField()
    rev = BigIntegerField()
    hash = TextField()

    class Meta:
        primary_key = CompositeKey("device", "path")


class PhoneStatement(Row):
    """The latest signed statement of a phone, which the desk believes rather than the relay."""

    device = TextField(primary_key=True)
    digest = TextField()
    body = JsonField()
    at = TextField()


class DeviceNote(Row):
    """What a phone said about itself (device.noted)."""

    device = TextField(primary_key=True)
    body = JsonField()
    at = TextField()


class BlobFile(Row):
    """A photo's bytes, re-encoded, inside the encrypted database."""

    id = TextField(primary_key=True)
    state = TextField(index=True)  # wanted | here | held
    reason = TextField()  # why it is held; of a wanted one: wrong_bytes (the relay's) | damaged (this desk's)
    jpeg = BlobField(null=True)
    thumb = BlobField(null=True)
    sealed = BlobField(null=True)  # as it came, kept when it is no picture we dare to open
    safe = BooleanField()  # a picture, and in a backup that was read back; never one that is held
    dropped = BooleanField()  # the relay was told it may forget it
    at = TextField()
    tries = IntegerField()


class PhotoDigest(Row):
    """SHA-256 of a picture as it was written (`BlobFile.jpeg`): a backup answers for those very bytes."""

    id = TextField(primary_key=True)
    digest = BlobField()


class DocumentFile(Row):
    """The bytes of a case's paper, inside the encrypted database."""

    id = TextField(primary_key=True)
    bytes = BlobField()


class SearchEntry(Row):
    """A text of the search index (`search_index`, by the same number), under the class of data it belongs to."""

    id = AutoIncrementField()
    key = TextField(unique=True)
    visit = TextField(null=True, index=True)
    case = TextField(null=True)  # only of an entry about the case itself
    part = TextField()  # data class
    text = TextField()


class BackupRun(Row):
    id = TextField(primary_key=True)
    at = TextField()
    position = BigIntegerField()
    path = TextField()
    bytes = BigIntegerField()
    ok = BooleanField()
    detail = TextField()


class Enrolment(Row):
    """A code given out and what came of it. The code itself is kept only until it is answered."""

    id = TextField(primary_key=True)  # the slot
    staff = TextField()
    label = TextField()
    by = TextField()
    code = TextField()
    status = TextField()  # open | answered | confirmed | refused | expired | closed
    detail = TextField()
    p1 = BlobField(null=True)
    p2 = BlobField(null=True)
    words = JsonField(null=True)
    device = TextField(null=True)
    started_at = TextField()
    opened = BooleanField()
    answered = BooleanField()


class AccessView(Row):
    """Who looked at which record. Its own hash chain; never edited, never rebuilt."""

    position = AutoIncrementField()
    at = TextField()
    staff = TextField(index=True)
    what = TextField()
    case = TextField(null=True, index=True)
    where = TextField()  # desk | phone
    chain = BlobField()


class SecurityLine(Row):
    """One line of the security log. Its own hash chain; never edited, the oldest go (security_log.py)."""

    position = BigIntegerField(primary_key=True)
    at = TextField()
    who = TextField()  # id of a person; "" nobody known; "office" the desk itself
    address = TextField()  # "-": no request
    what = TextField()
    about = TextField()  # ids
    outcome = TextField()
    chain = BlobField()


class Account(Row):
    """How a person signs in. The person is `Staff`."""

    staff = TextField(primary_key=True)
    email = TextField(unique=True)
    password = TextField()  # Argon2id, PHC string; "" when only a passkey
    totp_secret = BlobField(null=True)
    totp_confirmed = BooleanField()
    totp_last_step = BigIntegerField()
    totp_required = BooleanField()
    must_change = BooleanField()
    failures = IntegerField()  # no longer read: `SignInPause` counts
    locked_until = TextField(null=True)  # no longer read
    epoch = IntegerField()  # raised when every session of this person must end


class FirstPassword(Row):
    """Until when a password that was handed over may be used."""

    staff = TextField(primary_key=True)
    until = TextField()


class FirstHalf(Row):
    """Half of a first password, for whoever asked for it, until a second person decides."""

    proposal = TextField(primary_key=True)
    half = TextField()
    at = TextField()


class SignInPause(Row):
    """Failures with one address, known or not, and until when it has to wait."""

    id = TextField(primary_key=True)  # hash of the address
    failures = IntegerField()
    until = TextField(null=True)
    at = TextField(index=True)


class Passkey(Row):
    id = TextField(primary_key=True)  # credential id, b64u
    staff = TextField(index=True)
    public_key = BlobField()
    sign_count = BigIntegerField()
    label = TextField()
    made_at = TextField()


class Session(Row):
    id = TextField(primary_key=True)  # hash of the cookie's secret
    staff = TextField(index=True)
    made_at = TextField()
    seen_at = TextField()
    step_up_at = TextField(null=True)
    how = TextField()  # passkey | totp | password
    epoch = IntegerField()


MACHINE_TABLES: tuple[type[Row], ...] = (
    LogEntry,
    CaseKey,
    OfficeKey,
    State,
    Received,
    Held,
    UpPosition,
    DownChain,
    DownEnvelope,
    Sent,
    PhoneStatement,
    DeviceNote,
    BlobFile,
    PhotoDigest,
    DocumentFile,
    SearchEntry,
    BackupRun,
    Enrolment,
    AccessView,
    SecurityLine,
    Account,
    FirstPassword,
    FirstHalf,
    SignInPause,
    Passkey,
    Session,
    *IMPORT_FILES,
)
