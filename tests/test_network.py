"""Layer, Sparse, Network and Size: what they accept, keep, count and refuse."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse as sp

from mem_lib.errors import InvalidNetwork
from mem_lib.network import Layer, Network, Size, Sparse
from tests.network_strategies import entries, matrices, networks, sparse

BIG = 2**63
ROWS = [[0, 5, -1], [7, 0, 0]]


def one(weight, bias=None, activation="identity", **kwargs):
    units = weight.shape[0] if hasattr(weight, "shape") else len(weight)
    return Layer(weight, [0] * units if bias is None else bias, activation, **kwargs)


def dense(layer):
    weight = layer.weight
    return (weight.toarray() if isinstance(weight, Sparse) else weight).tolist()


# --- what is accepted ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "weight",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        [np.array(row, dtype=np.int8) for row in ROWS],
        [[np.int16(v) for v in row] for row in ROWS],
        np.array(ROWS, dtype=np.int8),
        np.array(ROWS, dtype=">i4"),
        np.array(ROWS, order="F"),
        np.array(ROWS, dtype=object),
        np.array([[np.int64(v) for v in row] for row in ROWS], dtype=object),
        sparse(ROWS),
        sp.csr_array(ROWS),
        sp.csc_array(ROWS),
        sp.coo_matrix(ROWS),
        sp.lil_array(ROWS),
    ],
)
def test_every_spelling_of_a_matrix_is_the_same_layer(weight):
    layer = one(weight, (1, 2), "relu")
    assert (layer.units, layer.inputs) == (2, 3)
    assert dense(layer) == ROWS
    assert list(layer.rows()) == [(1, [(1, 5), (2, -1)]), (2, [(0, 7)])]
    assert layer.entries.dtype == layer.bias.dtype == np.int64
    assert layer == one(ROWS, [1, 2], "relu") and hash(layer) == hash(one(ROWS, [1, 2], "relu"))


def test_rows_are_python_integers():
    for weight in (np.array(ROWS), sparse(ROWS), [[BIG, 0, 1]]):
        for bias, terms in one(weight).rows():
            assert {type(bias)} | {type(v) for term in terms for v in term} == {int}


@pytest.mark.parametrize("top", [BIG - 1, 1 - BIG])
def test_int64_where_it_fits(top):
    assert one([[top, 0]]).weight.dtype == np.int64
    assert one(np.array([[top, 0]], dtype=object)).weight.dtype == np.int64


@pytest.mark.parametrize("top", [BIG, -BIG, 2**64 - 1, -(2**300)])
def test_python_integers_where_it_does_not(top):
    for weight in ([[top, 0]], np.array([[top, 0]], dtype=object), sparse([[top, 0]])):
        array = one(weight).entries
        assert array.dtype == object
        assert {type(v) for v in array.ravel().tolist()} == {int}
        assert one(weight).row(0) == (0, [(0, top)])


def test_the_ends_of_numpy_integers():
    assert one(np.array([[-BIG]], dtype=np.int64)).row(0) == (0, [(0, -BIG)])
    assert one(np.array([[2**64 - 1]], dtype=np.uint64)).row(0) == (0, [(0, 2**64 - 1)])
    assert one(np.array([[5]], dtype=np.uint64)).weight.dtype == np.int64
    assert Layer([[1]], np.array([-BIG]), "relu").bias.dtype == object


def test_integer_subclasses_become_plain():
    class Odd(int):
        pass

    assert type(one([[Odd(3)]]).row(0)[1][0][1]) is int
    assert type(one([[Odd(BIG)]]).row(0)[1][0][1]) is int


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        0.5,
        float("nan"),
        float("inf"),
        True,
        np.True_,
        np.float64(2),
        Fraction(2),
        "1",
        None,
        1j,
    ],
)
def test_only_exact_integers(value):
    with pytest.raises(InvalidNetwork, match=r"weight\[1\]\[2\] = .* is not an integer"):
        one([[1, 2, 3], [4, 5, value]])
    with pytest.raises(InvalidNetwork, match=r"weight\[1\]\[0\] = .* is not an integer"):
        one(np.array([[1, 2], [value, 3]], dtype=object))
    with pytest.raises(InvalidNetwork, match=r"bias\[1\] = .* is not an integer"):
        Layer([[1], [1]], [0, value], "relu")
    with pytest.raises(InvalidNetwork, match=r"weight\[1\]\[2\] = .* is not an integer"):
        Sparse([0, 1, 2], [0, 2], [1, value], (2, 3))
    with pytest.raises(InvalidNetwork, match=r"output_denominator = .* is not an integer"):
        Network([one([[1]])], 0, value)
    with pytest.raises(InvalidNetwork, match=r"input_shift = .* is not an integer"):
        Network([one([[1]])], value)


@pytest.mark.parametrize("dtype", [float, np.float32, bool, complex, "U3", "M8[s]"])
def test_only_integer_arrays(dtype):
    with pytest.raises(InvalidNetwork, match=r"weight\[0\]\[0\]"):
        one(np.zeros((2, 2), dtype=dtype))
    with pytest.raises(InvalidNetwork, match=r"bias\[0\]"):
        one([[1]], np.zeros(1, dtype=dtype))


def test_only_integer_sparse_matrices():
    with pytest.raises(InvalidNetwork, match=r"weight\[0\]\[1\] = .*0\.5"):
        one(sp.csr_array([[0, 0.5], [1, 0]]), [0, 0])


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([], "no rows"),
        ([[]], "at least one unit"),
        (np.zeros((0, 3), dtype=int), "at least one unit"),
        (np.zeros((3, 0)), "at least one unit"),
        ([1, 2], "one-dimensional"),
        (np.array([1, 2]), "two-dimensional"),
        (np.zeros((1, 1, 1), dtype=int), "two-dimensional"),
        (7, "two-dimensional"),
        (None, "weight is not an array of numbers but of type NoneType$"),
        ([[[1]]], "not an integer"),
        ([[1, 2], [3]], "ragged: row 1 has 1 entries, row 0 has 2"),
        (sp.coo_array(([1], ([0],)), shape=(3,)), "two-dimensional"),
    ],
)
def test_shapes(weight, message):
    with pytest.raises(InvalidNetwork, match=message):
        Layer(weight, [0], "relu")


def test_the_bias_fits():
    with pytest.raises(InvalidNetwork, match="bias has 2 entries, weight has 1 rows"):
        Layer([[1]], [0, 0], "relu")
    with pytest.raises(InvalidNetwork, match="one-dimensional"):
        Layer([[1]], np.array([[0]]), "relu")


@pytest.mark.parametrize("activation", ["ReLU", "", None, ["relu"], 0])
def test_activations(activation):
    with pytest.raises(InvalidNetwork, match="activation"):
        Layer([[1]], [0], activation)


def test_names_and_stage():
    layer = one([[1], [2], [3]], names=["a", "", ""], stage="keys")
    assert layer.names == ("a", "", "") and layer.stage == "keys"
    assert layer != one([[1], [2], [3]])
    for names, message in [
        (["a"], "names has 1 entries, the layer has 3 units"),
        (["a", "b", "a"], r"names\[2\] = 'a' occurs twice"),
        (["a", "b", 3], r"names\[2\] = 3 is not a text"),
        (["a", "b", "\ud800"], "surrogate"),
        ("abc", "sequence of texts"),
        (5, "sequence of texts"),
    ]:
        with pytest.raises(InvalidNetwork, match=message):
            one([[1], [2], [3]], names=names)
    with pytest.raises(InvalidNetwork, match="stage = 3 is not a text"):
        one([[1]], stage=3)


# --- sparse --------------------------------------------------------------------------------------


def test_sparse_is_sorted_and_without_zeros():
    matrix = Sparse([0, 3, 3, 5], [2, 0, 1, 1, 0], [5, 0, -1, BIG, 0], (3, 3))
    assert matrix.indptr.tolist() == [0, 2, 2, 3]
    assert matrix.indices.tolist() == [1, 2, 1]
    assert matrix.values.tolist() == [-1, 5, BIG]
    assert matrix.toarray().tolist() == [[0, -1, 5], [0, 0, 0], [0, BIG, 0]]
    assert matrix.toarray(1, 2).tolist() == [[0, 0, 0]]
    assert repr(matrix) == "Sparse(shape=(3, 3), nonzero=3)"


@pytest.mark.parametrize(
    ("indptr", "indices", "values", "shape", "message"),
    [
        ([0, 2], [1, 1], [1, 1], (1, 3), "row 0 has two entries in column 1"),
        ([0, 0, 3], [2, 0, 2], [1, 1, 1], (2, 3), "row 1 has two entries in column 2"),
        ([0, 1], [3], [1], (1, 3), r"row 0 has an entry in column 3; columns are 0..2"),
        ([0, 1], [-1], [1], (1, 3), "column -1"),
        ([0, 1], [2**70], [1], (1, 3), "indices has an entry of 2"),
        ([0, 1], [0.0], [1], (1, 3), r"indices\[0\] = 0.0"),
        ([0, 1], [0], [1, 2], (1, 3), "1 indices, but 2 values"),
        ([0, 1], [0], [1, 0.5], (1, 3), r"values\[1\] = 0.5"),
        ([0, 2, 1], [0], [1], (2, 3), "decreases at entry 2"),
        ([0, 2], [0], [1], (1, 3), "must run from 0 to 1"),
        ([1, 1], [0], [1], (1, 3), "must run from 0 to 1"),
        ([0, 1, 1], [0], [1], (1, 3), "indptr has 3 entries; 1 units need 2"),
        ([0], [], [], (0, 3), "at least one unit"),
        ([0, 0], [], [], (1, 0), "at least one unit"),
        ([0, 0], [], [], (1, 2**60), "shape"),
        ([0, 0], [], [], 3, "pair"),
    ],
)
def test_malformed_sparse(indptr, indices, values, shape, message):
    with pytest.raises(InvalidNetwork, match=message):
        Sparse(indptr, indices, values, shape)


def test_duplicates_in_coo_are_not_summed():
    twice = sp.coo_array(([1, 2], ([0, 0], [1, 1])), shape=(1, 2))
    with pytest.raises(InvalidNetwork, match="row 0 has two entries in column 1"):
        Layer(twice, [0], "relu")


@given(st.data())
def test_sparse_and_dense_agree(data):
    rows, _ = data.draw(matrices(data.draw(st.integers(1, 4)), data.draw(st.integers(1, 20))))
    thin, full = one(sparse(rows)), one(rows)
    assert thin == full and hash(thin) == hash(full)
    assert list(thin.rows()) == list(full.rows()) and dense(thin) == rows


# --- immutable -----------------------------------------------------------------------------------


def test_nothing_can_be_changed():
    net = Network([one(np.array([[1, 2]])), one(sparse([[3]]))], about={"a": [1]})
    for array in (net.layers[0].weight, net.layers[0].bias, net.layers[1].weight.values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9
    for thing, name in [(net, "layers"), (net.layers[0], "bias"), (net.layers[1].weight, "values")]:
        with pytest.raises(AttributeError):
            setattr(thing, name, None)
        with pytest.raises(AttributeError):
            delattr(thing, name)
    net.about["a"].append(2)
    assert net.about == {"a": [1]}


def test_later_changes_outside_do_not_reach_in():
    base = np.array([[1, 2], [3, 4]])
    view = base[:1]
    view.flags.writeable = False
    about = {"a": [1]}
    net = Network([one(view)], about=about)
    base[0, 0], about["a"][0] = 9, 9
    assert net.layers[0].row(0) == (0, [(0, 1), (1, 2)]) and net.about == {"a": [1]}


def test_weights_are_shared_between_layers_alone():
    first = one(np.array([[1, 2], [3, 4]]))
    net = Network([first], readout="argmax")
    assert net.refined(3).layers[0].weight is first.weight
    assert not np.shares_memory(one(first.weight).weight, first.weight)
    assert one(np.asfortranarray(first.weight)).weight.flags.c_contiguous


def test_another_bias_is_checked_and_counts():
    layer = Layer([[1, 2]], [3], "relu", names=["a"], stage="s")
    digest, other = hash(layer), layer.with_bias([4])
    assert other == Layer([[1, 2]], [4], "relu", names=["a"], stage="s")
    assert hash(other) != digest == hash(layer) and other != layer
    for bad in ([4, 5], [0.5]):
        with pytest.raises(InvalidNetwork, match="bias"):
            layer.with_bias(bad)


@given(networks())
def test_copies_and_pickles_are_equal_and_read_only(net):
    for other in (pickle.loads(pickle.dumps(net)), copy.deepcopy(net), copy.copy(net)):
        assert other == net and hash(other) == hash(net) and other.size == net.size
        assert not any(layer.entries.flags.writeable for layer in other.layers)


def test_equality_is_by_content():
    net = Network([one([[1, 2]])])
    assert net == Network([one(np.array([[1, 2]]))])
    assert net != Network([one([[1, 3]])])
    assert net != Network([one([[1, 2]])], 1)
    assert net != Network([one([[1, 2]])], about={"by": "hand"})
    assert net != 1 and one([[1]]) != 1
    # the rows of the two files are alike, the shapes are not
    assert one(sparse([[1] + [0] * 20])) != one(sparse([[1] + [0] * 21]))


def test_reprs_are_short():
    chain = [one([[1] * 1000] * 50, stage="keys")] + [one([[1] * 50] * 50)] * 200
    net = Network(chain, about={"long": "x" * 1000}, readout="argmax")
    assert repr(net) == "Network(1000 -> 50, depth 201, width 50, readout 'argmax')"
    assert repr(net.layers[0]) == "Layer(1000 -> 50, identity, dense, stage 'keys')"


# --- networks ------------------------------------------------------------------------------------


def test_layers_must_fit():
    with pytest.raises(InvalidNetwork, match="at least one layer"):
        Network([])
    with pytest.raises(InvalidNetwork, match=r"layers\[1\] = .* is not a Layer"):
        Network([one([[1]]), [[1]]])
    with pytest.raises(InvalidNetwork, match=r"layers\[1\] has 2 inputs, but layers\[0\] has 1"):
        Network([one([[1]]), one([[1, 1]])])


def test_readouts():
    two = [one([[1], [1]])]
    for readout in ("onehot", "argmax"):
        assert Network(two, readout=readout).outputs == 2
    for readout in ("value", "sign"):
        with pytest.raises(InvalidNetwork, match="reads one output, but the last layer has 2"):
            Network(two, readout=readout)
    for readout in ("max", None, ["value"]):
        with pytest.raises(InvalidNetwork, match="readout"):
            Network(two, readout=readout)


def test_shift_and_denominator():
    assert Network([one([[1]])], np.int8(3), 2**300).output_denominator == 2**300
    for shift in (-1, 2**53):
        with pytest.raises(InvalidNetwork, match="input_shift"):
            Network([one([[1]])], shift)
    for denominator in (0, -1, -(2**300)):
        with pytest.raises(InvalidNetwork, match=r"output_denominator = .* must be positive"):
            Network([one([[1]])], 0, denominator)


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def test_about_is_json():
    about = {"b": [1, 2.5, None, True, "γ"], "a": {"c": (1, np.int64(2))}}
    net = Network([one([[1]])], about=about)
    assert net.about == {"a": {"c": [1, 2]}, "b": [1, 2.5, None, True, "γ"]}
    assert Network([one([[1]])], about=nested(50)).about == nested(50)
    assert Network([one([[1]])]).about == {}


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ([1], "must be a dict"),
        ({1: 2}, "a key of about = 1 is not a text"),
        ({"a": {"b": float("nan")}}, r"about\['a'\]\['b'\] = nan is not finite"),
        ({"a": [0, float("inf")]}, r"about\['a'\]\[1\] = inf is not finite"),
        ({"a": 2**53}, "as text, hex"),
        ({"a": Fraction(1, 2)}, r"\(Fraction\) is no JSON value"),
        ({"a": {1, 2}}, r"\(set\) is no JSON value"),
        ({"a": np.zeros(2)}, r"\(ndarray\) is no JSON value"),
        ({"\ud800": 1}, "surrogate"),
        ({"a": "x" * (1 << 24)}, "more than 16777216"),
        (nested(10**5), "nested more than 64 deep"),
    ],
)
def test_about_is_refused(about, message):
    with pytest.raises(InvalidNetwork, match=message):
        Network([one([[1]])], about=about)


# --- size ----------------------------------------------------------------------------------------


def test_size_of_one_layer():
    net = Network([one([[3, 0, -4]], [BIG])])
    assert net.size == Size(1, 0, 0, 3, 4, 64, 2 + 3 + 64)


def test_size_of_hidden_layers():
    net = Network([one([[1]] * 3), one([[0] * 3] * 5), one([[0] * 5])])
    assert net.size == Size(3, 5, 8, 3, 3 + 3 + 15 + 5 + 5 + 1, 1, 3)
    assert Network([one([[0]])]).size.bits == 0


@given(st.lists(entries, min_size=1, max_size=40), st.booleans())
def test_bits_are_those_of_python(row, is_sparse):
    size = Network([one(sparse([row]) if is_sparse else [row])]).size
    lengths = [v.bit_length() for v in row]
    assert (size.bits, size.total_bits) == (max(lengths), sum(lengths))
    assert size.weights == sum(v != 0 for v in row) and size.dense_weights == len(row) + 1


def test_bits_at_every_power_of_two():
    edges = [s * ((1 << k) + e) for k in range(63) for e in (-1, 0, 1) for s in (1, -1)]
    edges = [v for v in edges if abs(v) < BIG] + [BIG - 1, 1 - BIG]
    array = np.array([edges * 400])  # more than one block
    size = Network([one(array)]).size
    assert size.total_bits == 400 * sum(v.bit_length() for v in edges) and size.bits == 63


# --- refined -------------------------------------------------------------------------------------


ACT = {"relu": lambda z: max(z, 0), "threshold": lambda z: int(z >= 0), "identity": lambda z: z}


def value(net, point):
    """layers(2^shift x) / denominator at a rational point, in fractions."""
    values = [x * 2**net.input_shift for x in point]
    for layer in net.layers:
        act = ACT[layer.activation]
        values = [act(bias + sum(w * values[k] for k, w in row)) for bias, row in layer.rows()]
    return [Fraction(v, net.output_denominator) for v in values]


@given(st.data(), networks(), st.sampled_from([0, 1, 5, 63, 200]))
def test_refined_is_the_same_function(data, net, k):
    point = [
        Fraction(data.draw(st.integers(-(2**20), 2**20)), 2 ** data.draw(st.integers(0, 70)))
        for _ in range(net.inputs)
    ]
    fine = net.refined(k)
    assert fine.input_shift == net.input_shift + k
    assert value(fine, point) == value(net, point)
    assert (fine == net) == (k == 0)


def test_refined_ends_at_the_first_threshold():
    kinds = ["relu", "threshold", "threshold", "identity"]
    net = Network([one([[1]], [3], kind) for kind in kinds], output_denominator=5)
    fine = net.refined(2)
    assert [layer.bias.tolist() for layer in fine.layers] == [[12], [12], [3], [3]]
    assert fine.output_denominator == 5 and fine.layers[2] is net.layers[2]
    linear = Network([one([[1]], [3], "relu")], output_denominator=5).refined(2)
    assert linear.output_denominator == 20


@pytest.mark.parametrize("k", [-1, 0.5, True, "1"])
def test_refined_refuses(k):
    with pytest.raises(InvalidNetwork, match="k = "):
        Network([one([[1]])]).refined(k)


def test_arrays_cannot_be_thawed():
    layer = Layer(np.array([[1, 2]]), [3], "relu")
    for array in (layer.weight, layer.bias):
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True
    mine = np.array([[1, 2]])
    mine.flags.writeable = False
    layer = Layer(mine, [3], "relu")
    mine.flags.writeable = True
    mine[0, 0] = 99
    assert layer.weight[0, 0] == 1


def test_who_owns_the_memory_of_a_view_reaches_nothing():
    """A read-only view of an array that was thawed afterwards."""
    owners = [np.array(v) for v in ([[5]], [5], [0, 1], [0], [5])]
    for owner in owners:
        owner.flags.writeable = False
    weight, bias, indptr, indices, values = (owner.view() for owner in owners)
    dense, thin = (
        Layer(weight, bias, "relu"),
        Layer(Sparse(indptr, indices, values, (1, 1)), [5], "relu"),
    )
    assert dense == thin
    for owner in owners:
        owner.flags.writeable = True
        owner += 1
    for layer in (dense, thin):
        assert layer.row(0) == (5, [(0, 5)])


@pytest.mark.parametrize("bad", [5, None])
def test_layers_and_text_of_another_kind(bad):
    with pytest.raises(InvalidNetwork):
        Network(bad)
    with pytest.raises(InvalidNetwork, match="text"):
        Network.from_json(bad)


@pytest.mark.parametrize("shift", [2**52, 2**22 + 1])
def test_a_grid_beyond_all_use(shift):
    with pytest.raises(InvalidNetwork, match="input_shift"):
        Network([Layer([[1]], [0], "relu")], input_shift=shift)
    with pytest.raises(InvalidNetwork, match="k = "):
        Network([Layer([[1]], [0], "relu")]).refined(shift)


def test_a_size_is_a_row_of_a_table():
    size = Network([one(ROWS, activation="relu"), one([[1, 1]])]).size
    assert size.as_dict() == {
        "depth": 2, "width": 2, "neurons": 2, "weights": 5, "dense_weights": 11, "bits": 3,
        "total_bits": 9,
    }  # fmt: skip
    assert Size(**size.as_dict()) == size
