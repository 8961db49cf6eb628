"""What keeps people out of a page is found by axe-core."""

import pytest

from tests import axe


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


FORMULA = """<mjx-container style="display: block; width: 90px; overflow: auto; %s">
<mjx-math style="display: inline-block; width: %dpx; text-align: right">a + b</mjx-math>
</mjx-container>"""


@pytest.mark.parametrize(
    ("style", "width", "rules"),
    [
        ("", 80, []),
        ("", 400, ["scrollable-region-focusable (serious)"]),
        ("background: #fff; color: #aaa", 80, ["color-contrast (serious)"]),
    ],
)
@pytest.mark.parametrize("boxed", [False, True])
def test_a_box_in_place_of_a_formula_hides_no_barrier(page, script, style, width, rules, boxed):
    body = FORMULA % (style, width)
    page.set_content(
        f'<!doctype html><html lang="en"><title>t</title><main><h1>t</h1>{body}</main>'
    )
    if boxed:
        page.evaluate(axe.BOXES)
        assert page.locator("mjx-math").count() == 0
    assert [one.partition(":")[0] for one in axe.violations(page, script)] == rules


def test_without_npm_there_is_no_script(monkeypatch, tmp_path):
    monkeypatch.setattr(axe.shutil, "which", lambda name: None)
    assert axe.fetched(tmp_path / "axe.min.js") is None
