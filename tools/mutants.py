"""Change the library in small ways and see whether its tests notice.

    python tools/mutants.py mem_lib/exact mem_lib/data --count 6     # six a package, by chance
    python tools/mutants.py --again                                  # those of the table once more

Each change (see tools/changes.py) is made in a copy of this folder, never in the folder itself, and
the tests of its module run there: those of its name first, then those of its package, those that
name it, and those of the packages that import it.  At the end the tests that noticed run in an
unchanged copy, where they have to pass.  Rows are added to a table, by default tools/mutants.csv;
what has a result there is not run twice, so an interrupted run goes on.  A change under which a
test does not come to its end was noticed.  One that survives asks for a test, or for words in the
column `why` that say why none can notice.

Our own, because mutmut and cosmic-ray run one command for all changes, which is the whole suite, or
first measure which test runs which line, and that takes the whole suite too.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any, Dict, Iterable, List, NamedTuple, Sequence, Set, Tuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.changes import KINDS, Change, changed, changes  # noqa: E402
from tools.variables import variables  # noqa: E402

TABLE = "tools/mutants.csv"
MEMORY = 6 << 30  # bytes that a run of tests may take
COLUMNS = ("module", "line", "kind", "old", "new", "result", "by", "why")
COPIED = ("mem_lib", "tests", "tools", "benchmarks", "book", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "_build", ".hypothesis", "*.webp", "*.ipynb")
TOLD = re.compile(r"^(tests/\S.*?\.py(?:::.*?)?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL)\b")
STOPPED = re.compile(r"^(tests/\S+\.py::.*\S) +Timeout \(")
UNREAD = re.compile(r"^ERROR (tests/\S+\.py)")
#: Tests that look at pages and pictures, or at files of this folder, say nothing of a module.
OTHERS = re.compile(r"figures|page|conftest|theme|axe|import|script|numbering|outputs")
#: Quick, and for all modules: cases where one sign or one bit decides.
ALWAYS = ("tests/test_verdicts.py",)
#: Which networks constructions build, compared with recorded ones.
RECORDED = "tests/test_every_construction.py"
LINE = "%(result)s  %(module)s:%(line)s  %(old)s  ->  %(new)s  %(by)s"
Row = Dict[str, Any]


def _bounded() -> None:
    """A change may undo the check that keeps memory from running out."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


class Mutant(NamedTuple):
    module: str  # a path, from the root
    change: Change

    def key(self) -> Tuple[str, str, str]:
        return self.module, self.change.old, self.change.new


def drawn(root: Path, package: str, count: int, seed: int) -> List[Mutant]:
    """``count`` changes of a package, by chance: first the kind, so that rare ones are tried."""
    found: Dict[str, List[Mutant]] = {kind: [] for kind in KINDS}
    for path in modules(root, package):
        name = path.relative_to(root).as_posix()
        for change in changes(path.read_text(encoding="utf-8")):
            found[change.kind].append(Mutant(name, change))
    chance = random.Random("%d %s" % (seed, package))
    chosen: List[Mutant] = []
    while len(chosen) < count and any(found.values()):
        kind = chance.choice([kind for kind in KINDS if found[kind]])
        chosen.append(found[kind].pop(chance.randrange(len(found[kind]))))
    return chosen


def modules(root: Path, package: str) -> List[Path]:
    """The modules of a package, a folder or a file, without those that only draw or hold texts."""
    place = root / package
    if place.is_file():
        return [place]
    return [
        path
        for path in sorted(place.rglob("*.py"))
        if "figures" not in path.parts and not path.stem.startswith("_statements")
    ]


def tests_of(root: Path, module: str, near: bool = False) -> List[List[str]]:
    """The files of tests for a module, in the order in which they are run; ``near``: without those
    of other packages, where its own has tests."""
    parts = Path(module).with_suffix("").parts
    dotted, package, stem = ".".join(parts), parts[1] if len(parts) > 2 else "", parts[-1]
    users = _importing(root, dotted) - {package}
    groups: List[List[str]] = [[], [], [], [], []]
    for path in _tests(root, torch="torch" in module):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(root).as_posix()
        ours = package and _belongs(path, package)
        ours = ours or ("torch" in stem and "torch" in path.stem)
        named = _names(text, dotted)
        if name in ALWAYS:
            groups[0].append(name)
        elif path.stem in ("test_" + stem, "test_%s_%s" % (package, stem)) or (ours and named):
            groups[1].append(name)
        elif ours or named:
            groups[2 if ours else 3].append(name)
        elif _names(text, ".".join(parts[:-1])) or any(_belongs(path, one) for one in users):
            groups[4].append(name)
    if near and (groups[1] or groups[2]):
        del groups[3:]
        users.clear()
    chapters = [one for one in sorted(users | {package}) if _is_chapter(root, one)]
    if chapters:
        groups.insert(2, [RECORDED, "-k", " or ".join(chapters)])
    return [group for group in groups if group]


