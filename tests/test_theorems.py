"""Book, statements, code and tests tell of the same labels."""

import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest

from mem_lib._base.statement import Statement
from mem_lib.constructions import CHAPTERS
from mem_lib.theorems import (
    PROVENANCE,
    REGISTRY,
    STATEMENTS,
    ledger,
    printed,
    proofs,
    to_check,
)

ROOT = Path(__file__).parent.parent
DIRECTIVE = re.compile(
    r"[`:]{3,}\{prf:(?:theorem|lemma|proposition|corollary)\}[^\n]*\n((?::\w+:[^\n]*\n)*)"
)
LABEL = re.compile(r"\bthm-[a-z0-9_]+(?:-[a-z0-9]+)+")


def texts_of_book():
    yield from (p.read_text(encoding="utf-8") for p in (ROOT / "book").rglob("*.md"))
    for notebook in (ROOT / "book").rglob("*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        yield from ("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def labels_of(text):
    """The labels of the statements that a page prints."""
    for options in DIRECTIVE.findall(text):
        label = re.search(r":label: (\S+)", options)
        yield label.group(1) if label else f"a statement without a label: {text[:60]!r}"


def labels_in_book():
    return [label for text in texts_of_book() for label in labels_of(text)]


def labels_in_code(folder):
    """label -> a file that mentions it, in a docstring or elsewhere."""
    return {
        label: path.name
        for path in sorted(Path(folder).rglob("*.py"))
        for label in LABEL.findall(path.read_text(encoding="utf-8"))
    }


def documentation(path):
    """The docstring of a function or class, with its class's for a method; None: not there."""
    try:
        found, owner = (pkgutil.resolve_name(name) for name in (path, path.rpartition(".")[0]))
    except (ImportError, AttributeError, ValueError):
        return None
    if not callable(found):
        return None
    return "\n".join(part.__doc__ or "" for part in (found, owner) if callable(part))


def disagreements(statements, book, code, tests):
    """What is wrong between the four places of a label, in words that name it.

    book: the labels it prints; code: those that the library mentions, as :func:`labels_in_code`;
    tests: those that tests are marked with, as :func:`mem_lib.theorems.proofs`.
    """
    listed = {statement.label for statement in statements}
    for label in sorted(set(book) - listed):
        yield f"{label}: printed in the book, in no chapter's _statements"
    for label in sorted(set(code) - listed):
        yield f"{label}: mentioned in {code[label]}, in no chapter's _statements"
    for label in sorted(set(tests) - listed):
        yield f"{label}: marked at {', '.join(tests[label])}, in no chapter's _statements"
    for statement in statements:
        label, function = statement.label, statement.function
        if label not in book:
            yield f"{label}: not in the book"
        if label not in tests:
            yield f"{label}: no test is marked with it"
        text = documentation(function)
        if text is None:
            yield f"{label}: {function} is no function of the library"
        elif label not in LABEL.findall(text):
            yield f"{label}: the docstring of {function} does not mention it"


def test_the_four_places_agree():
    found = disagreements(
        STATEMENTS, labels_in_book(), labels_in_code(ROOT / "mem_lib"), proofs(ROOT / "tests")
    )
    assert list(found) == []


def code_lines(text):
    """(label, what the page says of its code) for every statement of a page that has such a line;
    it is in the directive or right behind it."""
    label = None
    for line in text.splitlines():
        if found := re.match(r":label: (thm-\S+)", line):
            label = found.group(1)
        if label and "Code: " in line:
            yield label, line.partition("Code: ")[2]


def other_code(text):
    """The statements whose page names other code than the ledger does."""
    function = {s.label: s.function.removeprefix("mem_lib.") for s in STATEMENTS}
    for label, line in code_lines(text):
        if not re.search(rf"`{re.escape(function[label])}[`(]", line):
            yield f"{label}: {function[label]} is not in {line!r}"


def test_pages_and_the_ledger_name_the_same_code():
    texts = list(texts_of_book())
    assert sum(len(list(code_lines(text))) for text in texts) > 50
    assert [line for text in texts for line in other_code(text)] == []


def test_a_page_that_names_other_code_is_found():
    page = ":label: thm-optimal_relu-narrow\n:::\n*Ours.* Code: `optimal_relu.Wide`."
    assert list(other_code(page)) == [
        "thm-optimal_relu-narrow: optimal_relu.Narrow is not in '`optimal_relu.Wide`.'"
    ]


# -- the check itself, on a small made-up library --------------------------------------------------


class Tower:
    """A construction (``thm-toy-high``)."""

    def climb(self):
        """A step (``thm-toy-step``)."""


def helper():
    """A lemma, ``thm-toy-helpful``; what is not mentioned: thm-toy-help."""


def toy(label="thm-toy-high", function="Tower"):
    return Statement(label, "Title", "paper", "ours", f"{__name__}.{function}")


@pytest.mark.parametrize(
    ("label", "function"),
    [
        ("thm-toy-high", "Tower"),
        ("thm-toy-high", "Tower.climb"),  # by its class
        ("thm-toy-step", "Tower.climb"),
        ("thm-toy-helpful", "helper"),
    ],
)
def test_labels_that_agree(label, function):
    tests = {label: ["test_toy.py::test_it"]}
    assert list(disagreements([toy(label, function)], [label], {label: "toy.py"}, tests)) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"book": []}, "thm-toy-high: not in the book"),
        ({"tests": {}}, "thm-toy-high: no test is marked with it"),
        ({"statements": [toy(function="helper")]}, "the docstring of .*helper does not mention it"),
        ({"statements": [toy(function="Towel")]}, "thm-toy-high: .*Towel is no function"),
        ({"statements": [toy(function="LABEL")]}, "thm-toy-high: .*LABEL is no function"),
        ({"statements": [toy(), toy("thm-toy-hel", "helper")], "book": ["thm-toy-high"]},
         "thm-toy-hel: the docstring"),  # a part of another label
    ],
)  # fmt: skip
def test_a_statement_that_is_missing_somewhere_is_named(change, message):
    right = {
        "statements": [toy()],
        "book": ["thm-toy-high"],
        "code": {"thm-toy-high": "toy.py"},
        "tests": {"thm-toy-high": ["test_toy.py::test_it"]},
    }
    assert list(disagreements(**right)) == []
    assert any(re.search(message, found) for found in disagreements(**right | change))


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({"book": ["thm-toy-hihg"]}, "thm-toy-hihg: printed in the book"),
        ({"code": {"thm-toy-hihg": "toy.py"}}, "thm-toy-hihg: mentioned in toy.py"),
        ({"tests": {"thm-toy-hihg": ["a.py::test_it"]}}, "thm-toy-hihg: marked at a.py::test_it"),
    ],
)
def test_a_label_that_nobody_states_is_named(place, message):
    nothing = {"statements": [], "book": [], "code": {}, "tests": {}}
    assert list(disagreements(**nothing)) == []
    (found,) = disagreements(**nothing | place)
    assert found.startswith(message)


