"""The landing explorer in Python: what is built, verified and described."""

from dataclasses import replace

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer, theorems
from mem_lib.constructions import REGISTRY, made
from mem_lib.explorer import clear
from tests.explorer.pages import DATASETS, POINTS, SHOWN, SLUG, some


def test_every_labelling_has_a_verified_network(networks):
    assert len(networks) == len(DATASETS) == 64
    assert len({tuple(dataset.labels) for dataset in DATASETS}) == 64
    certificates = [ml.verify(*pair) for pair in zip(networks, DATASETS, strict=True)]
    assert all(c.ok and c.correct == 6 for c in certificates)


def test_labellings_share_the_first_layer(networks):
    mixed = [net for net in networks if net.depth > 1]
    assert len(mixed) == 62
    assert len({str(list(net.layers[0].rows())) for net in mixed}) == 1
    assert all(net.size.neurons == 0 for net in (networks[0], networks[-1]))


def test_they_are_what_the_constructions_own_build_gives(networks):
    about = networks[21].about
    alone = ml.build(DATASETS[21], SLUG, n=about["hyperplanes"], seed=about["seed"])
    assert alone == networks[21]


def test_promises_are_the_theorems_and_hold(landing, networks):
    values = landing.values["explorer"]
    promised = values["cards"][values["start"]]["promised"]
    for network, dataset, promise in zip(networks, DATASETS, promised, strict=True):
        bound = ml.beyond_worst_case.bound(dataset)
        assert promise == {name: getattr(bound, name) for name in promise}
        assert set(promise) == {"depth", "neurons", "weights", "bits"}
        assert all(getattr(network.size, name) <= promise[name] for name in promise)


def test_sizes_are_those_of_networks_built(landing):
    sizes = landing.values["explorer"]["sizes"]
    assert sizes["N"] == [6, 100] and sizes["slug"] == SLUG
    for family, row in zip(explorer.SIZES, sizes["rows"], strict=True):
        built = [ml.beyond_worst_case.build(family.dataset(N)) for N in sizes["N"]]
        assert row == {"name": family.name, "weights": [net.size.weights for net in built]}


def test_own_points(networks):
    own = [(3, 1), (-4, 1), (-5, 9)]
    shown = explorer.landing(own, some(), labelling=4, sizes=())
    built = shown.networks(SLUG)
    assert shown.values["labelling"] == 4 and len(built) == 8 and built != networks[:8]
    assert shown.caption.startswith("Three points")
    assert shown.values["explorer"]["sizes"]["rows"] == []


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([(0, 1)], r"2 to 8 points .* shape \(1, 2\)"),
        ([(k, k * k) for k in range(9)], "shape \\(9, 2\\)"),
        ([(0, 1, 2), (3, 4, 5)], "points of the plane"),
        ([(0, 1), (0.5, 1)], r"whole numbers .* \[0\.5, 1\.0\]"),
        ([(0, 1), (2_000_000, 1)], "up to a million"),
        ([(0, 1), (5, 5), (0, 1)], "all have to differ"),
        ([(-(2**63), 0), (9, 5)], "up to a million"),  # whose absolute value is no int64
    ],
)
def test_unusable_points_are_refused(points, message):
    with pytest.raises(ml.InvalidDataset, match=f"points: .*{message}"):
        explorer.landing(points, sizes=())


def test_points_of_different_lengths_are_refused():
    with pytest.raises(ml.InvalidDataset, match="points is not a rectangular array"):
        explorer.landing([(0, 0), (1,)])


def test_without_a_card_there_is_nothing_to_show():
    with pytest.raises(ml.InvalidArgument, match="cards: at least one is needed"):
        explorer.landing([(0, 0), (9, 5)], cards=(), sizes=())


def test_two_cards_of_one_name_are_refused():
    with pytest.raises(ml.InvalidArgument, match=rf"cards: all slugs .*'{SLUG}', '{SLUG}'"):
        explorer.landing([(0, 0), (9, 5)], some()[-1:] * 2, sizes=())


@pytest.mark.parametrize("labelling", [-1, 4, 1.5, "x"])
def test_a_labelling_out_of_range_is_refused(labelling):
    with pytest.raises(ml.InvalidArgument, match=f"labelling: 0 to 3 .* {labelling!r}"):
        explorer.landing([(0, 0), (90, 0)], some(), labelling=labelling, sizes=())


def silent(dataset):
    """A network that calls every point 0."""
    return ml.Network([ml.Layer([[0, 0]], [-1], "identity")], readout="sign")


def test_a_wrong_network_cannot_enter_a_page():
    wrong = explorer.Card("silent", "Silence", silent)
    with pytest.raises(ml.ConstructionFailed, match=r"silent .* NOT memorized: 0 of 2"):
        wrong.networks([DATASETS[0].subset([0, 1]), ml.Dataset([[0, 0], [9, 9]], [1, 1])])
    with pytest.raises(ml.ConstructionFailed, match="NOT memorized"):
        explorer.landing([(0, 0), (90, 0)], [wrong], sizes=())


def test_points_that_lines_cannot_tell_apart_are_reported(monkeypatch):
    practical = made(SLUG)
    found = practical.build(DATASETS[21])

    def build(self, dataset, **how):
        if self.n is None:
            return found
        raise ml.ConstructionFailed("points stayed uncovered")

    monkeypatch.setattr(type(practical), "build", build)
    monkeypatch.setattr(clear, "SHARED_SEEDS", 2)
    with pytest.raises(ml.ConstructionFailed, match="no draw of up to 1536 lines"):
        clear.networks(practical, DATASETS)


