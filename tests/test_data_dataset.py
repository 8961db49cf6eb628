"""`Dataset`: what it accepts, what it refuses, and that nothing is rounded on the way in."""

import copy
import pickle
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mem_lib._base.dyadic import scaled
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset, shown
from tests.datasets import as_array, datasets, exact, point_lists

XOR = Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])


# --- what goes in comes out -----------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i4", "i8", "u8", ">i4", ">u8"])
def test_integer_types_are_kept(dtype):
    dataset = Dataset(np.array([[3, 7], [1, 0]], dtype=dtype), [0, 1])
    assert dataset.points.dtype == np.dtype(dtype).newbyteorder("=")
    assert dataset.points.tolist() == [[3, 7], [1, 0]]


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f8"])
def test_floats_become_float64_exactly(dtype):
    values = np.array([[0.1, -2.5], [1e-7, 3.0]], dtype=dtype)
    dataset = Dataset(values, [0, 1])
    assert dataset.points.dtype == np.float64
    assert exact(dataset.points) == [tuple(map(Fraction, map(float, row))) for row in values]


@given(point_lists())
def test_lists_and_object_arrays_are_exact(rows):
    labels = [0] * len(rows)
    for points in (rows, as_array(rows), [tuple(r) for r in rows]):
        assert exact(Dataset(points, labels).points) == [tuple(map(Fraction, r)) for r in rows]


def test_python_integers_of_any_size():
    assert Dataset([[2**62]], [0]).points.dtype == np.int64
    big = Dataset([[2**300, -1]], [0])
    assert big.points.dtype == object and big.points.tolist() == [[2**300, -1]]
    # numpy alone would turn this list into floats
    mixed = Dataset([[2**63, -1]], [0])
    assert mixed.points.tolist() == [[2**63, -1]]
    assert Dataset(np.array([[np.int8(3)], [4]], dtype=object), [0, 1]).points.dtype == np.int64


def test_booleans_and_negative_zero():
    assert Dataset([[True, False]], [0]).points.tolist() == [[1, 0]]
    assert not np.signbit(Dataset([[-0.0]], [0]).points).any()


def test_fields_are_read_only():
    source = np.eye(2)
    dataset = Dataset(source, [0, 1])
    source[0, 0] = 7.0
    assert dataset.points[0, 0] == 1.0
    for twin in (dataset, copy.deepcopy(dataset), pickle.loads(pickle.dumps(dataset))):
        for array in (twin.points, twin.labels):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.setflags(write=True)
        assert twin == dataset and hash(twin) == hash(dataset)
    source = np.arange(2)
    source.flags.writeable = False
    shared = Dataset(source.view()[:, None], source.view())
    source.flags.writeable = True
    source += 5
    assert shared.points.tolist() == [[0], [1]] and shared.labels.tolist() == [0, 1]
    with pytest.raises(AttributeError, match="read-only"):
        dataset.points = source
    with pytest.raises(AttributeError, match="read-only"):
        del dataset.labels


def test_basic_attributes():
    assert (XOR.N, len(XOR), XOR.d, XOR.classes, XOR.targets) == (4, 4, 2, 2, None)
    assert repr(XOR) == "Dataset(N=4, d=2, classes=2, points=int64)"
    assert Dataset([[1.0]], [0], classes=5).classes == 5
    assert Dataset([[1.0]], [0], separation_at_least=Fraction(1, 4)).separation_at_least == 0.25
    regression = Dataset([[1.0]], targets=[0.5])
    assert (regression.classes, regression.labels) == (None, None)
    assert (
        repr(Dataset([[2**80]], targets=[1])) == "Dataset(N=1, d=1, targets, points=big integers)"
    )
    assert XOR != "xor"


def test_equality_is_by_content():
    assert Dataset([[1], [2]], [0, 1]) == Dataset(np.array([[1.0], [2.0]]), np.array([0, 1], "u1"))
    assert Dataset([[1], [2]], [0, 1]) != Dataset([[1], [2]], [0, 1], classes=3)
    assert Dataset.from_arrays([[1], [2]], ["a", "b"]) != Dataset([[1], [2]], [0, 1])


