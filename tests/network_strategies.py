"""Hypothesis draws networks: any activation, storage, readout, entries of up to 300 bits."""

import numpy as np
from hypothesis import strategies as st

from mem_lib.network import ACTIVATIONS, READOUTS, Layer, Network, Sparse

EDGES = [2**31, 2**53 - 1, 2**53, 2**62, 2**63 - 1, 2**63, 2**64, 2**300]
entries = st.one_of(
    st.just(0),
    st.integers(-3, 3),
    st.integers(-(2**70), 2**70),
    st.sampled_from(EDGES + [-v for v in EDGES]),
)
texts = st.text(max_size=5)  # without surrogates, as hypothesis draws them
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def sparse(rows):
    """The ``Sparse`` matrix of nested lists."""
    places = [[k for k, w in enumerate(row) if w] for row in rows]
    values = [row[k] for row, kept in zip(rows, places, strict=True) for k in kept]
    indices = [k for kept in places for k in kept]
    return Sparse(np.cumsum([0, *map(len, places)]), indices, values, (len(rows), len(rows[0])))


@st.composite
def matrices(draw, units, inputs):
    """Nested lists; half of the draws have small entries only, so that both file forms occur."""
    entry = draw(st.sampled_from([entries, st.integers(-2, 2), st.sampled_from([0, 0, 0, 1])]))
    row = st.lists(entry, min_size=inputs, max_size=inputs)
    return draw(st.lists(row, min_size=units, max_size=units)), entry


@st.composite
def layers(draw, units, inputs):
    rows, entry = draw(matrices(units, inputs))
    bias = draw(st.lists(entry, min_size=units, max_size=units))
    names = draw(st.none() | st.lists(texts, min_size=units, max_size=units, unique=True))
    store = draw(st.sampled_from([list, sparse, lambda rows: np.array(rows, dtype=object)]))
    activation = draw(st.sampled_from(ACTIVATIONS))
    return Layer(store(rows), bias, activation, names=names, stage=draw(st.none() | texts))


@st.composite
def networks(draw):
    widths = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    readout = draw(st.sampled_from(READOUTS))
    if readout in ("value", "sign"):
        widths[-1] = 1
    pairs = zip(widths[1:], widths[:-1], strict=True)
    return Network(
        [draw(layers(units, inputs)) for units, inputs in pairs],
        draw(st.integers(0, 60)),
        draw(st.integers(1, 9) | st.integers(1, 2**300)),
        readout,
        draw(st.dictionaries(texts, json_values, max_size=3)),
    )
