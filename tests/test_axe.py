"""No page keeps anybody out: axe-core finds nothing grave, wide and narrow, light and dark."""

import pytest

from tests import axe
from tests.test_pages import toc_pages


@pytest.fixture(scope="module")
def script():
    found = axe.fetched()
    if found is None:
        pytest.skip("axe-core cannot be fetched without npm")
    return found


@pytest.fixture
def page(chromium):
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", toc_pages())
def test_a_page_is_open_to_everybody(page, script, built, name):
    page.goto((built / name).as_uri(), wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.wait_for_timeout(200)
    found = axe.violations(page, script)
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    page.wait_for_timeout(300)  # colours change gradually
    found += axe.violations(page, script, ["color-contrast", "link-in-text-block"])
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_timeout(200)
    found += axe.violations(page, script, ["scrollable-region-focusable", "target-size"])
    assert found == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<details><summary></summary>x</details>", "summary-name (serious)"),
        ('<p style="background: #fff; color: #aaa">pale</p>', "color-contrast (serious)"),
        ('<button aria-label="Open">Shut</button>', "label-content-name-mismatch (serious)"),
        ("</main><p>outside</p><main>", "region (moderate)"),
    ],
)
def test_a_barrier_is_reported(page, script, body, rule):
    page.set_content(
        f'<!doctype html><html lang="en"><title>t</title><main><h1>t</h1>{body}</main>'
    )
    found = axe.violations(page, script)
    assert len(found) == 1 and found[0].startswith(rule), found


def test_without_npm_there_is_no_script(monkeypatch, tmp_path):
    monkeypatch.setattr(axe.shutil, "which", lambda name: None)
    assert axe.fetched(tmp_path / "axe.min.js") is None
