"""The registry: every statement that the book prints, and the code that stands behind it.

A label ``thm-<slug>-<name>`` is used in the book, here and in the test; ``tests/test_theorems.py``
fails when a label of the book has no entry, an entry has no place in the book, or the function or
the test that it names does not exist.
"""

from dataclasses import dataclass

PROVENANCE = {
    "ours": "stated and proved here, with explicit constants; the paper gives the order",
    "paper": "the paper's statement, proved here in our words",
    "known": "a known result, cited",
}


@dataclass(frozen=True)
class Statement:
    """One statement.

    ``paper`` is a key of the bibliography and ``number`` the paper's own number where it was read,
    else None.  ``function`` is a dotted path, ``test`` a pytest path.  ``compare`` says what a
    reader with the paper at hand should compare.
    """

    label: str
    title: str
    paper: str
    number: str | None
    provenance: str
    function: str
    test: str
    compare: str | None = None


_TESTS = "tests/test_beyond_worst_case.py::"
_CHAPTER = "mem_lib.beyond_worst_case."

STATEMENTS = (
    Statement(
        label="thm-beyond_worst_case-correct",
        title="A covering neuron never fires on a rival",
        paper="dirksen2024memorization",
        number=None,
        provenance="paper",
        function=_CHAPTER + "by_candidates",
        test=_TESTS + "test_cover_equals_brute_force",
        compare="whether Algorithm 1 of the journal version runs over all points of the class or "
        "over given centres",
    ),
    Statement(
        label="thm-beyond_worst_case-hyperplane",
        title="One random hyperplane",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "separation_probability",
        test=_TESTS + "test_probability_between_its_bounds",
    ),
    Statement(
        label="thm-beyond_worst_case-finite",
        title="Finite sets",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "bound",
        test=_TESTS + "test_finite_bound_holds",
        compare="the order of n in the main theorem (Theorem 1.4 of arXiv version 1, informal) for "
        "the trivial covering by points",
    ),
    Statement(
        label="thm-beyond_worst_case-data",
        title="The bound that the data give",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "data_bound",
        test=_TESTS + "test_data_bound_holds",
    ),
    Statement(
        label="thm-beyond_worst_case-rounding",
        title="Dyadic weights",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "rounding_loss",
        test=_TESTS + "test_rounding_changes_few_bits",
    ),
    Statement(
        label="thm-beyond_worst_case-covering",
        title="Size without N",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "covering_hyperplanes",
        test=_TESTS + "test_covering_bound_holds",
        compare="the radius condition and the constants of the main theorem in the journal version",
    ),
    Statement(
        label="thm-beyond_worst_case-needed",
        title="How many hyperplanes are needed",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "hyperplanes_needed",
        test=_TESTS + "test_fewer_hyperplanes_fail",
        compare="whether the journal version proves necessity results",
    ),
    Statement(
        label="thm-beyond_worst_case-size",
        title="Size",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "build",
        test=_TESTS + "test_size_formulas",
    ),
)

#: label -> statement
REGISTRY = {statement.label: statement for statement in STATEMENTS}


def ledger() -> str:
    """All statements as a list in MyST Markdown, each linked to its place in the book."""
    return "\n".join(
        f"- {{prf:ref}}`{s.label}`, **{s.title}**. *{s.provenance.capitalize()}*{_paper(s)}. "
        f"Code `{s.function.removeprefix('mem_lib.')}`, test `{s.test.partition('::')[2]}`."
        for s in STATEMENTS
    )


def to_check() -> str:
    """What a reader with the papers at hand should compare, as a list in MyST Markdown."""
    rows = [
        f"- {{prf:ref}}`{s.label}` ({s.title}) with {{cite:t}}`{s.paper}`: {s.compare}."
        for s in STATEMENTS
        if s.compare
    ]
    return "\n".join(rows)


def _paper(statement: Statement) -> str:
    number = f", {statement.number}" if statement.number else ""
    return f", {{cite:t}}`{statement.paper}`{number}" if statement.paper else ""
