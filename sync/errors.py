"""One error for the whole protocol: a stable code for programs, a sentence for people who debug."""

# What a relay answers over HTTP (SPEC 7), and the status that goes with each.
HTTP_STATUS = {
    "malformed": 400,
    "unknown_version": 400,
    "blob_mismatch": 400,
    "bad_signature": 403,
    "bad_nonce": 403,
    "revoked": 403,
    "unknown_office": 404,
    "unknown_device": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "not_ready": 409,
    "old_roster": 409,
    "wrong_offset": 409,
    "code_used": 409,
    "code_expired": 410,
    "too_big": 413,
    "too_many": 429,
    "fault": 500,
    "unavailable": 503,
    "full": 507,
}

# Why an end keeps something aside instead of applying it (SPEC 3.4-3.5, 4.2-4.3, 10).
HELD_REASONS = ("unreadable", "unknown_body", "unknown_event", "malformed", "conflict", "fork", "old_run")

# Why an end turns away from an enrolment (SPEC 8). These never cross the wire.
ENROLMENT_CODES = ("bad_code", "bad_mac")

CODES = frozenset(HTTP_STATUS) | frozenset(HELD_REASONS) | frozenset(ENROLMENT_CODES)


class SyncError(Exception):
    """Something was refused or is held. `code` is one of CODES; `detail` never carries contents.

    `envelope` is the id of the envelope it is about, where that much could be read.
    """

    def __init__(self, code: str, detail: str = "", envelope: str | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.envelope = envelope
