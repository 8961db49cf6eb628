"""scikit-learn's words for ``build``, ``verify`` and ``predict``: estimators that memorize.

:class:`Memorizer` is a classifier over any construction, :class:`MemorizerRegressor` a regressor
over those that take real targets.  Both build an exact network in ``fit`` and verify it there at
every training point.

*What a network says of new points.*  At a training point its readout is decided.  Elsewhere it need
not be: outputs may tie, or lie between two labels.  A class is given all the same, the one that is
nearest: each class has a *score*, and ``predict`` takes the largest, the first of those that tie.

* readouts ``"onehot"`` and ``"argmax"``: the score of class c is output c;
* ``"sign"``: the output for class 1, 0 for class 0;
* ``"value"``: minus the distance of the output from c.

Where the readout is decided this is its label.  ``decided`` tells where that is.

scikit-learn is optional; without it, importing this module raises ``ImportError``.
"""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.extras import need
from mem_lib._base.numbers import numbers_of
from mem_lib.certificate import Certificate, verify
from mem_lib.comparison import allowed_error
from mem_lib.constructions import REGISTRY, Construction, Named, made
from mem_lib.data import Dataset, grid
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown
from mem_lib.exact import evaluate
from mem_lib.network import Network
from mem_lib.network.readout import READ

need("sklearn", "Memorizer")  # before a line below says it in Python's words

from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin  # noqa: E402
from sklearn.exceptions import ConvergenceWarning, EfficiencyWarning  # noqa: E402
from sklearn.utils.metaestimators import available_if  # noqa: E402
from sklearn.utils.multiclass import check_classification_targets  # noqa: E402
from sklearn.utils.validation import (  # noqa: E402
    check_is_fitted,
    column_or_1d,
    validate_data,
)

#: Points on grids finer than 2^-FINE get a hint: few data are measured so finely, and every bit of
#: a point is a bit of weights.
FINE = 40


class _Memorizes(BaseEstimator):  # type: ignore[misc]
    """What both estimators share: parameters, points, and a fit that is verified."""

    network_: Network
    certificate_: Certificate
    _bits: int | None

    def __init__(
        self, construction: Named, *, seed: int, rounding_bits: int | None, **parameters: Any
    ) -> None:
        self.construction = construction
        self.seed = seed
        self.rounding_bits = rounding_bits
        self._parameters = parameters  # of the construction; `fit` checks them

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters of the estimator, and those of the construction that were given."""
        return super().get_params(deep=deep) | self._parameters

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the estimator or of the construction; None there is the default.

        Raises ``InvalidArgument`` for a name that neither knows.
        """
        own = {k: v for k, v in params.items() if k.partition("__")[0] in self._get_param_names()}
        given = {k: v for k, v in params.items() if k not in own}
        known = _parameters_of(own.get("construction", self.construction))
        for name in given.keys() - self._parameters.keys():
            if known is not None and name not in known:
                raise InvalidArgument(
                    f"{name}: neither the estimator nor its construction has this parameter; "
                    f"there are {', '.join([*self._get_param_names(), *known])}; got "
                    f"{shown(given[name])}"
                )
        super().set_params(**own)
        self._parameters = self._parameters | given
        return self

    def _memorize(self, dataset: Dataset) -> Self:
        self._bits = self.rounding_bits  # what `predict` rounds to, whatever is set until then
        if self._bits is not None:
            dataset = dataset.rounded(integer_in(self._bits, "rounding_bits", -1024, 1074))
        elif dataset.shift > FINE:
            warnings.warn(
                f"X: its points need a grid of 2^-{dataset.shift}, and weights grow with it; "
                "rounding_bits=20 rounds them to multiples of 2^-20, in fit and predict alike",
                EfficiencyWarning,
                stacklevel=3,
            )
        construction = made(self.construction, **self._parameters)
        network = construction.build(dataset, seed=self.seed, progress=False)
        tolerance = allowed_error(construction, network, dataset)
        self.network_ = network
        self.certificate_ = verify(network, dataset, tolerance=tolerance, progress=False)
        if not self.certificate_:
            warnings.warn(f"{self.certificate_}", ConvergenceWarning, stacklevel=3)
        return self

    def _evaluated(self, X: Any) -> tuple[np.ndarray, int]:
        """Exact outputs at the points, rounded as those of ``fit`` were."""
        check_is_fitted(self)
        validate_data(self, X, reset=False)
        points = numbers_of("X", X)
        if self._bits is not None:
            points = grid.rounded(points, self._bits)
        return evaluate(self.network_, points)


