"""Settings of all tests.

Real data are looked for in ``MEM_LIB_DATA``, else in ``../shared/data`` if that exists.  No
property test has a deadline: how long an example takes says more about the machine.  Tests that
need a browser are skipped without one, and fail where ``CI`` is set.  One that fails is run a
second time, since a loaded machine makes a browser late; twice failed is failed.  The last lines of
a run say what was skipped and what was run twice.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from tests.browser import ROOT, missing_browser
from tests.not_run import pytest_sessionfinish  # noqa: F401
from tools import book, browser
from tools.steps import Steps

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

if "MEM_LIB_DATA" not in os.environ and _SHARED.is_dir():
    os.environ["MEM_LIB_DATA"] = str(_SHARED)

# The networks of the explorers, as the book has built them.
os.environ.setdefault(book.CELLS, str(ROOT / "_build" / "cells"))

settings.register_profile("mem_lib", deadline=None)
settings.load_profile("mem_lib")


def pytest_configure():
    """A run in which no assertion can fail is none; ``make test`` keeps such variables out."""
    if not __debug__:
        raise pytest.UsageError("PYTHONOPTIMIZE or -O takes the assertions out of the tests")


def pytest_itemcollected(item):
    """Tests of pages can be told apart, with ``-m "not page"``, and are counted by that name."""
    if {"chromium", "built"} & set(getattr(item, "fixturenames", ())):
        item.add_marker("page")
    second = item.config.pluginmanager.hasplugin("rerunfailures")
    if second and "chromium" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Files with many tests in a browser come first, then those with many tests: every file is the
    work of one process, and a long one at the end would leave the others with nothing to do."""
    items[:] = longest_first(items)


def longest_first(items):
    """The tests, file by file; within a file as they were."""
    file = {item: item.nodeid.partition("::")[0] for item in items}
    all_of = Counter(file.values())
    pages = Counter(file[one] for one in items if "chromium" in getattr(one, "fixturenames", ()))
    return sorted(items, key=lambda one: (-pages[file[one]], -all_of[file[one]], file[one]))


@pytest.fixture(scope="module")
def chromium():
    """A browser; its event loop ends with the module, since notebooks bring their own."""
    reason = missing_browser()
    if reason:
        pytest.skip(reason)
    with browser.launched(browser.find()) as running:
        yield running


@pytest.fixture(scope="module")
def built():
    """The book, built from what the folder holds now; nothing happens when it is up to date.  Of
    several processes one builds it, and the others wait."""
    from mem_lib.sweeps.errors import InvalidResults
    from mem_lib.sweeps.lock import Lock

    (ROOT / "_build").mkdir(exist_ok=True)
    while True:
        try:
            with Lock(ROOT / "_build" / "book"):
                book.build(ROOT, Path(sys.executable), Steps(1))
            return ROOT / "_build" / "html"
        except InvalidResults:  # another one has the lock
            time.sleep(1)
