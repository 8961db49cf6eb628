"""The classifier and the regressor for scikit-learn."""

import pickle
import warnings
from fractions import Fraction

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, EfficiencyWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import mem_lib as ml
from mem_lib.constructions import REGISTRY

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.EfficiencyWarning")


def _iris():
    X, y = load_iris(return_X_y=True, as_frame=False)
    names = np.array(["setosa", "versicolor", "virginica"])
    rows = np.sort(np.unique(X, axis=0, return_index=True)[1])
    return X[rows], names[y[rows]]


X, Y = _iris()


@parametrize_with_checks(
    [ml.Memorizer(), ml.MemorizerRegressor("two_layer"), ml.Memorizer("generalization.spike")],
)
def test_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [
        ml.Memorizer("optimal_relu"),
        ml.Memorizer("deep_threshold", clear=True),
        ml.Memorizer(ml.generalization.Condensed()),
        ml.Memorizer(rounding_bits=20, seed=3),
        ml.MemorizerRegressor(),
    ],
)
def test_the_checks_of_scikit_learn_with_more_constructions(estimator, check):
    check(estimator)


# -- what a fit gives ----------------------------------------------------------------------------


def test_a_fit_builds_verifies_and_gives_names():
    memorizer = ml.Memorizer("generalization").fit(X, Y)
    assert (memorizer.predict(X) == Y).all() and memorizer.score(X, Y) == 1
    assert memorizer.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    dataset = ml.Dataset.from_arrays(X, Y)
    assert memorizer.network_ == ml.build(dataset, "generalization", seed=0)
    assert memorizer.certificate_ == ml.verify(memorizer.network_, dataset)
    assert memorizer.certificate_.ok and memorizer.n_features_in_ == 4
    assert memorizer.decided(X).all()


@pytest.mark.parametrize("y", [[-1, 1, -1], [True, False, True], ["b", "a", "b"], [0.5, 3.0, 0.5]])
def test_labels_of_any_kind_come_back_as_they_were(y):
    y = np.array(y)
    if y.dtype.kind == "f":
        with pytest.raises(ValueError, match="Unknown label type: continuous"):
            ml.Memorizer().fit([[0.0], [1.0], [2.0]], y)
        y = np.ceil(y)
    found = ml.Memorizer("optimal_relu").fit([[0.0], [1.0], [2.0]], y).predict([[1.0], [2.0]])
    assert found.dtype == y.dtype and found.tolist() == y[1:].tolist()


@pytest.mark.parametrize("name", list(REGISTRY))
def test_every_construction_memorizes_two_classes(name):
    data = ml.data.moment_curve(N=9, d=2)
    names = np.array(["no", "yes"])[data.labels]
    parameters = {} if REGISTRY[name].exact else {"relative_error": 0.01}
    memorizer = ml.Memorizer(name, **parameters).fit(data.points, names)
    assert memorizer.certificate_ and memorizer.decided(data.points).all()
    assert (memorizer.predict(data.points) == names).all()
    scores = memorizer.decision_function(data.points)
    assert scores.shape == (9,) and ((scores > 0) == (names == "yes")).all()


def test_an_approximation_that_does_not_memorize_warns(monkeypatch):
    memorizer = ml.Memorizer("two_layer.ntk").fit(X, Y)
    assert memorizer.certificate_ and memorizer.certificate_.tolerance == Fraction(2, 5)
    monkeypatch.setattr("mem_lib.estimator.allowed_error", lambda *_: Fraction(1, 50))
    with pytest.warns(ConvergenceWarning, match="NOT memorized") as got:
        memorizer.fit(X, Y)
    assert got[-1].filename == __file__ and not memorizer.certificate_
    assert 0 < memorizer.decided(X).sum() == memorizer.certificate_.correct < len(X)


