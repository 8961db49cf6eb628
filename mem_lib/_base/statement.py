"""One statement of the book, and the code that embodies it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """A theorem, lemma or proposition that the book prints.

    label:      ``thm-<slug>-<name>``, the same in the book, in the docstring of ``function`` and at
                the tests that prove it
    title:      as in the book
    paper:      a key of the bibliography
    provenance: a key of ``mem_lib.theorems.PROVENANCE``
    function:   the dotted path of the construction or helper that embodies the statement
    compare:    what a reader with the paper at hand should compare
    """

    label: str
    title: str
    paper: str
    provenance: str
    function: str
    compare: str | None = None
