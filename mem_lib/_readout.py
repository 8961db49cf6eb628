"""What it means that an output is right, and how far it is from being wrong.

Each judge takes output numerators ``out`` of shape (outputs, points) over ``denominator`` and the
labels, and returns (right, distance): a mask, and for every point the numerator of the distance
to the nearest output that would be read wrongly (meaningful where ``right``; None where no output
could be wrong, as with a single class).
"""

import numpy as np

Judgement = tuple[np.ndarray, np.ndarray | None]


def value(out: np.ndarray, denominator: int, labels: np.ndarray, classes: int) -> Judgement:
    """Right when the output equals the label; wrong outputs are the other labels."""
    wanted = labels.astype(out.dtype) * denominator
    error = np.abs(out[0] - wanted)
    if classes == 1:
        return error == 0, None
    below = np.where(labels > 0, np.abs(out[0] - (wanted - denominator)), 2 * denominator + error)
    above = np.where(
        labels < classes - 1, np.abs(out[0] - (wanted + denominator)), 2 * denominator + error
    )
    return error == 0, np.minimum(below, above)


def sign(out: np.ndarray, denominator: int, labels: np.ndarray, classes: int) -> Judgement:
    """Right when the output is above 0 for label 1 and below 0 for label 0."""
    signed = np.where(labels == 1, out[0], -out[0])
    return signed > 0, np.abs(out[0])


def onehot(out: np.ndarray, denominator: int, labels: np.ndarray, classes: int) -> Judgement:
    """Right when output ``label`` is above 0 and no other is."""
    own = np.arange(len(out))[:, None] == labels[None, :]
    signed = np.where(own, out, -out)
    right = np.where(own, out > 0, out <= 0).astype(bool)
    return np.asarray(right.all(axis=0)), signed.min(axis=0)


def argmax(out: np.ndarray, denominator: int, labels: np.ndarray, classes: int) -> Judgement:
    """Right when output ``label`` is larger than every other; the distance is the lead."""
    if len(out) == 1:
        return labels == 0, None
    own = np.arange(len(out))[:, None] == labels[None, :]
    lead = out[labels, np.arange(out.shape[1])] - np.where(own, out.min(), out).max(axis=0)
    return np.asarray(lead > 0, dtype=bool), lead


JUDGES = {"value": value, "sign": sign, "onehot": onehot, "argmax": argmax}
