"""The rivals of the challenges: built, judged and measured; ``file`` is the network's hash."""

from mem_lib.grading.challenges import SLUGS, Challenge, challenge
from mem_lib.grading.challenges.measures import MEASURES


def challenges() -> list[dict]:
    return [row for slug in SLUGS for row in _rows(challenge(slug))]


def _rows(one: Challenge) -> list[dict]:
    found = []
    for rival in one.rivals:
        attempt = one.judge(rival.network(one.dataset))
        assert attempt.ok, (rival.name, attempt.verdict)
        measured = {name: attempt.values.get(name, "") for name in MEASURES}
        found.append(
            {
                "challenge": one.slug,
                "rival": rival.name,
                **measured,
                "file": attempt.certificate.network_sha256,
                "command": "python -m benchmarks challenges",
            }
        )
    return found
