"""The ways to count of ``beyond_worst_case``: equal results on every path, on hostile bits."""

import importlib.util
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib.beyond_worst_case import bits, cells, counting, cover, draw
from mem_lib.beyond_worst_case.counting import Counting
from mem_lib.beyond_worst_case.words import packed, unpacked
from mem_lib.network import Layer
from mem_lib.parts import hyperplanes

TORCH = importlib.util.find_spec("torch") is not None
NUMBA = importlib.util.find_spec("numba") is not None
#: NumPy word by word, compiled loops, PyTorch on the CPU.
PATHS = ["words", *(["compiled"] if NUMBA else []), *(["cpu"] if TORCH else [])]


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def plain_cover(own, rivals, order, two_sided=False):
    """A candidate after the other, one product of its mask with each bit matrix: section 5.3 of the
    theory as it stands."""
    own, rivals = own.astype(np.int64), rivals.astype(np.int64)
    waiting, centres, thresholds = np.ones(len(own), bool), [], []

    def score(points, c):
        if two_sided:
            return (points != own[c]).sum(axis=1)
        return points @ (1 - own[c])

    left = set(range(len(own)))
    for c in order:
        if not waiting[c]:
            continue
        waiting[c] = False
        m = score(rivals, c).min()
        if m > 0:
            covered = score(own, c) < m
            waiting[covered] = False
            left -= set(np.flatnonzero(covered).tolist())
            centres.append(int(c))
            thresholds.append(int(m))
    return centres, thresholds, sorted(left)


def on(path, monkeypatch):
    """(device) with the limit set so that ``path`` is taken from the first count on, or never."""
    monkeypatch.setattr(bits, "_MUCH", -1 if path == "compiled" else 10**18)
    return "cpu" if path == "cpu" else None


@st.composite
def matrices(draw):
    """Hostile bits of a class and of its rivals: repeated rows, columns that are all 0 or all 1,
    rivals with the bits of the class, ties."""
    n = draw(
        st.one_of(st.integers(1, 9), st.integers(1, 600), st.sampled_from([64, 254, 255, 2000]))
    )
    points = [draw(st.integers(1, 20)) for _ in range(2)]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rate = draw(st.sampled_from([0.02, 0.5, 0.98]))
    own, rivals = ((rng.random((N, n)) < rate).astype(np.uint8) for N in points)
    for matrix in (own, rivals):
        matrix[rng.random(len(matrix)) < draw(st.sampled_from([0, 0.5]))] = matrix[0]
    for bit in (0, 1):
        columns = rng.random(n) < draw(st.sampled_from([0, 0.3]))
        own[:, columns] = rivals[:, columns] = bit
    if draw(st.booleans()):
        rivals[rng.integers(len(rivals))] = own[rng.integers(len(own))]
    if draw(st.booleans()):  # a rival that differs in one bit: thresholds of 0 and 1, and ties
        rivals[0] = own[-1]
        rivals[0, rng.integers(n)] ^= 1
    return own, rivals, rng.permutation(len(own))


@pytest.mark.proves("thm-beyond_worst_case-correct", "thm-beyond_worst_case-two-sided")
@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("path", PATHS)
def test_every_path_gives_the_cover_of_the_plain_loop(path, two_sided):
    @settings(max_examples=60, deadline=None)
    @given(matrices())
    def check(drawn):
        own, rivals, order = drawn
        with pytest.MonkeyPatch.context() as patch:
            device = on(path, patch)
            counting = Counting(own, rivals, two_sided=two_sided, device=device)
            found = cover.in_order(counting, order)
            wanted = plain_cover(own, rivals, order, two_sided)
            assert found.centres.tolist() == wanted[0]
            assert found.thresholds.tolist() == wanted[1]
            assert found.uncovered.tolist() == wanted[2]

    check()


@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("n", [1, 63, 64, 65, 254, 255, 509, 1100])
def test_counts_are_those_of_integers(path, two_sided, n, monkeypatch):
    rng = np.random.default_rng(n)
    own, rivals = (rng.integers(0, 2, (N, n), dtype=np.uint8) for N in (61, 83))
    own[0], own[1], rivals[0], rivals[1] = 0, 1, 0, 1
    device = on(path, monkeypatch)
    counting = Counting(own, rivals, two_sided=two_sided, device=device)
    off, rows = 1 - own.astype(int), np.array([60, 0, 7, 7, 1])

    def scores(points):
        points = points.astype(int)
        return off @ points.T + two_sided * ((1 - off) @ (1 - points).T)

    everything = np.arange(61)
    assert counting.points == 61
    assert (counting.scores(everything, rows) == scores(own)[:, rows]).all()
    assert (counting.scores(rows, everything[:0]) == np.zeros((5, 0))).all()
    least = counting.least(everything)
    assert least.dtype == np.int64 and (least == scores(rivals).min(axis=1)).all()
    assert (counting.fires(everything, least) == (scores(own) < least[:, None])).all()
    assert (counting.least(rows) == least[rows]).all()


