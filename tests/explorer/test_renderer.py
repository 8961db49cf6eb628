"""The renderer joined from its parts: scopes of their own, and one view a page."""

import re
import shutil
from pathlib import Path

import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.explorer import renderer
from tests import browser as reader
from tests.explorer.pages import Live, saved

STATIC = Path(str(renderer.STATIC))
PARTS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.mjs"))
# It takes for itself the names that the pieces and the landing view take.
TOY = """// A toy of a view.

import { compile, outputs, unpack } from "../evaluate.mjs";
import {
  say, slider,
} from "../pieces.mjs";

const MARKS = "says";
const start = 1n;
const at = (network, x) => outputs(network, [BigInt(x) + start]).join();

function h(text) {
  const line = document.createElement("p");
  say(line, text);
  return line;
}

async function render({ model, el }) {
  const [text] = await unpack(model.get("packs").double);
  const show = (x) => say(line, `${MARKS} ${at(compile(JSON.parse(text)), x)}`);
  const line = h("");
  const choice = slider("Input of the toy", 10, 3, String, show);
  el.append(line, choice.element);
  show(3);
  el.id = "toy";
}

export { render };
"""


@pytest.fixture
def toy(tmp_path, monkeypatch, landing):
    """An explorer whose view is one file more."""
    static = shutil.copytree(STATIC, tmp_path / "static")
    (static / "views" / "toy.mjs").write_text(TOY, encoding="utf-8")
    monkeypatch.setattr(renderer, "STATIC", static)
    double = ml.Network([ml.Layer([[2]], [0], "identity")])
    packs = {"double": explorer.pack([double])}
    return explorer.Explorer("toy", {}, packs, landing.fallback, "A toy")


def test_two_views_with_the_same_names_live_on_one_page(chromium, tmp_path, landing, toy):
    both = Live(chromium, saved(tmp_path, "both", landing._repr_html_() + toy._repr_html_()))
    both.ready()
    both.page.wait_for_selector("#toy")
    assert both.page.inner_text("#toy > p") == "says 8"
    both.page.get_by_role("slider", name="Input of the toy").focus()
    both.page.keyboard.press("ArrowRight")
    assert both.page.inner_text("#toy > p") == "says 10"
    both.page.locator(".mem-point").nth(2).click()
    assert both.data("labelling") == str(21 ^ 4) and both.data("certificate") == "6/6"
    assert "tried so far: 2" in both.page.inner_text(".mem-chosen")
    both.close()


def test_a_page_carries_its_own_view_and_what_this_needs(landing, toy):
    assert {"landing", "toy"} <= set(renderer.views())
    parts = {view: re.findall(r'^\$parts\["(.*)"\] =', renderer.module(view), re.MULTILINE)
             for view in renderer.views()}  # fmt: skip
    assert parts["toy"] == ["evaluate.mjs", "pieces.mjs", "views/toy.mjs", "renderer.mjs"]
    assert parts["landing"] == [
        "evaluate.mjs", "pieces.mjs", "catalogue.mjs", "layers.mjs", "hands.mjs", "picture.mjs",
        "ruler.mjs", "views/landing.mjs", "renderer.mjs",
    ]  # fmt: skip
    theirs = (STATIC / "views" / "landing.mjs").read_text(encoding="utf-8").partition("\n")[0]
    for own, other, page in (("toy of a view", theirs, toy), (theirs, "toy of a view", landing)):
        html = page._repr_html_()
        assert html.count(own) == 1 and other not in html


@pytest.mark.parametrize("view", ["toy", "", "../evaluate", "landing.mjs", None, 3])
def test_a_view_that_is_not_there_is_refused(view):
    with pytest.raises(ml.InvalidArgument) as refused:
        explorer.module(view)
    assert str(refused.value) == f"view: one of {renderer.views()} is needed, got {view!r}"
    assert "'landing'" in str(refused.value)


def test_an_explorer_of_no_view_is_not_displayed(landing):
    lost = explorer.Explorer("lost", {}, {}, landing.fallback, "Lost")
    with pytest.raises(ml.InvalidArgument, match=r"view: one of .* got 'lost'"):
        lost._repr_html_()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_the_form_that_is_joined(part):
    text = (STATIC / part).read_text(encoding="utf-8")
    statements = re.findall(r"^(?:import|export)\b", text, re.MULTILINE)
    joined = renderer._IMPORT.findall(text) + renderer._EXPORT.findall(text)
    assert len(statements) == len(joined) and statements.count("export") == 1
    assert text.endswith("};\n") and text.rindex("\nexport {") == text.rindex("\n\n") + 1
    assert text.count("\n") < 400


def test_the_joined_parts_give_what_the_parts_give_as_modules(chromium, folder):
    """The browser reads ``static`` as it lies there."""
    page = chromium.new_page()
    given = "(part) => Object.keys(part).sort()"
    joined = {}
    for view in renderer.views():
        script = f"{explorer.module(view)}window.parts = $parts;"
        page.goto(saved(folder, f"parts-{view}", f'<script type="module">{script}</script>'))
        page.wait_for_function("() => window.parts")
        all_of_it = f"Object.fromEntries(Object.entries(parts).map(([n, p]) => [n, ({given})(p)]))"
        joined |= page.evaluate(all_of_it)
    with reader.served(STATIC) as base:
        page.goto(base + "renderer.mjs")
        alone = {
            name: page.evaluate(f"async (a) => ({given})(await import(a))", base + name)
            for name in PARTS
        }
    page.close()
    assert joined.keys() == set(PARTS) and joined == alone and all(joined.values())
    assert joined["views/landing.mjs"] == ["render"]
