"""Reads the read model, always through the access table. Writes nothing but the access log."""
