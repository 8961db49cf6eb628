"""The construction of ``book/appendix/adding-a-construction``, registered as the page says.

As a plugin of pytest (``-p tests.toy``) it makes ``tests/test_every_construction.py`` test it too.
"""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "book/appendix/adding-a-construction.md"
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
NAMESPACE: dict[str, object] = {"__name__": __name__}

for snippet in SNIPPETS:
    exec(compile(snippet, str(PAGE), "exec"), NAMESPACE)