@pytest.mark.parametrize(
    ("y", "names", "labels"),
    [
        ([-1, 1, -1], (-1, 1), [0, 1, 0]),
        (["no", "yes", "no"], ("no", "yes"), [0, 1, 0]),
        (np.array(["no", "yes", "no"], dtype=object), ("no", "yes"), [0, 1, 0]),
        ([True, False, True], (False, True), [1, 0, 1]),
        (np.array([2.0, 0.5, 2.0]), (0.5, 2.0), [1, 0, 1]),
        ([7, 7, 7], (7,), [0, 0, 0]),
        ([0.5, 2**53, 0.5], (0.5, 2.0**53), [0, 1, 0]),
        ([2**53, 2**53 + 1, 2**53], (2**53, 2**53 + 1), [0, 1, 0]),
        ([2**63, 2**63 - 1, -1], (-1, 2**63 - 1, 2**63), [2, 1, 0]),  # floats to numpy
        (np.ma.masked_array([5, 3, 5], [False] * 3), (3, 5), [1, 0, 1]),
    ],
)
def test_from_arrays(y, names, labels):
    dataset = Dataset.from_arrays([[0], [1], [2]], y)
    assert dataset.names == names and dataset.labels.tolist() == labels
    assert dataset.classes == len(names)
    assert all(type(n) is type(m) for n, m in zip(dataset.names, names, strict=True))


@pytest.mark.parametrize(
    ("targets", "expected", "denominator"),
    [
        ([0.5, -0.75], [2, -3], 4),
        ([1, 2**80], [1, 2**80], 1),
        ([Fraction(1, 3), Fraction(-1, 2)], [2, -3], 6),
        ([Fraction(1, 3), 0.5], [2, 3], 6),
        (np.array([3, 4], np.uint8), [3, 4], 1),
        ([1e308, 5e-324], [int(Fraction(1e308) * 2**1074), 1], 2**1074),
    ],
)
def test_integer_targets(targets, expected, denominator):
    dataset = Dataset([[0], [1]], targets=targets)
    array, D = dataset.integer_targets()
    assert array.tolist() == expected and denominator == D
    assert all(isinstance(v, int) for v in array.tolist())
    values = zip(dataset.targets.tolist(), targets, strict=True)
    assert all(Fraction(a) == Fraction(b if isinstance(b, Fraction) else b.item() if
               isinstance(b, np.generic) else b) for a, b in values)  # fmt: skip


def test_integer_targets_need_targets():
    with pytest.raises(InvalidDataset, match="labels, not targets"):
        XOR.integer_targets()


# --- integers, exactly ----------------------------------------------------------------------------


@given(datasets())
def test_integers_are_exact_and_the_shift_is_least(dataset):
    array, q = dataset.integers()
    assert [tuple(Fraction(v, 2**q) for v in row) for row in array.tolist()] == exact(
        dataset.points
    )
    assert q >= 0 and (q == 0 or any(v % 2 for v in array.ravel().tolist()))
    assert all(isinstance(v, int) for v in array.ravel().tolist())
    small = all(abs(v) < 2**62 for v in array.ravel().tolist())
    assert array.dtype == (np.int64 if small else object)
    for rows in (slice(0, 1), [0], np.array([0, 0]), slice(0, 0)):
        part, again = dataset.integers(rows)
        assert again == q and part.dtype == array.dtype
        assert part.tolist() == array[rows].tolist()


def test_a_shift_that_is_too_small_is_noticed_by_every_python():
    """An error, not an assertion, which ``python -O`` leaves out."""
    with pytest.raises(RuntimeError, match=r"0\.75 times 2\^1 is no integer"):
        scaled(np.array([0.75]), 1, wide=True)
    assert scaled(np.array([0.75]), 2, wide=True).tolist() == [3]


