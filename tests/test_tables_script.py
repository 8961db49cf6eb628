"""Tables that sort and filter: the script of the book, on a page that was opened from a file."""

import re

import pytest

from tests.browser import ROOT

STATIC = ROOT / "book" / "_static"
ROWS = [("b", "10\u2009000"), ("a", "900"), ("c 10", "\u2013"), ("c 9", "\u22125")]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
<link rel="stylesheet" href="%s/tables.css"><script defer src="%s/tables.js"></script>
<body style="margin: 8px"><article class="bd-article"><section><h1>Tables</h1><p>Words.</p>
<section><h2>First</h2>%s</section><section><h2>Second</h2>%s</section></section></article>"""


def table(kind, rows, head=("name", "number")):
    cells = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows)
    heads = "".join(f"<th>{name}</th>" for name in head)
    return f'<table class="{kind}"><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>'


@pytest.fixture
def opened(chromium, tmp_path):
    pages = []

    def load(first, second="", **options):
        path = tmp_path / "tables.html"
        path.write_text(PAGE % (STATIC.as_uri(), STATIC.as_uri(), first, second), "utf-8")
        context = chromium.new_context(**options)
        pages.append(context)
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    yield load
    for context in pages:
        context.close()


def column(page, n=1):
    return page.locator(f"tbody tr:visible td:nth-child({n})").all_inner_texts()


def test_a_heading_sorts_up_down_and_back(opened):
    page = opened(table("mem-sortable", ROWS))
    number = page.get_by_role("button", name="number")
    head = page.locator("th", has_text="number")
    seen = []
    for _ in range(4):
        seen.append((head.get_attribute("aria-sort"), column(page)))
        number.click()
    assert seen == [
        ("none", ["b", "a", "c 10", "c 9"]),
        ("ascending", ["c 9", "a", "b", "c 10"]),  # what has no entry comes last
        ("descending", ["b", "a", "c 9", "c 10"]),
        ("none", ["b", "a", "c 10", "c 9"]),
    ]


def test_keys_sort_too_and_one_column_at_a_time(opened):
    page = opened(table("mem-sortable", ROWS))
    page.get_by_role("button", name="number").click()
    page.get_by_role("button", name="name").focus()
    page.keyboard.press("Enter")
    assert column(page) == ["a", "b", "c 9", "c 10"]
    sorts = page.locator("th").evaluate_all("all => all.map(e => e.getAttribute('aria-sort'))")
    assert sorts == ["ascending", "none"]


def test_one_field_filters_all_tables_of_a_page(opened):
    page = opened(table("mem-sortable", ROWS), table("mem-sortable", [("d", "x"), ("e", "y")] * 3))
    field = page.get_by_role("searchbox", name="Show rows with")
    status = page.get_by_role("status")
    assert field.count() == 1 and status.inner_text() == "10 rows"
    above = page.evaluate(
        "() => document.querySelector('.mem-filter').nextElementSibling.innerText"
    )
    assert above.startswith("First")  # it stands above all sections
    field.fill("C 9")
    assert column(page) == ["c 9"] and status.inner_text() == "1 of 10 rows"
    assert not page.locator("table").nth(1).is_visible()
    field.fill("nothing of this")
    assert column(page) == [] and status.inner_text() == "0 of 10 rows"
    field.fill("")
    assert len(column(page)) == 10 and status.inner_text() == "10 rows"


def test_few_rows_need_no_filter_and_other_tables_are_left_alone(opened):
    page = opened(table("mem-sortable", ROWS), table("plain", ROWS * 3))
    assert page.get_by_role("searchbox").count() == 0
    assert page.locator("table.plain button").count() == 0
    bare = opened('<table class="mem-sortable"><tbody><tr><td>1</td></tr></tbody></table>')
    assert bare.locator("button").count() == 0


def test_without_javascript_the_tables_stand(opened):
    page = opened(table("mem-sortable", ROWS), java_script_enabled=False)
    assert column(page) == [name for name, _ in ROWS]
    assert page.locator("button, input").count() == 0


@pytest.mark.parametrize("kind", ["mem-sortable", "mem-rows"])
def test_on_a_phone_a_row_says_what_its_cells_are(opened, kind):
    page = opened(table(kind, ROWS), viewport={"width": 390, "height": 800})
    cells = page.locator("tbody tr").first.locator("td")
    said = cells.evaluate_all("all => all.map(e => getComputedStyle(e, '::before').content)")
    assert said[0] == "none" and said[1] in ('"number: "', '"number" ": "')
    boxes = [cell.bounding_box() for cell in cells.all()]
    assert boxes[1]["y"] > boxes[0]["y"] and boxes[0]["x"] == boxes[1]["x"]
    assert page.locator("thead").is_visible() == (kind == "mem-sortable")


# -- the pages of the book -------------------------------------------------------------------------

LISTS = ["notation", "appendix/ledger", "appendix/to-check"]


def titles():
    """Of the chapters, in the order of the book."""
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    pages = [ROOT / f"{page}.md" for page in re.findall(r"file: (book/\w+/index)", toc)]
    return [re.search(r"(?m)^# (.*)", page.read_text(encoding="utf-8"))[1] for page in pages]


@pytest.fixture(scope="module")
def pages(built, chromium):
    def load(name, width):
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.goto((built / "book" / f"{name}.html").as_uri())
        page.evaluate("() => window.MathJax?.startup?.promise")
        page.wait_for_selector(".mem-filter")
        return page

    return load


@pytest.mark.parametrize("name", LISTS)
def test_chapters_stand_in_the_order_of_the_book(pages, name):
    page = pages(name, 1280)
    heads = [
        re.sub(r"^[\d. ]+|#$", "", h).strip() for h in page.locator("article h2").all_inner_texts()
    ]
    chapters = titles()
    heads = [head.removeprefix("Letters of ") for head in heads]
    assert [head for head in heads if head in chapters] == chapters
    assert not re.search(r"\b(sqrt|ceil)\b|[a-z]\^\d", page.locator("article").inner_text())
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", LISTS)
def test_columns_fit_and_no_word_is_broken(pages, name, width):
    page = pages(name, width)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    wide = page.locator("table.mem-sortable").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.parentElement.clientWidth + 1).length"
    )
    broken = page.evaluate("""() => {
      const found = [];
      const article = document.querySelector("article");
      const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (!node.parentElement.closest("table.mem-sortable")) continue;
        if (node.parentElement.closest("mjx-container")) continue;
        for (const { index, 0: word } of node.data.matchAll(/[\\w]+/g)) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1)
            found.push(word);
        }
      }
      return found;
    }""")
    assert wide == 0 and broken == []
    page.close()
