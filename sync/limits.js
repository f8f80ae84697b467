// Every number the protocol bounds itself with, in one place. A reader that meets more refuses or holds.
// And what its requests are called: here, so that the worker that only sends need not load how answers are read.

export const BATCH_TYPE = "application/vnd.sotto.batch"
export const ANSWER_TYPE = "application/vnd.sotto.answer"
export const JSON_TYPE = "application/json"
export const SIGNATURE_HEADER = "Sotto-Signature"

export const KIB = 1024
export const MIB = 1024 * KIB

export const MAX_HEADER_BYTES = 4096
export const MAX_HEADER_BLOBS = 16
export const MAX_SEALED_BYTES = 1 * MIB // enc and tag included (SPEC 3.3)
export const MAX_BLOB_BYTES = 1_114_112 // a sealed photo, tag included (SPEC 2)
export const MAX_BATCH_ENVELOPES = 1_024
export const PLAIN_BATCH_ENVELOPES = 100 // and no short frames: what every relay of version 1 takes
export const MAX_BATCH_BYTES = 8 * MIB

export const MIN_PADDED_BYTES = 512
export const MAX_PLAIN_BYTES = MAX_SEALED_BYTES - 65 - 16 // what is left after HPKE's enc and tag
export const MAX_INFLATED_BYTES = 4 * MIB
export const MAX_DEPTH = 32
export const MAX_VALUES = 50_000
export const MAX_EVENTS = 200

export const WINDOW = 1024 // how far above the office's position a phone may write (SPEC 6.2)
export const REVIEW_ENVELOPES = 64 // what a revoked device may still leave
export const REVIEW_BYTES = 2 * MIB

export const MAX_REQUEST_BYTES = 64 * KIB // a signed JSON request of a phone
export const MAX_ROSTER_BYTES = 4 * MIB
export const MAX_ROSTER_DEVICES = 3_000
export const MAX_ROSTER_SEAL_KEYS = 32
export const MAX_NOTE_BYTES = 512

export const NONCE_SECONDS = 600
export const CODE_SECONDS = 600
export const BLOB_UNNAMED_SECONDS = 24 * 3600

// A run is a number of seconds or one above what was known (SPEC 4.1): eleven digits leave room for a clock that was
// wrong once, and a phone that lies about `highest` cannot use up what is left.
export const MAX_RUN = 99_999_999_999
export const MAX_BELIEVED_RUN = 9_999_999_999
export const MAX_UNSENT = 999_999_999
export const MAX_APP = 64 // letters of a program's name and version
