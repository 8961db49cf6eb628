"""The last words of a test run: what was not run, and why.

pytest counts skipped tests in the middle of a line.  Someone without a browser, or without PyTorch,
should not take that for a complete run.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[Any]:
    """One line a reason, below pytest's own last line."""
    result = yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not hasattr(session.config, "workerinput"):  # nor in xdist's workers
        for line in lines(reporter.stats.get("skipped", [])):
            reporter.write_line(line)
    return result


def lines(reports: list[Any]) -> list[str]:
    """What to say of these skipped tests; the reason that most of them share comes last."""
    counts = Counter(
        (isinstance(report, pytest.CollectReport), str(report.longrepr[2])) for report in reports
    )
    return [
        f"{_counted(n, whole_file)} not run: {reason.removeprefix('Skipped: ')}"
        for (whole_file, reason), n in reversed(counts.most_common())
    ]


def _counted(n: int, files: bool) -> str:
    what = ("file of tests", "files of tests") if files else ("test", "tests")
    return f"1 {what[0]} was" if n == 1 else f"{n} {what[1]} were"
