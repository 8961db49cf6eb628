"""Numbers, tables and containers of other libraries: the same numbers and the same hash as Python's
own, or refused by name."""

import datetime
import re
from collections import deque
from decimal import Decimal
from fractions import Fraction

import flint
import numpy as np
import pytest
import scipy.sparse as sp
import sympy
from hypothesis import given
from hypothesis import strategies as st

from mem_lib import (
    Dataset,
    InvalidArgument,
    InvalidDataset,
    InvalidNetwork,
    Layer,
    Network,
    evaluate,
    predict,
    verify,
)
from mem_lib._base.arguments import at_least_zero, integer_in
from mem_lib._base.foreign import what_to_do
from mem_lib._base.numbers import as_fraction, exact_number, is_integer, whole


class Index:
    """An integer as gmpy2's mpz is one."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Ratio:
    """A rational number as gmpy2's mpq is one: parts that are integers of the library."""

    def __init__(self, value):
        self.numerator, self.denominator = map(Index, Fraction(value).as_integer_ratio())


class Binary:
    """A floating-point number as gmpy2's mpfr is one."""

    def __init__(self, value):
        self.value = value

    def as_integer_ratio(self):
        return tuple(map(Index, self.value.as_integer_ratio()))


INTEGERS = (int, Index, flint.fmpz, sympy.Integer)
RATIOS = (Fraction, Ratio, sympy.Rational)
big = st.integers(-(2**70), 2**70)


# --- one number -----------------------------------------------------------------------------------


@given(big)
def test_integers_of_any_library_are_integers(n):
    for kind in INTEGERS:
        for found in (whole(kind(n)), exact_number(kind(n)), integer_in(kind(n), "n", -(2**71))):
            assert found == n and type(found) is int
    assert exact_number(Decimal(n)) == exact_number(Fraction(n)) == n
    assert type(exact_number(Fraction(n))) is int


@given(st.fractions())
def test_rational_numbers_of_any_library_are_fractions(x):
    for kind in RATIOS:
        assert (
            exact_number(kind(x))
            == as_fraction(kind(x))
            == at_least_zero(kind(abs(x)), "x") * (1 if x >= 0 else -1)
        )
    assert exact_number(flint.fmpq(x.numerator, x.denominator)) == x


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_of_any_library_are_what_they_are(x):
    for value in (x, np.float64(x), np.array(x), Decimal(x), Binary(x)):
        assert exact_number(value) == x
    assert exact_number(np.longdouble(x)) == x
    assert exact_number(np.float16(0.1)) == float(np.float16(0.1))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "1",
        b"1",
        1j,
        float("nan"),
        float("-inf"),
        np.float32("inf"),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e999999999"),
        Binary(float("inf")),
        np.datetime64(5, "ns"),
        np.timedelta64(5, "ns"),
        datetime.timedelta(1),
        sympy.pi,
        sympy.Symbol("x"),
        flint.arb(1),
        [1],
        np.array([1]),
        object(),
    ],
)
def test_what_is_no_number_exactly(value):
    assert exact_number(value) is None and as_fraction(value) is None
    assert whole(value) is None and not is_integer(value)


def test_booleans_are_neither_integers_nor_fractions():
    for value in (True, np.True_):
        assert whole(value) is None and as_fraction(value) is None and exact_number(value) == 1


# --- in a data set, a layer, a network ------------------------------------------------------------


@given(st.lists(st.tuples(big, big), min_size=1, max_size=4, unique=True))
def test_integers_enter_a_data_set_as_they_enter_a_layer(rows):
    labels = list(range(len(rows)))
    plain, layer = Dataset(rows, labels), Layer(rows, labels, "relu")
    for kind in INTEGERS:
        points = [[kind(v) for v in row] for row in rows]
        dataset = Dataset(points, [kind(v) for v in labels])
        assert dataset == plain and dataset.sha256 == plain.sha256
        assert dataset.points.dtype == plain.points.dtype
        assert Layer(points, [kind(v) for v in labels], "relu") == layer
        assert Dataset(np.array(points, dtype=object), labels) == plain
        assert Dataset(plain.points, targets=[kind(v) for v in labels]).targets.tolist() == labels
        network = Network([Layer([[kind(1), 1]], [0], "identity")])
        assert evaluate(network, points)[0].ravel().tolist() == [a + b for a, b in rows]
    assert Dataset(sympy.Matrix(rows), labels) == plain


