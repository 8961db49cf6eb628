"""The copy for JupyterLab: what is in it, and that nobody's changes are lost."""

import json
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.display import Markdown
from nbformat.sign import NotebookNotary

from tests.house import ROOT
from tools import lab, live, make, notebooks
from tools.runnable import runnable

HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""
INDEX = f"""{HEAD}# One

![dots](../_static/dots.svg) [law](../../LICENSE) {{prf:ref}}`thm-one`

```{{code-cell}} ipython3
:tags: [hide-input]
print(1)
```

## Two

```{{exercise}} Count
:label: ex-one
```

````{{solution-start}} ex-one
````

By hand.

```{{code-cell}} ipython3
:tags: [remove-cell]
assert True
```

````{{solution-end}}
````

### Three
"""
PAGES = {
    "_toc.yml": "root: book/index\nchapters: [{file: book/one/index}, {file: book/one/run}]",
    "_config.yml": "bibtex_bibfiles: [book/references.bib]\n"
    "sphinx: {config: {mathjax3_config: {tex: {macros: {R: x, norm: ['|#1|', 1]}}}}}",
    "book/references.bib": "@misc{a, author = {Ada Love}, title = {T}, year = 1999}",
    "LICENSE": "free",
    "book/_static/dots.svg": "<svg/>",
    "book/index.md": "---\nt: T\n---\n# B\n\n```{prf:theorem} First\n:label: thm-one\nIt is.\n```",
    "book/one/index.md": INDEX,
    "_build/html/book/index.html": '<p id="thm-one"><b class="caption-number">Theorem 7 </b>',
}


@pytest.fixture
def place(tmp_path):
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    store(tmp_path / "book/one/run.ipynb", cell("print(3)", "stored\n"))
    return tmp_path


def cell(source, printed):
    output = nbformat.v4.new_output("stream", text=printed)
    widget = {notebooks.WIDGET: {}, "text/html": "<p>seen</p>"}
    return nbformat.v4.new_code_cell(
        source, outputs=[output, nbformat.v4.new_output("display_data", widget)]
    )


def store(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells), metadata=lab.KERNEL), path)


def copy(place, **options):
    return lab.make(place, place / "lab", **options)


def page(place, name="book/one/index.ipynb"):
    return nbformat.read(place / "lab" / name, as_version=4)


def test_every_page_is_a_notebook(place):
    assert copy(place) == []
    found = sorted(p.relative_to(place / "lab").as_posix() for p in place.glob("lab/**/*.*"))
    assert found == [
        ".book.json", ".pages.json", "book/_static/dots.svg", "book/index.ipynb",
        "book/one/index.ipynb", "book/one/run.ipynb",
    ]  # fmt: skip
    assert (place / "lab/LICENSE").read_text() == "free"
    for name in found[3:]:
        nbformat.validate(page(place, name))
        assert page(place, name).metadata.kernelspec.name == "python3"


def test_text_is_cut_at_headings_and_solutions_begin_folded(place):
    copy(place)
    texts = [(c.source, dict(c.metadata)) for c in page(place).cells if c.cell_type == "markdown"]
    assert [text for text, _ in texts] == [
        "# One\n\n![dots](../_static/dots.svg) [law](../../LICENSE) [Theorem 7](../index.ipynb)",
        "## Two",
        "### Exercise (Count)",
        "#### Solution of Exercise (Count)",
        "By hand.",
        "### Three",
    ]
    folded = [text for text, metadata in texts if metadata.get("jp-MarkdownHeadingCollapsed")]
    assert folded == ["#### Solution of Exercise (Count)"]
    assert (
        page(place, "book/index.ipynb").cells[0].source.startswith("# B\n\n**Theorem 7 (First).**")
    )


def test_a_heading_inside_code_or_a_fold_cuts_nothing():
    text = "```bash\n# no heading\n```\n\n<details><summary>Proof</summary>\n\n## No\n\n</details>"
    assert [part for part, _ in lab.parts(text)] == [text]


def test_code_that_the_book_hides_is_hidden(place):
    copy(place)
    shown, gone = [c for c in page(place).cells if c.cell_type == "code"]
    assert shown.metadata.jupyter == {"source_hidden": True}
    assert gone.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}
    (run,) = page(place, "book/one/run.ipynb").cells
    assert "jupyter" not in run.metadata


