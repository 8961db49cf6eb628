"""What there is to discover on the first page of ``optimal_relu``: every number, read off it."""

import re

import pytest

import mem_lib as ml
from mem_lib import explorer
from tests.explorer.pages import count, move, numbers, saved


@pytest.fixture(scope="module")
def address(built):
    return (built / "book" / "optimal_relu" / "index.html").as_uri()


def shown(live, **setting):
    """The depth and the bits of the network that the page shows when its sliders stand so."""
    names = {"N": "points N", "d": "dimensions d", "margin": "margin",
             "folder_size": "points in a folder"}  # fmt: skip
    for name, stop in setting.items():
        move(live, names[name], stop)
    live.page.wait_for_function(
        """(wanted) => {
          const key = document.querySelector(".mem-explorer").dataset.key.split("|");
          return wanted.every(([i, text]) => key[i] === text);
        }""",
        arg=[[list(names).index(name), str(stop)] for name, stop in setting.items()],
    )
    N = live.data("key").split("|")[0]
    live.page.wait_for_selector(f".mem-explorer[data-certificate='{N}/{N}']")
    return count(live, "depth"), count(live, "bits")


def test_a_label_reaches_along_a_stripe_and_not_across(chromium, folder, live, told):
    places, at, label = numbers(
        r"all (\d+) places .* training point (\d+) the answer is (\d+)", told
    )
    away, wide = numbers(r"ends at once: (\d+) of the (\d+) steps", told)
    across, zeros = numbers(r"Of the (\d+) places across, (\d+) are answered with 0", told)
    assert live.data("train") == str(at) and live.data("answer") == str(label)
    live.page.focus(".mem-ring")
    for _ in range(3):
        live.page.keyboard.press("ArrowUp")
        assert live.data("output") == str(label)

    # the page's own evaluator, at every place that the text counts
    values = live.page.evaluate(
        """() => JSON.parse(
          document.querySelector(".mem-host script[type='application/json']").textContent)"""
    )
    script = f"{explorer.module('optimal_relu')}window.parts = $parts;"
    page = chromium.new_page()
    page.goto(saved(folder, "discover", f'<script type="module">{script}</script>'))
    page.wait_for_function("() => window.parts")
    asked = page.evaluate(
        """async ([study, key, at]) => {
          const { run } = parts["evaluate.mjs"];
          const cell = await parts["cells.mjs"].cellsOf(study).load(key);
          const [left, right, bottom, top] = cell.view.box;
          const [s, t] = cell.view.spots[at];
          const one = cell.network.denominator;
          const say = (spot) => run(cell.network, cell.place(spot)).at(-1).values[0];
          const row = [];
          for (let x = left; x < right; x++) row.push(say([x, t]));
          const column = [];
          for (let y = bottom; y < top; y += 7) column.push(Number(say([s, y])) / Number(one));
          const beside = [...row.keys()].find((i) => i > s - left && row[i] === 0n);
          return { across: row.length, zeros: row.filter((v) => v === 0n).length,
            along: [...new Set(column)], high: top - bottom, away: beside + left - s };
        }""",
        [values["study"], live.data("key"), at],
    )
    page.close()
    assert asked == {"across": across, "zeros": zeros, "along": [label], "high": places,
                     "away": away}  # fmt: skip
    assert across == wide and zeros > 0.9 * across


def test_the_best_folder_is_in_between(live, told):
    (few,) = numbers(r"For N = (\d+) the depths are", told)
    pairs = re.findall(r"(\d+) \(n = (\d+)\)", told)
    best = numbers(
        r": (\d+) points in a folder are best\. For N = (\d+) it is (\d+), with (\d+) layers", told
    )
    bits = numbers(r"longest weight goes from (\d+) to (\d+) bits\. ?", told)
    found = {int(n): shown(live, folder_size=int(n)) for _, n in pairs}
    assert live.data("key").startswith(f"{few}|2|")
    assert {n: depth for n, (depth, _) in found.items()} == {int(n): int(d) for d, n in pairs}
    assert min(found, key=found.get) == best[0] and max(found) == few
    assert [found[1][1], found[few][1]] == bits

    _, many, wanted, layers = best
    depths = {n: shown(live, N=many, folder_size=n)[0] for n in found}
    assert min(depths, key=depths.get) == wanted > best[0] and depths[wanted] == layers


def test_a_margin_costs_bits_and_the_dimension_hardly_anything(live, told):
    far, near, *depths = numbers(
        r"From margin ([\d.]+) to ([\d.]+) the depth goes from (\d+) to (\d+),", told
    )
    bits = numbers(r"longest weight from (\d+) to (\d+) bits: every key", told)
    low, high, *same = numbers(r"From d = (\d+) to d = (\d+) the depth is (\d+) and (\d+):", told)
    margins = [shown(live, margin=margin) for margin in (far, near)]
    assert [depth for depth, _ in margins] == depths and [b for _, b in margins] == bits
    start = explorer.optimal_relu().values["study"]["axes"][2]["start"]
    assert [shown(live, margin=start, d=d)[0] for d in (low, high)] == same
    assert abs(same[0] - same[1]) < depths[1] - depths[0] < depths[0]


def test_the_discoveries_are_of_the_merged_network(live):
    """The library's own construction, built for the page's first setting, is what is shown."""
    start = {
        axis["name"]: axis["start"] for axis in explorer.optimal_relu().values["study"]["axes"]
    }
    cell = explorer.optimal_relu().make(start)
    network = ml.optimal_relu.Merged(folder_size=start["folder_size"]).build(cell.dataset)
    assert live.data("sha") == network.sha256
