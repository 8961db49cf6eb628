"""The challenge of a chapter: a reader's network file, judged in the page and placed on the plane.

The page does what :meth:`mem_lib.grading.challenges.Challenge.judge` does, in integers of any size:
every point, every rule (``static/rules.mjs``), every measure (``static/weight.mjs``).
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from mem_lib.data import Dataset
from mem_lib.explorer.host import Explorer
from mem_lib.explorer.pack import coded
from mem_lib.grading.challenges import Challenge
from mem_lib.grading.challenges.measures import MEASURES, Measure
from mem_lib.grading.challenges.plane import caption, corners, drawn, frame
from mem_lib.grading.challenges.rules import WORDS


def challenge(one: Challenge, *, name: str = "") -> Explorer:
    """The explorer of a challenge; ``name`` is how the book cites the figure.

    >>> from mem_lib.grading.challenges import challenge as of
    >>> challenge(of("foundations")).values["challenge"]["slug"]
    'foundations'
    """
    low, high = frame(one)
    task = {
        "slug": one.slug,
        "example": one.sample.name,
        "rules": [
            {"kind": rule.kind, "value": rule.value, "text": rule.text, "about": rule.about,
             "wrong": WORDS[rule.kind][1]}
            for rule in one.rules
        ],
        "measures": [_measure(measure) for measure in one.measured],
        "axes": [_measure(MEASURES[axis]) for axis in one.axes],
        "rivals": [
            {"name": row.pop("network"), "values": row} for row in one.standing()
        ],
        "corners": corners(one, low, high),
        "frame": [low, high],
    }  # fmt: skip
    packs = {"data": coded(json.dumps(_data(one), separators=(",", ":")))}
    return Explorer("challenge", {"challenge": task}, packs, drawn(one), caption(one), name)


def _measure(measure: Measure) -> dict[str, Any]:
    return {"name": measure.name, "title": measure.title, "log": measure.log}


def _data(one: Challenge) -> dict[str, Any]:
    """The points on one grid, what is wanted at each, and the file of the example."""
    shift = max(int(data.integers()[1]) for data in (one.dataset, one.unseen) if data is not None)
    found = {
        "shift": shift,
        "targets": one.dataset.targets is not None,
        **_points(one.dataset, shift),
        "example": one.example().to_json(),
    }
    if one.unseen is not None:
        found["unseen"] = _points(one.unseen, shift)
    return found


def _points(data: Dataset, shift: int) -> dict[str, Any]:
    points, own = data.integers()
    values = data.labels if data.targets is None else data.targets
    scaled = np.asarray(points).astype(object) * 2 ** (shift - int(own))
    return {"points": scaled.tolist(), "values": [int(value) for value in values.tolist()]}