def test_outputs_are_those_of_the_last_build_or_stored_ones(place):
    executed = place / "_build/.jupyter_cache/executed"
    store(executed / "a/base.ipynb", cell("print(1)\n", "built\n"), cell("assert True", ""))
    store(executed / "b/base.ipynb", cell("print(1)", "of another page\n"))
    copy(place)
    first = page(place).cells[1]
    assert first.outputs[0].text == "built\n" and set(first.outputs[1].data) == {"text/html"}
    assert page(place, "book/one/run.ipynb").cells[0].outputs[0].text == "stored\n"
    store(executed / "c/base.ipynb", cell("print(3)", "newer\n"))
    copy(place)
    assert page(place, "book/one/run.ipynb").cells[0].outputs[0].text == "newer\n"


def test_a_caption_has_the_number_by_which_it_is_cited(place):
    html = '<figcaption data-number="figure" data-name="fig-dots">Dots</figcaption>'
    output = nbformat.v4.new_output("display_data", {"text/html": html * 2})
    source = 'show(dots, name="fig-dots")'
    store(place / "book/one/run.ipynb", nbformat.v4.new_code_cell(source, outputs=[output]))
    (place / "book/one/index.md").write_text("# One\n\n{numref}`fig-dots`")
    copy(place)
    assert page(place).cells[0].source.endswith("[Figure](run.ipynb)")
    assert page(place, "book/one/run.ipynb").cells[0].outputs[0].data["text/html"] == html * 2
    (place / "_build/html/book/one").mkdir()
    built = '<figure id="fig-dots"><span class="caption-number">Figure 1.2 </span></figure>'
    (place / "_build/html/book/one/run.html").write_text(built)
    copy(place)
    assert page(place).cells[0].source.endswith("[Figure 1.2](run.ipynb)")
    shown = page(place, "book/one/run.ipynb").cells[0].outputs[0].data["text/html"]
    assert shown.count("<strong>Figure 1.2</strong> Dots") == 2


def test_markdown_that_a_cell_displays_is_written_out_too(place):
    output = nbformat.v4.new_output("display_data", {"text/markdown": "{prf:ref}`thm-one`"})
    store(place / "book/one/run.ipynb", nbformat.v4.new_code_cell("text", outputs=[output]))
    copy(place)
    (shown,) = page(place, "book/one/run.ipynb").cells[0].outputs
    assert shown.data["text/markdown"] == "[Theorem 7](../index.ipynb)"


def change(place, name, source="edited"):
    content = page(place, name)
    content.cells[0].source = source
    nbformat.write(content, place / "lab" / name)


def test_a_page_that_its_reader_changed_is_kept(place):
    copy(place)
    change(place, "book/one/run.ipynb")
    (place / "lab/mine.txt").write_text("mine")
    (place / "book/one/index.md").write_text(INDEX.replace("## Two", "## Four"))
    assert copy(place) == ["book/one/run.ipynb"]
    assert page(place, "book/one/run.ipynb").cells[0].source == "edited"
    assert "## Four" in [c.source for c in page(place).cells]
    assert copy(place, fresh=True) == [] and copy(place) == []
    assert page(place, "book/one/run.ipynb").cells[0].source == "print(3)"
    assert (place / "lab/mine.txt").read_text() == "mine"


def test_a_page_that_was_only_run_is_no_changed_page(place):
    copy(place)
    content = page(place, "book/one/run.ipynb")
    content.cells[0].outputs = []
    nbformat.write(content, place / "lab/book/one/run.ipynb")
    assert copy(place) == [] and page(place, "book/one/run.ipynb").cells[0].outputs == []
    store(place / "book/one/run.ipynb", cell("print(4)", "stored\n"))
    assert copy(place) == [] and page(place, "book/one/run.ipynb").cells[0].source == "print(4)"


@pytest.mark.parametrize("damage", ["", "{", "[1]"])
def test_with_a_damaged_note_all_is_kept(place, damage):
    copy(place)
    (place / "lab/.pages.json").write_text(damage)
    (place / "lab/book/one/run.ipynb").write_text("no notebook")
    assert len(copy(place)) == 3
    assert (place / "lab/book/one/run.ipynb").read_text() == "no notebook"


def test_a_page_that_is_no_more_goes_unless_it_was_changed(place):
    copy(place)
    change(place, "book/one/run.ipynb")
    (place / "_toc.yml").write_text("root: book/index")
    copy(place)
    assert not (place / "lab/book/one/index.ipynb").exists()
    assert (place / "lab/book/one/run.ipynb").exists()


def test_the_script_says_in_a_line_what_it_kept(place, monkeypatch, capsys):
    monkeypatch.setattr(lab, "ROOT", place)
    arguments = [f"--notary={place / 'home'}", f"--ipython={place / 'home'}"]
    assert lab.main(arguments) == 0
    assert (
        capsys.readouterr().out == "Pages have the outputs of their last run after `make book`.\n"
    )
    (place / "_build/lab").rename(place / "lab")
    change(place, "book/one/run.ipynb")
    (place / "lab").rename(place / "_build/lab")
    store(place / "_build/.jupyter_cache/executed/a/base.ipynb", cell("1", ""))
    assert lab.main(arguments) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Kept, since you changed them") and line.endswith(": book/one/run.ipynb")
    assert lab.main([*arguments, "--fresh"]) == 0 and capsys.readouterr().out == ""