@pytest.mark.parametrize("path", PATHS)
def test_a_score_at_the_threshold_does_not_fire(path, monkeypatch):
    own = np.array([[0, 0, 0], [0, 1, 1], [1, 1, 1]], np.uint8)  # scores 0, 2, 3
    device = on(path, monkeypatch)
    counting = Counting(own, np.array([[1, 1, 0]], np.uint8), device=device)
    least = counting.least(np.array([0]))
    assert least.tolist() == [2]
    assert counting.fires(np.array([0]), least).tolist() == [[True, False, False]]


@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("path", PATHS)
def test_blocks_of_points_meet_without_a_gap(path, two_sided, monkeypatch):
    """Classes that begin and end inside a block, at its edges, and at those of the data."""
    rng = np.random.default_rng(1)
    codes = (rng.random((1540, 200)) < 0.3).astype(np.uint8)
    on(path, monkeypatch)
    held = counting.held(codes, two_sided, "cpu" if path == "cpu" else None)
    wide = codes.astype(int)
    scores = (1 - wide) @ wide.T
    if two_sided:
        scores = scores + scores.T
    for first, stop in ((0, 1), (0, 512), (511, 1025), (512, 1024), (3, 1540), (0, 1539)):
        own, others = np.arange(first, stop), np.delete(np.arange(1540), np.s_[first:stop])
        least = held.least(own[-40:], first, stop)
        assert (least == scores[own[-40:]][:, others].min(axis=1)).all()
        wanted = scores[own[-40:], first:stop] < least[:, None]
        assert (held.below(own[-40:], least, first, stop) == wanted).all()


@pytest.mark.skipif(not NUMBA, reason="Numba is not installed")
def test_who_has_counted_much_goes_on_in_compiled_loops(monkeypatch):
    from mem_lib.beyond_worst_case import compiled

    held = bits.Bits.of([np.eye(60, 70, dtype=np.uint8)], 60, 70)
    monkeypatch.setattr(bits, "_MUCH", 3 * 50 * 2)  # centres, points, words
    ran = []
    for name in ("least", "below"):
        loop = getattr(compiled, name)
        ran_by = lambda *given, name=name, loop=loop: (ran.append(name), loop(*given))  # noqa: E731
        monkeypatch.setattr(compiled, name, ran_by)
    assert held.least(np.arange(3), 0, 10).tolist() == [1] * 3 and not ran
    assert held.below(np.arange(3), np.ones(3, int), 0, 10).sum() == 3 and ran == ["below"]
    assert held.least(np.arange(3), 0, 10).tolist() == [1] * 3 and ran == [
        "below",
        "least",
        "least",
    ]


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'numba'"),
        ImportError("Numba needs NumPy 2.3 or less"),
        OSError("libllvmlite.so: failed to map segment"),
    ],
)
def test_without_a_numba_that_works_numpy_counts(error, monkeypatch):
    def refuse(name):
        raise error

    monkeypatch.setattr(bits, "import_module", refuse)
    monkeypatch.setattr(bits, "_compiled", bits._compiled.__wrapped__)  # not what was found before
    monkeypatch.setattr(bits, "_MUCH", -1)
    held = bits.Bits.of([np.eye(60, 70, dtype=np.uint8)], 60, 70)
    assert held._loops(1, 1) is None
    assert held.least(np.arange(3), 0, 10).tolist() == [1] * 3
    assert held.below(np.arange(3), np.ones(3, int), 0, 10).sum() == 3


@pytest.mark.skipif(not NUMBA, reason="Numba is not installed")
def test_loops_are_compiled_where_no_folder_can_keep_them(monkeypatch):
    from mem_lib.beyond_worst_case import compiled

    njit = compiled.njit

    def nowhere(cache=False, **named):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(**named)

    monkeypatch.setattr(compiled, "njit", nowhere)
    assert compiled._compiled(lambda x: x + 1)(2) == 3


