"""Every explorer looks as it did when somebody last looked at it."""

import pytest
from PIL import Image, ImageDraw

from tests.explorer import screens


def test_every_explorer_looks_as_it_did(chromium, built):
    told = {}
    for page in screens.pages(built):
        for name, image in screens.taken(chromium, built, page):
            before = screens.kept(name)
            told[name] = screens.difference(image, before) if before else "not kept yet"
    assert {name: text for name, text in told.items() if text} == {}
    assert {path.stem for path in screens.FOLDER.glob("*.png")} == set(told)


def test_the_pictures_are_small():
    assert sum(path.stat().st_size for path in screens.FOLDER.glob("*.png")) <= 2_000_000


@pytest.mark.parametrize(
    ("box", "told"), [((0, 0, 9, 9), ""), ((0, 0, 60, 60), "9.3% of the pixels differ")]
)
def test_a_picture_that_has_changed_is_told(box, told):
    one = Image.new("RGB", (200, 200), "white")
    other = one.copy()
    ImageDraw.Draw(other).rectangle(box, fill="black")
    assert screens.difference(one, other) == told


def test_a_picture_of_another_size_is_told():
    one, other = Image.new("RGB", (200, 200)), Image.new("RGB", (200, 260))
    assert screens.difference(one, other) == "200 x 200 pixels, kept 200 x 260"
