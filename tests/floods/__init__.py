"""Somebody floods the relay. Phones that belong here are served, and the disk does not fill."""
