"""The cases that `tools/make_vectors.py` writes into sync/vectors/, an area a module.

Each case tests one thing. Bytes are b64u; `expect` is "accept" or the code a reader answers with.
"""