def test_integers_at_the_edge_of_int64():
    assert Dataset([[2**62 - 1]], [0]).integers()[0].dtype == np.int64
    assert Dataset([[2**62]], [0]).integers()[0].dtype == object
    assert Dataset(np.array([[2**64 - 1]], np.uint64), [0]).integers()[0].tolist() == [[2**64 - 1]]
    assert Dataset(np.array([[-(2**63)]]), [0]).integers()[0].tolist() == [[-(2**63)]]


# --- rounding -------------------------------------------------------------------------------------


def half_even(x, bits):
    step = Fraction(1, 2) ** bits if bits >= 0 else Fraction(2) ** -bits
    return round(x / step) * step  # Python rounds fractions to even


@given(datasets(), st.one_of(st.integers(-70, 70), st.integers(-1100, 1100)))
def test_rounded(dataset, bits):
    expected = [tuple(half_even(x, bits) for x in row) for row in exact(dataset.points)]
    seen = {}
    labels = dataset.labels.tolist()
    if any(seen.setdefault(p, c) != c for p, c in zip(expected, labels, strict=True)):
        with pytest.raises(InvalidDataset, match=rf"grid 2\^-{bits}: points\[\d\] and points"):
            dataset.rounded(bits)
        return
    rounded = dataset.rounded(bits)
    assert exact(rounded.points) == expected and rounded.labels.tolist() == labels
    assert rounded.classes == dataset.classes and rounded.shift <= max(bits, 0)
    assert (rounded is dataset) == (bits >= dataset.shift)


def test_rounding_beyond_binary64():
    top = np.finfo(float).max
    rounded = Dataset([[top, 1.0, -top]], [0]).rounded(-1000)
    assert rounded.points.tolist() == [[2**1024, 0, -(2**1024)]]


@pytest.mark.parametrize("bits", [-(10**9), -10000])
@pytest.mark.parametrize("value", [3, 2**100, 3.5])
def test_rounding_to_an_absurd_grid(value, bits):
    assert Dataset([[value]], [0]).rounded(bits).points.tolist() == [[0]]


def test_rounding_names_the_rows_and_forgets_the_separation():
    dataset = Dataset([[0.5], [0.0], [0.25]], [0, 1, 0], separation_at_least=0.25)
    with pytest.raises(InvalidDataset, match=r"points\[1\] and points\[2\].* 1 .*= 0"):
        dataset.rounded(1)
    merged = Dataset([[0.5], [0.0], [0.25]], [0, 0, 0], separation_at_least=0.25).rounded(1)
    assert merged.points.tolist() == [[0.5], [0.0], [0.0]] and merged.separation_at_least is None
    with pytest.raises(InvalidDataset, match="targets"):
        Dataset([[0.5], [0.25]], targets=[1, 2]).rounded(0)


@pytest.mark.parametrize("bits", [1.0, "3", None, True])
def test_rounding_needs_an_integer(bits):
    with pytest.raises(InvalidArgument, match="bits: a whole number is needed"):
        XOR.rounded(bits)


# --- subsets and distinct points ------------------------------------------------------------------


@given(datasets())
def test_distinct(dataset):
    rows = exact(dataset.points)
    keep = [i for i, row in enumerate(rows) if row not in rows[:i]]
    distinct = dataset.distinct()
    assert exact(distinct.points) == [rows[i] for i in keep]
    assert distinct.labels.tolist() == dataset.labels[keep].tolist()
    assert (distinct is dataset) == (len(keep) == len(rows))
    assert distinct.distinct() is distinct


def test_subset():
    dataset = Dataset.from_arrays(np.arange(5)[:, None], list("abcab"))
    for rows in ([0, 3], np.array([True, False, False, True, False]), slice(0, 5, 3)):
        part = dataset.subset(rows)
        assert part.points.ravel().tolist() == [0, 3] and part.labels.tolist() == [0, 0]
        assert part.classes == 3 and part.names == ("a", "b", "c")
    assert Dataset([[1], [2]], targets=[3, 4]).subset([1]).targets.tolist() == [4]
    for rows in ([9], [], 2, "all", [True]):
        with pytest.raises(InvalidDataset):
            dataset.subset(rows)