def test_integers_are_taken_as_they_are():
    big = [[2**60], [2**60 + 1], [2**60 + 2]]  # one float64
    memorizer = ml.Memorizer("optimal_relu").fit(big, [0, 1, 0])
    assert memorizer.predict(big).tolist() == [0, 1, 0]
    with pytest.raises(ml.InvalidDataset, match="equal but labels"):
        ml.Memorizer("optimal_relu").fit(np.array(big, dtype=float), [0, 1, 0])


# -- where the readout is undecided --------------------------------------------------------------


def told(readout, outputs, classes, denominator=1):
    """A fitted classifier whose network gives these outputs at any point."""
    layer = ml.Layer(np.zeros((len(outputs), 1), dtype=int), outputs, "identity")
    fitted = ml.Memorizer().fit(np.arange(classes)[:, None], list("abc"[:classes]))
    fitted.network_ = ml.Network([layer], output_denominator=denominator, readout=readout)
    return fitted


@pytest.mark.parametrize(
    ("readout", "outputs", "classes", "predicted", "shares"),
    [
        ("argmax", [3, 3, 1], 3, "a", [0.5, 0.5, 0]),
        ("onehot", [0, 0, -1], 3, "a", [0.5, 0.5, 0]),
        ("onehot", [1, 2, -1], 3, "b", [0, 1, 0]),
        ("sign", [0], 2, "a", [0.5, 0.5]),
        ("value", [3], 2, "b", None),  # 3/2
        ("value", [14], 3, "c", None),
        ("value", [-5], 3, "a", None),
        ("value", [1], 2, "a", None),  # 1/2
    ],
)
def test_an_undecided_point_gets_the_nearest_class(readout, outputs, classes, predicted, shares):
    fitted = told(readout, outputs, classes, denominator=2)
    assert ml.predict(fitted.network_, [[0]])[0] in (-1, 7)  # 7 = 14/2 is none of three classes
    assert fitted.decided([[0.0]]).tolist() == [False]
    assert fitted.predict([[0.0]]).tolist() == [predicted]
    if shares is None:
        assert not hasattr(fitted, "predict_proba")
    else:
        assert fitted.predict_proba([[0.0]]).tolist() == [shares]


@pytest.mark.parametrize(
    ("readout", "outputs", "classes", "scores"),
    [
        ("argmax", [3, 4, 1], 3, [[1.5, 2.0, 0.5]]),
        ("onehot", [-1, 3], 2, [2.0]),
        ("sign", [-3], 2, [-1.5]),
        ("value", [2], 2, [1.0]),
        ("value", [2], 3, [[-1.0, 0.0, -1.0]]),
        ("argmax", [0, 2 * 10**400, -(2 * 10**400)], 3, [[0.0, np.inf, -np.inf]]),
    ],
)
def test_scores_are_the_outputs(readout, outputs, classes, scores):
    fitted = told(readout, outputs, classes, denominator=2)
    assert fitted.decision_function([[0.0]]).tolist() == scores
    assert fitted.decided([[0.0]]).tolist() == [True]


def test_probabilities_are_there_after_a_fit_whose_readout_names_a_class():
    assert not hasattr(ml.Memorizer(), "predict_proba")
    memorizer = ml.Memorizer().fit(X, Y)
    assert (memorizer.predict_proba(X) == (Y[:, None] == memorizer.classes_)).all()
    with pytest.raises(AttributeError, match="'Memorizer' has no attribute 'predict_proba'"):
        ml.Memorizer("optimal_relu").fit(X, Y).predict_proba(X)


def test_one_class_is_valid():
    for name in ("generalization", "optimal_relu", "beyond_worst_case", "two_layer.threshold"):
        memorizer = ml.Memorizer(name).fit([[0.0], [1.0]], ["only", "only"])
        assert memorizer.certificate_ and memorizer.predict([[7.0]]).tolist() == ["only"]


# -- parameters ----------------------------------------------------------------------------------


