"""The moving picture of the README: small, there for every reader, and made as the tool says."""

import io
import re

import pytest
from PIL import Image

from tests.house import ROOT
from tools import moving

STATIC = ROOT / "book" / "_static"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_pictures_are_small_and_move(mode):
    path, still = STATIC / f"moving-{mode}.webp", STATIC / f"still-{mode}.webp"
    assert path.stat().st_size <= moving.MOST
    picture = Image.open(path)
    assert picture.n_frames > 40 and Image.open(still).n_frames == 1
    assert Image.open(still).size == picture.size and picture.width <= 760


def test_readers_who_want_no_motion_get_the_still():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    head = text[text.index("<picture>") : text.index("</picture>")]
    sources = re.findall(r'media="([^"]*)" srcset="([^"]*)"', head)
    assert all((ROOT / place).is_file() for _, place in sources)
    assert all(("reduce" in media) == ("still" in place) for media, place in sources)
    assert [("dark" in media) == ("dark" in place) for media, place in sources] == [True] * 3


def test_the_tool_films_what_hands_do(chromium, tmp_path):
    from mem_lib import explorer
    from tests.explorer.pages import POINTS, saved, some

    page = explorer.landing(POINTS, some(), sizes=())
    address = saved(tmp_path, "film", page._repr_html_())
    gestures = [("drag", (0.6, 0.5)), ("press", "D"), ("take", "two_layer.sorted")]
    frames = moving.filmed(address, "light", chromium, gestures)
    assert len(frames) == 1 + 13 + 1 + 1
    assert len({png for png, _ in frames[::4]}) == len(frames[::4])
    picture = Image.open(io.BytesIO(moving.animated(frames)))
    assert picture.n_frames > 10 and picture.info["loop"] == 0


def test_what_stays_too_large_is_refused(monkeypatch):
    out = io.BytesIO()
    Image.effect_noise((60, 60), 90).save(out, "PNG")
    monkeypatch.setattr(moving, "MOST", 100)
    with pytest.raises(SystemExit, match="larger than 100 bytes"):
        moving.animated([(out.getvalue(), 100)])


def test_without_a_built_book_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(moving, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="make book"):
        moving.main()
