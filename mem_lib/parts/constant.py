"""One class: a network that always says it, and its size."""

import numpy as np

from mem_lib.data import Dataset
from mem_lib.network import Layer, Network, Size


def constant_size(d: int, classes: int) -> Size:
    """The size of :func:`constant_network`."""
    outputs = 1 if classes <= 2 else classes
    return Size(
        depth=1, width=0, neurons=0, weights=outputs, dense_weights=outputs * (d + 1),
        bits=1, total_bits=outputs,
    )  # fmt: skip


def constant_network(dataset: Dataset) -> Network:
    """The output is constant: the class of the first point."""
    label, classes = int(dataset.labels[0]), dataset.classes
    outputs = 1 if classes <= 2 else classes
    own = np.arange(outputs) == label if classes > 2 else np.array([label == 1])
    layer = Layer(np.zeros((outputs, dataset.d), dtype=np.int64), np.where(own, 1, -1), "identity")
    readout = "sign" if classes <= 2 else "onehot"
    return Network([layer], output_denominator=2, readout=readout, about={"constant": label})
