"""What every set of exercises is held to: its references have all points."""

from mem_lib import grading


def have_all_points(answers, seed, *, slug):
    """``answers``: a reference for each exercise of the set, on the tasks of that seed."""
    assert set(answers) == set(grading.Tasks.drawn(slug, seed))
    for key, answer in answers.items():
        verdict = grading.check(key, answer, seed=seed)
        assert verdict, verdict
