"""The command line of :mod:`tests.golden`."""

import argparse
import json
import sys

from tests.golden import FILE, __doc__, cases, computed, recorded


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.golden",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--record", action="store_true", help="write what the code builds now")
    record = parser.parse_args().record
    known = recorded() if FILE.exists() else {}
    rows = {key: computed(name, data, p) for key, name, data, p in cases()}
    differing = [key for key in {**known, **rows} if known.get(key) != rows.get(key)]
    for key in differing:
        print(f"{key}: {known.get(key, 'not recorded')} -> {rows.get(key, 'no such row')}")
    print(f"{len(rows)} rows, {len(differing)} differ")
    if record:
        FILE.write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")
        return 0
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
