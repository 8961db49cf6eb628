"""Statements of the chapter on points that a network has not seen."""

from mem_lib._base.statement import Statement

STATEMENTS: tuple[Statement, ...] = (
    Statement(
        label="thm-generalization-maxnet",
        title="The nearest point as a network",
        paper="yu2024generalizability",
        provenance="ours",
        function="mem_lib.generalization.MaxNet",
    ),
    Statement(
        label="thm-generalization-robust",
        title="No network can promise more room",
        paper="yu2024generalizability",
        provenance="ours",
        function="mem_lib.generalization.MaxNet",
    ),
    Statement(
        label="thm-generalization-cells",
        title="Cells",
        paper="yu2024generalizability",
        provenance="paper",
        function="mem_lib.generalization.Cells",
        compare="the factor before the squared margin in the second layer, and whether a "
        "count of parameters is of those that are not 0",
    ),
    Statement(
        label="thm-generalization-condensed",
        title="Constant size",
        paper="yu2024generalizability",
        provenance="ours",
        function="mem_lib.generalization.Condensed",
        compare="the distance below which a point is not kept, and the packing number",
    ),
    Statement(
        label="thm-generalization-spike",
        title="Spikes",
        paper="yu2024generalizability",
        provenance="ours",
        function="mem_lib.generalization.Spike",
        compare="the number of parameters of the network of width 6",
    ),
    Statement(
        label="thm-generalization-projected",
        title="Nearest points after a projection",
        paper="yu2024generalizability",
        provenance="ours",
        function="mem_lib.generalization.Projected",
    ),
    Statement(
        label="thm-generalization-pipelined",
        title="A narrow max-net",
        paper="yu2024generalizability",
        provenance="ours",
        function="mem_lib.generalization.Pipelined",
    ),
)
