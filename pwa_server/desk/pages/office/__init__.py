"""Pages about the office: people, phones, settings, logs."""
