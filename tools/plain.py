"""MyST as plain Markdown, for JupyterLab, which would show roles and directives as they are typed.

A statement becomes a bold title and its text, a proof folds as HTML, a reference becomes a link
that says what it points to, a citation names authors and year, a macro is written out.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Mapping, Match, Tuple

FENCE = re.compile(r"(?P<fence>`{3,}|:{3,}|~{3,})(?:\{(?P<name>[\w:-]+)\}[ \t]*(?P<title>.*))?")
CODE = re.compile(r"(?P<fence>`{3,}|~{3,})")
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
# Code between two backticks or more, which shows roles as they are typed; else a role.
ROLE = re.compile(r"``.+?``|\{(?P<role>[a-z][\w:.-]*)\}`(?P<text>[^`]+)`", re.DOTALL)
AIMED = re.compile(r"(?P<text>.*?)\s*<(?P<label>[^<>]+)>\s*", re.DOTALL)
ATTRIBUTES = r"\{(?:[.#]|[a-z]+=)[^{}\n]*\}"
LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s]+)\)(?:%s)?" % ATTRIBUTES)
SILENT = re.compile(r"%%.*|\([\w.:-]+\)=|%s" % ATTRIBUTES)  # comments, labels, attributes
LABELLED = re.compile(r"^(\$\$)[ \t]*\([\w.:-]+\)[ \t]*$", re.MULTILINE)
NOTES = (
    "attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip",
    "warning",
)
LEFT_OUT = ("contents", "only", "raw", "solution-end", "tableofcontents", "toctree")


@dataclass(frozen=True)
class Target:
    """What a label names: its ``number``, such as "Theorem 2.1", if that is known, its ``name``,
    such as "Theorem (Gates)", and the page it is on."""

    page: str
    name: str
    number: str = ""

    @property
    def text(self) -> str:
        return self.number or self.name


@dataclass
class Book:
    """What pages say of each other: titles of ``pages`` by path; ``targets`` by label, ``sources``
    (authors, year) by key, ``macros`` (body, number of arguments) by name; the ``references``, and
    the page ``bibliography`` that lists them, if there is one."""

    pages: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    sources: Mapping[str, Tuple[str, str]] = field(default_factory=dict)
    macros: Mapping[str, Tuple[str, int]] = field(default_factory=dict)
    references: str = ""
    bibliography: str = ""


def plain(text: str, book: Book, page: str) -> str:
    """The Markdown of ``page``, a path such as ``book/two_layer/index.md``, without MyST."""
    return _Page(book, page).block(text)


@dataclass
class _Page:
    book: Book
    page: str

    def block(self, text: str) -> str:
        """Text, code and directives, one after the other."""
        lines = text.split("\n")
        done: List[str] = []
        prose: List[str] = []
        i = 0
        while i < len(lines):
            found = FENCE.fullmatch(lines[i].rstrip()) or CODE.match(lines[i])
            if not found:
                prose.append(lines[i])
                i += 1
                continue
            end = _end(lines, i, found["fence"])
            done.append(self.prose("\n".join(prose)))
            named = found.groupdict().get("name")
            if named:
                inner = lines[i + 1 : end]
                done.append(self.directive(named, found["title"].strip(), inner))
            else:
                done.append("\n".join(lines[i : end + 1]))
            prose, i = [], end + 1
        done.append(self.prose("\n".join(prose)))
        return "\n\n".join(part.strip("\n") for part in done if part.strip())

    def directive(self, name: str, title: str, lines: List[str]) -> str:
        options: Dict[str, str] = {}
        while lines:
            option = OPTION.fullmatch(lines[0].strip())
            if not option:
                break
            options[option[1]] = option[2]
            lines = lines[1:]
        body = "\n".join(lines).strip("\n")
        make = _DIRECTIVES.get(name) or (_statement if name.startswith("prf:") else _unknown)
        return make(self, name, title, options, body) if name not in LEFT_OUT else ""

    def prose(self, text: str) -> str:
        """Text without directives."""
        kept = [line for line in text.split("\n") if not SILENT.fullmatch(line.strip())]
        text = LABELLED.sub(r"\1", "\n".join(kept))
        text = re.sub(r"^(\S.*)\n((?::[ \t]+.*\n?)+)", _definitions, text, flags=re.MULTILINE)
        return self.inline(text)

    def inline(self, text: str) -> str:
        text = ROLE.sub(self.role, text)
        text = LINK.sub(self.link, text)
        text = re.sub(r"\[([^\[\]]+)\]" + ATTRIBUTES, r"\1", text)
        return expanded(text, self.book.macros)

    def role(self, found: Match[str]) -> str:
        role, text = found["role"], found["text"]
        if role is None:
            return found[0]
        if role.startswith("cite"):
            return self.cited(role, text)
        aimed = AIMED.fullmatch(text)
        label = aimed["label"] if aimed else text
        said = aimed["text"] if aimed else ""
        if role == "math":
            return "$%s$" % text
        if role == "doc":
            return self.to(label, said)
        target = self.book.targets.get(label)
        if target:
            said = said.replace("%s", target.text).replace("{number}", target.text)
            return self.to("/" + target.page, said or target.text)
        return said or "`%s`" % label

    def cited(self, role: str, text: str) -> str:
        known = [self.book.sources.get(key.strip(), (key.strip(), "")) for key in text.split(",")]
        form = "%s (%s)" if role.endswith("t") else "%s, %s"
        names = "; ".join(form % source for source in known)
        names = self.to("/" + self.book.bibliography, names) if self.book.bibliography else names
        return names if role.endswith("t") else "(%s)" % names

    def link(self, found: Match[str]) -> str:
        mark, text, address = found[1], found[2], found[3]
        if "://" in address or address.startswith("mailto:"):
            return "%s[%s](%s)" % (mark, text, address)
        if address.startswith("#"):
            return text
        return mark + self.to(address, text)

    def to(self, address: str, text: str) -> str:
        """A link to a file: from the root after a slash, else from this page's folder."""
        folder = posixpath.dirname(self.page)
        path = posixpath.normpath(posixpath.join("/" + folder, address.partition("#")[0]))[1:]
        names = [name for name in (path, path + ".md", path + ".ipynb") if name in self.book.pages]
        if names:
            path = posixpath.splitext(names[0])[0] + ".ipynb"
            text = text or self.book.pages[names[0]]
        if self.page in names:
            return text
        return "[%s](%s)" % (text or posixpath.basename(path), posixpath.relpath(path, folder))


