"""The relay's tables as peewee sees them. `migrations.py` makes them; a test holds the two together.

All are keyed by office, and by recipient where there is one, so that they can be spread over machines. The
exception is a blob's bytes, which are keyed by their hash. Times are whole seconds since 1970.
"""

from peewee import BigIntegerField, BlobField, BooleanField, CompositeKey, IntegerField, Model, TextField


class Table(Model):
    """Never bound itself: each `Store` binds subclasses of its own, so that two stores can live in one process."""


class OfDevice(Table):
    """One row for a device of an office."""

    office = TextField()
    device = TextField()

    class Meta:
        primary_key = CompositeKey("office", "device")


class Fact(Table):
    """Facts about this database: incarnation, nonce_key."""

    key = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "meta"


class Office(Table):
    """Let in, or sent away (`removed` is not 0), by an operator while relays run; beside those of the settings."""

    office = TextField(primary_key=True)
    added = BigIntegerField()
    removed = BigIntegerField()

    class Meta:
        table_name = "offices"


class Roster(Table):
    office = TextField(primary_key=True)
    serial = BigIntegerField()
    bytes = BlobField()
    sig = BlobField()
    sign = BlobField()
    name = TextField()

    class Meta:
        table_name = "rosters"


class Device(OfDevice):
    """What the roster says of one device, taken apart so that a push reads one row."""

    sign = BlobField()
    status = TextField()
    up_run = BigIntegerField()
    up_n = BigIntegerField()

    class Meta:
        table_name = "devices"


class Box(Table):
    """`last`: the number given last. Its row lock is what makes numbers appear in order (SPEC 6.3)."""

    office = TextField()
    recipient = TextField()
    last = BigIntegerField()

    class Meta:
        table_name = "boxes"
        primary_key = CompositeKey("office", "recipient")


class StoredEnvelope(Table):
    office = TextField()
    recipient = TextField()
    number = BigIntegerField()
    id = TextField()
    sender = TextField()
    run = BigIntegerField()
    n = BigIntegerField()
    size = IntegerField()
    review = BooleanField()
    header = BlobField()
    sealed = BlobField()
    sig = BlobField()

    class Meta:
        table_name = "envelopes"
        primary_key = CompositeKey("office", "recipient", "number")


class StatementRow(OfDevice):
    """The latest statement of a device, kept as it was signed."""

    body = BlobField()
    sig = TextField()
    follow_run = BigIntegerField()
    follow_n = BigIntegerField()

    class Meta:
        table_name = "statements"


class UsedNonce(Table):
    nonce = TextField(primary_key=True)
    expires = BigIntegerField()

    class Meta:
        table_name = "nonces"


class WipeOrder(OfDevice):
    serial = BigIntegerField()
    bytes = BlobField()
    sig = BlobField()

    class Meta:
        table_name = "orders"


class Slot(Table):
    """One enrolment under way. `p1`, `p2`: JSON as posted."""

    slot = TextField(primary_key=True)
    office = TextField()
    opened = BigIntegerField()
    closed = BooleanField()
    p1 = TextField(null=True)
    p2 = TextField(null=True)

    class Meta:
        table_name = "slots"


class Blob(Table):
    """`received` of `size` sealed bytes are here, in `BlobPart`."""

    id = TextField(primary_key=True)
    size = IntegerField()
    received = IntegerField()
    complete = BooleanField()
    touched = BigIntegerField()

    class Meta:
        table_name = "blobs"


class BlobPart(Table):
    id = TextField()
    start = IntegerField()
    bytes = BlobField()

    class Meta:
        table_name = "blob_parts"
        primary_key = CompositeKey("id", "start")


class BlobName(Table):
    """An envelope's claim on a blob. `dropped`: when the desk said it needs it no more, 0 until then."""

    office = TextField()
    id = TextField()
    envelope = TextField()
    sender = TextField()
    dropped = BigIntegerField()

    class Meta:
        table_name = "blob_names"
        primary_key = CompositeKey("office", "id", "envelope")


class Nameless(Table):
    """A photo that lost its last name at `since`; it may have got another one meanwhile."""

    id = TextField(primary_key=True)
    since = BigIntegerField()

    class Meta:
        table_name = "nameless"


class Subscription(OfDevice):
    """Where a phone can be woken. `endpoint` is empty when there is none; then `problem` may say why."""

    endpoint = TextField()
    p256dh = TextField()
    auth = TextField()
    lang = TextField()
    delivered = BigIntegerField(null=True)
    failures = IntegerField()
    problem = TextField(null=True)

    class Meta:
        table_name = "subscriptions"


class WakeList(OfDevice):
    serial = BigIntegerField()

    class Meta:
        table_name = "wake_lists"


class Wake(Table):
    """`said`: the time as the desk wrote it. `source`: `desk` (replaced by its next list) or `relay`."""

    office = TextField()
    device = TextField()
    source = TextField()
    tag = TextField()
    said = TextField()
    due = BigIntegerField()
    done = BooleanField()
    lease = BigIntegerField()
    next_try = BigIntegerField()
    attempts = IntegerField()

    class Meta:
        table_name = "wakes"
        primary_key = CompositeKey("office", "device", "source", "tag")


class WatchList(OfDevice):
    """Whom to wake when this device's timer runs out. `steps`: JSON [{"after": seconds, "devices": [...]}]."""

    serial = BigIntegerField()
    steps = TextField()

    class Meta:
        table_name = "watch_lists"


class Timer(OfDevice):
    """A person of this device is out alone until `due`. `tag` is random and says nothing."""

    tag = TextField()
    due = BigIntegerField()

    class Meta:
        table_name = "timers"


ALL: tuple[type[Table], ...] = (
    Fact,
    Office,
    Roster,
    Device,
    Box,
    StoredEnvelope,
    StatementRow,
    UsedNonce,
    WipeOrder,
    Slot,
    Blob,
    BlobPart,
    BlobName,
    Nameless,
    Subscription,
    WakeList,
    Wake,
    WatchList,
    Timer,
)
