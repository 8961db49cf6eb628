"""A certificate in words: one line, and a table that says what was checked.

The class :class:`~mem_lib.certificate.Certificate` calls these; they do not import it.
"""

from typing import Any

from mem_lib._base.text import short
from mem_lib.figures.numbers import number_text
from mem_lib.figures.tables import Table, table


def line(certificate: Any) -> str:
    """The whole outcome as one line."""
    size = certificate.size
    head = "memorized" if certificate.ok else "NOT memorized"
    slack = "" if certificate.slack is None else f", slack {short(certificate.slack)}"
    error = "" if not certificate.max_error else f", largest error {short(certificate.max_error)}"
    ties = "no ties" if certificate.ties == 0 else f"{certificate.ties} TIES"
    text = (
        f"{head}: {certificate.correct} of {certificate.points} points right{slack}{error}, {ties};"
        f" depth {size.depth}, width {size.width}, {size.weights} weights of at most {size.bits} "
        f"bits; exact: {certificate.arithmetic}"
    )
    return text if certificate.counterexample is None else f"{text}; {certificate.counterexample}"


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
    if found.tolerance:
        rows.append(("allowed error", short(found.tolerance)))
    if found.max_error:
        rows.append(("largest error", short(found.max_error)))
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