def test_outputs_are_trusted(place):
    copy(place)
    lab.sign(place / "lab", place / "notary")
    notary = NotebookNotary(data_dir=str(place / "notary"))
    assert notary.check_signature(page(place))
    change(place, "book/one/run.ipynb")
    assert not notary.check_signature(page(place, "book/one/run.ipynb"))


def test_the_command_makes_the_copy_and_opens_it(monkeypatch):
    commands = []
    monkeypatch.setattr(make.environment, "ensure", lambda *_, **__: sys.executable)
    monkeypatch.setattr(make.steps, "pass_through", lambda line, *_: commands.append(line) or 0)
    assert make.main(["lab", "--fresh", "--port=1"]) == 0
    copied, opened = commands
    assert copied[1].endswith("lab.py") and copied[2] == "--fresh"
    assert opened[-1] == "--port=1" and "--fresh" not in opened
    assert f"--ServerApp.root_dir={ROOT / '_build' / 'lab'}" in opened
    (notary,) = [word for word in copied if word.startswith("--notary=")]
    assert notary.replace("--notary", "--NotebookNotary.data_dir") in opened


def test_what_a_kernel_displays_is_written_out(place, monkeypatch):
    copy(place)
    lab.teach(place / "lab", place / "ipython")
    (startup,) = (place / "ipython/profile_default/startup").iterdir()
    assert startup.name.endswith(".py") and str(place / "lab") in startup.read_text()
    pages = {name: lab.notebook(place / name) for name in lab.pages(place)}
    assert live.read(place / "lab") == lab.book(place, pages)
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    live.register(shell, place / "lab")
    markdown = "{prf:ref}`thm-one` [](index.md) {cite:t}`a` \\norm{x}"
    for folder, said in (
        ("lab/book/one", "[Theorem 7](../index.ipynb) [One](index.ipynb) Love (1999) |x|"),
        ("lab/book", "[Theorem 7](index.ipynb) [B](index.ipynb) Love (1999) |x|"),
        (".", markdown),
    ):
        monkeypatch.chdir(place / folder)
        data, _ = shell.display_formatter.format(Markdown(markdown))
        assert data["text/markdown"] == said


def test_a_copy_that_fails_opens_nothing(monkeypatch):
    commands = []
    monkeypatch.setattr(make.environment, "ensure", lambda *_, **__: sys.executable)
    monkeypatch.setattr(make.steps, "pass_through", lambda line, *_: commands.append(line) or 3)
    assert make.main(["lab"]) == 3 and len(commands) == 1


TITLE = '<h1>Pages</h1><h1>One<a class="headerlink" href="#one">#</a></h1>\n'


def test_a_page_with_code_says_how_it_is_run():
    page = runnable(
        f'{TITLE}<p><em>Head</em></p>\n<p>Text</p><div class="cell docutils">', "book/a"
    )
    assert page.index("Head") < page.index("<code>book/a.ipynb</code>.</p>") < page.index("Text")
    assert page.count("Run this page") == 1 and 'class="small d-print-none"' in page
    bare = runnable(f'{TITLE}<section><p>Text</p><div class="cell">', "book/a")
    assert bare.index("Run this page") < bare.index("<section>")
    assert runnable(page, "book/a") == page


def test_a_page_without_code_says_nothing():
    assert runnable(f'{TITLE}<p>Text</p><div class="cellar">', "book/a").count("Run") == 0


@pytest.mark.parametrize("suffix", ["md", "ipynb"])
def test_binder_opens_the_page_of_the_copy(suffix):
    address = "https://mybinder.org/v2/gh/o/n/main?urlpath=lab/tree/"
    assert runnable(f'<a href="{address}book/one/a-b.{suffix}">', "x") == (
        f'<a href="{address}_build/lab/book/one/a-b.ipynb">'
    )


def test_the_note_names_every_page_of_the_book(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c",
         "import sys; from pathlib import Path; sys.path.insert(0, '.'); from tools import lab; "
         f"print(lab.make(lab.ROOT, Path({str(tmp_path)!r})))"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"
    names = set(json.loads((tmp_path / ".pages.json").read_text()))
    assert names == {name.rpartition(".")[0] + ".ipynb" for name in lab.pages(ROOT)}
