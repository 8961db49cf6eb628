"""The hosts: a page, and a widget."""

import gzip
import re
import sys
import types
from dataclasses import replace

import pytest
import traitlets

from mem_lib import explorer
from mem_lib.errors import InvalidArgument
from mem_lib.explorer import renderer
from tests.explorer.pages import some


def test_the_page_is_the_same_every_time_and_small(landing):
    html = landing._repr_html_()
    assert explorer.landing(cards=some(), numbers=(6, 100))._repr_html_() == html
    assert len(gzip.compress(html.encode())) <= 300_000
    assert repr(landing).startswith("Explorer: Six points")


def test_names_within_the_page_depend_on_the_content(landing):
    other = explorer.landing(cards=some(), labelling=20, numbers=(6, 100))
    assert other.id != landing.id
    assert f'id="{landing.id}"' in landing._repr_html_()


@pytest.mark.parametrize("view", renderer.views())
def test_the_page_asks_for_nothing(view):
    code = explorer.module(view)
    asking = r"^\s*import\b|\bimport\(|fetch\(|XMLHttpRequest|eval\("
    assert not re.search(asking, code, re.MULTILINE)
    assert code.count("export default") == 1 and "</script" not in code
    addresses = set(re.findall(r"https?://[^\"')]+", code + explorer.style("landing")))
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_text_cannot_break_out_of_the_page(landing):
    evil = replace(landing, values={"explorer": "</script><b>"}, caption="<i>")
    html = evil._repr_html_()
    assert "</script><b>" not in html and ">&lt;i&gt;</figcaption>" in html


def test_the_static_figure_and_the_caption_are_in_the_page(landing):
    html = landing._repr_html_()
    assert html.count('class="only-light"') == 2 and "orange diamond: A, C, E" in html
    assert ">Six points and a network" in html and "12 in the network shown first" in html


def test_an_explorer_is_counted_and_cited(landing):
    html = replace(landing, caption="all", name="fig-landing-map")._repr_html_()
    assert '<span id="fig-landing-map"></span>' in html
    assert 'data-number="figure" data-name="fig-landing-map">all</figcaption>' in html
    assert html.count("data-number") == 1
    with pytest.raises(InvalidArgument, match="name: the form"):
        replace(landing, name="map")


def test_without_anywidget_the_page_form_is_used(landing, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    assert landing.widget() is landing


def test_the_widget_carries_the_same_renderer_and_values(landing, monkeypatch):
    stand_in = types.ModuleType("anywidget")
    stand_in.AnyWidget = traitlets.HasTraits
    monkeypatch.setitem(sys.modules, "anywidget", stand_in)
    widget = landing.widget()
    assert widget._esm == explorer.module("landing") and widget._css == explorer.style("landing")
    assert widget.labelling == 21 and widget.explorer == landing.values["explorer"]
    assert widget.packs == landing.packs
    assert set(widget.trait_names(sync=True)) == set(landing.model)
