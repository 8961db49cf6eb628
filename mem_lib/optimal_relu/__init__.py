r"""Optimal memorization: a network of constant width whose depth grows like the root of N.

Paper: Vardi, Yehudai, Shamir, *On the Optimal Memorization Power of ReLU Neural Networks*, ICLR
2022, arXiv:2110.03187.

Setting.  N different points of R^d, with labels 0..C-1; c = max(1, ceil(log2 C)) bits a label.  A
long weight serves as a file, and the depth as the machine that reads it.

1. *Project.*  One unit holds an integer key for each point: <a, x> for a direction a on which all
   points differ.
2. *Find the folder.*  The sorted keys are cut into N1 folders.  A cascade of N1 small steps adds
   up, as a weight, the integer that holds everything about the folder of the input.
3. *Read the folder.*  A deep and thin network reads that integer bit by bit and picks the label.

Finding costs N1 layers and reading about N/N1 times the bits of an entry: the product of the two
is N up to logarithms, so that both can be of the order of sqrt(N).

Variants.

* ``"paper"`` (``thm-optimal_relu-paper``): width 12.  A file lists the keys of its folder, a second
  one the labels; two triangle waves read each of them.  The network is right on a whole interval
  around each key.
* ``"merged"``: the same with affine maps put together; width 14, or 12 for two classes, and about
  half as many layers.
* ``"narrow"`` (``thm-optimal_relu-narrow``): width 3.  Keys are reduced modulo a number of about
  2 log2 N bits and stored as increments; the label is collected in the low bits of the file.
* ``"wide"``: the same files in one layer for each bit instead of two; width 6, or 7 for more than
  two classes.
* ``"retrieval"`` (``thm-optimal_relu-tables``): width 8, and no keys at all.  A file is a table,
  filled by elimination over GF(2), of which three cells add up to the label.

Budgets.

* ``"parallel"``, ``depth=``: blocks of ``"wide"`` side by side.  Half the depth takes about twice
  the weights, down to a depth of little more than the bits of a projection.
* ``"series"``, ``bits=``: blocks one after the other.  Half the bits take about twice the weights.
  ``"narrow"`` and ``"wide"`` keep to ``bits=`` as well, with more folders that are smaller.

Real targets: ``accuracy=``.  A folder holds integers, and the last layer makes targets of them.

Integer form.  All weights are integers and the points enter as 2^q x.  In ``"paper"`` and
``"merged"`` everything behind the projection is held in units of 2^-f (the ``unit_bits`` of
``network.about``), and the output is over 2^f; the other variants compute in plain integers.  The
output is the label or target itself (readout ``"value"``).

What the theorems promise: :func:`bound`; the size of a built network from a few numbers:
:func:`size_formula`; what no network can do without: :func:`least_bits`, :func:`least_depth`.
"""

from mem_lib.optimal_relu._bounds import (
    bound,
    key_bits_bound,
    least_bits,
    least_depth,
    modulus_bound,
    paper_depth,
    spread_bound,
)
from mem_lib.optimal_relu._build import build, folders
from mem_lib.optimal_relu._folders import VARIANTS, Folders
from mem_lib.optimal_relu._sizes import Formula, size_formula

__all__ = [
    "VARIANTS",
    "Folders",
    "Formula",
    "bound",
    "build",
    "folders",
    "key_bits_bound",
    "least_bits",
    "least_depth",
    "modulus_bound",
    "paper_depth",
    "size_formula",
    "spread_bound",
]
