"""A study: one construction over a grid of data sets, with sliders for N, d and the margin.

The frame that the chapters' explorers share (``static/study.mjs``); a chapter's view adds what its
network does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from mem_lib.explorer.cells import Cell
from mem_lib.explorer.grid import Axis, Setting, grid, settings
from mem_lib.explorer.host import Explorer
from mem_lib.explorer.live import Builder
from mem_lib.explorer.pack import short_hash
from mem_lib.figures import Picture


@dataclass(frozen=True)
class Try:
    """A stage, with a question that one gesture answers.

    ``set`` are controls to move, ``train`` the training point to put the query on, ``spot`` a place
    of the plane instead, ``layer`` a layer, from 0.
    """

    title: str
    text: str
    set: Mapping[str, Any] = field(default_factory=dict)
    train: int | None = None
    spot: tuple[int, int] | None = None
    layer: int | None = None

    def packed(self) -> dict[str, Any]:
        """JSON, without what is not said."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, repr=False)
class Study(Explorer):
    """An explorer of a grid of networks; ``make`` builds the cell of any setting."""

    make: Callable[[Setting], Cell] = field(kw_only=True, repr=False)

    def kernel_values(self) -> dict[str, Any]:
        """A kernel is there, what is asked of it, and what it tells."""
        return {"live": True, "asked": {}, "told": {}}

    def attend(self, widget: Any) -> None:
        """Build any network that the reader asks for."""
        builder = Builder(self.view, self.make, lambda told: setattr(widget, "told", told))
        widget.observe(lambda change: builder.ask(change["new"]), "asked")


def study(
    view: str,
    axes: Sequence[Axis],
    make: Callable[[Setting], Cell],
    *,
    theorem: str,
    marks: Sequence[tuple[int, str]],
    tries: Sequence[Try],
    caption: Callable[[Cell], str],
    fallback: Callable[[Cell], Picture],
    count: str = "weights",
    train: int = 0,
    exists: Callable[[Setting], bool] = lambda _: True,
    more: Mapping[str, Any] | None = None,
    wanted: Sequence[Setting] | None = None,
    name: str = "",
) -> Study:
    """The study of ``view``, a file of ``static/views``.

    ``theorem`` completes "this network, and …"; ``marks`` are the values that points have, with
    their words, in the order of the classes' colours; ``count`` is what the charts show first, and
    ``train`` the point that the query starts on.  ``wanted`` takes the place of the whole grid, the
    start first.

    Raises as :func:`mem_lib.explorer.grid.grid`.
    """
    chosen = list(settings(axes, exists) if wanted is None else wanted)
    found = grid(make, chosen, name=view)
    first = make(chosen[0])
    shown: dict[str, Any] = {
        "name": name or view,
        "axes": [asdict(axis) for axis in axes],
        "cells": dict(found.cells),
        "pools": dict(found.pools),
        "counts": dict(found.counts),
        "theorem": theorem,
        "marks": [list(mark) for mark in marks],
        "tries": [one.packed() for one in tries],
        "count": count,
        "train": train,
        **(more or {}),
    }
    shown["id"] = short_hash(json.dumps(shown, sort_keys=True))
    return Study(view, {"study": shown}, {}, fallback(first), caption(first), make=make)