class Memorizer(ClassifierMixin, _Memorizes):  # type: ignore[misc]
    """A classifier that knows its training points by heart: an exact network and its certificate.

    Parameters
    ----------
    construction : a name such as ``"optimal_relu.narrow"``, a chapter's slug, or an object such as
        ``ml.optimal_relu.Narrow(max_weight_bits=51)``.
    seed : a whole number >= 0, from which everything random is drawn.
    rounding_bits : rounds points to multiples of 2^-rounding_bits, in ``fit`` and in ``predict``
        alike; ``fit`` refuses where differently labelled points would coincide.  None keeps every
        bit, and warns where there are many, as after a ``StandardScaler``: weights grow with them.
        (The fits of ``two_layer`` call a parameter of theirs so; give it in an object.)
    parameters : of the construction, where it is given by name.

    Attributes
    ----------
    network_ : the ``Network``
    certificate_ : the ``Certificate`` of the training points, as rounded
    classes_ : the sorted distinct labels; class c of the network is ``classes_[c]``
    n_features_in_, feature_names_in_ : as everywhere in scikit-learn

    Numbers in ``X`` are taken as they are, integers beyond 2^53 too.  Warns
    (``ConvergenceWarning``) where an approximation does not memorize, which the certificate then
    says too.

    >>> import mem_lib as ml
    >>> X, y = [[0.0, 0.5], [1.0, 1.0], [2.0, 0.25]], ["dog", "cat", "dog"]
    >>> memorizer = ml.Memorizer("generalization").fit(X, y)
    >>> memorizer.predict([[0.25, 0.5], [1.0, 0.75]]).tolist()
    ['dog', 'cat']
    >>> bool(memorizer.certificate_), memorizer.network_.size.depth
    (True, 2)
    """

    classes_: np.ndarray

    def __init__(
        self,
        construction: Named = "generalization",
        *,
        seed: int = 0,
        rounding_bits: int | None = None,
        **parameters: Any,
    ) -> None:
        super().__init__(construction, seed=seed, rounding_bits=rounding_bits, **parameters)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = self._tells_many()
        return tags

    def _tells_many(self) -> bool:
        cls = _class_of(self.construction)
        return cls is None or cls.most_classes != 2

    def fit(self, X: Any, y: Any) -> Self:
        """Build the network of the points ``X`` (N, d) with the labels ``y`` (N,): numbers,
        booleans or strings; and verify it.

        Raises ``ValueError`` or ``TypeError`` for what scikit-learn refuses, and what
        :func:`mem_lib.build` raises: ``InvalidDataset`` when equal points have different labels,
        ``HypothesisViolated`` when the theorem does not apply.
        """
        validate_data(self, X, y)
        check_classification_targets(y)
        labels = column_or_1d(y, warn=True)
        self.classes_ = np.unique(labels)
        if len(self.classes_) > 2 and not self._tells_many():
            raise HypothesisViolated(
                "y: Only binary classification is supported. This construction tells 2 classes, "
                f"got {len(self.classes_)}"
            )
        return self._memorize(Dataset.from_arrays(X, labels))

    def predict(self, X: Any) -> np.ndarray:
        """The classes (M,) of the points ``X`` (M, d): of each the nearest one, where the readout
        is undecided."""
        scores = self._scores(*self._evaluated(X))
        return self.classes_[scores.argmax(axis=1).astype(np.intp)]

    def decided(self, X: Any) -> np.ndarray:
        """Whether the network itself decides, a mask (M,): its readout is one of the classes, to
        the tolerance of the certificate.  Every training point of a memorizer is decided."""
        numerators, denominator = self._evaluated(X)
        if tolerance := self.certificate_.tolerance:
            best = self._scores(numerators, denominator).max(axis=1)
            return np.asarray(best >= -tolerance * denominator, dtype=bool)
        labels = READ[self.network_.readout](numerators, denominator)
        return np.asarray((labels >= 0) & (labels < len(self.classes_)))

    def decision_function(self, X: Any) -> np.ndarray:
        """The scores (M, C) of the classes, exact up to the rounding to float64; of two classes,
        the score of the second minus that of the first (M,)."""
        numerators, denominator = self._evaluated(X)
        scores = self._scores(numerators, denominator)
        if scores.shape[1] == 2:
            scores = scores[:, 1] - scores[:, 0]
        return _floats(scores, denominator)

    @available_if(lambda self: self._names_a_class())  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> np.ndarray:
        """1 for the class with the largest score, shared equally by those that tie; (M, C).

        Only after ``fit``, and for the readouts that name a class or none (``"sign"``,
        ``"onehot"``, ``"argmax"``): a value between two labels is no probability of either.
        """
        scores = self._scores(*self._evaluated(X))
        best = (scores == scores.max(axis=1, keepdims=True)).astype(np.float64)
        return best / best.sum(axis=1, keepdims=True)

    def _names_a_class(self) -> bool:
        check_is_fitted(self)
        return self.network_.readout != "value"

    def _scores(self, numerators: np.ndarray, denominator: int) -> np.ndarray:
        """Numerators of the scores, (M, C)."""
        classes = len(self.classes_)
        if self.network_.readout == "sign":
            numerators = np.concatenate([0 * numerators, numerators], axis=1)
        elif self.network_.readout == "value":
            labels = np.array([c * denominator for c in range(classes)], dtype=object)
            numerators = -np.abs(numerators.astype(object) - labels)
        return numerators[:, :classes]