def _is_chapter(root: Path, package: str) -> bool:
    path = root / "mem_lib" / package / "__init__.py"
    return bool(package) and path.exists() and "CONSTRUCTIONS" in path.read_text(encoding="utf-8")


def _belongs(path: Path, package: str) -> bool:
    """Whether a file of tests is one of that package, by its name."""
    return bool(re.match(r"(test_)?%s(_|$)" % package, path.stem))


def _tests(root: Path, torch: bool) -> List[Path]:
    places = sorted((root / "tests").glob("test_*.py"))
    places += sorted((root / "tests" / "independent").glob("[!_]*.py"))
    return [
        path
        for path in places
        if not OTHERS.search(path.stem) and (torch or "torch" not in path.stem)
    ]


def _names(text: str, dotted: str) -> bool:
    package, _, stem = dotted.rpartition(".")
    several = r"from %s import [^\n]*\b%s\b" % (re.escape(package), stem)
    return bool(re.search(r"\b%s\b(?!\.)" % re.escape(dotted), text) or re.search(several, text))


def _importing(root: Path, dotted: str) -> Set[str]:
    """The packages whose modules name this one."""
    return {
        path.relative_to(root / "mem_lib").parts[0]
        for path in (root / "mem_lib").glob("*/**/*.py")
        if _names(path.read_text(encoding="utf-8"), dotted)
    }


class Tree:
    """A copy of the folder, in which changes are made and taken back."""

    def __init__(self, root: Path, place: Path, seconds: int) -> None:
        self.place, self.seconds = place, seconds
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, place / name, ignore=LEFT_OUT)
            elif (root / name).exists():
                shutil.copy(root / name, place / name)

    def outcome(self, mutant: Mutant, groups: Sequence[Sequence[str]]) -> Tuple[str, str]:
        """(killed, survived, timeout, or gone; the test that noticed or never came to its end)."""
        path = self.place / mutant.module
        try:
            source = path.read_text(encoding="utf-8")
            new = changed(source, mutant.change)
        except (FileNotFoundError, ValueError):  # the table is older than the library
            return "gone", ""
        try:
            self._write(path, new)
            for tests in groups:
                result, by = self.run(tests, "-x")
                if result != "passed":
                    return result, by
            return "survived", ""
        finally:
            self._write(path, source)

    def _write(self, path: Path, source: str) -> None:
        """Write a module; what Python compiled of it may have the same second and length."""
        path.write_text(source, encoding="utf-8")
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)

    def run(self, tests: Sequence[str], *options: str) -> Tuple[str, str]:
        """Run tests: (passed, killed or timeout; the tests that failed, or the one under way)."""
        command = [sys.executable, "-m", "pytest", "-v", "--tb=no", "-p", "no:cacheprovider"]
        command += ["-o", "faulthandler_timeout=%d" % self.seconds]
        command += ["-o", "faulthandler_exit_on_timeout=true", *options, *tests]
        env = dict(variables(self.place), PYTHONPATH=str(self.place), PYTHONUNBUFFERED="1")
        done = subprocess.run(
            command, cwd=self.place, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=_bounded if os.name == "posix" else None,
        )  # fmt: skip
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        if done.returncode in (0, 5):  # 5: nothing to run, without a package that is missing here
            return "passed", ""
        told = [match.groups() for match in map(TOLD.match, lines) if match]
        bad = [name for name, word in told if word in ("FAILED", "ERROR")]
        bad += ["import of " + match[1] for match in map(UNREAD.match, lines) if match]
        stopped = [match[1] for match in map(STOPPED.match, lines) if match]
        if stopped and not bad:
            return "timeout", stopped[-1]
        return "killed", "\n".join(bad) or "the end of the process"


