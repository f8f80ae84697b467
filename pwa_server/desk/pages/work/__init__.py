"""Pages about the day's work across cases."""
