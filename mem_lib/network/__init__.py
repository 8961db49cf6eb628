"""Networks with integer weights of any size, and the file that stores them.

A feed-forward network is a list of layers: a matrix W, a vector b and one activation, applied to
z = W v + b.  Here every entry is an exact integer.  Nothing is lost by that:

**The integer form.**  Let f be a network of ReLU and identity layers with dyadic weights, and let
the points lie on the grid 2^-s Z^d.  Both activations are positively homogeneous,

    relu(c z) = c relu(z)        for every c > 0,

so a layer may be multiplied by a power of two and the next one divided by it.  Take e_l with
2^e_l W_l whole, and enlarge it until 2^(s + e_1 + ... + e_l) b_l is whole as well.  The layers

    W'_l = 2^e_l W_l,        b'_l = 2^(s + e_1 + ... + e_l) b_l

have integer entries, and with D = 2^(s + e_1 + ... + e_L)

    f(x) = layers'(2^s x) / D        for every real x.

For every point of the grid, 2^s x is a vector of integers, and so is each value that the network
passes on: it is evaluated in integers, without any rounding.  A threshold unit asks only for the
sign of z, so its row may be multiplied by any positive number; its output is 0 or 1, and the scale
starts again at 1 behind it.

:class:`Network` stores W', b', the shift s (``input_shift``) and D (``output_denominator``, any
positive integer), and how the output is read (``readout``):

=========  ========================================================================
``value``  the output is the label, or the target
``sign``   label 1 where the output is positive, 0 where negative, undecided at 0
``onehot`` label c where output c, and no other, is positive; otherwise undecided
``argmax`` the label is the index of the largest output; undecided on a tie
=========  ========================================================================

``classes`` may give each label a name; the names are part of the file, and not of the function.

``"threshold"`` is 1 for z >= 0 and 0 otherwise.  The definition of the value of a network takes
one line for each layer:

    values = [act(bias + sum(w * values[k] for k, w in terms)) for bias, terms in layer.rows()]

>>> hat = Network([Layer([[1], [1]], [0, -2], "relu"), Layer([[1, -2]], [0], "identity")])
>>> hat
Network(1 -> 1, depth 2, width 2, readout 'value')
>>> list(hat.layers[0].rows())
[(0, [(0, 1)]), (-2, [(0, 1)])]
>>> Network.from_json(hat.to_json()) == hat
True
"""

from mem_lib.network.blocks import Blocks
from mem_lib.network.layer import ACTIVATIONS, Layer
from mem_lib.network.network import MOST_SHIFT, READOUTS, Network, Size
from mem_lib.network.sparse import Sparse

__all__ = ["ACTIVATIONS", "MOST_SHIFT", "READOUTS", "Blocks", "Layer", "Network", "Size", "Sparse"]
