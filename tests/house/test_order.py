"""The files of tests that take long come first."""

from dataclasses import dataclass

from tests.conftest import longest_first


@dataclass(frozen=True)
class One:
    nodeid: str
    fixturenames: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """Of a notebook: it has no fixtures."""

    nodeid: str


def test_pages_come_first_then_many_tests_and_files_stay_together():
    few, many, page, cell = One("few::a"), [One(f"many::{i}") for i in "cab"], One, Cell("n::0")
    pages = [page("x::b", ("chromium",)), page("x::a", ("built", "chromium"))]
    mixed = [page("y::1", ("tmp_path",)), page("y::0", ("chromium",))]
    items = [few, many[0], mixed[0], pages[0], cell, many[1], pages[1], many[2], mixed[1]]
    assert longest_first(items) == [*pages, *mixed, *many, few, cell]
