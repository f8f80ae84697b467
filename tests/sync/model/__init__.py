"""Phones, a relay and a desk at the level of SPEC 4-6: no keys, no bytes, no time, only the rules.

Decisions come from `sync.chain`, the very functions the product asks. What is modelled around them is what the
SPEC tells the three places to remember and to do. `world.py` plays faults and judges the end.
"""
