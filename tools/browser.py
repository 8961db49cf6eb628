"""A browser that is already there (Chromium, Chrome or Edge), driven by Playwright."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, List, Mapping, Optional

NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "msedge",
)
# Where macOS and Windows keep them, which is not on the PATH.
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "{PROGRAMFILES}/Google/Chrome/Application/chrome.exe",
    "{PROGRAMFILES(X86)}/Google/Chrome/Application/chrome.exe",
    "{LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
    "{PROGRAMFILES(X86)}/Microsoft/Edge/Application/msedge.exe",
)


def find(
    environ: Mapping[str, str] = os.environ,
    which: Callable[[str], Optional[str]] = shutil.which,
    places: "tuple[str, ...]" = PLACES,
) -> Optional[str]:
    """The path of a browser: the one that ``MEM_LIB_BROWSER`` names, else the first one found."""
    chosen = environ.get("MEM_LIB_BROWSER")
    if chosen:
        return which(chosen)
    for name in NAMES:
        found = which(name)
        if found:
            return found
    for place in places:
        for key in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            place = place.replace("{%s}" % key, environ.get(key, ""))
        if Path(place).is_file():
            return place
    return None


def flags() -> List[str]:
    """Flags for a machine without a screen, where no name but the loopback address resolves."""
    result = ["--disable-gpu", "--disable-quic", "--hide-scrollbars", "--font-render-hinting=none"]
    result += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    if sys.platform.startswith("linux"):
        result.append("--disable-dev-shm-usage")
        if os.geteuid() == 0:  # Chromium refuses to be sandboxed by the superuser
            result.append("--no-sandbox")
    return result


@contextmanager
def launched(path: str) -> Iterator[Any]:
    """The browser at ``path``, started; yields Playwright's ``Browser``."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags())
        try:
            yield browser
        finally:
            browser.close()
