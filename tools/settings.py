"""pip's settings, from its files and its variables, and what they are to uv.

``pip config list`` tells them all.  uv reads none of them, so each is said to it as an option or a
variable of its own; where one cannot be said, pip installs.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional

Probe = Callable[[List[str]], Optional[str]]
Settings = Dict[str, str]

LINE = re.compile(r"(:env:|[\w-]+)\.([\w-]+)=(.+)")
SECTIONS = ("global", "install", ":env:")  # what a later one says holds
# Settings that hold several values, between spaces; the last two put commas between them.
LISTS = {
    "index-url": "--index-url",
    "extra-index-url": "--extra-index-url",
    "find-links": "--find-links",
    "constraint": "--constraint",
    "trusted-host": "--allow-insecure-host",
    "no-binary": "--no-binary",
    "only-binary": "--only-binary",
}
FLAGS = {
    "no-index": "--no-index",
    "no-cache-dir": "--no-cache",
    "pre": "--prerelease=allow",
}
VARIABLES = {
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"),
    "timeout": ("UV_HTTP_TIMEOUT",),
    "default-timeout": ("UV_HTTP_TIMEOUT",),
    "retries": ("UV_HTTP_RETRIES",),
}
# What and where to install is ours to say, with pip too: with one of these it would go elsewhere.
OURS = (
    "user", "target", "prefix", "root", "src", "editable", "requirement", "no-deps", "dry-run",
    "upgrade", "ignore-installed", "force-reinstall", "require-virtualenv", "config-file",
)
# These change what pip prints and keeps, and not what it installs from a lock.
WITHOUT_EFFECT = (
    "disable-pip-version-check", "no-input", "no-color", "progress-bar", "quiet", "verbose", "log",
    "exists-action", "root-user-action", "no-warn-script-location", "no-warn-conflicts", "compile",
    "no-compile", "break-system-packages", "no-python-version-warning", "prefer-binary", "debug",
    "cache-dir", "no-clean", "use-feature", "use-deprecated",
)
FALSE = ("", "0", "no", "n", "off", "f", "false")


class ForUv(NamedTuple):
    """pip's settings in uv's words, and the names of those that it has no word for."""

    options: List[str]
    variables: Dict[str, str]
    unsaid: List[str]


def read(pythons: Iterable[str], probe: Probe, environ: Mapping[str, str]) -> Settings:
    """pip's settings by name, such as ``index-url``, as the first of these Pythons with pip has
    them; without any, those of the variables ``PIP_…``."""
    for python in pythons:
        said = probe([python, "-m", "pip", "config", "list"])
        if said is not None:
            return parsed(said)
    names = {key: key[4:].lower().replace("_", "-") for key in environ if key.startswith("PIP_")}
    return {name: environ[key].strip() for key, name in names.items() if environ[key].strip()}


def parsed(said: str) -> Settings:
    """The settings that ``pip config list`` prints, those of ``install`` above those of all."""
    found: Dict[str, Settings] = {section: {} for section in SECTIONS}
    for line in said.splitlines():
        match = LINE.fullmatch(line.strip())
        if match and match[1] in found:
            value = str(ast.literal_eval(match[3])).strip()
            if value:  # an empty one is none to pip
                found[match[1]][match[2]] = value
    return {name: value for section in SECTIONS for name, value in found[section].items()}


def for_uv(settings: Settings) -> ForUv:
    """What uv is told."""
    told = ForUv([], {}, [])
    for name, value in sorted(settings.items()):
        if name in LISTS:
            commas = name in ("no-binary", "only-binary")
            for one in value.replace(",", " ").split() if commas else value.split():
                told.options.extend([LISTS[name], one])
        elif name in FLAGS:
            told.options.extend([] if value.lower() in FALSE else [FLAGS[name]])
        elif name in VARIABLES:
            told.variables.update(dict.fromkeys(VARIABLES[name], value))
        elif name not in OURS + WITHOUT_EFFECT:
            told.unsaid.append(name)
    if "extra-index-url" in settings:  # as pip does it, the best version of all indexes
        told.options.extend(["--index-strategy", "unsafe-best-match"])
    return told


def for_pip(settings: Settings) -> Dict[str, str]:
    """The same settings as variables, without those that would install something else, or
    somewhere else; its files are told already, and pip shall not read them again."""
    own = {"config-file": os.devnull, "no-input": "1", "disable-pip-version-check": "1"}
    told = {name: value for name, value in settings.items() if name not in OURS}
    return {
        "PIP_" + name.upper().replace("-", "_"): value for name, value in {**told, **own}.items()
    }


def torch_is_small(settings: Settings, version: str, platform: str) -> bool:
    """Whether PyTorch comes without CUDA, which is several gigabytes: not on Linux, or where pip's
    setting find-links names a folder that holds a build for the CPU and this Python."""
    if platform != "linux":
        return True
    wheel = "torch-*+cpu-cp%s-*.whl" % version.replace(".", "")
    folders = [Path(place) for place in settings.get("find-links", "").split()]
    return any(any(folder.glob(wheel)) for folder in folders)
