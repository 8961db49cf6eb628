"""The command line: build a network, verify it, look at a file.

    python -m mem_lib constructions
    python -m mem_lib build optimal_relu.narrow data.csv -o network.json
    python -m mem_lib verify network.json data.csv --save certificate.json
    python -m mem_lib verify network.json data.csv --against certificate.json
    python -m mem_lib info network.json

Data are tables (CSV, tab-separated, gzipped or not; the last column is the label, unless
``--label`` or ``--target`` says otherwise) or npz files saved by ``Dataset.save``; what a file is,
its content says.  A decimal such as 0.1 in a table is read as the nearest binary64 number.
Exit status: 0 done and right, 1 verified and wrong, 2 bad input.
"""

import argparse
import ast
import os
import sys
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import mem_lib as ml
from mem_lib._base.budget import limited_to
from mem_lib._base.numbers import MOST_EXPONENT, as_fraction
from mem_lib.data import Dataset
from mem_lib.data.csv import table
from mem_lib.data.lines import ZIP, head

#: What ``--help`` says under ``python -OO``, which strips docstrings.
WITHOUT_DOCSTRINGS = "Build a network that memorizes a data set, verify it, look at a file."


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        with limited_to(getattr(options, "max_bytes", None), "--max-bytes"):
            status: int = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # as a program that the signal ends
    except (ml.MemorizationError, OSError, ImportError) as error:
        print(f"mem_lib: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("mem_lib: interrupted", file=sys.stderr)
        return 130


def constructions(options: argparse.Namespace) -> int:
    registry = ml.constructions.REGISTRY
    if options.name is not None:
        print(registry.find(options.name).help())
        return 0
    for name, cls in registry.items():
        print(f"{name:30} {cls.title}")
        print(f"{'':30} {', '.join(cls.parameters()) or 'no parameters'}")
    return 0


def build(options: argparse.Namespace) -> int:
    dataset, name = _read(options), options.construction
    parameters = dict(_parameter(text) for text in options.set)
    if "variant" in parameters:  # as the functions of the chapters have it
        name = ml.constructions.named(name, parameters.pop("variant"))
    network = ml.constructions.made(name, **parameters).build(dataset, seed=options.seed)
    network.save(options.output)
    print(f"{options.output}: {_describe(network)}")
    return 0


def verify(options: argparse.Namespace) -> int:
    network, dataset = ml.Network.load(options.network), _read(options)
    how = {
        "workers": options.workers,
        "progress": False if options.quiet else None,
        "checkpoint": options.checkpoint,
        "device": options.device,
    }
    if options.against:
        stated = ml.Certificate.load(options.against)
        if options.tolerance is not None and _tolerance(options.tolerance) != stated.tolerance:
            raise ml.InvalidArgument(
                f"--tolerance: the certificate states {stated.tolerance}, got {options.tolerance}"
            )
        certificate = stated.check(network, dataset, **how)
        print(f"{options.against}: belongs to this network and these data, and holds")
    else:
        tolerance = _tolerance("0" if options.tolerance is None else options.tolerance)
        certificate = ml.verify(network, dataset, tolerance=tolerance, **how)
    print(certificate)
    if options.save:
        certificate.save(options.save)
    return 0 if certificate else 1


def info(options: argparse.Namespace) -> int:
    path = Path(options.file)
    if not _starts_as_json(path):
        options.data = options.file
        dataset, how = _read_with_words(options)
        kind = "targets" if dataset.targets is not None else f"{dataset.classes} classes"
        print(f"{path}: data, N = {dataset.N}, d = {dataset.d}, {kind}, grid 2^-{dataset.shift}")
        if how:
            print(how)
        if dataset.names is not None:
            print(f"classes {ml.errors.shown(list(dataset.names))}")
        print(f"sha256 {dataset.sha256}")
        return 0
    network = ml.Network.load(path)
    print(f"{path}: {_describe(network)}")
    for name, value in asdict(network.size).items():
        print(f"  {name.replace('_', ' '):14} {value}")
    for i, layer in enumerate(network.layers, 1):
        stage = f"  ({layer.stage})" if layer.stage else ""
        print(f"  layer {i}: {layer.inputs} -> {layer.units} {layer.activation}{stage}")
    print(f"sha256 {network.sha256}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mem_lib",
        description=__doc__ or WITHOUT_DOCSTRINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mem_lib {ml.__version__}")
    commands = parser.add_subparsers(required=True, metavar="constructions | build | verify | info")

    listing = commands.add_parser("constructions", help="list what can be built, or explain one")
    listing.add_argument("name", nargs="?", help="one of them: what it is and what it accepts")
    listing.set_defaults(run=constructions)

    command = commands.add_parser("build", help="build a network that memorizes a data set")
    command.add_argument(
        "construction", help="a name such as optimal_relu.narrow, or a chapter for its default"
    )
    command.add_argument("data", help="a table or an npz file")
    command.add_argument("-o", "--output", default="network.json", help="default: %(default)s")
    command.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    command.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE",
        help="a parameter of the construction, such as n=200; may be repeated",
    )  # fmt: skip
    command.set_defaults(run=build)

    check = commands.add_parser("verify", help="check a network on a data set, exactly")
    check.add_argument("network", help="a network file, .json or .json.gz")
    check.add_argument("data", help="a table or an npz file")
    check.add_argument(
        "--tolerance", metavar="T",
        help="how far an output may be from its target, such as 0.01 or 1/3; default: exact, or "
        "what the certificate of --against states",
    )  # fmt: skip
    check.add_argument("--save", metavar="FILE", help="write the certificate")
    check.add_argument("--against", metavar="FILE", help="recheck a saved certificate")
    check.add_argument("--workers", type=int, help="chunks evaluated at a time")
    check.add_argument(
        "--checkpoint", metavar="FILE", help="keep what was verified there, and go on from it"
    )
    check.add_argument(
        "--device", help="auto, cuda or cpu: evaluate with PyTorch there; default: with NumPy"
    )
    check.add_argument("--quiet", action="store_true", help="no progress bar")
    check.set_defaults(run=verify)

    look = commands.add_parser("info", help="describe a network or data file")
    look.add_argument("file")
    look.set_defaults(run=info)

    for sub in (command, check, look):
        sub.add_argument(
            "--max-bytes", metavar="SIZE",
            help="memory that reading and evaluating may take, such as 500M or 2G; default: "
            "MEM_LIB_MAX_BYTES, else half of what is free",
        )  # fmt: skip
        table = sub.add_argument_group("how to read a table")
        table.add_argument(
            "--label", metavar="COLUMN", help="the labels: a name or a number (default: the last)"
        )
        table.add_argument("--target", metavar="COLUMN", help="real targets, instead of labels")
        table.add_argument("--delimiter", help="what separates cells, such as ';' or TAB")
        table.add_argument(
            "--header", action=argparse.BooleanOptionalAction, help="the first line names columns"
        )
        table.add_argument(
            "--classes",
            help="C, when labels are 0..C-1 and mean just that, or all names: cat,dog,emu",
        )
    return parser


def _read(options: argparse.Namespace) -> Dataset:
    return _read_with_words(options)[0]


def _read_with_words(options: argparse.Namespace) -> tuple[Dataset, str]:
    """The data, and what of a table was taken for what."""
    if head(options.data).startswith(ZIP):
        return Dataset.load(options.data), ""
    if _starts_as_json(options.data):
        raise ml.InvalidDataset(
            f"{options.data!r} begins with '{{' as a network or a certificate does; data are needed"
        )
    delimiter, classes = options.delimiter, options.classes
    if classes is not None:
        classes = int(classes) if classes.isdecimal() else classes.split(",")
    found = table(
        options.data,
        label=options.label,
        target=options.target,
        delimiter="\t" if delimiter in ("TAB", "\\t") else delimiter,
        header=options.header,
        classes=classes,
    )
    return found.dataset, str(found)


def _starts_as_json(path: str | Path) -> bool:
    return head(path).lstrip().startswith(b"{")


def _parameter(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ml.InvalidArgument(f"--set: NAME=VALUE is needed, got {text!r}")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return name, value


def _tolerance(text: str) -> Fraction:
    """The number as written: 0.1 is a tenth here."""
    try:
        value = Fraction(text) if "/" in text else as_fraction(Decimal(text))
    except (ValueError, ArithmeticError):
        value = None
    if value is None:
        raise ml.InvalidArgument(
            f"--tolerance: a number with an exponent of at most {MOST_EXPONENT} is needed, got "
            f"{text!r}"
        )
    return value


def _describe(network: ml.Network) -> str:
    size = network.size
    return (
        f"a network of depth {size.depth} and width {size.width}, {size.weights} nonzero weights "
        f"of at most {size.bits} bits, readout {network.readout!r}"
    )


if __name__ == "__main__":
    sys.exit(main())
