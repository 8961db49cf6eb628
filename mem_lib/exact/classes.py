"""Which class of a network each label of a data set means.

Where both have names, a label means the class of the same name: a data set may list its classes in
another order, or only some of them.  A name that the network does not know is an error.  Where one
side has none, label k means class k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance
from mem_lib._base.names import Names, key, listing, places, same
from mem_lib.data import Dataset
from mem_lib.errors import InvalidDataset, InvalidNetwork
from mem_lib.network import Network


@dataclass(frozen=True, eq=False)
class Classes:
    """network, data: the names of each side, or None; both None with real targets
    count:         of classes, as the network tells them apart
    labels:        of the data, (N,), as classes of the network; None with real targets
    """

    network: Names | None
    data: Names | None
    count: Any
    labels: Any

    @classmethod
    def of(cls, network: Network, dataset: Dataset) -> Classes:
        """Raises ``InvalidArgument`` for anything else, ``InvalidNetwork`` when the network's
        inputs, outputs or readout do not fit the data, ``InvalidDataset`` when these have names
        that the network does not know."""
        instance(network, "network", Network)
        instance(dataset, "dataset", Dataset)
        if network.inputs != dataset.d:
            raise InvalidNetwork(
                f"network: {network.inputs} inputs, but the data have d = {dataset.d} coordinates"
            )
        if dataset.targets is not None:
            if network.readout != "value":
                raise InvalidNetwork(
                    f"network: real targets need the readout 'value', got {network.readout!r}"
                )
            return cls(None, None, None, None)
        sides = network.classes, dataset.names
        if network.classes is None or dataset.names is None:
            _check_count(network, dataset.classes)
            return cls(*sides, dataset.classes, dataset.labels)
        return cls(*sides, len(network.classes), meant(network, dataset))

    @property
    def names(self) -> Names | None:
        """What the classes are called in messages."""
        return self.data if self.network is None else self.network


def meant(network: Network, dataset: Dataset) -> np.ndarray:
    """The labels of ``dataset``, (N,), as classes of ``network``: by name where both have names.

    Raises ``InvalidDataset`` when a name of the data is unknown to the network.
    """
    labels: np.ndarray = dataset.labels
    if network.classes is None or dataset.names is None or same(network.classes, dataset.names):
        return labels
    known = places(network.classes)
    unknown = [name for name in dataset.names if key(name) not in known]
    if unknown:
        kind = "class" if len(unknown) == 1 else "classes"
        raise InvalidDataset(
            f"dataset: the network does not know the {kind} {listing(unknown)}; it knows "
            f"{listing(network.classes)}"
        )
    place = np.array([known[key(name)] for name in dataset.names], dtype=np.int64)
    return np.asarray(place[labels])


def _check_count(network: Network, classes: int) -> None:
    if network.readout == "sign" and classes > 2:
        raise InvalidNetwork(
            f"network: the readout 'sign' tells 2 classes, the data have {classes}"
        )
    if network.readout in ("onehot", "argmax") and network.outputs != classes:
        raise InvalidNetwork(
            f"network: {network.outputs} outputs for {classes} classes (readout "
            f"{network.readout!r} needs one output a class)"
        )
