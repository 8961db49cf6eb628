"""The third order of a coarse Hermite step, which the fourth root of N/d comes from."""

import math

import numpy as np

import mem_lib as ml
from benchmarks.two_layer import signs

#: The dimension, the points for each of them, the draws, the order and the spread of the biases.
D, RATIOS, DRAWS, ORDER, TAU = 50, (1, 2, 4, 8, 16, 32), 8000, 3, 1.0
_BLOCK = 500


def third_order() -> list[dict]:
    """sum_j r_j zeta_j^3 Psi'''(t_j) / |r|^2 in the mean over the draws of a step, for random signs
    r on the sphere, with its standard error; and the same with absolute values in the sum, as the
    proof of the theorem takes it.  zeta_j = <v, x_j>, t_j = <u, x_j>, Psi(t) = E relu(t + b)."""
    return [_row(ratio * D) for ratio in RATIOS]


def _row(N: int) -> dict:
    dataset = signs(N, D)
    points = dataset.points / np.linalg.norm(dataset.points, axis=1)[:, None]
    residual, rng = dataset.targets.astype(float), np.random.default_rng([N, ORDER])
    sums = np.array([_sums(points, residual, rng) for _ in range(DRAWS // _BLOCK)])
    signed, absolute = np.concatenate(sums.transpose(0, 2, 1)).T
    sign = math.copysign(1.0, ml.two_layer.kappa(ORDER, TAU))
    return {
        "N/d": N // D, "N": N, "d": D, "draws": DRAWS,
        "third order": f"{sign * signed.mean():.3g}",
        "standard error": f"{signed.std() / math.sqrt(DRAWS):.2g}",
        "absolute values": f"{absolute.mean():.3g}",
    }  # fmt: skip


def _sums(
    points: np.ndarray, residual: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Of a block of draws, both divided by |r|^2."""
    t = rng.standard_normal((_BLOCK, points.shape[1])) @ points.T
    hermite = (t**3 - 3 * t) / math.sqrt(6)
    zeta = ((hermite * residual) @ points) @ points.T
    density = np.exp(-(t**2) / (2 * TAU**2)) / (math.sqrt(2 * math.pi) * TAU)
    terms = zeta**3 * (-t / TAU**2 * density)
    square = residual @ residual
    return terms @ residual / square, np.abs(terms) @ np.abs(residual) / square
