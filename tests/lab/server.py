"""A JupyterLab of our own, and its pages in a browser."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: All cells are drawn at once, and a closed notebook takes its kernel along.
SETTINGS = {"windowingMode": "none", "kernelShutdown": True}
PATIENCE = 180_000  # milliseconds, for the slowest page on the slowest machine

IDLE = """() => {
  const context = window.jupyterapp.shell.currentWidget?.sessionContext;
  return context?.isReady && context.session?.kernel?.status === "idle";
}"""
# A visible notebook is not yet a drawn one: formulas come later, and nothing says when.
OPEN = """async path => {
  const app = window.jupyterapp;
  const panel = await app.commands.execute("docmanager:open", { path });
  await panel.context.ready;
  await panel.sessionContext.ready;
  await Promise.all(panel.content.widgets.map(cell => cell.ready));
  const drawn = () => panel.node.querySelectorAll("mjx-container").length;
  for (let before = -1; before !== drawn();) {
    before = drawn();
    await new Promise(resolve => setTimeout(resolve, 300));
  }
}"""
CLOSE = """async () => {
  const app = window.jupyterapp;
  await app.shell.currentWidget.context.save();
  await app.commands.execute("application:close");
}"""
SEEN = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = panel.content.widgets;
  const outputs = cell => Array.from({ length: cell.model.outputs?.length ?? 0 },
    (_, i) => cell.model.outputs.get(i).toJSON());
  return {
    path: panel.context.path,
    changed: panel.context.model.dirty,
    cells: cells.length,
    trusted: cells.every(cell => cell.model.type !== "code" || cell.model.trusted),
    text: [...panel.node.querySelectorAll(".jp-RenderedMarkdown")].map(
      e => e.innerText).join("\\n"),
    errors: [...panel.node.querySelectorAll("mjx-merror, [data-mjx-error]")].map(
      e => e.getAttribute("data-mjx-error") ?? e.textContent),
    formulas: panel.node.querySelectorAll(".jp-RenderedMarkdown mjx-container").length,
    links: [...panel.node.querySelectorAll(".jp-RenderedMarkdown a[href]")].map(
      e => e.dataset.commandlinkerArgs ?? e.getAttribute("href")),
    unfinished: cells.filter(cell => cell.model.type === "code" && cell.model.sharedModel.source
      && !cell.model.executionCount).length,
    failed: cells.flatMap(outputs).filter(o => o.output_type === "error").map(
      o => [o.ename, o.evalue, o.traceback].flat().join("\\n")),
    said: cells.flatMap(outputs).filter(o => o.name === "stderr").map(o => o.text),
  };
}"""

# What a cell of this code prints, which the notebook does not show.
PRINTS = """async code => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const future = kernel.requestExecute({ code });
  let text = "";
  future.onIOPub = ({ content }) => (text += content.text ?? content.evalue ?? "");
  await future.done;
  return text.trim();
}"""


@contextmanager
def served(folder: Path, home: Path) -> Iterator[str]:
    """A JupyterLab of ``folder``; its settings, signatures and logs are in ``home``.  Yields an
    address with the place of a path: ``address.format(path)``."""
    settings = home / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = (
        "IPYTHONDIR",
        "JUPYTER_CONFIG_DIR",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
    )
    token = secrets.token_hex(8)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
        "IdentityProvider.token": token,
        "NotebookNotary.data_dir": home,
        "LabApp.news_url": None,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += [f"--{name}={value}" for name, value in options.items()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    with open(home / "lab.log", "wb") as log:
        lab = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **dict.fromkeys(names, str(home))}
        )
        try:
            _wait(f"http://127.0.0.1:{port}/api?token={token}", lab, home / "lab.log")
            yield f"http://127.0.0.1:{port}/lab/tree/{{}}?token={token}&reset"
        finally:
            _end(lab)


def _end(lab: subprocess.Popen[bytes]) -> None:
    """A server that is busy with its kernels may take long to end; nothing depends on how."""
    lab.terminate()
    try:
        lab.wait(30)
    except subprocess.TimeoutExpired:
        lab.kill()
        lab.wait()


def _wait(address: str, lab: subprocess.Popen[bytes], log: Path) -> None:
    while lab.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab ended:\n{log.read_text()[-2000:]}")


class Lab:
    """One browser window on a JupyterLab."""

    def __init__(self, chromium: Any, address: str, first: str) -> None:
        self.page = chromium.new_page(viewport={"width": 1300, "height": 1500})
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(address.format(first))
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.context?.isReady"
        )

    def open(self, path: str) -> dict[str, Any]:
        """Open a notebook; what a reader sees of it."""
        self.page.evaluate(OPEN, path)
        return self.seen()

    def seen(self) -> dict[str, Any]:
        return self.page.evaluate(SEEN)

    def run(self) -> None:
        """Run all cells of the notebook that is open, and wait for the last one."""
        self.page.wait_for_function(IDLE)
        done = "window.ranAll = window.jupyterapp.commands.execute('notebook:run-all-cells')"
        # no promise may come back here: one that never ends could not be given up
        self.page.evaluate(
            f"() => {{ window.ran = false; {done}.finally(() => window.ran = true); }}"
        )
        self.page.wait_for_function("() => window.ran")
        self.page.wait_for_function(IDLE)

    def prints(self, code: str) -> str:
        """What ``code`` prints in the kernel of the notebook that is open."""
        return self.page.evaluate(PRINTS, code)

    def end_kernel(self) -> None:
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()"
        )

    def close(self) -> None:
        """Save and close the notebook that is open, and end its kernel."""
        self.page.evaluate(CLOSE)

    def dialogs(self) -> list[str]:
        return [dialog.inner_text() for dialog in self.page.locator(".jp-Dialog").all()]
