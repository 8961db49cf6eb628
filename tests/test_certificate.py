"""verify: what is right, what is wrong, and what is refused."""

import json
import re
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib._base import text
from mem_lib.certificate import file
from mem_lib.exact import engine


def identity(d, **kwargs):
    return ml.Network([ml.Layer(np.eye(d, dtype=int), [0] * d, "identity")], **kwargs)


def line(points, labels, **kwargs):
    return ml.Dataset(np.array(points)[:, None], labels, **kwargs)


def test_value_readout():
    certificate = ml.verify(identity(1), line([0, 1, 3], [0, 1, 3]))
    assert certificate.ok and certificate
    assert (certificate.points, certificate.correct) == (3, 3)
    assert certificate.slack == 1 and certificate.max_error == 0
    assert certificate.counterexample is None and certificate.ties == 0
    assert certificate.max_bits == 2


def test_value_readout_with_a_wrong_row():
    certificate = ml.verify(identity(1, output_denominator=2), line([0, 2, 5], [0, 1, 2]))
    assert not certificate.ok and certificate.correct == 2
    assert certificate.slack == 0 and certificate.max_error == Fraction(1, 2)
    wrong = certificate.counterexample
    assert (wrong.row, wrong.expected, wrong.outputs) == (2, 2, (Fraction(5, 2),))
    assert wrong.predicted == -1


def test_tolerance_on_labels():
    network, data = identity(1, output_denominator=4), line([1, 3], [0, 1])
    assert not ml.verify(network, data)
    near = ml.verify(network, data, tolerance=Fraction(1, 4))
    assert near.ok and near.max_error == Fraction(1, 4) and near.slack == Fraction(3, 4)


def test_targets():
    data = ml.Dataset([[1], [2]], targets=[0.5, 1.0])
    assert ml.verify(identity(1, output_denominator=2), data).ok
    off = ml.verify(identity(1, output_denominator=3), data)
    assert not off.ok and off.max_error == Fraction(1, 3) and off.slack is None
    assert off.counterexample.expected == Fraction(1, 2) and off.counterexample.predicted is None
    assert ml.verify(identity(1, output_denominator=3), data, tolerance=Fraction(1, 3)).ok


def test_sign_readout_is_undecided_at_zero():
    network = identity(1, readout="sign", output_denominator=2)
    assert ml.verify(network, line([-3, 1], [0, 1])).slack == Fraction(1, 2)
    tied = ml.verify(network, line([-3, 0], [0, 1]))
    assert not tied.ok and tied.counterexample.predicted == -1


def test_onehot_readout():
    network = identity(2, readout="onehot")
    good = ml.Dataset([[2, -1], [-3, 1]], [0, 1])
    assert ml.verify(network, good).slack == 1
    for outputs in ([1, 1], [0, -1], [-1, 2], [0, 0]):
        certificate = ml.verify(network, ml.Dataset([outputs, [-3, 1]], [0, 1]))
        assert not certificate.ok and certificate.slack == 0 and certificate.correct == 1


def test_argmax_readout():
    network = identity(3, readout="argmax")
    data = ml.Dataset([[5, 1, 2], [0, 0, 1], [-5, -1, -3]], [0, 2, 1])
    assert ml.verify(network, data).slack == 1
    assert not ml.verify(network, ml.Dataset([[5, 5, 2], [0, 0, 1]], [0, 2]))


def test_one_class_and_one_point():
    silent = ml.Network([ml.Layer([[0]], [0], "identity")])
    certificate = ml.verify(silent, line([7], [0]))
    assert certificate.ok and certificate.slack is None
    assert not ml.verify(silent, line([7], [1], classes=2))


def test_a_tie_is_never_verified():
    step = ml.Network([ml.Layer([[1]], [0], "threshold"), ml.Layer([[1]], [0], "identity")])
    assert ml.verify(step, line([-1, 1], [0, 1])).ok
    tied = ml.verify(step, line([-1, 0], [0, 1]))
    assert tied.correct == 2 and tied.ties == 1 and not tied.ok