def test_labels_are_found_in_pages_and_code(tmp_path):
    head = "```{prf:theorem} Title\n"
    page = f"{head}:label: thm-x-y\n:nonumber:\nBody\n```\n{head}:nonumber:\nBody\n```"
    first, second = labels_of(page)
    assert first == "thm-x-y" and second.startswith("a statement without a label")
    (tmp_path / "part.py").write_text('def f():\n    """By ``thm-x_y-long-name``, thm-x-y."""\n')
    assert labels_in_code(tmp_path) == {"thm-x_y-long-name": "part.py", "thm-x-y": "part.py"}


def test_marks_are_read_from_the_source(tmp_path):
    (tmp_path / "test_toy.py").write_text(
        "import pytest\n\n"
        '@pytest.mark.proves("thm-x-one", "thm-x-two")\n@pytest.mark.parametrize("n", [1])\n'
        "def test_both(n): ...\n\n"
        '@pytest.mark.slow\n@pytest.mark.proves("thm-x-two")\ndef test_second(): ...\n\n'
        '@pytest.mark.proves("thm-x-three")\ndef no_test(): ...\n'
    )
    (tmp_path / "conftest.py").write_text('@pytest.mark.proves("thm-x-four")\ndef test_f(): ...\n')
    assert proofs(tmp_path) == {
        "thm-x-one": ["test_toy.py::test_both"],
        "thm-x-two": ["test_toy.py::test_both", "test_toy.py::test_second"],
    }
    assert proofs(tmp_path / "nowhere") == {}


