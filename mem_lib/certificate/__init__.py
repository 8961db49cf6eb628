"""Run the network on every point and say, with evidence, whether every answer is right.

``verify`` knows nothing of how a network came to be; a :class:`Certificate` is what it found, and
carries the SHA-256 of both files, so that anyone can recheck that it speaks of this network and
these data.
"""

from mem_lib.certificate.certificate import Certificate, verify
from mem_lib.certificate.counterexample import Counterexample
from mem_lib.certificate.judge import Evidence, Judge

__all__ = ["Certificate", "Counterexample", "Evidence", "Judge", "verify"]
