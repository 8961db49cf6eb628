"""Four controls, N, d, margin and seed, over something that is built for them.

With a kernel and ipywidgets they are live: a change builds anew.  The book's pages have no kernel
and show what was built for the start values, as HTML.

Builds take time, and values change faster than that: a change is answered when no other one has
followed it for a moment, so that of all that came during a build only the last is built.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from mem_lib._base.kernel import in_kernel
from mem_lib.errors import InvalidArgument, MemorizationError, printable, shown
from mem_lib.figures.style import CAPTION_CSS, figcaption, uncounted

NAMES = ("N", "d", "margin", "seed")
PATIENCE = 0.1  # seconds without another change
LARGEST_SEED = 2**31 - 1
_CSS = CAPTION_CSS + (
    ".mem-panel{line-height:1.4;margin:1em 0;text-align:start}"
    ".mem-panel p{margin:.4em 0}"
    ".mem-panel .mem-error{border-inline-start:3px solid currentColor;padding-inline-start:.6em}"
    ".mem-panel .mem-last{opacity:.5}.mem-panel .mem-run{font-size:.9em}"
)


@dataclass(frozen=True)
class _Built:
    """The ``values`` that were asked for, and the HTML that they gave or the ``error``."""

    values: Mapping[str, Any]
    html: str = ""
    error: str = ""

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.values.items())


class Panel:
    """What ``make(N, d, margin, seed)`` returns, and the controls of its four arguments.

    ``make`` builds and verifies, and returns what is displayed: a :class:`Picture`, a
    :class:`Table`, a certificate, a text, or a list of those.  ``N``, ``d``, ``margin`` and
    ``seed`` are the values to choose from; one number as ``seed`` gives a field for any seed.
    ``start`` names the values to begin with, the first ones where it does not; a start that is not
    among the values joins them.

    When ``make`` raises an error of this library its one line is shown, and with a kernel the last
    result stays below it, marked as such.  Any other error of the first build passes; one of a
    later build is shown in a line too.

    Raises ``InvalidArgument`` for a ``make`` that cannot be called, a control without a value, and
    a start of something else.

    >>> Panel(lambda N, d, margin, seed: f"{N} points", N=[6, 12], d=[2], margin=[0.1], seed=0)
    Panel: N = 6, d = 2, margin = 0.1, seed = 0
    """

    def __init__(
        self,
        make: Callable[..., Any],
        *,
        N: Sequence[int],
        d: Sequence[int],
        margin: Sequence[float],
        seed: Sequence[int] | int,
        start: Mapping[str, Any] | None = None,
        caption: str = "",
    ) -> None:
        if not callable(make):
            raise InvalidArgument(f"make: a function of N, d, margin, seed, got {shown(make)}")
        start = dict(start or {})
        if unknown := [name for name in start if name not in NAMES]:
            raise InvalidArgument(f"start: of {', '.join(NAMES)}, got {shown(unknown[0])}")
        self.make, self.caption = make, caption
        #: The values to choose from, by name; none for a seed that may be any.
        self.choices: dict[str, tuple[Any, ...]] = {}
        for name, given in (("N", N), ("d", d), ("margin", margin), ("seed", seed)):
            if isinstance(given, int):
                start.setdefault(name, given)
                self.choices[name] = ()
                continue
            if len(given) == 0:
                raise InvalidArgument(f"{name}: at least one value is needed, got {shown(given)}")
            first = start.setdefault(name, given[0])
            self.choices[name] = (*given,) if first in given else (*sorted({*given, first}),)
        self.first = self._build({name: start[name] for name in NAMES})

    def _build(self, values: Mapping[str, Any]) -> _Built:
        try:
            return _Built(values, _html(self.make(*values.values())))
        except MemorizationError as error:
            return _Built(values, error=f"{type(error).__name__}: {error}")

    def _repr_html_(self) -> str:
        name = f"<p>{escape(str(self.first))}</p>"
        result = name + (uncounted(self.first.html) or _told(self.first.error))
        return (
            f'<style>{_CSS}</style><figure class="mem-panel">{result}{figcaption(self.caption)}'
            '<p class="mem-run">Run this page to move N, d, margin and seed.</p></figure>'
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle = self.widget._repr_mimebundle_() if in_kernel() and self.widget else {}
        return {**bundle, "text/plain": repr(self), "text/html": self._repr_html_()}

    def __repr__(self) -> str:
        return printable(f"Panel: {self.first}")

    @cached_property
    def widget(self) -> Any:
        """The live panel, an ``ipywidgets.VBox``; ``None`` where ipywidgets is not installed."""
        try:
            import ipywidgets
        except ImportError:
            return None
        return _Live(self, ipywidgets).box


class _Live:
    """The widgets of a panel: ``controls`` by name, ``told`` (one line), ``result``, ``box``."""

    def __init__(self, panel: Panel, ipywidgets: Any) -> None:
        self.panel = panel
        self.last = panel.first  # of the results the last that was built
        self.timer: asyncio.TimerHandle | None = None
        self.told, self.result = ipywidgets.HTML(), ipywidgets.HTML()
        self.controls = {
            name: _control(ipywidgets, name, panel.choices[name], value)
            for name, value in panel.first.values.items()
        }
        row = ipywidgets.HBox(list(self.controls.values()))
        row.layout.flex_flow = "row wrap"
        caption = ipywidgets.HTML(_styled(figcaption(panel.caption)))
        self.box = ipywidgets.VBox([row, self.told, self.result, caption])
        self.show(panel.first)
        for control in self.controls.values():
            control.observe(self.changed, "value")

    def changed(self, _: Any) -> None:
        """Wait for the next change; without an event loop there is nothing to wait for."""
        if self.timer:
            self.timer.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.answer()
        else:
            self.timer = loop.call_later(PATIENCE, self.answer)

    def answer(self) -> None:
        """Build for the values that the controls have now."""
        values = {name: self.controls[name].value for name in NAMES}
        asked = _Built(values)
        self.told.value = _styled(f"<p>Building {escape(str(asked))} …</p>")
        try:
            with _interruptible():
                self.show(self.panel._build(values))
        except KeyboardInterrupt:
            self.show(_Built(values, error="interrupted"))
        except Exception as error:  # of `make` itself: nobody else would tell the reader
            self.show(_Built(values, error=f"{type(error).__name__}: {error}"))

    def show(self, built: _Built) -> None:
        """Say what was built, and show it; or why nothing was, above the last result."""
        text = escape(str(built))
        if built.error:
            self.told.value = _styled(f"<p>{text}</p>{_told(built.error, self.last)}")
            self.result.value = _styled(f'<div class="mem-last">{self.last.html}</div>')
        else:
            self.last = built
            self.told.value = _styled(f"<p>{text}</p>")
            self.result.value = _styled(built.html)


def _control(ipywidgets: Any, name: str, choices: Sequence[Any], value: Any) -> Any:
    if not choices:
        return ipywidgets.BoundedIntText(value=value, max=LARGEST_SEED, description=name)
    kind = ipywidgets.SelectionSlider if len(choices) > 1 else ipywidgets.Dropdown
    return kind(options=[(str(c), c) for c in choices], value=value, description=name)


def _styled(html: str) -> str:
    return f'<style>{_CSS}</style><div class="mem-panel">{html}</div>' if html else ""


def _told(error: str, last: _Built | None = None) -> str:
    """The one line of an error, and to what the result below it belongs."""
    stays = (
        f"<p>Below stays the last result: {escape(str(last))}.</p>" if last and last.html else ""
    )
    return f'<p class="mem-error" role="alert">{escape(error)}</p>{stays}'


def _html(result: Any) -> str:
    """What ``make`` returned, as HTML."""
    if isinstance(result, list | tuple):
        return "".join(map(_html, result))
    if hasattr(result, "_repr_html_"):
        return str(result._repr_html_())
    return f"<p>{escape(str(result))}</p>"


@contextmanager
def _interruptible() -> Iterator[None]:
    """Between two cells a kernel ignores what its interrupt button sends; here it must not."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
