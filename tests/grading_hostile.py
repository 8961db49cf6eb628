"""What a class hands in that nobody wishes for: kinds of submissions as data.

Each says what it is, how many points its answer to ``optimal_relu.fold`` deserves, and a word of
the report, or several of which one will do.  ``RIGHT`` at the end of the cells: a right answer is
handed in after the misdeed, and it counts.  The codes run in the sandbox of a graded run and
nowhere else.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SLUG, FOLD = "optimal_relu", "optimal_relu.fold"
KEYS = """
from mem_lib import grading
def keys(file, size, bits):
    return [file >> bits * i & (1 << bits) - 1 for i in reversed(range(size))]
"""
HAND_IN = f"grading.hand_in({FOLD!r}, keys)"
RIGHT = (KEYS, HAND_IN)


def notebook(*cells):
    code = [
        {"cell_type": "code", "source": c, "metadata": {}, "outputs": [], "execution_count": None}
        for c in cells
    ]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@dataclass(frozen=True)
class Kind:
    """``content``: the bytes of the notebook, or its cells; ``beside``: further files; ``place``:
    what else is done to the folder that is handed in."""

    content: bytes | tuple[str, ...] | None
    points: int = 4
    word: str = ""
    beside: dict[str, bytes] = field(default_factory=dict)
    place: Callable[[Path], None] = lambda folder: None

    def submit(self, submitted: Path, student: str) -> None:
        folder = submitted / student / SLUG
        folder.mkdir(parents=True)
        content = self.content
        if isinstance(content, tuple):
            content = notebook(*content).encode()
        if content is not None:
            (folder / f"{SLUG}.ipynb").write_bytes(content)
        for name, text in self.beside.items():
            (folder / name).write_bytes(text)
        self.place(folder)


def then_right(code, word="", **more):
    """A misdeed in one cell, and then a right answer."""
    return Kind((code, *RIGHT), 4, word, **more)


def answer(code, points=0, word="", before=""):
    """A function whose result is ``code``."""
    body = f"def answer(file, size, bits):\n    right = keys(file, size, bits)\n    {code}"
    return Kind((KEYS, before, body, f"grading.hand_in({FOLD!r}, answer)"), points, word)


def written(code, word="", points=0):
    """An answer's file that no ``hand_in`` wrote; ``file`` is its path."""
    head = f"import os\nos.makedirs('handed_in')\nfile = 'handed_in/{FOLD}.json'\n"
    return Kind((head + code,), points, word)


def text(content, word=""):
    return written(f"open(file, 'w').write({content!r})", word)


RIGHT_TEXT = notebook(*RIGHT)

