"""Rates: how sure one can be of a probability after so many trials, and whether two rates differ.

All tests are exact: they hold for every number of trials.
"""

from collections.abc import Sequence

import numpy as np

from mem_lib._base.arguments import integer_in, probability
from mem_lib.errors import InvalidArgument, shown


def interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The interval of Clopper and Pearson (1934) for a probability, from ``successes`` of
    ``trials``: all p for which neither so many successes or more, nor so many or fewer, are less
    likely than (1 - ``level``) / 2.  It holds the probability with that level, whatever it is.

    Raises ``InvalidArgument`` for numbers that cannot be, and a level outside 0 < level < 1.

    >>> [round(end, 3) for end in interval(44, 50)]
    [0.757, 0.955]
    """
    from scipy.special import betaincinv

    n = integer_in(trials, "trials", 1)
    k, half = integer_in(successes, "successes", 0, n), (1 - probability(level, "level")) / 2
    low = float(betaincinv(k, n - k + 1, half)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - half)) if k < n else 1.0
    return low, high


def same_rate(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Fisher's exact test, two-sided: of two series (successes, trials) with the same probability
    of success, and as many successes in both together, how often such a split, or one that is less
    likely, comes about by chance.

    ``InvalidArgument`` for counts that are none.

    >>> round(same_rate((39, 50), (47, 50)), 3)
    0.041
    """
    from scipy.stats import fisher_exact

    counts = [_counts(*one, "one"), _counts(*other, "other")]
    table = [[successes, trials - successes] for successes, trials in counts]
    return float(fisher_exact(table)[1])


def holm(chances: Sequence[float]) -> list[float]:
    """The p-values of a family of tests, so raised that the probability of a single false alarm
    among all of them stays below the level, however they depend on each other (Holm 1979).

    ``InvalidArgument`` for what is no probability.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(chances, dtype=float)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise InvalidArgument(f"chances: numbers from 0 to 1 are needed, got {shown(chances)}")
    raised = np.empty(len(values))
    order = np.argsort(values, kind="stable")
    raised[order] = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    return [float(v) for v in np.minimum(raised, 1)]


def _counts(successes: int, trials: int, name: str) -> tuple[int, int]:
    trials, successes = integer_in(trials, name, 1), integer_in(successes, name, 0)
    if successes > trials:
        raise InvalidArgument(f"{name}: {shown(successes)} successes in {shown(trials)} trials")
    return successes, trials
