"""The append-only log of events, the office's keys, the journal at the second place. Imports core and models."""
