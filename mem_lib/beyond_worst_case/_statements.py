"""Statements of the chapter on random hyperplanes and covers."""

from mem_lib._base.statement import Statement

STATEMENTS: tuple[Statement, ...] = (
    # book/beyond_worst_case/index.md
    Statement(
        label="thm-beyond_worst_case-correct",
        title="Correctness",
        paper="dirksen2024memorization",
        provenance="paper",
        function="mem_lib.beyond_worst_case.by_candidates",
        compare="whether Algorithm 1 of the journal version runs over all points of the class or "
        "over given centres",
    ),
    Statement(
        label="thm-beyond_worst_case-succeeds",
        title="When a draw succeeds",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.attempt",
    ),
    Statement(
        label="thm-beyond_worst_case-size",
        title="Size",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.sizes.network_size",
    ),
    Statement(
        label="thm-beyond_worst_case-finite",
        title="Finite sets",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.hyperplanes_enough",
        compare="the order of n in the main theorem (Theorem 1.4 of arXiv version 1, informal) "
        "for the trivial covering by points",
    ),
    Statement(
        label="thm-beyond_worst_case-covering",
        title="Size without N",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.covering_hyperplanes",
        compare="the radius condition and the constants of the main theorem in the journal version",
    ),
    Statement(
        label="thm-beyond_worst_case-data",
        title="The bound that the data give",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.data_bound",
    ),
    Statement(
        label="thm-beyond_worst_case-hyperplane",
        title="One random hyperplane",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.separation_probability",
    ),
    # book/beyond_worst_case/statements.md
    Statement(
        label="thm-beyond_worst_case-pieces",
        title="Small pieces",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.small_pieces_hyperplanes",
    ),
    Statement(
        label="thm-beyond_worst_case-union",
        title="Any number of samples",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.admissible_radius",
    ),
    Statement(
        label="thm-beyond_worst_case-infinite",
        title="Infinite sets",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.covering_hyperplanes",
        compare="Corollary 1.5 of arXiv version 1, which states the existence under the "
        "conditions of the main theorem",
    ),
    Statement(
        label="thm-beyond_worst_case-needed",
        title="How many hyperplanes are needed",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.hyperplanes_needed",
        compare="whether the journal version proves necessity results",
    ),
    Statement(
        label="thm-beyond_worst_case-logarithm",
        title="The logarithm is needed",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.hyperplanes_needed",
        compare="whether the journal version proves necessity results",
    ),
    Statement(
        label="thm-beyond_worst_case-rays",
        title="Without biases",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.rays.check_rays",
    ),
    Statement(
        label="thm-beyond_worst_case-isolated",
        title="A neuron for every point",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.isolation_gap",
    ),
    Statement(
        label="thm-beyond_worst_case-greedy",
        title="Greedy covers",
        paper="chvatal1979",
        provenance="known",
        function="mem_lib.beyond_worst_case.by_greedy",
    ),
    Statement(
        label="thm-beyond_worst_case-limit",
        title="The floor",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.covering_floor",
    ),
    Statement(
        label="thm-beyond_worst_case-floor",
        title="No fewer than points apart",
        paper="cannon2004class",
        provenance="known",
        function="mem_lib.beyond_worst_case.floor.scattered",
    ),
    Statement(
        label="thm-beyond_worst_case-two-sided",
        title="Counting both directions",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.TwoSided",
    ),
    Statement(
        label="thm-beyond_worst_case-relu",
        title="ReLU units",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.Relu",
        compare="which activations the paper allows; version 1 asks for 0 at $t \\le 0$ and more "
        "above",
    ),
    Statement(
        label="thm-beyond_worst_case-rounding",
        title="Dyadic weights",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.rounding_loss",
    ),
    Statement(
        label="thm-beyond_worst_case-robust",
        title="A ball on which nothing changes",
        paper="dirksen2024memorization",
        provenance="ours",
        function="mem_lib.beyond_worst_case.squared_robustness_radius",
    ),
)
