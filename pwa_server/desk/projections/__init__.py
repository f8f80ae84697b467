"""Builds the read model from the log: pure, one function an event type. Imports log, models, core."""