def test_dyadic_numbers_enter_a_data_set_and_others_as_targets_only():
    plain = Dataset([[0.5, 3], [-0.375, 2]], [0, 1])
    for kind in (Decimal, *RATIOS):
        assert Dataset([[kind("0.5"), 3], [kind("-0.375"), kind(2)]], [0, 1]) == plain
    third = Fraction(1, 3)
    for kind in RATIOS:
        targets = Dataset([[0], [1]], targets=[kind(third), 1]).targets
        assert targets.tolist() == [third, 1]
        with pytest.raises(InvalidDataset, match=r"points\[1, 0\] = .* is neither an integer nor"):
            Dataset([[0.5], [kind(third)]], [0, 1])
    with pytest.raises(InvalidDataset, match=re.escape("points[0, 0] = Decimal('0.1') is neither")):
        Dataset([[Decimal("0.1")]], [0])
    assert Dataset([[0]], targets=[Decimal("0.1")]).targets.tolist() == [Fraction(1, 10)]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (sympy.pi, r"points\[1, 0\] = pi is not a finite number \(type Pi\)"),
        (np.timedelta64(5, "ns"), r"points\[1, 0\] = .* \(type timedelta64\)"),
        (datetime.date(2020, 1, 1), r"points\[1, 0\] = .* \(type date\)"),
        (Decimal("1e999999999"), r"points\[1, 0\] = .* \(type Decimal\)"),
        (None, r"points\[1, 0\] = None is not a finite number \(type NoneType\)"),
        (float("nan"), r"points\[1, 0\] = nan is not a finite number$"),
        (np.longdouble(1) / 3, r"points\[1, 0\] = .* is neither an integer nor a binary64 number"),
    ],
)
def test_an_entry_that_is_no_number_is_named(value, message):
    with pytest.raises(InvalidDataset, match=message):
        Dataset(np.array([[3], [value]], dtype=object), [0, 1])


@pytest.mark.parametrize("kind", ["m8[ns]", "M8[D]", "c16", "S1", "<U1", "V4", np.longdouble])
def test_types_of_arrays_that_are_refused(kind):
    array = np.zeros((1, 1), dtype=kind)
    with pytest.raises(
        InvalidDataset,
        match=f"points must be .* of type [|]?{re.escape(str(array.dtype).strip('|'))}",
    ):
        Dataset(array, [0])
    with pytest.raises(InvalidNetwork, match=r"weight\[0\]\[0\]"):
        Layer(array, [0], "relu")


def test_labels_of_any_library():
    points = [[0], [1], [2]]
    dataset = Dataset(points, [Index(2), flint.fmpz(0), np.int8(1)])
    assert dataset.labels.tolist() == [2, 0, 1] and dataset.labels.dtype == np.int64
    named = Dataset.from_arrays(points, [Index(2**80), sympy.Integer(-1), 2**80])
    assert named.names == (-1, 2**80) and named.labels.tolist() == [1, 0, 1]
    assert Dataset.from_arrays(points, [Ratio("0.5"), 1, 0.5]).names == (0.5, 1.0)
    with pytest.raises(InvalidDataset, match="labels must be integers"):
        Dataset(points, [Ratio("0.5"), 0, 1])
    with pytest.raises(InvalidDataset, match="y must hold numbers, booleans or strings, got pi"):
        Dataset.from_arrays(points, [sympy.pi, 0, 1])
    with pytest.raises(InvalidDataset, match=r"y\[1\] = .* is neither"):
        Dataset.from_arrays(points, [0, Ratio(Fraction(1, 3)), 1])


# --- tables ---------------------------------------------------------------------------------------


class Frame:
    """A table as pandas has them: columns of their own types, which its one array mixes."""

    def __init__(self, *columns):
        self.columns = [name for name, _ in columns]
        self.data = [column for _, column in columns]

    @property
    def iloc(self):
        return self

    def __getitem__(self, place):
        rows, column = place
        assert rows == slice(None)
        return self.data[column]

    def __array__(self, dtype=None, copy=None):
        return np.array(np.column_stack(self.data), dtype)


