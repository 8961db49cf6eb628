"""What an output means: the label that it is read as, and whether that is right.

Each reader takes output numerators of shape (points, outputs) over ``denominator`` and returns
int64 labels (points,), -1 where the readout is undecided.

Each judge takes output numerators ``out`` of shape (outputs, points) over ``denominator`` and the
labels, and returns (right, distance): a mask, and for every point the numerator of the distance
to the nearest output that would be read wrongly (meaningful where ``right``; None where no output
could be wrong, as with a single class).
"""

import numpy as np

Judgement = tuple[np.ndarray, np.ndarray | None]


def read_value(out: np.ndarray, denominator: int) -> np.ndarray:
    values = out[:, 0].astype(object)
    label = values // denominator
    known = np.asarray(label * denominator == values, dtype=bool)
    known &= np.asarray((label >= 0) & (label < 2**63), dtype=bool)
    return np.where(known, label, -1).astype(np.int64)


def read_sign(out: np.ndarray, denominator: int) -> np.ndarray:
    return np.where(out[:, 0] > 0, 1, np.where(out[:, 0] < 0, 0, -1)).astype(np.int64)


def read_onehot(out: np.ndarray, denominator: int) -> np.ndarray:
    above = np.asarray(out > 0, dtype=bool)
    return np.where(above.sum(axis=1) == 1, above.argmax(axis=1), -1)


def read_argmax(out: np.ndarray, denominator: int) -> np.ndarray:
    best = out.max(axis=1)[:, None] == out
    return np.where(best.sum(axis=1) == 1, best.argmax(axis=1), -1)


#: readout -> labels from output numerators of shape (M, outputs)
READ = {
    "value": read_value, "sign": read_sign, "onehot": read_onehot, "argmax": read_argmax,
}  # fmt: skip


def judge_value(out: np.ndarray, denominator: int, labels: np.ndarray, classes: int) -> Judgement:
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


def judge_sign(out: np.ndarray, denominator: int, labels: np.ndarray, classes: int) -> Judgement:
    """Right when the output is above 0 for label 1 and below 0 for label 0."""
    signed = np.where(labels == 1, out[0], -out[0])
    return signed > 0, np.abs(out[0])


def judge_onehot(out: np.ndarray, denominator: int, labels: np.ndarray, classes: int) -> Judgement:
    """Right when output ``label`` is above 0 and no other is."""
    own = np.arange(len(out))[:, None] == labels[None, :]
    signed = np.where(own, out, -out)
    right = np.where(own, out > 0, out <= 0).astype(bool)
    return np.asarray(right.all(axis=0)), signed.min(axis=0)


def judge_argmax(out: np.ndarray, denominator: int, labels: np.ndarray, classes: int) -> Judgement:
    """Right when output ``label`` is larger than every other; the distance is the lead."""
    if len(out) == 1:
        return labels == 0, None
    own = np.arange(len(out))[:, None] == labels[None, :]
    lead = out[labels, np.arange(out.shape[1])] - np.where(own, out.min(), out).max(axis=0)
    return np.asarray(lead > 0, dtype=bool), lead


#: readout -> (right, distance) from output numerators of shape (outputs, points)
JUDGES = {
    "value": judge_value, "sign": judge_sign, "onehot": judge_onehot, "argmax": judge_argmax,
}  # fmt: skip