class MemorizerRegressor(RegressorMixin, _Memorizes):  # type: ignore[misc]
    """A regressor that knows its training points by heart, over a construction that takes real
    targets; parameters and attributes as of :class:`Memorizer`, without ``classes_``.

    Targets are taken as they are: finite floats, integers or Fractions.  The tolerance of the
    certificate is 0, and for an approximation its own largest error.

    >>> import mem_lib as ml
    >>> memorizer = ml.MemorizerRegressor().fit([[0.0], [1.0], [3.0]], [0.5, -2.0, 0.125])
    >>> memorizer.predict([[1.0], [3.0]]).tolist(), memorizer.certificate_.max_error
    ([-2.0, 0.125], Fraction(0, 1))
    """

    def __init__(
        self,
        construction: Named = "optimal_relu",
        *,
        seed: int = 0,
        rounding_bits: int | None = None,
        **parameters: Any,
    ) -> None:
        super().__init__(construction, seed=seed, rounding_bits=rounding_bits, **parameters)

    def fit(self, X: Any, y: Any) -> Self:
        """Build the network of the points ``X`` (N, d) with the real targets ``y`` (N,), and
        verify it.  Raises as :meth:`Memorizer.fit`."""
        validate_data(self, X, y, y_numeric=True)
        return self._memorize(Dataset(X, targets=column_or_1d(y, warn=True)))

    def predict(self, X: Any) -> np.ndarray:
        """The outputs (M,) at the points ``X`` (M, d): of each the nearest float64."""
        return _floats(*self._evaluated(X))[:, 0]


def _class_of(construction: object) -> type[Construction] | None:
    """Its class; None where there is none, which `fit` says."""
    if isinstance(construction, Construction):
        return type(construction)
    try:
        return REGISTRY.find(construction)
    except InvalidArgument:
        return None


def _parameters_of(construction: object) -> tuple[str, ...] | None:
    cls = _class_of(construction)
    return None if cls is None else cls.parameters()


def _floats(numerators: np.ndarray, denominator: int) -> np.ndarray:
    """The quotients as float64, infinite beyond its range."""

    def quotient(numerator: Any) -> float:
        try:
            return int(numerator) / denominator
        except OverflowError:
            return float("inf") if numerator > 0 else float("-inf")

    return np.asarray(np.frompyfunc(quotient, 1, 1)(numerators), dtype=np.float64)
