"""What every part of the reader shares: where statements go, names, places, refusals.

The parts are mixed into one class, `Parser`; the methods at the end are those that one part needs of another.
"""
from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import UnsupportedError
from ..ir import Assign, Block, Const, Loc, Operand, Statement, Var
from ..names import Namer
from ..op_text import ARITHMETIC, COMPARE
from ..reading.definitions import is_given, is_parameter
from ..reading.scopes import aliases, bound_once
from ..refusals import ROWS
from ..structure import keys, rebuilt
from ..temporary_names import op_hint
from .values import Closure, Derived, Known, Unknown, Value, form, is_none, is_static

if TYPE_CHECKING:
    from .frames import Frame, Number
    from .routines import Routines


_DECIDING = frozenset({*COMPARE, "not", "bool"})


class Core:
    """Appends statements to `out` for the function activation `frame`."""

    frame: Frame
    out: list[Statement]

    def __init__(self, namer: Namer, routines: Routines) -> None:
        self.namer, self.routines = namer, routines
        self.captures: dict[str, object] = {}
        self.literals: set[str] = set()                 # names that are given numbers that are written out
        self.folded: set[str] = set()                   # arithmetic of such numbers, which Python computes when it compiles
        self.handed_back: set[str] = set()              # what nested functions return
        self.answers: dict[str, bool] = {}              # what tests say for which both branches are read all the same
        self.turned: set[str] = set()                   # the results of `not`, which Numba knows in a test and nowhere else
        self.flat_params: set[Var] = set()              # those of the function that is differentiated
        self.active: list[Frame] = []                   # the activations that are being read, outermost first
        self.around: frozenset[object] = frozenset()    # functions whose text is being read elsewhere meanwhile
        self.frame, self.out = None, []  # type: ignore[assignment]  # set by run()

    # ---- plumbing -----------------------------------------------------------------------------------------

    def emit(self, statement: Statement) -> None:
        self.out.append(statement)

    def block(self, fill: Callable[[], object]) -> Block:
        """What `fill` emits, as a block of its own."""
        outer, self.out = self.out, []
        fill()
        inner, self.out = tuple(self.out), outer
        return inner

    def loc(self, node: ast.AST) -> Loc:
        return self.frame.source.loc(node)

    def refuse(self, node: ast.AST, what: str, reason: str, remedy: str = "") -> UnsupportedError:
        return UnsupportedError(what, loc=self.loc(node), reason=reason, remedy=remedy, calls=self.frame.calls)

    def refused(self, key: str, node: ast.AST, **texts: str) -> UnsupportedError:
        """The error of a row of the table of refusals."""
        return self.called(ROWS[key].error(self.loc(node), **texts))

    def called(self, error: UnsupportedError) -> UnsupportedError:
        """An error in the function that is being read, with the calls that led there."""
        for site in reversed(self.frame.calls):
            error = error.called(site)
        return error

    def primitive(self, op: str, args: tuple[Operand, ...], node: ast.AST, hint: str = "") -> Var:
        target = self.namer.temporary(hint or op_hint(op))
        if op in ARITHMETIC and op != "not" and all(isinstance(arg, Const) or arg.name in self.folded for arg in args):
            self.folded.add(target.name)
        if (op in _DECIDING and all(map(self.is_literal, args))) or op == "rank":
            self.literals.add(target.name)
        if op in ("not", "bool"):
            self.turned.add(target.name)
        if op in ("passed", "not") and (answer := self.answer(args[0])) is not None:
            self.answers[target.name] = answer if op == "passed" else not answer
        self.emit(Assign(target, op, args, loc=self.loc(node)))
        return target

    def answer(self, test: Value) -> bool | None:
        """What a test says, if that is known while reading."""
        if isinstance(test, Const) and is_static(test):
            return bool(test.value)
        return self.answers.get(test.name) if isinstance(test, Var) else None

    def structure_like(self, value: Value, hint: str) -> Value:
        """Fresh names in the structure of a value: `p_mass`, `state_0`.  Functions stay what they are."""
        match value:
            case tuple():
                items = zip(keys(value), value, strict=True)
                return rebuilt(value, [self.structure_like(item, self.unused(f"{hint}_{key}")) for key, item in items])
            case Closure() | Derived() | Known() | Unknown():
                return value
            case _:
                return value if is_none(value) else self.namer.fresh(hint)

    def variables(self, frame: Frame, name: str, value: Value) -> Value:
        """The variables behind a local name where it has the form of a value; the name is that from here on."""
        key = name, form(value)
        if key not in frame.homes:
            frame.homes[key] = self.structure_like(value, name)
        frame.rebind(name, frame.homes[key])
        return frame.homes[key]

    def unused(self, name: str) -> str:
        """The name, longer if it is one of the user's."""
        while name in self.frame.locals:
            name += "_"
        return name

    def frozen(self, value: Value, node: ast.AST) -> Value:
        """The value as it is now: names that later assignments may change are copied."""
        if isinstance(value, tuple):
            return rebuilt(value, [self.frozen(item, node) for item in value])
        if isinstance(value, Var) and not value.name.startswith("%"):
            return self.primitive("bind", (value,), node, hint=value.name)
        return value

    def home(self, name: str, frame: Frame | None = None) -> Frame | None:
        """The activation whose local a name is, seen from here or from another one; None for what is captured or global."""
        frame = frame or self.frame
        while frame is not None and name not in frame.locals:
            frame = frame.outer
        return frame

    def is_argument(self, node: ast.Name, frame: Frame | None = None) -> bool:
        """Is it an argument of the function, under this or another name?  Its rank and its length decide branches for Numba."""
        home = self.home(node.id, frame)
        if home is None or node.id in home.arguments:
            return home is not None and is_parameter(home.source, node)
        other = aliases(home.source.tree.body).get(node.id) if node.id not in home.source.params else None
        return other is not None and self.is_argument(other, home)

    def number_of(self, node: ast.expr, frame: Frame | None = None) -> Number | None:
        """The number that an expression is for Numba, before it knows any types: one that is written out, or has a name."""
        match node:
            case ast.Constant(bool() | int() | float() as literal):
                return literal
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as literal)):
                return -literal
            case ast.Name(name):
                home = self.home(name, frame)
                if home is None:
                    found = (frame or self.frame).source.resolve(name)
                    return found if isinstance(found, bool | int | float) else None
                once = bound_once(home.source.tree.body)
                if name in home.source.params:
                    return home.written.get(name) if is_given(home.source, node) else None
                return self.number_of(once[name], home) if name in once else None
            case _:
                return None

    # ---- what the other parts give ------------------------------------------------------------------------

    def value(self, node: ast.expr) -> Value:
        raise NotImplementedError

    def operand(self, node: ast.expr) -> Operand:
        raise NotImplementedError

    def single(self, value: Value, node: ast.AST) -> Operand:
        raise NotImplementedError

    def array(self, node: ast.expr) -> Var:
        raise NotImplementedError

    def call(self, node: ast.Call) -> Value | None:
        raise NotImplementedError

    def captured(self, name: str, value: object, node: ast.AST) -> Value:
        raise NotImplementedError

    def static(self, node: ast.expr) -> Any:
        raise NotImplementedError

    def kept_closure(self, closure: Closure, open_: tuple[Closure, ...], node: ast.AST) -> Closure:
        raise NotImplementedError

    def flat(self, value: Value | None) -> Iterator[Operand]:
        raise NotImplementedError

    def inline(self, function: object, call: ast.Call, first: tuple[Value, ...] = ()) -> Value | None:
        raise NotImplementedError

    def given(self, node: ast.Call) -> tuple[list[Value], dict[str, Value]]:
        raise NotImplementedError

    def is_literal(self, value: Operand) -> bool:
        raise NotImplementedError

    def inside(self, node: ast.expr) -> bool:
        raise NotImplementedError

    def item_hidden(self, value: Value, node: ast.expr) -> Value:
        raise NotImplementedError

    def known(self, value: Operand, node: ast.AST) -> bool:
        raise NotImplementedError

    def choice(self, test: Operand, then: Callable[[], Value], orelse: Callable[[], Value], node: ast.AST) -> Value:
        raise NotImplementedError

    def truth(self, node: ast.expr) -> bool | Operand:
        raise NotImplementedError

    def test(self, node: ast.expr) -> Operand:
        """A condition, whether it is known or not."""
        found = self.truth(node)
        return Const(found) if isinstance(found, bool) else found

    def array_of(self, value: Value, node: ast.expr) -> Var:
        raise NotImplementedError

    def display(self, node: ast.List) -> Value:
        raise NotImplementedError

    def comprehension(self, node: ast.ListComp) -> Value:
        raise NotImplementedError

    def of_items(self, function: object, node: ast.Call) -> Value | None:
        raise NotImplementedError

    def list_method(self, key: str, where: Var, args: list[ast.expr], node: ast.Call) -> Value | None:
        raise NotImplementedError

    def assigned(self, node: ast.NamedExpr) -> Value:
        raise NotImplementedError

    def declare(self, frame: Frame, name: str) -> Var:
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Value, node: ast.AST, last: bool = True) -> None:
        raise NotImplementedError

    def alike(self, like: Value, value: Value, node: ast.AST) -> Value:
        raise NotImplementedError

    def assign_value(self, target: Value, value: Value, node: ast.AST) -> None:
        raise NotImplementedError
