"""CSV files: what is read, exactly, and where a bad cell stands."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mem_lib.data import read_csv
from mem_lib.errors import InvalidArgument, InvalidDataset
from tests.datasets import exact


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "data.csv"
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    return write


def test_with_and_without_a_header(table):
    for head in ("", "x,y,label\n", "\ufeffx,y,label\n", "\n\nx, y ,label\n"):
        dataset = read_csv(table(head + "0.5,1,0\n\n-2,1e3, 1\n"))
        assert dataset.points.tolist() == [[0.5, 1.0], [-2.0, 1000.0]]
        assert dataset.labels.tolist() == [0, 1] and dataset.names is None


@pytest.mark.parametrize("label", [0, -3, "c"])
def test_the_column_of_labels(table, label):
    dataset = read_csv(table("c,x,y\r\n1,2,3\r\n0,4,5\r\n"), label=label)
    assert dataset.points.tolist() == [[2, 3], [4, 5]] and dataset.labels.tolist() == [1, 0]


def test_integers_are_exact_and_decimals_nearest(table):
    big = 2**300 + 1
    dataset = read_csv(table(f"{big},1,0\n-3,+2,1\n"))
    assert dataset.points.tolist() == [[big, 1], [-3, 2]]
    assert read_csv(table("1,2,0\n")).points.dtype == np.int64
    # one decimal makes all of them binary64
    mixed = read_csv(table(f"{2**60 + 1},0.1,0\n.5,1.,1\n"))
    assert mixed.points.tolist() == [[2.0**60, 0.1], [0.5, 1.0]]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_floats_survive(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_text("".join(f"{v!r},{i}\n" for i, v in enumerate(dict.fromkeys(values))))
    assert exact(read_csv(path).points) == [(Fraction(v),) for v in dict.fromkeys(values)]


@pytest.mark.parametrize(
    ("labels", "expected", "names", "classes"),
    [
        (["0", "1", "2"], [0, 1, 2], None, 3),
        (["0", "2", "2"], [0, 2, 2], None, 3),
        (["1", "2", "1"], [1, 2, 1], None, 3),
        (["-1", "1", "+1"], [0, 1, 1], (-1, 1), 2),
        (["cat", "dog", "cat"], [0, 1, 0], ("cat", "dog"), 2),
        (['"a,b"', "é", '"a,b"'], [0, 1, 0], ("a,b", "é"), 2),
        (["1", "x", "1"], [0, 1, 0], ("1", "x"), 2),
        (["10", "-9", "10"], [1, 0, 1], (-9, 10), 2),
        (["1e3", "nan", "1e3"], [0, 1, 0], ("1e3", "nan"), 2),
        ([str(2**80), "0", "0"], [1, 0, 0], ("0", str(2**80)), 2),
    ],
)
def test_labels(table, labels, expected, names, classes):
    dataset = read_csv(table("".join(f"{i},{c}\n" for i, c in enumerate(labels))))
    assert dataset.labels.tolist() == expected
    assert dataset.names == names and dataset.classes == classes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("x,y\n", "a header and no data"),
        ("1\n2\n", "has 1 cell; points and a label need two"),
        ("1,2,0\n1,2\n", "line 2 has 2 cells, the first has 3"),
        ("x,y\n\n1,2,3\n", "line 3 has 3 cells, the first has 2"),
        ("1,2,0\n3,b,1\n", "line 2, column '1': 'b' is not a number"),
        ("x,y,c\n1,2,0\n3,,1\n", "line 3, column 'y': '' is not a number"),
        ("1,b,0\n3,4,1\n", "line 1, column '1': 'b' is not a number"),
        ("1,nan,0\n", "line 1, column '1': 'nan' is not a finite number"),
        ("1,-Infinity,0\n", "'-Infinity' is not a finite number"),
        ("1,1_000,0\n", "'1_000' is not a finite number"),
        ("1,0x10,0\n", "'0x10' is not a number"),
        ("1,\u0661,0\n", "is not a finite number"),
        ("1,1e400,0\n", "'1e400' is beyond binary64"),
        (f"{10**400},0.5,0\n", "integer of 1329 bits is beyond binary64"),
        (f"{'1' * 5000},0\n", "5000 digits are too many"),
        ("1,2,0\n3,4,\n", "line 2 has no label"),
        ("1,0\n1,1\n", r"points\[0\] and points\[1\] are equal but labels"),
        ('1,"2\n', "cannot be read as CSV: unexpected end"),
        (b"1,\xff,0\n", "cannot be read as CSV"),
        ("1," + "2" * 200_000 + ",0\n", "cannot be read as CSV: field larger"),
    ],
)
def test_bad_files(table, text, message):
    with pytest.raises(InvalidDataset, match=message) as error:
        read_csv(table(text))
    assert "data.csv" in str(error.value)


def test_a_numpy_integer_counts_columns(table):
    assert read_csv(table("1,0,5\n2,1,7\n"), label=np.int64(1)).labels.tolist() == [0, 1]


@pytest.mark.parametrize("label", [2, -3, "z", 1.0, None, True, "x", np.int64(2)])
def test_bad_columns(table, label):
    text = "x,x\n1,2\n" if label == "x" else "x,y\n1,2\n"
    with pytest.raises(InvalidArgument, match="label: "):
        read_csv(table(text), label=label)


def test_missing_files(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        read_csv(tmp_path / "none.csv")
    with pytest.raises(IsADirectoryError):
        read_csv(tmp_path)
    with pytest.raises(InvalidArgument, match="path: no file name has NUL characters"):
        read_csv("a\0b")