@pytest.mark.parametrize("n", [1, 8, 63, 64, 65, 200])
def test_words_hold_bits(n):
    code = np.random.default_rng(n).integers(0, 2, (7, n), dtype=np.uint8)
    words = packed(code)
    assert words.dtype == np.uint64 and words.shape == (-(-n // 64), 7)
    assert (unpacked(words, n) == code).all()
    for i in range(n):
        assert ((words[i // 64] >> np.uint64(i % 64)) & np.uint64(1) == code[:, i]).all()


# -- the first layer ---------------------------------------------------------------------------


def layer_of(weight, bias):
    return Layer(np.array(weight), bias, "threshold")


def by_integers(layer, points):
    weight, bias = np.asarray(layer.weight).astype(object), layer.bias.astype(object)
    return np.array([[int(w @ x + b >= 0) for w, b in zip(weight, bias, strict=True)]
                     for x in points.astype(object)])  # fmt: skip


@pytest.mark.proves("thm-foundations-sums")
def test_a_row_that_breaks_a_bound_goes_the_next_way():
    """The guard itself, on both sides of 2^24 and of 2^53."""
    points = np.array([[3, -5], [2, 5]])
    rows = {
        "float32": [[1, 1], [0, 0]],
        "float64": [[2**24, 1], [2**22, -(2**22)]],
        "python": [[2**53, 0], [2**51, 2**51]],
    }
    for way, weight in rows.items():
        made = hyperplanes._Rows(layer_of(weight, [0, 1]))
        assert made.ways(points).tolist() == [way, way]
    for power, below, above in ((24, "float32", "float64"), (53, "float64", "python")):
        # 3 w0 + 5 w1 + |b|, some sums just below and one just above; the bound itself is inflated
        weight = [[2 ** (power - 2), 2 ** (power - 5)], [2 ** (power - 2), 2 ** (power - 4)]]
        ways = hyperplanes._Rows(layer_of(weight, [0, 0])).ways(points)
        assert ways.tolist() == [below, above]
        bias = hyperplanes._Rows(
            layer_of([[0, 0], [0, 0]], [2**power - 2**power // 2**19, 2**power])
        )
        assert bias.ways(points).tolist() == [below, above]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 70))
def test_sides_are_those_of_python_integers(seed, d, n):
    rng = np.random.default_rng(seed)
    powers = rng.integers(1, 61, (n, 1))
    weight = rng.integers(-(2**powers), 2**powers, (n, d)) // d
    points = rng.integers(-7, 8, (9, d))
    bias = -(weight * points[rng.integers(9)]).sum(axis=1) + rng.integers(-1, 2, n)  # near ties
    dataset = ml.Dataset(points, np.zeros(9, int))
    layer = layer_of(weight, bias)
    order = rng.permutation(9)
    for device in (None, *(["cpu"] if TORCH else [])):
        blocks = hyperplanes.sides(layer, dataset, order, device=device)
        assert (np.concatenate(list(blocks)) == by_integers(layer, points[order])).all()
    assert (hyperplanes.codes(layer, dataset) == by_integers(layer, points)).all()


@pytest.mark.proves("thm-foundations-sums")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(1, 30), st.booleans())
def test_what_float32_leaves_in_doubt_is_added_up_again(seed, d, n, ties):
    """Sums beyond 2^24, at random and within 1 of a tie at every point: float32 alone is wrong."""
    rng = np.random.default_rng(seed)
    dtype = rng.choice([np.uint8, np.int8, np.int16, np.int32, np.int64])
    points = rng.integers(-100 if dtype != np.uint8 else 0, 101, (9, d)).astype(dtype)
    weight = rng.integers(-(2**40), 2**40, (n, d))
    weight[:, 0] = 2**30
    if ties:
        points[:] = points[0]
    bias = -(weight * points[0].astype(int)).sum(axis=1) + rng.integers(-1, 2, n)
    layer, dataset = layer_of(weight, bias), ml.Dataset(points, np.zeros(9, int))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hyperplanes, "_DIMENSIONS", range(1, 2**14))
        patch.setattr(hyperplanes, "_PAIRS", 5)
        for share in (0, 1):
            patch.setattr(hyperplanes, "_DOUBTFUL", share)
            found = np.concatenate(list(hyperplanes.sides(layer, dataset, np.arange(9))))
            assert (found == by_integers(layer, points)).all()


def test_a_doubt_is_seen_where_it_is(monkeypatch):
    """The float64 product is asked for the sums within the bound and for no other one."""
    points, weight = np.full((3, 64), 255), np.full((2, 64), 2.0**20 + 1)
    exact, asked = 64 * 255 * (2**20 + 1), []
    lost = 66 * 2.0**-24 / (1 - 66 * 2.0**-24) * exact  # all terms >= 0, so |w| |x| is the sum
    for far, doubtful in ((1.5 * lost, False), (0.9 * lost, True), (0.0, True), (-1.0, True)):
        rounded = hyperplanes._Rounded(weight, np.array([0.0, np.rint(exact - far)]))
        monkeypatch.setattr(hyperplanes, "_here", lambda *given: asked.append(1) or _HERE(*given))
        monkeypatch.setattr(hyperplanes, "_DOUBTFUL", 0)
        asked.clear()
        assert rounded.sides(points).tolist() == [[True, far >= 0]] * 3
        assert bool(asked) == doubtful


_HERE = hyperplanes._here


def test_integers_beyond_64_bits_have_sides():
    points = np.array([[10**30], [-(10**30)]], dtype=object)
    dataset = ml.Dataset(points, [0, 1])
    layer = Layer(np.array([[1], [-(10**25)]], dtype=object), [-(10**30), 0], "threshold")
    blocks = hyperplanes.sides(layer, dataset, np.arange(2))
    assert np.concatenate(list(blocks)).astype(int).tolist() == [[1, 0], [0, 1]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 140), st.integers(1, 300))
def test_cells_have_the_bits_of_their_points(seed, d, n, N):
    """Many points on hyperplanes, boxes that touch them in a corner, classes within a cell."""
    rng = np.random.default_rng(seed)
    points = rng.integers(-(2 ** rng.integers(1, 20)), 2 ** rng.integers(1, 20), (N, d))
    weight = rng.integers(-9, 10, (n, d))
    bias = -(weight * points[rng.integers(N, size=n)]).sum(axis=1) + rng.integers(-1, 2, n)
    code, told = by_integers(layer_of(weight, bias), points), []
    first, stop = sorted(rng.integers(0, N + 1, 2).tolist())
    labels = np.repeat([0, 1, 2], [first, stop - first, N - stop])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "_ENTRIES", 256)
        for two_sided in (False, True):
            held = cells.CellBits(
                points.astype(float), labels, weight.astype(float), -bias.astype(float),
                two_sided, told.append,
            )  # fmt: skip
            packed = bits.Bits.of([code], N, n, two_sided)
            assert (unpacked(held._words(np.arange(-(-N // 64))), n)[held._places] == code).all()
            assert (labels[held._curve] == labels).all()
            rows = rng.integers(N, size=9)
            assert (held.codes(rows) == code[rows]).all()
            assert (held.scores(rows, rows[:5]) == packed.scores(rows, rows[:5])).all()
            if 0 < stop - first < N:
                own = first + rng.integers(stop - first, size=9)
                least = packed.least(own, first, stop)
                patch.setattr(cells, "_MANY", int(rng.choice([1, 10**9])))
                patch.setattr(bits, "_MUCH", int(rng.choice([-1, 10**9])))
                assert held.least(own, first, stop).tolist() == least.tolist()
                fires = held.below(own, least, first, stop)
                assert (fires == packed.below(own, least, first, stop)).all()
    assert sum(told) == 2 * N * n


def test_cells_are_for_many_points_in_few_dimensions_and_for_short_integers(monkeypatch):
    monkeypatch.setattr(cells, "LEAST_POINTS", 4)

    def made(N, d, weight, bias=0):
        dataset = ml.Dataset(np.arange(N * d).reshape(N, d) + 1, np.zeros(N, int))
        layer = layer_of([[weight] * d], [bias])
        return cells.CellBits.of(layer, dataset, np.arange(N), False, lambda entries: None)

    assert made(4, 3, 5) is not None
    assert made(3, 3, 5) is None and made(4, 4, 5) is None
    assert made(4, 1, 2**51 - 2**33) is not None and made(4, 1, 2**51 + 1) is None
    assert made(4, 1, 0, 2**53) is None


@pytest.mark.parametrize("variant", ["practical", "two_sided"])
def test_cells_change_no_network(variant, monkeypatch):
    plain = bwc.attempt(DATA, 300, seed=2, variant=variant)
    few = bwc.attempt(DATA, 8, seed=1, variant=variant)
    monkeypatch.setattr(cells, "LEAST_POINTS", 1)
    for many in (10**9, 1):
        monkeypatch.setattr(cells, "_MANY", many)
        there = bwc.attempt(DATA, 300, seed=2, variant=variant)
        assert there.network == plain.network
        same = bwc.attempt(DATA, 8, seed=1, variant=variant)
        assert same.uncovered.tolist() == few.uncovered.tolist() and len(few.uncovered)
        assert same.network == few.network and same.offending == few.offending


# -- networks ----------------------------------------------------------------------------------

DATA = ml.data.moons(N=300, noise=0.1, seed=3)


@pytest.mark.parametrize("variant", ["practical", "two_sided", "idealised"])
def test_the_network_does_not_depend_on_the_path(variant, torch, monkeypatch):
    plain = bwc.build(DATA, n=300, seed=2, variant=variant)
    there = bwc.build(DATA, n=300, seed=2, variant=variant, device="cpu")
    assert there == plain and there.about == plain.about and ml.verify(there, DATA)
    monkeypatch.setattr(bits, "_MUCH", -1)
    assert bwc.build(DATA, n=300, seed=2, variant=variant) == plain


def test_a_failed_draw_does_not_depend_on_the_path(torch):
    found = [bwc.attempt(DATA, 8, seed=1, device=device) for device in (None, "cpu")]
    assert len(found[0].uncovered) and (found[0].uncovered == found[1].uncovered).all()
    assert found[0].offending == found[1].offending


def test_an_empty_class_is_covered_by_nothing(torch):
    dataset = ml.Dataset([[0.0], [1.0], [3.0]], [0, 2, 0], classes=4)
    networks = [bwc.build(dataset, n=60, device=device) for device in (None, "cpu")]
    assert networks[0] == networks[1] and ml.verify(networks[0], dataset)


def test_devices_that_are_not_there(torch):
    for name in ("cuda:99", "meta", "tpu", 7):
        with pytest.raises(ml.InvalidArgument, match=r"^device: "):
            bwc.build(DATA, n=50, device=name)
    with pytest.raises(ml.InvalidArgument, match=r"^device: "):
        Counting(np.ones((1, 1), np.uint8), np.ones((1, 1), np.uint8), device="tpu")
    with pytest.raises(ml.InvalidArgument, match=r"^device: ReLU units .* got 'cpu'"):
        bwc.build(DATA, n=50, variant="relu", device="cpu")
    if not torch.cuda.is_available():
        assert bwc.build(DATA, n=200, device="auto") == bwc.build(DATA, n=200)


def test_a_full_device_is_told(torch, monkeypatch):
    def full(*given, **named):
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(torch, "_int_mm", full)
    with pytest.raises(ml.MemorizationError, match=r"^device: its memory does not hold scores of"):
        bwc.build(DATA, n=50, device="cpu")
    monkeypatch.setattr(torch, "zeros", full)
    with pytest.raises(ml.MemorizationError, match=r"^device: its memory does not hold 50 bits of"):
        bwc.build(DATA, n=50, device="cpu")


# -- what it takes -----------------------------------------------------------------------------


def plan_of(N, n, **parameters):
    dataset = ml.Dataset(np.arange(2 * N).reshape(N, 2), np.arange(N) % 2)
    made = ml.beyond_worst_case.Practical(n=n, max_bias=Fraction(N), **parameters)
    return made.plan(dataset, np.random.default_rng(0))


def test_bits_are_priced_as_bits():
    small, large = plan_of(1000, 640), plan_of(3000, 640)
    assert large.bytes - small.bytes >= 2000 * 640 // 8
    if TORCH:  # a byte each
        small, large = (plan_of(N, 640, device="cpu") for N in (1000, 3000))
        assert large.bytes - small.bytes == 2000 * 640
    # a million points and two thousand hyperplanes: under a GB
    assert bits.held_bytes(10**6, 2000) < 10**9


def test_what_does_not_fit_is_refused_before_it_begins(monkeypatch):
    from mem_lib._base import memory

    plan = plan_of(1000, 640)
    monkeypatch.setattr(memory, "physical_memory", lambda: plan.bytes - 1)
    drawn = []
    monkeypatch.setattr(draw, "hyperplanes", lambda *given, **named: drawn.append(1))
    with pytest.raises(ml.TooLarge, match=r"^n: 640 hyperplanes in dimension 2 for 1000 points"):
        bwc.build(plan.data, n=640, max_bias=1000)
    assert not drawn
