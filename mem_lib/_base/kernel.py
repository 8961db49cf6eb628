"""Whether there is a Jupyter kernel, whose front end may show widgets."""

import sys


def in_kernel() -> bool:
    """Whether this is a kernel: elsewhere no widget could be displayed."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
