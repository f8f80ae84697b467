"""Canaries: strings put into every sensitive field, and the search for them where nothing may be readable."""
