"""pip's settings, said to uv."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment, settings

SAID = """\
:env:.cert='/etc/ca.pem'
:env:.default-timeout='180'
:env:.disable-pip-version-check='1'
download.find-links='/not/this'
global.constraint='/etc/constraints.txt'
global.extra-index-url='\\nhttps://a.example/simple\\n  https://b.example/simple'
global.find-links='/wheels'
global.index-url='https://user:secret@example.org/simple'
global.no-index='false'
global.proxy='http://proxy.example:3128'
global.trusted-host=''
install.find-links="/other's"
install.only-binary='numpy,scipy'
install.user='true'
WARNING: not a setting
"""
READ = {
    "cert": "/etc/ca.pem",
    "default-timeout": "180",
    "disable-pip-version-check": "1",
    "constraint": "/etc/constraints.txt",
    "extra-index-url": "https://a.example/simple\n  https://b.example/simple",
    "find-links": "/other's",
    "index-url": "https://user:secret@example.org/simple",
    "no-index": "false",
    "proxy": "http://proxy.example:3128",
    "only-binary": "numpy,scipy",
    "user": "true",
}


def test_settings_are_read_with_the_later_section_above():
    assert settings.parsed(SAID) == READ


def test_the_first_python_that_has_pip_tells():
    said = {"with": SAID, "other": "global.cert='x'"}
    found = settings.read(["without", "with", "other"], lambda c: said.get(c[0]), {})
    assert found == READ


def test_without_pip_its_variables_tell():
    given = {"PIP_INDEX_URL": "https://example.org/simple", "PIP_CERT": " ", "HOME": "h"}
    assert settings.read(["without"], lambda command: None, given) == {
        "index-url": "https://example.org/simple"
    }


def test_uv_is_told_all_of_them():
    told = settings.for_uv(READ)
    assert told.unsaid == []
    pairs = dict.fromkeys(zip(told.options[::2], told.options[1::2], strict=True))
    assert list(pairs) == [
        ("--constraint", "/etc/constraints.txt"),
        ("--extra-index-url", "https://a.example/simple"),
        ("--extra-index-url", "https://b.example/simple"),
        ("--find-links", "/other's"),
        ("--index-url", "https://user:secret@example.org/simple"),
        ("--only-binary", "numpy"),
        ("--only-binary", "scipy"),
        ("--index-strategy", "unsafe-best-match"),
    ]
    assert told.variables["SSL_CERT_FILE"] == "/etc/ca.pem"
    assert told.variables["UV_HTTP_TIMEOUT"] == "180"
    proxies = {key for key, value in told.variables.items() if value == READ["proxy"]}
    assert {"HTTPS_PROXY", "https_proxy", "ALL_PROXY"} <= proxies


@pytest.mark.parametrize(
    ("name", "value", "options"),
    [
        ("no-index", "yes", ["--no-index"]),
        ("no-index", "0", []),
        ("no-cache-dir", "true", ["--no-cache"]),
        ("pre", "1", ["--prerelease=allow"]),
        ("trusted-host", "a b", ["--allow-insecure-host", "a", "--allow-insecure-host", "b"]),
        ("no-binary", ":all:", ["--no-binary", ":all:"]),
        ("target", "/elsewhere", []),
        ("quiet", "2", []),
    ],
)
def test_each_setting_in_uvs_words(name, value, options):
    assert settings.for_uv({name: value}) == (options, {}, [])


@pytest.mark.parametrize("name", ["keyring-provider", "require-hashes", "some-new-setting"])
def test_what_uv_has_no_word_for_is_named(name):
    assert settings.for_uv({name: "x", "find-links": "/wheels"}).unsaid == [name]


def test_pip_is_told_the_same_without_what_leads_elsewhere():
    told = settings.for_pip({**READ, "target": "/elsewhere", "config-file": "mine"})
    assert told["PIP_FIND_LINKS"] == "/other's" and told["PIP_DEFAULT_TIMEOUT"] == "180"
    assert not {"PIP_USER", "PIP_TARGET"} & set(told)
    assert told["PIP_CONFIG_FILE"] != "mine"


def test_every_setting_is_of_one_kind():
    kinds = [settings.LISTS, settings.FLAGS, settings.VARIABLES, settings.OURS]
    names = [name for kind in [*kinds, settings.WITHOUT_EFFECT] for name in kind]
    assert len(names) == len(set(names))


@pytest.mark.skipif(
    subprocess.run(
        [sys._base_executable, "-m", "pip", "--version"], capture_output=True
    ).returncode,
    reason="the Python beneath the environment has no pip",
)
def test_pip_itself_reads_a_file_as_we_do(tmp_path, monkeypatch):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex_url = https://example.org/simple\n[install]\nfind-links =\n  /a\n  /b\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    found = settings.read([sys._base_executable], environment.probe, {})
    assert found["index-url"] == "https://example.org/simple"
    assert settings.for_uv({"find-links": found["find-links"]}).options == [
        "--find-links",
        "/a",
        "--find-links",
        "/b",
    ]


UV = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(not UV, reason="uv is neither on the PATH nor in the environment")
def test_uv_knows_these_options():
    done = subprocess.run([UV, "pip", "install", "--help"], capture_output=True, text=True)
    for option in {*settings.LISTS.values(), *settings.FLAGS.values(), "--index-strategy"}:
        assert option.partition("=")[0] in done.stdout


def test_torch_is_installed_for_the_tests_only_where_it_is_small(tmp_path):
    links = {"find-links": f"{tmp_path / 'none'} {tmp_path}"}

    def small(found, version="3.11", platform="linux"):
        return settings.torch_is_small(found, version, platform)

    assert small({}, platform="darwin")
    assert not small({}) and not small(links)
    (tmp_path / "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl").touch()  # with CUDA
    assert not small(links)
    (tmp_path / "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl").touch()
    assert small(links)
    assert not small(links, "3.12")  # where the build for the CPU is one for another Python
