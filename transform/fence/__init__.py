"""The fence: a function is inside the accepted subset, or refused with the user's own line.

In: a Source.  Out: nothing, or UnsupportedError with file, line, caret, reason and remedy.
What holds afterwards, and what `parse` relies on:
  - only the nodes in the tables of the modules beside this one occur, in the forms that their checks allow;
  - what a `for` goes over is a range, a value, or made of such by `enumerate`, `zip`, `reversed` and the like;
  - if one path returns a value, every path does, or raises;
  - every name is local or bound to something; nothing writes to what is captured.
Whether a called function has a rule is for `parse` to say, whether types fit is for Numba.
To widen the language: add a row to a table there, delete its row in `refusals`.
"""
from __future__ import annotations

from collections.abc import Iterator

from ..reading.source import Source
from ..refusals import markdown
from .expressions import EXPRESSIONS, METHODS, OPERATORS, PROPERTIES
from .iteration import SERIES
from .rows import error
from .statements import STATEMENTS, block, parameters, returns


def check(source: Source) -> None:
    """Refuse the function unless all of it is in the subset."""
    parameters(source, source.tree.args)
    block(source, source.tree.body, False)
    returns(source)


def check_parameters(source: Source, direction: bool) -> None:
    """The parameters alone; `direction`: another one comes behind the first."""
    parameters(source, source.tree.args)
    if direction and source.kind(source.params[0]) != "plain":
        raise error(source, "first parameter", source.tree, word=True, name=source.name)


def rows() -> Iterator[str]:
    """The tables of the fence, line by line."""
    yield "# What is accepted and what is refused"
    yield ""
    yield "Made from the tables of the fence and from the errors in `transform/`; a test holds it current."
    yield ""
    yield "## Accepted"
    yield ""
    yield from (f"- {row.syntax}" for row in (*STATEMENTS.values(), *EXPRESSIONS.values()))
    yield "- behind `in`: " + ", ".join(f"`{syntax}`" for _, syntax, _ in SERIES.values())
    yield "- operators: " + " ".join(f"`{symbol}`" for symbol in dict.fromkeys(OPERATORS.values()))
    names = [*(f"`.{name}`" for name in sorted(PROPERTIES)), *(f"`.{name}()`" for name in sorted(METHODS))]
    yield "- attributes of arrays: " + " ".join(names)
    yield ""
    yield "## Refused"
    yield ""
    yield "### Syntax"
    yield ""
    yield from markdown()
