"""What an output means, defined once: judging agrees with reading."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mem_lib.network import READOUTS
from mem_lib.network.readout import JUDGES, READ

values = st.sampled_from([-(2**70), -9, -6, -3, -2, -1, 0, 1, 2, 3, 6, 9, 2**70])


def test_every_readout_has_a_reader_and_a_judge():
    assert set(READ) == set(JUDGES) == set(READOUTS)


@pytest.mark.parametrize("readout", READOUTS)
@given(st.data())
def test_what_is_right_is_what_is_read_as_the_label(readout, data):
    """A judge that agrees with something else would certify wrong networks."""
    outputs = 1 if readout in ("value", "sign") else data.draw(st.integers(1, 4), "outputs")
    classes = {"value": 4, "sign": 2}.get(readout, outputs)
    denominator = data.draw(st.sampled_from([1, 2, 3]), "denominator")
    rows = data.draw(st.lists(st.lists(values, min_size=outputs, max_size=outputs), min_size=1))
    labels = np.array([data.draw(st.integers(0, classes - 1)) for _ in rows])
    out = np.array(rows, dtype=object)
    right, distance = JUDGES[readout](out.T, denominator, labels, classes)
    assert right.tolist() == (READ[readout](out, denominator) == labels).tolist()
    if distance is not None:
        assert all(d >= 0 for d, good in zip(distance, right, strict=True) if good)
