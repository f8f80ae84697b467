"""The Sotto protocol: what leaves a device, and nothing else.

`SPEC.md` is the authority; each module here has a JavaScript twin of the same name beside it.
No Flask, no database, no settings: whoever imports this passes in the clock, the keys and the store.
"""
