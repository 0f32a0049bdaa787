"""What the fence refuses, in one table: what it is, why, and what to write instead.

A row is found by its key: a syntax node's class name, or a name that `fence` gives to a use of accepted syntax that is
refused in its place.  To accept more: delete the row here, add one to the table in `fence`.  docs/refusals.md is made
from this table.  ``{name}`` in a row is the user's own text.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .errors import UnsupportedError
from .ir import Loc

_STATE = "the reverse sweep replays the function backwards, and "


@dataclass(frozen=True, slots=True)
class Row:
    """`what` is refused; `message` replaces "<what> is not supported in a differentiated function" where it must."""

    key: str
    what: str
    reason: str
    remedy: str
    message: str = "{what} is not supported in a differentiated function"

    def error(self, loc: Loc, **texts: str) -> UnsupportedError:
        """The exception for this row at a place; `texts` fill the row's placeholders."""
        message = self.message.format(what=self.what.format(**texts), **texts)
        return UnsupportedError(
            message, loc=loc, reason=self.reason.format(**texts), remedy=self.remedy.format(**texts)
        )


_LOOPS = (
    Row("series arguments", "`{name}` with these arguments",
        "Python or Numba would raise TypeError here", "give it what it takes, by position"),
)  # fmt: skip

_STATEMENTS = (
    Row("Try", "`try`",
        "an exception leaves the reverse sweep without the values that it needs",
        "test with `if` before the statement that could fail"),
    Row("TryStar", "`try` with `except*`",
        "an exception leaves the reverse sweep without the values that it needs",
        "test with `if` before the statement that could fail"),
    Row("raise again", "`raise` without an exception",
        "it belongs to `try`, which is not supported",
        "raise the exception by its name: `raise ValueError(\"...\")`"),
    Row("raise from", "`raise` with `from`",
        "Numba cannot compile it", "leave `from` out"),
    Row("exception arguments", "an exception with named arguments",
        "Numba cannot compile it", "write the arguments by position"),
    Row("computed exception", "raising `{name}`",
        "the class of the exception has to be known before the call",
        "raise a class by its name: `raise ValueError(\"...\")`"),
    Row("With", "`with`",
        "entering and leaving a context are effects, which have no derivative",
        "open the context around the call of the derivative"),
    Row("AsyncWith", "`async with`", "a differentiated function runs through without waiting",
        "wait before the call, and pass what was waited for as an argument"),
    Row("AsyncFor", "`async for`", "a differentiated function runs through without waiting",
        "collect the values in an array before the call, and pass it as an argument"),
    Row("Match", "`match`", "there is no rule for patterns",
        "write `if` / `elif` / `else`"),
    Row("decorated function", "a decorator on the nested function `{name}`", "Numba cannot compile it",
        "leave the decorator out, or move the function to the top of the module"),
    Row("nested parameters", "`{name}` among the parameters of a nested function",
        "Numba cannot compile keyword-only parameters, `*` and `**` there",
        "name the parameters one by one, or move the function to the top of the module"),
    Row("AsyncFunctionDef", "a nested `async` function", "a differentiated function runs through without waiting",
        "move the function to the top of the module"),
    Row("ClassDef", "a class inside a function", "Numba cannot compile it",
        "keep the values in arrays and names of their own"),
    Row("Global", "`global`", "a write to a global is an effect that the derivative cannot see",
        "return the value, or write it into an array argument"),
    Row("Nonlocal", "`nonlocal`", "a write to an outer variable is an effect that the derivative cannot see",
        "return the value, or write it into an array argument"),
    Row("deleted name", "`del` of anything but items of a list", _STATE + "may need the value again",
        "leave the statement out"),
    Row("Import", "`import` inside a function", "Numba cannot compile it", "import at the top of the module"),
    Row("ImportFrom", "`import` inside a function", "Numba cannot compile it", "import at the top of the module"),
    Row("TypeAlias", "`type`", "Numba cannot compile it", "define the alias at the top of the module"),
    Row("unused value", "an expression that is not used",
        "only a call can have an effect by itself",
        "assign it to a name, return it, or leave it out"),
    Row("return mixed", "`return` without a value beside `return` with one",
        "the function would return None on one path, which has no derivative",
        "return a value on every path, or on none",
        message="`{name}` returns a value on some paths only"),
    Row("keywords behind a star", "a parameter behind `*{name}`", "Numba takes the last parameter for the one with the star",
        "put it in front of `*{name}`"),
    Row("first parameter", "`hvp`", "the direction stands behind the first argument, and `{name}` has none that stands alone",
        "give the function a first parameter without a star",
        message="`hvp` of `{name}` has no place for the direction"),
    Row("kwarg", "`**{name}` among the parameters",
        "each parameter has an adjoint of its own, so their number is fixed",
        "name the parameters one by one"),
)  # fmt: skip

