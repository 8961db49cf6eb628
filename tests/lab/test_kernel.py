"""What a kernel shows of our errors and of a panel, and that pages run outside their folder."""

import subprocess
import sys

from tests.lab import run

VIEW = "application/vnd.jupyter.widget-view+json"
FAILING = """import mem_lib as ml

def points(N):
    return ml.data.ball(N=N, d=2, margin=0.9)
"""
MESSAGE = "InvalidDataset: margin=0.9 in d=2: N=60 points cannot be packed"


def test_an_error_of_ours_is_one_line_below_the_reader_s_own():
    cells = FAILING, "1\npoints(60)", "import traceback; traceback.print_last()", "1 / 0"
    _, (ours,), (whole,), (other,) = run(*cells, errors=True)
    *frames, message = ours.traceback
    assert frames == [
        "Cell In[2], line 2: points(60)",
        "Cell In[1], line 4: return ml.data.ball(N=N, d=2, margin=0.9)",
    ]
    assert message.startswith(MESSAGE) and "\n" not in message
    assert "generators.py" in whole.text and len(other.traceback) > 1


def test_plain_python_shows_where_it_was_raised(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(FAILING + "\npoints(60)\n")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert "generators.py" in done.stderr and f"\nmem_lib.errors.{MESSAGE}" in done.stderr
    assert done.stderr.startswith("Traceback (most recent call last):")


PANEL = """import mem_lib as ml

def make(N, d, margin, seed):
    data = ml.data.ball(N=N, d=d, margin=margin, seed=seed)
    certificate = ml.verify(ml.beyond_worst_case.build(data), data)
    return [certificate, f"{certificate.correct} of {N} are right"]

panel = ml.figures.Panel(make, N=[6, 12], d=[2], margin=[0.1, 0.9], seed=0)
panel
"""
MOVED = """import asyncio
n, _, margin, _ = panel.widget.children[0].children
n.value = 12
margin.value = {margin}
told, result = panel.widget.children[1:3]
for _ in range(600):
    await asyncio.sleep(0.1)
    if "N = 12" in told.value and "Building" not in told.value:
        break
print(told.value, result.value)
"""


def test_a_kernel_has_the_widget_and_the_html():
    ((shown,),) = run(PANEL)
    assert set(shown.data) == {VIEW, "text/html", "text/plain"}
    ((again,),) = run(PANEL)
    assert again.data["text/html"] == shown.data["text/html"]
    assert (
        "6 of 6 are right" in shown.data["text/html"] and "Run this page" in shown.data["text/html"]
    )


def test_a_panel_answers_in_a_kernel():
    moved = run(PANEL, MOVED.format(margin=0.1))[1][0].text
    assert "N = 12, d = 2, margin = 0.1, seed = 0" in moved and "12 of 12 are right" in moved
    failed = run(PANEL, MOVED.format(margin=0.9))[1][0].text
    assert "InvalidDataset: margin=0.9 in d=2: N=12" in failed and "6 of 6 are right" in failed


def test_recorded_results_are_read_in_any_folder(tmp_path):
    ((printed,),) = run(
        "from mem_lib import recorded\nprint(len(recorded.read('mnist')))", folder=tmp_path
    )
    assert int(printed.text) > 0
