"""What the functions of this chapter are asked: labelled data, a class, biases."""

from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance, integer_in
from mem_lib._base.roots import grid_root
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown


def classes_of(dataset: Any) -> int:
    """The number of classes; ``HypothesisViolated`` for targets."""
    if instance(dataset, "dataset", Dataset).targets is not None:
        raise HypothesisViolated("dataset: this construction needs labels 0..C-1, got real targets")
    return int(dataset.classes)


def binary(covered: Any) -> int:
    """The class that gets covered when there are two."""
    number = integer_in(covered, "covered", 0)
    if number > 1:
        raise InvalidArgument(f"covered: the class 0 or 1 is needed, got {shown(covered)}")
    return number


def default_bias(dataset: Dataset) -> Fraction:
    """Three quarters of the radius, as a fraction (the root is rounded down to the grid)."""
    square = Fraction(dataset.squared_radius)
    return Fraction(3, 4) * grid_root(square, dataset.shift + 32, up=False)


def in_units_of_the_radius(dataset: Dataset, bias: Fraction) -> tuple[np.ndarray, float, int]:
    """(points, max_bias, grid shift) after division by a power of two near the radius, so that
    neither 2^-600 nor 2^1500 leaves the range of float64."""
    square = dataset.squared_radius
    unit = (square.numerator.bit_length() - square.denominator.bit_length()) // 2
    scale = Fraction(2) ** -unit
    if dataset.points.dtype == object:
        flat = [float(v * scale) for v in dataset.points.ravel()]
        points = np.array(flat).reshape(dataset.points.shape)
    else:
        points = np.ldexp(dataset.points.astype(np.float64), -unit)
    try:
        return points, float(bias * scale), dataset.shift + unit
    except OverflowError:
        raise InvalidArgument(
            f"max_bias: at most 2^1000 times the radius is needed, got {shown(bias)}"
        ) from None
