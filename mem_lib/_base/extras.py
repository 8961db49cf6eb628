"""Libraries that only a part of us needs.  Each comes with an extra of the same distribution, and a
missing one is an ``ImportError`` that says what to install.

A function that needs one calls :func:`need` where it would import it, so that ``import mem_lib``
loads none of them.
"""

from importlib import import_module
from typing import Any

#: The module that is imported: the name of its library, and the extra that brings it.
_EXTRAS = {
    "distributed": ("Dask", "cluster"),
    "flint": ("python-flint", "exact"),
    "joblib": ("joblib", "cluster"),
    "matplotlib": ("Matplotlib", "figures"),
    "sklearn": ("scikit-learn", "data"),
    "torch": ("PyTorch", "torch"),
}


def need(module: str, what: str) -> Any:
    """The module of this name, such as ``sklearn.datasets``, which ``what`` is made with.

    Raises ``ImportError`` where its library is not installed.
    """
    library, extra = _EXTRAS[module.partition(".")[0]]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ImportError(
            f'{library} is needed for {what}, and not installed: pip install "mem_lib[{extra}]"'
        ) from error
