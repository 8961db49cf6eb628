"""Every explorer looks as it did when somebody last looked at it."""

from itertools import cycle, product

import pytest
from PIL import Image, ImageDraw

from tests.explorer import screens


def told(chromium, built, shown):
    """What has changed in the pictures of these pages and looks, by name."""
    found = {}
    for page, look in shown:
        for name, image in screens.taken(chromium, built, page, look):
            before = screens.kept(name)
            found[name] = screens.difference(image, before) if before else "not kept yet"
    return {name: text for name, text in found.items() if text}


def test_every_explorer_looks_as_it_did(chromium, built):
    """Each of them in one look, and each look somewhere; the full run sees all."""
    pages = list(screens.pages(built))
    assert len(pages) >= len(screens.LOOKS)
    assert told(chromium, built, zip(pages, cycle(screens.LOOKS), strict=False)) == {}


@pytest.mark.slow
def test_every_explorer_looks_as_it_did_wide_and_narrow_light_and_dark(chromium, built):
    assert told(chromium, built, product(screens.pages(built), screens.LOOKS)) == {}


def test_no_picture_is_kept_of_what_is_gone(built):
    shown = product(screens.pages(built), screens.LOOKS)
    names = {name for page, look in shown for name in screens.names(built, page, look)}
    assert {path.stem for path in screens.FOLDER.glob("*.png")} == names


def test_the_pictures_are_small():
    assert sum(path.stat().st_size for path in screens.FOLDER.glob("*.png")) <= 2_000_000


@pytest.mark.parametrize(
    ("box", "said"), [((0, 0, 9, 9), ""), ((0, 0, 60, 60), "9.3% of the pixels differ")]
)
def test_a_picture_that_has_changed_is_told(box, said):
    one = Image.new("RGB", (200, 200), "white")
    other = one.copy()
    ImageDraw.Draw(other).rectangle(box, fill="black")
    assert screens.difference(one, other) == said


def test_a_picture_of_another_size_is_told():
    one, other = Image.new("RGB", (200, 200)), Image.new("RGB", (200, 260))
    assert screens.difference(one, other) == "200 x 200 pixels, kept 200 x 260"
