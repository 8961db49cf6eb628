"""Second derivations: each file was written from the printed pages of a chapter alone.

A file here imports nothing of the library; it builds the networks of its chapter in its own way,
counts them, and recomputes the numbers of the page.
"""
