"""Interactive figures that evaluate real networks, exactly, in the reader's browser.

An explorer is data and a renderer.  The data are network files, built and verified by the library
when the page is made, packed into the page.  The renderer is one ES module, joined from
``static/*.mjs``: an evaluator of network files in BigInt that knows layers and nothing else, the
shared pieces (sliders, picture, sentence, tape, counters), and the explorer's own view from
``static/views``.

The page asks for nothing, so it works from a server, from a file and without a kernel.  In
JupyterLab ``explorer.landing().widget()`` gives the same renderer as an anywidget, if that package
is installed.

>>> from mem_lib import explorer
>>> explorer.landing(points=[(-60, 0), (0, 50), (60, 0)], sizes=()).values["labelling"]
5
"""

from mem_lib.explorer.cards import SIZES, Card, Family, cards
from mem_lib.explorer.clear import clearance
from mem_lib.explorer.host import Explorer
from mem_lib.explorer.pack import pack, unpack
from mem_lib.explorer.points import POINTS, box_of, labellings, nearest_other_answer
from mem_lib.explorer.renderer import module, style
from mem_lib.explorer.views.beyond_worst_case import beyond_worst_case
from mem_lib.explorer.views.challenge import challenge
from mem_lib.explorer.views.deep_threshold import deep_threshold
from mem_lib.explorer.views.foundations_fold import fold
from mem_lib.explorer.views.foundations_plane import weights_bits
from mem_lib.explorer.views.foundations_staircase import staircase, tossed
from mem_lib.explorer.views.generalization import generalization
from mem_lib.explorer.views.landing import landing
from mem_lib.explorer.views.optimal_relu import optimal_relu
from mem_lib.explorer.views.two_layer import two_layer

__all__ = [
    "POINTS",
    "SIZES",
    "Card",
    "Explorer",
    "Family",
    "beyond_worst_case",
    "box_of",
    "cards",
    "challenge",
    "clearance",
    "deep_threshold",
    "fold",
    "generalization",
    "labellings",
    "landing",
    "module",
    "nearest_other_answer",
    "optimal_relu",
    "pack",
    "staircase",
    "style",
    "tossed",
    "two_layer",
    "unpack",
    "weights_bits",
]