#: Files that are no notebooks, or nearly.
FILES = {
    "empty file": Kind(b"", 0, "is empty"),
    "blanks": Kind(b" \n" * 1000, 0, "is empty"),
    "a letter": Kind(b"Dear instructor,", 0, "no notebook"),
    "pdf": Kind(b"%PDF-1.7\n\xe2\xe3\xcf\xd3", 0, "no notebook"),
    "zip": Kind(b"PK\x03\x04" + bytes(1000), 0, "no notebook"),
    "zeros": Kind(bytes(10**6), 0, "no notebook"),
    "script": Kind(KEYS.encode(), 0, "no notebook"),
    "list": Kind(b"[]", 0, "no list of cells"),
    "number": Kind(b"7", 0, "no list of cells"),
    "no cells": Kind(b"{}", 0, "no list of cells"),
    "cells are text": Kind(b'{"cells": "x"}', 0, "no list of cells"),
    "cells of numbers": Kind(b'{"cells": [1]}', 0, "cell 0"),
    "old format": Kind(b'{"worksheets": [{"cells": []}], "nbformat": 3}', 0, "no list of cells"),
    "half": Kind(RIGHT_TEXT[: len(RIGHT_TEXT) // 2].encode(), 0, "no notebook"),
    "deep file": Kind(b"[" * 10**6, 0, "no notebook"),
    "long number": Kind(b'{"cells": ' + b"9" * 10**4 + b"}", 0, "no notebook"),
    "nan in a file": Kind(b'{"cells": [NaN]}', 0, "cell 0"),
    "long": Kind(b'{"cells": [], "x": "' + b"x" * (33 << 20) + b'"}', 0, "more than 32 MB"),
    "latin-1": Kind(notebook("é").encode().replace(b"\\u00e9", b"\xe9"), 0, "no notebook"),
    "utf-16": Kind(RIGHT_TEXT.encode("utf-16")),
    "byte order mark": Kind(RIGHT_TEXT.encode("utf-8-sig")),
    "damaged metadata": Kind(json.dumps({"cells": [{"cell_type": "code", "metadata": 7,
                             "source": [*KEYS.splitlines(True), HAND_IN]}]}).encode()),
    "source is a number": Kind(b'{"cells": [{"cell_type": "code", "source": 5}]}', 0, "nothing"),
    "text alone": Kind(b'{"cells": [{"cell_type": "markdown", "source": "x"}]}', 0, "nothing"),
    "lone surrogate": then_right("x = '\ud800'; print(x)"),
    "nul": then_right("\0"),
}  # fmt: skip

#: What else lies, or does not lie, in the folder that is handed in.
PLACES = {
    "no file": Kind(None, 0, "no notebook"),
    "link out": Kind(None, 0, "link", place=lambda f: (f / "a.ipynb").symlink_to("/etc/passwd")),
    "folder for a file": Kind(None, 0, "no file", place=lambda f: (f / "a.ipynb").mkdir()),
    "two, and which": Kind(None, 0, "2 notebooks", {"a.ipynb": b"", "b.ipynb": b""}),
    "another beside": Kind(RIGHT, 4, "without copy.ipynb", {"copy.ipynb": b""}),
    "link beside": Kind(RIGHT, 4, "without x", place=lambda f: (f / "x").symlink_to("/")),
    "folder beside": Kind(RIGHT, 4, "without mem_lib", place=lambda f: (f / "mem_lib").mkdir()),
    "library beside": Kind(RIGHT, 4, "", {"mem_lib.py": b"raise SystemExit(3)"}),
    "modules beside": Kind(RIGHT, 4, "", {
        name: b"raise SystemExit(3)" for name in
        ("json.py", "numpy.py", "sitecustomize.py", "usercustomize.py", "IPython.py")}),
    "tasks beside": Kind(RIGHT, 4, "", {"tasks.json": b"{}"}),
    "answers beside": Kind(RIGHT, 0, "nothing", {"handed_in": b""}),
    "hidden beside": Kind(RIGHT, 4, "", {".library": b"", ".tmp": b""}),
    "notebook beside": Kind(RIGHT, 4, "", {"notebook.ipynb": b"", "outputs.json": b"{"}),
    "large beside": Kind(RIGHT, 4, "more than 128 MB",
                         place=lambda f: _sparse(f / "big.bin", 1 << 40)),
    "network of 100 MB": Kind(
        (KEYS, "grading.hand_in('optimal_relu.remainder', 'big.json')", HAND_IN), 4,
        place=lambda f: _sparse(f / "big.json", 100 << 20)),
}  # fmt: skip

#: Answers of other kinds than asked for.
ANSWERS = {
    "missing function": Kind((HAND_IN.replace("keys", "kies"),), 0, "nothing was handed in"),
    "wrong signature": Kind((KEYS, f"grading.hand_in({FOLD!r}, lambda file: [])"), 0, "TypeError"),
    "no function": Kind((KEYS, f"grading.hand_in({FOLD!r}, 5)"), 0, "nothing was handed in"),
    "none": answer("return None"),
    "tuple": answer("return tuple(right)", 4),
    "numbers of numpy": answer("return np.array(right, object)", 4, before="import numpy as np"),
    "equal floats": answer("return [float(key) for key in right]", 3, "is right, got"),
    "texts": answer("return list(map(str, right))"),
    "not a number": answer("return [float('nan')] * size", 0, "finite"),
    "infinite": answer("return [float('inf')] * size", 0, "finite"),
    "huge": answer("return [1 << 10**7] * size"),
    "bytes": answer("return bytes(size)", 0, "bytes"),
    "generator": answer("return (key for key in right)", 0, "generator"),
    "holds itself": answer("x = []; x.append(x); return x", 0, "holds itself"),
    "endless list": answer("return L()", 0, before=(
        "class L(list):\n    def __iter__(self):\n        while True: yield 1")),
    "equals everything": answer("return L([0] * size)", 0, before=(
        "class L(list):\n    def __eq__(self, other): return True")),
    "number that lies": answer("return [I(0)] * size", 0, before=(
        "class I(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__")),
    "other at each call": answer("calls.append(1); return right if len(calls) % 2 else []", 1,
                                 before="calls = []"),
    "hangs at one call": answer("while size == 5: pass\n    return right", 3, "TooLong"),
    "sleeps at one call": answer("time.sleep(1000 * (size == 5)); return right", 3, "TooLong",
                                 before="import time"),
    "exits at one call": answer("sys.exit(5) if size == 5 else None; return right", 3, "SystemExit",
                                before="import sys"),
    "ends its process": answer("os._exit(3)", 0, "status 3", before="import os"),
    "recursion": answer("return answer(file, size, bits)", 0, "RecursionError"),
    "spoils its arguments": answer("file = size = bits = None; return right", 4),
    "interrupts": answer("raise KeyboardInterrupt", 0, "nothing was handed in"),
    "answers of another exercise": Kind((KEYS, "grading.hand_in('optimal_relu.folder', keys)"), 0),
    "unknown exercise": then_right("from mem_lib import grading; grading.hand_in('x.y', 5)"),
    "certificate of another": Kind((KEYS, """
import mem_lib as ml
data = ml.data.moons(N=8, seed=1)
ml.verify(ml.build(data, 'two_layer'), data).save('certificate.json')
grading.hand_in('optimal_relu.remainder', 'certificate.json')""", HAND_IN), 4, "InvalidNetwork"),
    "zip bomb": then_right("""
import gzip
from mem_lib import grading
open('bomb.json.gz', 'wb').write(gzip.compress(bytes(10**8)))
grading.hand_in('optimal_relu.remainder', 'bomb.json.gz')"""),
}  # fmt: skip

#: Files of answers that no ``hand_in`` wrote.
WRITTEN = {
    "pickle": written("import pickle; pickle.dump(os.system, open(file, 'wb'))", "no JSON"),
    "answer is nan": text("NaN", "finite"),
    "answer is 1e999": text("[1e999]", "finite"),
    "answer is deep": text("[" * 10**6, "no JSON"),
    "answer is long number": text("9" * 10**6, "no JSON"),
    "answer has no such tag": text('{"python": "os.system"}', "no tag"),
    "answer is no network": text('{"network": {"layers": [[[[]]]]}}', "answer"),
    "answer is long ratio": text('{"ratio": "1/' + "9" * 5000 + '"}', "ratio"),
    "answer is empty": text("", "no JSON"),
    "answer is long": written("open(file, 'w').write('[' + '0,' * (35 << 20) + '0]')", "no JSON"),
    "answer is a link": written("os.symlink('/etc/passwd', file)", "symbolic"),
    "answer is a pipe": written("os.mkfifo(file)"),
    "answer is a folder": written("os.makedirs(file)"),
    "answer is a socket": written("import socket as s; s.socket(s.AF_UNIX).bind(file)"),
    "answers are a link": Kind(("import os; os.symlink('/', 'handed_in')",), 0, "link"),
    "answers are a file": Kind(("open('handed_in', 'w').write('x')", *RIGHT), 0, "nothing"),
    "verdicts": written("open(file, 'w').write('{\"dict\": {\"points\": 99, \"parts\": []}}')"),
}  # fmt: skip

DAEMON = """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        {}
    os._exit(0)
"""
PATCHES = """
import json, os, subprocess, sys
import mem_lib.grading.values as v, mem_lib.grading.verdict, mem_lib.grading.judge as j
v.text_of = lambda value: '{"dict": {"points": 99}}'
json.dumps = lambda *a, **k: '{"points": 99}'
subprocess.run = os.replace = print
mem_lib.grading.verdict.Sheet.need = lambda *a: None
"""

#: Processes, signals, limits.
PROCESSES = {
    "loop": Kind((*RIGHT, "while True: pass"), 4, "too long"),
    "loop that catches": Kind((*RIGHT, "while True:\n    try:\n        while True: pass\n"
                               "    except BaseException: pass"), 4, "stopped"),
    "loop first": then_right("while True: pass", "cell 0 takes too long"),
    "sleep": Kind((*RIGHT, "import time; time.sleep(10**6)"), 4, "too long"),
    "memory": then_right("x = bytearray(10**12)"),
    "memory of a family": Kind((*RIGHT, "import os, time\nfor i in range(4):\n    if not os.fork():"
                                "\n        x = b'x' * (700 << 20); time.sleep(60)\ntime.sleep(60)"),
                               4, "of memory"),
    "forks": Kind((*RIGHT, "import os, time\nfor i in range(150):\n    if not os.fork():\n"
                   "        time.sleep(60); os._exit(0)\ntime.sleep(60)"), 4, "more than"),
    "threads": Kind((*RIGHT, "import threading, time\nfor i in range(150):\n    threading.Thread("
                     "target=time.sleep, args=(60,)).start()\ntime.sleep(60)"), 4,
                    "more than|can't start new thread"),
    "daemon": then_right(DAEMON.format("time.sleep(10**6)")),
    "daemon that answers late": Kind((KEYS, f"grading.hand_in({FOLD!r}, lambda *a: [])",
        DAEMON.format(f"time.sleep(2); {HAND_IN}; os._exit(0)")), 0),
    "child left behind": then_right("import subprocess; subprocess.Popen(['/bin/sleep', '9999'])"),
    "at exit": Kind((*RIGHT, "import atexit, shutil; atexit.register(shutil.rmtree, 'handed_in')"),
                    0, "nothing was handed in"),
    "exit": Kind(("import os; os._exit(7)",), 0, "status 7"),
    "exit with a sign": Kind((r"import os; os.write(2, b'\x1b[2J\xff\n'); os._exit(7)",), 0,
                             "status 7: ·[2J"),
    "crash": Kind((*RIGHT, "import os; os.kill(os.getpid(), 11)"), 4, "signal 11"),
    "abort": Kind(("import os; os.abort()",), 0, "signal 6"),
    "null pointer": Kind(("import ctypes; ctypes.string_at(0)",), 0, "signal 11"),
    "deep recursion": Kind((*RIGHT, "import sys; sys.setrecursionlimit(10**9)\n"
                            "f = lambda: f()\nf()"), 4),
    "stops itself": Kind((*RIGHT, "import os; os.kill(os.getpid(), 19)"), 4, "by the clock"),
    "kills its group": Kind((*RIGHT, "import os; os.killpg(0, 9)"), 4, "killed"),
    "kills its parent": Kind((*RIGHT, "import os; os.kill(os.getppid(), 9)"), 4),
    "ignores signals": Kind((*RIGHT, "import signal\nfor i in range(1, 32):\n    try: "
                             "signal.signal(i, signal.SIG_IGN)\n    except OSError: pass\n"
                             "while True: pass"), 4, "stopped"),
    "asks": then_right("input('?')"),
    "million lines": then_right("for i in range(10**6): print(i)"),
    "endless output": Kind((*RIGHT, "import os\nwhile True: os.write(1, b'x' * 60000)"), 4,
                           "too long"),
    "closes its output": then_right("import os; os.close(1); os.close(2)"),
}  # fmt: skip

#: Files and rights.
RIGHTS = {
    "large file": then_right("open('x', 'wb').write(bytes(10**9))"),
    "sparse file": then_right("open('x', 'wb').truncate(1 << 40)"),
    "many files": Kind((*RIGHT, "import time\nfor i in range(10**5): open(f'x{i}', 'w').close()\n"
                        "time.sleep(60)"), 4, "wrote more"),
    "deep folders": Kind((*RIGHT, "import os, time\nfor i in range(3000): os.mkdir('d'); "
                          "os.chdir('d')\ntime.sleep(5)"), 4, "wrote more"),
    "strange names": then_right(r"open(b'\xff\n\x1b[2J', 'w').close(); open('\u202e', 'w')"),
    "locked folder": Kind((*RIGHT, "import os; os.makedirs('x/y'); os.chmod('x', 0)"), 4),
    "removes its folder": Kind((*RIGHT, "import shutil; shutil.rmtree('.', True)"), 0, "nothing"),
    "removes above": Kind((*RIGHT, "%%bash\nrm -rf ../* 2>/dev/null"), 4),
    "goes elsewhere": then_right("import os; os.chdir('/')"),
    "overwrites files": Kind(("""
import os
for place in ('/etc/mem_lib', '/tmp/mem_lib-x', '/dev/shm/mem_lib-x', '../x', '../verdicts'):
    try: open(place, 'w').write('{}')
    except OSError: continue
    os._exit(99)""", *RIGHT), 4),
    "writes into the library": Kind(("""
import os, mem_lib
for name in ('x.py', '__pycache__/x.pyc', 'grading/judge.py', 'grading/judges/optimal_relu.py'):
    try: open(os.path.join(os.path.dirname(mem_lib.__file__), name), 'a')
    except OSError: continue
    os._exit(99)""", *RIGHT), 4),
    "another library": then_right("""
import os, shutil
os.unlink('.library/mem_lib'); os.makedirs('.library/mem_lib/grading')
open('.library/mem_lib/__init__.py', 'w').write('raise SystemExit')
open('.library/sitecustomize.py', 'w').write('raise SystemExit')"""),
    "network": Kind(("""
import os, socket
for address in (('1.1.1.1', 53), ('127.0.0.1', 22), ('169.254.169.254', 80)):
    try: socket.create_connection(address, 2)
    except OSError: continue
    os._exit(99)""", *RIGHT), 4),
    "looks at processes": Kind(("""
import glob, os
for name in glob.glob('/proc/[0-9]*/environ') + ['/proc/1/environ', '/proc/1/cmdline']:
    try: open(name, 'rb').read()
    except OSError: continue
    os._exit(99)""", *RIGHT), 4),
    "becomes another": then_right("""
import ctypes, os
c = ctypes.CDLL(None)
c.unshare(0x10000000 | 0x20000); c.umount2(b'/', 2); c.chroot(b'.')"""),
    "environment": then_right("import os; os.environ.clear()"),
    "own tasks": Kind(("import os; os.environ['MEM_LIB_TASKS'] = '/dev/null'", *RIGHT), 0, "noth"),
    "no tasks": Kind(("import os; os.unlink('tasks.json')", *RIGHT), 0, "nothing"),
    "outputs are a link": Kind((*RIGHT, "import os\nos.unlink('outputs.json')\n"
                                "os.symlink('/etc/passwd', 'outputs.json'); os._exit(0)"), 4),
    "outputs are none": Kind((*RIGHT, "open('outputs.json', 'w').write('[' * 10**5)\n"
                              "import os; os._exit(0)"), 4),
    "shell": Kind((*RIGHT, "!kill -9 $PPID"), 4),
    "patches": Kind((KEYS, PATCHES, f"grading.hand_in({FOLD!r}, lambda *a: [])"), 0),
    "no builtins": Kind((*RIGHT, "import builtins\nfor n in dir(builtins): delattr(builtins, n)"),
                        4),
    "replaces the shell": Kind((*RIGHT, "get_ipython().__class__.run_cell = None", "1"), 4),
    "asks itself": Kind((KEYS, "import os; del os.environ['MEM_LIB_GRADED']", HAND_IN,
                         f"grading.ask({FOLD!r})"), 4),
}  # fmt: skip

KINDS = FILES | PLACES | ANSWERS | WRITTEN | PROCESSES | RIGHTS
#: Ten, one of each sort.
TEN = ("empty file", "no cells", "two, and which", "wrong signature", "hangs at one call",
       "answer is a link", "loop", "forks", "overwrites files", "patches")  # fmt: skip

#: Names of students, each with a right answer.
NAMES = ("Ann Lee", "=cmd()", "-rf", "$(reboot)", "%2e%2e", "a\nb", "\u202eevil", "José",
         "Jose\u0301", "ann;ls", "\udcff\udcfe", "x" * 250, "con", "CON", "'",
         '"', "<b>")  # fmt: skip


def _sparse(path: Path, size: int) -> None:
    with open(path, "wb") as file:
        file.truncate(size)
