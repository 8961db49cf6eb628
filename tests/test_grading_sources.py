"""The source of each set, run from top to bottom: its own solutions have all points."""

from pathlib import Path

import pytest

from mem_lib.grading import Tasks, assignments, notebook
from mem_lib.grading.judge import verdict

SOURCES = assignments.sources()


@pytest.mark.parametrize("slug", SOURCES)
@pytest.mark.parametrize("seed", ["practice", "a course"])
def test_the_solutions_of_a_source_have_all_points(slug, seed, tmp_path, monkeypatch):
    tasks = Tasks.drawn(slug, seed)
    tasks.save(tmp_path / "tasks.json")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for cell in notebook.code(SOURCES[slug]):
        if not cell.source.startswith("grading.ask"):
            exec(compile(cell.source, f"cell {cell.index} of {slug}", "exec"), names)
    for key in tasks:
        found = verdict(tasks, key, Path("handed_in") / f"{key}.json")
        assert found, found
