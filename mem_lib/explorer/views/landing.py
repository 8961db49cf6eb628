"""The landing explorer: a few points, every labelling of them, and for each the network of every
construction that there is.

Everything the page shows is built here by the library and verified before it is packed; the page
then evaluates the same files again by itself.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TypedDict

from mem_lib._base.numbers import is_integer
from mem_lib.constructions import REGISTRY
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown
from mem_lib.explorer.cards import SIZES, Card, Family
from mem_lib.explorer.cards import cards as all_cards
from mem_lib.explorer.clear import clearance
from mem_lib.explorer.fallback import before_and_after
from mem_lib.explorer.host import Explorer
from mem_lib.explorer.pack import pack, short_hash
from mem_lib.explorer.points import POINTS, Box, Point, box_of, labellings
from mem_lib.network import Network

WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")
#: Numbers of points for the strip of sizes.
NUMBERS = (6, 100, 1000, 10_000)
#: A line that is nearer to a point, in sides of the picture, runs through its mark on a phone.
NEAR = 1 / 44


class Entry(TypedDict):
    """A card in the page; ``promised`` has the theorem's counts for each labelling, ``near`` says
    that a line of some network runs through a mark."""

    slug: str
    chapter: str
    title: str
    near: bool
    stages: dict[str, str]
    theorem: str
    promised: list[dict[str, int]]


class Row(TypedDict):
    """A row of the strip: the weights of networks, one for each number of points."""

    name: str
    weights: list[int]


class Sizes(TypedDict):
    """The strip of sizes: of the networks of which construction."""

    slug: str
    N: list[int]
    rows: list[Row]


class Try(TypedDict):
    """A stage, with a question that one gesture answers."""

    title: str
    text: str
    labelling: int
    query: Point


class Shown(TypedDict):
    """What ``static/views/landing.mjs`` shows; ``shift`` says that points are on the grid
    2^-shift, ``id`` is a name that no other explorer of a page has; ``start`` is the card shown
    first, ``left_out`` names the constructions without a card."""

    id: str
    points: list[Point]
    shift: int
    box: Box
    cards: list[Entry]
    start: int
    left_out: list[str]
    sizes: Sizes
    tries: list[Try]


def landing(
    points: Sequence[Point] = POINTS,
    cards: Sequence[Card] | None = None,
    *,
    first: str = "beyond_worst_case",
    labelling: int | None = None,
    sizes: Sequence[Family] = SIZES,
    numbers: Sequence[int] = NUMBERS,
) -> Explorer:
    """The landing explorer for ``points``: 2 to 8 distinct points of the plane, whole numbers.

    ``cards`` are the constructions; by default all of the registry that are exact, without those
    whose theorem does not apply to these points.  ``first`` is the slug of the one that is shown at
    first, or a chapter's, whose default it then is; where there is none, the first card.
    ``labelling`` is the first one shown (by default labels alternate), ``sizes`` and ``numbers``
    are the data sets whose networks, of the construction shown first, make the strip.  Every
    network is verified.

    Raises
    ------
    InvalidDataset
        When the points are not as described.
    InvalidArgument
        When ``labelling`` is out of range, there is no card, or two cards have one slug.
    ConstructionFailed
        When a construction fails, or a network is wrong on a point.
    """
    datasets = labellings(points)
    points = [(x, y) for x, y in datasets[0].points.tolist()]
    start = _first_labelling(labelling, len(datasets) - 1)
    chosen = list(all_cards() if cards is None else cards)
    _check_cards(chosen)
    networks = {card.slug: built for card in chosen if (built := _built(card, datasets))}
    chosen = [card for card in chosen if card.slug in networks]
    _check_cards(chosen)
    packs = {slug: pack(built) for slug, built in networks.items()}
    opening = next((i for i, card in enumerate(chosen) if card.slug.startswith(first)), 0)
    shown: Shown = {
        "id": "",
        "points": points,
        "shift": 0,
        "box": box_of(points),
        "cards": [_entry(card, networks[card.slug], datasets, points) for card in chosen],
        "start": opening,
        "left_out": sorted(set(REGISTRY) - set(networks)) if cards is None else [],
        "sizes": _sizes(chosen[opening], sizes, numbers),
        "tries": _tries(points, start),
    }
    shown["id"] = short_hash(repr((shown, packs)))
    network = networks[chosen[opening].slug][start]
    return Explorer(
        "landing",
        {"explorer": shown, "labelling": start, "query": _first_query(points)},
        packs,
        before_and_after(network, datasets[start], box_of(points)),
        f"{WORDS[len(points)]} points and a network that gives each of them its label: blue discs "
        "are 0, orange diamonds 1. The lines are the neurons of its first layer, "
        f"{network.layers[0].units} in the network shown first; shaded orange is where it "
        "answers 1.",
    )


def _built(card: Card, datasets: Sequence[Dataset]) -> list[Network]:
    """The card's verified networks; none where its theorem does not apply to these points."""
    try:
        return card.networks(datasets)
    except HypothesisViolated:
        return []


