"""MyST written out as Markdown, as JupyterLab shows it."""

import re

import pytest

from tests.house import ROOT
from tools import lab, sources
from tools.plain import Book, Target, expanded, plain

PAGE = "book/two/index.md"
BOOK = Book(
    pages={PAGE: "Two", "book/two/proofs.md": "Proofs", "book/one/exact.ipynb": "Exactness",
           "book/bibliography.md": "References"},
    targets={
        "thm-gates": Target("book/two/proofs.md", "Theorem (Gates)", "Theorem 2.1"),
        "thm-here": Target(PAGE, "Theorem (Here)"),
        "fig-fold": Target("book/one/exact.ipynb", "Figure", "Figure 1.3"),
    },
    sources={"a": ("Ada and Bo", "1999"), "b": ("Cy et al.", "2001")},
    macros={"R": (r"\mathbb{R}", 0), "relu": (r"\operatorname{relu}", 0), "1": (r"\mathbf{1}", 0),
            "eps": (r"\varepsilon", 0), "norm": (r"\lVert #1 \rVert", 1),
            "inner": (r"\langle #1, #2 \rangle", 2)},
    references="Ada and Bo. Numbers.",
    bibliography="book/bibliography.md",
)  # fmt: skip
REFERENCES = "../bibliography.ipynb"


def shown(text):
    return plain(text, BOOK, PAGE).strip()


@pytest.mark.parametrize(
    ("myst", "markdown"),
    [
        ("{prf:ref}`thm-gates`", "[Theorem 2.1](proofs.ipynb)"),
        ("{prf:ref}`thm-here`", "Theorem (Here)"),
        ("{ref}`the proof <thm-gates>`", "[the proof](proofs.ipynb)"),
        ("{numref}`fig-fold`", "[Figure 1.3](../one/exact.ipynb)"),
        ("{numref}`see %s <fig-fold>`", "[see Figure 1.3](../one/exact.ipynb)"),
        ("{ref}`unknown`", "`unknown`"),
        ("{ref}`words <unknown>`", "words"),
        ("{cite:t}`a`", f"[Ada and Bo (1999)]({REFERENCES})"),
        ("{cite:p}`a,b`", f"([Ada and Bo, 1999; Cy et al., 2001]({REFERENCES}))"),
        ("{doc}`proofs`", "[Proofs](proofs.ipynb)"),
        ("{doc}`here <index>` [](../one/exact.ipynb) [](../../a.txt)",
         "here [Exactness](../one/exact.ipynb) [a.txt](../../a.txt)"),
        ("``{ref}`x` ``", "``{ref}`x` ``"),
        ("[a](proofs.md#part), [b](../one/exact.ipynb)",
         "[a](proofs.ipynb), [b](../one/exact.ipynb)"),
        ("[a](../../LICENSE) [b](https://x.org/a.md) [c](#part)",
         "[a](../../LICENSE) [b](https://x.org/a.md) c"),
        ("![dots](../_static/a.svg){width=300px}", "![dots](../_static/a.svg)"),
        ("a [word]{.small} $\\sqrt[3]{x}$", "a word $\\sqrt[3]{x}$"),
        ("$$\nx\n$$ (eq-x)", "$$\nx\n$$"),
        ("(part)=\n## Part\n% nobody reads this\n{#id .class}", "## Part"),
        ("depth\n: the layers\n  of it", "**depth**: the layers\n  of it"),
    ],
)  # fmt: skip
def test_what_is_inside_a_line(myst, markdown):
    assert shown(myst) == markdown


def test_the_commands_of_the_book_are_written_out():
    assert (
        shown(r"$\norm{\inner{x}{y}}^\eps$") == r"$\lVert \langle x, y \rangle \rVert^\varepsilon$"
    )
    assert shown(r"$\1 \R x, \Relu, \\R, \norm x$") == (
        r"$\mathbf{1} \mathbb{R} x, \Relu, \\R, \lVert x \rVert$"
    )
    assert expanded(r"\norm{a", BOOK.macros) == r"\lVert a \rVert"
    assert expanded(r"\e{x}", {"e": (r"\e #1", 1)}) == r"\e x"