_TARGETS = (
    Row("attribute target", "assigning to the attribute `.{name}`",
        "only names and elements of arrays have adjoints",
        "write to elements (`a[i] = v`), or keep the value in a name of its own"),
    Row("comprehension target", "this target of a comprehension", "it has names of its own, and nothing else",
        "name the items, or write the loop"),
    Row("starred target", "`*` in an assignment",
        "how many values it takes is not known before the call",
        "name the values one by one"),
    Row("renewed target", "changing `{name}`, or its elements, by an expression in which `:=` binds it anew",
        "which of the two values of `{name}` is meant depends on an order that a reader does not see",
        "compute the right side in a line of its own before"),
    Row("write to a global", "writing into `{name}`",
        "it is not local to the function, and Numba treats captured arrays as constants",
        "pass the array as an argument, or write into a copy: `b = {name}.copy()`"),
)  # fmt: skip

_EXPRESSIONS = (
    Row("SetComp", "a set comprehension", "a set has no adjoint", "make an array and fill it in a loop"),
    Row("DictComp", "a dict comprehension", "a dict has no adjoint", "make an array and fill it in a loop"),
    Row("GeneratorExp", "a generator expression", "it stops and goes on, which a reverse sweep cannot undo",
        "write a list in its place: `sum([f(x) for x in a])`"),
    Row("Set", "a set", "a set has no adjoint", "use an array"),
    Row("Dict", "a dict", "a dict has no adjoint", "use an array, or names of their own"),
    Row("JoinedStr", "an f-string", "text has no derivative, and Numba cannot compile most of it",
        "return the numbers, and format them outside"),
    Row("Starred", "`*` before something that is no tuple", "how many values it gives is not known before the call",
        "write the values one by one"),
    Row("star keywords", "`**` in a call", "which arguments it gives is not known before the call",
        "write the arguments one by one"),
    Row("Yield", "`yield`", "it stops and goes on, which a reverse sweep cannot undo",
        "return the results in an array"),
    Row("YieldFrom", "`yield from`", "it stops and goes on, which a reverse sweep cannot undo",
        "return the results in an array"),
    Row("Await", "`await`", "a differentiated function runs through without waiting",
        "wait before the call, and pass what was waited for as an argument"),
    Row("text", "a string", "text has no derivative", "use numbers; for a dtype write `np.float64` and the like"),
    Row("key", "a key of what is no dict", "for the arguments of this call it is an array, whose indices are numbers",
        "pass a dict, or a dataclass, at its place", message="`{name}` has no keys"),
    Row("complex", "a complex number", "there are derivatives with respect to real numbers only",
        "compute with the real and the imaginary part as two names"),
    Row("ellipsis", "`...` outside a subscript", "it has no value", "leave it out"),
    Row("tuple index", "a tuple inside a subscript", "Numba has no such index", "write its items one by one: `a[i, j]`"),
)  # fmt: skip

