"""The ways to count of ``beyond_worst_case``: equal results on every path, on hostile bits."""

import importlib.util
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib.beyond_worst_case import bits, cells, cover, draw, sieve
from mem_lib.beyond_worst_case.counting import Counting
from mem_lib.beyond_worst_case.words import packed, unpacked
from mem_lib.network import Layer
from mem_lib.parts import hyperplanes

TORCH = importlib.util.find_spec("torch") is not None
#: NumPy word by word, NumPy through the sieve, PyTorch on the CPU.
PATHS = ["words", "sieve", *(["cpu"] if TORCH else [])]


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
    """(device) with the thresholds set so that ``path`` is taken from one centre on, or never."""
    monkeypatch.setattr(bits, "_MANY", 1 if path == "sieve" else 10**9)
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


def test_the_sieve_counts_in_full_what_its_part_does_not_decide(monkeypatch):
    """The hyperplanes taken see no difference between the rivals; the others decide."""
    n = 400
    own = np.zeros((50, n), np.uint8)
    rivals = np.zeros((70, n), np.uint8)
    rivals[:, :254] = 1
    rivals[np.arange(70), 254 + np.arange(70)] = 1
    rivals[33, 254:] = 0
    monkeypatch.setattr(bits, "_MANY", 1)
    monkeypatch.setattr(sieve, "_SHARE", 1)  # as few as possible
    held = Counting(own, rivals)
    assert held.least(np.arange(50)).tolist() == [254] * 50
    kept = held._held._kept[1]
    assert all(0 < len(cell._taken) < 254 for cell in kept._rivals)
    monkeypatch.setattr(sieve, "_SHARE", 0)  # a part that is 254 leaves nothing to count
    held = Counting(own, rivals)
    assert held.least(np.arange(50)).tolist() == [254] * 50
    kept = held._held._kept[1]
    assert all(cell._taken.tolist() == list(range(254)) for cell in kept._rivals)


def test_one_sieve_serves_a_class_and_another_one_the_next(monkeypatch):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, (90, 80), dtype=np.uint8)
    monkeypatch.setattr(bits, "_MANY", 2)
    blocks = [codes[:50], codes[50:]]
    held = bits.Bits.of(blocks, 90, 80)
    for first, stop in ((0, 30), (30, 41), (41, 90), (0, 30)):
        rivals = np.delete(codes, np.s_[first:stop], axis=0).astype(int)
        wanted = ((1 - codes[first:stop].astype(int)) @ rivals.T).min(axis=1)
        assert (held.least(np.arange(first, stop), first, stop) == wanted).all()
    made = []
    monkeypatch.setattr(bits, "Sieve", lambda *given: made.append(given))
    held.least(np.arange(3), 0, 30)
    assert not made
    held._sieve(np.arange(30, 41), 30, 41)
    assert len(made) == 1 and made[0][0] is held._numbers


@pytest.mark.parametrize("two_sided", [False, True])
def test_a_sieve_in_many_cells_finds_every_score(two_sided, monkeypatch):
    """Cells of alike points, numbers with points of both sides, classes of any size."""
    monkeypatch.setattr(bits, "_MANY", 2)
    monkeypatch.setattr(sieve, "_CELL", 40)
    monkeypatch.setattr(sieve, "_ENTRIES", 2**9)
    monkeypatch.setattr(sieve, "_PAIRS", 2**8)
    rng = np.random.default_rng(1)
    heart = rng.random((7, 300)) < 0.5
    codes = (heart[rng.integers(7, size=400)] ^ (rng.random((400, 300)) < 0.1)).astype(np.uint8)
    held = bits.Bits.of([codes], 400, 300, two_sided)
    assert len(held._numbers.starts) > 8
    rows = held._numbers.rows.ravel()
    assert sorted(rows[:400]) == list(range(400)) and (rows[400:] == rows[399]).all()
    wide = codes.astype(int)
    scores = (1 - wide) @ wide.T
    if two_sided:
        scores = scores + scores.T
    for first, stop in ((0, 1), (3, 200), (200, 399), (1, 400)):
        own, others = np.arange(first, stop), np.delete(np.arange(400), np.s_[first:stop])
        for _ in range(2):  # the second time the nearest rivals are known
            least = held.least(own, first, stop)
            assert (least == scores[own][:, others].min(axis=1)).all()
        wanted = scores[own][:, own] < least[:, None]
        assert (held.below(own, least, first, stop) == wanted).all()
        for share in (0.9, 0.5, 0.4, 0.05, 0.6, 1):  # fewer are asked for, then others
            among = rng.random(stop - first) < share
            found = held.below(own, least, first, stop, among)
            assert (found[:, among] == wanted[:, among]).all() and not (found & ~wanted).any()


def test_a_sieve_is_made_only_for_many_centres_and_where_it_fits(monkeypatch):
    held = bits.Bits.of([np.ones((60, 70), np.uint8)], 60, 70)
    assert held._sieves(bits._MANY) and not held._sieves(bits._MANY - 1)
    monkeypatch.setattr(bits, "_BYTES", sieve.sieve_bytes(60, 70) - 1)
    assert not held._sieves(bits._MANY)
    wide = bits.Bits.of([np.ones((1, sieve.MOST_FIELDS + 1), np.uint8)], 1, sieve.MOST_FIELDS + 1)
    monkeypatch.setattr(bits, "_BYTES", 2**40)
    assert held._sieves(bits._MANY) and not wide._sieves(bits._MANY)


def test_no_field_of_a_number_is_carried_into_the_next():
    """All ones, the largest sums there are, in a full chunk and one more."""
    for n in (254, 255, 508):
        ones = np.ones((12, n), np.uint8)
        held = bits.Bits.of([np.zeros((3, n), np.uint8), ones], 15, n)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sieve, "_SHARE", -1)  # all hyperplanes are taken
            made = sieve.Sieve(held._numbers, 0, 3, np.arange(3), np.full(3, n))
            patch.setattr(sieve, "_NEAREST", 1)
            assert made.least(np.arange(3)).tolist() == [n] * 3
        for cell in made._rivals:
            assert len(cell._taken) == n and cell._values.max() == 2.0**52
            assert all(chunk.stop - chunk.start <= 254 for chunk in cell._chunks)
            masks = [np.ones((chunk.stop - chunk.start + 1, 2)) for chunk in cell._chunks]
            for parts, _ in cell._parts(masks, slice(None)):
                assert set(parts[..., : 6 if len(masks) == 1 else 3].ravel().tolist()) == {n}


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
                patch.setattr(bits, "_MANY", int(rng.choice([1, 10**9])))
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
        monkeypatch.setattr(bits, "_MANY", many)
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
    monkeypatch.setattr(bits, "_MANY", 1)
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
