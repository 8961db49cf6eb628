"""A challenge for each chapter: memorize these points with a smaller network than ours.

A challenge is a fixed data set, rules that the network must keep, and measures, of which the first
ranks.  Rivals are networks of this library's constructions, measured once and recorded
(``python -m benchmarks challenges``).  A network is judged in integers, by ``verify`` and by
counting; the page of the chapter's exercises does the same with a file that a reader drops there.

>>> attempt = challenge("foundations").judge(challenge("foundations").example())
>>> attempt.ok, attempt.rank, attempt.values["weights"]
(True, 2, 242)
"""

from mem_lib.grading.challenges.contest import Attempt, Challenge
from mem_lib.grading.challenges.listed import SLUGS, challenge
from mem_lib.grading.challenges.rivals import Line, Rival
from mem_lib.grading.challenges.standings import Standings, standings

__all__ = ["SLUGS", "Attempt", "Challenge", "Line", "Rival", "Standings", "challenge", "standings"]
