"""Run notebooks and store their outputs: ``make notebooks``, or ``make notebooks FILE ...``.

What is stored is what the tests compare with: outputs, counts, and nothing of the machine.  A
widget is stored as its HTML, since no notebook that is only opened has a kernel that knows it.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from mem_lib._base.files import write_atomically

WIDGET = "application/vnd.jupyter.widget-view+json"
ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    paths = [Path(name).resolve() for name in arguments] or sorted(ROOT.glob("book/**/*.ipynb"))
    for path in paths:
        refresh(path)
        print(path)
    return 0


def refresh(path: Path) -> None:
    """Run one notebook in its folder and write it back; a cell that fails leaves it as it is."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times
        if cell.cell_type == "code":
            cell.outputs = stored(cell.outputs)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    write_atomically(path, [nbformat.writes(notebook).rstrip("\n").encode(), b"\n"])


def stored(outputs: list) -> list:
    """What is kept of a cell's outputs: streams as one, of a widget its HTML."""
    for output in outputs:
        output.get("data", {}).pop(WIDGET, None)
    return merged(outputs)


def merged(outputs: list) -> list:
    """Pieces of one stream put together: how they arrive is chance."""
    result: list = []
    for output in outputs:
        last = result[-1] if result else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            result.append(output)
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
