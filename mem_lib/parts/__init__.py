"""Steps that several proofs share, each with its lemma's label.

A step lives with the chapter that needs it; when a second chapter does, it moves here.

* ``projection``: points become integer keys on a line.
* ``strings``: keys and labels written into one long integer, and what that costs.
* ``gates``: tests [v >= T] of integers, as layers; ``stages``: what layers are called.
* ``gf2``: tables that answer by a sum of three cells; ``primes``: the next prime.
* ``hyperplanes``, ``separation``: random hyperplanes, and how often one tells two points apart.
* ``affine``, ``facets``: exact linear algebra on integer points.
* ``neurons``: one hidden layer as a list of neurons with rational outgoing weights.
"""
