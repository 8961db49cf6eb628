"""One progress bar for all long work."""

import sys
from typing import Any

from mem_lib._base.arguments import truth


def progress_bar(total: int, unit: str, description: str, progress: bool | None) -> Any:
    """A tqdm bar, to be used as a context manager.

    ``progress``: True shows it (as a widget in a notebook), False shows none; None shows it in a
    terminal once the work has taken two seconds, and nowhere else, so that pages stay as they are.

    Raises ``InvalidArgument`` for another value.
    """
    progress = None if progress is None else truth(progress, "progress")
    if progress:
        from tqdm.auto import tqdm
    else:
        from tqdm import tqdm
    return tqdm(
        total=total,
        unit=f" {unit}",
        desc=description,
        disable=sys.stderr is None or (None if progress is None else not progress),
        delay=2 if progress is None else 0,
    )