@pytest.mark.parametrize("variant", ["hash", "shallow", "parity"])
def test_lines_of_deep_threshold_stay_for_all_labellings_and_leave_the_marks_alone(variant):
    card = explorer.Card.of(made(f"deep_threshold.{variant}"))
    mixed = [net for net in card.networks(DATASETS) if net.depth > 1]
    assert len(mixed) == len(DATASETS) - 2
    assert len({str(list(net.layers[0].rows())) for net in mixed}) == 1
    assert explorer.clearance(mixed[0], POINTS) >= clear.CLEAR


def test_another_construction_is_one_entry_more():
    other = explorer.Card("second", "Another draw", ml.beyond_worst_case.build)
    points = [(0, 0), (90, 0), (0, 90)]
    both = explorer.landing(points, [*some(), other], numbers=(6,), first="second")
    values = both.values["explorer"]
    assert both.networks("second") != both.networks(SLUG)
    assert values["start"] == 3 and values["sizes"]["slug"] == "second"
    assert values["cards"][3]["chapter"] == "more"
    assert values["cards"][3]["promised"] == [{}] * 8
    with pytest.raises(ml.InvalidNetwork, match=r"slug: one of .*'second'.* got 'third'"):
        both.networks("third")


def test_cards_are_the_exact_constructions_of_the_registry():
    exact = [name for name, cls in REGISTRY.items() if cls.exact]
    assert [card.slug for card in explorer.cards()] == exact
    assert len(exact) < len(REGISTRY)
    for card in explorer.cards():
        title = theorems.REGISTRY[REGISTRY[card.slug].theorem].title
        assert card.theorem == f"what the theorem \u201c{title}\u201d promises for these labels"
    assert explorer.Card.of(Own()).theorem.startswith("what the theorem")
    unknown = type("Unknown", (Own,), {"theorem": "thm-own-lines"})
    assert explorer.Card.of(unknown()).theorem == "what its theorem promises for these labels"


class Own(type(made(SLUG))):
    """A reader's construction."""

    slug, variant, title = "own", "lines", "lines of one's own"


def test_what_is_registered_has_a_card():
    """Without a change here."""
    REGISTRY.register(Own)
    try:
        card = explorer.cards()[-1]
        assert (card.slug, card.title, card.chapter) == ("own.lines", Own.title, "own")
        assert len(card.networks(explorer.labellings([(0, 0), (90, 0), (0, 90)]))) == 8
    finally:
        REGISTRY.remove("own.lines")


def test_a_theorem_that_does_not_apply_leaves_its_construction_out():
    def refuses(dataset):
        raise ml.HypothesisViolated("dataset: not these")

    points = [(0, 0), (90, 0)]
    shown = explorer.landing(points, [explorer.Card("no", "No", refuses), *some()], sizes=())
    assert sorted(shown.packs) == sorted(SHOWN)
    with pytest.raises(ml.InvalidArgument, match="cards: at least one is needed"):
        explorer.landing(points, [explorer.Card("no", "No", refuses)], sizes=())
    beyond = replace(some()[0], bound=refuses)  # the network is there, the promise is not
    shown = explorer.landing(points, [beyond], sizes=())
    assert shown.values["explorer"]["cards"][0]["promised"] == [{}] * 4


def test_no_point_is_on_or_near_a_line(landing, networks):
    """At least eight pixels on a phone, where the picture is 352 pixels wide."""
    assert min(explorer.clearance(net, POINTS) for net in networks) * 352 >= 8
    near = {card["slug"]: card["near"] for card in landing.values["explorer"]["cards"]}
    assert near == {"two_layer.sorted": False, "optimal_relu.narrow": True, SLUG: False}


def test_clearance_is_a_distance():
    vertical = ml.Network([ml.Layer([[2, 0], [0, 0]], [-6, 5], "relu"),
                           ml.Layer([[1, 1]], [0], "identity")])  # fmt: skip
    points = [(0, 0), (10, 0), (5, 10)]
    left, right, _, _ = explorer.box_of(points)
    assert explorer.clearance(vertical, points) == 2 / (right - left)
    finer = ml.Network(vertical.layers, input_shift=1)
    assert explorer.clearance(finer, points) == 1.5 / (right - left)
    constant = ml.Network([ml.Layer([[0, 0]], [1], "identity")])
    assert explorer.clearance(constant, points) == np.inf
    with pytest.raises(ml.InvalidDataset, match="points: 2 to 8"):
        explorer.clearance(vertical, [(0, 0)])


def test_the_nearest_other_answer(networks):
    box = explorer.box_of(explorer.POINTS)
    found = explorer.nearest_other_answer(networks[21], explorer.POINTS[0], box)
    radius = np.hypot(*np.subtract(found, explorer.POINTS[0]))
    grid = np.array([(x, y) for x in range(box[0], box[1] + 1) for y in range(box[2], box[3] + 1)])
    closer = grid[np.hypot(*(grid - explorer.POINTS[0]).T) < radius - 1e-9]
    assert ml.predict(networks[21], [found]) == [0]
    assert (ml.predict(networks[21], closer) == 1).all() and len(closer) > 50
    assert explorer.nearest_other_answer(networks[63], explorer.POINTS[0], box) is None