def test_a_million_rows_are_fast_enough():
    rng = np.random.default_rng(0)
    points = rng.integers(0, 1000, (10**6, 2)) / 1024
    dataset = Dataset(points, (points[:, 0] > 0.5).astype(int))
    distinct = dataset.distinct()
    assert len(np.unique(points[:, 0] * 2048 + points[:, 1])) == distinct.N
    assert dataset.shift == 10 and dataset.integers()[0].dtype == np.int64


# --- valid corner cases ---------------------------------------------------------------------------


def test_corner_cases_are_valid():
    assert Dataset([[1.0]], [0]).N == 1
    assert Dataset([[1.0], [1.0]], [1, 1]).N == 2
    assert Dataset([[0.0], [-0.0]], [1, 1]).distinct().N == 1
    assert Dataset([[1.0], [2.0]], [0, 4], classes=9).classes == 9
    assert Dataset([[1], [1]], targets=[Fraction(1, 2), 0.5]).distinct().N == 1


# --- everything that is refused -------------------------------------------------------------------

P = [[0.0, 1.0], [2.0, 3.0]]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[0.0, np.nan]], r"points\[0, 1\] = nan is not a finite number"),
        ([[np.inf]], r"points\[0, 0\] = inf"),
        (np.array([[1, -np.inf]], np.float32), r"points\[0, 1\] = -inf"),
        (np.array([[1, np.nan]], object), r"points\[0, 1\] = nan"),
        ([1.0, 2.0], r"shape \(N, d\), got shape \(2,\)"),
        ([[[1.0]]], r"shape \(N, d\), got shape \(1, 1, 1\)"),
        (3.0, r"shape \(N, d\)"),
        ([[1.0], [1.0, 2.0]], "rectangular"),
        (np.zeros((0, 3)), r"empty: it has shape \(0, 3\)"),
        (np.zeros((3, 0)), r"empty: it has shape \(3, 0\)"),
        ([[1j]], "points must be .*complex128"),
        ([["a"]], "points must be .*'a'"),
        ([[None]], r"points\[0, 0\] = None"),
        ([[Fraction(1, 3)]], r"points\[0, 0\] = Fraction"),
        (np.array([["2020-01-01"]], "M8[D]"), "points must be"),
        (np.zeros((1, 1), np.longdouble), "at most 64 bits"),
        ([[0.5, 2**60 + 1]], "mixes floats with 1152921504606846977"),
        ([[0.5, 10**400]], "mixes floats with an integer of 1329 bits"),
        (np.ma.masked_array([[1.0, 2.0]], [[True, False]]), "masked"),
    ],
)
def test_bad_points(points, message):
    with pytest.raises(InvalidDataset, match=message):
        Dataset(points, [0])


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        ([0], {}, r"labels must have shape \(2,\) to match points, got shape \(1,\)"),
        ([[0], [1]], {}, r"labels must have shape \(2,\)"),
        ([0, -1], {}, r"labels\[1\] = -1 is out of range.*from_arrays"),
        ([0, 2**64 - 1], {}, r"labels\[1\] = 18446744073709551615 is out of range"),
        ([0, 2**80], {}, r"labels\[1\] = 1208925819614629174706176 is out of range"),
        ([0.0, 1.0], {}, "labels must be integers.*float64.*from_arrays"),
        (["a", "b"], {}, "labels must be integers.*'a'.*from_arrays"),
        ([True, False], {}, "labels must be integers.*bool.*from_arrays"),
        ([0, None], {}, "labels must be integers"),
        (np.ma.masked_array([0, 1], [True, False]), {}, "labels has masked entries"),
        ([0, 3], {"classes": 3}, r"labels\[1\] = 3 is out of range for classes=3"),
        ([0, 0], {"classes": 0}, "out of range for classes=0"),
        ([0, 1], {"classes": 2.0}, "classes must be an integer, got 2.0"),
        ([0, 1], {"classes": True}, "classes must be an integer, got True"),
        ([0, 1], {"names": ["a"]}, "names has 1 entries for classes=2"),
        ([0, 1], {"names": np.array(5)}, r"names must be one name for each class, got array\(5\)"),
        ([0, 1], {"names": "ab"}, "names must be one name for each class, got 'ab'"),
        ([0, 1], {"names": ["a", ["b", "c"]]}, "names must be strings or numbers"),
        ([0, 1], {"names": ["a", None]}, "names must be strings or numbers"),
    ],
)
def test_bad_labels_and_options(labels, options, message):
    with pytest.raises(InvalidDataset, match=message):
        Dataset(P, labels, **options)


