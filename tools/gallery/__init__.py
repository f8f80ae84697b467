"""Pictures of the running product, for people: `python -m tools.gallery`. Nothing here is shipped."""