def test_points_finer_than_the_network():
    step = ml.Network([ml.Layer([[2]], [-1], "threshold"), ml.Layer([[1]], [0], "identity")])
    data = line([0.5 - 2.0**-30, 0.5 + 2.0**-30], [0, 1])
    certificate = ml.verify(step, data)
    assert certificate.ok and certificate.network_sha256 == step.sha256


def test_repeated_points_count_as_rows():
    certificate = ml.verify(identity(1), line([1, 1, 0], [1, 1, 0]))
    assert certificate.points == certificate.correct == 3


def test_certificate_does_not_depend_on_workers_or_chunks(monkeypatch):

    rng = np.random.default_rng(0)
    points = rng.integers(-50, 50, (300, 2))
    data = ml.Dataset(points, (points[:, 0] > 0).astype(int))
    network = ml.Network(
        [ml.Layer([[2, 0], [1, 1]], [-1, 3], "threshold"), ml.Layer([[1, 0]], [0], "identity")]
    )
    whole = ml.verify(network, data, workers=1)
    monkeypatch.setattr(engine, "MOST_POINTS", 7)
    for workers in (1, 3):
        again = ml.verify(network, data, workers=workers)
        assert again == whole and str(again) == str(whole)


def test_huge_outputs_are_judged_exactly():
    big = 2**61
    network = ml.Network([ml.Layer([[big]], [0], "identity")], output_denominator=big)
    assert ml.verify(network, line([0, 1, 2], [0, 1, 2])).ok
    wrong = ml.Network([ml.Layer([[big]], [1], "identity")], output_denominator=big)
    assert ml.verify(wrong, line([0, 1], [0, 1])).max_error == Fraction(1, big)


def test_prints_as_one_line_and_as_a_table():
    certificate = ml.verify(identity(1), line([0, 1], [0, 1]))
    assert "memorized: 2 of 2 points right" in str(certificate) and "\n" not in str(certificate)
    assert "2 of 2" in certificate._repr_html_()
    assert "seconds" not in repr(certificate)
    assert "NOT memorized" in str(ml.verify(identity(1), line([0, 2], [0, 1])))


@pytest.mark.parametrize("labels", [[0, 1], [0, 0]])
def test_certificate_file(tmp_path, labels):
    network, data = identity(1), line([0, 1], labels, classes=2)
    certificate = ml.verify(network, data)
    certificate.save(tmp_path / "c.json")
    loaded = ml.Certificate.load(tmp_path / "c.json")
    assert loaded == certificate
    loaded.check(network, data)


def test_every_changed_digit_of_a_certificate_is_noticed(tmp_path):
    path = tmp_path / "c.json"
    ml.verify(identity(1), line([0, 1, 5], [0, 1, 2])).save(path)
    text = path.read_text()
    changed = 0
    for i, character in enumerate(text):
        if character.isdigit():
            path.write_text(text[:i] + str((int(character) + 1) % 10) + text[i + 1 :])
            with pytest.raises(ml.InvalidCertificate, match="path"):
                ml.Certificate.load(path)
            changed += 1
    assert changed > 50


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 10**5, '{"format": 1}', '{"sha256": NaN}', '{"a": "\ud800"}'],
)
def test_what_is_no_certificate(tmp_path, text):
    path = tmp_path / "c.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ml.InvalidCertificate, match="path"):
        ml.Certificate.load(path)


def test_certificate_of_another_format(tmp_path):
    from mem_lib.certificate.file import digest

    path = tmp_path / "c.json"
    for content in ({"format": "x", "version": 1}, {"format": "mem_lib.certificate", "version": 9}):
        path.write_text(json.dumps({**content, "sha256": digest(content)}))
        with pytest.raises(ml.InvalidCertificate, match="format"):
            ml.Certificate.load(path)


def test_check_runs_again_and_returns_what_it_found(tmp_path):
    network, data = identity(1), line([0, 1, 5], [0, 1, 2])
    ml.verify(network, data).save(tmp_path / "c.json")
    stated = ml.Certificate.load(tmp_path / "c.json")
    fresh = stated.check(network, data, workers=2, progress=False, checkpoint=tmp_path / "run")
    assert fresh == stated and fresh is not stated
    assert stated.seconds is None and fresh.seconds > 0
    assert not fresh and fresh.counterexample.row == 2
    with pytest.raises(ml.InvalidArgument, match="workers"):
        stated.check(network, data, workers=0)
    with pytest.raises(TypeError, match="tolerance"):
        stated.check(network, data, tolerance=0)


