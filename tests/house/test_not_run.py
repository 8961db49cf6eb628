"""The last lines of a test run say what was not run, and why."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest

from tests.house import ROOT

FILES = {
    "conftest.py": "from tests.not_run import pytest_sessionfinish",
    "pytest.ini": "[pytest]\nmarkers = page: in a browser",
    "test_pages.py": """
        import pytest

        @pytest.mark.page
        @pytest.mark.parametrize("k", range(3))
        def test_page(k):
            pytest.skip("no browser was found")

        @pytest.mark.skipif(True, reason="no make")
        @pytest.mark.parametrize("k", range(4))
        def test_make(k):
            pass

        def test_good():
            pass
        """,
    "test_tensors.py": "import pytest; pytest.importorskip('no_such_library')",
}
LATE = """
    import pytest

    runs = []

    @pytest.mark.flaky(reruns=1)
    def test_late():
        runs.append(1)
        assert len(runs) == 2
    """
SAID = [
    "1 file of tests was not run: could not import 'no_such_library': "
    "No module named 'no_such_library'",
    "4 tests were not run: no make",
    "3 page tests were not run: no browser was found",
]


@pytest.fixture
def run(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_text(dedent(content))

    def run(*arguments: str) -> list[str]:
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
        return done.stdout.splitlines()

    return run


@pytest.mark.parametrize("arguments", [[], ["-q"], ["-n2"]])
def test_the_last_lines_say_what_was_not_run(run, arguments):
    printed = run(*arguments)
    assert printed[-3:] == SAID
    assert "1 passed, 8 skipped" in printed[-4]


def test_a_complete_run_ends_as_ever(run):
    printed = run("-k", "good", "test_pages.py")
    assert "1 passed" in printed[-1] and not any("not run" in line for line in printed)


@pytest.mark.parametrize("arguments", [[], ["-n2"]])
def test_what_passes_at_its_second_run_is_named(run, tmp_path, arguments):
    (tmp_path / "test_late.py").write_text(dedent(LATE))
    printed = run(*arguments, "test_late.py")
    assert printed[-1] == "run twice: test_late.py::test_late", printed
    assert "1 passed, 1 rerun" in printed[-2]


def test_what_fails_twice_has_failed(run, tmp_path):
    (tmp_path / "test_late.py").write_text(dedent(LATE).replace("== 2", "== 3"))
    printed = run("test_late.py")
    assert "1 failed" in printed[-2] and printed[-1] == "run twice: test_late.py::test_late"


def test_a_test_in_a_browser_has_a_second_run(request):
    """And no other test has one: what is not a browser's is not late, but wrong."""
    late = {item for item in request.session.items if item.get_closest_marker("flaky")}
    of_browser = {i for i in request.session.items if "chromium" in getattr(i, "fixturenames", ())}
    assert late == of_browser


def test_no_test_at_all_is_no_complete_run(run):
    assert run("test_tensors.py")[-1] == SAID[0]


def test_a_run_without_a_browser_counts_the_tests_of_pages(tmp_path):
    """Ours, with the fixtures as they are: the last line of a run of one file with such tests."""
    env = {**os.environ, "MEM_LIB_BROWSER": str(tmp_path / "none"), "CI": ""}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    command += ["tests/test_book_script.py", "tests/house/test_order.py"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == (
        f"3 page tests were not run: MEM_LIB_BROWSER names {tmp_path / 'none'}, which is no program"
    )


ORDER = "tests/house/test_order.py"


@pytest.mark.parametrize(("optimize", "status"), [("0", 0), ("2", 4)])
def test_a_run_without_assertions_is_refused(optimize, status):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", ORDER]
    env = {**os.environ, "PYTHONOPTIMIZE": optimize}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == status
    assert ("takes the assertions out" in done.stderr) == bool(status)
