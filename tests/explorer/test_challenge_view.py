"""The challenge on a page: a file is judged there exactly as the library judges it."""

import gzip
import json
import random
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.explorer.host import Explorer
from mem_lib.grading.challenges import SLUGS, challenge
from mem_lib.grading.challenges.measures import MEASURES
from tests.explorer.pages import Live, saved
from tests.test_challenge import changed, constant, nudged, octagon

PHONE = {"viewport": {"width": 390, "height": 700}, "is_mobile": True, "color_scheme": "dark"}
DONE = ".mem-explorer:is([data-state=valid],[data-state=invalid],[data-state=refused])"


@pytest.fixture(scope="module")
def addresses(folder):
    return {
        slug: saved(folder, f"challenge-{slug}", explorer.challenge(challenge(slug))._repr_html_())
        for slug in SLUGS
    }


class Judged(Live):
    """A page with a challenge."""

    def bring(self, content, name="mine.json"):
        """Choose a file, and wait for what is said of it."""
        content = content.encode() if isinstance(content, str) else content
        self.page.evaluate("document.querySelector('.mem-explorer').dataset.state = 'asked'")
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            self.page.set_input_files("input[type=file]", path)
            self.page.wait_for_selector(DONE)
        return self.page.inner_text(".mem-verdict")

    def agrees(self, attempt):
        """All that the page says of a file is what the library says of it."""
        certificate = attempt.certificate
        assert self.data("correct") == f"{certificate.correct}/{certificate.points}"
        assert json.loads(self.data("broken")) == list(attempt.broken)
        values = json.loads(self.data("values"))
        assert {name: values[name] for name in MEASURES} == dict(attempt.values)
        assert self.data("rank") == ("" if attempt.rank is None else str(attempt.rank))
        assert self.data("state") == ("valid" if attempt.ok else "invalid")
        wrong = certificate.counterexample
        assert self.data("wrong") == ("" if wrong is None else str(wrong.row))
        return True


@pytest.fixture
def at(chromium, addresses):
    pages = []

    def opened(slug, **context):
        pages.append(Judged(chromium, addresses[slug], **context).ready())
        return pages[-1]

    yield opened
    for page in pages:
        page.close()


def networks(slug):
    """Right ones, wrong ones and ones against the rules."""
    one = challenge(slug)
    example = one.example()
    yield example
    yield nudged(example)
    yield constant(one.dataset.d, 1)
    yield constant(one.dataset.d, -1, "relu")
    yield changed(example, layers=[*example.layers, ml.Layer([[1]], [0], "identity")])
    if slug == "two_layer":
        yield one.rivals[0].network(one.dataset)
        yield one.rivals[3].network(one.dataset)
        halved = example.layers[-1]
        yield changed(example, layers=[example.layers[0], halved], output_denominator=3)
    elif slug == "generalization":
        yield octagon()
        yield ml.build(one.dataset, "optimal_relu.narrow", progress=False)
    else:
        yield ml.build(one.dataset, "optimal_relu.narrow", progress=False)
        yield ml.build(one.dataset, "two_layer.sorted", progress=False)
        yield ml.build(one.dataset, "deep_threshold.staircase", progress=False)
        coarse = ml.Layer([[1] * one.dataset.d] * 2, [0, 1], "threshold")
        yield ml.Network(
            [coarse, ml.Layer([[1, -1], [0, 1]], [0, 0], "identity")], readout="argmax"
        )


@pytest.mark.parametrize("slug", SLUGS)
def test_a_file_is_judged_as_the_library_does(at, slug):
    page, one = at(slug), challenge(slug)
    seen = set()
    for network in networks(slug):
        attempt = one.judge(network)
        said = page.bring(network.to_json())
        assert page.agrees(attempt)
        assert said.startswith("✓" if attempt.ok else "✗") and "mine.json" in said
        seen.add((attempt.certificate.ok, attempt.ok))
    assert {(True, True), (False, False)} <= seen
    if slug in ("optimal_relu", "generalization", "deep_threshold", "beyond_worst_case"):
        assert (True, False) in seen  # a rule alone is broken


