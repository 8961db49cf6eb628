"""What every run tries, and what only the full run does."""

from typing import Any

import pytest


def at_once(values: Any, *chosen: Any) -> list[Any]:
    """All values as parameters; those that are not ``chosen`` are for the full run only."""
    assert set(chosen) <= set(values), set(chosen) - set(values)
    return [v if v in chosen else pytest.param(v, marks=pytest.mark.slow) for v in values]
