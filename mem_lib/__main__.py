"""The command line: build a network, verify it, look at a file.

    python -m mem_lib constructions
    python -m mem_lib build optimal_relu.narrow data.csv -o network.json
    python -m mem_lib verify network.json data.csv --save certificate.json
    python -m mem_lib verify network.json data.csv --against certificate.json
    python -m mem_lib predict network.json points.csv
    python -m mem_lib info network.json
    python -m mem_lib challenge two_layer network.json

Data are tables (CSV, tab-separated, gzipped or not; the last column is the label, unless
``--label`` or ``--target`` says otherwise) or npz files saved by ``Dataset.save``; what a file is,
its content says.  A decimal such as 0.1 in a table is read as the nearest binary64 number.
A file that is read is never written to.

Exit status: 0 done and right; 1 verified and wrong, or a rule broken; 2 bad input, or a file that
cannot be read or written; 70 a fault of mem_lib itself, which is no verdict; 130 Ctrl-C, 129 and
143 ended by SIGHUP and SIGTERM.  Output that cannot be written (a closed pipe, a full disk) does
not change it.
"""

import argparse
import ast
import sys
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

import mem_lib as ml
from mem_lib._base.budget import limited_to
from mem_lib._base.numbers import MOST_EXPONENT, as_fraction
from mem_lib._base.program import Parser, ended, program
from mem_lib._base.streams import say
from mem_lib.cli import challenges, outputs, reading
from mem_lib.data import Dataset
from mem_lib.data.lines import ZIP, head
from mem_lib.data.unlabelled import read_points

#: What ``--help`` says under ``python -OO``, which strips docstrings.
WITHOUT_DOCSTRINGS = "Build a network that memorizes a data set, verify it, look at a file."


def main(arguments: list[str] | None = None) -> int:
    return ended(_parser(), arguments, _run)


def _run(options: argparse.Namespace) -> int:
    with limited_to(getattr(options, "max_bytes", None), "--max-bytes"):
        status: int = options.run(options)
    return status


def constructions(options: argparse.Namespace) -> int:
    registry = ml.constructions.REGISTRY
    if options.name is not None:
        say(registry.find(options.name).help())
        return 0
    for name, cls in registry.items():
        say(f"{name:30} {cls.title}")
        say(f"{'':30} {', '.join(cls.parameters()) or 'no parameters'}")
    return 0


def build(options: argparse.Namespace) -> int:
    outputs.check({"data": options.data}, {"--output": options.output})
    dataset, name = _read(options), options.construction
    parameters = dict(_parameter(text) for text in options.set)
    if "variant" in parameters:  # as the functions of the chapters have it
        name = ml.constructions.named(name, parameters.pop("variant"))
    network = ml.constructions.made(name, **parameters).build(dataset, seed=options.seed)
    network.save(options.output)
    say(f"{options.output}: {_describe(network)}")
    return 0


def verify(options: argparse.Namespace) -> int:
    outputs.check(
        {"network": options.network, "data": options.data, "--against": options.against},
        {"--save": options.save, "--checkpoint": options.checkpoint},
    )
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
        say(f"{options.against}: belongs to this network and these data, and holds")
    else:
        tolerance = _tolerance("0" if options.tolerance is None else options.tolerance)
        certificate = ml.verify(network, dataset, tolerance=tolerance, **how)
    say(certificate)
    if options.save:
        certificate.save(options.save)
    return 0 if certificate else 1


def predict(options: argparse.Namespace) -> int:
    network = ml.Network.load(options.network)
    undecided = -1 if network.classes is None else None
    for said in ml.predict(network, _points(options, network.inputs)).tolist():
        word = "undecided" if said == undecided else str(said)
        say(word if word.isprintable() else repr(word))  # one line for each
    return 0


def info(options: argparse.Namespace) -> int:
    path = Path(options.file)
    if not reading.starts_as_json(path):
        options.data = options.file
        dataset, how = _read_with_words(options)
        kind = "targets" if dataset.targets is not None else f"{dataset.classes} classes"
        say(f"{path}: data, N = {dataset.N}, d = {dataset.d}, {kind}, grid 2^-{dataset.shift}")
        if how:
            say(how)
        if dataset.names is not None:
            say(f"classes {ml.errors.shown(list(dataset.names))}")
        say(f"sha256 {dataset.sha256}")
        return 0
    network = ml.Network.load(path)
    say(f"{path}: {_describe(network)}")
    if network.classes is not None:
        say(f"  classes {ml.errors.shown(list(network.classes))}")
    for name, value in asdict(network.size).items():
        say(f"  {name.replace('_', ' '):14} {value}")
    for i, layer in enumerate(network.layers, 1):
        stage = f"  ({' '.join(layer.stage.split())})" if layer.stage else ""
        say(f"  layer {i}: {layer.inputs} -> {layer.units} {layer.activation}{stage}")
    say(f"sha256 {network.sha256}")
    return 0


def _parser() -> Parser:
    parser = program("mem_lib", __doc__ or WITHOUT_DOCSTRINGS)
    commands = parser.add_subparsers(
        required=True, metavar="constructions | build | verify | predict | info | challenge"
    )

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

    ask = commands.add_parser("predict", help="what a network says of points, a line for each")
    ask.add_argument("network", help="a network file, .json or .json.gz")
    ask.add_argument("data", help="a table of points, with a label or without, or an npz file")
    ask.set_defaults(run=predict)

    look = commands.add_parser("info", help="describe a network or data file")
    look.add_argument("file")
    look.set_defaults(run=info)

    challenges.add(commands)

    for sub in (command, check, ask, look):
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


def _points(options: argparse.Namespace, d: int) -> np.ndarray:
    """Of a table with d columns all are coordinates, unless one is said to be something else."""
    bare = options.label is None and options.target is None and options.classes is None
    if bare and not head(options.data).startswith(ZIP) and not reading.starts_as_json(options.data):
        points = read_points(
            options.data,
            d,
            delimiter=reading.delimiter_named(options.delimiter),
            header=options.header,
        )
        if points is not None:
            return points
    return np.asarray(_read(options).points)


def _read_with_words(options: argparse.Namespace) -> tuple[Dataset, str]:
    """The data, and what of a table was taken for what."""
    return reading.read(
        options.data,
        label=options.label,
        target=options.target,
        delimiter=options.delimiter,
        header=options.header,
        classes=options.classes,
    )


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
