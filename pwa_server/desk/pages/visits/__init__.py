"""Pages about one record of a visit."""
