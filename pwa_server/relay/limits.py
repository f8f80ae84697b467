"""What the relay grants at most, beside the bounds of the protocol itself (`sync/limits.py`). Bytes and seconds."""

from sync.limits import CODE_SECONDS, KIB, MIB

DEVICE_BYTES = 64 * MIB  # envelopes of one device that the office has not covered yet
DEVICE_ENVELOPES = 1_024
DOWN_BYTES = 256 * MIB  # envelopes waiting for one device: a snapshot and then some
DOWN_ENVELOPES = 4_096

DEVICE_BLOB_BYTES = 512 * MIB  # photos of one device that the desk has not dropped yet
REVIEW_BLOB_BYTES = 32 * MIB  # the same, once the device is revoked
BLOB_PIECE_BYTES = 4 * KIB  # a smaller piece must be the last: bounds the rows of a blob
DROPPED_BLOB_SECONDS = 90 * 24 * 3600  # how long a dropped photo is remembered as not wanted

PHONE_PAGE_BYTES = 256 * KIB  # a pull must end within the phone's time limit on a weak line
DESK_PAGE_BYTES = 4 * MIB
PAGE_ENVELOPES = 100

DESK_REQUEST_BYTES = 1 * MIB
ROSTER_REQUEST_BYTES = 6 * MIB  # a roster of 4 MiB in base64
P_BYTES = 4 * KIB  # p1 and p2 of an enrolment
WAKES_PER_DEVICE = 256
TAG_LENGTH = 64
TIMER_SECONDS = 24 * 3600  # the longest anybody goes out for
WATCH_STEPS = 4
WATCHERS = 32  # devices woken in one step

SLOT_SECONDS = CODE_SECONDS  # a phone may answer a code
SLOT_TALK_SECONDS = 2 * CODE_SECONDS  # both sides may go on comparing words
SLOT_KEPT_SECONDS = 24 * 3600  # told apart from a code that never was

WAKE_LEASE_SECONDS = 120
WAKE_KEPT_SECONDS = 24 * 3600  # a wake-up is worth nothing a day later
