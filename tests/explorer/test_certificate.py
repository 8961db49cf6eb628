"""The certificate that the page computes for itself."""

from dataclasses import replace

import numpy as np

import mem_lib as ml
from mem_lib import explorer
from tests.explorer.pages import DATASETS, POINTS, SLUG, Live, exactly, saved


def changed(network, layer, row, place, by):
    """The network with one weight (or, for place -1, one bias) changed."""
    layers = list(network.layers)
    weight = np.array(layers[layer].weight, dtype=object)
    bias = np.array(layers[layer].bias, dtype=object)
    if place < 0:
        bias[row] += by
    else:
        weight[row, place] += by
    old = layers[layer]
    layers[layer] = ml.Layer(weight, bias, old.activation, stage=old.stage)
    return ml.Network(layers, network.input_shift, network.output_denominator, network.readout)


def all_changes(network):
    for i, layer in enumerate(network.layers):
        for row in range(layer.units):
            for place in range(-1, layer.inputs):
                for by in (1, -2, 10**5):
                    yield changed(network, i, row, place, by)


def test_the_pages_certificate_is_the_librarys_for_every_changed_weight(engine, networks):
    labels = DATASETS[21].labels.tolist()
    several = list(all_changes(networks[21]))
    seen = engine.evaluate(
        """([texts, points, labels]) => texts.map((text) => {
          const { correct, ties } = mem.certify(mem.compile(JSON.parse(text)), points, labels, 0);
          return [correct, ties];
        })""",
        [[net.to_json() for net in several], POINTS, labels],
    )
    wanted = [ml.verify(net, DATASETS[21]) for net in several]
    assert seen == [[c.correct, c.ties] for c in wanted]
    noticed = sum(not c.ok for c in wanted)
    assert noticed > 20 and any(c.ties for c in wanted)


def with_pack(landing, networks):
    """The same page around other networks, unverified."""
    return replace(landing, packs={**landing.packs, SLUG: explorer.pack(networks)})


def test_one_changed_weight_shows_on_the_page(chromium, folder, landing, networks):
    wrong = next(
        net for net in all_changes(networks[21])
        if ml.verify(net, DATASETS[21]).correct == 5 and net.layers[2] == networks[21].layers[2]
    )  # fmt: skip
    page = with_pack(landing, [*networks[:21], wrong, *networks[22:]])
    shown = Live(chromium, saved(folder, "wrong", page._repr_html_())).ready()
    assert shown.data("certificate") == "5/6"
    assert "✗ 5 of 6" in shown.page.inner_text(".mem-certificate")
    assert "✗ 5 of 6" in shown.page.inner_text(".mem-verdict")
    shown.page.wait_for_selector(".mem-explorer[data-everyone='2/3']")
    shown.page.get_by_role("button", name="Check all 64").click()
    assert shown.data("all") == "1151/1152"
    assert "1 wrong" in shown.page.inner_text(".mem-report")
    shown.close()


def test_the_page_shows_the_certificate_of_the_labels_chosen(live, networks):
    """All labellings by pressing one point after the other (a Gray code)."""
    labelling, query = 21, live.query()
    for step in range(64):
        if step:
            point = (step & -step).bit_length() - 1
            labelling ^= 1 << point
            live.page.locator(".mem-point").nth(point).click()
        assert live.data("labelling") == str(labelling)
        assert live.data("certificate") == "6/6" and live.data("ties") == "0"
        assert live.data("output") == exactly(networks[labelling], query)
        pressed = live.page.eval_on_selector_all(
            ".mem-point", "all => all.map(e => e.getAttribute('aria-pressed'))"
        )
        assert [p == "true" for p in pressed] == [bool(x) for x in DATASETS[labelling].labels]
    assert "tried so far: 64" in live.page.inner_text(".mem-chosen")


def test_counters_and_the_file_are_those_of_the_network(live, networks):
    size = networks[21].size
    for name in ("depth", "neurons", "weights", "bits"):
        assert live.page.inner_text(f"[data-count={name}]") == str(getattr(size, name))
    href = live.page.get_attribute(".mem-file", "href")
    text = live.page.evaluate("async (href) => (await fetch(href)).text()", href)
    assert text == networks[21].to_json()
