"""Every number the protocol bounds itself with, in one place. A reader that meets more refuses or holds.

And what its requests are called: here, so that a worker that only sends need not load how answers are read.
"""

BATCH_TYPE = "application/vnd.sotto.batch"
ANSWER_TYPE = "application/vnd.sotto.answer"
JSON_TYPE = "application/json"
SIGNATURE_HEADER = "Sotto-Signature"

KIB = 1024
MIB = 1024 * KIB

MAX_HEADER_BYTES = 4096
MAX_HEADER_BLOBS = 16
MAX_SEALED_BYTES = 1 * MIB  # enc and tag included (SPEC 3.3)
MAX_BLOB_BYTES = 1_114_112  # a sealed photo, tag included (SPEC 2)
MAX_BATCH_ENVELOPES = 1_024
PLAIN_BATCH_ENVELOPES = 100  # and no short frames: what every relay of version 1 takes
MAX_BATCH_BYTES = 8 * MIB

MIN_PADDED_BYTES = 512
MAX_PLAIN_BYTES = MAX_SEALED_BYTES - 65 - 16  # what is left after HPKE's enc and tag
MAX_INFLATED_BYTES = 4 * MIB
MAX_DEPTH = 32
MAX_VALUES = 50_000
MAX_EVENTS = 200

WINDOW = 1024  # how far above the office's position a phone may write (SPEC 6.2)
REVIEW_ENVELOPES = 64  # what a revoked device may still leave
REVIEW_BYTES = 2 * MIB

MAX_REQUEST_BYTES = 64 * KIB  # a signed JSON request of a phone
MAX_ROSTER_BYTES = 4 * MIB
MAX_ROSTER_DEVICES = 3_000
MAX_ROSTER_SEAL_KEYS = 32
MAX_NOTE_BYTES = 512

NONCE_SECONDS = 600
CODE_SECONDS = 600
BLOB_UNNAMED_SECONDS = 24 * 3600

# A run is a number of seconds or one above what was known (SPEC 4.1): eleven digits leave room for a clock that was
# wrong once, and a phone that lies about `highest` cannot use up what is left.
MAX_RUN = 99_999_999_999
MAX_BELIEVED_RUN = 9_999_999_999
MAX_UNSENT = 999_999_999
MAX_APP = 64  # letters of a program's name and version