_OPERATORS = (
    Row("identity", "`{name}` without None", "whether two objects are one and the same says nothing about numbers",
        "compare numbers with `==`; an argument that may be missing is None: `if w is None:`"),
)  # fmt: skip

_CALLS = (
    Row("unknown name", "a name that is not defined", "it is neither local nor captured, nor a global, nor a builtin",
        "define or import `{name}` before the derivative is called",
        message="the name `{name}` is not defined"),
    Row("print keywords", "`print` with named arguments", "Numba cannot compile it",
        "leave them out"),
    Row("iterator", "`{name}(...)`", "it makes an object that has no adjoint",
        "loop over `range(...)` and index the arrays"),
    Row("container", "`{name}(...)`", "it makes an object that has no adjoint", "use an array (`np.empty`)"),
    Row("reflection", "`{name}(...)`", "the meaning of the function must be known before the call",
        "write out what shall be computed"),
    Row("input", "`{name}(...)`", "it is an effect, which has no derivative",
        "do it outside, and pass the values as arguments"),
    Row("range", "`range` outside `for`", "a range is no array and has no adjoint",
        "write `for i in range(...):`"),
    Row("rule inside", "`{name}` inside of a function", "a rule is given to a function once, before anything is computed",
        "decorate a function outside, and call it here"),
    Row("checkpoint of a loop", "`{name}` of a range", "it takes a function, whose calls are run again in the reverse sweep",
        "put the rounds, or some of them, into a function `f`, and call `{name}(f)(...)`"),
    Row("bound method", "`.{name}` without a call", "a method is no value that has an adjoint",
        "call it where it is named: `.{name}(...)`"),
    Row("called property", "`.{name}(...)` with parentheses", "it is a property, not a method",
        "leave the parentheses out: `.{name}`"),
    Row("attribute", "the attribute `.{name}`", "there is no rule for it", "{remedy}"),
)  # fmt: skip

TABLE: tuple[Row, ...] = (*_LOOPS, *_STATEMENTS, *_TARGETS, *_EXPRESSIONS, *_OPERATORS, *_CALLS)
ROWS = {row.key: row for row in TABLE}

UNKNOWN = Row("?", "this syntax (`{name}`)", "there is no rule for it", "write it with assignments, `if` and loops")

_LOOP_OVER = "write the loop over its elements"
ATTRIBUTES: dict[str, str] = {
    "real": "compute with real numbers",
    "imag": "compute with real numbers",
    "conj": "compute with real numbers",
    "tolist": "index the array instead",
    "nbytes": "write `.size`",
} | dict.fromkeys(
    ("trace", "diagonal"),
    _LOOP_OVER,
)
OTHER_ATTRIBUTE = "use an array's .T .shape .size .ndim .copy() .reshape() .ravel() .sum() .mean() .dot(), or a loop"

_BY_REASON = {
    "iterator": "enumerate zip reversed map filter iter next any all",
    "container": "dict set frozenset tuple str bytes bytearray complex",
    "reflection": "eval exec compile getattr setattr hasattr isinstance issubclass type vars id globals locals super "
                  "callable hash repr dir",
    "input": "input open",
    "range": "range",
}  # fmt: skip
BUILTINS = {name: key for key, names in _BY_REASON.items() for name in names.split()}
"""Builtins that are refused by name, and the row that says why; whether the others have a rule is for parse to say."""


def markdown() -> Iterator[str]:
    """The table as lines of Markdown."""
    yield "| what | why | instead |"
    yield "| --- | --- | --- |"
    for row in TABLE:
        if row.key != "attribute":
            yield f"| {row.what} | {row.reason} | {row.remedy} |".replace("{name}", "name")
    for name, remedy in ATTRIBUTES.items():
        yield f"| the attribute `.{name}` | there is no rule for it | {remedy} |"
    yield f"| any other attribute | there is no rule for it | {OTHER_ATTRIBUTE} |"
