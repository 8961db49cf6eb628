"""The last words of a test run: what was not run, and why; what was run twice.

pytest counts skipped tests in the middle of a line.  Someone without a browser, or without PyTorch,
should not take that for a complete run.  Without a browser the last line counts the tests of pages,
which have the mark ``page``.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

FILE = ("file of tests", "files of tests")
TEST = ("test", "tests")
PAGE = ("page test", "page tests")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[Any]:
    """One line a reason, below pytest's own last line."""
    result = yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not hasattr(session.config, "workerinput"):  # nor in xdist's workers
        for line in lines(reporter.stats.get("skipped", [])):
            reporter.write_line(line)
        for name in sorted({report.nodeid for report in reporter.stats.get("rerun", [])}):
            reporter.write_line(f"run twice: {name}")
    return result


def lines(reports: list[Any]) -> list[str]:
    """What to say of these skipped tests: of pages last, and there the reason that most share."""
    counts = Counter((_kind(report), str(report.longrepr[2])) for report in reports)
    ordered = sorted(counts.items(), key=lambda found: (found[0][0] == PAGE, found[1]))
    return [
        f"{_counted(n, kind)} not run: {reason.removeprefix('Skipped: ')}"
        for (kind, reason), n in ordered
    ]


def _kind(report: Any) -> tuple[str, str]:
    """What is counted, as one and as many."""
    if isinstance(report, pytest.CollectReport):
        return FILE
    return PAGE if "page" in report.keywords else TEST


def _counted(n: int, kind: tuple[str, str]) -> str:
    return f"1 {kind[0]} was" if n == 1 else f"{n} {kind[1]} were"
