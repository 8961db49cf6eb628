"""The page of the library's names."""

import re

import pytest

import mem_lib as ml
from mem_lib import manual


def test_every_public_name_of_the_package_is_there():
    listed = {entry.name for entry in manual.entries("mem_lib")}
    modules = {name for name in ml.__all__ if type(getattr(ml, name)).__name__ == "module"}
    assert listed == set(ml.__all__) - modules


@pytest.mark.parametrize("room", manual.ROOMS)
def test_every_name_says_what_it_is(room):
    for entry in manual.entries(room):
        assert entry.summary and not entry.summary.startswith(f"{entry.name}("), entry.name


def test_the_page_shows_docstrings_as_they_are():
    page = manual.page()
    assert page.count("<details>") == sum(len(manual.entries(room)) for room in manual.ROOMS)
    assert "&gt;&gt;&gt; import mem_lib as ml" in page and ">>>" not in page
    assert not re.search(r"0x[0-9a-f]{8,}", page)  # nothing that another run shows otherwise


def test_code_in_a_summary_is_code():
    text = "One for each ``{name: y}``: see :func:`~mem_lib.verify`, `ball` and <b>. More."
    entry = manual.Entry("curves", "()", text)
    assert entry.summary == "One for each ``{name: y}``"
    assert manual._marked(text) == (
        "One for each <code>{name: y}</code>: see <code>mem_lib.verify</code>, <code>ball</code> "
        "and &lt;b&gt;. More."
    )
    heads = re.findall("<summary>(.*?)</summary>", manual.page())
    assert heads and not [head for head in heads if "`" in head]


def test_a_room_that_is_not_there():
    with pytest.raises(ModuleNotFoundError, match=r"mem_lib\.nowhere"):
        manual.entries("mem_lib.nowhere")
