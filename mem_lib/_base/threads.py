"""How many threads BLAS may use: fewer where they would fight over the cores."""

from functools import cache
from typing import Any


def blas_threads(limit: int | None) -> Any:
    """A context in which BLAS uses at most ``limit`` threads; None leaves it as it is."""
    return _controller().limit(limits=limit, user_api="blas")


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()  # looking for the libraries takes longer than a small product
