"""Bytes nobody thought of, given to every parser of the protocol: by chance that is led by coverage, and
again in JavaScript.
"""
