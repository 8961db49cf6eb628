"""Captions that cells display are counted and cited; folded code stands below what it draws."""

import re
from types import SimpleNamespace

import nbformat
import pytest

from mem_lib import figures

pytest.importorskip("sphinx")


def picture(caption="", name=""):
    return figures.show(lambda ax, colours: ax.plot([0, 1]), "a line", caption=caption, name=name)


PAIR = picture("first of two") + picture("second of two", "fig-toy-second")
TABLE = figures.table([("A", 1)], ["what", "number"], caption="a table", name="tab-toy-numbers")
INSIDE = {1: picture("inside"), 2: picture("inside too")}
STEPPER = figures.Stepper("n", INSIDE, caption="a <b> stepper", name="fig-toy-stepper")
CITES = "{numref}`fig-toy-second`, {numref}`fig-toy-stepper`, {numref}`Picture %s <fig-toy-second>`"


def cell(*shown, tags=("hide-input",)):
    outputs = [
        nbformat.v4.new_output("display_data", {"text/plain": "x", "text/html": s._repr_html_()})
        for s in shown
    ]
    return nbformat.v4.new_code_cell("draw()", outputs=outputs, metadata={"tags": list(tags)})


def notebook(title, *cells, text=""):
    head = nbformat.v4.new_markdown_cell(f"# {title}\n\n{text}")
    kernel = {"name": "python3", "display_name": "Python 3"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=[head, *cells], metadata=about)


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    from sphinx.application import Sphinx

    def build(**notebooks):
        place = tmp_path_factory.mktemp("toy")
        listed = "\n".join(f"   {name}" for name in notebooks)
        (place / "index.rst").write_text(f"Toy\n===\n\n.. toctree::\n   :numbered:\n\n{listed}\n")
        for name, content in notebooks.items():
            nbformat.write(content, place / f"{name}.ipynb")
        warnings = (place / "warnings").open("w+")
        settings = {
            "extensions": ["myst_nb", "tools.numbering"],
            "nb_execution_mode": "off",
            "numfig": True,
            "numfig_format": {"figure": "Figure %s", "table": "Table %s"},
            "html_theme": "basic",
        }
        out, trees = str(place / "out"), str(place / "trees")
        app = Sphinx(
            str(place), None, out, trees, "html", settings, status=None, warning=warnings,
            freshenv=True,
        )  # fmt: skip
        app.build()
        warnings.seek(0)
        pages = {name: (place / "out" / f"{name}.html").read_text() for name in notebooks}
        return SimpleNamespace(warnings=warnings.read(), **pages)

    return build


@pytest.fixture(scope="module")
def toy(build):
    return build(
        one=notebook("One", cell(picture("alone")), cell(PAIR, TABLE), cell(picture())),
        two=notebook("Two", cell(STEPPER), cell(picture("last"), tags=()), text=CITES),
    )


def captions(html):
    found = re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", html, re.DOTALL)
    return [re.sub("<[^>]*>", "", caption) for caption in found]


def test_captions_are_counted_by_chapter(toy):
    assert toy.warnings == ""
    assert captions(toy.one) == [
        "Figure 1.1 alone", "Figure 1.2 first of two", "Figure 1.3 second of two",
        "Table 1.1 a table",
    ]  # fmt: skip
    assert captions(toy.two) == [
        "inside", "inside too", "Figure 2.1 a &lt;b&gt; stepper", "Figure 2.2 last"
    ]  # fmt: skip


def test_figures_are_cited(toy):
    links = re.findall(
        r'<a class="reference internal" href="([^"]*fig-[^"]*)"[^>]*>(.*?)</a>', toy.two
    )
    assert [(where, re.sub("<[^>]*>", "", what)) for where, what in links] == [
        ("one.html#fig-toy-second", "Figure 1.3"),
        ("#fig-toy-stepper", "Figure 2.1"),
        ("one.html#fig-toy-second", "Picture 1.3"),
    ]
    assert toy.one.count('id="fig-toy-second"') == 1 == toy.two.count('id="fig-toy-stepper"')


def test_code_stands_below_its_figure(toy):
    first = toy.one[toy.one.index('<div class="cell') :]
    assert first.index("Figure 1.1") < first.index("<details") < first.index("draw")
    names = re.findall(r'<details class="mem-code">\s*<summary>(.*?)</summary>', toy.one)
    assert names == ["Code of this figure", "Code of this figure", "Code"]
    assert 'aria-label="Toggle' not in toy.one + toy.two and toy.two.count("<details") == 1


def test_other_folds_are_named_by_what_is_seen(build):
    html = build(one=notebook("One", cell(picture("a"), tags=["hide-output"]))).one
    assert "<summary><p" in html and "Show code cell output" in html and "aria-label" not in (
        html[html.index("<summary") : html.index("</summary>")]
    )  # fmt: skip


def test_a_name_is_given_once(build):
    again = cell(STEPPER), cell(STEPPER)
    assert "fig-toy-stepper" in build(one=notebook("One", *again)).warnings
    apart = {name: notebook(name, cell(STEPPER)) for name in ("one", "two")}
    assert "duplicate label fig-toy-stepper" in build(**apart).warnings


def test_a_citation_of_nothing_is_reported(build):
    lost = notebook("One", text="{numref}`fig-toy-lost`")
    assert "fig-toy-lost" in build(one=lost).warnings
