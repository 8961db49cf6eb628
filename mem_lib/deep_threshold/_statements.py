"""Statements of the chapter on deep threshold networks."""

from mem_lib._base.statement import Statement

_PAPER = "rajput2021exponential"

STATEMENTS: tuple[Statement, ...] = (
    Statement(
        label="thm-deep_threshold-hash",
        title="An integer hash",
        paper=_PAPER,
        provenance="ours",
        function="mem_lib.deep_threshold.Hash",
    ),
    Statement(
        label="thm-deep_threshold-parity",
        title="Random parities in trees",
        paper=_PAPER,
        provenance="ours",
        function="mem_lib.deep_threshold.Parity",
    ),
    Statement(
        label="thm-deep_threshold-table",
        title="The table",
        paper=_PAPER,
        provenance="ours",
        function="mem_lib.deep_threshold.Table",
    ),
    Statement(
        label="thm-deep_threshold-main",
        title="Geometry first, then bookkeeping",
        paper=_PAPER,
        provenance="ours",
        function="mem_lib.deep_threshold.bound",
    ),
)
