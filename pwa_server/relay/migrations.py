"""The relay's schema, grown one step at a time under a lock. A step, once released, never changes.

Plain SQL, because a step must make what it made then, whatever the models say today.
"""

from typing import Any

Words = dict[str, str]
SQLITE: Words = {"bytes": "BLOB", "int": "INTEGER", "bool": "INTEGER", "no": "0", "bound": "?"}
POSTGRESQL: Words = {"bytes": "BYTEA", "int": "BIGINT", "bool": "BOOLEAN", "no": "false", "bound": "%s"}
LOCK = 7_305_808_869  # any constant of ours; pg_advisory_xact_lock

FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE rosters (office TEXT PRIMARY KEY, serial {int} NOT NULL, bytes {bytes} NOT NULL,
  sig {bytes} NOT NULL, sign {bytes} NOT NULL);
CREATE TABLE devices (office TEXT NOT NULL, device TEXT NOT NULL, sign {bytes} NOT NULL, status TEXT NOT NULL,
  up_run {int} NOT NULL, up_n {int} NOT NULL, PRIMARY KEY (office, device));
CREATE TABLE boxes (office TEXT NOT NULL, recipient TEXT NOT NULL, last {int} NOT NULL,
  PRIMARY KEY (office, recipient));
CREATE TABLE envelopes (office TEXT NOT NULL, recipient TEXT NOT NULL, number {int} NOT NULL, id TEXT NOT NULL,
  sender TEXT NOT NULL, run {int} NOT NULL, n {int} NOT NULL, size {int} NOT NULL, review {bool} NOT NULL,
  header {bytes} NOT NULL, sealed {bytes} NOT NULL, sig {bytes} NOT NULL,
  PRIMARY KEY (office, recipient, number), UNIQUE (office, recipient, id));
CREATE INDEX envelopes_of_sender ON envelopes (office, recipient, sender, run, n);
CREATE TABLE statements (office TEXT NOT NULL, device TEXT NOT NULL, body {bytes} NOT NULL, sig TEXT NOT NULL,
  follow_run {int} NOT NULL, follow_n {int} NOT NULL, PRIMARY KEY (office, device));
CREATE TABLE nonces (nonce TEXT PRIMARY KEY, expires {int} NOT NULL);
CREATE INDEX nonces_by_age ON nonces (expires);
CREATE TABLE orders (office TEXT NOT NULL, device TEXT NOT NULL, serial {int} NOT NULL, bytes {bytes} NOT NULL,
  sig {bytes} NOT NULL, PRIMARY KEY (office, device));
CREATE TABLE slots (slot TEXT PRIMARY KEY, office TEXT NOT NULL, opened {int} NOT NULL, closed {bool} NOT NULL,
  p1 TEXT, p2 TEXT);
CREATE TABLE blobs (id TEXT PRIMARY KEY, size {int} NOT NULL, received {int} NOT NULL, complete {bool} NOT NULL,
  touched {int} NOT NULL);
CREATE TABLE blob_parts (id TEXT NOT NULL, start {int} NOT NULL, bytes {bytes} NOT NULL, PRIMARY KEY (id, start));
CREATE TABLE blob_names (office TEXT NOT NULL, id TEXT NOT NULL, envelope TEXT NOT NULL, sender TEXT NOT NULL,
  dropped {int} NOT NULL, PRIMARY KEY (office, id, envelope));
CREATE INDEX blob_names_by_id ON blob_names (id);
CREATE INDEX blob_names_by_sender ON blob_names (office, sender);
CREATE INDEX blob_names_by_envelope ON blob_names (office, envelope);
CREATE TABLE subscriptions (office TEXT NOT NULL, device TEXT NOT NULL, endpoint TEXT NOT NULL,
  p256dh TEXT NOT NULL, auth TEXT NOT NULL, lang TEXT NOT NULL, delivered {int}, failures {int} NOT NULL,
  problem TEXT, PRIMARY KEY (office, device));
CREATE TABLE wake_lists (office TEXT NOT NULL, device TEXT NOT NULL, serial {int} NOT NULL,
  PRIMARY KEY (office, device));
CREATE TABLE wakes (office TEXT NOT NULL, device TEXT NOT NULL, source TEXT NOT NULL, tag TEXT NOT NULL,
  said TEXT NOT NULL, due {int} NOT NULL, done {bool} NOT NULL, lease {int} NOT NULL, next_try {int} NOT NULL,
  attempts {int} NOT NULL, PRIMARY KEY (office, device, source, tag));
CREATE INDEX wakes_by_time ON wakes (done, next_try);
"""

TIMERS = """
CREATE TABLE watch_lists (office TEXT NOT NULL, device TEXT NOT NULL, serial {int} NOT NULL, steps TEXT NOT NULL,
  PRIMARY KEY (office, device));
CREATE TABLE timers (office TEXT NOT NULL, device TEXT NOT NULL, tag TEXT NOT NULL, due {int} NOT NULL,
  PRIMARY KEY (office, device));
"""

# Photos that lost their last name are noted when that happens: a sweep reads these alone, not all there ever were.
# Wakes of phones without a subscription sleep (`next_try` of `wakes.ASLEEP`) until one comes.
# `rosters.name`: serial and SPEC 5's id of the bytes, so that a pull need not read them.
QUIET = """
CREATE TABLE nameless (id TEXT PRIMARY KEY, since {int} NOT NULL);
CREATE INDEX nameless_by_age ON nameless (since);
INSERT INTO nameless (id, since) SELECT id, touched FROM blobs
  WHERE NOT EXISTS (SELECT 1 FROM blob_names WHERE blob_names.id = blobs.id);
CREATE INDEX blob_names_by_drop ON blob_names (dropped);
CREATE INDEX wakes_by_due ON wakes (done, due);
CREATE INDEX wakes_by_source ON wakes (source, due);
UPDATE wakes SET next_try = 9007199254740992 WHERE done = {no} AND NOT EXISTS (SELECT 1 FROM subscriptions
  WHERE subscriptions.office = wakes.office AND subscriptions.device = wakes.device AND endpoint <> '');
ALTER TABLE rosters ADD COLUMN name TEXT NOT NULL DEFAULT '';
"""

OFFICES = """
CREATE TABLE offices (office TEXT PRIMARY KEY, added {int} NOT NULL, removed {int} NOT NULL);
"""

STEPS: tuple[str, ...] = (FIRST, TIMERS, QUIET, OFFICES)


class NewerSchema(RuntimeError):
    """The database was made by a newer Sotto. Nothing was changed; start that version again."""


def migrate(db: Any, words: Words) -> None:
    """Bring the schema up to date. Call inside a write transaction: all steps are kept, or none.

    SQLite's write lock keeps a second process out; PostgreSQL is asked for a lock of its own.
    """
    if words is POSTGRESQL:
        db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    db.execute_sql(_sql("CREATE TABLE IF NOT EXISTS schema (version {int} NOT NULL)", words))
    found = db.execute_sql("SELECT MAX(version) FROM schema").fetchone()[0] or 0
    if found > len(STEPS):
        raise NewerSchema(
            f"The relay's database has schema {found}; this Sotto knows {len(STEPS)}. Start a newer one."
        )
    for version, step in enumerate(STEPS[found:], start=found + 1):
        for statement in filter(None, (part.strip() for part in step.split(";"))):
            db.execute_sql(_sql(statement, words))
        db.execute_sql(f"INSERT INTO schema (version) VALUES ({words['bound']})", (version,))  # noqa: S608 - no value


def _sql(statement: str, words: Words) -> str:
    for name, word in words.items():
        statement = statement.replace("{" + name + "}", word)
    return statement