def test_the_total_weight_is_rounded_as_in_the_library(chromium, folder):
    """Of 150 networks, with weights from short to far beyond floats."""
    script = f"{explorer.module('challenge')}window.parts = $parts;"
    page = chromium.new_page()
    page.goto(saved(folder, "weights", f'<script type="module">{script}</script>'))
    page.wait_for_function("() => window.parts")
    rng = random.Random(5)
    cases = [_drawn(rng, k) for k in range(150)]
    found = page.evaluate(
        """(texts) => texts.map((text) => {
          const { compile } = parts["evaluate.mjs"];
          return parts["weight.mjs"].totalWeight(compile(JSON.parse(text)));
        })""",
        [network.to_json() for network in cases],
    )
    rounded = page.evaluate(
        "(pairs) => pairs.map(([n, d]) => parts['weight.mjs'].nearest(BigInt(n), BigInt(d)))",
        [[str((1 << 53) + 1), "1"], [str((1 << 53) + 3), "2"], ["1", "3"], [str(1 << 1100), "1"]],
    )
    page.close()
    expected = [MEASURES["total_weight"].of(network, None) for network in cases]
    assert found == expected
    assert expected.count(None) > 5 and len(set(expected)) > 100
    assert rounded == [2.0**53, float(Fraction((1 << 53) + 3, 2)), 1 / 3, None]