def test_a_missing_certificate(tmp_path):
    with pytest.raises(FileNotFoundError, match="none"):
        ml.Certificate.load(tmp_path / "none.json")


def test_a_table_says_what_there_is_to_say():
    right = ml.verify(identity(1), line([0, 1], [0, 1]))._repr_html_()
    assert "memorized: every point gets its own answer, exactly" in right
    assert "2 of 2 right" in right and "1: no output is nearer to a wrong answer" in right
    for nothing in ("first wrong row", "ties", "largest error", "allowed"):
        assert nothing not in right
    wrong = ml.verify(identity(1), line([0, 3], [0, 1]))._repr_html_()
    assert "not memorized" in wrong and "row 1: expected 1, the network gives 3" in wrong
    assert "slack" not in wrong and "largest error" in wrong
    near = ml.verify(
        identity(1, output_denominator=4), line([1, 3], [0, 1]), tolerance=Fraction(1, 4)
    )._repr_html_()
    assert "within the allowed error" in near and ">1/4<" in near
    step = ml.Network([ml.Layer([[1]], [0], "threshold"), ml.Layer([[1]], [0], "identity")])
    assert "1 times a threshold unit" in ml.verify(step, line([-1, 0], [0, 1]))._repr_html_()


def test_the_former_name_of_slack(tmp_path):
    """A margin is a distance of points; files and programs that say it are still understood."""
    network, data = identity(1), line([0, 1], [0, 1])
    certificate = ml.verify(network, data)
    with pytest.warns(DeprecationWarning, match="slack"):
        assert certificate.margin == certificate.slack == 1
    content = certificate._content()
    old = {"margin" if name == "slack" else name: value for name, value in content.items()}
    file.save(tmp_path / "old.json", old)
    assert ml.Certificate.load(tmp_path / "old.json") == certificate
    file.save(tmp_path / "both.json", content | {"margin": "1"})
    file.save(tmp_path / "none.json", {k: v for k, v in content.items() if k != "slack"})
    for name in ("both", "none"):
        with pytest.raises(ml.InvalidCertificate, match="is not a certificate of this format"):
            ml.Certificate.load(tmp_path / f"{name}.json")


def test_no_verdict_on_rows_that_were_not_run(monkeypatch):
    """An error in the engine, not an assertion, which ``python -O`` leaves out."""
    chunks = "mem_lib.exact.chunks.Chunks.run"
    monkeypatch.setattr(chunks, lambda self, workers, progress, done: iter(()))
    with pytest.raises(RuntimeError, match="0 of 2 rows"):
        ml.verify(identity(1), line([0, 1], [0, 1]))


def test_check_names_what_does_not_belong():
    network, data = identity(1), line([0, 1], [0, 1])
    certificate = ml.verify(network, data)
    one_digit_off = ml.Network([ml.Layer([[1]], [1], "identity")])
    with pytest.raises(ml.InvalidCertificate, match="network"):
        certificate.check(one_digit_off, data)
    with pytest.raises(ml.InvalidCertificate, match="dataset"):
        certificate.check(network, line([0, 1], [0, 1], classes=3))
    from dataclasses import replace

    with pytest.raises(ml.InvalidCertificate, match="slack"):
        replace(certificate, slack=Fraction(7)).check(network, data)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (identity(2, readout="argmax"), "2 inputs"),
        (ml.Network([ml.Layer([[1], [1]], [0, 0], "identity")], readout="onehot"), "2 outputs"),
        (identity(1, readout="sign"), "'sign' tells 2 classes"),
    ],
)
def test_networks_that_do_not_fit(network, message):
    with pytest.raises(ml.InvalidNetwork, match=message):
        ml.verify(network, line([0, 1, 2], [0, 1, 2]))


def test_targets_need_values():
    with pytest.raises(ml.InvalidNetwork, match="'value'"):
        ml.verify(identity(1, readout="sign"), ml.Dataset([[1]], targets=[0.5]))


@pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf"), "x", None])
def test_bad_tolerance(tolerance):
    with pytest.raises(ml.InvalidArgument, match="tolerance"):
        ml.verify(identity(1), line([0], [0]), tolerance=tolerance)


def test_tolerance_needs_values():
    with pytest.raises(ml.InvalidArgument, match="tolerance"):
        ml.verify(identity(1, readout="sign"), line([-1], [0]), tolerance=1)


@pytest.mark.parametrize("tolerance", [Fraction(1, 2), 5])
def test_tolerance_on_labels_is_below_one_half(tolerance):
    with pytest.raises(ml.InvalidArgument, match="tolerance: labels differ by 1"):
        ml.verify(identity(1), line([0], [0]), tolerance=tolerance)


@pytest.mark.parametrize("tolerance", [np.float32(0.25), np.float64(0.25), 0.25, Fraction(1, 4)])
def test_tolerance_of_any_number_type(tolerance):
    network = identity(1, output_denominator=4)
    assert ml.verify(network, line([1, 3], [0, 1]), tolerance=tolerance).ok


def test_tolerance_is_part_of_the_certificate(tmp_path):
    network, data = identity(1, output_denominator=3), line([0, 4, 8], [0, 1, 2])
    certificate = ml.verify(network, data, tolerance=Fraction(1, 3))
    assert certificate.correct == 2 and not certificate.ok
    certificate.save(tmp_path / "c.json")
    loaded = ml.Certificate.load(tmp_path / "c.json")
    assert loaded.tolerance == Fraction(1, 3)
    loaded.check(network, data)


@pytest.mark.parametrize("workers", [0, -1, 1.5, "2", True])
def test_bad_workers(workers):
    with pytest.raises(ml.InvalidArgument, match="workers: a whole number"):
        ml.verify(identity(1), line([0], [0]), workers=workers)


@pytest.mark.parametrize(("network", "dataset"), [(None, None), ("n", 3)])
def test_other_things_are_refused(network, dataset):
    with pytest.raises(ml.InvalidArgument, match="network: a Network"):
        ml.verify(network, line([0], [0]))
    with pytest.raises(ml.InvalidArgument, match="dataset: a Dataset"):
        ml.verify(identity(1), dataset)


@pytest.mark.parametrize("bits", [100, 2000, 20000])
def test_numbers_of_any_length_are_judged_printed_and_saved(tmp_path, bits):
    """Thousands of bits are the subject of this library."""
    wide = ml.Network([ml.Layer([[2**bits]], [0], "identity")], readout="sign")
    tiny = ml.Network([ml.Layer([[1]], [0], "identity")], 0, 2**bits, "value")
    for network, data, tolerance in (
        (wide, line([-1, 1], [0, 1]), 0),
        (tiny, line([0, 1], [0, 1]), 0),
        (tiny, line([0, 1], [0, 0], classes=2), Fraction(1, 10)),
    ):
        certificate = ml.verify(network, data, tolerance=tolerance)
        assert str(certificate) and repr(certificate) and certificate._repr_html_()
        certificate.save(tmp_path / "c.json")
        assert ml.Certificate.load(tmp_path / "c.json") == certificate
    assert certificate.ok and certificate.max_error == Fraction(1, 2**bits)
    assert f"about 2^-{bits}" in str(certificate)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ok", "no"),
        ("correct", True),
        ("points", 3.0),
        ("arithmetic", 7),
        ("size", 5),
        ("size", {"depth": 1}),
        ("size", dict.fromkeys(vars(ml.verify(identity(1), line([0], [0])).size), 1.0)),
        ("slack", 5),
        ("slack", "1/0"),
        ("max_error", "x"),
        ("tolerance", None),
        ("tolerance", 0),
        ("counterexample", 5),
        ("counterexample", []),
        ("counterexample", {"row": 0}),
        ("format", [1]),
    ],
)
def test_forged_types_are_refused(tmp_path, name, value):
    path = forged(tmp_path, **{name: value})
    with pytest.raises(ml.InvalidCertificate, match="is not a certificate of this format"):
        ml.Certificate.load(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("row", "0"),
        ("row", None),
        ("row", True),
        ("predicted", "1"),
        ("predicted", [1]),
        ("predicted", False),
        ("expected", 3),
        ("outputs", 3),
        ("outputs", [0.5]),
    ],
)
def test_forged_counterexamples_are_refused(tmp_path, name, value):
    wrong = ml.verify(identity(1), line([0, 1], [0, 0])).counterexample.content()
    with pytest.raises(ml.InvalidCertificate, match="is not a certificate of this format"):
        ml.Certificate.load(forged(tmp_path, counterexample={**wrong, name: value}))
    loaded = ml.Certificate.load(forged(tmp_path, counterexample=wrong))
    assert "row 1: expected 0, the network gives 1" in str(loaded)