def test_parameters_of_the_construction_are_parameters():
    memorizer = ml.Memorizer("optimal_relu.narrow", folder_size=5, seed=2)
    assert memorizer.get_params() == {
        "construction": "optimal_relu.narrow", "seed": 2, "rounding_bits": None, "folder_size": 5,
    }  # fmt: skip
    other = clone(memorizer).set_params(folder_size=7, max_weight_bits=60)
    assert other.get_params()["folder_size"] == 7 and memorizer.get_params()["folder_size"] == 5
    assert "folder_size=5" in repr(memorizer) and "folder_size" in memorizer._repr_html_()
    named = ml.Memorizer("optimal_relu.narrow", folder_size=5, seed=2).fit(X, Y)
    by_object = ml.Memorizer(ml.optimal_relu.Narrow(folder_size=5), seed=2)
    assert clone(by_object).fit(X, Y).network_ == named.network_
    assert memorizer.set_params(folder_size=None).fit(X, Y).network_ != named.network_


def test_a_name_that_nobody_knows_is_refused_and_changes_nothing():
    memorizer = ml.Memorizer("optimal_relu.narrow", folder_size=5)
    before = memorizer.get_params()
    with pytest.raises(ml.InvalidArgument, match=r"^folder: neither the .* there are .*got 3"):
        memorizer.set_params(folder=3, seed=9)
    assert memorizer.get_params() == before
    memorizer.set_params(construction="two_layer")  # `fit` says what does not go together
    with pytest.raises(ml.InvalidArgument, match=r"^folder_size: it means nothing to 'two_layer"):
        memorizer.fit(X, Y)


@pytest.mark.parametrize(
    ("memorizer", "error", "message"),
    [
        (ml.Memorizer("none"), ml.InvalidArgument, "^construction: one of "),
        (ml.Memorizer(3), ml.InvalidArgument, "^construction: one of "),
        (ml.Memorizer("optimal_relu", folder_size=0), ml.InvalidArgument, "^folder_size: "),
        (ml.Memorizer(ml.optimal_relu.Narrow(), folder_size=3), ml.InvalidArgument, "^folder_size"),
        (ml.Memorizer(seed=-1), ml.InvalidArgument, "^seed: a whole number >= 0"),
        (ml.Memorizer(rounding_bits=0.5), ml.InvalidArgument, "^rounding_bits: a whole number"),
        (ml.Memorizer("two_layer.threshold"), ml.HypothesisViolated, "^y: Only binary .* got 3"),
        (ml.MemorizerRegressor("generalization"), ml.HypothesisViolated, "got real targets"),
    ],
)
def test_a_fit_says_what_is_wrong(memorizer, error, message):
    y = X[:, 0] if isinstance(memorizer, ml.MemorizerRegressor) else Y
    with pytest.raises(error, match=message):
        memorizer.fit(X, y)


def test_equal_points_with_different_labels_are_refused():
    with pytest.raises(ml.InvalidDataset, match=r"points\[0\] and points\[2\] are equal"):
        ml.Memorizer().fit([[0.0], [1.0], [0.0]], ["a", "b", "b"])
    assert ml.Memorizer().fit([[0.0], [1.0], [0.0]], ["a", "b", "a"]).certificate_.points == 3


@pytest.mark.parametrize("method", ["predict", "decided", "decision_function"])
def test_nothing_is_said_before_a_fit_or_of_other_points(method):
    with pytest.raises(NotFittedError):
        getattr(ml.Memorizer(), method)(X)
    with pytest.raises(ValueError, match="3 features, but Memorizer is expecting 4"):
        getattr(ml.Memorizer().fit(X, Y), method)(X[:, :3])


def test_a_grid_search_over_parameters_and_constructions():
    grid = [
        {"construction": ["optimal_relu.narrow"], "folder_size": [3, 9]},
        {"construction": ["generalization", ml.generalization.Condensed()]},
    ]
    search = GridSearchCV(ml.Memorizer(), grid, cv=3).fit(X, Y)
    assert search.best_score_ > 0.8
    assert search.best_params_["construction"] == "generalization"
    scores = search.cv_results_["mean_test_score"]
    assert scores.shape == (4,) and scores[:2].max() < scores[2]
    with pytest.raises(ml.InvalidArgument, match=r"^fold: neither"):
        GridSearchCV(ml.Memorizer(), {"fold": [1]}, cv=3).fit(X, Y)


