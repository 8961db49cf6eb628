"""Statements of the chapter on lower bounds and exact arithmetic."""

from mem_lib._base.statement import Statement

STATEMENTS: tuple[Statement, ...] = (
    Statement(
        label="thm-foundations-staircase",
        title="A memorizer always exists",
        paper="zhang2017",
        provenance="ours",
        function="mem_lib.foundations.staircase",
        compare="the count $2n + d$ with real weights",
    ),
    Statement(
        label="thm-foundations-counting",
        title="The counting bound",
        paper="vardi2022optimal",
        provenance="ours",
        function="mem_lib.foundations.counting_bound",
        compare="the paper's own lower bound on the bit complexity, for fixed and for free wirings",
    ),
    Statement(
        label="thm-foundations-table",
        title="Fewer weights than points",
        paper="vardi2022optimal",
        provenance="ours",
        function="mem_lib.foundations.table",
    ),
    Statement(
        label="thm-foundations-cells",
        title="Cells",
        paper="cover1965",
        provenance="known",
        function="mem_lib.foundations.dichotomies",
    ),
    Statement(
        label="thm-foundations-threshold",
        title="The limit of threshold units",
        paper="baum1989",
        provenance="ours",
        function="mem_lib.foundations.most_shattered",
    ),
    Statement(
        label="thm-foundations-warren",
        title="Warren",
        paper="warren1968",
        provenance="known",
        function="mem_lib.foundations.log_sign_patterns",
        compare="the constant $4\\mathrm{e}$",
    ),
    Statement(
        label="thm-foundations-vc",
        title="The limit of ReLU units",
        paper="bartlett2019",
        provenance="ours",
        function="mem_lib.foundations.vc_bound",
    ),
    Statement(
        label="thm-foundations-any-wiring",
        title="Any wiring",
        paper="bartlett2019",
        provenance="ours",
        function="mem_lib.foundations.weights_needed",
    ),
    Statement(
        label="thm-foundations-bits",
        title="Folds read bits",
        paper="vardi2022optimal",
        provenance="ours",
        function="mem_lib.foundations.bit_reader",
    ),
    Statement(
        label="thm-foundations-integer-form",
        title="The integer form",
        paper="neyshabur2015",
        provenance="ours",
        function="mem_lib.foundations.from_dyadic",
    ),
    Statement(
        label="thm-foundations-sums",
        title="Sums that cannot round",
        paper="goldberg1991",
        provenance="known",
        function="mem_lib.foundations.bits_needed",
    ),
)