def forged(folder, **changed):
    """A certificate file with other entries and the checksum that belongs to them."""
    from mem_lib.certificate.file import digest

    path = folder / "c.json"
    ml.verify(identity(1), line([0], [0])).save(path)
    content = json.loads(path.read_text()) | changed
    del content["sha256"]
    path.write_text(json.dumps({**content, "sha256": digest(content)}))
    return path


def test_brackets_nested_to_any_depth_are_no_certificate(tmp_path):
    """Just below the limit of Python, 1000, they can be read and not be written again."""
    path = tmp_path / "c.json"
    for depth in range(1, 1100):
        path.write_text('{"sha256": "x", "a": ' + "[" * depth + "]" * depth + "}")
        with pytest.raises(ml.InvalidCertificate, match="path"):
            ml.Certificate.load(path)


def test_a_counterexample_on_small_integers_is_exact():
    data = ml.Dataset([[1]], targets=np.array([2], dtype=np.uint8))
    wrong = ml.verify(identity(1), data).counterexample
    assert wrong.outputs[0] - wrong.expected == -1


# --- what a refusal says -------------------------------------------------------------------------


def constant(numerators, denominator=1, readout="value", **more):
    """A network with these outputs everywhere."""
    layer = ml.Layer([[0]] * len(numerators), numerators, "identity")
    return ml.Network([layer], 0, denominator, readout, **more)


@pytest.mark.parametrize(
    ("numerator", "denominator", "advice"),
    [
        (3, 80, "a tolerance of 3/80, or 0.0375, would do"),
        (1, 10, "a tolerance of 1/10, or 0.1, would do"),
        (1, 3, "a tolerance of 1/3, or 0.334, would do"),
        (1, 10**9, "a tolerance of 1/1000000000, or 1e-9, would do"),
        (2**150, 3 * 2**150 + 1, "a tolerance of the largest error, exactly, or 0.334, would do"),
    ],
)
def test_which_tolerance_would_do(numerator, denominator, advice):
    network = constant([numerator], denominator)
    for data in (line([0], [0]), ml.Dataset([[0]], targets=[0])):
        refused = ml.verify(network, data)
        assert not refused and advice in str(refused) and advice in refused._repr_html_()
        least = Fraction(numerator, denominator)
        assert ml.verify(network, data, tolerance=least)
        assert not ml.verify(network, data, tolerance=least * (1 - Fraction(1, 10**9)))
        decimal = advice.partition(", or ")[2].partition(",")[0]
        assert not decimal or ml.verify(network, data, tolerance=Decimal(decimal))


def test_no_tolerance_would_do():
    half = ml.verify(constant([1], 2), line([0], [0]))  # as near to 1
    tie = ml.verify(
        ml.Network([ml.Layer([[1]], [0], "threshold"), ml.Layer([[1]], [0], "identity")], 0, 10),
        line([0], [0]),
    )
    right = ml.verify(constant([1], 10), line([0], [0]), tolerance=Fraction(1, 5))
    other = ml.verify(constant([0], readout="sign"), line([0], [0]))
    assert not half and not tie and right and not other
    for certificate in (half, tie, right, other):
        assert "would do" not in str(certificate) + certificate._repr_html_()
    close = ml.verify(constant([499_999], 10**6), line([0], [0]))
    assert "a tolerance of 499999/1000000, or 0.499999, would do" in str(close)
    nearly = ml.verify(constant([2**99 - 1], 2**100), line([0], [0]))
    assert f"; a tolerance of {2**99 - 1}/{2**100} would do" in str(nearly)  # 0.5 would not
    far = ml.verify(constant([7], 2), ml.Dataset([[0]], targets=[0]))  # for targets, any will
    assert "a tolerance of 7/2, or 3.5, would do" in str(far)