# -- the statements --------------------------------------------------------------------------------


def test_labels_are_unique():
    assert len(REGISTRY) == len(STATEMENTS)
    in_book = labels_in_book()
    assert len(in_book) == len(set(in_book))


def test_every_chapter_is_collected():
    found = []
    for path in sorted((ROOT / "mem_lib").glob("*/_statements.py")):
        slug = path.parent.name
        chapter = importlib.import_module(f"mem_lib.{slug}._statements").STATEMENTS
        assert {LABEL.fullmatch(s.label) and s.label.split("-")[1] for s in chapter} == {slug}
        found += chapter
    assert sorted(STATEMENTS, key=lambda s: s.label) == sorted(found, key=lambda s: s.label)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: s.label)
def test_statement(statement):
    assert statement.function.startswith("mem_lib.")
    assert statement.provenance in PROVENANCE
    assert f"{{{statement.paper}," in (ROOT / "book/references.bib").read_text(encoding="utf-8")


def test_titles_are_those_of_the_book():
    head = re.compile(r"[`:]{3,}\{prf:\w+\}([^\n]*)\n:label: (\S+)")
    titles = {
        label: title.strip() for text in texts_of_book() for title, label in head.findall(text)
    }
    assert {s.label: titles.get(s.label) for s in STATEMENTS} == {
        s.label: s.title for s in STATEMENTS
    }


def lines_of(text):
    """The rows of the tables of a text, without what lets names break."""
    return [x for x in text.replace("<wbr>", "").splitlines() if x.startswith("| {prf:ref}")]


def test_ledger_and_list_name_every_statement_in_the_order_of_the_book():
    tests, order = proofs(ROOT / "tests"), printed(ROOT)
    assert sorted(order) == sorted(REGISTRY)
    rows = lines_of(ledger(ROOT))
    for label, line in zip(order, rows, strict=True):
        assert f"{{prf:ref}}`{label}`: {REGISTRY[label].title} |" in line
        assert f">{REGISTRY[label].function.removeprefix('mem_lib.')}</code>" in line
        for test in tests[label]:
            assert f">{test.partition('::')[2]}</code>" in line
    compared = [label for label in order if REGISTRY[label].compare]
    for label, line in zip(compared, lines_of(to_check(ROOT)), strict=True):
        assert f"`{label}`" in line and REGISTRY[label].compare in line


def test_every_chapter_has_a_heading_and_a_table():
    chapters = ("foundations", *CHAPTERS)
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert re.findall(r"book/(\w+)/index", toc) == list(chapters)
    heads = re.findall(r'<h2 id="ledger-(\w+)">(.*)</h2>', ledger(ROOT))
    assert [slug for slug, _ in heads] == list(chapters)
    assert heads[0] == ("foundations", "Foundations")
    assert ledger(ROOT).count(":class: mem-sortable") == len(heads)
    assert re.findall(r'<h2 id="check-(\w+)">\1</h2>', to_check()) == list(chapters)


def test_without_the_folder_the_ledger_lists_the_registry(tmp_path):
    assert printed(tmp_path) == [] and ledger(tmp_path) == ledger()
    alone = lines_of(ledger())
    assert [re.search(r"`(thm-.*?)`", line)[1] for line in alone] == [s.label for s in STATEMENTS]
    assert "| tests |" in ledger(ROOT) and "| tests |" not in ledger()
    (tmp_path / "_toc.yml").write_text("root: a\nfile: b/none\nfile: c\n")
    (tmp_path / "c.ipynb").write_text('{"source": [":label: thm-x-y\\n", "# T"]}')
    assert printed(tmp_path) == ["thm-x-y"]


def test_what_to_compare_is_typeset():
    """No mathematics in the letters of a typewriter."""
    for statement in STATEMENTS:
        words = re.sub(r"\$.*?\$", "", statement.compare or "")
        assert not re.search(r"<=|>=|\^|\bsqrt|ceil\(|max\(|\beps\b|\d [*/] ", words), words