@pytest.mark.parametrize(
    ("myst", "markdown"),
    [
        ("```{prf:theorem} Gates\n:label: thm-gates\n\nLet $x \\in \\R$.\n```",
         "**Theorem 2.1 (Gates).** Let $x \\in \\mathbb{R}$."),
        ("```{prf:lemma}\nA *lemma*.\n```", "**Lemma.** A *lemma*."),
        ("````{dropdown} Proof of {prf:ref}`thm-here`\nBy\n\n```{note}\nlooking.\n```\n````",
         "<details><summary>Proof of Theorem (Here)</summary>\n\nBy\n\n"
         "**Note.** looking.\n\n</details>"),
        (":::{warning} Not\nso.\n:::", "**Warning.** Not\nso."),
        (":::{admonition} Title\nText.\n:::", "**Title**\n\nText."),
        ("```{seealso}\n:class: dropdown\nText.\n```",
         "<details><summary>Seealso</summary>\n\nText.\n\n</details>"),
        ("```{exercise} Two\n:label: ex\nDo.\n```", "### Exercise (Two)\n\nDo."),
        ("```{solution-start} thm-gates\n:class: dropdown\n```\n\nSo.\n\n```{solution-end}\n```",
         "#### Solution of Theorem 2.1\n\nSo."),
        ("```{solution} unknown\nSo.\n```",
         "<details><summary>Solution</summary>\n\nSo.\n\n</details>"),
        ("```{figure} ../_static/a.svg\n:alt: dots\n\nSome dots.\n```",
         "![dots](../_static/a.svg)\n\nSome dots."),
        ("```{code-block} bash\nmake {ref}`x`\n```", "```bash\nmake {ref}`x`\n```"),
        ("```{math}\n:label: eq\n\\R\n```", "$$\n\\mathbb{R}\n$$"),
        ("```{bibliography}\n```", "Ada and Bo. Numbers."),
        ("```{tableofcontents}\n```", ""),
        ("```{card} Title\nInside {ref}`x`.\n```", "**Title**\n\nInside `x`."),
        ("```python\n# {ref}`x`\n```\nafter {ref}`x`", "```python\n# {ref}`x`\n```\n\nafter `x`"),
        ("```{note}\nnever closed", "**Note.** never closed"),
    ],
)  # fmt: skip
def test_directives(myst, markdown):
    assert shown(myst) == markdown


MYST = re.compile(
    r"\{[a-z][\w:.-]*\}`|^(`{3,}|:{3,})\{|^\([\w.:-]+\)=$|\]\([^()\s:]+\.md\)", re.MULTILINE
)


def test_what_myst_looks_like():
    assert all(map(MYST.search, ("{ref}`x`", "```{note}", "(a)=", "a [b](../c.md)")))
    assert not any(map(MYST.search, ("`x`", "```python", "(a) =", "[b](https://x.org/c.md)")))


def test_no_myst_is_left_on_any_page():
    pages = {page: lab.notebook(ROOT / page) for page in lab.pages(ROOT)}
    about = lab.book(ROOT, pages)
    left = {}
    for page, content in pages.items():
        for cell in lab.copied(content, about, page, None).cells:
            text = re.sub(r"^```.*?^```|``.+?``", "", cell.source, flags=re.DOTALL | re.MULTILINE)
            if cell.cell_type == "markdown" and MYST.search(text):
                left[page] = MYST.search(text)[0]
    assert len(pages) > 20 and left == {}


def test_what_citations_and_references_say(tmp_path):
    bib = tmp_path / "references.bib"
    people = ("Ada {Lo}ve", "Ada Love and Bo van Dyk", r"Cy Hern{\'a}ndez and A. B. and C. D.")
    bib.write_text(
        "".join(
            f"@article{{k{i}, author = {{{names}}}, title = {{On - (and on)}}, "
            f"journal = {{J}}, year = {{200{i}}}}}\n"
            for i, names in enumerate(people)
        ),
        encoding="utf-8",
    )
    assert sources.citations(bib) == {
        "k0": ("Love", "2000"),
        "k1": ("Love and van Dyk", "2001"),
        "k2": ("Hernández et al.", "2002"),
    }
    listed = sources.references(bib).split("\n\n")
    assert len(listed) == 3 and "On - (and on)." in listed[0].replace("\n", " ")
    assert "\\" not in "".join(listed) and "Hernández" in "".join(listed)
