"""Pictures, sliders and tables in one style, for light and for dark pages.

A figure is a function ``draw(ax, colours)``; :func:`show` makes a :class:`Picture` of it, a
:class:`Stepper` chooses between several, a :class:`Film` moves through many light frames of
:mod:`~mem_lib.figures.marks`, :func:`table` compares numbers.  What is drawn often is
here: points, lines and regions of the plane, curves, bars, strips of bits.  The figures of one
chapter are in its own module ``figures``.  matplotlib loads when the first picture is drawn.
"""

from mem_lib.figures import marks
from mem_lib.figures.charts import bars, curves, forbidden, heat, level, scale, shades, slope
from mem_lib.figures.film import Axis, Film
from mem_lib.figures.panel import Panel
from mem_lib.figures.picture import Picture, show
from mem_lib.figures.plane import drawable, firing, frame, lines, points, regions, rings
from mem_lib.figures.stepper import Stepper
from mem_lib.figures.strips import squares, strings
from mem_lib.figures.style import DARK, DASHES, LIGHT, MARKERS, Colours
from mem_lib.figures.tables import Table, measured, table

__all__ = [
    "DARK",
    "DASHES",
    "LIGHT",
    "MARKERS",
    "Axis",
    "Colours",
    "Film",
    "Panel",
    "Picture",
    "Stepper",
    "Table",
    "bars",
    "curves",
    "drawable",
    "firing",
    "forbidden",
    "frame",
    "heat",
    "level",
    "lines",
    "marks",
    "measured",
    "points",
    "regions",
    "rings",
    "scale",
    "shades",
    "show",
    "slope",
    "squares",
    "strings",
    "table",
]
