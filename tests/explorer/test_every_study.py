"""Every chapter's study: its grid is complete, and every cell answers as the library does."""

import gzip
import statistics
from fractions import Fraction

import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.exact import reference
from mem_lib.explorer.grid import key_of
from tests.explorer.pages import Live, saved

STUDIES = [slug for slug in ml.constructions.CHAPTERS if hasattr(explorer, slug)]


@pytest.fixture(scope="module", params=STUDIES)
def chapter(request):
    return getattr(explorer, request.param)()


def test_a_chapter_varies_n_d_and_margin_completely(chapter):
    axes = {axis["name"]: axis["values"] for axis in chapter.values["study"]["axes"]}
    keys = chapter.values["study"]["cells"].keys()
    assert set(axes["d"]) == {2, 3, 10} and len(axes["margin"]) >= 3 <= len(axes["N"])
    start = {axis["name"]: axis["start"] for axis in chapter.values["study"]["axes"]}
    product = [start | {"N": N, "d": d, "margin": m}
               for N in axes["N"] for d in axes["d"] for m in axes["margin"]]  # fmt: skip
    assert {key_of(setting) for setting in product} <= set(keys) and 27 <= len(product) <= 36
    assert len(axes) <= 5  # at most one further slider and one choice


def test_every_cell_answers_as_the_library_does(chromium, folder, chapter):
    """Six points of each cell: two of the data, two beside them, two anywhere in the plane."""
    script = f"{explorer.module(chapter.view)}window.parts = $parts;"
    page = chromium.new_page()
    page.goto(saved(folder, f"every-{chapter.view}", f'<script type="module">{script}</script>'))
    page.wait_for_function("() => window.parts")
    answers = page.evaluate(
        """async (study) => {
          const { cellsOf } = parts["cells.mjs"];
          const { run, label } = parts["evaluate.mjs"];
          const { load } = cellsOf(study);
          const found = {};
          for (const [i, key] of Object.keys(study.cells).entries()) {
            const cell = await load(key);
            const [left, right, bottom, top] = cell.view.box;
            const train = [0, 1, i % cell.N].map((k) => [k, cell.points[k]]);
            const spots = [cell.view.spots[0], cell.view.spots[i % cell.N]]
              .map(([s, t]) => [s + 1 + i % 3, t])
              .concat([[left + i, top - 2 * i], [(left + right) >> 1, (bottom + top) >> 1]]);
            const asked = train.concat(spots.map((spot) => [-1, cell.place(spot)]));
            found[key] = { right: 0, shift: Number(cell.network.inputShift), queries: [] };
            cell.points.forEach((p, k) => {
              const out = run(cell.network, p).at(-1).values;
              found[key].right += label(cell.network, out) === cell.values[k];
            });
            for (const [k, point] of asked) {
              const out = run(cell.network, point).at(-1).values;
              found[key].queries.push([k, point.map(String), out.map(String),
                String(cell.network.denominator), label(cell.network, out)]);
            }
          }
          return found;
        }""",
        chapter.values["study"],
    )
    page.close()
    axes = chapter.values["study"]["axes"]
    keys = list(answers)
    for key in keys:
        kinds = [type(axis["values"][0]) for axis in axes]
        setting = {axis["name"]: kind(text) for axis, kind, text
                   in zip(axes, kinds, key.split("|"), strict=True)}  # fmt: skip
        here = chapter.make(setting)
        found = answers[key]
        assert found["right"] == ml.verify(here.network, here.dataset).correct
        for _, point, out, denominator, said in found["queries"]:
            exact = [Fraction(int(x), 2 ** found["shift"]) for x in point]
            values, scale = evaluated(here.network, exact)
            assert [Fraction(int(v), int(denominator)) for v in out] == [
                Fraction(int(v), scale) for v in values
            ]
            assert said == label_of(here.network, exact)


def evaluated(network, point):
    """The reference's outputs at a dyadic point, and their denominator."""
    shift = max(x.denominator for x in point).bit_length() - 1
    fine = network.refined(max(0, shift - network.input_shift))
    integers = [int(x * 2**fine.input_shift) for x in point]
    return reference.evaluate(fine, integers), fine.output_denominator


def label_of(network, point):
    return int(ml.predict(network, [[float(x) for x in point]])[0])


def test_a_study_is_small(chapter):
    """The grid, the module and the style together."""
    assert len(gzip.compress(chapter._repr_html_().encode())) <= 300_000


def test_a_frame_while_dragging_is_short(chromium, folder, chapter):
    """Everything that one move of the ring sets off, with the generous factor of a busy machine."""
    live = Live(chromium, saved(folder, f"drag-{chapter.view}", chapter._repr_html_())).ready()
    times = live.page.evaluate(
        """async () => {
          const ring = document.querySelector(".mem-ring");
          const times = [];
          const frame = window.requestAnimationFrame.bind(window);
          window.requestAnimationFrame = (draw) => frame((now) => {
            const start = performance.now();
            draw(now);
            times.push(performance.now() - start);
          });
          for (let i = 0; i < 40; i++) {
            const key = i % 20 < 10 ? "ArrowLeft" : "n";
            ring.dispatchEvent(new KeyboardEvent("keydown", { key }));
            await new Promise((done) => frame(() => frame(done)));
          }
          return times;
        }"""
    )
    live.close()
    assert len(times) >= 40 and statistics.median(times) <= 3 * 16


def test_hands_reach_a_study(chromium, folder, chapter):
    """A drag, a tap, keys: each moves the query, and the output follows."""
    page = saved(folder, f"hands-{chapter.view}", chapter._repr_html_())
    live = Live(chromium, page, has_touch=True).ready()
    seen = [live.data("query")]
    frame = live.page.locator(".mem-plane").bounding_box()
    middle = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    live.page.mouse.move(*middle)
    live.page.mouse.down()
    live.page.mouse.move(middle[0] + 40, middle[1] - 30, steps=4)
    seen.append(live.data("query"))
    live.page.mouse.up()
    live.page.touchscreen.tap(middle[0] - 70, middle[1] + 45)
    live.comes(lambda: live.data("query") != seen[-1])
    seen.append(live.data("query"))
    live.page.focus(".mem-ring")
    for key in ("ArrowUp", "ArrowRight", "PageDown"):
        live.page.keyboard.press(key)
        seen.append(live.data("query"))
    assert len(set(seen)) == len(seen)
    assert live.data("train") != "-1"
    assert "Training point" in live.page.get_attribute(".mem-ring", "aria-valuetext")
    live.close()