class Polar:
    """As polars has them."""

    def __init__(self, *columns):
        self.columns, self.data = zip(*columns, strict=True)

    def get_columns(self):
        return list(self.data)


class Arrow:
    """As pyarrow has them."""

    def __init__(self, *columns):
        self.column_names, self.data = zip(*columns, strict=True)

    def itercolumns(self):
        return iter(self.data)


def record(*columns):
    """A structured array of numpy."""
    arrays = [np.asarray(column) for _, column in columns]
    made = np.empty(
        len(arrays[0]), [(n, a.dtype) for (n, _), a in zip(columns, arrays, strict=True)]
    )
    for (name, _), array in zip(columns, arrays, strict=True):
        made[name] = array
    return made


TABLES = (Frame, Polar, Arrow, record)
LARGE = np.array([1, 2**53 + 1])


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_taken_column_by_column(table):
    floats, whole_numbers = np.array([0.5, 1.5]), np.array([2**53 + 2, -3])
    made = Dataset(table(("x", floats), ("n", whole_numbers)), [0, 1])
    assert made == Dataset([[0.5, 2**53 + 2], [1.5, -3]], [0, 1])
    integers = table(("n", LARGE), ("u", np.array([2**64 - 1, 0], "u8")), ("b", [True, False]))
    made = Dataset(integers, [0, 1])
    assert made == Dataset([[1, 2**64 - 1, 1], [2**53 + 1, 0, 0]], [0, 1])
    narrow = Dataset(table(("a", np.array([1, 2], "u1")), ("b", np.array([3, 4], "u1"))), [0, 1])
    assert narrow.points.dtype == np.uint8
    exact = np.array([Fraction(1, 2), 2**70], dtype=object)
    with pytest.raises(InvalidDataset, match=r"points, column 'a' mixes floats|2\^?"):
        Dataset(table(("a", exact + Fraction(1, 4)), ("b", [1, 2])), [0, 1])


@pytest.mark.parametrize("table", TABLES)
def test_an_integer_that_the_floats_beside_it_would_round_is_refused(table):
    message = (
        r"points, column 'id': 9007199254740993 in row 1 is no binary64 number, and column 'x' "
        "holds floats"
    )
    with pytest.raises(InvalidDataset, match=message):
        Dataset(table(("id", LARGE), ("x", np.array([0.5, 1.5]))), [0, 1])
    with pytest.raises(InvalidDataset, match=message.replace(": 9", ": -9")):
        Dataset(table(("id", -LARGE), ("x", np.array([0.5, 1.5]))), [0, 1])
    network = Network([Layer([[1, 1]], [0], "identity")])
    with pytest.raises(InvalidDataset, match=message):
        predict(network, table(("id", LARGE), ("x", np.array([0.5, 1.5]))))
    assert evaluate(network, table(("id", LARGE), ("x", [3, 4])))[0].tolist() == [[4], [2**53 + 5]]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([1.0, np.nan], r"points, column 'a'\[1\] = nan"),
        (np.array([1, None]), r"points, column 'a'\[1\] = None"),
        (["u", "v"], "points, column 'a' must be floats .* of type <U1"),
        (np.array(["2020-01-01"] * 2, "M8[D]"), "points, column 'a' must .*datetime64"),
        (np.array([[1, 2], [3, 4]]), r"columns 'a' and 'b' have the shapes \(2, 2\) and \(2,\)"),
        ([1], r"columns 'a' and 'b' have the shapes \(1,\) and \(2,\)"),
    ],
)
def test_columns_that_are_refused_are_named(column, message):
    with pytest.raises(InvalidDataset, match=message):
        Dataset(Frame(("a", column), ("b", np.array([1, 2]))), [0, 1])


def test_a_column_of_pairs_is_refused():
    pairs = np.array([[1, 2], [3, 4]])
    with pytest.raises(InvalidDataset, match="one number in each row is needed"):
        Dataset(Frame(("a", pairs), ("b", pairs)), [0, 1])


