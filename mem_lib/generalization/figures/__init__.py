"""Pictures of the chapter on points that a network has not seen."""

from mem_lib.generalization.figures.answers import by_nearest, by_slabs, said
from mem_lib.generalization.figures.hits import hit_cells

__all__ = ["by_nearest", "by_slabs", "hit_cells", "said"]