def _end(lines: List[str], start: int, fence: str) -> int:
    """The line that closes the fence of line ``start``; the last one if none does."""
    closing = re.compile(re.escape(fence[0]) + "{%d,}" % len(fence))
    for i in range(start + 1, len(lines)):
        if closing.fullmatch(lines[i].strip()):
            return i
    return len(lines)


def _definitions(found: Match[str]) -> str:
    meaning = " ".join(line[1:].strip() for line in found[2].strip().split("\n"))
    return "**%s**: %s\n" % (found[1], meaning)


Make = Callable[[_Page, str, str, Mapping[str, str], str], str]


def _statement(page: _Page, name: str, title: str, options: Mapping[str, str], body: str) -> str:
    return "**%s.** %s" % (_heading(page, name, title, options), page.block(body))


def _heading(page: _Page, name: str, title: str, options: Mapping[str, str]) -> str:
    known = page.book.targets.get(options.get("label", ""))
    number = (known.number if known else "") or name.split(":")[-1].capitalize()
    return "%s (%s)" % (number, page.inline(title)) if title else number


def _exercise(page: _Page, name: str, title: str, options: Mapping[str, str], body: str) -> str:
    return "### %s\n\n%s" % (_heading(page, name, title, options), page.block(body))


def _solution_start(page: _Page, name: str, label: str, *_: object) -> str:
    known = page.book.targets.get(label)
    return "#### Solution" + (" of %s" % known.text if known else "")


def _solution(page: _Page, name: str, label: str, options: Mapping[str, str], body: str) -> str:
    return _dropdown(page, name, _solution_start(page, name, label)[5:], options, body)


def _dropdown(page: _Page, name: str, title: str, options: Mapping[str, str], body: str) -> str:
    title = page.inline(title) or name.capitalize()
    return "<details><summary>%s</summary>\n\n%s\n\n</details>" % (title, page.block(body))


def _note(page: _Page, name: str, title: str, options: Mapping[str, str], body: str) -> str:
    if "dropdown" in options.get("class", ""):
        return _dropdown(page, name, title, options, body)
    if name == "admonition":
        return _unknown(page, name, title, options, body)
    head = "See also" if name == "seealso" else name.capitalize()
    return "**%s.** %s" % (head, page.block("%s\n%s" % (title, body) if title else body))


def _picture(page: _Page, name: str, path: str, options: Mapping[str, str], body: str) -> str:
    picture = page.inline("![%s](%s)" % (options.get("alt", ""), path))
    return "%s\n\n%s" % (picture, page.block(body)) if body else picture


def _code(page: _Page, name: str, language: str, options: Mapping[str, str], body: str) -> str:
    return "```%s\n%s\n```" % (language, body)


def _math(page: _Page, name: str, title: str, options: Mapping[str, str], body: str) -> str:
    return "$$\n%s\n$$" % expanded(body, page.book.macros)


def _bibliography(page: _Page, *_: object) -> str:
    return page.book.references


def _unknown(page: _Page, name: str, title: str, options: Mapping[str, str], body: str) -> str:
    title = "**%s**\n\n" % page.inline(title) if title else ""
    return title + page.block(body)


_DIRECTIVES: Dict[str, Make] = {
    **dict.fromkeys((*NOTES, "admonition"), _note),
    "exercise": _exercise,
    "solution": _solution,
    "solution-start": _solution_start,
    "dropdown": _dropdown,
    "figure": _picture,
    "image": _picture,
    "code": _code,
    "code-block": _code,
    "math": _math,
    "bibliography": _bibliography,
}


def expanded(text: str, macros: Mapping[str, Tuple[str, int]]) -> str:
    """Text with the book's own commands of TeX written out."""
    for name, (body, arguments) in macros.items():
        edge = r"(?![A-Za-z])" if name.isalpha() else ""
        pattern = re.compile(r"(?<!\\)\\%s%s" % (re.escape(name), edge))
        found = pattern.search(text)
        while found:
            end, result = found.end(), body
            for k in range(arguments):
                argument, end = _argument(text, end)
                result = result.replace("#%d" % (k + 1), argument)
            if not arguments and body[-1].isalpha() and text[end : end + 1].isalpha():
                result += " "
            text = text[: found.start()] + result + text[end:]
            found = pattern.search(text, found.start() + 1)
    return text


def _argument(text: str, start: int) -> Tuple[str, int]:
    """The argument of a command that begins at ``start``, and where it ends."""
    while text[start : start + 1].isspace():
        start += 1
    if text[start : start + 1] != "{":
        length = len(re.match(r"\\[A-Za-z]+|\\.|.|", text[start:])[0])  # type: ignore[index]
        return text[start : start + length], start + length
    depth = 0
    for end in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0) if text[end - 1] != "\\" else 0
        if depth == 0:
            return text[start + 1 : end], end + 1
    return text[start + 1 :], len(text)