def test_two_columns_of_one_name_and_one_called_points():
    made = Dataset(Frame(("a", np.array([1, 2])), ("a", np.array([0.5, 3]))), [0, 1])
    assert made.points.tolist() == [[1.0, 0.5], [2.0, 3.0]]
    frame = Frame(("points", np.array([1, 2])))
    frame.points = np.array([[7], [7]])  # pandas gives the column of that name
    one = Network([Layer([[1]], [0], "identity")])
    assert evaluate(one, frame)[0].tolist() == [[1], [2]]
    assert predict(one, Dataset([[1], [2]], [0, 1])).tolist() == [1, 2]
    with pytest.raises(InvalidDataset, match="points is empty"):
        Dataset(Frame(("a", np.array([])), ("b", np.array([]))), [])


# --- containers -----------------------------------------------------------------------------------


class Lazy:
    """Numbers that are not there yet."""

    def collect(self):
        raise AssertionError


class Refuses:
    """An array of a device, or one with gradients."""

    def __array__(self, dtype=None, copy=None):
        raise NotImplementedError("elsewhere; call .cpu() first")


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (sp.csr_matrix([[1]]), r"type csr_matrix; pass what its .toarray\(\) gives"),
        (sp.coo_array([[1]]), r"type coo_array; pass what its .toarray\(\) gives"),
        ((row for row in [[1]]), r"type generator; pass list\(...\) of it"),
        (iter([[1]]), r"type list_iterator; pass list\(...\) of it"),
        (map(int, "1"), r"type map; pass list\(...\) of it"),
        ({"a": [1]}.values(), r"type dict_values; pass list\(...\) of it"),
        ({"a": [1]}, "type dict; pass a list of rows"),
        ({1, 2}, r"type set; it has no order: pass sorted\(...\)"),
        ("data.csv", "type str; read_csv and Dataset.load read files"),
        (b"data", "type bytes; read_csv"),
        (flint.fmpz_mat(1, 1, [1]), r"type fmpz_mat; pass what its .tolist\(\) gives"),
        (Lazy(), r"type Lazy; pass what its .collect\(\) gives"),
        (None, "type NoneType$"),
        (object(), "type object$"),
        (Refuses(), r"rectangular array of numbers but of type Refuses: elsewhere; call \.cpu\(\)"),
        ([Refuses()], "rectangular|Refuses"),
    ],
)
def test_containers_are_refused_by_name_with_what_to_do(points, message):
    with pytest.raises(InvalidDataset, match=f"points.*{message}"):
        Dataset(points, [0])
    with pytest.raises(InvalidDataset, match="points"):
        predict(Network([Layer([[1]], [0], "identity")]), points)


@pytest.mark.parametrize("name", ["labels", "targets", "weight", "bias"])
def test_the_other_arguments_refuse_them_too(name):
    take = {
        "labels": lambda v: Dataset([[1]], v),
        "targets": lambda v: Dataset([[1]], targets=v),
        "weight": lambda v: Layer(v, [0], "relu"),
        "bias": lambda v: Layer([[1]], v, "relu"),
    }[name]
    kind = InvalidNetwork if name in ("weight", "bias") else InvalidDataset
    values = ({0: 1}, {1}, (i for i in [1]), Lazy(), Refuses(), np.ma.array([1], mask=[True]))
    for value in values:
        with pytest.raises(kind, match=f"^{name} (is not a.*of type|has masked entries)"):
            take(value)


def test_containers_that_are_arrays():
    plain = Dataset([[1, 2], [3, 4]], [0, 1])
    array = np.array([[1, 2], [3, 4]])
    for points in (
        memoryview(array),
        deque([[1, 2], [3, 4]]),
        (range(1, 3), range(3, 5)),
        np.ma.masked_array(array),
        bytearray(b"\1\2"),
    ):
        if isinstance(points, bytearray):
            assert Dataset([[0], [1]], points).labels.tolist() == [1, 2]
        else:
            assert Dataset(points, [0, 1]) == plain
    assert what_to_do(3) == ""


