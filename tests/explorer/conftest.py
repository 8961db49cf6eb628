"""The landing explorer, built once, and browsers that show it."""

import pytest

from mem_lib import explorer
from tests.explorer.pages import SLUG, Live, discoveries, saved, some


@pytest.fixture(scope="session")
def landing():
    return explorer.landing(cards=some(), numbers=(6, 100))


@pytest.fixture(scope="session")
def networks(landing):
    return landing.networks(SLUG)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("explorer")


@pytest.fixture(scope="module")
def engine(chromium, folder):
    """A page that has the evaluator's functions as ``mem``, as a page of the book carries them."""
    parts = 'window.mem = $parts["evaluate.mjs"]; window.ruler = $parts["ruler.mjs"];'
    script = explorer.module("landing") + parts
    page = chromium.new_page()
    page.goto(saved(folder, "engine", f'<script type="module">{script}</script>'))
    page.wait_for_function("() => window.mem")
    yield page
    page.close()


@pytest.fixture(scope="module")
def address(landing, folder):
    return saved(folder, "live", landing._repr_html_())


@pytest.fixture
def live(chromium, address):
    page = Live(chromium, address).ready()
    yield page
    page.close()


@pytest.fixture
def told(live):
    return discoveries(live)
