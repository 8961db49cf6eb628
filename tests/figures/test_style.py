"""One style: it is seen on both themes, and every page draws in it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from mem_lib import figures

BOOK = Path(__file__).resolve().parents[2] / "book"


@pytest.mark.parametrize("one", [figures.LIGHT, figures.DARK])
def test_text_and_classes_stand_out(one):
    """Contrast of at least 4.5 for text and 3 for marks against the page (WCAG)."""

    def luminance(colour):
        channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return float(linear @ [0.2126, 0.7152, 0.0722])

    def contrast(colour):
        high, low = sorted((luminance(colour), luminance(one.paper)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    assert contrast(one.ink) >= 4.5 and contrast(one.accent) >= 3
    assert all(contrast(c) >= 2.3 for c in one.classes[:4])


def drawn_past_the_style(source):
    """What in the code of a page draws without ``figures.show``."""
    return re.findall(
        r"pyplot|plt\.|savefig|matplotlib\.use|IPython\.display import .*Image", source
    )


def test_every_page_draws_in_the_one_style():
    pages = [*BOOK.rglob("*.md"), *BOOK.rglob("*.ipynb")]
    assert len(pages) > 10
    for page in pages:
        source = page.read_text(encoding="utf-8")
        if page.suffix == ".ipynb":
            source = "\n".join("".join(c["source"]) for c in json.loads(source)["cells"])
        assert drawn_past_the_style(source) == [], page.name


def test_drawing_past_the_style_is_noticed():
    assert drawn_past_the_style("import matplotlib.pyplot as plt\nplt.plot([1])")
