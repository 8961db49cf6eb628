"""Write ``_config.yml`` anew with the links that need to know where the repository is.

    MEM_LIB_REPOSITORY=https://github.com/OWNER/NAME python tools/repository.py OUT

Without that address the book has no launch button and no link to a repository, hence no dead one.
Runs inside the environment (it needs PyYAML).
"""

import os
import re
import sys
from pathlib import Path

ADDRESS = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+")


def with_repository(config: dict, url: str, branch: str) -> dict:
    """The configuration ``config`` with launch, repository, issue and edit buttons."""
    if not ADDRESS.fullmatch(url):
        raise SystemExit("MEM_LIB_REPOSITORY is %r; https://github.com/OWNER/NAME is needed" % url)
    buttons = dict.fromkeys(
        ("use_repository_button", "use_issues_button", "use_edit_page_button"), True
    )
    return {
        **config,
        "repository": {"url": url, "branch": branch, "path_to_book": ""},
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
        },
        "html": {**config.get("html", {}), **buttons},
    }


if __name__ == "__main__":
    import yaml

    root = Path(__file__).resolve().parents[1]
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    url = os.environ["MEM_LIB_REPOSITORY"].rstrip("/")
    config = with_repository(config, url, os.environ.get("MEM_LIB_BRANCH", "main"))
    text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
