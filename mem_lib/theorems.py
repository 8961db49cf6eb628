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

STATEMENTS: tuple[Statement, ...] = (
    Statement(
        label="thm-beyond_worst_case-correct",
        title="Correctness",
        paper="dirksen2024memorization",
        number=None,
        provenance="paper",
        function=_CHAPTER + "by_candidates",
        test=_TESTS + "test_cover_equals_brute_force",
        compare="whether Algorithm 1 of the journal version runs over all points of the class or "
        "over given centres",
    ),
    Statement(
        label="thm-beyond_worst_case-succeeds",
        title="When a draw succeeds",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "attempt",
        test=_TESTS + "test_a_draw_succeeds_exactly_when_all_thresholds_are_positive",
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
    Statement(
        label="thm-beyond_worst_case-pieces",
        title="Small pieces",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "small_pieces_hyperplanes",
        test=_TESTS + "test_small_pieces_bound_holds",
    ),
    Statement(
        label="thm-beyond_worst_case-union",
        title="Any number of samples",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "admissible_radius",
        test=_TESTS + "test_union_bound_does_not_know_N",
    ),
    Statement(
        label="thm-beyond_worst_case-infinite",
        title="Infinite sets",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "covering_hyperplanes",
        test=_TESTS + "test_whole_pieces_are_told_apart",
        compare="Corollary 1.5 of arXiv version 1, which states the existence under the conditions "
        "of the main theorem",
    ),
    Statement(
        label="thm-beyond_worst_case-logarithm",
        title="The logarithm is needed",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "hyperplanes_needed",
        test=_TESTS + "test_many_close_pairs_need_a_logarithm_more",
        compare="whether the journal version proves necessity results",
    ),
    Statement(
        label="thm-beyond_worst_case-rays",
        title="Without biases",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "separation_probability",
        test=_TESTS + "test_on_a_ray_all_bits_agree",
    ),
    Statement(
        label="thm-beyond_worst_case-isolated",
        title="A neuron for every point",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "isolation_gap",
        test=_TESTS + "test_isolated_points_need_a_neuron_each",
    ),
    Statement(
        label="thm-beyond_worst_case-relu",
        title="ReLU units",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "build",
        test=_TESTS + "test_relu_thresholds_lie_halfway_in_the_gap",
        compare="which activations the paper allows; version 1 asks for 0 at t <= 0 and more above",
    ),
    Statement(
        label="thm-beyond_worst_case-two-sided",
        title="Counting both directions",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "build",
        test=_TESTS + "test_two_sided_neurons_are_hamming_balls",
    ),
    Statement(
        label="thm-beyond_worst_case-robust",
        title="A ball on which nothing changes",
        paper="dirksen2024memorization",
        number=None,
        provenance="ours",
        function=_CHAPTER + "robustness_radius",
        test=_TESTS + "test_nothing_changes_inside_the_ball",
    ),
)

# -- foundations ---------------------------------------------------------------------------------

_FOUNDATIONS = "mem_lib.foundations."
_FOUNDATIONS_TESTS = "tests/test_foundations.py::"

STATEMENTS += (
    Statement(
        label="thm-foundations-staircase",
        title="A memorizer always exists",
        paper="zhang2017",
        number=None,
        provenance="ours",
        function=_FOUNDATIONS + "staircase",
        test=_FOUNDATIONS_TESTS + "test_staircase",
        compare="the count 2n + d with real weights",
    ),
    Statement(
        label="thm-foundations-counting",
        title="The counting bound",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_FOUNDATIONS + "counting_bound",
        test=_FOUNDATIONS_TESTS + "test_no_wiring_has_more_labellings_than_networks",
        compare="the paper's own lower bound on the bit complexity, for fixed and for free wirings",
    ),
    Statement(
        label="thm-foundations-table",
        title="Fewer weights than points",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_FOUNDATIONS + "table",
        test=_FOUNDATIONS_TESTS + "test_table",
    ),
    Statement(
        label="thm-foundations-cells",
        title="Cells",
        paper="cover1965",
        number=None,
        provenance="known",
        function=_FOUNDATIONS + "dichotomies",
        test=_FOUNDATIONS_TESTS + "test_cells",
    ),
    Statement(
        label="thm-foundations-threshold",
        title="The limit of threshold units",
        paper="baum1989",
        number=None,
        provenance="ours",
        function=_FOUNDATIONS + "most_shattered",
        test=_FOUNDATIONS_TESTS + "test_labellings_below_the_product",
    ),
    Statement(
        label="thm-foundations-warren",
        title="Warren",
        paper="warren1968",
        number=None,
        provenance="known",
        function=_FOUNDATIONS + "log_sign_patterns",
        test=_FOUNDATIONS_TESTS + "test_sign_patterns_of_quadratics",
        compare="the constant 4e",
    ),
    Statement(
        label="thm-foundations-vc",
        title="The limit of ReLU units",
        paper="bartlett2019",
        number=None,
        provenance="ours",
        function=_FOUNDATIONS + "vc_bound",
        test=_FOUNDATIONS_TESTS + "test_closed_forms_are_weaker_than_the_products",
    ),
    Statement(
        label="thm-foundations-bits",
        title="Folds read bits",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_FOUNDATIONS + "bit_reader",
        test=_FOUNDATIONS_TESTS + "test_bit_reader_reads_every_bit_of_every_number",
    ),
    Statement(
        label="thm-foundations-integer-form",
        title="The integer form",
        paper="neyshabur2015",
        number=None,
        provenance="ours",
        function=_FOUNDATIONS + "from_dyadic",
        test=_FOUNDATIONS_TESTS + "test_integer_form_equals_fractions",
    ),
    Statement(
        label="thm-foundations-sums",
        title="Sums that cannot round",
        paper="goldberg1991",
        number=None,
        provenance="known",
        function=_FOUNDATIONS + "bits_needed",
        test=_FOUNDATIONS_TESTS + "test_sums_below_the_bound_are_exact",
    ),
)

# -- optimal_relu --------------------------------------------------------------------------------

_OPTIMAL_RELU = "mem_lib.optimal_relu."
_OPTIMAL_RELU_TESTS = "tests/test_optimal_relu_bounds.py::"

STATEMENTS += (
    Statement(
        label="thm-optimal_relu-paper",
        title="Width 12",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "bound",
        test=_OPTIMAL_RELU_TESTS + "test_no_entry_is_larger_than_promised",
        compare="Theorem 3.1, quoted from a restatement: its depth, its bit complexity, and "
        "whether its layer count per bit and folder is ours",
    ),
    Statement(
        label="thm-optimal_relu-precision",
        title="Weights times bits",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "least_bits",
        test=_OPTIMAL_RELU_TESTS + "test_shorter_weights_are_too_few",
        compare="the paper's own lower bound on the bit complexity and its number; and the "
        "trade-off between bits and parameters that goes with it",
    ),
    Statement(
        label="thm-optimal_relu-size",
        title="Size",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "size_formula",
        test=_OPTIMAL_RELU_TESTS + "test_size_formula_of_width_12",
    ),
    Statement(
        label="thm-optimal_relu-projection",
        title="A direction that keeps points apart",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "spread_bound",
        test=_OPTIMAL_RELU_TESTS + "test_a_gaussian_direction_keeps_points_apart",
        compare="how the paper's R = 10 r N^2 sqrt(pi d) / delta comes about",
    ),
    Statement(
        label="thm-optimal_relu-folder",
        title="Finding the folder",
        paper="vardi2022optimal",
        number=None,
        provenance="paper",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_the_files_of_the_folder_are_delivered",
        compare="the ramps beside the plateaus, and whether both files share one gate",
    ),
    Statement(
        label="thm-optimal_relu-reading",
        title="Reading a file",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_folds_read_files",
    ),
    Statement(
        label="thm-optimal_relu-intervals",
        title="Right on intervals",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_right_on_intervals",
    ),
    Statement(
        label="thm-optimal_relu-triangles",
        title="The bits of a triangle wave",
        paper="vardi2022optimal",
        number=None,
        provenance="paper",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_triangles_read_bits",
        compare="the two offsets of the arguments, in the lemma on bit extraction (Lemma A.7)",
    ),
    Statement(
        label="thm-optimal_relu-integers",
        title="Integer directions",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_integer_directions",
    ),
    Statement(
        label="thm-optimal_relu-modulus",
        title="A short modulus",
        paper="fredman1984",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "modulus_bound",
        test=_OPTIMAL_RELU_TESTS + "test_a_short_modulus_exists",
    ),
    Statement(
        label="thm-optimal_relu-tests",
        title="Tests of integers",
        paper="park2021",
        number=None,
        provenance="known",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_tests_and_remainders",
    ),
    Statement(
        label="thm-optimal_relu-entries",
        title="Few entries",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "folders",
        test=_OPTIMAL_RELU_TESTS + "test_few_entries",
    ),
    Statement(
        label="thm-optimal_relu-narrow",
        title="Width 3",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "bound",
        test=_OPTIMAL_RELU_TESTS + "test_narrow_closed_form",
    ),
    Statement(
        label="thm-optimal_relu-total",
        title="What it says elsewhere",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_label_or_zero",
    ),
    Statement(
        label="thm-optimal_relu-tables",
        title="A network of tables",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "size_formula",
        test=_OPTIMAL_RELU_TESTS + "test_a_network_of_tables",
    ),
    Statement(
        label="thm-optimal_relu-depth",
        title="Narrow networks are deep",
        paper="bartlett2019",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "least_depth",
        test=_OPTIMAL_RELU_TESTS + "test_narrow_networks_are_deep",
    ),
    Statement(
        label="thm-optimal_relu-merged",
        title="Merged layers",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_merged_layers",
        compare="how the paper counts layers: whether affine maps in a row are merged",
    ),
    Statement(
        label="thm-optimal_relu-wide",
        title="Width 6 or 7",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "bound",
        test=_OPTIMAL_RELU_TESTS + "test_wide_closed_form",
    ),
    Statement(
        label="thm-optimal_relu-parallel",
        title="Bounded depth",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "bound",
        test=_OPTIMAL_RELU_TESTS + "test_blocks_side_by_side",
        compare="Theorem 5.1, as Nagler and Langer number it: width, depth, logarithms",
    ),
    Statement(
        label="thm-optimal_relu-short",
        title="Bounded bits",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "bound",
        test=_OPTIMAL_RELU_TESTS + "test_weights_times_bits",
        compare="the trade-off between bits and parameters: its number, and for which bits",
    ),
    Statement(
        label="thm-optimal_relu-series",
        title="One after the other",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_blocks_in_series",
        compare="whether the paper puts blocks one after the other for its trade-off",
    ),
    Statement(
        label="thm-optimal_relu-floats",
        title="Small sums",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_sums_are_as_small_as_promised",
    ),
    Statement(
        label="thm-optimal_relu-margin",
        title="Added, not multiplied",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_the_logarithm_of_the_spread",
        compare="the factor max(log R, log C) in the depth of Theorem 3.1",
    ),
    Statement(
        label="thm-optimal_relu-real",
        title="Real targets",
        paper="vardi2022optimal",
        number=None,
        provenance="ours",
        function=_OPTIMAL_RELU + "build",
        test=_OPTIMAL_RELU_TESTS + "test_real_targets",
    ),
)

# -- two_layer -----------------------------------------------------------------------------------

_TWO_LAYER = "mem_lib.two_layer."
_TWO_LAYER_EXACT = "tests/test_two_layer_exact.py::"
_TWO_LAYER_FIT = "tests/test_two_layer_residual.py::"
_TWO_LAYER_WEIGHT = "tests/test_two_layer_weight.py::"

STATEMENTS += (
    Statement(
        label="thm-two_layer-general-position",
        title="General position",
        paper="baum1988",
        number=None,
        provenance="known",
        function=_TWO_LAYER + "build",
        test=_TWO_LAYER_EXACT + "test_hostile_data_in_and_out_of_general_position",
    ),
    Statement(
        label="thm-two_layer-threshold",
        title="Threshold units",
        paper="baum1988",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "build",
        test=_TWO_LAYER_EXACT + "test_the_facet_is_used_exactly_where_it_is_needed",
        compare="for which N the abstract's claim is meant that fewer than ceil(N/d) units do not "
        "suffice for some labels; for N = d + 1 one unit does",
    ),
    Statement(
        label="thm-two_layer-threshold-least",
        title="No fewer threshold units",
        paper="baum1988",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "least_neurons",
        test=_TWO_LAYER_EXACT + "test_no_fewer_units_suffice",
        compare="the points and labels of its own lower bound",
    ),
    Statement(
        label="thm-two_layer-slabs",
        title="Slabs",
        paper="bubeck2020",
        number=None,
        provenance="paper",
        function=_TWO_LAYER + "build",
        test=_TWO_LAYER_EXACT + "test_slab_counts",
        compare="the statement for points in general position, and how its proof chooses the "
        "affine functions and the width of the slabs",
    ),
    Statement(
        label="thm-two_layer-sorted",
        title="Strips",
        paper="bubeck2020",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "build",
        test=_TWO_LAYER_EXACT + "test_strip_counts",
        compare="whether a count below 4 ceil(N/d) is mentioned",
    ),
    Statement(
        label="thm-two_layer-least-neurons",
        title="Least neurons",
        paper="madden2023",
        number=None,
        provenance="known",
        function=_TWO_LAYER + "least_neurons",
        test=_TWO_LAYER_WEIGHT + "test_fewer_relu_neurons_have_too_few_parameters",
        compare="its lower bound for fixed points and all real labels, and whether it covers ReLU",
    ),
    Statement(
        label="thm-two_layer-weight",
        title="Total weight",
        paper="neyshabur2014",
        number=None,
        provenance="known",
        function=_TWO_LAYER + "total_weight",
        test=_TWO_LAYER_WEIGHT + "test_total_weight_does_not_change_when_neurons_are_rescaled",
    ),
    Statement(
        label="thm-two_layer-weight-bound",
        title="The least weight",
        paper="bubeck2020",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "weight_bound",
        test=_TWO_LAYER_WEIGHT + "test_weight_bound_holds_for_random_signs",
        compare="its measure of the size of the weights, with or without the biases, and the least "
        "size that it states for random labels",
    ),
    Statement(
        label="thm-two_layer-slab-weight",
        title="Slabs are heavy",
        paper="bubeck2020",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "total_weight",
        test=_TWO_LAYER_EXACT + "test_slabs_are_heavy",
        compare="what it states about the size of the weights of its exact and of its NTK network",
    ),
    Statement(
        label="thm-two_layer-ntk",
        title="Gates",
        paper="bubeck2020",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "dispersion",
        test=_TWO_LAYER_FIT + "test_gates_remove_what_the_kernel_promises",
        compare="its definition of approximate memorization, its hypotheses on the inner products "
        "and on the covariance of the points, and its constants",
    ),
    Statement(
        label="thm-two_layer-harmonic",
        title="Harmonic steps",
        paper="bubeck2020",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "harmonic_kernel",
        test=_TWO_LAYER_WEIGHT + "test_a_harmonic_step_sees_its_kernel",
        compare="its complex recombination: which powers of the phase, how many phases, and the "
        "size of the difference",
    ),
    Statement(
        label="thm-two_layer-hermite",
        title="Coarse steps",
        paper="bubeck2020",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "hermite_step",
        test=_TWO_LAYER_FIT + "test_hermite_steps_remove_what_the_theorem_promises",
        compare="where the factor 1/eps in its number of neurons comes from, its condition on the "
        "data, and the size of the weights that it reaches",
    ),
    Statement(
        label="thm-two_layer-hybrid",
        title="Exact and light",
        paper="bubeck2020",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "build",
        test=_TWO_LAYER_FIT + "test_the_corrected_fit_is_exact_and_light",
    ),
    Statement(
        label="thm-two_layer-rounding",
        title="Rounding",
        paper="higham2002",
        number=None,
        provenance="ours",
        function=_TWO_LAYER + "rounding_bound",
        test=_TWO_LAYER_WEIGHT + "test_rounding_stays_below_its_bound",
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
