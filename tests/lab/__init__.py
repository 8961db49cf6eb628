"""Pages as a reader runs them: in kernels, and in JupyterLab."""

import nbformat
from nbclient import NotebookClient


def run(*sources: str, folder: str = ".", errors: bool = False) -> list[list]:
    """The outputs of cells with these ``sources``, run in a kernel of their own in ``folder``;
    with ``errors`` one that fails does not end the run."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        allow_errors=errors,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return [cell.outputs for cell in notebook.cells]