def _drawn(rng, k):
    size = rng.choice([1, 4, 60, 400, 1200])
    units = rng.randrange(1, 6)
    rows = [[rng.getrandbits(size) - (1 << size - 1) for _ in range(3)] for _ in range(units)]
    bias = [rng.getrandbits(size) for _ in range(units)]
    hidden = ml.Layer(rows, bias, "threshold" if k % 17 == 16 else "relu")
    last = ml.Layer([[rng.getrandbits(size) - 1 for _ in range(units)]], [rng.getrandbits(3)],
                    "identity")  # fmt: skip
    return ml.Network([hidden, last], rng.randrange(40), 1 + rng.getrandbits(size // 2 + 1))


def test_what_is_said_of_a_wrong_point(at):
    page, network = at("foundations"), nudged(challenge("foundations").example())
    said = page.bring(network.to_json())
    wrong = challenge("foundations").judge(network).certificate.counterexample
    assert f"the first wrong one is point {wrong.row + 1} at (0), which should give 1" in said
    said = at("two_layer").bring(constant(10, 1).to_json())
    assert "30 of 60 points are right" in said and "should give -1 and gives 1" in said
    tied = with_a_tie()
    assert "every point is right, but a unit is on its threshold 1 time." in page.bring(
        tied.to_json()
    )
    assert page.agrees(challenge("foundations").judge(tied))


def with_a_tie():
    """The staircase of gates, and one more gate that nothing reads, on its threshold at 0."""
    one = challenge("foundations")
    hidden, last = one.rivals[1].network(one.dataset).layers
    rows = [*hidden.dense.tolist(), [1]]
    gates = ml.Layer(rows, [*hidden.bias.tolist(), 0], "threshold")
    return ml.Network([gates, ml.Layer([[*last.dense[0].tolist(), 0]], last.bias, "identity")])


def test_files_that_are_none(at):
    page, example = at("foundations"), challenge("foundations").example().to_json()
    cases = {
        "This file is empty": b"",
        "it is not JSON": b"weights: 3",
        "it is no text": b"\xff\xfe\x00",
        "it is not one JSON object": b"[1, 2]",
        "format is mem_lib.certificate": b'{"format": "mem_lib.certificate", "version": 1}',
        "and is damaged": gzip.compress(example.encode())[:-20],
        "has the unknown key color": edited(example, "color", 3),
        "0.5 is not an integer of a network file": edited(example, "bias", [0.5]),
        "bias needs 1 entries": edited(example, "bias", [1, 2]),
        "each row of weight needs 1 entries": edited(example, "weight", [[1, 2]]),
        "layers[0] has no units": edited(example, "weight", []),
        "has two weights for one input":
            edited(challenge("optimal_relu").example().to_json(), "rows",
                   [{"bias": 0, "weights": [[0, 1], [0, 1]]}]),
        "This network has 10 inputs; the points of this challenge have 1 coordinate.":
            challenge("two_layer").example().to_json(),
        "output_denominator is not positive":
            example.replace('"output_denominator":1', '"output_denominator":0'),
        "up to 16.0 MB": b" " * (17 << 20),
        "Unpacked, this file has more than 16.0 MB": gzip.compress(b" " * (17 << 20)),
    }  # fmt: skip
    for words, content in cases.items():
        said = page.bring(content)
        assert words in said and said.startswith("✗"), (words, said)
        assert page.data("state") == "refused" and page.data("values") is None
    assert "python -m mem_lib challenge foundations FILE" in page.bring(b" " * (17 << 20))
    assert page.bring(example).startswith("✓")  # and the next file is judged
    real = changed(challenge("two_layer").example(), readout="sign")
    assert "Real targets need the readout value" in at("two_layer").bring(real.to_json())


def edited(text, key, value):
    """A file whose first layer has another value there."""
    data = json.loads(text)
    data["layers"][0][key] = value
    return json.dumps(data)


def test_a_gzipped_file_is_unpacked(at):
    page, one = at("optimal_relu"), challenge("optimal_relu")
    text = one.example().to_json().encode()
    assert page.bring(gzip.compress(text), "mine.json.gz").startswith("✓ mine.json.gz is valid")
    assert page.agrees(one.judge(one.example()))


def test_by_keys_alone(at):
    page = at("foundations")
    page.page.keyboard.press("Tab")
    focused = page.page.evaluate("document.activeElement.type")
    page.page.keyboard.press("Tab")
    named = page.page.evaluate("document.activeElement.textContent")
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector(DONE)
    assert focused == "file" and named == "Check foundations.staircase"
    one = challenge("foundations")
    assert page.agrees(one.judge(one.example()))
    label = page.page.locator(".mem-drop").inner_text()
    assert "Drop your network file here, or choose it" in label


def test_a_file_is_dropped(at):
    page, one = at("generalization"), challenge("generalization")
    page.page.evaluate(
        """(text) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], "dropped.json"));
          const event = (name) => new DragEvent(name,
            { bubbles: true, cancelable: true, dataTransfer: transfer });
          const place = document.querySelector(".mem-drop");
          for (const name of ["dragenter", "dragover", "drop"]) place.dispatchEvent(event(name));
        }""",
        octagon().to_json(),
    )
    page.page.wait_for_selector(DONE)
    assert page.agrees(one.judge(octagon()))
    assert page.page.inner_text(".mem-verdict").startswith("✓ dropped.json is valid: 21")
    assert page.page.locator(".mem-drop[data-over]").count() == 0


def test_the_latest_file_counts(at):
    """A file that is still being judged is let go when another one comes."""
    page, one = at("generalization"), challenge("generalization")
    slow = one.rivals[0].network(one.dataset).to_json()
    file = {"name": "slow.json", "mimeType": "application/json", "buffer": slow.encode()}
    page.page.set_input_files("input[type=file]", file)
    assert "mine.json" in page.bring(octagon().to_json())
    page.page.wait_for_timeout(300)
    assert page.agrees(one.judge(octagon()))


def test_its_example_is_saved_and_is_the_librarys_file(at):
    page = at("deep_threshold")
    with page.page.expect_download() as loading:
        page.page.get_by_role("button", name="Save its file").click()
    text = Path(loading.value.path()).read_text(encoding="utf-8")
    assert text == challenge("deep_threshold").example().to_json()
    assert loading.value.suggested_filename == "deep_threshold.staircase.json"


def test_yours_is_drawn_where_it_stands(at):
    page = at("two_layer")
    assert page.page.locator(".mem-yours").count() == 0
    page.bring(challenge("two_layer").example().to_json())
    mark = page.page.locator(".mem-scatter path.mem-class-1").bounding_box()
    place = [row["network"] for row in challenge("two_layer").standing()].index("two_layer.caps")
    rival = page.page.locator(".mem-scatter circle").nth(place).bounding_box()
    for side, length in (("x", "width"), ("y", "height")):
        middles = [box[side] + box[length] / 2 for box in (mark, rival)]
        assert abs(middles[0] - middles[1]) < 1
    page.bring(constant(10, 1).to_json())  # without a neuron: at the edge of the plane
    assert page.page.locator(".mem-yours").count() == 1
    page.bring("nothing")
    assert page.page.locator(".mem-yours").count() == 0


@pytest.mark.parametrize("slug", ["two_layer", "generalization"])
def test_on_a_phone(at, slug):
    page = at(slug, **PHONE)
    page.bring(challenge(slug).example().to_json())
    page.bring("{" * 300, "a-file-with-a-very-long-name-" * 8 + ".json")
    page.bring(nudged(challenge(slug).example()).to_json(), "another-very-long-name-" * 9)
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    texts = page.page.evaluate(
        """() => [...document.querySelectorAll(".mem-scatter text")].map((t) => {
          const [box, frame] = [t, t.ownerSVGElement].map((e) => e.getBoundingClientRect());
          return box.left >= frame.left - 1 && box.right <= frame.right + 1;
        })"""
    )
    assert len(texts) > 8 and all(texts)


def test_without_scripts_there_is_the_figure(chromium, addresses):
    page = Live(chromium, addresses["two_layer"], java_script_enabled=False)
    assert page.page.locator(".mem-static img.only-light").is_visible()
    assert page.page.locator("figcaption").first.is_visible()
    page.context.close()


@pytest.mark.parametrize("slug", SLUGS)
def test_it_is_small(slug):
    one = explorer.challenge(challenge(slug), name=f"fig-{slug}-challenge")
    assert isinstance(one, Explorer) and challenge(slug).line.text in one.caption
    assert len(gzip.compress(one._repr_html_().encode(), 9)) <= 70_000