def test_a_fitted_memorizer_is_pickled():
    memorizer = ml.Memorizer("optimal_relu.narrow", folder_size=5).fit(X, Y)
    other = pickle.loads(pickle.dumps(memorizer))
    assert other.network_ == memorizer.network_ and other.get_params() == memorizer.get_params()
    assert (other.predict(X) == Y).all()


# -- rounding ------------------------------------------------------------------------------------


def test_behind_a_scaler_with_and_without_rounding():
    shifts = []
    for bits in (None, 20):
        line = make_pipeline(StandardScaler(), ml.Memorizer(rounding_bits=bits)).fit(X, Y)
        assert line.score(X, Y) == 1 and line[-1].certificate_
        assert cross_val_score(line, X, Y, cv=3).mean() > 0.9
        shifts.append(line[-1].network_.input_shift)
    assert shifts[0] >= 50 and shifts[1] == 20


def test_many_bits_get_a_hint_and_few_do_not():
    with pytest.warns(EfficiencyWarning, match=r"^X: .* grid of 2\^-\d\d.*rounding_bits=20") as got:
        ml.Memorizer().fit(X / 7, Y)
    assert got[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ml.Memorizer(rounding_bits=20).fit(X / 7, Y)
        ml.Memorizer().fit(np.round(X * 2**20) / 2**20, Y)


def test_new_points_are_rounded_as_those_of_the_fit():
    memorizer = ml.Memorizer("optimal_relu", rounding_bits=2).fit(
        [[0.1], [0.9], [2.2]], list("aba")
    )
    assert memorizer.network_ == ml.build(
        ml.Dataset([[0.0], [1.0], [2.25]], [0, 1, 0], names=["a", "b"]), "optimal_relu"
    )
    near = [[-0.12], [1.12], [2.3]]
    assert memorizer.decided(near).all() and memorizer.predict(near).tolist() == list("aba")
    assert memorizer.set_params(rounding_bits=None).predict(near).tolist() == list("aba")
    with pytest.raises(ml.InvalidDataset, match=r"grid 2\^-0: points\[0\] and points\[1\]"):
        ml.Memorizer(rounding_bits=0).fit([[0.1], [0.2]], ["a", "b"])


# -- targets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, cls in REGISTRY.items() if cls.takes_targets])
def test_every_regressor_gives_its_targets(name):
    data = ml.data.moment_curve(N=9, d=2)
    targets = np.array([0.5, -1.25, 3, 0, 0.125, 7, -2, 1, 0.75])
    exact = REGISTRY[name].exact
    parameters = {} if exact else {"relative_error": 0.01}
    memorizer = ml.MemorizerRegressor(name, **parameters).fit(data.points, targets)
    error = np.abs(memorizer.predict(data.points) - targets).max()
    assert memorizer.certificate_ and abs(error - memorizer.certificate_.max_error) < 1e-12
    assert (error == 0) == exact and not hasattr(memorizer, "classes_")


def test_targets_are_taken_as_they_are():
    memorizer = ml.MemorizerRegressor().fit([[0], [1]], [Fraction(1, 3), Fraction(5, 3)])
    assert memorizer.network_([[0], [1]])[:, 0].tolist() == [Fraction(1, 3), Fraction(5, 3)]
    assert memorizer.predict([[0], [1]]).tolist() == [1 / 3, 5 / 3]
    with pytest.raises(ml.InvalidDataset, match="equal but targets"):
        ml.MemorizerRegressor().fit([[0], [0]], [1.5, 2.5])
    with pytest.raises(ValueError, match="Input y contains NaN"):
        ml.MemorizerRegressor().fit([[0], [1]], [1.5, float("nan")])