def run(
    root: Path,
    mutants: Iterable[Mutant],
    table: Path,
    jobs: int = 1,
    seconds: int = 300,
    near: bool = False,
) -> List[Row]:
    """Try the changes that have no result in the table yet; returns its rows."""
    rows = read(table)
    place = {(row["module"], row["old"], row["new"]): row for row in rows}
    waiting = []
    for mutant in mutants:
        if mutant.key() not in place:
            key = dict(mutant.change._asdict(), module=mutant.module)
            rows.append(dict(key, result="", by="", why=""))
            place[mutant.key()] = rows[-1]
        if not place[mutant.key()]["result"]:
            waiting.append(mutant)
    if not waiting:
        return rows
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees: "Queue[Tree]" = Queue()
        for k in range(jobs):
            trees.put(Tree(root, Path(folder) / str(k), seconds))

        def tried(mutant: Mutant) -> Row:
            tree = trees.get()
            try:
                result, by = tree.outcome(mutant, tests_of(root, mutant.module, near))
            finally:
                trees.put(tree)
            return dict(place[mutant.key()], result=result, by=by)

        with ThreadPoolExecutor(jobs) as pool:
            for row in pool.map(tried, waiting):
                place[row["module"], row["old"], row["new"]].update(row)
                print(LINE % row, flush=True)
                write(table, rows)
        _control(trees.get(), rows)
    write(table, rows)
    return rows


def _control(tree: Tree, rows: List[Row]) -> None:
    """Tests that fail without any change, or cannot be read, have noticed nothing."""
    named = {row["by"] for row in rows if row["by"]}
    files = sorted(name[len("import of ") :] for name in named if name.startswith("import of "))
    tests = sorted(name for name in named if name.startswith("tests/"))
    failing = set()
    for chosen, options in ((tests, ()), (files, ("--collect-only",))):
        if chosen:
            failing |= set(tree.run(chosen, *options)[1].split("\n")) - {""}
    for row in rows:
        if row["by"] in failing:
            row["result"] = "unknown"
            print("%(by)s fails without a change, too" % row)


def read(table: Path) -> List[Row]:
    if not table.exists():
        return []
    with open(table, encoding="utf-8", newline="") as file:
        return [dict(row, line=int(row["line"])) for row in csv.DictReader(file)]


def write(table: Path, rows: Iterable[Row]) -> None:
    part = table.with_suffix(".part")
    with open(part, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(part, table)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python tools/mutants.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("packages", nargs="*", help="folders or modules, such as mem_lib/exact")
    parser.add_argument("--count", type=int, default=6, help="changes of each package (default: 6)")
    parser.add_argument("--seed", type=int, default=0, help="of the choice (default: 0)")
    parser.add_argument("--again", action="store_true", help="the changes of the table once more")
    parser.add_argument("--table", type=Path, default=ROOT / TABLE, help="default: %s" % TABLE)
    parser.add_argument("--jobs", type=int, default=1, help="changes at a time (default: 1)")
    parser.add_argument("--seconds", type=int, default=300, help="for one test (default: 300)")
    parser.add_argument("--near", action="store_true", help="only tests of the package itself")
    parser.add_argument("--list", action="store_true", help="print the changes, run nothing")
    options = parser.parse_args(arguments)
    for package in options.packages:
        if not (ROOT / package).exists():
            parser.error("there is no %s" % package)
    mutants = [m for p in options.packages for m in drawn(ROOT, p, options.count, options.seed)]
    if options.again:
        rows = read(options.table)
        if all(row["result"] for row in rows):  # else such a run was interrupted
            write(options.table, [dict(row, result="", by="") for row in rows])
        mutants += [
            Mutant(row["module"], Change(row["line"], row["kind"], row["old"], row["new"]))
            for row in rows
        ]
    if options.list:
        for mutant in mutants:
            print("%s:%d  %s  %s  ->  %s" % (mutant[0], *mutant.change))
        return 0
    rows = run(
        ROOT, mutants, options.table, options.jobs, options.seconds, options.near
    )
    left = [row for row in rows if row["result"] in ("survived", "unknown") and not row["why"]]
    print("%d changes, %d neither noticed nor explained" % (len(rows), len(left)))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