@pytest.mark.parametrize("value", [0, np.inf, 10**400, "1", True])
def test_the_known_separation_is_a_number(value):
    text = re.escape(shown(value))
    with pytest.raises(
        InvalidArgument, match=f"^separation_at_least: a finite number > 0 is needed, got {text}$"
    ):
        Dataset(P, [0, 1], separation_at_least=value)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([1.0, np.nan], r"targets\[1\] = nan is not a finite number"),
        ([Fraction(1, 3), float("inf")], r"targets\[1\] = inf"),
        ([1.0], r"targets must have shape \(2,\)"),
        ([[1.0], [2.0]], r"targets must have shape \(2,\)"),
        (["1", "2"], "targets must be .*Fractions"),
        ([1j, 2], "targets must be"),
        ([0.5, None], r"targets\[1\] = None"),
        (np.ma.masked_array([0.5, 1], [True, False]), "targets has masked entries"),
    ],
)
def test_bad_targets(targets, message):
    with pytest.raises(InvalidDataset, match=message):
        Dataset(P, targets=targets)


def test_labels_or_targets_but_not_both():
    with pytest.raises(InvalidDataset, match="exactly one of labels and targets, got neither"):
        Dataset(P)
    with pytest.raises(InvalidDataset, match="got both"):
        Dataset(P, [0, 1], targets=[0.0, 1.0])
    with pytest.raises(InvalidDataset, match="belong to labels"):
        Dataset(P, targets=[0.0, 1.0], classes=2)


@pytest.mark.parametrize(
    "points",
    [
        [[0.5, 0.0], [1.0, 2.0], [0.5, -0.0]],
        [[5, 0], [1, 2], [5, 0]],
        [[2**90, 0], [1, 2], [2**90, 0]],
    ],
)
def test_contradictions_name_both_rows(points):
    rows = r"points\[0\] and points\[2\] are equal but {0}\[0\] = 1 and {0}\[2\] = 0 differ"
    with pytest.raises(InvalidDataset, match=rows.format("labels")):
        Dataset(points, [1, 1, 0])
    with pytest.raises(InvalidDataset, match=rows.format("targets")):
        Dataset(points, targets=[1, Fraction(1, 3), 0])


def test_nearly_equal_points_do_not_contradict():
    assert Dataset([[1.0], [np.nextafter(1.0, 2.0)]], [0, 1]).margin == 2.0**-52
    assert Dataset([[0.0], [5e-324]], [0, 1]).margin == 5e-324


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, "a"], "mixes strings"),
        ([1j, 2], "y must hold"),
        ([None, 1], "y must hold"),
        ([[0], [1]], "y must hold"),
        ([0.5, np.nan], "not finite"),
        ([0, 1, 2], r"labels must have shape \(2,\)"),
        (np.array(["a", 1], dtype=object), "mixes strings"),
        ([0.5, 2**53 + 1], "y mixes floats with 9007199254740993"),
        (np.ma.masked_array([0, 1], [True, False]), "y has masked entries"),
    ],
)
def test_bad_labels_for_from_arrays(y, message):
    with pytest.raises(InvalidDataset, match=message):
        Dataset.from_arrays(P, y)
