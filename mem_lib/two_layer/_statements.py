"""Statements of the chapter on networks with one hidden layer."""

from mem_lib._base.statement import Statement

STATEMENTS: tuple[Statement, ...] = (
    Statement(
        label="thm-two_layer-general-position",
        title="General position",
        paper="baum1988",
        provenance="known",
        function="mem_lib.parts.affine.hyperplane",
    ),
    Statement(
        label="thm-two_layer-threshold",
        title="Threshold units",
        paper="baum1988",
        provenance="ours",
        function="mem_lib.two_layer.Threshold",
        compare="for which N the abstract's claim is meant that fewer than $\\ceil{N/d}$ units do "
        "not suffice for some labels; for $N = d + 1$ one unit does",
    ),
    Statement(
        label="thm-two_layer-threshold-least",
        title="No fewer threshold units",
        paper="baum1988",
        provenance="ours",
        function="mem_lib.two_layer.least_neurons",
        compare="the points and labels of its own lower bound",
    ),
    Statement(
        label="thm-two_layer-slabs",
        title="Slabs",
        paper="bubeck2020",
        provenance="paper",
        function="mem_lib.two_layer.Slabs",
        compare="the statement for points in general position, and how its proof chooses the "
        "affine functions and the width of the slabs",
    ),
    Statement(
        label="thm-two_layer-sorted",
        title="Strips",
        paper="bubeck2020",
        provenance="ours",
        function="mem_lib.two_layer.Sorted",
        compare="whether a count below $4 \\ceil{N/d}$ is mentioned",
    ),
    Statement(
        label="thm-two_layer-least-neurons",
        title="Least neurons",
        paper="madden2023",
        provenance="known",
        function="mem_lib.two_layer.least_neurons",
        compare="its lower bound for fixed points and all real labels, and whether it covers ReLU",
    ),
    Statement(
        label="thm-two_layer-weight",
        title="Total weight",
        paper="neyshabur2014",
        provenance="known",
        function="mem_lib.two_layer.total_weight",
    ),
    Statement(
        label="thm-two_layer-weight-bound",
        title="The least weight",
        paper="bubeck2020",
        provenance="ours",
        function="mem_lib.two_layer.weight_bound",
        compare="its measure of the size of the weights, with or without the biases, and the "
        "least size that it states for random labels",
    ),
    Statement(
        label="thm-two_layer-slab-weight",
        title="Slabs are heavy",
        paper="bubeck2020",
        provenance="ours",
        function="mem_lib.two_layer.Slabs",
        compare="what it states about the size of the weights of its exact and of its NTK network",
    ),
    Statement(
        label="thm-two_layer-ntk",
        title="Gates",
        paper="bubeck2020",
        provenance="ours",
        function="mem_lib.two_layer.Ntk",
        compare="its definition of approximate memorization, its hypotheses on the inner "
        "products and on the covariance of the points, and its constants",
    ),
    Statement(
        label="thm-two_layer-harmonic",
        title="Harmonic steps",
        paper="bubeck2020",
        provenance="ours",
        function="mem_lib.two_layer.Harmonic",
        compare="its complex recombination: which powers of the phase, how many phases, and the "
        "size of the difference",
    ),
    Statement(
        label="thm-two_layer-hermite",
        title="Coarse steps",
        paper="bubeck2020",
        provenance="ours",
        function="mem_lib.two_layer.Hermite",
        compare="where the factor $1/\\eps$ in its number of neurons comes from, its condition on "
        "the data, and the size of the weights that it reaches",
    ),
    Statement(
        label="thm-two_layer-hybrid",
        title="Exact and light",
        paper="bubeck2020",
        provenance="ours",
        function="mem_lib.two_layer.Hybrid",
    ),
    Statement(
        label="thm-two_layer-rounding",
        title="Rounding",
        paper="higham2002",
        provenance="ours",
        function="mem_lib.two_layer.rounding_bound",
    ),
)