@pytest.mark.parametrize(
    "values",
    [
        np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]]),
        [np.ma.array([1, 2], mask=[0, 1]), np.ma.array([3, 4])],
        ([1, np.ma.masked], [3, 4]),
    ],
)
def test_what_a_mask_hides_is_not_taken(values):
    with pytest.raises(InvalidDataset, match="points has masked entries"):
        Dataset(values, [0, 1])
    with pytest.raises(InvalidNetwork, match=r"masked entries|is not an integer"):
        Layer(values, [0, 1], "relu")
    unmasked = [np.ma.array([1, 2]), np.ma.array([3, 4], mask=[0, 0])]
    assert Dataset(unmasked, [0, 1]) == Dataset([[1, 2], [3, 4]], [0, 1])


def test_tensors_of_pytorch():
    torch = pytest.importorskip("torch")
    rows = [[0.5, 2.0], [3.0, 4.0]]
    for kind in (torch.float16, torch.float32, torch.float64):
        assert Dataset(torch.tensor(rows, dtype=kind), [0, 1]) == Dataset(rows, [0, 1])
    mixed = [torch.tensor([2**53 + 1]), torch.tensor([0.5])]
    with pytest.raises(InvalidDataset, match="mixes floats with 9007199254740993"):
        Dataset(mixed, [0, 1])
    for tensor, message in (
        (torch.tensor(rows, dtype=torch.bfloat16), r"BFloat16; \.double\(\) holds the same"),
        (torch.tensor(rows, requires_grad=True), r"tensor\.detach\(\)"),
        (torch.tensor(rows).to_sparse(), r"to_dense\(\)"),
        (torch.empty(2, 2, device="meta"), r"Tensor\.cpu\(\)"),
    ):
        with pytest.raises(InvalidDataset, match=f"points .*of type Tensor: .*{message}"):
            Dataset(tensor, [0, 1])
        with pytest.raises(InvalidNetwork, match=r"weight .*of type Tensor"):
            Layer(tensor, [0, 1], "relu")


# --- rows -----------------------------------------------------------------------------------------


def test_rows_of_any_kind():
    dataset = Dataset([[0], [1], [2]], [0, 1, 2])
    choices = ((0, 2), [-3, -1], range(0, 3, 2), np.array([0, 2], "u8"), [True, False, True])
    for rows in (*choices, slice(0, 3, 2)):
        assert dataset.subset(rows).labels.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (2**63, "rows does not select from 3 points: .*too large"),
        ([2**63], "rows does not select from 3 points"),
        ([2**70], "rows does not select from 3 points"),
        ([[1, 2], [3]], "rows does not select from 3 points: .*inhomogeneous"),
        ([0, 3], "rows does not select from 3 points: index 3 is out of bounds"),
        (slice("a"), "rows does not select from 3 points: slice indices"),
        ([0.5], "rows does not select from 3 points"),
        ({0}, "rows does not select from 3 points"),
        ([True, False], "rows does not select from 3 points: boolean"),
        (1, "rows must be a list of rows, a slice or a mask, got 1"),
        (None, "rows must be a list of rows, a slice or a mask, got None"),
        ([[0, 1]], "rows must be a list of rows"),
        (np.ma.array([True, False, True], mask=[1, 0, 0]), "rows has masked entries"),
        ([], "points is empty|does not select"),
    ],
)
def test_rows_that_select_nothing(rows, message):
    with pytest.raises(InvalidDataset, match=message):
        Dataset([[0], [1], [2]], [0, 1, 2]).subset(rows)


def test_whole_numbers_of_any_library_as_options():
    assert Dataset([[0.3], [1.0]], [0, 1]).rounded(Index(1)).points.ravel().tolist() == [0.5, 1.0]
    assert Dataset([[0]], [0], classes=flint.fmpz(3)).classes == 3
    one = Network([Layer([[1]], [0], "identity")])
    found = verify(
        one, Dataset([[1]], targets=[Ratio(Fraction(4, 3))]), tolerance=sympy.Rational(1, 3)
    )
    assert found and found.max_error == Fraction(1, 3)
    with pytest.raises(InvalidArgument, match="tolerance: a finite number >= 0 is needed, got pi"):
        verify(one, Dataset([[1]], [1]), tolerance=sympy.pi)
