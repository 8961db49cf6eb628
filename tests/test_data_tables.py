"""CSV files: what is read, exactly, and where a bad cell stands."""

import gzip
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mem_lib.data import Dataset, read_csv
from mem_lib.data.csv import table as taken
from mem_lib.data.unlabelled import read_points
from mem_lib.errors import InvalidArgument, InvalidDataset, TooLarge
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
        assert dataset.labels.tolist() == [0, 1] and dataset.names == (0, 1)


@pytest.mark.parametrize("label", [0, -3, "c"])
def test_the_column_of_labels(table, label):
    dataset = read_csv(table("c,x,y\r\n1,2,3\r\n0,4,5\r\n"), label=label)
    assert dataset.points.tolist() == [[2, 3], [4, 5]] and dataset.labels.tolist() == [1, 0]


def test_integers_are_exact_and_decimals_nearest(table):
    big = 2**300 + 1
    dataset = read_csv(table(f"{big},1,0\n-3,+2,1\n"))
    assert dataset.points.tolist() == [[big, 1], [-3, 2]]
    assert read_csv(table("1,2,0\n")).points.dtype == np.int64
    # one decimal makes all of them binary64, and an integer that this would round is refused
    mixed = read_csv(table(f"{2**60},0.1,0\n.5,1.,1\n"))
    assert mixed.points.tolist() == [[2.0**60, 0.1], [0.5, 1.0]]
    with pytest.raises(InvalidDataset, match=rf"column '0': {2**60 + 1} is no binary64 number"):
        read_csv(table(f"{2**60 + 1},0.1,0\n.5,1.,1\n"))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_floats_survive(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_text("".join(f"{v!r},{i}\n" for i, v in enumerate(dict.fromkeys(values))))
    assert exact(read_csv(path).points) == [(Fraction(v),) for v in dict.fromkeys(values)]


@pytest.mark.parametrize(
    ("labels", "expected", "names", "classes"),
    [
        (["0", "1", "2"], [0, 1, 2], (0, 1, 2), 3),
        (["0", "2", "2"], [0, 1, 1], (0, 2), 2),
        (["1", "2", "1"], [0, 1, 0], (1, 2), 2),
        (["2021", "2019", "2019"], [1, 0, 0], (2019, 2021), 2),
        (["-1", "1", "+1"], [0, 1, 1], (-1, 1), 2),
        (["cat", "dog", "cat"], [0, 1, 0], ("cat", "dog"), 2),
        (['"a,b"', "é", '"a,b"'], [0, 1, 0], ("a,b", "é"), 2),
        (["1", "x", "1"], [0, 1, 0], ("1", "x"), 2),
        (["10", "-9", "10"], [1, 0, 1], (-9, 10), 2),
        (["2e0", "1.0e1", "2.0"], [0, 1, 0], (2.0, 10.0), 2),
        (["01", "1", "001"], [1, 2, 0], ("001", "01", "1"), 3),
        ([str(2**80), "0", "0"], [1, 0, 0], (0, 2**80), 2),
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
        (f"{10**400},0.5,0\n", "integer of 1329 bits is no binary64"),
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


@pytest.mark.parametrize("label", [2, -3, "z", 1.0, True, "x", np.int64(2)])
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


# --- what a table leaves open is refused, with the option that settles it ------------------------


@pytest.mark.parametrize("labels", [[1, 2, 1], [-1.0, 1.0, -1.0], ["b", "a", "b"], [3, 10, 9]])
def test_the_same_data_as_from_arrays(table, labels):
    read = read_csv(table("".join(f"{i},{c!r}\n".replace("'", "") for i, c in enumerate(labels))))
    given = Dataset.from_arrays([[0], [1], [2]], labels)
    assert read == given and read.sha256 == given.sha256


def test_a_header_of_numbers(table):
    # among numbers a label that is none names its column
    assert read_csv(table("0,1,label\n0.5,1.5,0\n2,3,1\n")).N == 2
    for text in ("0,1,2\n5,6,0\n7,8,1\n", "1,2,a\n3,4,b\n5,6,b\n", "0,1\n0.5,0\n1.5,1\n"):
        with pytest.raises(InvalidDataset, match=r"line 1 may be .* header=True or header=False"):
            read_csv(table(text))
        assert read_csv(table(text), header=True).N == 2
        assert read_csv(table(text), header=False).N == 3
    # a label that occurs again is a label
    assert read_csv(table("1,2,b\n3,4,b\n")).N == 2
    assert read_csv(table("0,1\n1,0\n")).N == 2
    with pytest.raises(InvalidArgument, match="header: True, False or None is needed, got 1"):
        read_csv(table("1,2\n"), header=1)


def test_names_of_columns_come_before_numbers(table):
    text = "2019,2020,a\n1,2,x\n3,4,y\n"
    assert read_csv(table(text), label="a").names == ("x", "y")
    for label in ("2020", 2020):
        dataset = read_csv(table(text.replace("x", "5").replace("y", "6")), label=label)
        assert dataset.points.tolist() == [[1, 5], [3, 6]] and dataset.names == (2, 4)
    assert read_csv(table("1,0,5\n2,1,7\n"), label="1").names == (0, 1)
    text = "2,0,1\n5,6,0\n7,8,1\n"
    assert read_csv(table(text), label="1", header=True).names == (0, 1)
    late = table("0,2,y\n7,8,1\n5,6,0\n")  # a header, as the labels tell
    assert read_csv(late).points.tolist() == [[7, 8], [5, 6]]
    with pytest.raises(InvalidArgument, match="2 is the number of one column and the name of"):
        read_csv(late, label=2)
    with pytest.raises(InvalidArgument, match="1 is the number of one column and the name of"):
        read_csv(table(text), label=1, header=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",a,label\n0,1,0\n1,2,1\n", "line 1: column 0 has no name .*index=False"),
        ("Unnamed: 0,a,label\n0,1,0\n", "column 0 has no name .'Unnamed: 0'.; row numbers"),
        ("a,label,\n0,1,\n", "column 2 has no name .*a comma at the end"),
        ("0,1,\n7,8,1\n5,6,0\n", "line 1: column 2 has no name .*a comma at the end"),
        ("0,1,Unnamed: 2\n7,8,1\n5,6,0\n", "column 2 has no name .'Unnamed: 2'."),
        ("a,label\nr1,1,0\nr2,2,1\n", "line 2 has 3 cells, the first has 2; row names"),
        ("x,y,label\n1,2,0,\n", "line 2 has 4 cells, the first has 3; a comma at the end"),
        ("0,5;A\n1,5;B\n", "line 1 holds commas and semicolons: '0,5;A'; delimiter= says"),
        ("x;y;label\n1,5;2;0\n", "line 2, column 'x': '1,5' is not a number; a decimal comma"),
        ("x,7,label\n1,2,0\n", "line 1, column '0': 'x' is not a number; header=True if"),
        ("x,l\n1,NA\n2,b\n", "line 2, column 'l': 'NA' stands for a missing label"),
        ("x,l\n1,0\n2,nan\n", "line 3, column 'l': 'nan' stands for a missing label"),
        ("x,l\n1,0\n2,inf\n", "the label 'inf' is not a finite number"),
        ("x,l\n1,0.25\n2,1\n", "line 2, column 'l': '0.25' is no whole number; target='l'"),
        ("x,l\n1,9007199254740993e0\n2,9007199254740992e0\n", "same binary64 number"),
        ("1 2 0\n3 4 1\n", "line 1 has 1 cell; .* delimiter= says, such as ' '"),
        ("x,l\n1,0\n".encode("utf-16"), "it is UTF-16 text; save it as UTF-8"),
        ("x,l\n1,0\n".encode("utf-16-le"), "zero bytes: UTF-16 text"),
        (b"PK\x03\x04", "zip archive, such as npz or xlsx"),
        (b"PAR1", "Parquet"),
        (gzip.compress(b"x,l\n1,0\n", mtime=0)[:-9], "gzip stream is damaged"),
        (",", "no line has a cell"),
        ("||\n|\n", "no line has a cell"),
    ],
)
def test_what_a_table_leaves_open(table, text, message):
    with pytest.raises(InvalidDataset, match=message):
        read_csv(table(text))


@pytest.mark.parametrize("text", [",", "||\n|\n"])
def test_points_of_a_table_without_cells(table, text):
    with pytest.raises(InvalidDataset, match="no line has a cell"):
        read_points(table(text), 2)


def test_delimiters_and_gzip(table):
    right = read_csv(table("x,y,l\n0.5,2,a\n1.5,3,b\n"))
    for delimiter in ("\t", ";", "|", ","):
        text = (
            f"x{delimiter}y{delimiter}l\n0.5{delimiter}2{delimiter}a\n1.5{delimiter}3{delimiter}b"
        )
        assert read_csv(table(text)) == right
        assert read_csv(table(gzip.compress(text.encode())), delimiter=delimiter) == right
    assert read_csv(table("x  y l\n 0.5 2 a\n1.5   3 b\n"), delimiter=" ") == right
    for wrong in ("", ",,", 1, '"', "\n"):
        with pytest.raises(InvalidArgument, match="delimiter: one character is needed"):
            read_csv(table("1,2\n"), delimiter=wrong)


def test_targets(table):
    text = "x,y\n0,0.25\n1,-0.5\n2,1e-3\n"
    for target in ("y", 1, -1, "1"):
        dataset = read_csv(table(text), target=target)
        assert dataset.targets.tolist() == [0.25, -0.5, 0.001] and dataset.labels is None
    assert read_csv(table(text), label="y").names == (-0.5, 0.001, 0.25)
    with pytest.raises(InvalidArgument, match="target: 'y' was given beside label"):
        read_csv(table(text), label="x", target="y")
    with pytest.raises(InvalidArgument, match="target: 'y' was given beside classes"):
        read_csv(table(text), target="y", classes=2)
    with pytest.raises(InvalidDataset, match="line 3, column 'y': 'nan' is not a finite number"):
        read_csv(table("x,y\n0,0.25\n1,nan\n"), target="y")


def test_classes_that_are_given(table):
    text = "x,l\n0,dog\n1,emu\n"
    dataset = read_csv(table(text), classes=["cat", "dog", "emu"])
    assert dataset.labels.tolist() == [1, 2] and dataset.names == ("cat", "dog", "emu")
    assert read_csv(table("x,l\n0,NA\n1,US\n"), classes=["NA", "US"]).labels.tolist() == [0, 1]
    unused = read_csv(table(text), classes=["dog", "emu", "cat"])  # the last one occurs nowhere
    assert unused.labels.tolist() == [0, 1] and unused.classes == len(unused.names) == 3
    counted = read_csv(table("x,l\n0,2\n1,0\n"), classes=4)
    assert counted.labels.tolist() == [2, 0] and counted.classes == 4 and counted.names is None
    for classes, message in (
        (["cat", "dog"], "line 3, column 'l': 'emu' is none of the classes"),
        (2, "line 2, column 'l': 'dog' is none of the labels 0..1 of classes=2"),
    ):
        with pytest.raises(InvalidDataset, match=message):
            read_csv(table(text), classes=classes)
    for wrong in (0, [], "cat", ["a", "a"], [1, 1.0], [None], 2.5):
        with pytest.raises(InvalidArgument, match="classes: "):
            read_csv(table("x,l\n0,0\n"), classes=wrong)


def test_long_texts_are_refused(table):
    path = table(gzip.compress(b"x,l\n" + b"1,0\n" * 10**5))
    with pytest.raises(TooLarge, match=r"the text of .* needs about .* the budget is 1000 bytes"):
        read_csv(path, max_bytes=1000)
    assert read_csv(path).N == 10**5
    with pytest.raises(InvalidArgument, match="max_bytes: a whole number > 0"):
        read_csv(path, max_bytes=0)


def test_blocks_of_all_kinds(table):
    rows = [f"{i},{i}.5,{i % 2}\n" for i in range(3000)]
    rows[2500] = f"{2**70},1,0\n"
    dataset = read_csv(table("".join(rows)))
    assert dataset.points[2500].tolist() == [2.0**70, 1.0] and dataset.points[7, 1] == 7.5
    whole = read_csv(table("".join(f"{i + (i == 2500) * 2**70},{i % 2}\n" for i in range(5000))))
    assert int(whole.points[2500, 0]) == 2500 + 2**70 and int(whole.points[4999, 0]) == 4999


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,l\n1,a\n", "line 1 is the header ('x'), labels from column 'l', cells separated by"),
        ("1\t0\n2\t0\n", "no header, labels from column '1', cells separated by tabs"),
    ],
)
def test_what_was_taken_for_what(table, text, words):
    assert str(taken(table(text))).startswith(words)