def test_a_tolerance_that_was_too_small():
    """Both are about 2^-20, and are seen to differ."""
    error = Fraction(1, 2**20) + Fraction(1, 2**100)
    network = constant([error.numerator], error.denominator)
    refused = ml.verify(network, line([0], [0]), tolerance=Fraction(1, 2**20))
    assert "would do" in str(refused)
    table = refused._repr_html_()
    assert ">1/1048576<" in table and ">1/1048576 and about 2^-100 more<" in table


@pytest.mark.parametrize(
    ("readout", "outputs", "words"),
    [
        ("argmax", [3, 3, 1], "; outputs 0 and 1 are equal, so the readout is undecided"),
        ("argmax", [2, 2, 2], "; outputs 0, 1 and 2 are equal, so the readout is undecided"),
        ("onehot", [1, 5, -1], "; outputs 0 and 1 are above 0, so the readout is undecided"),
        ("onehot", [-1, 0, -1], "; no output is above 0, so the readout is undecided"),
        ("argmax", [1, 3, 1], ", read as 1"),
        ("onehot", [-1, 0, 1], ", read as 2"),
        ("sign", [0], ", read as undecided"),
        ("value", [-1], ", read as undecided"),
    ],
)
def test_why_a_readout_is_undecided(tmp_path, readout, outputs, words):
    network = constant(outputs, readout=readout)
    classes = 3 if len(outputs) == 3 else 2
    certificate = ml.verify(network, line([0], [0], classes=classes))
    assert str(certificate.counterexample).endswith(words)
    tied = "are equal" in words
    assert ("no threshold unit on a tie" in str(certificate)) is tied
    assert (", no ties;" in str(certificate)) is not tied
    certificate.save(tmp_path / "c.json")
    assert str(ml.Certificate.load(tmp_path / "c.json")) == str(certificate)
    named = ml.verify(network.named(["a", "b", "c"][:classes]), line([0], [0], classes=classes))
    if tied:
        assert "outputs 0 ('a')" in str(named)


def test_many_equal_outputs_are_not_all_listed():
    certificate = ml.verify(constant([1] * 40, readout="argmax"), line([0], [0], classes=40))
    words = str(certificate.counterexample)
    assert "outputs 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 30 more are equal" in words
    assert "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ...;" in words


def test_a_certificate_of_a_former_version_says_less(tmp_path):
    """Its counterexample does not know the readout."""
    certificate = ml.verify(constant([3, 3], readout="argmax"), line([0], [0], classes=2))
    content = certificate._content()
    del content["counterexample"]["readout"]
    file.save(tmp_path / "old.json", content)
    old = ml.Certificate.load(tmp_path / "old.json")
    assert old == certificate and str(old).endswith("the network gives 3, 3, read as undecided")
    fresh = old.check(constant([3, 3], readout="argmax"), line([0], [0], classes=2))
    assert fresh == certificate and str(fresh) == str(certificate) != str(old)
    for forged in ("best", 3, None, []):
        content["counterexample"]["readout"] = forged
        file.save(tmp_path / "c.json", content)
        with pytest.raises(ml.InvalidCertificate, match="counterexample is"):
            ml.Certificate.load(tmp_path / "c.json")


A, B = Fraction(3**80, 5**80), Fraction(1, 2**2000) + Fraction(1, 3)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([Fraction(1, 3), Fraction(1, 4)], ["1/3", "1/4"]),
        ([Fraction(1, 4), Fraction(1, 4) + Fraction(1, 2**80)], None),
        ([A, A + Fraction(1, 10**25)], ["about 1.78689910e-18", "about 1.78689920e-18"]),
        ([A, A * 2, A], None),
        ([A, A], ["about 1.787e-18"] * 2),
        ([A, -A], ["about 1.787e-18", "about -1.787e-18"]),
        ([A, A - Fraction(1, 2**500)], ["about 2^-59", "about 2^-59 and about 2^-500 less"]),
        ([Fraction(1, 3), B], ["1/3", "1/3 and about 2^-2000 more"]),
        ([B, Fraction(1, 3)], ["1/3 and about 2^-2000 more", "1/3"]),
        ([Fraction(2**5000), Fraction(2**5000 + 1)], ["about 2^5000", "about 2^5000 and 1 more"]),
        ([Fraction(2**5000), Fraction(2**6000)], ["about 2^5000", "about 2^6000"]),
        ([Fraction(1, 3) + Fraction(1, 2**90), Fraction(0)], ["about 0.3333", "0"]),
        ([], []),
    ],
)
def test_different_numbers_are_seen_to_differ(values, texts):
    found = text.apart(values)
    for one, other in zip(values, found, strict=True):
        for another, word in zip(values, found, strict=True):
            assert (one == another) is (other == word)
    assert texts is None or found == texts
    assert all(len(word) < 60 for word in found)


