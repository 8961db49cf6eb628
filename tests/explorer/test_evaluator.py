"""The evaluator in the page against the library."""

import json
import re
import statistics
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.exact import reference
from mem_lib.network.readout import READ
from tests.explorer.pages import POINTS, SLUG
from tests.networks import READOUTS, big_integers, random_network


def random_networks(count):
    rng = np.random.default_rng(20)
    for k in range(count):
        bits = (3, 40, 70, 400)[k % 4]
        readout = READOUTS[k // 4 % 4]
        outputs = 1 if readout in ("value", "sign") else int(rng.integers(1, 4))
        net = random_network(
            rng, depth=int(rng.integers(1, 7)), width=7, bits=bits, outputs=outputs,
            inputs=int(rng.integers(1, 5)), shift=int(rng.integers(0, 30)),
        )  # fmt: skip
        net = ml.Network(net.layers, net.input_shift, net.output_denominator, readout)
        points = [big_integers(rng, (net.inputs,), 60).tolist() for _ in range(3)]
        yield net, [[0] * net.inputs, *points]


EVALUATE = """(cases) => cases.map(([text, points]) => {
  const net = mem.compile(JSON.parse(text));
  return [mem.size(net), points.map((point) => {
    const trace = mem.run(net, point.map(BigInt));
    const out = trace.at(-1).values;
    return [trace.map(({ values }) => values.map(String)), mem.label(net, out),
      out.map((v) => mem.fraction(v, net.denominator))];
  })];
})"""


def test_the_evaluator_equals_the_definition_on_500_random_networks(engine):
    cases = list(random_networks(500))
    told = [(net.to_json(), [[str(x) for x in p] for p in points]) for net, points in cases]
    answers = engine.evaluate(EVALUATE, told)
    judged = set()
    for (net, points), (size, results) in zip(cases, answers, strict=True):
        assert size == {name: getattr(net.size, name) for name in size}
        for point, (trace, label, fractions) in zip(points, results, strict=True):
            wanted = reference.evaluate(net, point)
            assert [int(v) for v in trace[-1]] == wanted
            for depth in range(1, net.depth):
                part = ml.Network(net.layers[:depth], net.input_shift, readout="argmax")
                assert [int(v) for v in trace[depth - 1]] == reference.evaluate(part, point)
            if max(map(abs, wanted)) < 2**53:  # labels are plain numbers
                out = np.array([wanted], dtype=object)
                assert label == READ[net.readout](out, net.output_denominator)[0]
                judged.add((net.readout, label >= 0))
            assert fractions == [str(Fraction(v, net.output_denominator)) for v in wanted]
    # The draw was worth the name.
    texts = "".join(text for text, _ in told)
    assert texts.count('"rows"') > 50 and texts.count('"weight":') > 50
    assert all(texts.count(f'"activation":"{a}"') > 50 for a in reference.ACTIVATIONS)
    assert all(texts.count(f'"readout":"{r}"') > 50 for r in READOUTS)
    assert re.search(r'"-0x[0-9a-f]{60}', texts)
    assert judged == {(readout, decided) for readout in READOUTS for decided in (True, False)}


def test_all_labellings_on_and_off_the_data(engine, landing, networks):
    """The pack as the page opens it, exactly the library's numbers."""
    rng = np.random.default_rng(3)
    left, right, bottom, top = explorer.box_of(POINTS)
    spots = [[int(rng.integers(left, right + 1)), int(rng.integers(bottom, top + 1))]
             for _ in range(20)]  # fmt: skip
    beside = [[x + a, y + b] for x, y in POINTS for a, b in ((0, 0), (1, 0), (0, -1))]
    spots += beside
    pack = landing.packs[SLUG]
    answers = engine.evaluate(
        """async ([pack, spots]) => (await mem.unpack(pack)).map((text) => {
          const net = mem.compile(JSON.parse(text));
          return spots.map((p) => mem.outputs(net, mem.onGrid(net, p, 0)).map(String));
        })""",
        [pack, spots],
    )
    for net, rows in zip(networks, answers, strict=True):
        numerators, _ = ml.evaluate(net, np.array(spots))
        assert [[int(v) for v in row] for row in rows] == numerators.tolist()


def test_points_of_a_coarser_grid_are_moved_to_the_networks(engine):
    net = ml.Network([ml.Layer([[1]], [-3], "identity")], input_shift=5)
    answer = engine.evaluate(
        "(text) => { const net = mem.compile(JSON.parse(text));"
        " return String(mem.outputs(net, mem.onGrid(net, [7], 2))); }",
        net.to_json(),
    )
    assert int(answer) == 7 * 2**3 - 3
    with pytest.raises(Exception, match="coarser"):
        engine.evaluate("(t) => mem.onGrid(mem.compile(JSON.parse(t)), [7], 6)", net.to_json())


def test_a_finer_grid_is_the_same_function(engine):
    """The page's ``refined`` is the library's, and so are its answers between the points."""
    cases = [(net, points[:2]) for net, points in list(random_networks(60)) if net.input_shift < 20]
    told = [(net.to_json(), [[str(x) for x in p] for p in points]) for net, points in cases]
    answers = engine.evaluate(
        """(cases) => cases.map(([text, points]) => {
          const fine = mem.refined(mem.compile(JSON.parse(text)), 3n);
          return [String(fine.denominator), points.map((point) =>
            mem.outputs(fine, point.map((x, k) => 8n * BigInt(x) + BigInt(k + 1))).map(String))];
        })""",
        told,
    )
    for (net, points), (denominator, rows) in zip(cases, answers, strict=True):
        fine = net.refined(3)
        moved = [[8 * x + k + 1 for k, x in enumerate(point)] for point in points]
        assert int(denominator) == fine.output_denominator
        assert [[int(v) for v in row] for row in rows] == [
            reference.evaluate(fine, point) for point in moved
        ]


GOOD = json.loads(ml.Network([ml.Layer([[1, 2]], [2**60], "relu")]).to_json())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.update(format="other"), "not a network file"),
        (lambda f: f.update(version=2), "version 2"),
        (lambda f: f.update(readout="loud"), "readout loud"),
        (lambda f: f.update(input_shift=0.5), "0.5 is not an integer"),
        (lambda f: f["layers"][0].update(activation="toString"), "activation toString"),
        (lambda f: f["layers"][0]["rows"][0].update(bias="0x0f"), "0x0f is not an integer"),
        (lambda f: f["layers"][0]["rows"][0].update(bias=2**53), "is not an integer"),
        (lambda f: f["layers"][0]["rows"][0].update(weights=[[2, 1]]), "input 2 does not exist"),
        (lambda f: f["layers"][0]["rows"][0].update(weights=[[-1, 1]]), "input -1"),
    ],
)
def test_what_is_no_network_file_is_refused(engine, change, message):
    file = json.loads(json.dumps(GOOD))
    engine.evaluate("(f) => { mem.compile(f); }", file)
    change(file)
    with pytest.raises(Exception, match=message):
        engine.evaluate("(f) => { mem.compile(f); }", file)


def test_bit_lengths(engine):
    values = [0, 1, -1, 2, 7, 8, -255, 256, 2**64 - 1, -(2**64), 3**500]
    seen = engine.evaluate("(v) => v.map((x) => mem.bitLength(BigInt(x)))", list(map(str, values)))
    assert seen == [v.bit_length() for v in values]


def test_one_evaluation_takes_far_less_than_a_frame(engine, landing):
    pack = landing.packs[SLUG]
    times = engine.evaluate(
        """async (pack) => {
          const net = mem.compile(JSON.parse((await mem.unpack(pack))[21]));
          return Array.from({ length: 200 }, (_, i) => {
            const start = performance.now();
            mem.outputs(net, mem.onGrid(net, [i - 90, 50 - i], 0));
            return performance.now() - start;
          });
        }""",
        pack,
    )
    assert statistics.median(times) <= 3 * 16
