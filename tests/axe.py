"""axe-core finds what keeps people out of a page: fetched once with npm, used by tests only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.browser import ROOT
from tools.widths import NARROW, WIDE, resized

VERSION = "4.14.1"
PLACE = ROOT / "_build" / "axe-core" / VERSION / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def fetched(place: Path = PLACE) -> str | None:
    """The script; None where there is no npm, or npm cannot fetch it."""
    npm = shutil.which("npm")
    if not place.exists() and npm:
        with tempfile.TemporaryDirectory() as folder:
            command = [npm, "pack", f"axe-core@{VERSION}", "--silent"]
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=300)
            packed = next(iter(Path(folder).glob("*.tgz")), None)
            if done.returncode == 0 and packed:
                place.parent.mkdir(parents=True, exist_ok=True)
                with tarfile.open(packed) as archive:
                    member = archive.extractfile("package/axe.min.js")
                    assert member is not None
                    new = place.with_suffix(f".{os.getpid()}")
                    new.write_bytes(member.read())
                    new.replace(place)
    return place.read_text(encoding="utf-8") if place.exists() else None


#: What keeps somebody out, and what the theme got wrong before it was mended.
GRAVE = {"serious", "critical"}
MENDED = {
    "summary-name", "color-contrast", "scrollable-region-focusable", "region",
    "label-content-name-mismatch",
}  # fmt: skip


# axe-core looks at every element, and a drawn formula is hundreds of them, of which only the
# outermost can be wrong: a box as large takes the place of the others, with a word at its far end.
BOXES = """
() => {
  const formulas = [...document.querySelectorAll("mjx-container")];
  const sizes = formulas.map(({ firstElementChild: e }) => e.getBoundingClientRect());
  formulas.forEach((formula, i) => {
    const box = document.createElement("span");
    box.textContent = "formula";
    box.style.cssText = `display: inline-block; width: ${sizes[i].width}px; ` +
      `height: ${sizes[i].height}px; overflow: hidden; text-align: right`;
    formula.replaceChildren(box);
  });
}
"""


def barriers(page: Any, script: str) -> list[str]:
    """What is grave on a page as it is, then in dark colours, then on a narrow screen."""
    resized(page, WIDE)
    page.evaluate("() => { document.documentElement.dataset.theme = 'light'; }")
    page.wait_for_timeout(300)  # colours change gradually
    found = violations(page, script)
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    page.wait_for_timeout(300)
    found += violations(page, script, ["color-contrast", "link-in-text-block"])
    resized(page, NARROW)
    page.wait_for_timeout(500)  # the theme looks 300 ms later at what can be scrolled
    return found + violations(page, script, ["scrollable-region-focusable", "target-size"])


def violations(page: Any, script: str, rules: list[str] | None = None) -> list[str]:
    """What is grave on ``page``, or one of what was mended: rule, impact, element; only ``rules``,
    if given."""
    page.evaluate(script)
    chosen = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    options = {"runOnly": chosen, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:120]}"
        for rule in found
        if rule["impact"] in GRAVE or rule["id"] in MENDED
        for node in rule["nodes"]
    ]
