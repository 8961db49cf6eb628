"""The variables that our commands run under: the same everywhere, nothing of what others set.

``PYTHONPATH`` brings foreign packages into every Python, ``JUPYTER_PATH`` foreign kernels,
``PYTHONOPTIMIZE`` takes the assertions out of the notebooks and the tests, ``PYTHONWARNINGS`` and
``PYTHONIOENCODING`` change what a page prints.  So Python's own variables, Jupyter's and pytest's
are left out altogether.  Python reads and writes UTF-8 whatever the locale is: by ``PYTHONUTF8``,
and in the locale C also where it is started without regard to its variables, as uv and pip do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, Mapping

UNWANTED = ("PYTHON", "JUPYTER", "IPYTHON", "PYTEST_", "MPL", "MATPLOTLIB")  # how names begin
FORCED_COLOURS = ("FORCE_COLOR", "PY_COLORS", "CLICOLOR_FORCE")
WANTED = ("PYTEST_ADDOPTS",)


def clean(environ: Mapping[str, str]) -> Dict[str, str]:
    """``environ`` without what would change our Python: for making the environment."""
    env = {
        key: value
        for key, value in environ.items()
        if key in WANTED or not (key.startswith(UNWANTED) or key in FORCED_COLOURS)
    }
    return dict(env, PYTHONUTF8="1", LC_ALL="C")


def variables(root: Path, environ: Mapping[str, str] = os.environ) -> Dict[str, str]:
    """The variables for the book and the tests.

    Jupyter, IPython and Matplotlib keep their files below ``_build`` instead of the home folder,
    so that nobody's settings change a page.
    """
    env = inside(root, clean(environ))
    scratch = root / "_build" / ".home"
    (scratch / "matplotlib").mkdir(parents=True, exist_ok=True)
    # In a file and not in MPLBACKEND, which would keep figures from showing in notebooks.
    (scratch / "matplotlib" / "matplotlibrc").write_text("backend: Agg\n", encoding="utf-8")
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        env[name] = str(scratch / name.lower())
    env.update(MPLCONFIGDIR=str(scratch / "matplotlib"), PYTHONHASHSEED="0")
    return env


def for_lab(root: Path, home: Path, environ: Mapping[str, str] = os.environ) -> Dict[str, str]:
    """The variables for a reader's JupyterLab: its settings and its language, and our kernels."""
    env = inside(root, clean(environ))
    del env["LC_ALL"]
    own = ("JUPYTER", "LC_ALL")
    env.update((key, value) for key, value in environ.items() if key.startswith(own))
    env.pop("JUPYTER_PATH", None)
    return dict(env, IPYTHONDIR=str(home))


def inside(root: Path, env: Mapping[str, str]) -> Dict[str, str]:
    """``env`` with the environment ``.venv`` active."""
    folder = root / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    path = str(folder) + os.pathsep + env.get("PATH", "")
    return dict(env, VIRTUAL_ENV=str(root / ".venv"), PATH=path)
