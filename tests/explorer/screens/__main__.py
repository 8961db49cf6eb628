"""Compare the pictures of all explorers, or keep them."""

import argparse
import sys
from itertools import product

from tests.browser import ROOT
from tests.explorer import screens
from tools import browser


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.explorer.screens")
    parser.add_argument("--record", action="store_true", help="keep today's pictures")
    record = parser.parse_args().record
    html = ROOT / "_build" / "html"
    path = browser.find()
    if path is None or not html.is_dir():
        raise SystemExit("A browser and the built book (make book) are needed.")
    seen, differ = set(), 0
    with browser.launched(path) as chromium:
        for page, look in product(screens.pages(html), screens.LOOKS):
            for name, image in screens.taken(chromium, html, page, look):
                seen.add(name)
                before = screens.kept(name)
                told = screens.difference(image, before) if before else "not kept yet"
                if told:
                    print(f"{name}: {told}")
                    differ += 1
                if record and told:
                    image.save(screens.FOLDER / f"{name}.png", optimize=True)
    for path in screens.FOLDER.glob("*.png"):
        if path.stem not in seen:
            print(f"{path.stem}: no such explorer")
            if record:
                path.unlink()
    return 0 if record else int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
