"""A certificate in words: one line, and a table that says what was checked.

The class :class:`~mem_lib.certificate.Certificate` calls these; they do not import it.
"""

from fractions import Fraction
from typing import Any

from mem_lib._base.names import listing
from mem_lib._base.text import apart, at_least, short
from mem_lib.figures.numbers import number_text
from mem_lib.figures.tables import Table, table

#: Of the smallest tolerance that would do, above and below: a longer fraction is not printed.
MOST_BITS = 256


def line(certificate: Any) -> str:
    """The whole outcome as one line."""
    size = certificate.size
    head = "memorized" if certificate.ok else "NOT memorized"
    slack = "" if certificate.slack is None else f", slack {short(certificate.slack)}"
    error = "" if not certificate.max_error else f", largest error {short(certificate.max_error)}"
    parts = [
        f"{head}: {certificate.correct} of {certificate.points} points right{slack}{error}, "
        f"{_ties(certificate)}",
        f"depth {size.depth}, width {size.width}, {size.weights} weights of at most {size.bits} "
        "bits",
        f"exact: {certificate.arithmetic}",
    ]
    if certificate.counterexample is not None:
        parts.append(str(certificate.counterexample))
    parts += [text for text in (_by_number(certificate), _enough(certificate)) if text]
    return "; ".join(parts)


def sheet(certificate: Any) -> Table:
    """What was checked, and what came out: a row for each thing that there is to say."""
    found, size = certificate, certificate.size
    rows = [
        ("verdict", _verdict(found)),
        ("points", f"{number_text(found.correct)} of {number_text(found.points)} right"),
    ]
    if found.counterexample is not None:
        rows.append(("first wrong row", str(found.counterexample)))
    if found.ties:
        rows.append(("ties", f"{found.ties} times a threshold unit has exactly 0 to decide on"))
    if found.slack:
        rows.append(("slack", f"{short(found.slack)}: no output is nearer to a wrong answer"))
    allowed, largest = apart([found.tolerance, found.max_error or Fraction(0)])
    if found.tolerance:
        rows.append(("allowed error", allowed))
    if found.max_error:
        rows.append(("largest error", largest))
    if text := _enough(found):
        rows.append(("would do", text))
    if text := _by_number(found) or _by_name(found):
        rows.append(("classes", text))
    shape = f"depth {size.depth}, width {number_text(size.width)}, {number_text(size.weights)}"
    rows += [
        ("arithmetic", f"exact: {found.arithmetic}; no sum was longer than {found.max_bits} bits"),
        ("network", f"{shape} nonzero weights of at most {size.bits} bits"),
        ("its SHA-256", f"{found.network_sha256[:16]}…"),
        ("of the data", f"{found.dataset_sha256[:16]}…"),
    ]
    what = "Certificate: every layer was evaluated at every point, and nothing was rounded."
    return table(rows, ["", ""], caption=what)


def _verdict(found: Any) -> str:
    if not found.ok:
        return "not memorized"
    near = "within the allowed error" if found.tolerance else "exactly"
    return f"memorized: every point gets its own answer, {near}"


def _ties(found: Any) -> str:
    """Of threshold units; where outputs are equal, too, it has to be said which tie is meant."""
    if found.ties:
        return f"{found.ties} TIES"
    wrong = found.counterexample
    return "no threshold unit on a tie" if wrong is not None and wrong.tied else "no ties"


def _by_number(found: Any) -> str:
    """Where one side alone has names."""
    if (found.classes is None) == (found.data_classes is None):
        return ""
    who = "the data have" if found.classes is None else "the network has"
    return f"classes by number, since only {who} names"


def _by_name(found: Any) -> str:
    return "" if found.data_classes is None else f"by name: {listing(found.data_classes)}"


def _enough(found: Any) -> str:
    """Which tolerance would make it right, if one is possible and all else is."""
    error, wrong = found.max_error, found.counterexample
    if found.ok or found.ties or error is None or wrong is None:
        return ""
    # labels differ by 1, so that outputs have to be nearer than 1/2
    below = None if wrong.predicted is None else Fraction(1, 2)
    if below is not None and error >= below:
        return ""
    decimal = at_least(error, below)
    is_told = error.numerator.bit_length() + error.denominator.bit_length() <= MOST_BITS
    exact = str(error) if is_told else "the largest error, exactly"
    note = "" if decimal in (None, exact) else f", or {decimal},"
    return f"a tolerance of {exact}{note} would do"