def _first_labelling(labelling: int | None, last: int) -> int:
    start = 0b01010101 & last if labelling is None else labelling
    if not is_integer(start) or not 0 <= start <= last:
        raise InvalidArgument(f"labelling: 0 to {last} is needed, got {shown(labelling)}")
    return start


def _check_cards(cards: Sequence[Card]) -> None:
    slugs = [card.slug for card in cards]
    if not slugs:
        raise InvalidArgument("cards: at least one is needed, got none")
    if len(set(slugs)) < len(slugs):
        raise InvalidArgument(f"cards: all slugs have to differ, got {shown(slugs)}")


def _first_query(points: Sequence[Point]) -> Point:
    """Between the first two points, a third of the way: off the data, on its way."""
    (a, b), (c, d) = points[:2]
    return (2 * a + c) // 3, (2 * b + d) // 3


def _entry(
    card: Card, built: Sequence[Network], datasets: Sequence[Dataset], points: Sequence[Point]
) -> Entry:
    counts = ("depth", "neurons", "weights", "bits")
    promised = [_promised(card, dataset) for dataset in datasets]
    return {
        "slug": card.slug,
        "chapter": card.chapter,
        "title": card.title,
        "near": min(clearance(network, points) for network in built) < NEAR,
        "stages": dict(card.stages),
        "theorem": card.theorem,
        "promised": [{k: size[k] for k in counts if k in size} for size in promised],
    }


def _promised(card: Card, dataset: Dataset) -> dict[str, int]:
    """What the theorem promises for a data set; empty where nothing is proved."""
    try:
        size = card.bound(dataset) if card.bound else None
    except HypothesisViolated:  # of the theorem, with the parameters as they are
        size = None
    return {} if size is None else asdict(size)


def _sizes(card: Card, families: Sequence[Family], numbers: Sequence[int]) -> Sizes:
    """Weights of networks that are built and verified here."""
    rows: list[Row] = []
    for family in families:
        built = card.each([family.dataset(N) for N in numbers])
        rows.append({"name": family.name, "weights": [network.size.weights for network in built]})
    return {"slug": card.slug, "N": list(numbers), "rows": rows}


def _tries(points: Sequence[Point], start: int) -> list[Try]:
    last = len(points) - 1
    return [
        {
            "title": "Fool it",
            "text": "Is there a labelling that no network has? Try yours, then check all.",
            "labelling": start,
            "query": _first_query(points),
        },
        {
            "title": "One against all",
            "text": f"Only {chr(65 + last)} is orange. Press it: do the lines move?",
            "labelling": 1 << last,
            "query": points[last],
        },
        {
            "title": "Step aside",
            "text": "Leave A slowly. How far until the network says something else?",
            "labelling": start,
            "query": points[0],
        },
    ]