@pytest.mark.parametrize("bits", [30, 60, 200, 3000])
def test_a_wrong_output_is_seen_to_differ_from_the_target(bits):
    network = constant([2 ** (bits - 2) + 1], 2**bits)
    wrong = str(ml.verify(network, ml.Dataset([[0]], targets=[0.25])).counterexample)
    _, expected, found = re.split("expected |, the network gives ", wrong)
    assert expected == "1/4" != found and found not in ("about 0.2500", "about 2^-2")
    assert len(wrong) < 120
    assert ml.verify(constant([2 ** (bits - 2)], 2**bits), ml.Dataset([[0]], targets=[0.25]))


@pytest.mark.parametrize("value", [Fraction(2**1100), Fraction(1, 2**1100)])
def test_no_decimal_beyond_all_measure(value):
    assert text.at_least(value) is None


@pytest.mark.parametrize("seed", range(20))
def test_decimals_are_rounded_upwards(seed):
    rng = np.random.default_rng(seed)
    numerator, denominator = (
        int(v) ** int(rng.integers(1, 200)) + 1 for v in rng.integers(2, 99, 2)
    )
    value = Fraction(numerator, denominator)
    found = text.at_least(value)
    if found is not None:
        assert value <= Fraction(found) <= value * Fraction(101, 100)
    if value < Fraction(1, 2):
        nearer = text.at_least(value, Fraction(1, 2))
        assert nearer is None or Fraction(nearer) < Fraction(1, 2)


def test_a_certificate_is_a_row_of_a_table():
    certificate = ml.verify(identity(1, output_denominator=2), line([0, 2, 5], [0, 1, 2]))
    row = certificate.as_dict()
    assert row["ok"] is False and row["max_error"] == Fraction(1, 2) and row["tolerance"] == 0
    assert row["counterexample"] == str(certificate.counterexample)
    assert {name: row[name] for name in certificate.size.as_dict()} == certificate.size.as_dict()
    own = {field.name for field in fields(certificate)} - {"size", "seconds"}
    assert set(row) == own | set(certificate.size.as_dict())
    assert len(row) == len(own) + len(certificate.size.as_dict())  # no name stands for two
    assert ml.verify(identity(1), line([0, 1], [0, 1])).as_dict()["counterexample"] is None


def test_a_decimal_is_above_what_it_rounds_by_however_little():
    """2^-5000 is beyond the digits that are looked at."""
    value = Fraction(1, 10) + Fraction(1, 2**5000)
    assert text.at_least(value) == "0.101" and text.at_least(Fraction(1, 10)) == "0.1"


@pytest.mark.parametrize("device", [None, "cpu"])
@pytest.mark.parametrize(
    ("point", "weight"), [(2**70, 0), (2**70, 1), (1, 2**70), (1, 1), (2**62, 0), (2**61, 0)]
)
def test_numbers_beyond_machine_integers_are_told(point, weight, device):
    """Also where a weight of 0 lets nothing of a long point through."""
    if device is not None:
        pytest.importorskip("torch")
    network = ml.Network([ml.Layer([[weight]], [1], "identity")], readout="sign")
    dataset = ml.Dataset([[point], [point + 1]], [1, 1], classes=2)
    arithmetic = ml.verify(network, dataset, device=device).arithmetic
    beyond = ("Python integers", "digits of 48 bits")
    assert any(words in arithmetic for words in beyond) is (max(point, weight) >= 2**62)
    assert arithmetic
