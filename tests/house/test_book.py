"""Building the book, with a runner that only pretends, and serving it."""

import urllib.request
from pathlib import Path

import pytest
import yaml

from tests import browser as reader
from tests.house import text
from tests.house.pretend import Pretend, nothing
from tools import book, browser, repository
from tools.steps import Failure, Steps


def build(root, run, environ=None):
    return book.build(root, Path("python"), Steps(1), run, environ or {})


def test_a_build_is_strict_and_happens_once(place):
    run = Pretend(place)
    assert build(place, run)
    assert "--all -W --keep-going -n" in run.commands[0]
    assert book.page(place).read_text() == "built from # Title"
    again = Pretend(place)
    assert not build(place, again) and again.commands == []
    assert not (place / "_build/next").exists() and not (place / "_build/old").exists()


@pytest.mark.parametrize(
    "name", ["book/index.md", "mem_lib/__init__.py", "_toc.yml", "pyproject.toml"]
)
def test_a_change_builds_again(place, name):
    build(place, Pretend(place))
    (place / name).write_text("# changed")
    assert build(place, Pretend(place))


def test_a_change_of_what_no_page_shows_builds_nothing(place):
    build(place, Pretend(place))
    (place / "CHANGELOG.md").write_text("# changed")
    assert not build(place, Pretend(place))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Failure("a warning")])
def test_a_build_that_ends_early_leaves_the_last_good_book(place, error):
    build(place, Pretend(place))
    (place / "book/index.md").write_text("# New")
    with pytest.raises(type(error)):
        build(place, Pretend(place, " build . ", error))
    assert book.page(place).read_text() == "built from # Title"
    assert build(place, Pretend(place)) and book.page(place).read_text() == "built from # New"


def test_a_build_without_a_page_is_a_failure(place):
    with pytest.raises(Failure, match="without an index page"):
        build(place, lambda *args, **kwargs: None)


def test_an_interrupted_exchange_is_undone(place):
    build(place, Pretend(place))
    (place / "_build/html").rename(place / "_build/old")
    run = Pretend(place)
    assert not build(place, run) and book.page(place).exists()


@pytest.mark.parametrize(
    ("name", "kept"), [("mem_lib/__init__.py", False), ("book/index.md", True)]
)
def test_notebooks_run_again_when_the_library_changes(place, name, kept):
    build(place, Pretend(place))
    caches = [place / "_build/.jupyter_cache", place / "_build/cells"]
    for cache in caches:
        cache.mkdir()
    (place / name).write_text("# changed")
    build(place, Pretend(place))
    assert [cache.exists() for cache in caches] == [kept, kept]


def test_links_to_the_repository_need_its_address(place):
    run = Pretend(place)
    build(place, run, {book.REPOSITORY: "https://github.com/o/n"})
    assert "tools/repository.py" in run.commands[0]
    assert "--config _build/_config.yml" in run.commands[1]
    config = yaml.safe_load(text("_config.yml"))
    linked = repository.with_repository(config, "https://github.com/o/n", "main")
    assert linked["launch_buttons"]["binderhub_url"] and linked["html"]["use_issues_button"]
    assert "launch_buttons" not in config and not config["repository"]["url"]
    assert not any(key.startswith("use_") and "button" in key for key in config["html"])
    with pytest.raises(SystemExit, match="is needed"):
        repository.with_repository(config, "o/n", "main")


def test_the_book_is_served_on_loopback_with_right_types(tmp_path):
    (tmp_path / "a.js").write_text("1")
    with reader.served(tmp_path) as address, urllib.request.urlopen(address + "a.js") as answer:
        assert address.startswith("http://127.0.0.1:")
        assert answer.headers["Content-Type"] == "text/javascript"


def test_a_port_in_use_is_said(tmp_path):
    with book.server(tmp_path, 0) as taken, pytest.raises(Failure, match=str(taken.server_port)):
        book.serve(tmp_path, [taken.server_port])


def test_a_browser_is_found_by_name_or_place(tmp_path):
    assert browser.find({"MEM_LIB_BROWSER": "mine"}, lambda n: "/x/" + n) == "/x/mine"
    assert browser.find({}, lambda n: n if n == "msedge" else None) == "msedge"
    (tmp_path / "chrome.exe").write_text("")
    places = ("{PROGRAMFILES}/chrome.exe",)
    assert browser.find({"PROGRAMFILES": str(tmp_path)}, nothing, places)
    assert browser.find({}, nothing, places) is None
